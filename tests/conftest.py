"""Fixtures of rawdb's own tests: servers for the run, databases for the tests, a context for operations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import pytest

import rawdb
from rawdb import timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.default import lent_connections
from rawdb.testing.plugin import FOLDER
from rawdb.testing.schemas import Schemas

pytest_plugins = ["rawdb.testing.plugin", "pytester"]


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


def _migrate(url: str) -> None:
    from rawdb import migrate  # only the tests that need a schema need it

    migrate.upgrade(url)


def _reset(dialect: str) -> str:
    # Copying a file is faster than emptying it, and a leaked connection cannot reach the next test.
    return "new" if dialect == "sqlite" else "empty"


@pytest.fixture(scope="session")
def migrated_databases(rawdb_servers: Mapping[str, str], pytestconfig: pytest.Config) -> Iterator[Schemas]:
    """The migrated databases of this process, copies of what one process has migrated where a server can copy."""
    databases = Schemas(rawdb_servers, _migrate, folder=pytestconfig.stash[FOLDER])
    yield databases
    databases.close()


@pytest.fixture
def migrated_url(migrated_databases: Schemas, dialect: str) -> Iterator[str]:
    """The URL of a migrated database without rows; once per dialect. No transaction may outlive the test."""
    url = migrated_databases.take(dialect, _reset(dialect))
    yield url
    left = migrated_databases.give_back(dialect, url, _reset(dialect))
    assert not left, "; ".join(left)


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
