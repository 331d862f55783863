"""Databases with tables and no rows: made once for the tests of a process, and clean again after each."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rawdb.dialects import get_dialect
from rawdb.engine.database import Database
from rawdb.testing.databases import Housekeeper, create_database, drop_database

#: What makes the tables of a new database, by its URL.
Setup = Callable[[str], object]

#: How a database becomes clean: its rows are removed; nothing was committed; it is another one each time.
RESETS = ("empty", "rollback", "new")
_PATIENCE = 5.0


class Schemas:
    """The databases of one process, one for each dialect, or as many as are asked for.

    `setup` is called once for each of them, but where the server can copy one that is there. With `folder`, a folder
    that the processes of a run share, all of them copy from one template, whose note lies there under `name`.
    """

    def __init__(
        self,
        servers: Mapping[str, str],
        setup: Setup,
        *,
        folder: Path | None = None,
        name: str = "",
        keep: Callable[[str], bool] | None = None,
    ) -> None:
        """`servers` are administrators' URLs by dialect; `keep(table)` says whose rows an emptying leaves alone."""
        self._servers = servers
        self._setup = setup
        self._folder = folder
        self._name = name
        self._keep = keep
        self._keepers: dict[str, Housekeeper] = {}
        self._templates: dict[str, str] = {}

    def take(self, dialect: str, reset: str) -> str:
        """The URL of a clean database, which `give_back` is due for; made at the first call."""
        if reset == "new":
            return self._create(dialect)
        if dialect not in self._keepers:
            self._keepers[dialect] = Housekeeper(self._create(dialect), keep=self._keep)
        return self._keepers[dialect].url.render()

    def give_back(self, dialect: str, url: str, reset: str) -> list[str]:
        """Clean it; returns what a test should not have left: open transactions, or rows where it was to leave none."""
        if reset == "new":
            drop_database(url)
            return []
        if dialect not in self._keepers:
            return []
        keeper = self._keepers[dialect]
        if left := _open_transactions(keeper):
            # Their locks would stop the emptying.
            self._drop(dialect)
            return [f"the test left transactions open: {left}"]
        try:
            filled = keeper.empty()
        except Exception as error:
            if not get_dialect(dialect).is_driver_error(error):
                raise
            self._drop(dialect)
            return [f"the database could not be emptied, as if the test had left a transaction open: {error}"]
        if reset == "rollback" and filled:
            return [f"the test committed rows, which no rollback takes back: {', '.join(filled)}"]
        return []

    def discard(self, dialect: str) -> None:
        """Drop a dialect's database, of which somebody still holds a part; the next call of `take` makes another."""
        if dialect in self._keepers:
            self._drop(dialect)

    def close(self) -> None:
        """Drop all of them."""
        for dialect in list(self._keepers):
            self._drop(dialect)
        for template in self._templates.values():
            drop_database(template)

    def _drop(self, dialect: str) -> None:
        keeper = self._keepers.pop(dialect)
        keeper.close()
        drop_database(keeper.url)

    def _create(self, dialect: str) -> str:
        if dialect == "mysql":
            return self._made(dialect)
        return create_database(self._servers[dialect], template=self._template(dialect))

    def _template(self, dialect: str) -> str:
        """A database to copy, made by the first who needs one."""
        if self._folder is None:
            if dialect not in self._templates:
                self._templates[dialect] = self._made(dialect)
            return self._templates[dialect]
        with (self._folder / f"{self._name}{dialect}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            note = self._folder / f"{self._name}{dialect}.template"
            if not note.exists():
                note.write_text(self._made(dialect))
            return note.read_text()

    def _made(self, dialect: str) -> str:
        url = create_database(self._servers[dialect])
        try:
            self._setup(url)
        except BaseException:
            drop_database(url)
            raise
        return url


class Store:
    """What the fixtures of one process keep from test to test: schemas by their set-up, databases opened on them."""

    def __init__(self, servers: Mapping[str, str], *, keep: Callable[[str], bool] | None = None) -> None:
        self._servers = servers
        self._keep = keep
        # With what they were made of: `id()` alone would say nothing once that is gone.
        self._schemas: dict[int, tuple[Setup, Schemas]] = {}
        self._opened: dict[tuple[int, str], tuple[Callable[[str], Database], Database]] = {}

    def schemas(self, setup: Setup) -> Schemas:
        """The databases that this set-up makes."""
        if id(setup) not in self._schemas:
            self._schemas[id(setup)] = (setup, Schemas(self._servers, setup, keep=self._keep))
        return self._schemas[id(setup)][1]

    def opened(self, opener: Callable[[str], Database], url: str) -> Database:
        """The database at a URL, opened once."""
        key = (id(opener), url)
        if key not in self._opened:
            self._opened[key] = (opener, opener(url))
        return self._opened[key][1]

    def close(self) -> None:
        """Close and drop all of them."""
        for _, database in self._opened.values():
            database.dispose()
        for _, schemas in self._schemas.values():
            schemas.close()


def drop_templates(folder: Path) -> None:
    """Drop the templates that the processes of a run have shared."""
    for note in folder.glob("*.template"):
        drop_database(note.read_text())


class _UndoneError(Exception):
    """Leaves a block, so that it is rolled back."""


@contextmanager
def rolled_back(database: Database, context: Any = None) -> Iterator[Any]:
    """One transaction around everything that runs in the block on `context`, undone at its end; gives the statements.

    Blocks of `database` that are opened inside, on the same context and in the same thread, become part of it, and
    their COMMIT is none. What goes another way is stored: `.independent` blocks, other contexts and threads,
    `rawdb.aio`, and on MySQL DDL. An error of the database inside a block spoils the transaction on PostgreSQL, where
    no savepoint is around it.
    """
    try:
        with database.writer.using(context) as sql:
            yield sql
            raise _UndoneError
    except _UndoneError:
        pass


def _open_transactions(keeper: Housekeeper) -> list[str]:
    """Statements of transactions still open, by the server's own word."""
    deadline = time.monotonic() + _PATIENCE
    while left := [str(session.statement) for session in keeper.sessions() if session.in_transaction]:
        # A server may take a moment to notice that a client is gone.
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return left
