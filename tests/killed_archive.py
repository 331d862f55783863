"""Archives, and kills itself without warning at a given statement.

    python -m tests.killed_archive

reads lines of JSON: `url`, `table`, `batch_size`, `statements` and `where`. For each it forks a child that archives
and sends itself SIGKILL at that many statements: `after` the answer, or `during` it, when the server has the statement
and nobody will read what it says. The answer is a line: the child's signal, and how many statements it got through.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import pymysql
from psycopg.waiting import Wait

import rawdb
from rawdb.context import get_admin_context
from rawdb.dialects import get_dialect, postgresql
from rawdb.operations.archive import archive_tables
from tests.driver_waits import before_input, shown_to

#: Instructions of SQLite's machine after which a statement of a few rows is not done yet.
_HALF_WAY = 60


class Counter:
    """Counts statements into a pipe, and ends the process at one of them."""

    def __init__(self, report: int, limit: int, where: str) -> None:
        self._report = report
        self._limit = limit
        self._where = where
        self._begun = 0

    def wrap(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """`execute` or `execute_together` of a dialect, counted."""

        def counted(owner: Any, cursor: Any, *arguments: Any) -> Any:
            raw = cursor.connection
            self._begun += 1
            os.write(self._report, b".")
            if self._where == "during" and hasattr(raw, "set_progress_handler") and self._begun == self._limit:
                raw.set_progress_handler(end, _HALF_WAY)
            result = run(owner, cursor, *arguments)
            if self._begun == self._limit:
                end()
            return result

        return counted

    def sent(self) -> None:
        """The server has the statement."""
        if self._where == "during" and self._begun == self._limit:
            end()


def end() -> None:
    """What kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)


def count_statements(dialect: str, counter: Counter) -> None:
    """Let the counter see every message of this process: BEGIN with the first statement, COMMIT by itself."""
    spoken = type(get_dialect(dialect))
    spoken.execute = counter.wrap(spoken.execute)  # type: ignore[method-assign]
    if spoken.sends_together:
        spoken.execute_together = counter.wrap(spoken.execute_together)  # type: ignore[method-assign]
    driver: Any = pymysql.connections.Connection
    plain_read = driver._read_query_result

    def read(connection: Any, unbuffered: bool = False) -> Any:
        counter.sent()
        return plain_read(connection, unbuffered=unbuffered)

    def see(wanted: int) -> None:
        if wanted == Wait.R:
            # The driver waits for an answer, and has nothing more to send.
            counter.sent()

    driver._read_query_result = read
    postgresql._watched = shown_to(see)  # type: ignore[assignment]
    postgresql._Connection._until_input = before_input(see)  # type: ignore[assignment,method-assign]


def run(task: dict[str, Any]) -> tuple[int, int]:
    """Fork a child for the task; returns the signal that ended it (0: none) and its statements."""
    # Reading the SQL takes longer than all the rest: once, for all children.
    rawdb.configure(connection=task["url"])
    assert rawdb.default_database().statements
    rawdb.dispose()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        dialect = task["url"].partition(":")[0]
        rawdb.configure(connection=task["url"])
        count_statements(dialect, Counter(writing, task["statements"], task["where"]))
        archive_tables(get_admin_context(), [task["table"]], batch_size=task["batch_size"])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as counted:
        statements = len(counted.read())
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"the child failed at {task}")
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, statements


if __name__ == "__main__":
    for line in sys.stdin:
        print(*run(json.loads(line)), flush=True)
