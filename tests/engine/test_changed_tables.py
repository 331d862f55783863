"""Tables that somebody changes while their statements are in use: nobody need say so, whatever the way of the call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from rawdb import paging, tables
from rawdb.engine.database import Database
from rawdb.exceptions import DBNonExistentColumn, InvalidSortKey
from rawdb.statements.criteria import Page, SortKey, equal
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

SQL = """\
-- name: birds(id)
-- Some birds.
SELECT b.*
  FROM birds AS b
 WHERE /*{filters}*/ b.id = :id /*{}*/
 ORDER BY /*{order}*/ b.id /*{}*/;

-- name: bird_rename(name, id)!
-- Give some another name.
UPDATE birds
   SET name = :name
 WHERE /*{filters}*/ id = :id /*{}*/;

-- name: nests()
-- Nests with their birds.
SELECT n.id,
       (SELECT /*{json b as birds}*/ COUNT(*) /*{}*/ FROM birds AS b WHERE b.nest_id = n.id) AS birds
  FROM nests AS n;

-- name: misspelt()
-- What no look at the tables mends.
SELECT b.zork
  FROM birds AS b;
"""
KEYS = {"postgresql": "SERIAL", "mysql": "INTEGER AUTO_INCREMENT", "sqlite": "INTEGER"}


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "birds.sql").write_text(SQL)
    with connected(url) as run:
        run("CREATE TABLE nests (id INTEGER PRIMARY KEY)")
        key = KEYS[url.partition(":")[0]]
        run(f"CREATE TABLE birds (id {key} PRIMARY KEY, nest_id INTEGER, name VARCHAR(20), legs INTEGER)")
        run("INSERT INTO nests (id) VALUES (1)")
        run("INSERT INTO birds (nest_id, name, legs) VALUES (1, 'owl', 2)")
    yield open_database(url, queries=tmp_path, tables=None)
    with connected(url) as run:
        run("DROP TABLE birds")
        run("DROP TABLE nests")


def alter(database: Database, change: str) -> None:
    with connected(database.url) as run:
        run(f"ALTER TABLE birds {change}")


def add(database: Database, name: str) -> None:
    """A column, made by somebody else."""
    alter(database, f"ADD COLUMN {name} INTEGER DEFAULT 7")


def test_a_column_made_later_in_a_stream(database: Database) -> None:
    with database.reader.using(None) as sql:
        assert [row["name"] for row in sql.birds.stream()] == ["owl"]
    add(database, "weight")
    with database.reader.using(None) as sql:
        assert [row["weight"] for row in sql.birds.stream(filters=[equal("weight", "7")])] == [7]
    add(database, "height")
    with database.reader.using(None) as sql:
        page = Page([SortKey("height"), SortKey("id")])
        assert [row["height"] for row in sql.birds.stream(page=page)] == [7]
        with pytest.raises(DBNonExistentColumn, match="birds has no column 'zork'"):
            sql.birds.stream(filters=[equal("zork", 1)])


def test_a_column_made_later_in_many(database: Database) -> None:
    rows = [{"name": "tit", "filters": [equal("weight", 7)]}, {"name": "jay", "filters": [equal("weight", 8)]}]
    with database.writer.using(None) as sql:
        assert sql.bird_rename.many([{"name": "tit", "filters": [equal("legs", 3)]}]) == 0
    add(database, "weight")
    with database.writer.using(None) as sql:
        assert sql.bird_rename.many(rows) == 1
    add(database, "height")
    with database.writer.using(None) as sql:
        assert sql.bird_rename.many({"name": name, "filters": [equal("height", 7)]} for name in ("jay", "kea")) == 2
        with pytest.raises(DBNonExistentColumn, match="birds has no column 'zork'"):
            sql.bird_rename.many([{"name": "tit", "filters": [equal("zork", 1)]}])
        assert [row["name"] for row in sql.birds()] == ["kea"]


def test_a_column_lost_before_what_was_sent_ahead(database: Database) -> None:
    """The statement that it was sent with is told of it, and is not sent again: its transaction is over."""

    def rename(sql: Any) -> Any:
        sql.bird_rename.ahead(name="tit", filters=[equal("legs", 2)])
        return sql.birds()

    with database.writer.using(None) as sql:
        assert [row["name"] for row in rename(sql)] == ["tit"]
    alter(database, "DROP COLUMN legs")
    add(database, "weight")
    with pytest.raises(DBNonExistentColumn) as caught, database.writer.using(None) as sql:
        rename(sql)
    assert caught.value.statement in ("bird_rename", None)
    with pytest.raises(DBNonExistentColumn, match="birds has no column 'legs'"), database.writer.using(None) as sql:
        rename(sql)


def sorted_by(sql: Any, name: str) -> Any:
    return paging.paginate(lambda **how: tables.find(sql, "birds", **how), 2, [name, "id"])


#: Each of the functions, with the name of a column, and what it gives.
WAYS: Sequence[tuple[Callable[[Any, str], Any], Any]] = (
    (lambda sql, name: tables.insert(sql, "birds", {"name": "tit", name: 1})[name], 1),
    (lambda sql, name: tables.load(sql, "birds", [{"name": "jay", name: 2}]), 1),
    (lambda sql, name: tables.load(sql, "birds", iter([{"name": "kea", name: 2}])), 1),
    (lambda sql, name: len(tables.find(sql, "birds", {name: 7})), 4),
    (lambda sql, name: [row["name"] for row in sorted_by(sql, name)], ["owl", "tit"]),
    (lambda sql, name: tables.update(sql, "birds", {name: 1}, {"name": "owl"}), 1),
    (lambda sql, name: tables.update(sql, "birds", {"legs": 1}, {name: 8}), 0),
    (lambda sql, name: tables.delete(sql, "birds", {name: 8}), 0),
    (lambda sql, name: tables.update_on_match(sql, "birds", {"id": 1, name: 7}, "id", {name: 8})[name], 8),
)


def test_a_column_made_later_by_the_functions_of_tables(database: Database) -> None:
    """Each sees a column of its own first."""
    with database.writer.using(None) as sql:
        assert len(tables.find(sql, "birds")) == 1
    for number, (way, expected) in enumerate(WAYS):
        add(database, f"extra_{number}")
        with database.writer.using(None) as sql:
            assert way(sql, f"extra_{number}") == expected
    with database.writer.using(None) as sql:
        for refused in (
            lambda: tables.insert(sql, "birds", {"zork": 1}),
            lambda: tables.load(sql, "birds", [{"zork": 1}]),
            lambda: tables.find(sql, "birds", {"zork": 1}),
            lambda: tables.update(sql, "birds", {"zork": 1}, {}),
        ):
            with pytest.raises(DBNonExistentColumn, match="birds has no column 'zork'"):
                refused()
        with pytest.raises(InvalidSortKey):
            sorted_by(sql, "zork")


def drop_legs(database: Database) -> None:
    """A column goes that the statements know."""
    with database.reader.using(None) as sql:
        assert sql.nests()[0]["birds"][0]["legs"] == 2
        assert tables.find(sql, "birds")[0]["legs"] == 2
    alter(database, "DROP COLUMN legs")


def test_a_column_that_went_in_a_lone_read(database: Database) -> None:
    drop_legs(database)
    with database.reader.autocommit.using(None) as sql:
        assert sql.nests() == [{"id": 1, "birds": [{"id": 1, "nest_id": 1, "name": "owl"}]}]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_column_that_went_in_a_block(database: Database, streamed: bool) -> None:
    """PostgreSQL does nothing more in a transaction in which it has missed one; the next finds the table as it is."""
    drop_legs(database)
    expected = [{"id": 1, "birds": [{"id": 1, "nest_id": 1, "name": "owl"}]}]
    if database.dialect.name == "postgresql":
        with pytest.raises(DBNonExistentColumn), database.reader.using(None) as sql:
            list(sql.nests.stream()) if streamed else sql.nests()
    with database.reader.using(None) as sql:
        assert (list(sql.nests.stream()) if streamed else sql.nests()) == expected


@pytest.mark.parametrize("name", ["reader", "writer"])
def test_a_column_that_went_in_a_function(database: Database, name: str) -> None:
    """It is run again."""

    @getattr(database, name)  # type: ignore[untyped-decorator]
    def nests(context: object) -> object:
        return database.sql(context).nests()

    drop_legs(database)
    assert nests(object()) == [{"id": 1, "birds": [{"id": 1, "nest_id": 1, "name": "owl"}]}]


def test_what_changes_rows_is_not_sent_twice(database: Database) -> None:
    drop_legs(database)
    sent: list[str] = []
    database.observers.append(lambda name, text: sent.append(name))
    with pytest.raises(DBNonExistentColumn), database.writer.using(None) as sql:
        sql.bird_rename(name="tit", filters=[equal("legs", 2)])
    assert sent.count("bird_rename") == 1
    with database.writer.using(None) as sql, pytest.raises(DBNonExistentColumn, match="birds has no column 'legs'"):
        sql.bird_rename(name="tit", filters=[equal("legs", 2)])
    assert sent.count("bird_rename") == 1


def test_what_no_look_mends_is_sent_once(database: Database) -> None:
    sent: list[str] = []
    with database.reader.using(None) as sql:
        sql.birds()
    database.observers.append(lambda name, text: sent.append(name))
    with database.reader.autocommit.using(None) as sql, pytest.raises(DBNonExistentColumn):
        sql.misspelt()
    assert sent == ["misspelt"]
