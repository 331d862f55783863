"""Databases with skewed rows, loaded once for the plans and the locks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping

import pytest

from rawdb import migrate
from rawdb.dialects import ConnectionOptions, get_dialect, parse_url
from rawdb.testing.databases import create_database, drop_database
from tests.sql import skewed

#: `make plans` sets it, to the number of instances that a cloud has: so many rows, and every variant.
LONG = int(os.environ.get("RAWDB_PLANS", "0"))
#: Some statements that load a table take minutes then.
PATIENT = ConnectionOptions(read_timeout=3600.0, write_timeout=3600.0)


@pytest.fixture(scope="session")
def loaded_url(rawdb_servers: Mapping[str, str]) -> Iterator[Callable[[str], str]]:
    """A function that gives the URL of a dialect's loaded database; it is made at the first call."""
    made: dict[str, str] = {}

    def url(dialect: str) -> str:
        if dialect not in made:
            empty = create_database(rawdb_servers[dialect])
            try:
                _load(empty, dialect)
            except BaseException:
                drop_database(empty)
                raise
            made[dialect] = empty
        return made[dialect]

    yield url
    for each in made.values():
        drop_database(each)


def _load(url: str, dialect: str) -> None:
    migrate.upgrade(url)
    spoken = get_dialect(dialect)
    raw = spoken.connect(parse_url(url), PATIENT)
    try:
        skewed.load(spoken, raw, LONG or skewed.ROWS)
    finally:
        spoken.close(raw)
