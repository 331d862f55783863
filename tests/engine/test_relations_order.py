"""Relations of people's own tables: their order, and tables that are younger than the database object."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from rawdb import tables
from rawdb.engine.database import Database
from rawdb.exceptions import StatementError
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

SQL = """\
-- name: related(id)^
-- Rows of another table.
SELECT t.name,
       (SELECT /*{map m.size m.price as by_size}*/ COUNT(*) /*{}*/ FROM marks AS m) AS by_size,
       (SELECT /*{map m.price m.size as by_price}*/ COUNT(*) /*{}*/ FROM marks AS m) AS by_price,
       (SELECT /*{map m.name m.size as by_name}*/ COUNT(*) /*{}*/ FROM marks AS m) AS by_name,
       (SELECT /*{json m as marks}*/ COUNT(*) /*{}*/ FROM marks AS m) AS marks,
       (SELECT /*{one m as first}*/ COUNT(*) /*{}*/ FROM marks AS m) AS first,
       (SELECT /*{json p as pairs}*/ COUNT(*) /*{}*/ FROM marks_of_two AS p) AS pairs
  FROM things AS t
 WHERE t.id = :id;

-- name: of_a_view()^
-- Pairs of rows that stand in no table.
SELECT (SELECT /*{map q.name q.n as found}*/ COUNT(*) /*{}*/ FROM marks_seen AS q) AS found
  FROM marks_of_two AS p
 WHERE p.a = 9
   AND p.b = 2;

-- name: repeated(id)^
-- Rows that a join gives once for each of another table, with a dict and rows inside.
SELECT t.name,
       (SELECT /*{json m as marks}*/ COUNT(*)
             + COUNT((SELECT /*{map k.name k.size as by_name}*/ COUNT(*) /*{}*/
                        FROM marks AS k
                       WHERE k.size < m.size))
             + COUNT((SELECT /*{json p as pairs}*/ COUNT(*) /*{}*/
                        FROM marks_of_two AS p
                       WHERE p.b = m.size
                         AND p.a = 9)) /*{}*/
          FROM marks AS m
          JOIN marks_of_two AS o
            ON o.b = m.size
         WHERE m.size < 9) AS marks
  FROM things AS t
 WHERE t.id = :id;
"""
MANY = """\
-- name: listed()
-- Things, with what belongs to each.
SELECT t.name,
       (SELECT /*{json l as leaves}*/ COUNT(*) + COUNT((
               SELECT /*{json e as eggs}*/ COUNT(*) /*{}*/
                 FROM eggs AS e
                WHERE e.leaf_id = l.id)) /*{}*/
          FROM leaves AS l
         WHERE l.thing_id = t.id) AS leaves,
       (SELECT /*{one l as first}*/ COUNT(*) /*{}*/ FROM leaves AS l WHERE l.thing_id = t.id) AS first,
       (SELECT /*{map l.name l.size as sizes}*/ COUNT(*) /*{}*/ FROM leaves AS l WHERE l.thing_id = t.id) AS sizes
  FROM things AS t
 ORDER BY t.id DESC;
"""
LONG = """\
-- name: long(id)^
-- Rows of long texts.
SELECT t.name,
       (SELECT /*{json v as leaves}*/ COUNT(*) /*{}*/ FROM leaves AS v) AS leaves
  FROM things AS t
 WHERE t.id = :id;
"""
LONG_TEXT = {"mysql": "LONGTEXT", "postgresql": "TEXT", "sqlite": "TEXT"}
SIZES = (10, 9, 100, -1, 2)
PRICES = [Decimal("-1.5"), Decimal("2.5"), Decimal("9.5"), Decimal("10.5"), Decimal("100.5")]


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "related.sql").write_text(SQL)
    yield open_database(url, queries=tmp_path, tables=None)
    with connected(url) as run:
        run("DROP VIEW marks_seen")
        run("DROP TABLE marks")
        run("DROP TABLE marks_of_two")


def filled(database: Database) -> Any:
    """Two tables whose primary keys are exact numbers, and rows of which none stands in its order."""
    assert "marks" not in database.tables
    with database.writer.autocommit.using(None) as sql:
        sql.execute("CREATE TABLE marks (price NUMERIC(9, 2) PRIMARY KEY, size INTEGER, name VARCHAR(9))")
        sql.execute("CREATE TABLE marks_of_two (a NUMERIC(9, 2), b INTEGER, PRIMARY KEY (a, b))")
        sql.execute("CREATE VIEW marks_seen AS SELECT m.name, 1 AS n FROM marks AS m")
        sql.execute("INSERT INTO things (id, name) VALUES (1, 'a')")
        for size in SIZES:
            text = "INSERT INTO marks (price, size, name) VALUES (:price, :size, :name)"
            sql.execute(
                text,
                {"price": Decimal(size) + Decimal("0.5" if size > 0 else "-0.5"), "size": size, "name": f"n{size}"},
            )
            sql.execute("INSERT INTO marks_of_two (a, b) VALUES (10, :size)", {"size": size})
            sql.execute("INSERT INTO marks_of_two (a, b) VALUES (9, :size)", {"size": size})
    with database.reader.using(None) as sql:
        return sql.related(id=1)


def test_numbers_are_ordered_as_numbers(database: Database) -> None:
    row = filled(database)
    assert list(row["by_size"]) == ["-1", "2", "9", "10", "100"]
    assert list(row["by_size"].values()) == PRICES
    assert list(map(Decimal, row["by_price"])) == PRICES
    assert list(row["by_price"].values()) == sorted(SIZES)
    assert list(row["by_name"]) == ["n-1", "n10", "n100", "n2", "n9"]
    assert [one["price"] for one in row["marks"]] == PRICES
    assert row["first"] == {"price": Decimal("-1.5"), "size": -1, "name": "n-1"}
    assert [(one["a"], one["b"]) for one in row["pairs"]] == [(a, b) for a in (9, 10) for b in sorted(SIZES)]


def test_types_do_not_hang_on_when_a_table_was_made(database: Database) -> None:
    """Pairs of a table that is looked for give what they gave had it been there; of a view, what JSON holds."""
    row = filled(database)
    assert {type(value) for value in row["by_size"].values()} == {Decimal}
    names: list[str] = []
    database.observers.append(lambda name, text: names.append(name))
    with database.reader.using(None) as sql:
        for _ in range(2):
            assert sql.of_a_view()["found"] == {f"n{size}": 1 for size in SIZES}
    assert names.count("of_a_view") == 2


def test_a_pair_without_a_key_is_left_out(database: Database) -> None:
    filled(database)
    with database.writer.using(None) as sql:
        sql.execute("INSERT INTO marks (price, size, name) VALUES (7, NULL, NULL)")
        row = sql.related(id=1)
        assert len(row["by_size"]) == len(row["by_name"]) == 5
        assert len(row["by_price"]) == len(row["marks"]) == 6
        sql.execute("DELETE FROM marks WHERE size IS NOT NULL")
        assert sql.related(id=1)["by_size"] == {}


@pytest.mark.dialects("sqlite")
def test_a_key_that_is_null_or_of_another_type(database: Database) -> None:
    filled(database)
    with database.writer.using(None) as sql:
        sql.execute("INSERT INTO marks (price, size, name) VALUES (NULL, NULL, 'none'), (7, 'x', 'text')")
    with database.reader.using(None) as sql:
        row = sql.related(id=1)
    assert row["marks"][0]["name"] == "none"
    assert len(row["marks"]) == 7
    assert "x" in row["by_size"]


def test_rows_that_a_join_repeats_are_all_there(database: Database) -> None:
    filled(database)
    with database.reader.using(None) as sql:
        marks = sql.repeated(id=1)["marks"]
    assert [(one["size"], one["by_name"], len(one["pairs"])) for one in marks] == [
        (-1, {}, 1),
        (-1, {}, 1),
        (2, {"n-1": -1}, 1),
        (2, {"n-1": -1}, 1),
    ]


def leaves_of(thing: int) -> list[dict[str, Any]]:
    """None for every third thing, then one or several; some are long, and none is found in the order of its id."""
    numbers = {0: [], 1: [7], 2: [9, 3, 5]}[thing % 3]
    return [
        {"id": thing * 10 + n, "thing_id": thing, "size": n, "name": f"{n}é" * (900 if thing % 7 == 0 else 1)}
        for n in numbers
    ]


def test_a_list_has_the_relations_of_each_of_its_rows(url: str, open_database: Open, tmp_path: Path) -> None:
    """However they are read: short ones are read together."""
    (tmp_path / "many.sql").write_text(MANY)
    database = open_database(url, queries=tmp_path, tables=None)
    things = range(1, 100)
    leaves = [leaf for thing in things for leaf in leaves_of(thing)]
    eggs = [{"id": leaf["id"] * 10 - n, "leaf_id": leaf["id"]} for leaf in leaves if leaf["size"] > 5 for n in (0, 4)]
    with database.writer.autocommit.using(None) as sql:
        try:
            sql.execute(
                "CREATE TABLE leaves (id INTEGER PRIMARY KEY, thing_id INTEGER, size INTEGER, name VARCHAR(2000))"
            )
            sql.execute("CREATE TABLE eggs (id INTEGER PRIMARY KEY, leaf_id INTEGER)")
            assert sql.listed() == []
            tables.load(sql, "things", [{"id": thing, "name": str(thing)} for thing in things])
            assert [row["leaves"] for row in sql.listed()] == [[] for _ in things]
            tables.load(sql, "leaves", leaves)
            tables.load(sql, "eggs", eggs)
            rows = sql.listed()
        finally:
            sql.execute("DROP TABLE eggs")
            sql.execute("DROP TABLE leaves")
    assert [row["name"] for row in rows] == [str(thing) for thing in reversed(things)]
    for row in rows:
        wanted = sorted(leaves_of(int(row["name"])), key=itemgetter("id"))
        assert row["sizes"] == {leaf["name"]: leaf["size"] for leaf in wanted}
        assert list(row["sizes"]) == sorted(row["sizes"])
        assert row["first"] == (wanted[0] if wanted else None)
        of = {leaf["id"]: [egg for egg in eggs if egg["leaf_id"] == leaf["id"]] for leaf in wanted}
        assert row["leaves"] == [leaf | {"eggs": sorted(of[leaf["id"]], key=itemgetter("id"))} for leaf in wanted]


def test_rows_without_a_relation_stand_between_long_ones(url: str, open_database: Open, tmp_path: Path) -> None:
    """A long one is read alone; whatever comes after it, nothing at all included, begins anew."""
    (tmp_path / "many.sql").write_text(MANY)
    database = open_database(url, queries=tmp_path, tables=None)
    counts = {1: 0, 2: 9, 3: 0, 4: 0, 5: 9, 6: 9, 7: 1, 8: 0, 9: 9}
    leaves = [
        {"id": thing * 10 + n, "thing_id": thing, "size": n, "name": f"{n}" * 1900}
        for thing, count in counts.items()
        for n in range(count)
    ]
    with database.writer.autocommit.using(None) as sql:
        try:
            sql.execute(
                "CREATE TABLE leaves (id INTEGER PRIMARY KEY, thing_id INTEGER, size INTEGER, name VARCHAR(2000))"
            )
            sql.execute("CREATE TABLE eggs (id INTEGER PRIMARY KEY, leaf_id INTEGER)")
            tables.load(sql, "things", [{"id": thing, "name": str(thing)} for thing in counts])
            tables.load(sql, "leaves", leaves)
            rows = sql.listed()
        finally:
            sql.execute("DROP TABLE eggs")
            sql.execute("DROP TABLE leaves")
    assert {int(row["name"]): len(row["leaves"]) for row in rows} == counts
    assert {int(row["name"]): len(row["sizes"]) for row in rows} == counts
    assert [row["name"] for row in rows if row["first"] is None] == [str(n) for n in (8, 4, 3, 1)]
    assert [leaf for row in reversed(rows) for leaf in row["leaves"]] == [leaf | {"eggs": []} for leaf in leaves]


def test_a_relation_may_be_long(url: str, open_database: Open, tmp_path: Path) -> None:
    (tmp_path / "long.sql").write_text(LONG)
    database = open_database(url, queries=tmp_path, tables=None)
    text = "Zoë 🐘 \\ \"'\n" * 100_000
    with database.writer.autocommit.using(None) as sql:
        sql.execute("CREATE TABLE leaves (id INTEGER PRIMARY KEY, body " + LONG_TEXT[database.dialect.name] + ")")
        try:
            sql.execute("INSERT INTO things (id, name) VALUES (1, 'a')")
            for number in (2, 1):
                sql.execute("INSERT INTO leaves (id, body) VALUES (:id, :body)", {"id": number, "body": text})
            assert sql.long(id=1)["leaves"] == [{"id": number, "body": text} for number in (1, 2)]
        finally:
            sql.execute("DROP TABLE leaves")


def test_the_order_is_that_of_the_primary_key(url: str, open_database: Open, tmp_path: Path) -> None:
    """Not that of its columns in the table."""
    (tmp_path / "long.sql").write_text(LONG)
    database = open_database(url, queries=tmp_path, tables=None)
    rows = [
        {"a": 9, "b": "x", "c": 9},
        {"a": 9, "b": "x", "c": 10},
        {"a": 0, "b": "y", "c": 1},
        {"a": 1, "b": "y", "c": 1},
    ]
    with database.writer.autocommit.using(None) as sql:
        sql.execute("CREATE TABLE leaves (a INTEGER, b VARCHAR(9), c INTEGER, PRIMARY KEY (b, c, a))")
        try:
            sql.execute("INSERT INTO things (id, name) VALUES (1, 'a')")
            for row in rows[::-1]:
                sql.execute("INSERT INTO leaves (a, b, c) VALUES (:a, :b, :c)", row)
            if database.dialect.name != "mysql":
                sql.execute('CREATE INDEX "PRIMARY" ON leaves (lower(b))')
            assert sql.long(id=1)["leaves"] == rows
        finally:
            sql.execute("DROP TABLE leaves")


@pytest.mark.dialects("mysql")
def test_no_temporary_table_is_made_for_a_relation(database: Database) -> None:
    """MariaDB made one for each, on disk where texts are long, before it read a row."""
    filled(database)
    count = "SELECT v.variable_value FROM information_schema.session_status AS v WHERE v.variable_name = :name"
    with database.reader.using(None) as sql:
        made = [sql.execute(count, {"name": "Created_tmp_disk_tables"})]
        sql.related(id=1)
        made.append(sql.execute(count, {"name": "Created_tmp_disk_tables"}))
    assert made[0] == made[1]


def test_a_relation_has_its_name(url: str, open_database: Open, tmp_path: Path) -> None:
    """The column is called as the marker says, or there is nowhere to put what is read."""
    (tmp_path / "unnamed.sql").write_text(
        "-- name: unnamed()\n-- Things, with what nobody has named.\n"
        "SELECT t.name, (SELECT /*{json v as again}*/ COUNT(*) /*{}*/ FROM things AS v WHERE v.id = t.id)\n"
        "  FROM things AS t;\n"
    )
    database = open_database(url, queries=tmp_path, tables=None)
    with database.reader.using(None) as sql, pytest.raises(StatementError, match="write AS again behind it"):
        sql.unnamed()
