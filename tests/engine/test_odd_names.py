"""Tables, views and columns with names that SQL has a meaning for: quoted on every server, and never a placeholder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rawdb import paging, tables
from rawdb.engine.database import Database
from rawdb.exceptions import DBDuplicateEntry, DBNonExistentTable
from rawdb.statements.criteria import Page, Predicate, SortKey
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

NAMES = ("a b", "dash-x", 'q"uote', "back`tick", "%(id)s", "50%", ":now", "?", "$1", "select", "x'; --", "ÄÖ", "Upper")
SQL = """\
-- name: odd_create(id)<!
-- A row.
INSERT INTO odd (/*{columns}*/ id /*{}*/)
VALUES /*{rows}*/ (:id) /*{}*/;

-- name: odd_insert(id)!
-- Some rows.
INSERT INTO odd (/*{columns}*/ id /*{}*/)
VALUES /*{rows}*/ (:id) /*{}*/;

-- name: odd_update(id)!
-- Change one.
UPDATE odd
   SET /*{set}*/ id = :id /*{}*/
 WHERE id = :id;

-- name: odd_list(id)
-- Rows.
SELECT o.*
  FROM odd AS o
 WHERE /*{filters}*/ o.id = :id /*{}*/
 ORDER BY /*{order}*/ o.id /*{}*/;
"""


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "odd.sql").write_text(SQL)
    mark = "`" if url.startswith("mysql") else '"'
    columns = ", ".join(f"{mark}{name.replace(mark, mark * 2)}{mark} VARCHAR(40)" for name in NAMES)
    charset = " DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin" if url.startswith("mysql") else ""
    with connected(url) as run:
        run(f"CREATE TABLE odd (id INTEGER PRIMARY KEY, {columns}){charset}")
        run(f"CREATE UNIQUE INDEX odd_index ON odd ({mark}a b{mark}, {mark}50%{mark})")
    yield open_database(url, queries=tmp_path, tables=None)
    with connected(url) as run:
        run("DROP TABLE odd")


def test_the_whole_way(database: Database) -> None:
    row = {name: f"value of {name}" for name in NAMES}
    with database.writer.using(None) as sql:
        assert sql.odd_create(values={"id": 1, **row}) == {"id": 1, **row}
        assert sql.odd_list() == [{"id": 1, **row}]
        for name in NAMES:
            assert sql.odd_update(id=1, changes={name: f"new {name}"}) == 1
            [found] = sql.odd_list(filters=[Predicate(name, "=", f"new {name}")])
            assert found == {"id": 1, **row, name: f"new {name}"}
            assert sql.odd_list(filters=[Predicate(name, "in", ["x", "y", "z"])]) == []
            assert len(sql.odd_list(filters=[Predicate(name, "regexp", "^new")])) == 1
            assert sql.odd_update(id=1, changes={name: row[name]}) == 1
        rows = [{"id": number, **dict.fromkeys(NAMES, f"{number}")} for number in (2, 3, 4)]
        assert sql.odd_insert(values=rows) == 3
        assert sql.odd_list()[1:] == rows


def test_order(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.odd_insert(values=[{"id": number, **dict.fromkeys(NAMES, f"{9 - number}")} for number in (2, 3, 4)])
        for name in NAMES:
            found = sql.odd_list(page=Page([SortKey(name, "asc"), SortKey("id")]))
            assert [one["id"] for one in found] == [4, 3, 2]


def test_the_columns_of_a_key(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.odd_create(values={"id": 1, "a b": "x", "50%": "y"})
    with pytest.raises(DBDuplicateEntry) as raised, database.writer.using(None) as sql:
        sql.odd_create(values={"id": 2, "a b": "x", "50%": "y"})
    assert raised.value.columns == ["a b", "50%"]


@pytest.fixture
def bare(url: str, open_database: Open) -> Database:
    """Without a file: all that is known of its tables is what their catalog says."""
    return open_database(url, queries=None, tables=None)


def quoted(database: Database, name: str) -> str:
    """A name as the server has it, and no driver."""
    mark = "`" if database.dialect.name == "mysql" else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def test_odd_tables(bare: Database) -> None:
    """Whatever rawdb.tables does with one."""
    key = {"postgresql": "SERIAL", "mysql": "INTEGER AUTO_INCREMENT", "sqlite": "INTEGER"}[bare.dialect.name]
    a_b, deleted = quoted(bare, "A b"), quoted(bare, "deleted")
    for name in (*NAMES, "group", "back\\slash", "a.b", "/*x*/", "MixedCase"):
        table = quoted(bare, name)
        with bare.writer.autocommit.using(None) as sql:
            sql.execute(f"CREATE TABLE {table} (id {key} PRIMARY KEY, {a_b} VARCHAR(9), {deleted} INTEGER DEFAULT 0)")
        try:
            with bare.writer.using(None) as sql:
                row = tables.insert(sql, name, {"A b": "x"})
                assert row == {"id": row["id"], "A b": "x", "deleted": 0}
                assert tables.load(sql, name, [{"A b": "y"}, {"A b": "z"}]) == 2
                assert tables.update(sql, name, {"A b": "w"}, {"A b": "z"}) == 1
                assert [one["A b"] for one in tables.find(sql, name, {"A b": ["x", "w"]})] == ["x", "w"]
                page = paging.paginate(lambda of=name, **how: tables.find(sql, of, **how), 1, ["A b", "id"])
                assert [one["A b"] for one in page] == ["w"]
                assert tables.soft_delete(sql, name, {"A b": "y"}) == 1
                assert tables.update_returning_pk(sql, name, {"A b": "v"}, ("A b", "x")) == (row["id"],)
                assert tables.delete(sql, name, {"deleted": 0}) == 2
        finally:
            with bare.writer.autocommit.using(None) as sql:
                sql.execute(f"DROP TABLE {table}")


def test_views(bare: Database) -> None:
    """A view is read as a table is; what else can be done with one, its server says."""
    view = quoted(bare, "Old Parts")
    with bare.writer.autocommit.using(None) as sql:
        sql.execute(f"CREATE VIEW {view} AS SELECT p.id, p.name AS {quoted(bare, 'the name')} FROM parts AS p")
    try:
        with bare.writer.using(None) as sql:
            tables.load(sql, "parts", [{"name": name} for name in ("nut", "bolt", "cog")])
            assert [one["the name"] for one in tables.find(sql, "Old Parts")] == ["nut", "bolt", "cog"]
            assert len(tables.find(sql, "Old Parts", {"the name": ["nut", "cog"]})) == 2
            page = Page([SortKey("the name"), SortKey("id")])
            with pytest.warns(UserWarning, match="has no unique key"):
                assert tables.find(sql, "Old Parts", page=page, limit=1)[0]["the name"] == "bolt"
            with pytest.raises(DBNonExistentTable, match="'Odd Parts' is neither declared nor in the database"):
                tables.find(sql, "Odd Parts")
    finally:
        with bare.writer.autocommit.using(None) as sql:
            sql.execute(f"DROP VIEW {view}")


@pytest.mark.dialects("sqlite")
def test_a_view_of_a_table_that_is_gone(bare: Database) -> None:
    with bare.writer.autocommit.using(None) as sql:
        sql.execute("CREATE TABLE gone (id INTEGER)")
        sql.execute("CREATE VIEW broken AS SELECT g.id FROM gone AS g")
        sql.execute("DROP TABLE gone")
    try:
        with bare.writer.using(None) as sql:
            assert tables.insert(sql, "parts", {"name": "nut"})["name"] == "nut"
            with pytest.raises(DBNonExistentTable, match="'broken' is neither declared nor in the database"):
                tables.find(sql, "broken")
    finally:
        with bare.writer.autocommit.using(None) as sql:
            sql.execute("DROP VIEW broken")
