"""Migrating: up, down and up again, one step at a time with rows, and by yoyo's own hand."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rawdb
from rawdb import migrate
from rawdb._house import sql_root
from rawdb.dialects import get_dialect, parse_url
from rawdb.exceptions import CantStartEngineError, DBConnectionError, DBMigrationError
from rawdb.migrate.backends import Target
from rawdb.schema import diff, dump, inspect
from rawdb.testing.databases import connected
from tests.migrate.cases import fill, small_history, write
from tests.support.rows import there

NEWEST = len(list((sql_root() / "migrations" / "sqlite").glob("*.sql"))) // 2


def tables_of(url: str) -> set[str]:
    with connected(url) as run:
        catalog = {
            "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
            "mysql": "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'",
        }
        return {str(row[0]) for row in run(catalog[parse_url(url).dialect]).rows}


# Up and down


def test_up_down_to_nothing_and_up_again_is_the_same_schema(database_url: str) -> None:
    applied = migrate.upgrade(database_url)
    assert len(applied) == NEWEST
    assert migrate.version(database_url) == NEWEST
    assert diff(database_url) == []
    first = dump(database_url)
    assert migrate.downgrade(database_url, 0) == list(reversed(applied))
    assert migrate.version(database_url) == 0
    assert dump(database_url) == ""
    assert migrate.upgrade(database_url) == applied
    assert dump(database_url) == first


def test_every_single_step_up_down_and_up_with_rows_in_the_tables(database_url: str, dialect: str) -> None:
    steps = migrate.status(database_url)
    dumps = [""]
    known: set[str] = set()
    with connected(database_url) as run:
        for step in steps:
            assert migrate.upgrade(database_url, step.number) == [step.id]
            assert migrate.version(database_url) == step.number
            schema = inspect(database_url)
            fill(run, dialect, {name: table for name, table in schema.items() if name not in known})
            dumps.append(dump(database_url))
            assert migrate.downgrade(database_url, step.number - 1) == [step.id]
            assert dump(database_url) == dumps[-2]
            assert migrate.upgrade(database_url, step.id) == [step.id]
            assert dump(database_url) == dumps[-1]
            fill(run, dialect, {name: table for name, table in schema.items() if name not in known})
            known = set(schema)
        for step in reversed(steps):
            assert migrate.downgrade(database_url, step.number - 1) == [step.id]
            assert migrate.version(database_url) == step.number - 1
            assert dump(database_url) == dumps[step.number - 1]


def test_again_is_nothing_to_do_and_writes_nothing(database_url: str, history: Path) -> None:
    migrate.upgrade(database_url, migrations=history)
    with connected(database_url) as run:
        before = run("SELECT COUNT(*) FROM _yoyo_log").rows
        assert migrate.upgrade(database_url, migrations=history) == []
        assert migrate.downgrade(database_url, 3, migrations=history) == []
        assert run("SELECT COUNT(*) FROM _yoyo_log").rows == before


def test_reading_the_state_writes_nothing(database_url: str, history: Path) -> None:
    assert migrate.version(database_url, migrations=history) == 0
    assert [each.state for each in migrate.status(database_url, migrations=history)] == ["pending"] * 3
    assert tables_of(database_url) == set()
    migrate.upgrade(database_url, 2, migrations=history)
    found = migrate.status(database_url, migrations=history)
    assert [(each.id, each.state) for each in found] == [
        ("0001.notes", "applied"),
        ("0002.tags", "applied"),
        ("0003.colours", "pending"),
    ]
    assert found[0].applied_at is not None
    assert found[2].applied_at is None


def test_a_version_is_a_number_its_text_or_an_id(database_url: str, history: Path) -> None:
    assert migrate.upgrade(database_url, "1", migrations=history) == ["0001.notes"]
    assert migrate.upgrade(database_url, "0002", migrations=history) == ["0002.tags"]
    assert migrate.upgrade(database_url, "0003.colours", migrations=history) == ["0003.colours"]
    assert migrate.downgrade(database_url, "0001.notes", migrations=history) == ["0003.colours", "0002.tags"]
    for unknown in (9, "9", "colours", "0002.notes"):
        with pytest.raises(DBMigrationError, match="no migration"):
            migrate.upgrade(database_url, unknown, migrations=history)
    with pytest.raises(ValueError, match="which version"):
        migrate.downgrade(database_url, migrations=history)


def test_two_at_once_apply_each_migration_once(database_url: str, history: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: migrate.upgrade(database_url, migrations=history), range(2)))
    assert sorted(done[0] + done[1]) == ["0001.notes", "0002.tags", "0003.colours"]
    assert migrate.version(database_url, migrations=history) == 3


# yoyo by hand


def yoyo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("yoyo")), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


def test_yoyo_by_hand_keeps_the_same_history(database_url: str, dialect: str, history: Path) -> None:
    options = ["--no-config-file", "--batch", "--database", migrate.yoyo_url(parse_url(database_url))]
    assert yoyo("apply", *options, str(history)).returncode == 0
    assert migrate.version(database_url, migrations=history) == 3
    assert migrate.upgrade(database_url, migrations=history) == []
    assert migrate.downgrade(database_url, 1, migrations=history) == ["0003.colours", "0002.tags"]
    assert yoyo("apply", *options, str(history)).returncode == 0
    assert {each.state for each in migrate.status(database_url, migrations=history)} == {"applied"}
    assert yoyo("rollback", "--all", *options, str(history)).returncode == 0
    assert migrate.version(database_url, migrations=history) == 0


def test_yoyo_by_hand_applies_and_rolls_back_the_whole_schema(database_url: str, dialect: str) -> None:
    options = ["--no-config-file", "--batch", "--database", migrate.yoyo_url(parse_url(database_url))]
    folder = str(sql_root() / "migrations" / dialect)
    done = yoyo("apply", *options, folder)
    assert done.returncode == 0, done.stderr
    assert diff(database_url) == []
    done = yoyo("rollback", "--all", *options, folder)
    assert done.returncode == 0, done.stderr
    assert dump(database_url) == ""


# Files


def test_a_changed_added_or_missing_file_is_refused(database_url: str, history: Path) -> None:
    migrate.write_manifest(history)
    migrate.upgrade(database_url, 1, migrations=history)
    with (history / "0002.tags.sql").open("a") as file:
        file.write("-- one more word\n")
    (history / "0003.colours.rollback.sql").unlink()
    write(history, "0004.more", "CREATE TABLE more (id INTEGER);\n")
    for act in (
        migrate.upgrade,
        lambda url, migrations: migrate.downgrade(url, 0, migrations=migrations),
        migrate.repair,
    ):
        with pytest.raises(DBMigrationError) as caught:
            act(database_url, migrations=history)
        text = str(caught.value)
        assert "0002.tags.sql was changed" in text
        assert "0003.colours.rollback.sql is missing" in text
        assert "0004.more.sql is not listed" in text
    assert migrate.version(database_url, migrations=history) == 1
    migrate.write_manifest(history)
    assert migrate.upgrade(database_url, migrations=history) == ["0002.tags", "0003.colours", "0004.more"]


def test_the_released_files_are_those_of_their_manifest(dialect: str) -> None:
    folder = sql_root() / "migrations" / dialect
    migrate.verify(folder)
    listed = (folder / migrate.MANIFEST).read_text().splitlines()
    assert listed == [f"{digest}  {name}" for name, digest in migrate.checksums(folder).items()]


@pytest.mark.dialects("sqlite")
def test_files_that_cannot_be_used_are_named(database_url: str, tmp_path: Path) -> None:
    write(tmp_path / "a", "0001.one", "-- depends: 0000.none\nSELECT 1;\n")
    with pytest.raises(DBMigrationError, match=r"0001\.one\.sql"):
        migrate.status(database_url, migrations=tmp_path / "a")
    write(tmp_path / "b", "first", "SELECT 1;\n")
    with pytest.raises(DBMigrationError, match="begins with its number"):
        migrate.status(database_url, migrations=tmp_path / "b")
    write(tmp_path / "c", "0001.one", "SELECT 1;\n")
    write(tmp_path / "c", "0001.two", "SELECT 1;\n")
    with pytest.raises(DBMigrationError, match="same number"):
        migrate.status(database_url, migrations=tmp_path / "c")
    with pytest.raises(DBMigrationError, match="no folder"):
        migrate.status(database_url, migrations=tmp_path / "d")


def test_a_folder_per_dialect_is_found(database_url: str, tmp_path: Path, dialect: str) -> None:
    small_history(tmp_path / dialect, dialect)
    assert len(migrate.upgrade(database_url, migrations=tmp_path)) == 3


def test_what_cannot_be_undone_is_refused_before_anything_is(database_url: str, history: Path) -> None:
    (history / "0002.tags.rollback.sql").unlink()
    migrate.upgrade(database_url, migrations=history)
    with pytest.raises(DBMigrationError, match=r"no rollback file: 0002\.tags"):
        migrate.downgrade(database_url, 0, migrations=history)
    assert migrate.version(database_url, migrations=history) == 3


# Failures


def test_a_failing_statement_is_named_and_what_went_before_is_undone(
    database_url: str, history: Path, dialect: str
) -> None:
    head = "-- transactional: false\n" if dialect == "mysql" else ""
    write(
        history,
        "0004.broken",
        f"{head}CREATE TABLE fine (id INTEGER);\nCREATE TABLE notes (id INTEGER);\nCREATE TABLE never (id INTEGER);\n",
        f"{head}DROP TABLE never;\nDROP TABLE notes;\nDROP TABLE fine;\n",
    )
    with pytest.raises(DBMigrationError, match=r"0004\.broken failed at 'CREATE TABLE notes .*exists") as caught:
        migrate.upgrade(database_url, migrations=history)
    assert get_dialect(dialect).is_driver_error(there(caught.value.__cause__))
    assert migrate.version(database_url, migrations=history) == 3
    assert tables_of(database_url) & {"fine", "notes", "never"} == {"notes"}
    assert {each.state for each in migrate.status(database_url, migrations=history)} == {"applied", "pending"}


@pytest.mark.dialects("mysql")
def test_the_true_error_shows_where_yoyo_hides_it(database_url: str, tmp_path: Path) -> None:
    # Without the directive yoyo rolls back to a savepoint that DDL has removed, and reports that.
    write(tmp_path, "0001.twice", "CREATE TABLE a (id INTEGER);\nCREATE TABLE a (id INTEGER);\n", "DROP TABLE a;\n")
    with pytest.raises(DBMigrationError, match="already exists"):
        migrate.upgrade(database_url, migrations=tmp_path)


@pytest.mark.dialects("postgresql", "mysql")
def test_a_server_that_is_not_there_is_a_connection_error(history: Path, dialect: str) -> None:
    with pytest.raises(DBConnectionError):
        migrate.status(f"{dialect}://nobody@127.0.0.1:1/none", migrations=history)


# URLs


def test_no_url_means_the_default(database_url: str, history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rawdb.dispose()
    monkeypatch.delenv("RAWDB_URL", raising=False)
    with pytest.raises(CantStartEngineError, match="RAWDB_URL"):
        migrate.upgrade(migrations=history)
    monkeypatch.setenv("RAWDB_URL", database_url)
    assert migrate.upgrade(version=1, migrations=history) == ["0001.notes"]
    rawdb.dispose()
    monkeypatch.delenv("RAWDB_URL")
    rawdb.configure(connection=database_url)
    assert migrate.upgrade(version=2, migrations=history) == ["0002.tags"]
    rawdb.dispose()
    database = rawdb.Database(database_url)
    assert migrate.upgrade(database, migrations=history) == ["0003.colours"]
    database.dispose()


@pytest.mark.dialects("sqlite")
def test_odd_paths_lead_to_the_right_file(tmp_path: Path, history: Path) -> None:
    path = tmp_path / "a b#c%20d&e.db"
    migrate.upgrade(f"sqlite:///{path}", migrations=history)
    assert [each for each in tmp_path.iterdir() if each.suffix == ".db"] == [path]
    assert tables_of(f"sqlite:///{path}") >= {"notes", "tags"}


@pytest.mark.dialects("sqlite")
def test_a_database_in_memory_is_migrated_through_its_own_connection(dialect: str, history: Path) -> None:
    with pytest.raises(DBMigrationError, match="private to its connection"):
        migrate.upgrade("sqlite://", migrations=history)
    database = rawdb.Database("sqlite://")
    assert len(migrate.upgrade(database, migrations=history)) == 3
    assert migrate.version(database, migrations=history) == 3
    with database.reader.using() as sql:
        assert sql.execute("SELECT COUNT(*) AS n FROM tags") is not None
    assert len(migrate.downgrade(database, 0, migrations=history)) == 3
    database.dispose()


@pytest.mark.dialects("sqlite")
def test_a_database_in_memory_that_was_used_knows_what_is_migrated(dialect: str, history: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.sql").write_text(
        "-- name: note_count()$\n-- How many notes there are.\nSELECT COUNT(*) FROM notes;\n"
    )
    database = rawdb.Database("sqlite://", queries=tmp_path)
    migrate.upgrade(database, 1, migrations=history)
    with database.reader.using() as sql:
        assert sql.note_count() == 0
    assert "tags" not in database.tables
    migrate.upgrade(database, migrations=history)
    assert "tags" in database.tables
    database.dispose()


@pytest.mark.dialects("sqlite")
def test_the_default_database_in_memory_is_migrated(dialect: str) -> None:
    rawdb.dispose()
    rawdb.configure(connection="sqlite://")
    assert len(migrate.upgrade()) == NEWEST
    assert migrate.upgrade() == []
    rawdb.dispose()


@pytest.mark.dialects("mysql")
def test_another_engine_is_used_on_request(database_url: str) -> None:
    # A server without MySQL Cluster names the engine that it lacks.
    with pytest.raises(DBMigrationError, match="NDBCLUSTER"):
        migrate.upgrade(Target(parse_url(database_url), ndb=True), 1)


def test_post_apply_files_run_after_whatever_was_applied(database_url: str, history: Path) -> None:
    write(history, "post-apply", "INSERT INTO notes (id, body) SELECT COUNT(*) + 1, 'again' FROM notes;\n")
    for version in (1, 2, 2, 3):
        migrate.upgrade(database_url, version, migrations=history)
    with connected(database_url) as run:
        assert run("SELECT id, body FROM notes ORDER BY id").rows == [(1, "again"), (2, "again"), (3, "again")]


@pytest.mark.dialects("sqlite")
def test_the_process_is_left_as_it_was(database_url: str, history: Path) -> None:
    before = dict(os.environ)
    script = (
        "import sqlite3, sys, datetime\n"
        "from pathlib import Path\n"
        "from rawdb import migrate\n"
        "from rawdb.dialects import get_dialect; get_dialect('sqlite')\n"
        "seen = dict(sqlite3.adapters), dict(sqlite3.converters)\n"
        "migrate.upgrade(sys.argv[1], migrations=Path(sys.argv[2]))\n"
        "assert seen == (dict(sqlite3.adapters), dict(sqlite3.converters))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, database_url, str(history)],
        env=before,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
