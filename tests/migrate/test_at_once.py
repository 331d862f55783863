"""Several processes that migrate the same database at once, from nothing."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rawdb
from rawdb import migrate
from rawdb.dialects import parse_url
from rawdb.migrate import lock as locks
from rawdb.migrate.backends import Target
from rawdb.schema.history import History
from rawdb.testing.databases import connected
from tests.migrate.shapes import shapes, write_history

ROOT = Path(__file__).parents[2]
PROCESSES = 4
ROUNDS = 4
SCRIPT = """
import sys
from rawdb import migrate
for line in sys.stdin:
    way, folder = line.split()
    act = migrate.upgrade if way == "up" else lambda *a, **k: migrate.downgrade(*a, 0, **k)
    try:
        print(*act(sys.argv[1], migrations=folder), flush=True)
    except Exception as error:
        print("failed:", repr(error), flush=True)
"""


class Crowd:
    """Processes that do the same thing at the same time."""

    def __init__(self, url: str) -> None:
        command = [sys.executable, "-c", SCRIPT, url]
        self.members = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]

    def do(self, way: str, folder: Path) -> list[str]:
        """The answers of all."""
        for member in self.members:
            print(way, folder, file=member.stdin, flush=True)
        return [member.stdout.readline().strip() for member in self.members]  # type: ignore[union-attr]

    def end(self) -> None:
        for member in self.members:
            member.communicate()


@pytest.mark.parametrize("name", ["rebuilt_table", "backfill"])
def test_each_migration_is_applied_once(database_url: str, dialect: str, tmp_path: Path, name: str) -> None:
    shape = next(shape for shape in shapes(dialect) if shape.name == name)
    folder = write_history(tmp_path, dialect, shape)
    wanted = Counter(["0001.base", f"0002.{name}"])
    crowd = Crowd(database_url)
    try:
        for _ in range(ROUNDS):
            assert Counter(" ".join(crowd.do("up", folder)).split()) == wanted
            assert Counter(" ".join(crowd.do("down", folder)).split()) == wanted
            with connected(database_url) as run:
                # The lock's table too: the next round begins with nothing.
                for table in ("_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock"):
                    run(f"DROP TABLE {table}")
    finally:
        crowd.end()


@pytest.mark.parametrize("at", range(1, 11))
def test_somebody_migrates_between_two_looks(
    database_url: str, history: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Whatever was seen of the empty database before: it is nobody else's, and there is nothing left to do."""
    looks = itertools.count(1)

    def interrupted(look: Callable[..., Any]) -> Callable[..., Any]:
        def looking(self: History, *arguments: Any) -> Any:
            if next(looks) == at:
                migrate.upgrade(database_url, migrations=history)
            return look(self, *arguments)

        return looking

    for name in ("tables", "objects", "applied", "notes", "logged"):
        monkeypatch.setattr(History, name, interrupted(getattr(History, name)))
    assert migrate.upgrade(database_url, migrations=history) == []
    assert next(looks) > at


def test_what_a_living_process_works_on_is_running(
    database_url: str, history: Path, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    with connected(database_url) as run:
        run("CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20))")
    owner = locks.Lock(Target(parse_url(database_url)))
    owner.acquire(0)
    found = [each.state for each in migrate.status(database_url, migrations=history)]
    assert found == ["applied", "running", "pending"]
    owner.release()
    found = [each.state for each in migrate.status(database_url, migrations=history)]
    assert found == ["applied", "half applied", "pending"]


def test_a_database_that_was_used_looks_at_its_tables_anew(
    database_url: str, history: Path, tmp_path: Path, dialect: str
) -> None:
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "tags.sql").write_text(
        "-- name: tag_add(id)!\n-- New tags.\n"
        "INSERT INTO tags (/*{columns}*/ id /*{}*/) VALUES /*{rows}*/ (:id) /*{}*/;\n\n"
        "-- name: tag_all()\n-- All tags.\nSELECT t.* FROM tags AS t ORDER BY t.id;\n"
    )
    migrate.upgrade(database_url, 2, migrations=history)
    databases = [rawdb.Database(database_url, queries=queries) for _ in range(2)]
    if dialect == "sqlite":
        databases.append(rawdb.Database("sqlite://", queries=queries))
        migrate.upgrade(databases[-1], 2, migrations=history)
    for database in databases:
        assert "colour" not in database.tables["tags"].columns
    migrate.upgrade(databases[0], 3, migrations=history)
    if dialect == "sqlite":
        migrate.upgrade(databases[-1], 3, migrations=history)
    for number, database in enumerate(databases):
        with database.writer.using(None) as sql:
            sql.tag_add(values={"id": number, "colour": "red"})
            assert [row["colour"] for row in sql.tag_all()][-1] == "red"
        database.dispose()
