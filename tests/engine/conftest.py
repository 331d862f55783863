"""A small database for the tests of the engine: the tables things and parts, the statements of sql/things.sql."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.engine.retry import RetryPolicy
from rawdb.testing.databases import Housekeeper, connected, create_database, drop_database
from tests.support.proxy import Proxy

HERE = Path(__file__).parent
QUERIES = HERE / "sql"
TABLES = HERE / "things.csv"

_TYPES = {
    "postgresql": ("SERIAL PRIMARY KEY", "timestamp(6)", "double precision", "boolean"),
    "mysql": ("INTEGER AUTO_INCREMENT PRIMARY KEY", "DATETIME(6)", "DOUBLE", "TINYINT(1)"),
    "sqlite": ("INTEGER PRIMARY KEY AUTOINCREMENT", "DATETIME", "DOUBLE", "BOOLEAN"),
}
_DDL = """
CREATE TABLE things (id {0}, name VARCHAR(40), kind VARCHAR(20), size INTEGER, flag {3}, weight {2}, seen_at {1},
                     address VARCHAR(39), note TEXT, project_id VARCHAR(40), created_at {1}, updated_at {1},
                     deleted_at {1}, deleted INTEGER);
CREATE UNIQUE INDEX uniq_things0name0deleted ON things (name, deleted);
CREATE UNIQUE INDEX a_key_of_another_style ON things (kind, size);
CREATE TABLE parts (id {0}, thing_id INTEGER, name VARCHAR(40))
"""

Open = Callable[..., Database]


class Stores:
    """One database a dialect for this process, emptied after each test."""

    def __init__(self, servers: Mapping[str, str]) -> None:
        self._servers = servers
        self._urls: dict[str, str] = {}
        self._keepers: dict[str, Housekeeper] = {}

    def get(self, dialect: str) -> str:
        if dialect not in self._urls:
            url = self._urls[dialect] = create_database(self._servers[dialect])
            with connected(url) as run:
                for statement in _DDL.format(*_TYPES[dialect]).split(";"):
                    charset = " DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin" if dialect == "mysql" else ""
                    run(statement + (charset if "CREATE TABLE" in statement else ""))
            self._keepers[dialect] = Housekeeper(url)
        return self._urls[dialect]

    def empty(self, dialect: str) -> None:
        self._keepers[dialect].empty()

    def drop(self) -> None:
        for keeper in self._keepers.values():
            keeper.close()
        for url in self._urls.values():
            drop_database(url)


@pytest.fixture(scope="session")
def stores(rawdb_servers: Mapping[str, str]) -> Iterator[Stores]:
    made = Stores(rawdb_servers)
    yield made
    made.drop()


@pytest.fixture
def url(stores: Stores, dialect: str) -> Iterator[str]:
    """The URL of a database with the two tables, without rows; once per dialect."""
    yield stores.get(dialect)
    stores.empty(dialect)


@pytest.fixture
def proxy(url: str) -> Iterator[Proxy]:
    """A proxy before the server; what it loses is for the test to say."""
    with Proxy(url) as proxy:
        yield proxy


@pytest.fixture
def open_database() -> Iterator[Open]:
    """Opens databases with the tests' statements; at the end none may have a connection in use."""
    opened: list[Database] = []

    def make(url: str, **options: Any) -> Database:
        settings = {"queries": QUERIES, "tables": TABLES, "max_retries": 0, "retry": RetryPolicy(limit=20.0)}
        database = Database(url, **{**settings, **options})
        opened.append(database)
        return database

    yield make
    leaks = [loan for database in opened for loan in database.lent()]
    for database in opened:
        with contextlib.suppress(Exception):
            database.dispose()
    assert not leaks, f"connections were not given back: {leaks}"


@pytest.fixture
def database(url: str, open_database: Open) -> Database:
    """A database with the tests' tables and statements; once per dialect."""
    return open_database(url)


@pytest.fixture
def sent(database: Database) -> list[str]:
    """The names of the statements that `database` has sent, in order."""
    names: list[str] = []
    database.observers.append(lambda name, text: names.append(name))
    return names
