"""yoyo's backends over rawdb's connections.

Connections are opened as everywhere in rawdb, so a URL means the same, TLS included. yoyo's probe table, its
question for the SQL mode at every name, and its change of sqlite3's process-wide adapters all fall away.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from yoyo.backends.core.mysql import MySQLBackend
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.backends.core.sqlite3 import SQLiteBackend
from yoyo.migrations import default_migration_table

from rawdb.dialects import URL, ConnectionOptions, Dialect, get_dialect
from rawdb.engine.hooks import rewrite_for_ndb
from rawdb.exceptions import DBMigrationError
from rawdb.schema.history import SESSION

# A migration may rewrite a large table.
_OPTIONS = ConnectionOptions(read_timeout=12 * 3600.0, write_timeout=3600.0)


class Target(NamedTuple):
    """A database to migrate: its URL and, for one in memory, how to borrow the connection that it lives in.

    With `ndb` tables are made in MySQL Cluster's engine. With `reads` nothing is written, so no SQLite file is made.
    `database` is the `rawdb.Database` that it was given as.
    """

    url: URL
    borrow: Callable[[], AbstractContextManager[Any]] | None = None
    ndb: bool = False
    reads: bool = False
    database: Any = None

    @property
    def dialect(self) -> Dialect:
        """The URL's dialect."""
        return get_dialect(self.url.dialect)

    def connect(self) -> Any:
        """A driver connection. Driver errors leave as rawdb's.

        Raises DBMigrationError for a database in memory, which nobody else can connect to.
        """
        url = self.url
        if url.is_memory:
            raise DBMigrationError(
                "a SQLite database in memory is private to its connection: configure rawdb with it "
                "(rawdb.configure(connection='sqlite://')) and migrate without a URL, give the rawdb.Database "
                "instead of its URL, or use a file"
            )
        if self.reads and url.dialect == "sqlite" and not Path(url.database or "").exists():
            # Connecting would make the file, and what is not there is empty.
            url = URL("sqlite")
        try:
            raw = self.dialect.connect(url, _OPTIONS)
            if self.url.dialect in SESSION:
                self.dialect.run(raw, SESSION[self.url.dialect], {})
            return raw
        except Exception as error:
            if self.dialect.is_driver_error(error):
                raise self.dialect.translate(error, connecting=True) from error
            raise


class Failure(NamedTuple):
    """The first statement that failed, and the driver's error."""

    statement: str
    error: BaseException


class _Cursor:
    """A driver's cursor that remembers the first failure: yoyo's clean-up after it may fail in another way."""

    def __init__(self, cursor: Any, failures: list[Failure], *, ndb: bool) -> None:
        self._cursor = cursor
        self._failures = failures
        self._ndb = ndb

    def execute(self, statement: str, *parameters: Any) -> Any:
        if self._ndb:
            statement = rewrite_for_ndb(statement)
        try:
            return self._cursor.execute(statement, *parameters)
        except Exception as error:
            self._failures.append(Failure(statement, error))
            raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


class _OverRawdb:
    """What the three backends have in common. Mixed in before yoyo's class."""

    has_transactional_ddl: bool

    def __init__(self, target: Target, raw: Any = None, failures: list[Failure] | None = None) -> None:
        self._target = target
        self._borrowed = raw
        self.failures: list[Failure] = [] if failures is None else failures
        transactional = self.has_transactional_ddl
        super().__init__(target.url, default_migration_table)  # type: ignore[call-arg]
        self.has_transactional_ddl = transactional
        # The caller holds the lock; yoyo need not take it again.
        self._is_locked = True

    def connect(self, dburi: object) -> Any:
        return self._target.connect() if self._borrowed is None else self._borrowed

    def copy(self) -> Any:
        """A backend with a connection of its own, except in memory, where there is only one."""
        return type(self)(self._target, self._borrowed, self.failures)

    def close(self) -> None:
        """Close the connection, unless it is borrowed."""
        if self._borrowed is None:
            self._target.dialect.close(self.connection)  # type: ignore[attr-defined]

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def cursor(self) -> _Cursor:
        return _Cursor(self.connection.cursor(), self.failures, ndb=self._target.ndb)  # type: ignore[attr-defined]

    def execute(self, sql: str, params: Any = None) -> Any:
        bound = None if params is None else {name: self._bind(value) for name, value in params.items()}
        return super().execute(sql, bound)  # type: ignore[misc]

    def _bind(self, value: Any) -> Any:
        return self._target.dialect.bind(value) if isinstance(value, datetime) else value


class _PostgreSQL(_OverRawdb, PostgresqlPsycopgBackend):  # type: ignore[misc]
    has_transactional_ddl = True


class _MySQL(_OverRawdb, MySQLBackend):  # type: ignore[misc]
    has_transactional_ddl = False

    def quote_identifier(self, identifier: str) -> str:
        # Right in every SQL mode.
        return f"`{identifier}`"


class _SQLite(_OverRawdb, SQLiteBackend):  # type: ignore[misc]
    has_transactional_ddl = True


_BACKENDS: dict[str, Any] = {"postgresql": _PostgreSQL, "mysql": _MySQL, "sqlite": _SQLite}


def open_backend(target: Target, raw: Any = None) -> Any:
    """yoyo's backend for the target, over a connection of its own or over `raw`, which stays open."""
    return _BACKENDS[target.url.dialect](target, raw)


def yoyo_url(url: URL) -> str:
    """The URL as yoyo's own command line wants it, password included."""
    scheme = "postgresql+psycopg" if url.dialect == "postgresql" else url.dialect
    return url.render(scheme=scheme)
