"""What a relation holds does not hang on what its rows have in common: their columns are read together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rawdb import tables
from rawdb.engine.database import Database
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

SQL = """\
-- name: plain()
-- The leaves.
SELECT l.* FROM leaves AS l ORDER BY l.id;

-- name: listed()
-- Things, with the leaves of each; in each of these the thing again, with its leaves.
SELECT t.id,
       (SELECT /*{json l as leaves}*/ COUNT(*)
             + COUNT((SELECT /*{one p as part}*/ COUNT(*) + COUNT((
                             SELECT /*{json o as twins}*/ COUNT(*) /*{}*/
                               FROM leaves AS o
                              WHERE o.thing_id = p.thing_id)) /*{}*/
                        FROM parts AS p
                       WHERE p.thing_id = l.thing_id)) /*{}*/
          FROM leaves AS l
         WHERE l.thing_id = t.id) AS leaves,
       (SELECT /*{one l as first}*/ COUNT(*) /*{}*/ FROM leaves AS l WHERE l.thing_id = t.id) AS first
  FROM things AS t
 ORDER BY t.id;

-- name: one_of_them(id)^
-- One thing, with its leaves.
SELECT t.id,
       (SELECT /*{json l as leaves}*/ COUNT(*) /*{}*/ FROM leaves AS l WHERE l.thing_id = t.id) AS leaves,
       (SELECT /*{one l as first}*/ COUNT(*) /*{}*/ FROM leaves AS l WHERE l.thing_id = t.id) AS first
  FROM things AS t
 WHERE t.id = :id;
"""
TYPES = {
    "postgresql": ("timestamp(6)", "double precision", "boolean", "jsonb", "bytea"),
    "mysql": ("DATETIME(6)", "DOUBLE", "TINYINT(1)", "JSON", "VARBINARY(20)"),
    "sqlite": ("DATETIME", "DOUBLE", "BOOLEAN", "JSON", "BLOB"),
}
DDL = """\
CREATE TABLE leaves (born {0}, weight {1}, flag {2}, document {3}, raw {4}, day DATE, price NUMERIC(9, 2),
                     name VARCHAR(20), id INTEGER PRIMARY KEY, thing_id INTEGER)"""
BLANK: dict[str, Any] = dict.fromkeys(("born", "weight", "flag", "document", "raw", "day", "price", "name"))
FULL: dict[str, Any] = {
    "born": datetime.fromisoformat("2026-01-02T03:04:05.000006"),
    "weight": 0.1,
    "flag": True,
    "document": {"a": [1, None]},
    "raw": b"\x00\xff",
    "day": date(2026, 1, 2),
    "price": Decimal("1.50"),
    "name": "n",
}
OTHER: dict[str, Any] = {
    "born": datetime.fromisoformat("2026-01-02T03:04:05"),
    "weight": 1.0,
    "flag": False,
    "document": {"a": [2]},
    "raw": b"",
    "day": date(2026, 1, 3),
    "price": Decimal("1.00"),
    "name": "",
}
#: The leaves of things: none, one of NULLs, one, the same several times, each kind of mixture.
LEAVES = [
    [],
    [BLANK],
    [FULL],
    [BLANK] * 3,
    [FULL] * 3,
    [FULL, OTHER, FULL],
    [BLANK, FULL, BLANK],
    [FULL, BLANK, FULL],
    [FULL, FULL, BLANK],
    [FULL, FULL, OTHER],
    [],
]


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
    """Things with leaves, whose ids descend within each, and parts of all but the last two."""
    (tmp_path / "leaves.sql").write_text(SQL)
    found = open_database(url, queries=tmp_path, tables=None)
    leaves = [
        {**leaf, "id": 100 * thing - number, "thing_id": thing}
        for thing, some in enumerate(LEAVES, 1)
        for number, leaf in enumerate(some)
    ]
    with found.writer.autocommit.using(None) as sql:
        sql.execute(DDL.format(*TYPES[found.dialect.name]))
        tables.load(sql, "things", [{"id": thing, "name": str(thing)} for thing in range(1, len(LEAVES) + 1)])
        tables.load(sql, "parts", [{"id": 50 - thing, "thing_id": thing} for thing in range(1, len(LEAVES) - 1)])
        tables.load(sql, "leaves", leaves)
    yield found
    with connected(url) as run:
        run("DROP TABLE leaves")


def leaves_of(database: Database) -> dict[int, list[dict[str, Any]]]:
    with database.reader.using(None) as sql:
        rows = sql.plain()
    return {thing: [row for row in rows if row["thing_id"] == thing] for thing in range(1, len(LEAVES) + 1)}


def test_of_many_rows_and_of_one(database: Database) -> None:
    """By their texts, which tell 1 from 1.0 and from True."""
    leaves = leaves_of(database)
    part = {thing: {"id": 50 - thing, "thing_id": thing, "name": None, "twins": leaves[thing]} for thing in leaves}
    no_part = len(LEAVES) - 1
    with database.reader.using(None) as sql:
        rows = sql.listed()
        for row in rows:
            thing, expected = row["id"], leaves[row["id"]]
            first = expected[0] if expected else None
            alone = sql.one_of_them(id=thing)
            assert repr(alone) == repr({"id": thing, "leaves": expected, "first": first})
            inside = [leaf | {"part": part[thing] if thing < no_part else None} for leaf in expected]
            assert repr(row) == repr({"id": thing, "leaves": inside, "first": first})
    assert [len(row["leaves"]) for row in rows] == [len(some) for some in LEAVES]


def test_what_was_stored(database: Database) -> None:
    """The same as the rows that were stored, without a SELECT between."""
    with database.reader.using(None) as sql:
        row = sql.one_of_them(id=6)
    stored = [{**leaf, "id": 600 - number, "thing_id": 6} for number, leaf in enumerate([FULL, OTHER, FULL])]
    assert row["leaves"] == stored[::-1]
    assert row["first"] == stored[-1]


def test_equal_rows_have_no_document_in_common(database: Database) -> None:
    with database.reader.using(None) as sql:
        for found in (sql.one_of_them(id=5)["leaves"], sql.listed()[4]["leaves"]):
            found[0]["document"]["a"].append("changed")
            assert [leaf["document"] for leaf in found[1:]] == [FULL["document"]] * 2


@pytest.mark.parametrize("columns", [["id INTEGER PRIMARY KEY"], ["id INTEGER"], ["thing_id INTEGER"]])
def test_a_table_of_one_column(url: str, open_database: Open, tmp_path: Path, columns: list[str]) -> None:
    compare_numbers(url, open_database, tmp_path, columns, [[3], [1], [2]])


def test_a_table_of_many_columns(url: str, open_database: Open, tmp_path: Path) -> None:
    """More than the arguments that a function takes on PostgreSQL."""
    columns = ["id INTEGER PRIMARY KEY", *(f"c{number} INTEGER" for number in range(119))]
    compare_numbers(url, open_database, tmp_path, columns, [[row * 1000 + n for n in range(120)] for row in (2, 1)])


def compare_numbers(url: str, open_database: Open, tmp_path: Path, columns: list[str], rows: list[list[int]]) -> None:
    """Whether a table of numbers is found in a relation, in its order where it has one; nothing before it has rows."""
    (tmp_path / "numbers.sql").write_text(
        "-- name: related()$\n"
        "-- A table.\n"
        "SELECT (SELECT /*{json n as numbers}*/ COUNT(*) /*{}*/ FROM numbers AS n) AS numbers;\n"
    )
    names = [column.split()[0] for column in columns]
    with connected(url) as run:
        run(f"CREATE TABLE numbers ({', '.join(columns)})")
    try:
        with open_database(url, queries=tmp_path, tables=None).writer.autocommit.using(None) as sql:
            assert sql.related() == []
            tables.load(sql, "numbers", [dict(zip(names, row, strict=True)) for row in rows])
            found = sql.related()
    finally:
        with connected(url) as run:
            run("DROP TABLE numbers")
    wanted = [dict(zip(names, row, strict=True)) for row in sorted(rows)]
    is_ordered = "PRIMARY" in columns[0]
    assert (found if is_ordered else sorted(found, key=lambda row: list(row.values()))) == wanted
