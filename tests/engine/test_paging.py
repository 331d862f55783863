"""Pages: joined they are the one ordered query, for any data with NULLs and ties, in any order of any keys."""

from __future__ import annotations

import functools
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import UniqueViolation

from rawdb import paging, tables
from rawdb.engine.database import Database
from rawdb.exceptions import DBDuplicateEntry, InvalidSortKey
from rawdb.statements.criteria import Page, SortKey, equal
from rawdb.testing.databases import connected
from tests.engine.conftest import TABLES, Open

QUERIES = """
-- name: thing_list(name, limit)
-- Things by pages.
SELECT t.*
  FROM things AS t
 WHERE /*{filters}*/ t.name = :name /*{}*/
   AND /*{after}*/ t.name > :name /*{}*/
 ORDER BY /*{order}*/ t.id /*{}*/
 LIMIT :limit;

-- name: thing_narrow(least, limit)
-- Less of each thing than its keys.
SELECT id, LENGTH(note) AS note
  FROM things
 WHERE id > :least
   AND /*{after}*/ id > :least /*{}*/
 ORDER BY /*{order}*/ id /*{}*/
 LIMIT :limit;

-- name: thing_nested(least, limit)
-- Pages inside, whole rows outside.
SELECT o.*
  FROM (SELECT t.id AS number, t.weight
          FROM things AS t
          LEFT JOIN things AS n
            ON n.id = t.id + :least
         WHERE /*{after}*/ t.id > :least /*{}*/
         ORDER BY /*{order}*/ t.id /*{}*/
         LIMIT :limit) AS page
  JOIN things AS o
    ON o.id = page.number
 WHERE o.id > :least
 ORDER BY /*{order}*/ o.id /*{}*/;

-- name: thing_of_chosen(least)
-- Pages of what a WITH has chosen, by a number that stands in the text.
WITH chosen AS (SELECT c.id AS thing FROM things AS c WHERE c.id > :least)
SELECT t.*, (SELECT COUNT(*) FROM things AS o WHERE o.id <= t.id) AS place
  FROM things AS t
  JOIN chosen
    ON chosen.thing = t.id
 WHERE /*{after}*/ t.id > :least /*{}*/
 ORDER BY /*{order}*/ t.id /*{}*/
 LIMIT 3;

-- name: thing_grouped(least, limit)
-- Rows that are not simply found: the text stays one.
SELECT t.id, COUNT(*) AS things
  FROM things AS t
 WHERE t.id > :least
   AND /*{after}*/ t.id > :least /*{}*/
 GROUP BY t.id
 ORDER BY /*{order}*/ t.id /*{}*/
 LIMIT :limit;

-- name: thing_reckoned(least, limit)
-- What begins with a column and ends in a name is not that column.
SELECT t.id, t.weight, t.weight * 0 - t.weight AS turned
  FROM things AS t
 WHERE t.id > :least
   AND /*{after}*/ t.id > :least /*{}*/
 ORDER BY /*{order}*/ t.id /*{}*/
 LIMIT :limit;

-- name: thing_nameless(least, limit)
-- What has no name, though it ends in one.
SELECT t.id, 1 + t.id
  FROM things AS t
 WHERE t.id > :least
   AND /*{after}*/ t.id > :least /*{}*/
 ORDER BY /*{order}*/ t.id /*{}*/
 LIMIT :limit;

-- name: thing_shouted(limit)
-- Columns in letters of another case than the table's.
SELECT t.id, t.weight, t.NAME
  FROM things AS t
 WHERE /*{after}*/ t.id > :limit /*{}*/
 ORDER BY /*{order}*/ t.id /*{}*/
 LIMIT :limit;
"""
SHAPES = ("thing_narrow", "thing_nested", "thing_of_chosen", "thing_grouped")
DIRECTIONS = [f"{way}{nulls}" for way in ("asc", "desc") for nulls in ("", "-nullsfirst", "-nullslast")]
#: Columns of several types, few values each, so that there are ties; no unique key stands in the way.
_VALUES: dict[str, Any] = {
    "project_id": ["a", "b", "B", "", "é"],
    "flag": [True, False],
    "weight": [-1.5, 0.0, 2.25],
    "seen_at": ["2014-06-01T12:30:00.000001", "2014-06-01T12:30:00", "1999-01-01T00:00:00"],
    "note": ["x", "xy"],
}
ROWS = st.lists(
    st.fixed_dictionaries({name: st.sampled_from([*values, None]) for name, values in _VALUES.items()}), max_size=14
)
KEYS = st.lists(
    st.tuples(st.sampled_from([*_VALUES, "id"]), st.sampled_from(DIRECTIONS)),
    min_size=1,
    max_size=3,
    unique_by=lambda key: key[0],
)


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Database:
    (tmp_path / "things.sql").write_text(QUERIES)
    return open_database(url, queries=tmp_path, tables=TABLES)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, keys=KEYS, limit=st.integers(1, 5), by_file=st.booleans())
def test_pages_joined_are_the_ordered_list(
    database: Database, rows: list[dict[str, Any]], keys: list[tuple[str, str]], limit: int, by_file: bool
) -> None:
    names, directions = [name for name, _ in keys], [way for _, way in keys]
    with database.writer.using(None) as sql, warnings.catch_warnings():
        # Keys without a unique one are completed, and that is said.
        warnings.simplefilter("ignore")
        tables.delete(sql, "things", {})
        tables.load(sql, "things", rows)
        rest: Any = sql.thing_list if by_file else functools.partial(tables.find, sql, "things")
        whole = paging.paginate(rest, None, names, sort_dirs=directions)
        pages = list(paging.walk(rest, limit, names, sort_dirs=directions))
        plain = ", ".join(f"t.{name} {way.partition('-')[0]}" for name, way in keys)
        if all("-" not in way for way in directions):
            ordered = sql.execute(f"SELECT t.id FROM things AS t ORDER BY {plain}, t.id").rows
            assert [row["id"] for row in whole] == [row[0] for row in ordered]
    assert len(whole) == len(rows)
    assert [row for page in pages for row in page] == whole
    assert all(len(page) == limit for page in pages[:-1])
    assert all(pages)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, keys=KEYS, limit=st.integers(1, 5), shape=st.sampled_from(SHAPES))
def test_so_are_pages_of_statements_of_any_shape(
    database: Database, rows: list[dict[str, Any]], keys: list[tuple[str, str]], limit: int, shape: str
) -> None:
    sort = [SortKey.parse(name, way) for name, way in keys]
    with database.writer.using(None) as sql, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tables.delete(sql, "things", {})
        tables.load(sql, "things", rows)
        whole = tables.find(sql, "things", page=Page(sort))
        size = {"limit": limit} if shape != "thing_of_chosen" else {}
        found: list[Any] = []
        marker = None
        while page := getattr(sql, shape)(least=0, page=Page(sort, marker), **size):
            assert len(page) <= size.get("limit", 3)
            found += page
            marker = whole[len(found) - 1]
    assert [row["id"] for row in found] == [row["id"] for row in whole]
    expected = {
        "thing_narrow": [{"id": row["id"], "note": row["note"] and len(row["note"])} for row in whole],
        "thing_nested": whole,
        "thing_of_chosen": [{**row, "place": 1 + sum(o["id"] < row["id"] for o in whole)} for row in whole],
        "thing_grouped": [{"id": row["id"], "things": 1} for row in whole],
    }
    assert found == expected[shape]


def some(database: Database) -> Any:
    with database.writer.using(None) as sql:
        tables.load(sql, "things", [{"name": f"n{n}", "kind": f"k{n}", "size": n % 2, "weight": n} for n in range(5)])


def test_what_a_result_makes_of_a_column_is_not_the_column(database: Database) -> None:
    with database.writer.using(None) as sql:
        tables.load(sql, "things", [{"name": f"n{n}", "weight": n % 4 or None} for n in range(12)])
        for ways in (["desc-nullslast", "asc"], ["asc-nullslast", "desc"], ["desc", "asc"], ["asc", "desc"]):
            keys = paging.sort_keys_of(["weight", "id"], sort_dirs=ways)
            whole = tables.find(sql, "things", page=Page(keys))
            for marker in (None, *whole):
                rest = whole[0 if marker is None else whole.index(marker) + 1 :][:2]
                reckoned = sql.thing_reckoned(least=0, page=Page(keys, marker), limit=2)
                assert [(row["id"], row["weight"]) for row in reckoned] == [(row["id"], row["weight"]) for row in rest]
                nameless = sql.thing_nameless(least=0, page=Page(keys, marker), limit=2)
                assert [tuple(row.values()) for row in nameless] == [(row["id"], 1 + row["id"]) for row in rest]


def test_every_page_calls_its_columns_the_same(database: Database) -> None:
    some(database)
    with database.reader.using(None) as sql:
        # Among things with a weight others may follow, with none: that page is read in two parts.
        pages = paging.walk(sql.thing_shouted, 2, ["weight", "id"], sort_dirs=["desc-nullslast", "asc"])
        assert len({tuple(page[0]) for page in pages}) == 1


def test_directions_of_all_and_of_each(database: Database) -> None:
    some(database)
    with database.reader.using(None) as sql:
        page = functools.partial(paging.paginate, sql.thing_list, 10, ["size", "id"])
        assert [row["name"] for row in page()] == ["n0", "n2", "n4", "n1", "n3"]
        assert [row["name"] for row in page(sort_dir="desc")] == ["n3", "n1", "n4", "n2", "n0"]
        assert [row["name"] for row in page(sort_dirs=["desc", "asc"])] == ["n1", "n3", "n0", "n2", "n4"]
        third = page(marker={"size": 0, "id": page()[2]["id"]}, filters=[equal("size", 1)])
        assert [row["name"] for row in third] == ["n1", "n3"]


def test_a_limit_is_none_for_all(database: Database) -> None:
    some(database)
    with database.reader.using(None) as sql:
        assert len(paging.paginate(sql.thing_list, None, ["id"])) == 5
        assert paging.paginate(sql.thing_list, 0, ["id"]) == []
        assert [len(page) for page in paging.walk(sql.thing_list, 2, ["id"])] == [2, 2, 1]
        assert [len(page) for page in paging.walk(sql.thing_list, 5, ["id"])] == [5]


def test_keys_without_a_unique_one_are_told(database: Database) -> None:
    some(database)
    with database.reader.using(None) as sql:
        with pytest.warns(UserWarning, match="a page of things by weight has no unique key: id comes behind"):
            paging.paginate(sql.thing_list, 2, ["weight"])


def test_errors(database: Database) -> None:
    with database.reader.using(None) as sql:
        page = functools.partial(paging.paginate, sql.thing_list, 2)
        with pytest.raises(AssertionError, match="not both"):
            page(["id"], sort_dir="asc", sort_dirs=["asc"])
        with pytest.raises(AssertionError, match="2 sort_keys, and 1 sort_dirs"):
            page(["id", "name"], sort_dirs=["asc"])
        with pytest.raises(InvalidSortKey):
            page(["zork"])
        with pytest.raises(ValueError, match="unknown sort direction 'up'"):
            page(["id"], sort_dir="up")
        with pytest.raises(ValueError, match="needs a key to sort by"):
            page([])
        with pytest.raises(ValueError, match="the marker lacks name"):
            page(["id", "name"], {"id": 1})
        with pytest.raises(TypeError, match="sort_keys is a list"):
            page("id")
        with pytest.raises(TypeError, match="takes no argument zork"):
            page(["id"], zork=1)


def test_keys_of_words() -> None:
    assert paging.sort_keys_of(["a", "b"], sort_dirs=["desc-nullslast", "asc"]) == [
        SortKey("a", "desc", "nullslast"),
        SortKey("b"),
    ]


@pytest.mark.dialects("postgresql", "sqlite")
@pytest.mark.parametrize("declared", [False, True], ids=["live", "declared"])
def test_a_unique_key_of_some_rows_tells_no_others(
    url: str, open_database: Open, tmp_path: Path, declared: bool
) -> None:
    """MySQL has no index over some of the rows. The deleted twins of a live row are alike in its key."""
    (tmp_path / "columns.csv").write_text(
        "table,column,type,nullable,primary_key\ntags,id,int,no,yes\ntags,name,string(9),no,\ntags,deleted,int,no,\n"
    )
    (tmp_path / "indexes.csv").write_text("table,index,unique,columns,where\ntags,tags_live,yes,name,deleted = 0\n")
    with connected(url) as run:
        run("CREATE TABLE tags (id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL, deleted INTEGER NOT NULL)")
        run("CREATE UNIQUE INDEX tags_live ON tags (name) WHERE deleted = 0")
    try:
        database = open_database(url, queries=None, tables=tmp_path / "columns.csv" if declared else None)
        with database.writer.using(None) as sql:
            tables.load(sql, "tags", [{"id": n, "name": "ab"[n % 2], "deleted": n // 2} for n in range(10)])
            with pytest.warns(UserWarning, match="a page of tags by name has no unique key: id comes behind"):
                pages = list(paging.walk(functools.partial(tables.find, sql, "tags"), 3, ["name"]))
            assert [row["id"] for page in pages for row in page] == [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
        # The key is one all the same, to whom breaks it.
        with pytest.raises(DBDuplicateEntry) as raised, database.writer.using(None) as sql:
            tables.insert(sql, "tags", {"id": 99, "name": "a", "deleted": 0})
        assert raised.value.columns == ["name"]
    finally:
        with connected(url) as run:
            run("DROP TABLE tags")


@pytest.mark.dialects("postgresql")
def test_a_unique_key_that_is_unfinished_or_waits_for_commit_is_none(url: str, open_database: Open) -> None:
    with connected(url) as run:
        run("CREATE TABLE tags (id INTEGER PRIMARY KEY, name VARCHAR(9) NOT NULL, place INTEGER NOT NULL)")
        run("ALTER TABLE tags ADD CONSTRAINT tags_place UNIQUE (place) DEFERRABLE INITIALLY DEFERRED")
        run("INSERT INTO tags SELECT n, 'a', n FROM generate_series(1, 5) AS n")
    # What could not be built to its end stays, and keeps later rows from repeating one another.
    with pytest.raises(UniqueViolation), connected(url) as run:
        run("CREATE UNIQUE INDEX CONCURRENTLY tags_name ON tags (name)")
    try:
        database = open_database(url, queries=None, tables=None)
        with database.writer.using(None) as sql:
            sql.execute("UPDATE tags SET place = 1")
            for key in ("name", "place"):
                with pytest.warns(UserWarning, match=f"a page of tags by {key} has no unique key"):
                    pages = list(paging.walk(functools.partial(tables.find, sql, "tags"), 2, [key]))
                assert [row["id"] for page in pages for row in page] == [1, 2, 3, 4, 5]
            sql.execute("UPDATE tags SET place = id")
    finally:
        with connected(url) as run:
            run("DROP TABLE tags")
