"""The tables and statements of the suite, by rawdb's own fixtures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import rawdb
from rawdb.testing.conformance import TABLES, WORDS
from rawdb.testing.databases import connected


@pytest.fixture(scope="session")
def rawdb_setup() -> Callable[[str], object]:
    """What makes the two tables."""

    def make(url: str) -> None:
        with connected(url) as run:
            for text in TABLES:
                run(text.format(**WORDS[rawdb.Database(url).dialect.name]))

    return make


@pytest.fixture(scope="session")
def rawdb_open() -> Callable[[str], rawdb.Database]:
    """What opens a database with the suite's statements."""

    def opened(url: str) -> rawdb.Database:
        return rawdb.Database(url, queries=Path(__file__).with_name("queries"), sqlite_fk=True)

    return opened


@pytest.fixture
def database(rawdb_opened: rawdb.Database) -> rawdb.Database:
    """A database with the tables and no rows; once per dialect."""
    return rawdb_opened


@pytest.fixture
def sent(database: rawdb.Database) -> list[str]:
    """The names of the statements that are sent from now on, BEGIN and its like included."""
    names: list[str] = []
    database.observers[:] = [lambda name, text: names.append(name)]
    return names
