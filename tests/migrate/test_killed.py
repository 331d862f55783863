"""A process killed while migrating: the next one goes on, or says what is half done and how to get out.

A small history is killed after each of its statements in turn, rawdb's own here and there; with
RAWDB_TEST_KILLS=all every migration of rawdb's own is killed after each of its statements too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from rawdb import migrate
from rawdb.exceptions import DBMigrationError
from rawdb.migrate.files import folder_of
from rawdb.schema import diff, dump
from rawdb.schema.migrations import load
from rawdb.testing.databases import connected
from tests.migrate.cases import small_history

Kill = Callable[..., bool]


def recover(url: str, migrations: Path, version: int, how: str) -> None:
    """What a person does next: upgrade; if that says how to get out, get out that way, and upgrade."""
    before = {each.state for each in migrate.status(url, migrations=migrations)}
    if before <= {"applied", "pending"}:
        migrate.upgrade(url, version, migrations=migrations)
    else:
        with pytest.raises(DBMigrationError) as caught:
            migrate.upgrade(url, version, migrations=migrations)
        (named,) = migrate.repair(url, how, migrations=migrations)
        assert str(caught.value).startswith(f"{named} is ")
        assert "rawdb migrate repair apply" in str(caught.value)
        migrate.upgrade(url, version, migrations=migrations)
    after = [(each.number, each.state) for each in migrate.status(url, migrations=migrations)]
    assert [number for number, state in after if state == "applied"] == list(range(1, version + 1))
    assert {state for _, state in after} <= {"applied", "pending"}


def alternately(statements: int) -> str:
    return "apply" if statements % 2 else "undo"


def test_killed_at_each_statement_from_nothing(database_url: str, dialect: str, kill: Kill, tmp_path: Path) -> None:
    history = small_history(tmp_path, dialect)
    migrate.upgrade(database_url, 1, migrations=history)
    wanted = dump(database_url)
    for statements in range(1, 1000):
        migrate.downgrade(database_url, 0, migrations=history)
        with connected(database_url) as run:
            for table in ("_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock"):
                run(f"DROP TABLE {table}")
        if not kill(history, 1, statements):
            break
        recover(database_url, history, 1, alternately(statements))
        assert dump(database_url) == wanted
    assert statements > 20


def test_killed_at_each_statement_of_undoing(database_url: str, dialect: str, kill: Kill, tmp_path: Path) -> None:
    history = small_history(tmp_path, dialect)
    migrate.upgrade(database_url, migrations=history)
    wanted = dump(database_url)
    for statements in range(1, 1000):
        killed = kill(history, 1, statements, "downgrade")
        recover(database_url, history, 3, alternately(statements))
        assert dump(database_url) == wanted
        if not killed:
            break
    assert statements > 10


def kill_points(number: int) -> Iterable[int]:
    """After how many statements to kill a migration of rawdb's own."""
    if os.environ.get("RAWDB_TEST_KILLS") == "all":
        return range(1, 10_000)
    return [5 + number] if number % 6 == 0 else []


def test_killed_in_the_schema(database_url: str, dialect: str, kill: Kill) -> None:
    folder = folder_of(dialect, None)
    for migration in load(folder):
        number = migration.number
        for statements in kill_points(number):
            migrate.upgrade(database_url, number - 1)
            killed = kill(folder, number, statements)
            recover(database_url, folder, number, alternately(statements))
            if not killed:
                break
            migrate.downgrade(database_url, number - 1)
    migrate.upgrade(database_url)
    assert diff(database_url) == []
