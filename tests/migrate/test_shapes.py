"""Histories of every shape go up, down and up again, also when a process is killed between two statements.

With RAWDB_TEST_KILLS=all the process is killed after each statement in turn, otherwise after some.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from rawdb import migrate
from rawdb.exceptions import DBMigrationError
from rawdb.schema import dump
from tests.migrate.shapes import Shape, names, shapes, write_history

Run = Callable[..., Any]
Kill = Callable[..., bool]

NAMES = sorted({name for dialect in ("postgresql", "mysql", "sqlite") for name in names(dialect)})
#: Where the killing begins: before it the lock is taken, and the history read.
FIRST = 2


@pytest.fixture(params=NAMES)
def shape(request: pytest.FixtureRequest, dialect: str) -> Shape:
    found = {shape.name: shape for shape in shapes(dialect)}
    if request.param not in found:
        pytest.skip(f"{dialect} has no {request.param}")
    return found[request.param]


def states(url: str, history: Path) -> list[str]:
    return [each.state for each in migrate.status(url, migrations=history)]


def rows(run: Run) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = run("SELECT * FROM a ORDER BY id").rows
    return found


def test_up_down_and_up_again(database_url: str, dialect: str, tmp_path: Path, shape: Shape, run: Run) -> None:
    history = write_history(tmp_path, dialect, shape)
    assert migrate.upgrade(database_url, 1, migrations=history) == ["0001.base"]
    before = dump(database_url)
    for _ in range(2):
        assert states(database_url, history) == ["applied", "pending"]
        assert migrate.upgrade(database_url, migrations=history) == [f"0002.{shape.name}"]
        assert states(database_url, history) == ["applied", "applied"]
        assert migrate.upgrade(database_url, migrations=history) == []
        after = dump(database_url), rows(run)
        assert migrate.downgrade(database_url, 1, migrations=history) == [f"0002.{shape.name}"]
        assert sorted(dump(database_url).splitlines()) == sorted(before.splitlines())
    migrate.upgrade(database_url, migrations=history)
    assert sorted(dump(database_url).splitlines()) == sorted(after[0].splitlines())
    migrate.downgrade(database_url, 0, migrations=history)
    assert dump(database_url).replace("table side", "") == ""


def recover(url: str, history: Path, how: str) -> None:
    """What a person does next: ask, get out that way where it says so."""
    if set(states(url, history)) <= {"applied", "pending"}:
        return
    with pytest.raises(DBMigrationError, match="rawdb migrate repair apply"):
        migrate.upgrade(url, migrations=history)
    assert len(migrate.repair(url, how, migrations=history)) == 1
    assert set(states(url, history)) <= {"applied", "pending"}
    assert migrate.repair(url, how, migrations=history) == []


def kill_points(name: str) -> Iterable[int]:
    if os.environ.get("RAWDB_TEST_KILLS") == "all":
        return range(FIRST, 1000)
    return range(FIRST + 3 + len(name) % 3, 1000, 7)


def test_killed_between_statements(
    database_url: str, dialect: str, tmp_path: Path, shape: Shape, run: Run, kill: Kill
) -> None:
    history = write_history(tmp_path, dialect, shape)
    migrate.upgrade(database_url, 1, migrations=history)
    below = sorted(dump(database_url).splitlines())
    migrate.upgrade(database_url, migrations=history)
    above = sorted(dump(database_url).splitlines()), rows(run)
    for direction, version in (("upgrade", 2), ("downgrade", 1)):
        for number, statements in enumerate(kill_points(shape.name)):
            act = migrate.downgrade if direction == "upgrade" else migrate.upgrade
            act(database_url, 3 - version, migrations=history)
            killed = kill(history, version, statements, direction)
            onward = "apply" if direction == "upgrade" else "undo"
            # The statements of a rebuilt table undo each other in turn only: onward it always goes.
            how = onward if shape.name == "rebuilt_table" else ("apply", "undo")[number % 2]
            recover(database_url, history, how)
            if "pending" in states(database_url, history):
                assert sorted(dump(database_url).splitlines()) == below
            if direction == "upgrade":
                # The rows are those of one run, whatever was run before the kill.
                migrate.upgrade(database_url, migrations=history)
                assert (sorted(dump(database_url).splitlines()), rows(run)) == above
            if not killed:
                break
        migrate.downgrade(database_url, 0, migrations=history)
        migrate.upgrade(database_url, migrations=history)
