"""rawdb for asyncio: every operation, reader, writer and database as coroutines over a bounded pool of threads.

`api` has the operations; `reader`, `writer` and `sql` are those of the default database; `Database` and `wrap` serve
SQL of your own; `run` calls any blocking function of yours. A transaction belongs to the task that opened it.

- `threads` runs calls in threads, and lets tasks wait for them and give up;
- `tasks` gives a task with an open block a thread of its own;
- `blocks` are readers, writers and databases, built on these two.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Generic

from rawdb import default
from rawdb.aio.blocks import A_co, Block, Database, Entry, Statements, statements_of, wrap
from rawdb.aio.tasks import configure, coroutine, run

if TYPE_CHECKING:
    from rawdb.aio import api as api

__all__ = [
    "Block",
    "Database",
    "DefaultDatabase",
    "Entry",
    "Statements",
    "configure",
    "coroutine",
    "reader",
    "run",
    "sql",
    "wrap",
    "writer",
]

reader = Entry(default.reader)
writer = Entry(default.writer)


def sql(context: Any = None) -> Statements:
    """The statements of the reader or writer that the running task has open on `context`."""
    return statements_of(lambda: default.sql(context))


class DefaultDatabase(Generic[A_co]):
    """`reader`, `writer` and `sql` of this module; `DefaultDatabase[AsyncStatements]()` tells type checkers the class.

    As `rawdb.DefaultDatabase`, of statements that are awaited.
    """

    def __init__(self) -> None:
        self.reader: Entry[A_co] = Entry(default.reader)
        self.writer: Entry[A_co] = Entry(default.writer)

    def sql(self, context: Any = None) -> A_co:
        """The statements of the reader or writer that the running task has open on `context`."""
        return sql(context)  # type: ignore[return-value]


# To type checkers it would say that any name is there.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name == "api":
            return importlib.import_module("rawdb.aio.api")
        raise AttributeError(f"module 'rawdb.aio' has no attribute {name!r}")
