"""A process killed while archiving, in the middle of any statement: nothing is lost or twice, the next one goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import get_admin_context
from tests.operations.archive_helpers import deleted_rows, found
from tests.support.rows import there

TABLE = "certificates"
ROWS = 3
BATCH = 2
#: Naming the rows, BEGIN, copying, removing and COMMIT of two batches.
STATEMENTS = 10

Kill = Callable[[int, str], bool]


@pytest.fixture
def kill(db: str) -> Iterator[Kill]:
    """Archive in another process and kill it at a statement; False if it came to its end before."""
    command = [sys.executable, "-m", "tests.killed_archive"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def run(statements: int, where: str) -> bool:
            task = {"url": db, "table": TABLE, "batch_size": BATCH, "statements": statements, "where": where}
            print(json.dumps(task), file=process.stdin, flush=True)
            ended_by, counted = map(int, there(process.stdout).readline().split())
            assert ended_by in (0, signal.SIGKILL)
            assert (counted == statements) is (ended_by != 0)
            return ended_by != 0

        yield run
        process.stdin.close()


@pytest.mark.parametrize("where", ["after", "during"])
def test_killed_at_each_statement(db: str, kill: Kill, where: str) -> None:
    moved_before: list[int] = []
    # On the servers BEGIN and the first statement of a batch are one message.
    begins = int(rawdb.default_database().dialect.sends_together)
    messages = STATEMENTS - 2 * begins
    for statements in range(1, messages + 2):
        rows = deleted_rows(TABLE, *range(statements * 100, statements * 100 + ROWS))
        before = found(TABLE, shadow=True)
        killed = kill(statements, where)
        assert killed is (statements <= messages)
        left, moved = seen(len(before))
        assert moved + left == rows
        moved_before.append(len(moved))
        assert api.archive_deleted_rows(get_admin_context()) >= 0
        assert (found(TABLE), found(TABLE, shadow=True)) == ([], before + rows)
    assert set(moved_before) <= {0, 2, 3}
    assert moved_before == sorted(moved_before)
    if where == "after":
        batch = STATEMENTS // 2 - begins
        assert moved_before == [0] * (batch - 1) + [2] * batch + [3] * 2


def seen(before: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of the table, and those that its shadow table has got since it had so many.

    Read by one statement: a server may still be about to do what it was asked for.
    """
    both = f"SELECT 0 AS moved, t.* FROM {TABLE} AS t UNION ALL SELECT 1, s.* FROM shadow_{TABLE} AS s ORDER BY 1, 2"
    with rawdb.reader.using() as sql:
        rows = sql.execute(both).dicts()
    left = [row for row in rows if not row.pop("moved")]
    return left, rows[len(left) :][before:]
