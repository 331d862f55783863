"""The warehouse of examples/own_sql: its own tests, as somebody runs them who has rawdb installed, on each dialect."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import Servers

ROOT = Path(__file__).resolve().parents[2]


def test_its_tests_pass(dialect: str, servers: Servers) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "rawdb.testing.plugin", "-p", "no:cacheprovider"]
    given = {"PYTHONPATH": str(ROOT), "RAWDB_TEST_DIALECTS": dialect, "PYTHONDONTWRITEBYTECODE": "1"}
    if dialect != "sqlite":
        given[f"RAWDB_TEST_{dialect.upper()}_URL"] = str(getattr(servers, dialect))
    done = subprocess.run(
        [*command, "-n", "0"],
        cwd=ROOT / "examples" / "own_sql",
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


def test_it_uses_public_names_alone() -> None:
    """What docs/stability.md calls private may change at any time."""
    private = ("rawdb.statements", "rawdb.engine", "rawdb.dialects", "rawdb.operations", "rawdb._")
    sources = {path: path.read_text() for path in (ROOT / "examples" / "own_sql").rglob("*.py")}
    assert len(sources) > 10
    assert [(path.name, name) for path, text in sources.items() for name in private if name in text] == []
