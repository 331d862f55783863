"""Scripts: several statements under one name, all of them or none, each with its own place for errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiosql
import pytest

from rawdb.dialects import get_dialect
from rawdb.engine.database import Database
from rawdb.exceptions import DBDuplicateEntry, DBError, DBNonExistentTable, StatementError
from rawdb.statements.export import export_statements
from rawdb.statements.loading import load_statements
from rawdb.statements.variants import variants
from rawdb.testing.databases import connected
from tests.engine.conftest import TABLES, Open

QUERIES = """\
-- name: thing_move(one, other, by)#
-- From one to the other.
UPDATE things SET size = size - :by WHERE name = :one;

-- And there it goes.
UPDATE things
   SET size = size + :by
 WHERE name = :other;

-- name: thing_swap(one, other)#
-- The second fails where the first has worked.
UPDATE things SET kind = :other WHERE name = :one;
INSERT INTO things (name, deleted) VALUES (:one, 0);

-- name: thing_seen(name, now)#
-- The time of a thing.
UPDATE things SET seen_at = :now WHERE name = :name;

-- name: things_look()#
-- It changes nothing.
SELECT t.id FROM things AS t;
SELECT p.id FROM parts AS p;

-- name: tables_make()#
-- Tables of its own, and a row.
CREATE TABLE extra (id INTEGER PRIMARY KEY);
CREATE TABLE extra_too (id INTEGER PRIMARY KEY);
INSERT INTO extra (id) VALUES (1);

-- name: thing_watch()#
-- A trigger of two statements, and a statement behind it.
CREATE TRIGGER thing_watch AFTER INSERT ON things
FOR EACH ROW BEGIN
    UPDATE parts SET name = 'one' WHERE thing_id = -1;
    UPDATE parts SET name = 'two' WHERE thing_id = -2;
END;
DROP TRIGGER thing_watch;

-- name: things_sizes()
-- Their sizes.
SELECT t.name, t.size, t.kind FROM things AS t ORDER BY t.name;

-- name: things_add(name, size)!
-- New ones.
INSERT INTO things (/*{columns}*/ name, size /*{}*/) VALUES /*{rows}*/ (:name, :size) /*{}*/;
"""


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Database:
    folder = tmp_path / "queries"
    folder.mkdir()
    (folder / "things.sql").write_text(QUERIES)
    database = open_database(url, queries=folder, tables=TABLES)
    with database.writer.using(None) as sql:
        sql.things_add(values=[{"name": "a", "size": 5}, {"name": "b", "size": 1, "kind": "other"}])
    return database


@pytest.fixture
def without_tables(url: str) -> Iterator[None]:
    yield
    with connected(url) as run:
        run("DROP TABLE IF EXISTS extra")
        run("DROP TABLE IF EXISTS extra_too")


def sizes(database: Database) -> dict[str, Any]:
    with database.reader.using(None) as sql:
        return {row["name"]: row["size"] for row in sql.things_sizes()}


@pytest.mark.parametrize("autocommit", [False, True])
def test_all_statements_run(database: Database, autocommit: bool) -> None:
    entry = database.writer.autocommit if autocommit else database.writer
    with entry.using(None) as sql:
        assert sql.thing_move("a", "b", by=2) is None
    assert sizes(database) == {"a": 3, "b": 3}


@pytest.mark.parametrize("autocommit", [False, True])
def test_all_or_none(database: Database, autocommit: bool) -> None:
    entry = database.writer.autocommit if autocommit else database.writer
    with pytest.raises(DBDuplicateEntry) as caught, entry.using(None) as sql:
        sql.thing_swap("a", "zork")
    assert caught.value.statement == "thing_swap"
    # The second of its statements, and not the line of its name.
    assert str(caught.value.location).endswith("queries/things.sql:13")
    with database.reader.using(None) as sql:
        assert {row["kind"] for row in sql.things_sizes()} == {"plain", "other"}


def test_an_error_that_is_caught_leaves_nothing_behind(database: Database) -> None:
    with database.writer.using(None) as sql:
        with pytest.raises(DBDuplicateEntry):
            sql.thing_swap("a", "zork")
        sql.thing_move("a", "b", by=1)
    with database.reader.using(None) as sql:
        assert {(row["kind"], row["size"]) for row in sql.things_sizes()} == {("plain", 4), ("other", 2)}


def test_arguments_are_checked_before_anything_is_sent(database: Database) -> None:
    names: list[str] = []
    database.observers.append(lambda name, text: names.append(name))
    with database.writer.using(None) as sql:
        with pytest.raises(TypeError, match="thing_move needs the argument 'by'"):
            sql.thing_move("a", "b")
        with pytest.raises(TypeError, match="thing_move takes no argument zork"):
            sql.thing_move("a", "b", 1, zork=1)
        with pytest.raises(DBError, match="by"):
            sql.thing_move("a", "b", by=object())
    assert names == []


def test_the_clock_fills_now(database: Database, stopped_clock: Any) -> None:
    with database.writer.using(None) as sql:
        sql.thing_seen(name="a")
        [[seen]] = sql.execute("SELECT t.seen_at FROM things AS t WHERE t.name = 'a'").rows
    assert seen == stopped_clock


def test_a_reader_runs_what_reads(database: Database) -> None:
    with database.reader.using(None) as sql:
        sql.things_look()
        with pytest.raises(TypeError, match="thing_move writes, and this is a reader"):
            sql.thing_move("a", "b", 1)


@pytest.mark.usefixtures("without_tables")
def test_ddl(database: Database, dialect: str) -> None:
    if dialect == "mysql":
        with pytest.raises(TypeError, match=r"things.sql:26 commits.*use writer.autocommit"):
            with database.writer.using(None) as sql:
                sql.tables_make()
        with database.reader.using(None) as sql, pytest.raises(DBNonExistentTable):
            sql.execute("SELECT * FROM extra")
        with database.writer.autocommit.using(None) as sql:
            sql.tables_make()
    else:
        with pytest.raises(ZeroDivisionError), database.writer.using(None) as sql:
            sql.tables_make()
            raise ZeroDivisionError
        with database.reader.using(None) as sql, pytest.raises(DBNonExistentTable):
            sql.execute("SELECT * FROM extra")
        with database.writer.using(None) as sql:
            sql.tables_make()
    with database.reader.using(None) as sql:
        assert sql.execute("SELECT id FROM extra").rows == [(1,)]


@pytest.mark.usefixtures("without_tables")
def test_a_text_of_several_statements(database: Database, dialect: str) -> None:
    text = """
    -- A table; and a semicolon in a comment.
    CREATE TABLE extra (id INTEGER PRIMARY KEY, name VARCHAR(9));

    INSERT INTO extra (id, name) VALUES (1, 'a;b');;
    INSERT INTO extra (id, name) VALUES (2, '100 %')
    """
    entry = database.writer.autocommit if dialect == "mysql" else database.writer
    with entry.using(None) as sql:
        sql.execute_script(text)
    with pytest.raises(DBDuplicateEntry) as caught, database.writer.using(None) as sql:
        sql.execute_script("UPDATE extra SET name = 'x';\n\nINSERT INTO extra (id) VALUES (1)")
    assert "test_scripts.py" in str(caught.value.location)
    assert str(caught.value.location).endswith("line 3 of the script")
    with database.reader.using(None) as sql:
        assert sql.execute("SELECT name FROM extra ORDER BY id").rows == [("a;b",), ("100 %",)]


@pytest.mark.dialects("sqlite")
def test_the_body_of_a_trigger_is_one_statement(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.execute_script(
            """
            CREATE TRIGGER no_more BEFORE INSERT ON parts
            BEGIN
                SELECT CASE WHEN new.name IS NULL THEN RAISE(ABORT, 'no name') END;
                UPDATE things SET size = 9 WHERE name = new.name;
            END;
            INSERT INTO parts (name) VALUES ('a');
            """
        )
        sql.execute("DROP TRIGGER no_more")
    assert sizes(database)["a"] == 9


@pytest.mark.dialects("postgresql")
def test_the_body_of_a_function_is_one_statement(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.execute_script(
            """
            CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE plpgsql AS $$
            BEGIN
                n := n * 2;
                RETURN n;
            END $$;
            CREATE FUNCTION thrice(n integer) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT n * 3; END;
            """
        )
        assert sql.execute("SELECT twice(4), thrice(5)").rows == [(8, 15)]
        sql.execute_script("DROP FUNCTION twice(integer); DROP FUNCTION thrice(integer)")


@pytest.mark.parametrize(
    ("text", "error", "what"),
    [
        ("SELECT :x; SELECT 1", StatementError, "takes no parameters, such as :x"),
        ("SELECT 'x", StatementError, "does not end"),
        (None, TypeError, "expected SQL text"),
    ],
)
def test_texts_that_are_refused(database: Database, text: Any, error: type[Exception], what: str) -> None:
    with database.writer.using(None) as sql, pytest.raises(error, match=what):
        sql.execute_script(text)


def test_transactions_are_not_a_script_s(database: Database) -> None:
    with pytest.raises(DBError, match="would begin or end a transaction"), database.writer.using(None) as sql:
        sql.execute_script("UPDATE things SET size = 0; COMMIT; UPDATE things SET size = 1")
    assert sizes(database) == {"a": 5, "b": 1}


@pytest.mark.dialects("mysql")
def test_what_commits_inside_a_script_is_told(database: Database) -> None:
    """Nothing foretells that a procedure ends the transaction, and what it left is committed."""
    with connected(database.url) as run:
        run("CREATE PROCEDURE ends() BEGIN COMMIT; END")
    try:
        with pytest.raises(DBError, match="what was done in it is committed") as raised:
            with database.writer.using(None) as sql:
                sql.execute_script("UPDATE things SET size = 0; CALL ends(); UPDATE things SET size = 1")
    finally:
        with connected(database.url) as run:
            run("DROP PROCEDURE ends")
    assert "nothing of it" not in str(raised.value)
    assert sizes(database) == {"a": 0, "b": 0}


@pytest.mark.dialects("mysql")
def test_what_is_done_of_a_script_with_ddl_is_told(database: Database) -> None:
    with pytest.raises(DBError, match="what stands before it in the script is done, and stays") as raised:
        with database.writer.autocommit.using(None) as sql:
            sql.execute_script("UPDATE things SET size = 0;\nANALYZE TABLE things;\nUPDATE things SET zork = 1")
    assert "line 3 of the script" in str(raised.value)
    assert sizes(database) == {"a": 0, "b": 0}


@pytest.mark.dialects("sqlite", "mysql")
def test_a_body_in_a_file_keeps_its_semicolons(database: Database) -> None:
    assert [step.text.count(";") for step in database.statements["thing_watch"].steps] == [2, 0]
    with database.writer.autocommit.using(None) as sql:
        assert sql.thing_watch() is None


@pytest.mark.dialects("sqlite")
def test_what_the_tools_say_of_a_script(database: Database, tmp_path: Path) -> None:
    script = database.statements["thing_move"]
    assert str(script.signature) == "(one, other, by)"
    assert "From one to the other." in script.doc
    assert [variant.text.count("UPDATE") for variant in variants(script)] == [1, 1]
    with database.writer.using(None) as sql:
        assert "thing_move(one, other, by)" in (sql.thing_move.__doc__ or "")
        with pytest.raises(TypeError, match="cannot be streamed"):
            sql.thing_move.stream("a", "b", 1)


@pytest.mark.dialects("sqlite")
def test_exported_files_are_read_by_aiosql(database: Database, tmp_path: Path) -> None:
    export_statements(database.statements, tmp_path / "out")
    exported = aiosql.from_path(tmp_path / "out", "sqlite3")
    found = set(exported.available_queries)
    assert {"tables_make", "thing_move__1", "thing_move__2", "things_look"} <= found
    assert ":other" in exported.thing_move__2.sql


@pytest.mark.dialects("sqlite")
def test_an_overlay_is_a_script_too(tmp_path: Path) -> None:
    for folder, mark in (("common", "#"), ("sqlite", "!")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.sql").write_text(f"-- name: a_do(x){mark}\n-- X.\nDELETE FROM t WHERE id = :x;\n")
    with pytest.raises(StatementError, match=r"another operation \(!, expected #\)"):
        load_statements(tmp_path, get_dialect("sqlite"))
