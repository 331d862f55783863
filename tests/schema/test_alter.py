"""What migrations in Python ask and do, on the driver's own connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rawdb import migrate
from rawdb.dialects import ConnectionOptions, get_dialect, parse_url
from rawdb.exceptions import DBNonExistentColumn, DBNonExistentTable
from rawdb.schema import Alter
from rawdb.testing.databases import connected

_TABLES = """
CREATE TABLE people (id INTEGER NOT NULL PRIMARY KEY);
CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, author INTEGER, title VARCHAR(20), deleted INTEGER, deleted_at {0},
                    CONSTRAINT notes_author_fkey FOREIGN KEY (author) REFERENCES people (id));
CREATE INDEX notes_title_idx ON notes (title, author);
INSERT INTO people (id) VALUES (1), (2);
INSERT INTO notes (id, author, title, deleted) VALUES
    (1, 1, 'a', 0), (2, 1, 'a', 0), (3, 2, 'a', 0), (4, NULL, 'b', 0), (5, NULL, 'b', 0), (6, NULL, NULL, 0),
    (7, NULL, NULL, 0), (8, 1, 'a', 0), (9, 1, 'A', 0)
"""


@contextmanager
def altering(url: str) -> Iterator[tuple[Alter, Any]]:
    parsed = parse_url(url)
    dialect = get_dialect(parsed.dialect)
    raw = dialect.connect(parsed, ConnectionOptions())
    try:
        yield Alter(raw), lambda text: dialect.run(raw, text).rows
    finally:
        dialect.close(raw)


@pytest.fixture
def url(database_url: str, dialect: str) -> str:
    moment = {"postgresql": "TIMESTAMP(6)", "mysql": "DATETIME(6)", "sqlite": "DATETIME"}[dialect]
    end = " DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin" if dialect == "mysql" else ""
    with connected(database_url) as run:
        for text in _TABLES.format(moment).split(";"):
            run(text + (end if "CREATE TABLE" in text else ""))
    return database_url


def test_questions(url: str, dialect: str) -> None:
    with altering(url) as (alter, _):
        assert alter.dialect == dialect
        assert alter.has_column("notes", "title")
        assert not alter.has_column("notes", "titel")
        assert alter.has_index("notes", "notes_title_idx")
        assert not alter.has_index("people", "notes_title_idx")
        assert alter.has_index_on("notes", ["title", "author"])
        assert not alter.has_index_on("notes", ["author", "title"])
        assert alter.foreign_key_on("notes", "title") is None
        if dialect != "sqlite":
            assert alter.foreign_key_on("notes", "author") == "notes_author_fkey"
        with pytest.raises(DBNonExistentTable):
            alter.has_column("ntoes", "title")
        assert alter.tables_not_on("InnoDB") == []
        assert alter.tables_not_on("MyISAM", skip=["people"]) == (["notes"] if dialect == "mysql" else [])


def test_indexes(url: str) -> None:
    with altering(url) as (alter, run):
        alter.add_index("people", 'odd `"name', ["id"], unique=True)
        assert alter.has_index("people", 'odd `"name') or alter.has_index_on("people", ["id"])
        with pytest.raises(ValueError, match="notes has an index notes_title_idx already"):
            alter.add_index("notes", "notes_title_idx", ["title"])
        alter.change_index("notes", "notes_title_idx", ["title", "id"])
        assert alter.table("notes").indexes["notes_title_idx"].columns == ("title", "id")
        alter.drop_index("notes", "notes_title_idx")
        with pytest.raises(ValueError, match="notes has no index notes_title_idx"):
            alter.drop_index("notes", "notes_title_idx")
        for columns in (["titel"], ["title) --"]):
            with pytest.raises(DBNonExistentColumn):
                alter.add_index("notes", "x", columns)
        with pytest.raises(ValueError, match="expected a list of columns of notes, got 'title'"):
            alter.add_index("notes", "x", "title")
        assert len(run("SELECT id FROM notes")) == 9


@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_changed_index_that_cannot_be_made_loses_nothing(url: str, in_transaction: bool) -> None:
    with altering(url) as (alter, run):
        alter.add_index("notes", "notes_key", ["id"], unique=True)
        before = alter.table("notes").indexes
        if in_transaction:
            run("BEGIN")
            run("SAVEPOINT before_it")
        with pytest.raises(Exception, match=r"(?i)duplicate|unique"):
            alter.change_index("notes", "notes_key", ["author", "title"])
        if in_transaction and alter.dialect != "mysql":
            run("ROLLBACK TO SAVEPOINT before_it")
            run("COMMIT")
        assert alter.table("notes").indexes == before
        with pytest.raises(Exception, match=r"(?i)duplicate|unique"):
            run("INSERT INTO notes (id) VALUES (1)")
        alter.change_index("notes", "notes_key", ["id", "title"])
        assert alter.table("notes").indexes == {
            **before,
            "notes_key": replace(before["notes_key"], columns=("id", "title")),
        }


@pytest.mark.dialects("mysql")
def test_an_index_that_a_foreign_key_lives_on_is_changed(url: str) -> None:
    """Dropped first, the server would refuse it."""
    with altering(url) as (alter, run):
        alter.add_index("notes", "by_author", ["author"])
        if alter.has_index("notes", "notes_author_fkey"):
            run("ALTER TABLE notes DROP INDEX notes_author_fkey")
        alter.change_index("notes", "by_author", ["author", "title"])
        assert alter.table("notes").indexes["by_author"].columns == ("author", "title")


def test_a_changed_index_beside_others(url: str) -> None:
    """The name that stands in until the old index is gone may be taken."""
    with altering(url) as (alter, _):
        alter.add_index("notes", "notes_title_idx_new0", ["title"])
        alter.change_index("notes", "notes_title_idx", ["title", "id"])
        assert sorted(alter.table("notes").indexes)[-2:] == ["notes_title_idx", "notes_title_idx_new0"]


@pytest.mark.dialects("postgresql", "sqlite")
def test_an_index_over_some_of_the_rows_is_not_changed(url: str) -> None:
    with altering(url) as (alter, run):
        run("CREATE UNIQUE INDEX partly ON notes (id) WHERE deleted = 0")
        before = alter.table("notes").indexes["partly"]
        with pytest.raises(ValueError, match=r"partly is over the rows of notes WHERE .*deleted"):
            alter.change_index("notes", "partly", ["id", "title"])
        assert alter.table("notes").indexes["partly"] == before


@pytest.mark.dialects("postgresql", "sqlite")
def test_old_duplicates_softly_where_deleted_is_a_boolean(url: str) -> None:
    with altering(url) as (alter, run):
        run("CREATE TABLE flags (id INTEGER PRIMARY KEY, name VARCHAR(9), deleted BOOLEAN, deleted_at TIMESTAMP)")
        run("INSERT INTO flags VALUES (1, 'a', FALSE, NULL), (2, 'a', FALSE, NULL)")
        assert alter.drop_old_duplicates("flags", ["name"], soft=True) == [1]
        assert [bool(row[0]) for row in run("SELECT deleted FROM flags ORDER BY id")] == [True, False]


def test_old_duplicates(url: str) -> None:
    with altering(url) as (alter, run):
        assert alter.drop_old_duplicates("notes", ["author", "title"]) == [1, 2, 4, 6]
        assert [row[0] for row in run("SELECT id FROM notes ORDER BY id")] == [3, 5, 7, 8, 9]
        assert alter.drop_old_duplicates("notes", ["author", "title"]) == []


@pytest.mark.usefixtures("stopped_clock")
def test_old_duplicates_softly(url: str) -> None:
    with altering(url) as (alter, run):
        run("UPDATE notes SET deleted = id, deleted_at = '2020-01-01 00:00:00' WHERE id IN (2, 8)")
        assert alter.drop_old_duplicates("notes", ["author", "title"], soft=True) == [1, 4, 6]
        rows = run("SELECT id, deleted, deleted_at FROM notes ORDER BY id")
    assert [row[:2] for row in rows if row[1]] == [(1, 1), (2, 2), (4, 4), (6, 6), (8, 8)]
    moments = {row[0]: str(row[2])[:10] for row in rows if row[2] is not None}
    assert moments == {1: "2026-03-04", 2: "2020-01-01", 4: "2026-03-04", 6: "2026-03-04", 8: "2020-01-01"}


def test_in_a_migration(url: str, tmp_path: Path) -> None:
    (tmp_path / "0001.unique.py").write_text(
        "from rawdb.schema import Alter\n"
        "from yoyo import step\n\n\n"
        "def apply(connection):\n"
        "    alter = Alter(connection)\n"
        "    alter.drop_old_duplicates('notes', ['author', 'title'])\n"
        "    alter.add_index('notes', 'notes_author_title_key', ['author', 'title'], unique=True)\n\n\n"
        "def undo(connection):\n"
        "    Alter(connection).drop_index('notes', 'notes_author_title_key')\n\n\n"
        "step(apply, undo)\n"
    )
    assert migrate.upgrade(url, migrations=tmp_path, foreign=True) == ["0001.unique"]
    with altering(url) as (alter, run):
        assert alter.table("notes").indexes["notes_author_title_key"].unique
        assert len(run("SELECT id FROM notes")) == 5


def test_a_connection_that_is_none() -> None:
    with pytest.raises(TypeError, match="expected a connection of psycopg, PyMySQL or sqlite3, got object"):
        Alter(object())
