"""Large results read in parts: constant memory, the same rows as a list, and nothing left behind when left early."""

from __future__ import annotations

import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.exceptions import (
    DBConnectionError,
    DBDataError,
    DBError,
    DBNonExistentTable,
    NoEngineContextEstablished,
    StatementError,
)
from rawdb.statements.criteria import NO_LIMIT, Page, SortKey, equal
from rawdb.testing.databases import connected
from tests.engine.conftest import TABLES, Open
from tests.support.rows import there

QUERIES = """
-- name: thing_list(name, limit)
-- Things, in the order of their ids.
SELECT t.*
  FROM things AS t
 WHERE /*{filters}*/ t.name = :name /*{}*/
 ORDER BY /*{order}*/ t.id /*{}*/
 LIMIT :limit;

-- name: thing_related(size)
-- Things with their parts.
SELECT t.name,
       (SELECT /*{json p as parts}*/ COUNT(*) /*{}*/ FROM parts AS p WHERE p.thing_id = t.id) AS parts
  FROM things AS t
 WHERE t.size < :size
 ORDER BY t.id;

-- name: thing_named(name)
-- Things of some names.
SELECT t.name FROM things AS t WHERE t.name IN (/*{list names}*/ :name /*{}*/);

-- name: thing_first()^
-- One thing.
SELECT t.name FROM things AS t ORDER BY t.id LIMIT 1;

-- name: thing_count()$
-- How many.
SELECT COUNT(*) FROM things AS t;

-- name: things_add(name, size)!
-- New ones.
INSERT INTO things (/*{columns}*/ name, size /*{}*/) VALUES /*{rows}*/ (:name, :size) /*{}*/;

-- name: parts_add(name)!
-- New ones.
INSERT INTO parts (/*{columns}*/ name /*{}*/) VALUES /*{rows}*/ (:name) /*{}*/;

-- name: thing_touch()!
-- A change.
UPDATE things SET size = size + 1 WHERE size = 0;

-- name: thing_twice()
-- Two columns of one name, which only the server knows.
SELECT d.*, e.* FROM (SELECT t.id AS one FROM things AS t) AS d CROSS JOIN (SELECT t.id AS one FROM things AS t) AS e;
"""
MANY = 600


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Database:
    (tmp_path / "things.sql").write_text(QUERIES)
    return open_database(url, queries=tmp_path, tables=TABLES)


@pytest.fixture
def filled(database: Database) -> Database:
    with database.writer.using(None) as sql:
        sql.things_add(values=[{"name": f"n{n}", "kind": f"k{n}", "size": n, "note": None} for n in range(MANY)])
    return database


@pytest.mark.parametrize("fetch_size", [1, 7, MANY - 1, MANY, MANY + 1])
def test_the_rows_are_those_of_the_list(filled: Database, fetch_size: int) -> None:
    with filled.reader.using(None) as sql:
        limit = 30 if fetch_size == 1 else NO_LIMIT
        expected = sql.thing_list(limit=limit)
        assert list(sql.thing_list.stream(limit=limit, fetch_size=fetch_size)) == expected
        assert sql.thing_count() == MANY


def test_filters_pages_and_positions_are_as_in_a_call(filled: Database) -> None:
    page = Page([SortKey("size", "desc"), SortKey("id")])
    with filled.writer.using(None) as sql:
        wanted: dict[str, Any] = {"filters": [equal("size", [5, 6, 7])], "page": page, "limit": 2}
        assert [row["size"] for row in sql.thing_list.stream(**wanted)] == [7, 6]
        assert list(sql.thing_related.stream(0)) == []
        with pytest.raises(TypeError, match="needs the argument 'size'"):
            sql.thing_related.stream()
        with pytest.raises(TypeError, match="takes no argument zork"):
            sql.thing_list.stream(limit=1, zork=1)


def test_relations_are_decoded(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.things_add(values=[{"name": "a", "size": 1}, {"name": "b", "size": 2, "kind": "other"}])
        [first, _] = sql.thing_list(limit=2)
        sql.parts_add(values=[{"name": "p", "thing_id": first["id"]}, {"name": "q", "thing_id": first["id"]}])
        rows = list(sql.thing_related.stream(size=9, fetch_size=1))
        assert rows == sql.thing_related(size=9)
        assert [part["name"] for part in rows[0]["parts"]] == ["p", "q"]
        assert rows[1] == {"name": "b", "parts": []}


def test_a_list_in_parts_is_a_stream_too(filled: Database) -> None:
    names = [f"n{n}" for n in range(20_000)]
    with filled.reader.using(None) as sql:
        assert {row["name"] for row in sql.thing_named.stream(names=names)} == set(names[:MANY])


def test_a_value_in_two_parts_of_a_list_is_one(filled: Database) -> None:
    names = ["n7", *[f"none{n}" for n in range(20_000)], "n7"]
    with filled.reader.using(None) as sql:
        assert [row["name"] for row in sql.thing_named.stream(names=names)] == ["n7"]


def test_memory_does_not_grow_with_the_result(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.things_add(values=[{"name": str(n), "kind": str(n), "size": n, "note": "x" * 4000} for n in range(3000)])

    def peak(rows: Any) -> int:
        tracemalloc.start()
        count = sum(1 for _ in rows())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == 3000
        return used

    with database.reader.using(None) as sql:
        whole = peak(lambda: sql.thing_list(limit=NO_LIMIT))
        parts = peak(lambda: sql.thing_list.stream(limit=NO_LIMIT, fetch_size=100))
    assert whole > 12_000_000
    assert parts < 2_000_000


def test_left_early_the_block_goes_on(filled: Database) -> None:
    with filled.writer.using(None) as sql:
        for row in sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10):
            if row["size"] == 15:
                break
        assert sql.thing_touch() == 1
        with sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10) as rows:
            assert next(rows)["size"] == 1
        assert sql.thing_count() == MANY
        assert list(rows) == []
        rows = sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10)
        next(rows)
        rows.close()
        rows.close()
        assert sql.thing_first() == {"name": "n0"}
    with filled.reader.using(None) as sql:
        assert sql.thing_list(limit=1)[0]["size"] == 1


def test_a_block_ends_with_a_stream_open(filled: Database) -> None:
    with filled.writer.using(None) as sql:
        sql.thing_touch()
        kept = sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10)
        next(kept)
    with pytest.raises(NoEngineContextEstablished, match="thing_list: this writer block is over"):
        list(kept)
    with filled.reader.using(None) as sql:
        # It was committed, with what was not read thrown away.
        assert sql.thing_list(limit=1)[0]["size"] == 1
        kept = sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10)
        next(kept)
    kept.close()
    assert filled.lent() == []
    with filled.reader.using(None) as sql:
        assert sql.thing_count() == MANY


def test_an_error_of_the_caller_undoes_the_block(filled: Database) -> None:
    with pytest.raises(RuntimeError, match="mine"), filled.writer.using(None) as sql:
        sql.thing_touch()
        with sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10) as rows:
            next(rows)
            raise RuntimeError("mine")
    with filled.reader.using(None) as sql:
        assert sql.thing_list(limit=1)[0]["size"] == 0


def test_an_error_that_is_caught_lets_the_block_go_on(filled: Database) -> None:
    with filled.writer.using(None) as sql:
        try:
            with sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10) as rows:
                raise RuntimeError(next(rows)["name"])
        except RuntimeError:
            assert sql.thing_touch() == 1


def test_a_savepoint_that_is_undone_takes_its_streams_along(filled: Database) -> None:
    kept = None
    with filled.writer.using(None) as sql:
        before = sql.thing_list.stream(limit=NO_LIMIT, fetch_size=2) if filled.dialect.name != "mysql" else None
        sql.things_add(values=[{"name": "kept", "size": 1001}])
        with pytest.raises(KeyError), filled.writer.savepoint.using(None) as inner:
            inner.things_add(values=[{"name": "undone", "size": 1002}])
            kept = inner.thing_list.stream(limit=NO_LIMIT, fetch_size=2)
            next(kept)
            raise KeyError
        with pytest.raises(DBError, match="gone with the savepoint"):
            # Of the rows that it has already some may come; then it says so, and does not end as if that were all.
            list(there(kept))
        if before is not None:
            assert len(list(before)) > 2
        sql.things_add(values=[{"name": "after", "size": 1003}])
    with filled.reader.using(None) as sql:
        names = {row["name"] for row in sql.thing_list(limit=NO_LIMIT)}
    assert {"kept", "after"} <= names
    assert "undone" not in names


def test_the_catalog_is_not_read_beside_a_stream(filled: Database, url: str, open_database: Open) -> None:
    live = open_database(url, queries=filled.queries, tables=None)
    with live.writer.using(None) as sql:
        stream = sql.thing_list.stream(limit=NO_LIMIT, fetch_size=2)
        next(stream)
        with pytest.raises(DBError, match="has no column 'nope'"):
            sql.thing_list(filters=[equal("nope", 1)], limit=1)
        assert len(list(stream)) > 2


def test_a_statement_beside_an_open_stream(filled: Database, dialect: str) -> None:
    with filled.reader.using(None) as sql:
        rows = sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10)
        next(rows)
        if dialect == "mysql":
            with pytest.raises(DBError, match=r"rows of thing_list are still being read.*close\(\) the stream"):
                sql.thing_count()
            with pytest.raises(DBError, match="rows of thing_list are still being read"):
                sql.thing_named.stream(names=["n1"])
        else:
            assert sql.thing_count() == MANY
            assert list(sql.thing_named.stream(names=["n1"])) == [{"name": "n1"}]
        # The stream is none the worse.
        assert sum(1 for _ in rows) == MANY - 1
        assert sql.thing_count() == MANY


def test_lone_statements_have_no_stream(filled: Database) -> None:
    with filled.reader.autocommit.using(None) as sql:
        with pytest.raises(TypeError, match="thing_list: a stream needs a transaction"):
            sql.thing_list.stream(limit=1)
        with pytest.raises(TypeError, match="stream: this needs a transaction"):
            sql.stream("SELECT 1")


@pytest.mark.parametrize("name", ["thing_first", "thing_count", "things_add"])
def test_only_lists_can_be_streamed(database: Database, name: str) -> None:
    with database.writer.using(None) as sql, pytest.raises(TypeError, match=f"{name} cannot be streamed"):
        getattr(sql, name).stream()


@pytest.mark.parametrize("size", [0, -1, 1.5, "10", True])
def test_sizes_that_are_none(database: Database, size: Any) -> None:
    with database.reader.using(None) as sql, pytest.raises(ValueError, match="fetch_size is a number of rows"):
        sql.thing_list.stream(limit=1, fetch_size=size)


def test_columns_of_one_name_are_refused(filled: Database) -> None:
    with filled.reader.using(None) as sql:
        with pytest.raises(StatementError, match="thing_twice: one is the name of the columns 1 and 2"):
            next(sql.thing_twice.stream())
    with filled.reader.using(None) as sql, pytest.raises(StatementError, match="one is the name of the columns 1 and"):
        next(sql.stream("SELECT 1 AS one, 2 AS one"))


def test_a_text_of_ones_own(filled: Database) -> None:
    text = "SELECT t.name, t.size FROM things AS t WHERE t.size < :size ORDER BY t.id"
    with filled.reader.using(None) as sql:
        assert list(sql.stream(text, {"size": 2}, fetch_size=1)) == [
            {"name": "n0", "size": 0},
            {"name": "n1", "size": 1},
        ]
        with pytest.raises(TypeError, match="has no parameter :zork"):
            sql.stream(text, {"size": 2, "zork": 1})
    with filled.reader.using(None) as sql:
        with pytest.raises(DBNonExistentTable) as caught:
            sql.stream("SELECT * FROM zork")
        assert "test_streams.py" in str(caught.value.location)
    with filled.writer.using(None) as sql:
        with pytest.raises(TypeError, match="the text changes something"):
            sql.stream("UPDATE things SET size = 0")
        assert sql.thing_list(limit=2)[1]["size"] == 1


def test_an_error_between_two_rows(filled: Database, dialect: str) -> None:
    failing = {
        "postgresql": "SELECT 10 / (t.size - 50) AS x FROM things AS t ORDER BY t.size",
        "mysql": "SELECT t.size, CASE WHEN t.size = 50 THEN (SELECT u.id FROM things AS u) ELSE 1 END AS x"
        " FROM things AS t ORDER BY t.size",
        "sqlite": "SELECT json_extract(CASE WHEN t.size = 50 THEN 'zork' ELSE '1' END, '$') AS x FROM things AS t",
    }[dialect]
    with filled.reader.using(None) as sql, pytest.raises(DBError) as caught:
        list(sql.stream(failing, fetch_size=20))
    assert caught.value.statement == "stream"
    with filled.reader.using(None) as sql:
        assert sql.thing_count() == MANY


def test_a_cell_that_cannot_be_read(filled: Database, url: str, dialect: str) -> None:
    unreadable = {
        "postgresql": "SELECT CAST('infinity' AS timestamp) AS at",
        "mysql": "SELECT CAST('0000-00-00' AS DATE) AS at",
        "sqlite": "SELECT t.seen_at AS at FROM things AS t WHERE t.size = 3",
    }[dialect]
    if dialect == "sqlite":
        with connected(url) as run:
            run("UPDATE things SET seen_at = 'zork' WHERE size = 3")
    elif dialect == "mysql":
        with connected(url) as run:
            run("SET SESSION sql_mode = ''")
            run("UPDATE things SET seen_at = '0000-00-00' WHERE size = 3")
        unreadable = "SELECT t.seen_at AS at FROM things AS t WHERE t.size < 5 ORDER BY t.size"
    with filled.reader.using(None) as sql:
        with pytest.raises(DBDataError, match="at"):
            list(sql.stream(unreadable))
        if dialect != "postgresql":
            assert sql.thing_count() == MANY


def test_types_are_those_of_a_list(database: Database, dialect: str) -> None:
    kind = {"mysql": "DECIMAL(20)", "postgresql": "numeric", "sqlite": "NUMERIC"}[dialect]
    text = f"SELECT t.flag, t.weight, t.seen_at, SUM(t.size) AS total, CAST(7 AS {kind}) AS exact FROM things AS t"
    text += " GROUP BY t.flag, t.weight, t.seen_at"
    with database.writer.using(None) as sql:
        row = {"name": "a", "size": 3, "flag": True, "weight": 1.5, "seen_at": "2014-06-01T12:30:00.5"}
        sql.things_add(values=row)
        expected = sql.execute(text).dicts()
        found = list(sql.stream(text))
    assert found == expected
    assert [[type(cell) for cell in row.values()] for row in found] == [[type(c) for c in r.values()] for r in expected]


def test_a_lost_connection_is_told(filled: Database, dialect: str, url: str) -> None:
    if dialect == "sqlite":
        pytest.skip("a library has no connection to lose")
    session = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}[dialect]
    kill = {"postgresql": "SELECT pg_terminate_backend({})", "mysql": "KILL {}"}[dialect]
    big = {
        "postgresql": "SELECT repeat('x', 10000) AS x FROM things AS t",
        "mysql": "SELECT REPEAT('x', 10000) AS x FROM things AS t",
    }[dialect]
    with pytest.raises(DBConnectionError), filled.reader.using(None) as sql:
        [[number]] = sql.execute(session).rows
        rows = sql.stream(big, fetch_size=10)
        next(rows)
        with connected(url) as run:
            run(kill.format(number))
        list(rows)
    with filled.reader.using(None) as sql:
        assert sql.thing_count() == MANY


def test_a_stream_that_another_thread_reads(filled: Database) -> None:
    """As with statements: one at a time, whoever sends it."""
    with filled.reader.using(None) as sql:
        rows = sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10)
        with ThreadPoolExecutor(1) as worker:
            names = worker.submit(lambda: [row["name"] for row in rows]).result()
        assert names == [f"n{n}" for n in range(MANY)]


def test_a_child_of_a_fork_cannot_read_on(filled: Database) -> None:
    with filled.reader.using(None) as sql:
        rows = sql.thing_list.stream(limit=NO_LIMIT, fetch_size=10)
        next(rows)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                list(rows)
            except DBConnectionError as error:
                code = 0 if "belongs to the parent process" in str(error) else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert sum(1 for _ in rows) == MANY - 1


@pytest.fixture
def sent(database: Database) -> list[str]:
    names: list[str] = []
    database.observers.append(lambda name, text: names.append(name))
    return names


def test_what_is_sent(sent: list[str], filled: Database) -> None:
    sent.clear()
    with filled.reader.using(None) as sql:
        list(sql.thing_list.stream(limit=NO_LIMIT))
    assert sent == ["BEGIN", "thing_list", "ROLLBACK"]
