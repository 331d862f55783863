"""What is read of a column finds its row again: by equality, by comparison, and as the marker of a page.

Rows are stored by SQL text, as by people with other tools: in the forms that servers know, and not in rawdb's alone.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rawdb import Predicate, paging, tables
from rawdb.criteria import equal
from rawdb.engine.database import Database
from rawdb.exceptions import DBDataError, NoRowsMatched
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

_TEXTS = ["'a'", "'A'", "'a '", "'b'", "''", "'é'", "'_'"]
_UUIDS = ["'7b0c5a56-9b1c-4f6e-8f0a-000000000001'", "'00000000-9b1c-4f6e-8f0a-0000000000ff'"]
_SINGLES = ["0.1", "1.2345678", "1.2345679", "1.2345671", "-3e30", "16777217", "123456.7", "0"]
#: Column, native type, and values in the server's SQL: what is read of some is rounded, ties with others, or sorts by
#: something that no client sees.
COLUMNS = {
    "postgresql": [
        ("single", "real", _SINGLES),
        ("double_", "double precision", ["0.1", "0.30000000000000004", "1e300"]),
        ("exact", "numeric", ["0.1", "0.10", "1", "12345678901234567890.5"]),
        ("price", "numeric(9, 2)", ["0.1", "1", "1.25"]),
        ("plain", "varchar(9)", _TEXTS),
        ("padded", "char(5)", _TEXTS),
        ("folded", "text COLLATE folded", _TEXTS),
        ("whole_second", "timestamp(0)", ["'2020-01-01 00:00:01.6'", "'2020-01-01 00:00:02'"]),
        ("millisecond", "timestamp(3)", ["'2020-01-01 00:00:01.6666'", "'2020-01-01 00:00:01.667'"]),
        ("zoned", "timestamptz", ["'2020-01-01 00:00:01.666666+02'", "'2019-12-31 22:00:01.666666Z'"]),
        ("day", "date", ["'2020-01-01'", "'2019-12-31'"]),
        ("clock", "time", ["'10:00'", "'10:00:00.000001'"]),
        ("zoned_clock", "timetz", ["'10:00+02'", "'08:00-01'"]),
        ("uid", "uuid", _UUIDS),
        ("bytes_", "bytea", ["'\\x00ff'", "'\\x01'", "''"]),
        ("flag", "boolean", ["TRUE", "FALSE"]),
        ("span", "interval", ["'1 month'", "'30 days'", "'24:00'", "'1 day'"]),
        ("word", "size_word", ["'small'", "'medium'", "'large'"]),
    ],
    "mysql": [
        ("single", "FLOAT", _SINGLES),
        ("money", "FLOAT(7, 4)", ["0.1", "999.9999", "1.23456", "1.23455"]),
        ("unsigned_", "FLOAT UNSIGNED", ["0.1", "7", "1.2345678"]),
        ("double_", "DOUBLE", ["0.1", "0.1e0 + 0.2e0", "1e300"]),
        ("exact", "DECIMAL(30, 10)", ["0.1", "1", "12345678901234567890.5"]),
        ("plain", "VARCHAR(9)", _TEXTS),
        ("padded", "CHAR(5)", _TEXTS),
        ("binary_", "VARCHAR(9) COLLATE utf8mb4_bin", _TEXTS),
        ("latin", "VARCHAR(9) CHARACTER SET latin1 COLLATE latin1_german2_ci", ["'ß'", "'ss'", "'ä'", "'ae'"]),
        ("whole_second", "DATETIME", ["'2020-01-01 00:00:01.6'", "'2020-01-01 00:00:02'"]),
        ("millisecond", "DATETIME(3)", ["'2020-01-01 00:00:01.6666'", "'2020-01-01 00:00:01.667'"]),
        ("stamp", "TIMESTAMP(6) NULL", ["'2020-01-01 00:00:01.666666'", "'2020-01-01 00:00:01'"]),
        ("day", "DATE", ["'2020-01-01'", "'2019-12-31'"]),
        ("clock", "TIME(3)", ["'10:00'", "'100:00:00.1234'", "'-5:00'"]),
        ("uid", "CHAR(36)", _UUIDS),
        ("bytes_", "VARBINARY(9)", ["'a'", "'A'", "'a '", "x'00ff'"]),
        ("flag", "TINYINT(1)", ["TRUE", "FALSE"]),
        ("bit_", "BIT(1)", ["b'0'", "b'1'"]),
        ("bits", "BIT(12)", ["b'101010101010'", "b'1'"]),
        ("word", "ENUM('small', 'it''s (b)', 'large', 'Medium')", ["'small'", "'Medium'", "'large'", "'it''s (b)'"]),
        ("words", "SET('x', 'a', 'b')", ["'x'", "'a'", "'a,b'", "'x,b'", "''"]),
        ("year_", "YEAR", ["2020", "2021"]),
    ],
    "sqlite": [
        ("single", "REAL", _SINGLES),
        ("exact", "NUMERIC", ["0.1", "1", "1.0", "123456789012345678"]),
        ("plain", "VARCHAR(9)", _TEXTS),
        ("folded", "VARCHAR(9) COLLATE NOCASE", _TEXTS),
        ("trimmed", "VARCHAR(9) COLLATE RTRIM", _TEXTS),
        (
            "moment",
            "DATETIME",
            [
                "'2020-01-01 00:00:01'",
                "'2020-01-01 00:00:01.000000'",
                "'2020-01-01 00:00:01.5'",
                "'2020-01-01T00:00:01'",
                "'2020-01-01 02:00:01+02:00'",
                "'2020-01-01 02:00:01.5+0200'",
                "'2020-01-01T00:00:00Z'",
                "'2020-01-01'",
            ],
        ),
        ("stamp", "TIMESTAMP", ["'2020-01-01 00:00:01'", "'2020-01-01 00:00:01.000000'", "'2020-01-01 00:00:02'"]),
        ("day", "DATE", ["'2020-01-01'", "'2019-12-31'"]),
        ("clock", "TIME", ["'10:00'", "'10:00:00'", "'10:00:00.000000'", "'10:00:00.000001'"]),
        ("uid", "CHAR(36)", _UUIDS),
        ("bytes_", "BLOB", ["x'00ff'", "x'01'", "x''"]),
        ("flag", "BOOLEAN", ["TRUE", "FALSE"]),
    ],
}
#: What the server sorts by something that is not read: there the order is that of the values read.
ROUNDED = {"single", "money", "unsigned_", "moment", "stamp", "clock"}
_NEEDED = {
    "postgresql": (
        "CREATE TYPE size_word AS ENUM ('small', 'medium', 'large')",
        "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    ),
    "mysql": (),
    "sqlite": (),
}
_NOT_NEEDED = {"postgresql": ("DROP TYPE size_word", "DROP COLLATION folded"), "mysql": (), "sqlite": ()}


@pytest.fixture
def database(dialect: str, url: str, open_database: Open) -> Iterator[Database]:
    """A table `kinds` with a column of each type, unknown to rawdb."""
    serial = {"postgresql": "SERIAL", "mysql": "INTEGER AUTO_INCREMENT", "sqlite": "INTEGER"}[dialect]
    columns = ", ".join(f"{name} {native}{'' if 'NULL' in native else ' NULL'}" for name, native, _ in COLUMNS[dialect])
    with connected(url) as run:
        for text in _NEEDED[dialect]:
            run(text)
        run(f"CREATE TABLE kinds (id {serial} PRIMARY KEY, {columns})")
    yield open_database(url, tables=None)
    with connected(url) as run:
        for text in ("DROP TABLE kinds", *_NOT_NEEDED[dialect]):
            run(text)


def stored(database: Database, rows: list[dict[str, str]]) -> None:
    """Rows of SQL."""
    names = [name for name, _, _ in COLUMNS[database.dialect.name]]
    with database.writer.using(None) as sql:
        sql.execute("DELETE FROM kinds")
        for row in rows:
            cells = ", ".join(row[name] for name in names)
            sql.execute(f"INSERT INTO kinds ({', '.join(names)}) VALUES ({cells})")


def specimens(dialect: str) -> list[dict[str, str]]:
    """Each value in a row, and each value twice."""
    columns = COLUMNS[dialect]
    longest = max(len(values) for _, _, values in columns) + 1
    rows = [{name: values[n % len(values)] for name, _, values in columns} for n in range(longest)]
    return [*rows, {name: "NULL" for name, _, _ in columns}, *rows[:3]]


def test_a_value_that_was_read_finds_its_row(database: Database) -> None:
    stored(database, specimens(database.dialect.name))
    with database.reader.using(None) as sql:
        find = functools.partial(tables.find, sql, "kinds")
        rows = find()
        for name, _, _ in COLUMNS[database.dialect.name]:
            for row in rows:
                value = row[name]
                found = {one["id"] for one in find({name: value})}
                assert {one["id"] for one in rows if one[name] == value} <= found, (name, value)
                assert found == {one["id"] for one in find([equal(name, [value])])}, (name, value)
                if value is None:
                    continue
                rest = {one["id"] for one in find([Predicate(name, "<>", value)])}
                assert rest == {one["id"] for one in rows if one[name] is not None} - found, (name, value)
                upto = {one["id"] for one in find([Predicate(name, "<=", value)])}
                beyond = {one["id"] for one in find([Predicate(name, ">=", value)])}
                assert upto & beyond == found, (name, value)
                assert len(upto) + len(beyond) == len(found) + len(found | rest), (name, value)


def test_a_row_that_was_read_can_be_compared_and_set(database: Database) -> None:
    stored(database, specimens(database.dialect.name)[:1])
    with database.writer.using(None) as sql:
        [seen] = tables.find(sql, "kinds")
        flag = not seen["flag"]
        assert tables.update_on_match(sql, "kinds", seen, "id", {"flag": flag})["flag"] == flag
        with pytest.raises(NoRowsMatched):
            tables.update_on_match(sql, "kinds", seen, "id", {"flag": flag}, attempts=1)


def test_what_the_toolkit_stores_is_what_it_gives_back(database: Database) -> None:
    stored(database, specimens(database.dialect.name)[:2])
    with database.writer.using(None) as sql:
        row = tables.find(sql, "kinds")[1]
        del row["id"]
        first, second = (tables.insert(sql, "kinds", row) for _ in range(2))
        assert first == {**row, "id": first["id"]}
        assert second == {**row, "id": second["id"]}
        tables.load(sql, "kinds", [row, row])
        assert [one for one in tables.find(sql, "kinds")[-2:] if {**one, "id": 0} != {**row, "id": 0}] == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), limit=st.integers(1, 4))
def test_pages_joined_are_one_ordered_query(database: Database, data: st.DataObject, limit: int) -> None:
    columns = COLUMNS[database.dialect.name]
    cells = {name: st.sampled_from([*values, "NULL"]) for name, _, values in columns}
    stored(database, data.draw(st.lists(st.fixed_dictionaries(cells), max_size=9)))
    ways = [f"{way}{nulls}" for way in ("asc", "desc") for nulls in ("", "-nullsfirst", "-nullslast")]
    keys = data.draw(
        st.lists(
            st.tuples(st.sampled_from([name for name, _, _ in columns]), st.sampled_from(ways)),
            min_size=1,
            max_size=3,
            unique_by=lambda key: key[0],
        )
    )
    names, directions = [name for name, _ in keys], [way for _, way in keys]
    with database.reader.using(None) as sql, warnings.catch_warnings():
        # Keys without a unique one are completed, and that is said.
        warnings.simplefilter("ignore")
        find = functools.partial(tables.find, sql, "kinds")
        whole = paging.paginate(find, None, names, sort_dirs=directions)
        pages = list(paging.walk(find, limit, names, sort_dirs=directions))
        assert [row for page in pages for row in page] == whole
        assert all(len(page) == limit for page in pages[:-1])
        assert len(whole) == len(find())
        if ROUNDED.isdisjoint(names) and all("-" not in way for way in directions):
            order = ", ".join(f"{name} {way}" for name, way in keys)
            rows = sql.execute(f"SELECT id FROM kinds ORDER BY {order}, id").rows
            assert [row["id"] for row in whole] == [row[0] for row in rows]


def test_the_order_is_that_of_what_is_read(database: Database) -> None:
    stored(database, specimens(database.dialect.name))
    with database.reader.using(None) as sql:
        find = functools.partial(tables.find, sql, "kinds")
        for name in ROUNDED & {name for name, _, _ in COLUMNS[database.dialect.name]}:
            rows: list[Any] = [row for row in paging.paginate(find, None, [name, "id"]) if row[name] is not None]
            assert rows == sorted(rows, key=lambda row: (row[name], row["id"]))


def test_pages_that_do_not_go_on_are_an_error(database: Database) -> None:
    """What no rule foresees: the server gives a row that it does not find again."""
    stored(database, specimens(database.dialect.name))
    with database.reader.using(None) as sql:

        def always_the_same(page: Any, limit: int) -> list[dict[str, Any]]:
            return tables.find(sql, "kinds", limit=limit)

        pages = paging.walk(always_the_same, 2, ["id"])
        assert len(next(pages)) == 2
        with pytest.raises(DBDataError, match=r"the pages do not go on behind \{'id': \d+\}"):
            next(pages)


@pytest.mark.dialects("postgresql", "mysql")
def test_a_number_that_single_precision_has_not(database: Database) -> None:
    stored(database, specimens(database.dialect.name))
    with database.writer.using(None) as sql:
        for value in (1e39, -3.5e38):
            with pytest.raises(DBDataError, match=r"kinds\.single: expected a number of single precision"):
                tables.insert(sql, "kinds", {"single": value})
            assert tables.find(sql, "kinds", {"single": value}) == []
        held = tables.find(sql, "kinds", [Predicate("single", "<", 1e39)])
        assert len(held) == len(tables.find(sql, "kinds", [Predicate("single", "<>", 1e39)])) > 0


@pytest.mark.dialects("sqlite")
def test_a_row_that_cannot_be_read_hinders_no_other(database: Database) -> None:
    stored(database, specimens("sqlite")[:2])
    with database.writer.using(None) as sql:
        for name in ("moment", "clock"):
            whole = tables.find(sql, "kinds")
            sql.execute(f"INSERT INTO kinds ({name}) VALUES ('garbage')")
            for row in whole:
                assert row in tables.find(sql, "kinds", [Predicate("id", "<=", row["id"]), equal(name, row[name])])
            with pytest.raises(DBDataError, match=f"{name}: 'garbage' in a column of type"):
                paging.paginate(functools.partial(tables.find, sql, "kinds"), 10, [name, "id"])
            sql.execute(f"DELETE FROM kinds WHERE {name} = 'garbage'")


@pytest.mark.dialects("mysql")
@pytest.mark.parametrize("value", ["tiny", 7, True, "small,large"])
def test_a_word_that_an_enumeration_has_not(database: Database, value: Any) -> None:
    with database.reader.using(None) as sql:
        for name in ("word", "words"):
            with pytest.raises(DBDataError, match=r"expected one of .*, got "):
                tables.find(sql, "kinds", [Predicate(name, "<", value)])


@pytest.mark.parametrize("limit", [0, -1, None, "2", True, 1.5])
@pytest.mark.dialects("sqlite")
def test_a_walk_wants_a_number_of_rows(database: Database, limit: Any) -> None:
    with database.reader.using(None) as sql:
        with pytest.raises(ValueError, match=r"limit is the number of rows of a page, from 1, not "):
            paging.walk(functools.partial(tables.find, sql, "kinds"), limit, ["id"])
        with pytest.raises(ValueError, match="unknown sort direction 'up'"):
            paging.walk(functools.partial(tables.find, sql, "kinds"), 2, ["id"], sort_dir="up")
