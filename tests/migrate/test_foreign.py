"""Databases that are another's, histories that are not this folder's, and saying at which version a database is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rawdb import migrate
from rawdb.dialects import parse_url
from rawdb.exceptions import DBMigrationError
from rawdb.schema import inspect
from rawdb.schema.history import LOCK
from rawdb.testing.databases import connected
from tests.migrate.cases import write

Run = Callable[..., Any]

UNKNOWN = r"history of this database holds migrations that .* has not: 0001\.theirs\. .*--foreign"


def states(url: str, history: Path) -> list[str]:
    return [each.state for each in migrate.status(url, migrations=history)]


def tables(url: str) -> set[str]:
    catalog = {
        "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
        "mysql": "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    }
    with connected(url) as run:
        return {str(row[0]) for row in run(catalog[parse_url(url).dialect]).rows}


# Tables without a history


def test_tables_of_others_are_left_alone_unless_said(database_url: str, history: Path, run: Run) -> None:
    run("CREATE TABLE theirs (id INTEGER NOT NULL PRIMARY KEY)")
    for act in (
        lambda: migrate.upgrade(database_url),
        lambda: migrate.upgrade(database_url, migrations=history),
        lambda: migrate.downgrade(database_url, 0, migrations=history),
        lambda: migrate.version(database_url, migrations=history),
    ):
        with pytest.raises(DBMigrationError, match=r"holds tables \(theirs\) and no history of .*stamp.*--foreign"):
            act()
    assert tables(database_url) == {"theirs"}, "not even the lock's table was made"
    assert migrate.version(database_url, migrations=history, foreign=True) == 0
    assert len(migrate.upgrade(database_url, migrations=history, foreign=True)) == 3
    assert migrate.version(database_url, migrations=history) == 3
    assert migrate.downgrade(database_url, 2, migrations=history) == ["0003.colours"]


def test_a_table_more_is_nobodys_business_where_the_history_is_known(
    database_url: str, history: Path, run: Run
) -> None:
    migrate.upgrade(database_url, migrations=history)
    run("CREATE TABLE copy_of_friday (id INTEGER)")
    assert migrate.version(database_url, migrations=history) == 3
    migrate.downgrade(database_url, 0, migrations=history)
    assert migrate.version(database_url, migrations=history) == 0
    assert len(migrate.upgrade(database_url, migrations=history)) == 3


@pytest.mark.dialects("postgresql")
def test_tables_of_an_extension_are_not_foreign(database_url: str, history: Path, run: Run) -> None:
    run("CREATE TABLE brought (id INTEGER)")
    # What CREATE EXTENSION does for each of its tables.
    run(
        "INSERT INTO pg_depend SELECT 'pg_class'::regclass, 'brought'::regclass, 0, 'pg_extension'::regclass, e.oid, 0,"
        " 'e' FROM pg_extension AS e LIMIT 1"
    )
    assert len(migrate.upgrade(database_url, migrations=history)) == 3


# Migrations that are not this folder's


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    write(tmp_path / "theirs", "0001.theirs", "CREATE TABLE theirs (id INTEGER);\n", "DROP TABLE theirs;\n")
    return tmp_path / "theirs"


def test_another_history_is_refused_unless_said(database_url: str, history: Path, theirs: Path) -> None:
    migrate.upgrade(database_url, migrations=theirs)
    before = tables(database_url)
    for act in (
        lambda: migrate.upgrade(database_url),
        lambda: migrate.upgrade(database_url, migrations=history),
        lambda: migrate.downgrade(database_url, 0, migrations=history),
        lambda: migrate.version(database_url, migrations=history),
        lambda: migrate.version(database_url),
    ):
        with pytest.raises(DBMigrationError, match=UNKNOWN):
            act()
    assert tables(database_url) == before
    assert states(database_url, history) == ["pending"] * 3 + ["unknown"]
    assert len(migrate.upgrade(database_url, migrations=history, foreign=True)) == 3
    assert migrate.version(database_url, migrations=history, foreign=True) == 3
    assert migrate.version(database_url, migrations=theirs, foreign=True) == 1
    assert len(migrate.downgrade(database_url, 0, migrations=history, foreign=True)) == 3
    assert migrate.version(database_url, migrations=theirs) == 1


def test_an_applied_migration_whose_file_is_gone_is_refused(database_url: str, history: Path) -> None:
    migrate.upgrade(database_url, migrations=history)
    kept = {path: path.read_text() for path in history.glob("0003.*")}
    for path in kept:
        path.unlink()
    for act in (
        lambda: migrate.version(database_url, migrations=history),
        lambda: migrate.upgrade(database_url, migrations=history),
        lambda: migrate.downgrade(database_url, 1, migrations=history),
        lambda: migrate.downgrade(database_url, 2, migrations=history),
    ):
        with pytest.raises(DBMigrationError, match=r"has not: 0003\.colours\. Restore"):
            act()
    found = migrate.status(database_url, migrations=history)
    assert [each.state for each in found] == ["applied", "applied", "unknown"]
    assert "there is no file of it" in migrate.explain(found[-1])
    for path, text in kept.items():
        path.write_text(text)
    assert migrate.downgrade(database_url, 1, migrations=history) == ["0003.colours", "0002.tags"]


# Saying at which version a database is


def test_a_stamp_writes_the_history_and_runs_nothing(database_url: str, history: Path, run: Run, dialect: str) -> None:
    run("CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, body VARCHAR(20))")
    run("CREATE INDEX notes_body_idx ON notes (body)")
    assert migrate.stamp(database_url, 1, migrations=history) == ["0001.notes"]
    assert migrate.stamp(database_url, 1, migrations=history) == []
    assert states(database_url, history) == ["applied", "pending", "pending"]
    assert migrate.upgrade(database_url, migrations=history) == ["0002.tags", "0003.colours"]
    run("ALTER TABLE tags DROP COLUMN colour")
    assert migrate.stamp(database_url, "0002.tags", migrations=history) == ["0003.colours"]
    assert migrate.upgrade(database_url, migrations=history) == ["0003.colours"]
    assert set(inspect(database_url)) == {"notes", "tags", "tagged"}
    for name in ("0003.colours", "0002.tags", "0001.notes"):
        operations = run(f"SELECT operation FROM _yoyo_log WHERE migration_id = '{name}'").rows
        assert ("mark",) in operations or name != "0001.notes"
    with pytest.raises(DBMigrationError, match="no migration 7"):
        migrate.stamp(database_url, 7, migrations=history)
    with pytest.raises(ValueError, match="at which version"):
        migrate.stamp(database_url, migrations=history)
    assert run(f"SELECT * FROM {LOCK}").rows == []


def test_a_stamp_settles_a_half_done_migration(database_url: str, history: Path, run: Run) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    run("CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20))")
    assert states(database_url, history)[1] == "half applied"
    run("DROP TABLE tags")
    assert states(database_url, history)[1] == "pending"
    small: dict[str, Any] = {"url": database_url, "migrations": history}
    assert migrate.stamp(version=0, **small) == ["0001.notes"]
    assert migrate.stamp(version=1, **small) == ["0001.notes"]
    assert len(migrate.upgrade(**small)) == 2


# Arguments


@pytest.mark.dialects("sqlite")
@pytest.mark.parametrize("wrong", [1.5, True, False, [1], b"1", 2.0])
def test_a_version_of_a_wrong_kind_is_refused_by_name(database_url: str, history: Path, wrong: Any) -> None:
    for act in (migrate.upgrade, migrate.downgrade, migrate.stamp):
        with pytest.raises(TypeError, match=r"version takes a number or a migration's id, not "):
            act(database_url, wrong, migrations=history)
    assert states(database_url, history) == ["pending"] * 3


@pytest.mark.dialects("sqlite")
@pytest.mark.parametrize("wrong", [-1, "-1", "", " 1", "1.5", "٣", "0002"])
def test_a_version_that_is_none_is_refused(database_url: str, history: Path, wrong: Any) -> None:
    if wrong == "0002":
        assert len(migrate.upgrade(database_url, wrong, migrations=history)) == 2
        return
    with pytest.raises(DBMigrationError, match=f"there is no migration {wrong}"):
        migrate.upgrade(database_url, wrong, migrations=history)


@pytest.mark.dialects("sqlite")
def test_other_arguments_of_a_wrong_kind_are_refused_by_name(database_url: str, history: Path) -> None:
    names: Any
    for names, error, text in (
        ({"migrations": 7}, TypeError, "migrations takes a folder, not 7"),
        ({"lock_timeout": "5"}, TypeError, "lock_timeout takes a number, not '5'"),
        ({"table_lock_timeout": None}, TypeError, "table_lock_timeout takes a number, not None"),
        ({"table_lock_timeout": 0}, ValueError, "more than 0, not 0"),
        ({"tries": 1.5}, TypeError, "tries takes a whole number, not 1.5"),
        ({"tries": 0}, ValueError, "more than 0"),
    ):
        with pytest.raises(error, match=text):
            migrate.upgrade(database_url, **{"migrations": history, **names})
    with pytest.raises(TypeError, match="url takes a URL"):
        migrate.upgrade(3, migrations=history)  # type: ignore[arg-type]
    assert len(migrate.upgrade(database_url, migrations=str(history))) == 3
