"""Throwaway databases with a dataset in them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import rawdb
from bench.dataset import Dataset
from bench.sessions import Floor
from rawdb import migrate
from rawdb.testing.databases import temporary_database
from rawdb.testing.servers import MariaDBServer, PostgreSQLServer

_SERVERS = {"postgresql": PostgreSQLServer, "mysql": MariaDBServer}


@contextmanager
def server(dialect: str) -> Iterator[str]:
    """The URL of a server: a private one with durability relaxed, or the one that the tests are told to use."""
    with ExitStack() as stack:
        given = os.environ.get(f"RAWDB_TEST_{dialect.upper()}_URL")
        if dialect == "sqlite":
            yield "sqlite:////tmp"
        else:
            yield given or stack.enter_context(_SERVERS[dialect]()).url


@contextmanager
def loaded(server_url: str, data: Dataset) -> Iterator[str]:
    """The URL of a migrated database that holds the dataset."""
    with temporary_database(server_url) as url:
        migrate.upgrade(url)
        session = Floor(url)
        data.load(session)
        session.close()
        yield url


def use(url: str) -> None:
    """Let rawdb work on a database, on SQLite with the same `synchronous` as the floor."""
    rawdb.dispose()
    rawdb.configure(connection=url, sqlite_synchronous=False)
