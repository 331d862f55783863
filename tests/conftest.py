"""Fixtures of rawdb's own tests: servers for the run, databases for the tests, a context for operations."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

import rawdb
from rawdb import timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.default import lent_connections
from rawdb.dialects import parse_url
from rawdb.testing.databases import Housekeeper, create_database, drop_database
from rawdb.testing.plugin import SERVERS

pytest_plugins = ["rawdb.testing.plugin", "pytester"]

_PATIENCE = 5.0


class Servers(NamedTuple):
    """Administrators' URLs; `sqlite` names a folder."""

    postgresql: str | None
    mysql: str | None
    sqlite: str


@pytest.fixture(scope="session")
def servers(rawdb_servers: Mapping[str, str]) -> Servers:
    """Administrators' URLs of the servers, None for a dialect that this run leaves out."""
    return Servers(rawdb_servers.get("postgresql"), rawdb_servers.get("mysql"), rawdb_servers["sqlite"])


@pytest.fixture
def dialect(rawdb_dialect: str) -> str:
    """Each of the chosen dialects in turn."""
    return rawdb_dialect


@pytest.fixture
def database_url(rawdb_database: str) -> str:
    """The URL of an empty database, dropped after the test; once per dialect."""
    return rawdb_database


class MigratedDatabases:
    """One migrated database per dialect for this process, without rows at the beginning of each test."""

    def __init__(self, servers: Mapping[str, str]) -> None:
        self._servers = servers
        self._keepers: dict[str, Housekeeper] = {}

    def get(self, dialect: str) -> str:
        """The URL; the database is made at the first call."""
        if dialect == "sqlite":
            # Copying a file is faster than emptying it, and a leaked connection cannot reach the next test.
            return create_database(self._servers[dialect], template=self._template(dialect))
        if dialect not in self._keepers:
            self._keepers[dialect] = Housekeeper(self._create(dialect))
        return self._keepers[dialect].url.render()

    def reset(self, dialect: str, url: str) -> list[str]:
        """Remove what a test has left; returns the statements of transactions that it left open."""
        if dialect == "sqlite":
            drop_database(url)
            return []
        keeper = self._keepers[dialect]
        left = _open_transactions(keeper)
        if left:
            # Their locks would stop the emptying.
            keeper.close()
            drop_database(url)
            del self._keepers[dialect]
        else:
            keeper.empty()
        return left

    def drop(self) -> None:
        """Drop all."""
        for keeper in self._keepers.values():
            keeper.close()
            drop_database(keeper.url)

    def _create(self, dialect: str) -> str:
        server = self._servers[dialect]
        if dialect == "postgresql":
            return create_database(server, template=self._template(dialect))
        return self._migrate(create_database(server))

    def _template(self, dialect: str) -> str:
        """A migrated database to copy, made by the first worker that needs one."""
        folder = Path(parse_url(self._servers["sqlite"]).database or "")
        with (folder / f"{dialect}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            note = folder / f"{dialect}.template"
            if not note.exists():
                note.write_text(self._migrate(create_database(self._servers[dialect])))
            return note.read_text()

    @staticmethod
    def _migrate(url: str) -> str:
        from rawdb import migrate  # only the tests that need a schema need it

        migrate.upgrade(url)
        return url


@pytest.fixture(scope="session")
def migrated_databases(rawdb_servers: Mapping[str, str]) -> Iterator[MigratedDatabases]:
    """The migrated databases of this process."""
    databases = MigratedDatabases(rawdb_servers)
    yield databases
    databases.drop()


@pytest.fixture
def migrated_url(migrated_databases: MigratedDatabases, dialect: str) -> Iterator[str]:
    """The URL of a migrated database without rows; once per dialect. No transaction may outlive the test."""
    url = migrated_databases.get(dialect)
    yield url
    left = migrated_databases.reset(dialect, url)
    assert not left, f"the test left transactions open: {left}"


@pytest.fixture
def db(migrated_url: str) -> Iterator[str]:
    """rawdb configured for a migrated database without rows; gives its URL."""
    rawdb.dispose()
    rawdb.configure(connection=migrated_url)
    yield migrated_url
    leaks = _engine_leaks()
    rawdb.dispose()
    assert not leaks, f"the test left connections checked out: {leaks}"


@pytest.fixture
def context(db: str) -> RequestContext:
    """A plain member of a project, on a database without rows."""
    return RequestContext("fake-user", "fake-project", is_admin=False)


@pytest.fixture
def admin_context(db: str) -> RequestContext:
    """An administrator, on a database without rows."""
    return get_admin_context()


@pytest.fixture
def nobody(db: str) -> RequestContext:
    """Neither a user nor an administrator, for operations that refuse nobody; on a database without rows."""
    return RequestContext(None, None, is_admin=False)


@pytest.fixture
def statements(db: str) -> list[str]:
    """Names of the statements sent so far, BEGIN, COMMIT and ROLLBACK included, in order; clear it at will."""
    names: list[str] = []
    rawdb.default_database().observers.append(lambda name, text: names.append(name))
    return names


@pytest.fixture
def stopped_clock() -> Iterator[datetime]:
    """The moment at which rawdb's clock stands; timeutils.advance_time_seconds() moves it."""
    moment = datetime.fromisoformat("2026-03-04T05:06:07.890123")
    timeutils.set_time_override(moment)
    yield moment
    timeutils.clear_time_override()


def _engine_leaks() -> list[str]:
    """Connections that the engine has handed out and not got back."""
    return lent_connections()


def _open_transactions(keeper: Housekeeper) -> list[str]:
    """Statements of transactions still open, by the server's own word."""
    deadline = time.monotonic() + _PATIENCE
    while left := [str(session.statement) for session in keeper.sessions() if session.in_transaction]:
        # A server may take a moment to notice that a client is gone.
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return left


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop the templates: a server that we were given outlives the run."""
    servers = session.config.stash.get(SERVERS, None)
    for note in [] if servers is None else servers.folder.glob("*.template"):
        drop_database(note.read_text())
