"""The mistakes that everybody makes at first: what is said names the place or the value, and what to do."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import rawdb
from rawdb import Database, equal, migrate
from rawdb.dialects import parse_url
from rawdb.exceptions import (
    CantStartEngineError,
    DBAuthenticationError,
    DBConnectionError,
    DBDataError,
    DBDatetimeError,
    DBError,
    DBMigrationError,
    DBNonExistentColumn,
    DBNonExistentDatabase,
    DBNonExistentTable,
    NoEngineContextEstablished,
    StatementError,
)
from rawdb.testing.databases import connected

_QUERIES = """-- name: note_get(id)^
-- One note.
SELECT n.id, n.text FROM notes AS n WHERE n.id = :id;

-- name: note_add(text, at)!
-- A new note.
INSERT INTO notes (text, at) VALUES (:text, :at);

-- name: note_load(text)!
-- New notes.
INSERT INTO notes (/*{columns}*/ text /*{}*/) VALUES /*{rows}*/ (:text) /*{}*/;

-- name: note_find(id, limit)
-- Some notes.
SELECT n.id, n.text FROM notes AS n WHERE /*{filters}*/ n.id = :id /*{}*/ ORDER BY n.id LIMIT :limit;
"""


def written(folder: Path, text: str) -> Path:
    """A folder of SQL files."""
    (folder / "queries").mkdir(exist_ok=True)
    (folder / "queries" / "notes.sql").write_text(text)
    return folder / "queries"


@contextmanager
def opened(url: str, queries: Path | None = None, **options: Any) -> Iterator[Database]:
    with Database(url, queries=queries, max_retries=1, **options) as database:
        yield database


@pytest.fixture
def database(database_url: str, dialect: str, tmp_path: Path) -> Iterator[Database]:
    moment = "TIMESTAMP" if dialect == "postgresql" else "DATETIME"
    with connected(database_url) as run:
        run(f"CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, text VARCHAR(10), at {moment})")
    with opened(database_url, written(tmp_path, _QUERIES)) as database:
        yield database


def told(error: type[Exception], work: Callable[[], object]) -> str:
    with pytest.raises(error) as caught:
        work()
    return str(caught.value)


class TestCalls:
    """Nothing of it reaches the server."""

    @pytest.mark.parametrize(
        ("call", "error", "text"),
        [
            (
                lambda sql: sql.note_gte(id=1),
                AttributeError,
                "no statement 'note_gte' in .*queries; did you mean note_get?",
            ),
            (lambda sql: sql.note_get(), TypeError, "note_get needs the argument 'id'"),
            (lambda sql: sql.note_get(id=1, idd=2), TypeError, "note_get takes no argument idd; it takes id"),
            (lambda sql: sql.note_get(1, 2), TypeError, "note_get takes by position: id; 2 were given"),
            (lambda sql: sql.note_get(id="one"), DBDataError, "notes.id: expected an integer, got 'one'"),
            (lambda sql: sql.note_get(id=[1]), DBDataError, r"notes.id: expected an integer, got \[1\]"),
            (lambda sql: sql.note_add(text=1j, at=None), DBDataError, "notes.text: expected text, got 1j"),
            (
                lambda sql: sql.note_add(text="x", at="tomorrow"),
                DBDatetimeError,
                "notes.at: not an ISO 8601 datetime: 'tomorrow'",
            ),
            (
                lambda sql: sql.note_add(text="x" * 11, at=None),
                DBDataError,
                r"notes.text: expected at most 10 characters \(it has 11\), got 'x+'",
            ),
            (
                lambda sql: sql.note_load(values={"txet": "x"}),
                DBError,
                "note_load: notes has no column 'txet'; did you mean text?",
            ),
            (lambda sql: sql.note_load(values="x"), TypeError, "`values` is a dict, or a list of dicts, not 'x'"),
            (
                lambda sql: sql.note_find(filters=[equal("txet", "x")], limit=1),
                DBError,
                r"notes has no column 'txet'; did you mean text\? \[.*notes.sql:13\]",
            ),
            (
                lambda sql: sql.note_find(filters="x", limit=1),
                TypeError,
                r"filters: expected a list of predicates, such as \[equal\('name', value\)\], got 'x'",
            ),
            (lambda sql: sql.note_find(limit="many"), DBDataError, "LIMIT: expected an integer, got 'many'"),
        ],
    )
    def test_told(self, database: Database, call: Any, error: type[Exception], text: str) -> None:
        sent: list[str] = []
        with database.writer.using(None) as sql:
            database.observers.append(lambda name, text: sent.append(name))
            message = told(error, lambda: call(sql))
        assert re.search(text.replace("?", r"\?") if text.endswith("?") else text, message), message
        assert sent == []

    def test_writing_in_a_reader(self, database: Database) -> None:
        with database.reader.using(None) as sql:
            assert told(TypeError, lambda: sql.note_add(text="x", at=None)) == (
                "note_add writes, and this is a reader: use a writer"
            )
            assert "use a writer" in told(TypeError, lambda: sql.execute("DELETE FROM notes"))

    def test_outside_of_a_block(self, database: Database) -> None:
        message = told(NoEngineContextEstablished, lambda: database.sql(None).note_get(id=1))
        assert "call it in `with database.reader.using(context)`" in message

    def test_a_function_without_a_context(self, database: Database) -> None:
        message = told(TypeError, lambda: database.writer(lambda: None))
        assert "has no parameter for the context" in message


class TestFiles:
    """Told when the files are loaded, all at once, by file, line and column."""

    @pytest.mark.parametrize(
        ("text", "what"),
        [
            (
                "-- name: a(id)\n-- A.\nSELECT 1 AS a FROM notes AS n WHERE /*{filters}*/ n.id = :id;\n",
                r"notes.sql:3:37 - the slot /\*\{filters\}\*/ does not end; close it with /\*\{\}\*/",
            ),
            (
                "-- name: a(id)\n-- A.\nSELECT 1 AS a FROM notes AS n WHERE /*{fliters}*/ n.id = :id /*{}*/;\n",
                "notes.sql:3:37 - unknown slot 'fliters'; use one of after, .*filters",
            ),
            (
                "-- name: a()\n-- A.\nSELECT 1 AS a;\n\n-- name: a()\n-- A.\nSELECT 2 AS a;\n",
                "notes.sql:5:1 - a stands already at .*notes.sql:1; give one another name",
            ),
            (
                "-- name: a()!\n-- A.\nUPDATE x SET a = 1; UPDATE y SET a = 2;\n",
                "notes.sql:3:19 - a second statement under one name; give it a name of its own",
            ),
            (
                "-- name: a()^\n-- A.\nDELETE FROM x;\n",
                r"notes.sql:3:1 - DELETE gives no rows; write a\(...\)! for the number of rows it changed",
            ),
            (
                "-- name: a()!\n-- A.\nSELECT 1 AS a;\n",
                r"notes.sql:3:1 - SELECT changes no rows; end the name in nothing, \^ or \$: a\(...\)",
            ),
            (
                "-- name: a()\n-- A.\nSELECT :x AS a;\n",
                r"notes.sql:3:8 - :x is not declared; write \(x\) in the header",
            ),
            (
                "-- name: a(x)\n-- A.\nSELECT 1 AS a;\n",
                "notes.sql:1:12 - x is declared and not used; remove it, or write :x",
            ),
            ("-- name: a()\nSELECT 1 AS a;\n", "notes.sql:1:1 - a has no comment; say below the name what it does"),
            (
                "SELECT 1 AS a;\n",
                r"notes.sql:1:1 - SQL without a name; write -- name: operation\(parameter, ...\) above it",
            ),
            ("-- name: a()\n-- A.\nSELECT 1 AS a\n", "notes.sql:3:13 - the statement does not end; close it with ;"),
        ],
    )
    def test_told(self, tmp_path: Path, text: str, what: str) -> None:
        with opened("sqlite://", written(tmp_path, text)) as database:
            message = told(StatementError, lambda: database.statements)
        assert re.search(what, message), message

    def test_all_at_once(self, tmp_path: Path) -> None:
        text = "-- name: a()\n-- A.\nSELECT :x AS a;\n\n-- name: b(y)\n-- B.\nSELECT 1 AS b;\n"
        with opened("sqlite://", written(tmp_path, text)) as database:
            message = told(StatementError, lambda: database.statements)
        assert "notes.sql:3:8" in message
        assert "notes.sql:5:12" in message

    def test_a_folder_that_is_not_there_or_holds_nothing(self, tmp_path: Path) -> None:
        with opened("sqlite://", tmp_path / "none") as database:
            assert told(StatementError, lambda: database.statements).endswith(
                "none - no such folder; expected a folder of .sql files"
            )
        (tmp_path / "empty").mkdir()
        with opened("sqlite://", tmp_path / "empty") as database, database.reader.using(None) as sql:
            assert told(AttributeError, lambda: sql.note_get(id=1)).endswith("empty; there is none at all")


class TestServers:
    @pytest.mark.parametrize(
        ("url", "what"),
        [
            ("notes.db", "not a database URL: expected <dialect>://..., for example sqlite:///cloud.db"),
            ("", "not a database URL"),
            ("sqlite://notes.db", "sqlite URL: expected sqlite:///relative.db, sqlite:////absolute.db or sqlite://"),
            ("oracle://x/y", "unknown dialect 'oracle': expected one of postgresql, mysql, sqlite"),
            ("mysql://h:port/x", "mysql URL: the port must be a number from 0 to 65535"),
        ],
    )
    def test_a_wrong_url(self, url: str, what: str) -> None:
        assert what in told(ValueError, lambda: Database(url))

    def test_no_url(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rawdb.dispose()
        monkeypatch.delenv("RAWDB_URL", raising=False)
        message = told(CantStartEngineError, lambda: rawdb.reader.using(None).__enter__())
        assert message == "no database URL: call rawdb.configure(connection=...) or set RAWDB_URL"

    @pytest.mark.dialects("postgresql", "mysql")
    def test_a_wrong_password(self, servers: Any, dialect: str) -> None:
        right = parse_url(getattr(servers, dialect))
        user = f"rawdb_{secrets.token_hex(4)}"
        database = right.database or "mysql"
        host = "" if dialect == "postgresql" else "@'%'"
        grant = [] if dialect == "postgresql" else [f"GRANT SELECT ON {database}.* TO {user}{host}"]
        made = "LOGIN PASSWORD" if dialect == "postgresql" else "IDENTIFIED BY"
        with connected(right) as run:
            run(f"CREATE {'ROLE' if dialect == 'postgresql' else 'USER'} {user}{host} {made} 'right'")
            try:
                for text in grant:
                    run(text)
                wrong = replace(right, user=user, password="zz-secret", database=database)
                with opened(wrong.render()) as there:
                    message = told(DBAuthenticationError, lambda: there.server_version())
            finally:
                run(f"DROP {'ROLE' if dialect == 'postgresql' else 'USER'} {user}{host}")
        assert "(are user and password in the URL right?)" in message
        assert f"[{dialect}://{user}:***@{right.host}:{right.port}/{database}]" in message
        assert "zz-secret" not in message

    @pytest.mark.dialects("postgresql", "mysql")
    def test_a_server_that_is_down(self, servers: Any, dialect: str) -> None:
        url = replace(parse_url(getattr(servers, dialect)), port=1, password="zz-secret", database="mine").render()
        with opened(url) as database:
            message = told(DBConnectionError, lambda: database.server_version())
        assert "(is the server running, and is the URL right?)" in message
        assert ":***@" in message
        assert ":1/mine]" in message
        assert "zz-secret" not in message

    def test_a_database_that_is_not_there(self, servers: Any, dialect: str, tmp_path: Path) -> None:
        right = parse_url(getattr(servers, dialect))
        name = str(tmp_path / "none" / "mine.db") if dialect == "sqlite" else "not_there"
        with opened(replace(right, database=name).render()) as database:
            message = told(DBNonExistentDatabase, lambda: database.server_version())
        assert "(is the name right? rawdb makes no database" in message
        assert message.endswith(f"{name}]")


class TestSchema:
    def test_one_that_is_not_migrated(self, database_url: str, tmp_path: Path) -> None:
        with opened(database_url, written(tmp_path, _QUERIES)) as database, database.reader.using(None) as sql:
            message = told(DBNonExistentTable, lambda: sql.note_get(id=1))
            assert "(was the schema migrated?)" in message
            assert message.endswith("notes.sql:1]")
        with opened(database_url, written(tmp_path, _QUERIES)) as database, database.writer.using(None) as sql:
            message = told(StatementError, lambda: sql.note_load(values={"text": "x"}))
            assert "notes.sql:9:1 - note_load: the table notes is neither declared nor in the database" in message

    def test_one_that_is_migrated_in_part(self, database: Database, tmp_path: Path) -> None:
        queries = written(tmp_path, _QUERIES.replace("n.text", "n.title"))
        with opened(database.url.render(), queries) as other, other.reader.using(None) as sql:
            message = told(DBNonExistentColumn, lambda: sql.note_get(id=1))
        assert "(was the schema migrated?)" in message
        assert message.endswith("notes.sql:1]")

    def test_an_edited_migration(self, database_url: str, tmp_path: Path) -> None:
        (tmp_path / "0001.notes.sql").write_text("CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY);\n")
        (tmp_path / "0001.notes.rollback.sql").write_text("DROP TABLE notes;\n")
        migrate.write_manifest(tmp_path)
        migrate.upgrade(database_url, migrations=tmp_path)
        (tmp_path / "0001.notes.sql").write_text("CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY);\n")
        message = told(DBMigrationError, lambda: migrate.upgrade(database_url, migrations=tmp_path))
        assert f"the migrations in {tmp_path} are not those of its MANIFEST: 0001.notes.sql was changed" in message
        assert "Restore them, or write the manifest anew if the change is meant" in message

    def test_migrations_that_are_not_there(self, database_url: str, tmp_path: Path) -> None:
        folder = tmp_path / "none"
        message = told(DBMigrationError, lambda: migrate.upgrade(database_url, migrations=folder))
        assert message == f"there is no folder of migrations at {folder}"
