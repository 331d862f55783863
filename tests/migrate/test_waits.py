"""Locks of others on a table: waited for shortly, tried again, and named in the end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rawdb import migrate
from rawdb.exceptions import DBDeadlock, DBMigrationError
from rawdb.migrate import waits
from rawdb.schema import dump
from rawdb.testing.databases import connected
from tests.migrate.cases import write

Run = Callable[..., Any]


@pytest.fixture
def reader(database_url: str, history: Path, dialect: str) -> Iterator[Run]:
    """A session that reads `notes` and stays in its transaction; on SQLite, where readers block nobody, writes."""
    migrate.upgrade(database_url, 1, migrations=history)
    head = "-- transactional: false\n" if dialect == "mysql" else ""
    write(
        history,
        "0002.tags",
        f"{head}CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20));\n"
        "ALTER TABLE notes ADD COLUMN more INTEGER;\n",
        f"{head}ALTER TABLE notes DROP COLUMN more;\nDROP TABLE tags;\n",
    )
    with connected(database_url) as run:
        run("BEGIN IMMEDIATE" if dialect == "sqlite" else "BEGIN")
        run("SELECT COUNT(*) FROM notes")
        yield run
        run("ROLLBACK")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens in the pauses between tries, in turn."""
    planned: list[Callable[[], object]] = []

    class Clock:
        @staticmethod
        def sleep(seconds: float) -> None:
            assert 0 < seconds < 10
            if planned:
                planned.pop(0)()

    monkeypatch.setattr(waits, "time", Clock)
    return planned


def me(run: Run, dialect: str) -> str:
    text = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}
    return str(run(text[dialect]).rows[0][0])


def test_who_is_in_the_way_is_named(
    database_url: str, history: Path, dialect: str, reader: Run, pauses: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    if dialect == "sqlite":
        with pytest.raises(DBMigrationError, match="another connection writes to the database file"):
            migrate.upgrade(database_url, 2, migrations=history, lock_timeout=0.1)
        return
    before = dump(database_url)
    seconds = 1 if dialect == "mysql" else 0.1
    with caplog.at_level(logging.WARNING, logger="rawdb.migrate"), pytest.raises(DBMigrationError) as caught:
        migrate.upgrade(database_url, 2, migrations=history, table_lock_timeout=seconds, tries=2)
    text = str(caught.value)
    assert text.startswith("0002.tags waits at 'ALTER TABLE notes ADD COLUMN more INTEGER;' for session ")
    assert f"session {me(reader, dialect)} (" in text
    assert f"given up after 2 tries of {seconds:g} s each" in text
    assert isinstance(caught.value.cause, DBDeadlock)
    assert "try 2 of 2" in caplog.text
    assert dump(database_url) == before
    assert [each.state for each in migrate.status(database_url, migrations=history)][:2] == ["applied", "pending"]


@pytest.mark.dialects("postgresql", "mysql")
def test_it_is_tried_again_until_the_way_is_free(
    database_url: str, history: Path, dialect: str, reader: Run, pauses: list[Any]
) -> None:
    pauses += [lambda: None, lambda: reader("COMMIT")]
    seconds = 1 if dialect == "mysql" else 0.05
    assert migrate.upgrade(database_url, 2, migrations=history, table_lock_timeout=seconds, tries=3) == ["0002.tags"]
    assert pauses == []
    reader("BEGIN")
    reader("SELECT more FROM notes")
    pauses += [lambda: reader("COMMIT")]
    assert migrate.downgrade(database_url, 1, migrations=history, table_lock_timeout=seconds) == ["0002.tags"]


@pytest.mark.dialects("postgresql")
def test_an_index_that_could_not_be_built_is_built_anew(
    database_url: str, history: Path, dialect: str, pauses: list[Any]
) -> None:
    """CREATE INDEX CONCURRENTLY waits for transactions that are older, and leaves an index that nobody can use."""
    migrate.upgrade(database_url, migrations=history)
    write(
        history,
        "0004.index",
        "-- transactional: false\nCREATE INDEX CONCURRENTLY slow_idx ON notes (body);\n",
        "-- transactional: false\nDROP INDEX CONCURRENTLY slow_idx;\n",
    )
    with connected(database_url) as run:
        run("BEGIN ISOLATION LEVEL REPEATABLE READ")
        run("INSERT INTO notes (id) VALUES (1)")
        with pytest.raises(DBMigrationError, match=r"0004\.index waits at .* for session \d+"):
            migrate.upgrade(database_url, migrations=history, table_lock_timeout=0.05, tries=2)
        assert "slow_idx" not in dump(database_url)
        pauses += [lambda: run("COMMIT")]
        assert migrate.upgrade(database_url, migrations=history, table_lock_timeout=0.05) == ["0004.index"]
    assert "slow_idx" in dump(database_url)


@pytest.mark.dialects("postgresql")
def test_an_invalid_index_is_not_there(database_url: str, history: Path) -> None:
    write(history, "0004.index", "CREATE INDEX wanted_idx ON notes (body);\n", "DROP INDEX wanted_idx;\n")
    migrate.upgrade(database_url, migrations=history)
    with connected(database_url) as run:
        run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'wanted_idx'::regclass")
    assert "wanted_idx" not in dump(database_url)
    assert migrate.status(database_url, migrations=history)[-1].state == "half undone"


def test_a_servers_own_limit_for_locks_is_short(database_url: str, dialect: str, tmp_path: Path) -> None:
    texts = {
        "postgresql": "INSERT INTO seen SELECT current_setting('lock_timeout')",
        "mysql": "INSERT INTO seen SELECT CONCAT(@@lock_wait_timeout, ' ', @@innodb_lock_wait_timeout)",
        "sqlite": "INSERT INTO seen SELECT timeout FROM pragma_busy_timeout",
    }
    write(tmp_path, "0001.a", f"CREATE TABLE seen (text VARCHAR(20));\n{texts[dialect]};\n", "DROP TABLE seen;\n")
    migrate.upgrade(database_url, migrations=tmp_path)
    with connected(database_url) as run:
        ((seen,),) = run("SELECT text FROM seen").rows
    assert str(seen) == {"postgresql": "3s", "mysql": "3 3", "sqlite": "3000"}[dialect]
