"""What is refused before anything is sent, with a sentence that names the value and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rawdb import Database, tables
from rawdb.exceptions import DBDataError, DBError, StatementError
from tests.engine.conftest import Open

EMPTY = ["", "  \n", "-- only a comment", "/* a comment */ -- and another", ";", ";; -- x"]
NUL = [
    "SELECT 'a\0b'",
    "SELECT 1 -- a\0b",
    # PostgreSQL would take the text for ended before the condition.
    "DELETE FROM things \0 WHERE name = 'none'",
]
COPIES = ["COPY things FROM STDIN", "copy things (id)\nto stdout", "/* all */ COPY (SELECT 1) TO STDOUT (FORMAT csv)"]


def blocks(database: Database) -> list[Any]:
    return [database.writer, database.reader, database.writer.autocommit]


def sent_nothing(database: Database, sent: list[str], work: Callable[[Any], Any], error: Any, message: str) -> None:
    """In each kind of block: refused, and the block goes on."""
    for entry in blocks(database):
        with entry.using(None) as sql:
            sql.execute("SELECT 1")
            sent.clear()
            with pytest.raises(error, match=message):
                work(sql)
            assert sent == []
            assert sql.execute("SELECT 2").rows == [(2,)]


@pytest.mark.parametrize("text", EMPTY)
def test_a_text_without_a_statement(database: Database, sent: list[str], text: str) -> None:
    what = r"execute:1:1 - no statement: nothing but blanks and comments"
    sent_nothing(database, sent, lambda sql: sql.execute(text), StatementError, what)
    sent_nothing(database, sent, lambda sql: sql.stream(text), StatementError, what)


@pytest.mark.parametrize("text", NUL)
def test_a_nul_character_in_sql(database: Database, sent: list[str], text: str) -> None:
    with database.writer.using(None) as sql:
        sql.thing_create(values={"name": "a"})
    for how in ("execute", "stream", "execute_script"):
        what = r":1:\d+ - a NUL character; bind the value that holds it as bytes"
        sent_nothing(database, sent, lambda sql, how=how: getattr(sql, how)(text), StatementError, what)  # type: ignore[misc]
    with database.reader.using(None) as sql:
        assert len(sql.thing_names()) == 1


@pytest.mark.dialects("sqlite")
def test_a_nul_character_in_a_file(url: str, open_database: Open, tmp_path: Path) -> None:
    (tmp_path / "nul.sql").write_text("-- name: all_of_it()!\n-- Remove all.\nDELETE FROM things \0 WHERE id = 1;\n")
    for lazy in (False, True):
        with pytest.raises(StatementError, match=r"nul\.sql:3:20 - a NUL character; take it out"):
            _ = open_database(url, queries=tmp_path, lazy=lazy).statements


def test_a_nul_character_in_a_value(database: Database, sent: list[str]) -> None:
    with database.writer.using(None) as sql:
        sql.execute("SELECT 1")
        sent.clear()
        for work in (
            lambda: sql.execute("SELECT id FROM things WHERE name = :name", {"name": "a\0"}),
            lambda: sql.thing_create(values={"name": "a\0"}),
            lambda: tables.find(sql, "things", {"name": "a\0"}),
            lambda: tables.load(sql, "things", [{"name": "a\0"}]),
        ):
            with pytest.raises(DBDataError, match=r"name: expected text without NUL characters, got 'a\\x00'"):
                work()
        # What is all or none stands behind a savepoint.
        assert [name for name in sent if "SAVEPOINT" not in name] == []


@pytest.mark.parametrize("fetch_size", [0, -1, 2**31, 2**63, 10**30, True, "5", 1.0, None])
def test_a_number_of_rows_that_is_none(database: Database, sent: list[str], fetch_size: Any) -> None:
    what = r"fetch_size is a number of rows from 1 to 2147483647, not "
    sent_nothing(database, sent, lambda sql: sql.stream("SELECT 1 AS n", fetch_size=fetch_size), ValueError, what)
    with database.reader.using(None) as sql:
        with pytest.raises(ValueError, match=what):
            sql.thing_names.stream(fetch_size=fetch_size)
        assert list(sql.stream("SELECT 1 AS n", fetch_size=2**31 - 1)) == [{"n": 1}]


@pytest.mark.dialects("postgresql")
@pytest.mark.parametrize("text", COPIES)
def test_a_copy_of_the_clients(database: Database, sent: list[str], text: str) -> None:
    """Sent, it would leave the connection in the middle of a copy."""
    for entry in (database.writer, database.writer.autocommit):
        for how in ("execute", "execute_script"):
            with entry.using(None) as sql:
                with pytest.raises(
                    DBError, match=r"was not sent: rawdb\.tables\.load stores rows, stream\(\) reads them"
                ):
                    getattr(sql, how)(text)
                assert sql.execute("SELECT 2").rows == [(2,)]
    assert not [name for name in sent if name.startswith("execute") and name != "execute"]


@pytest.mark.dialects("mysql", "sqlite")
def test_an_id_is_that_of_the_very_statement(database: Database) -> None:
    """SQLite's library goes on to tell the last one, whatever was run since."""
    ids = {"mysql": "ON DUPLICATE KEY UPDATE size = 2", "sqlite": "ON CONFLICT (name, deleted) DO UPDATE SET size = 2"}
    ignore = {"mysql": "INSERT IGNORE", "sqlite": "INSERT OR IGNORE"}
    with database.writer.using(None) as sql:
        add = "INTO things (name, size, deleted) VALUES (:name, 1, 0)"
        first = sql.execute(f"INSERT {add}", {"name": "a"}).lastrowid
        assert sql.execute(f"/* new */ insert {add}", {"name": "b"}).lastrowid == first + 1  # type: ignore[operator]
        for text in (
            "UPDATE things SET size = 3",
            "DELETE FROM things WHERE name = 'none'",
            "SELECT id FROM things",
            f"INSERT INTO things (name, deleted) VALUES ('a', 0) {ids[database.dialect.name]}",
            f"{ignore[database.dialect.name]} INTO things (name, deleted) VALUES ('a', 0)",
        ):
            assert sql.execute(text).lastrowid is None, text


@pytest.mark.dialects("mysql")
@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_string_whose_end_is_hidden(database: Database, sent: list[str], quote: str) -> None:
    """For the server the parameter stands inside of the string: the quote of its value would end it."""
    with database.writer.using(None) as sql:
        sql.thing_create(values={"name": "a"})
        sent.clear()
        text = rf"SELECT id FROM things WHERE name = {quote}x\{quote} AND kind = :kind AND note = {quote}y{quote}"
        with pytest.raises(StatementError, match=r"execute:1:38 - a backslash hides where the string ends; bind"):
            sql.execute(text, {"kind": " OR 1 = 1 -- "})
        assert sent == []
        for fine in (r"'a\\'", r"'\%'", r"'a\nb'"):
            assert len(sql.execute(f"SELECT {fine}, :kind", {"kind": "b"}).rows) == 1


@pytest.mark.dialects("postgresql", "sqlite")
def test_a_row_that_a_trigger_skips(database: Database) -> None:
    texts = {
        "sqlite": "CREATE TRIGGER skips BEFORE INSERT ON parts BEGIN SELECT RAISE(IGNORE); END",
        "postgresql": "CREATE FUNCTION skips() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
        "CREATE TRIGGER skips BEFORE INSERT ON parts FOR EACH ROW EXECUTE FUNCTION skips()",
    }
    with pytest.raises(DBError, match="parts: no row was stored, and no error raised: a trigger"):
        with database.writer.using(None) as sql:
            sql.execute_script(texts[database.dialect.name])
            tables.insert(sql, "parts", {"name": "a"})


@pytest.mark.dialects("sqlite")
def test_an_option_that_sqlite_does_not_read(tmp_path: Path) -> None:
    """The question mark of a file's name begins the options: another file would be made."""
    for query in ("b.db", "zork=1", "mode=rwc&zork=1"):
        database = Database(f"sqlite:///{tmp_path}/a?{query}", max_retries=0)
        with pytest.raises(ValueError, match=r"unknown option '.*' of an sqlite URL: there are cache, immutable, mode"):
            database.server_version()
        assert list(tmp_path.iterdir()) == []
    with Database(f"sqlite:///{tmp_path}/a?mode=rwc", max_retries=0) as database:
        assert database.server_version().startswith("SQLite")


@pytest.mark.dialects("postgresql", "sqlite")
@pytest.mark.parametrize("text", ["SELECT CAST(:value AS json)", "SELECT ABS(-9223372036854775807 - 1 - :value)"])
def test_a_value_that_a_function_cannot_take(database: Database, text: str) -> None:
    value = "no document" if "json" in text else 0
    if database.dialect.name == "sqlite":
        text = text.replace("CAST(:value AS json)", "json(:value)").replace(" - :value", " + :value")
    with database.reader.using(None) as sql, pytest.raises(DBDataError):
        sql.execute(text, {"value": value})
