"""Fixtures of the tests of migrations."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rawdb.testing.databases import connected
from tests.migrate.cases import small_history
from tests.support.rows import there

Run = Callable[..., Any]
Kill = Callable[..., bool]


@pytest.fixture
def history(tmp_path: Path, dialect: str) -> Path:
    """Three migrations of two, three and one statements."""
    return small_history(tmp_path / "history", dialect)


@pytest.fixture
def run(database_url: str) -> Iterator[Run]:
    """A connection of its own to the database: runs a statement."""
    with connected(database_url) as opened:
        yield opened


@pytest.fixture
def kill(database_url: str) -> Iterator[Kill]:
    """Migrate in another process and kill it after so many statements; False if it came to its end before."""
    command = [sys.executable, "-m", "tests.migrate.killed"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(migrations: Path, version: int, statements: int, direction: str = "upgrade") -> bool:
            task = {
                "url": database_url,
                "migrations": str(migrations),
                "version": version,
                "direction": direction,
                "statements": statements,
            }
            print(json.dumps(task), file=process.stdin, flush=True)
            ended_by, counted = map(int, there(process.stdout).readline().split())
            assert ended_by in (0, signal.SIGKILL)
            assert (counted == statements) is (ended_by != 0)
            return ended_by != 0

        yield run
        process.stdin.close()
