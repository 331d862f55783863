"""Whatever value a column of people's own can hold comes back as it went in, by every way in, or is refused."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rawdb import tables
from rawdb.engine.database import Database
from rawdb.exceptions import DBDataError
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

_COLUMNS = {
    "postgresql": "id SERIAL PRIMARY KEY, price numeric(12, 3), exact numeric, raw bytea, day date, hour time,"
    " at timestamp, zoned timestamptz, span interval, ident uuid, doc jsonb, big bigint, ratio double precision,"
    " flag boolean, words text, numbers integer[], texts text[], mood mood",
    "mysql": "id INTEGER AUTO_INCREMENT PRIMARY KEY, price DECIMAL(12, 3), exact DECIMAL(40, 10), raw LONGBLOB,"
    " day DATE, at DATETIME(6), zoned TIMESTAMP(6) NULL, span TIME(6), ident VARCHAR(36), doc JSON, big BIGINT,"
    " ratio DOUBLE, flag TINYINT(1), words LONGTEXT, mood ENUM('sad', 'ok', 'it''s')",
    "sqlite": "id INTEGER PRIMARY KEY AUTOINCREMENT, price NUMERIC(12, 3), exact NUMERIC, raw BLOB, day DATE,"
    " hour TIME, at DATETIME, zoned TIMESTAMP, ident VARCHAR(36), doc JSON, big BIGINT, ratio DOUBLE, flag BOOLEAN,"
    " words TEXT",
}
_LONG_AGO, _FAR = datetime.fromisoformat("1000-01-01T00:00:00"), datetime.fromisoformat("9999-12-31T00:00:00")
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_EIGHTHS = st.integers(-(2**20), 2**20).map(lambda n: n / 8)
_PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _EIGHTHS | _TEXT
_JSON = st.recursive(
    st.lists(_PLAIN, max_size=3) | st.dictionaries(_TEXT, _PLAIN, max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXT, inner, max_size=2),
    max_leaves=5,
)
#: Values by column. SQLite has 15 digits for a number with a fraction, MySQL's TIMESTAMP 68 years.
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "price": st.decimals(min_value=-999_999_999, max_value=999_999_999, places=3),
    "exact": st.decimals(min_value=-99_999, max_value=99_999, places=9),
    "raw": st.binary(max_size=40),
    "day": st.dates(min_value=_LONG_AGO.date()),
    "hour": st.times(),
    "at": st.datetimes(min_value=_LONG_AGO, max_value=_FAR),
    "zoned": st.datetimes(
        min_value=datetime.fromisoformat("1970-01-03T00:00:00"),
        max_value=datetime.fromisoformat("2038-01-01T00:00:00"),
        timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours, minutes=30 * (hours % 2)))),
    ),
    "span": st.timedeltas(min_value=timedelta(hours=-838), max_value=timedelta(hours=838)),
    "ident": st.uuids(),
    "doc": _JSON,
    "big": st.integers(-(2**63), 2**63 - 1),
    "ratio": st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    "flag": st.booleans(),
    "words": _TEXT,
    "numbers": st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=4),
    "texts": st.lists(st.none() | _TEXT, max_size=4) | st.just([["a", "b"], ["c", None]]),
    "mood": st.sampled_from(["sad", "ok", "it's"]),
}
#: The types in which they come back; others as they went in.
_TYPES = {"price": Decimal, "exact": Decimal, "zoned": datetime}


@pytest.fixture
def database(url: str, dialect: str, open_database: Open) -> Iterator[Database]:
    with connected(url) as run:
        if dialect == "postgresql":
            run("CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s')")
        charset = " DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin" if dialect == "mysql" else ""
        run(f"CREATE TABLE wares ({_COLUMNS[dialect]}){charset}")
    yield open_database(url, queries=None, tables=None)
    with connected(url) as run:
        run("DROP TABLE wares")
        if dialect == "postgresql":
            run("DROP TYPE mood")


def expected(name: str, value: Any, dialect: str) -> Any:
    if value is None:
        return None
    if name == "zoned":
        return value.astimezone(UTC).replace(tzinfo=None)
    if name == "ident" and dialect != "postgresql":
        return str(value)
    return value


def read(name: str, value: Any, dialect: str) -> Any:
    """A cell, a document taken apart that a text of one's own has read: there MySQL and SQLite give the text of it."""
    if name == "doc" and isinstance(value, str) and dialect != "postgresql":
        return json.loads(value)
    return value


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_goes_in_comes_out(database: Database, dialect: str, data: st.DataObject) -> None:
    columns = [name for name in _VALUES if f" {name} " in _COLUMNS[dialect]]
    row = {name: data.draw(st.none() | _VALUES[name], label=name) for name in columns}
    with database.writer.using(None) as sql:
        tables.delete(sql, "wares", {})
        found = [tables.insert(sql, "wares", row)]
        tables.load(sql, "wares", [row, row])
        found += tables.find(sql, "wares")
        found += list(sql.stream("SELECT w.* FROM wares AS w"))
    assert len(found) == 7
    for name in columns:
        cells = [read(name, one[name], dialect) for one in found]
        wanted = expected(name, row[name], dialect)
        assert cells == [wanted] * 7, name
        if row[name] is not None and name != "doc":
            assert {type(cell) for cell in cells} == {_TYPES.get(name, type(wanted))}, name


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.integers(min_value=2**63) | st.integers(max_value=-(2**63) - 1))
def test_integers_beyond_64_bits_are_refused(database: Database, value: int) -> None:
    with database.writer.using(None) as sql:
        for call in (
            lambda: tables.insert(sql, "wares", {"big": value}),
            lambda: tables.load(sql, "wares", [{"big": 1}, {"big": value}]),
        ):
            with pytest.raises(DBDataError, match=r"wares\.big: expected an integer from"):
                call()
        assert tables.find(sql, "wares") == []


def test_what_is_found_by_its_value(database: Database, dialect: str) -> None:
    row = {
        "price": Decimal("10.250"),
        "raw": b"\0\xff",
        "day": date(2014, 6, 1),
        "at": datetime.fromisoformat("2014-06-01T12:30:00.123456"),
        "zoned": datetime.fromisoformat("2014-06-01T12:30:00.123456+02:00"),
        "ident": uuid.UUID(int=7),
        "big": -(2**63),
        "words": "it's \\ %s",
        **({} if dialect == "mysql" else {"hour": time(1, 2, 3, 4)}),
    }
    with database.writer.using(None) as sql:
        tables.load(sql, "wares", [row, {**dict.fromkeys(row), "words": "another"}])
        for name, value in row.items():
            assert [found["words"] for found in tables.find(sql, "wares", {name: value})] == ["it's \\ %s"], name


@pytest.mark.dialects("postgresql")
@pytest.mark.parametrize("value", ["{1,2}", 1, {"a": 1}, {1}, [object()], [[1], "x", b"y", float("nan")]])
def test_an_array_is_a_list(database: Database, value: Any) -> None:
    with database.writer.using(None) as sql, pytest.raises(DBDataError, match=r"numbers"):
        tables.insert(sql, "wares", {"numbers": value})
