"""Live tables whose columns have names that SQL has a meaning for: quoted on every server, and never a placeholder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rawdb.engine.database import Database
from rawdb.exceptions import DBDuplicateEntry
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
