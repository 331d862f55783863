"""One statement for many sets of parameters: all or none, the sum of what matched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rawdb.engine import bulk
from rawdb.engine.database import Database
from rawdb.exceptions import DBDataError, DBDuplicateEntry
from tests.engine.conftest import TABLES, Open

_UPSERT = {
    "mysql": "ON DUPLICATE KEY UPDATE size = VALUES(size)",
    "postgresql": "ON CONFLICT (name, deleted) DO UPDATE SET size = excluded.size",
    "sqlite": "ON CONFLICT (name, deleted) DO UPDATE SET size = excluded.size",
}
QUERIES = """
-- name: thing_add(name, size)!
-- A new one.
INSERT INTO things (name, size, deleted) VALUES (:name, :size, 0);

-- name: thing_put(name, size)!
-- A new one, or another size.
INSERT INTO things (name, size, deleted) VALUES (:name, :size, 0) {};

-- name: thing_resize(name, size)!
-- Another size.
UPDATE things SET size = :size WHERE name = :name;

-- name: thing_see(name, now)!
-- A time.
UPDATE things SET seen_at = :now WHERE name = :name;

-- name: thing_drop(name)!
-- Away with it.
DELETE FROM things WHERE name = :name;

-- name: thing_drop_sizes(sizes)!
-- Away with those of some sizes.
DELETE FROM things WHERE size IN (/*{{list sizes}}*/ :sizes /*{{}}*/);

-- name: things_add(name, size)!
-- Rows of one call.
INSERT INTO things (/*{{columns}}*/ name, size /*{{}}*/) VALUES /*{{rows}}*/ (:name, :size) /*{{}}*/;

-- name: thing_change(name, size)!
-- Columns.
UPDATE things SET /*{{set}}*/ size = :size /*{{}}*/ WHERE name = :name;

-- name: thing_sizes()
-- All sizes.
SELECT t.name, t.size FROM things AS t ORDER BY t.id;
"""


@pytest.fixture
def database(url: str, dialect: str, open_database: Open, tmp_path: Path) -> Database:
    (tmp_path / "things.sql").write_text(QUERIES.format(_UPSERT[dialect]))
    return open_database(url, queries=tmp_path, tables=TABLES)


def sizes(database: Database) -> dict[str, int]:
    with database.reader.using(None) as sql:
        return {row["name"]: row["size"] for row in sql.thing_sizes()}


def some(count: int) -> list[dict[str, Any]]:
    return [{"name": f"n{n}", "size": n} for n in range(count)]


@pytest.mark.parametrize("autocommit", [False, True])
def test_insert_update_delete(database: Database, autocommit: bool) -> None:
    entry = database.writer.autocommit if autocommit else database.writer
    with entry.using(None) as sql:
        assert sql.thing_add.many(some(300)) == 300
        # What is not there matches nothing; the same value still matches.
        wanted = [{"name": "n1", "size": 7}, {"name": "zork", "size": 7}, {"name": "n2", "size": 2}]
        assert sql.thing_resize.many(wanted) == 2
        assert sql.thing_drop.many([{"name": f"n{n}"} for n in range(3, 300)]) == 297
        assert sql.thing_drop.many([]) == 0
        assert sql.thing_drop.many(iter([])) == 0
    assert sizes(database) == {"n0": 0, "n1": 7, "n2": 2}


def test_an_upsert_counts_the_rows_it_was_for(database: Database) -> None:
    with database.writer.using(None) as sql:
        assert sql.thing_put.many(some(3)) == 3
        assert (
            sql.thing_put.many([{"name": "n1", "size": 9}, {"name": "n2", "size": 2}, {"name": "n9", "size": 1}]) == 3
        )
    assert sizes(database) == {"n0": 0, "n1": 9, "n2": 2, "n9": 1}


def test_calls_of_several_texts(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.thing_add.many(some(9))
        assert sql.thing_drop_sizes.many([{"sizes": [1, 2]}, {"sizes": [3]}, {"sizes": []}, {"sizes": [4, 5]}]) == 5
    assert list(sizes(database).values()) == [0, 6, 7, 8]


@pytest.mark.parametrize("autocommit", [False, True])
def test_all_or_none(database: Database, autocommit: bool) -> None:
    entry = database.writer.autocommit if autocommit else database.writer
    with pytest.raises(DBDuplicateEntry) as caught, entry.using(None) as sql:
        sql.thing_add.many([*some(3), {"name": "n1", "size": 0}])
    assert caught.value.statement == "thing_add"
    assert sizes(database) == {}


def test_an_error_that_is_caught_leaves_nothing_behind(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.thing_add.many([{"name": "before", "size": 0}])
        with pytest.raises(DBDuplicateEntry):
            sql.thing_add.many([*some(3), {"name": "n1", "size": 0}])
        assert sql.thing_add.many([{"name": "after", "size": 0}]) == 1
    assert sizes(database) == {"before": 0, "after": 0}


def test_a_list_is_checked_before_anything_is_sent(database: Database) -> None:
    sent: list[str] = []
    database.observers.append(lambda name, text: sent.append(name))
    with database.writer.using(None) as sql:
        wrong: Any
        for wrong, error, what in (
            ({"name": "x", "size": "zork"}, DBDataError, "things.size"),
            ({"name": "x"}, TypeError, "thing_add needs the argument 'size'"),
            ({"name": "x", "size": 1, "zork": 2}, TypeError, "takes no argument zork"),
            (("x", 1), TypeError, "many\\(\\) takes dicts of parameters"),
        ):
            with pytest.raises(error, match=what):
                sql.thing_add.many([*some(2), wrong])
    assert sent == []


def test_an_iterator_is_taken_in_parts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH_ROWS", 10)
    taken: list[int] = []
    at_each: list[int] = []
    database.observers.append(lambda name, text: at_each.append(len(taken)) if name == "thing_add" else None)

    def rows() -> Iterator[dict[str, Any]]:
        for row in some(25):
            taken.append(row["size"])
            yield row

    with database.writer.autocommit.using(None) as sql:
        assert sql.thing_add.many(rows()) == 25
    assert sorted(set(at_each)) == [10, 20, 25]
    assert len(sizes(database)) == 25


def test_an_iterator_that_fails_undoes_it_all(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH_ROWS", 10)

    def rows() -> Iterator[dict[str, Any]]:
        yield from some(15)
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"), database.writer.autocommit.using(None) as sql:
        sql.thing_add.many(rows())
    assert sizes(database) == {}


def test_the_clock_fills_now(database: Database, stopped_clock: Any) -> None:
    with database.writer.using(None) as sql:
        sql.thing_add.many(some(2))
        assert sql.thing_see.many([{"name": "n0"}, {"name": "n1"}]) == 2
        assert sql.execute("SELECT t.seen_at FROM things AS t").rows == [(stopped_clock,), (stopped_clock,)]


@pytest.mark.parametrize(
    ("name", "rows", "what"),
    [
        ("thing_sizes", [{}], "thing_sizes: many\\(\\) is for statements that end in !"),
        ("things_add", [{}], "things_add: many\\(\\) gives parameters, and no values"),
        ("thing_change", [{}], "thing_change: many\\(\\) gives parameters, and no changes"),
        ("thing_drop", {"name": "a"}, "takes a list of dicts"),
        ("thing_drop", "abc", "takes a list of dicts"),
        ("thing_drop", None, "takes a list of dicts"),
    ],
)
def test_what_is_refused(database: Database, name: str, rows: Any, what: str) -> None:
    with database.writer.using(None) as sql, pytest.raises(TypeError, match=what):
        getattr(sql, name).many(rows)


def test_a_reader_writes_nothing(database: Database) -> None:
    with database.reader.using(None) as sql, pytest.raises(TypeError, match="thing_drop writes, and this is a reader"):
        sql.thing_drop.many([{"name": "a"}])


@pytest.mark.dialects("postgresql")
def test_postgresql_is_not_waited_for_between_two_rows(database: Database) -> None:
    sent: list[str] = []
    database.observers.append(lambda name, text: sent.append(name))
    with database.writer.using(None) as sql:
        sql.thing_add.many(some(50))
    assert sent == ["BEGIN", "SAVEPOINT", "thing_add", "RELEASE SAVEPOINT", "COMMIT"]
