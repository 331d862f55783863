"""PostgreSQL's arrays: each element is checked as a column of its type would; the server rounds what it is given."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from rawdb import tables
from rawdb.engine.database import Database
from rawdb.exceptions import DBDataError, StatementError
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

pytestmark = pytest.mark.dialects("postgresql")

DDL = """
CREATE TABLE shelves (
    id SERIAL PRIMARY KEY, ints integer[], smalls smallint[], bigs bigint[], small smallint, words varchar(3)[],
    texts text[], prices numeric(6, 2)[], flags boolean[], days date[], moments timestamp(0)[], raws bytea[],
    keys uuid[], docs jsonb[], ratios double precision[])
"""
SQL = """\
-- name: shelf_create(ints)<!
-- A row.
INSERT INTO shelves (/*{columns}*/ ints /*{}*/)
VALUES /*{rows}*/ (:ints) /*{}*/;

-- name: shelves_create(ints)!
-- Some rows.
INSERT INTO shelves (/*{columns}*/ ints /*{}*/)
VALUES /*{rows}*/ (:ints) /*{}*/;

-- name: shelf_write(ints, moments)!
-- A row of parameters.
INSERT INTO shelves (ints, moments)
VALUES (:ints, :moments);

-- name: shelf_update(id)!
-- Change one.
UPDATE shelves
   SET /*{set}*/ ints = :id /*{}*/
 WHERE id = :id;

-- name: shelf_same(id)
-- A row, and the same as a relation.
SELECT s.id,
       (SELECT /*{one t as same}*/ COUNT(*) /*{}*/ FROM shelves AS t WHERE t.id = s.id) AS same
  FROM shelves AS s
 WHERE s.id = :id;
"""
NOON = datetime.fromisoformat("2014-06-01T12:00:00")


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "shelves.sql").write_text(SQL)
    with connected(url) as run:
        run(DDL)
        yield open_database(url, queries=tmp_path, tables=None)
        run("DROP TABLE shelves")


class TestRefused:
    CASES: ClassVar[list[tuple[str, Any, str]]] = [
        ("ints", [1, 1.5], "an integer"),
        ("ints", [[1, 2], [3, "x"]], "an integer"),
        ("ints", [2**31], "an integer from -2147483648"),
        ("ints", 1, "a list"),
        ("ints", "{1}", "a list"),
        ("smalls", [2**15], "an integer from -32768"),
        ("smalls", [0.5], "an integer"),
        ("small", 1.5, "an integer"),
        ("small", 2**15, "an integer from -32768"),
        ("bigs", [2**63], "an integer from"),
        ("words", ["abcd"], "at most 3 characters"),
        ("texts", ["a", b"b"], "text"),
        ("prices", [Decimal("1.005")], "a number of 6 digits, 2 of them behind the point"),
        ("prices", [10**4], "a number of 6 digits"),
        ("flags", [2], "a boolean"),
        ("days", [NOON], "a date without a time of day"),
        ("raws", ["text"], "bytes"),
        ("docs", [{1}], "a dict, a list"),
        ("ratios", [float("inf")], "a finite number"),
    ]

    def test_before_it_is_sent(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            for name, value, expected in self.CASES:
                for refused in (
                    lambda given: sql.shelf_create(values=given),
                    lambda given: sql.shelves_create(values=[given, given]),
                    lambda given: sql.shelf_update(id=1, changes=given),
                    lambda given: tables.load(sql, "shelves", [given]),
                ):
                    with pytest.raises(DBDataError, match=rf"shelves\.{name}: expected {expected}"):
                        refused({name: value})
            with pytest.raises(DBDataError, match=r"shelves\.ints: expected an integer"):
                sql.shelf_write(ints=[1.5], moments=[])
            assert tables.find(sql, "shelves") == []


VALUES: dict[str, Any] = {
    "ints": [1, None, -(2**31)],
    "smalls": [[1, 2], [3, 4]],
    "bigs": [2**63 - 1],
    "small": -(2**15),
    "words": ["abc", "", None, 'a"b'],
    "texts": ["{a,b}", "NULL", "\\"],
    "prices": [Decimal("1.10"), Decimal("-9999.99"), None],
    "flags": [True, False],
    "days": [date(2014, 6, 1)],
    "moments": [NOON],
    "raws": [b"\x00\xff", b""],
    "keys": [uuid.UUID(int=7)],
    "docs": [{"a": [1]}, "c", 5, True, None],
    "ratios": [0.1, -1e300],
}


def test_what_goes_in_comes_out(database: Database) -> None:
    with database.writer.using(None) as sql:
        row = tables.insert(sql, "shelves", VALUES)
        assert row == {"id": row["id"], **VALUES}
        tables.load(sql, "shelves", [VALUES])
        sql.shelves_create(values=[VALUES, VALUES])
        sql.shelf_update(id=row["id"], changes=VALUES)
        for one in tables.find(sql, "shelves"):
            assert one == {"id": one["id"], **VALUES}
            assert sql.shelf_same(id=one["id"])[0]["same"] == one


def test_what_is_taken_as_a_column_takes_it(database: Database) -> None:
    given = {"ints": ["5", True, Decimal(7)], "moments": [NOON.replace(microsecond=987654)], "flags": ["true", 0]}
    with database.writer.using(None) as sql:
        row = tables.insert(sql, "shelves", given)
        assert (row["ints"], row["moments"], row["flags"]) == ([5, 1, 7], [NOON], [True, False])
        assert sql.shelf_write(ints=[], moments=given["moments"]) == 1
        assert [one["moments"] for one in tables.find(sql, "shelves")] == [[NOON], [NOON]]


def test_no_json_of_intervals(database: Database) -> None:
    with connected(database.url) as run:
        run("ALTER TABLE shelves ADD COLUMN pauses interval[]")
    with pytest.raises(StatementError, match=r"JSON has no form for the interval shelves\.pauses"):
        _ = database.statements
