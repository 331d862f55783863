"""Migrates, and kills itself without warning after a given number of statements.

    python -m tests.migrate.killed

reads lines of JSON: `url`, `migrations`, `version`, `direction` ("upgrade" or "downgrade") and `statements`. For
each it forks a child that migrates and sends itself SIGKILL right after that many statements, whoever sent them: the
migration, its notes, yoyo, the lock, the history; those that only read are not counted. The answer is a line: the
child's signal, and how many statements it got through.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from rawdb import migrate
from rawdb.dialects import get_dialect
from rawdb.migrate import backends, lock

# The thread that stamps the lock would count along.
lock.STAMP_EVERY = 3600.0


def count_statements(dialect: str, report: int, limit: int) -> None:
    """Count every statement of this process, commits included, into the pipe; end it after `limit`."""
    seen = 0

    def tick(arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if any(isinstance(each, str) and each.lstrip().startswith(("SELECT", "SHOW")) for each in arguments):
            # Nothing differs after a look.
            return
        seen += 1
        os.write(report, b".")
        if seen == limit:
            os.kill(os.getpid(), signal.SIGKILL)

    def after(owner: Any, name: str) -> None:
        plain = getattr(owner, name)

        def counted(*arguments: Any, **keywords: Any) -> Any:
            result = plain(*arguments, **keywords)
            tick(arguments)
            return result

        setattr(owner, name, counted)

    after(backends._Cursor, "execute")
    after(type(get_dialect(dialect)), "run")
    if dialect != "postgresql":
        # yoyo makes its own tables with this; on PostgreSQL its commit is a statement like any other.
        after(backends._BACKENDS[dialect], "commit")


def run(task: dict[str, Any]) -> tuple[int, int]:
    """Fork a child for the task; returns the signal that ended it (0: none) and its statements."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        count_statements(task["url"].partition(":")[0], writing, task["statements"])
        act = migrate.upgrade if task["direction"] == "upgrade" else migrate.downgrade
        act(task["url"], task["version"], migrations=Path(task["migrations"]))
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
