"""States between two migrations, and the lock: what is said, what is refused, what is repaired."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rawdb import migrate
from rawdb.dialects import get_dialect, parse_url
from rawdb.exceptions import DBMigrationError
from rawdb.migrate import lock as locks
from rawdb.migrate.backends import Target
from rawdb.schema import dump
from tests.migrate.cases import write

Run = Callable[..., Any]


def states(url: str, history: Path) -> list[str]:
    return [each.state for each in migrate.status(url, migrations=history)]


def refusal(url: str, history: Path) -> str:
    with pytest.raises(DBMigrationError) as caught:
        migrate.upgrade(url, migrations=history)
    return str(caught.value)


# Half-done migrations


def test_some_statements_were_run(database_url: str, history: Path, run: Run) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    run("CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20))")
    assert states(database_url, history) == ["applied", "half applied", "pending"]
    assert refusal(database_url, history).startswith(
        "0002.tags is half applied: it is not recorded as applied, but the database shows 1 of 3 statements of it."
    )
    assert migrate.version(database_url, migrations=history) == 1
    assert migrate.repair(database_url, "apply", migrations=history) == ["0002.tags"]
    assert states(database_url, history) == ["applied", "applied", "pending"]
    run("DROP TABLE tagged")
    assert states(database_url, history) == ["applied", "half undone", "pending"]
    assert "is recorded as applied, but the database shows only 2 of 3 statements" in refusal(database_url, history)
    assert migrate.repair(database_url, "undo", migrations=history) == ["0002.tags"]
    assert states(database_url, history) == ["applied", "pending", "pending"]
    assert migrate.upgrade(database_url, migrations=history) == ["0002.tags", "0003.colours"]


def test_all_statements_were_run_but_not_recorded(database_url: str, history: Path, run: Run) -> None:
    migrate.upgrade(database_url, migrations=history)
    wanted = dump(database_url)
    run("DELETE FROM _yoyo_migration WHERE migration_id = '0003.colours'")
    assert states(database_url, history) == ["applied", "applied", "not recorded"]
    assert "shows all of its 1 statements, but it is not recorded" in refusal(database_url, history)
    assert migrate.repair(database_url, migrations=history) == ["0003.colours"]
    assert dump(database_url) == wanted
    assert migrate.upgrade(database_url, migrations=history) == []


def test_tables_from_elsewhere_are_not_taken_over(database_url: str, history: Path, run: Run) -> None:
    run("CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, text VARCHAR(20))")
    run("INSERT INTO notes (id, text) VALUES (1, 'dear')")
    assert "half applied" in refusal(database_url, history)
    with pytest.raises(DBMigrationError, match=r"not taken back, there are rows in: notes"):
        migrate.repair(database_url, "undo", migrations=history)
    # Its index cannot be made there; where it can, the columns tell.
    with pytest.raises(DBMigrationError, match=r"0001\.notes failed|these tables are not what it makes: notes"):
        migrate.repair(database_url, "apply", migrations=history)
    assert run("SELECT text FROM notes").rows == [("dear",)]
    assert migrate.version(database_url, migrations=history) == 0


def test_a_table_of_another_shape_is_not_recorded(database_url: str, history: Path, run: Run) -> None:
    run("CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, body VARCHAR(20), more INTEGER)")
    with pytest.raises(DBMigrationError, match="these tables are not what it makes: notes"):
        migrate.repair(database_url, "apply", migrations=history)
    assert migrate.version(database_url, migrations=history) == 0


def test_drift_in_older_migrations_is_not_taken_for_a_half_done_one(
    database_url: str, history: Path, run: Run, dialect: str
) -> None:
    migrate.upgrade(database_url, 2, migrations=history)
    run("DROP INDEX notes_body_idx" + (" ON notes" if dialect == "mysql" else ""))
    assert states(database_url, history) == ["applied", "applied", "pending"]
    assert migrate.upgrade(database_url, migrations=history) == ["0003.colours"]


def test_what_leaves_no_trace_is_left_to_people(database_url: str, history: Path, run: Run) -> None:
    write(history, "0004.more", "CREATE TABLE more (id INTEGER);\nINSERT INTO more (id) VALUES (1);\n")
    migrate.upgrade(database_url, 3, migrations=history)
    run("CREATE TABLE more (id INTEGER)")
    assert states(database_url, history)[-1] == "not recorded"
    with pytest.raises(DBMigrationError, match=r"0004\.more: whether statement 2 was run cannot be seen"):
        migrate.repair(database_url, migrations=history)


def test_replacing_an_index_is_not_taken_for_half_done(
    database_url: str, history: Path, run: Run, dialect: str
) -> None:
    head, of = ("-- transactional: false\n", " ON notes") if dialect == "mysql" else ("", "")
    write(
        history,
        "0004.index",
        f"{head}DROP INDEX notes_body_idx{of};\nCREATE INDEX notes_body_idx ON notes (body, id);\n",
        f"{head}CREATE INDEX notes_body_idx ON notes (body);\nDROP INDEX notes_body_idx{of};\n",
    )
    migrate.upgrade(database_url, 3, migrations=history)
    assert states(database_url, history) == ["applied", "applied", "applied", "pending"]
    assert migrate.upgrade(database_url, migrations=history) == ["0004.index"]
    assert states(database_url, history) == ["applied"] * 4


def test_an_unknown_way_out_is_refused(database_url: str, history: Path) -> None:
    with pytest.raises(ValueError, match="apply"):
        migrate.repair(database_url, "finish", migrations=history)
    assert migrate.repair(database_url, "apply", migrations=history) == []


# The lock


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def hold(run: Run, dialect: str, pid: int, host: int | None) -> None:
    """Put the rows of another owner there: yoyo's alone, or rawdb's with a host."""
    now = get_dialect(dialect).bind(datetime.fromisoformat("2014-05-01T10:20:00"))
    mark = get_dialect(dialect).placeholder("now")
    run(f"INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, {mark}, {pid})", {"now": now})
    if host is not None:
        run(f"INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (2, {mark}, {host})", {"now": now})


def test_a_dead_process_of_this_host_loses_the_lock(
    database_url: str, history: Path, run: Run, dialect: str, caplog: pytest.LogCaptureFixture
) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    pid = dead_process()
    hold(run, dialect, pid, locks.host_token())
    with caplog.at_level(logging.WARNING, logger="rawdb.migrate"):
        assert len(migrate.upgrade(database_url, migrations=history, lock_timeout=0)) == 2
    assert f"the lock of process {pid}, which died while migrating, was removed" in caplog.text
    assert run("SELECT * FROM yoyo_lock").rows == []


def test_a_living_process_keeps_it(database_url: str, history: Path, run: Run, dialect: str) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    hold(run, dialect, os.getpid(), locks.host_token())
    with pytest.raises(DBMigrationError, match=f"being migrated by process {os.getpid()}, since 2014-05-01"):
        migrate.upgrade(database_url, migrations=history, lock_timeout=0.2)
    assert len(run("SELECT pid FROM yoyo_lock").rows) == 2
    migrate.break_lock(database_url)
    assert len(migrate.upgrade(database_url, migrations=history)) == 2


class Clock:
    """Time that passes only while somebody waits for the lock: a second for each look at it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.meanwhile: Callable[[], object] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += 1
        self.meanwhile()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(locks, "time", clock)
    return clock


def test_a_silent_owner_on_another_host_loses_it(
    database_url: str, history: Path, run: Run, dialect: str, clock: Clock
) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    hold(run, dialect, os.getpid(), locks.host_token() - 1)
    assert len(migrate.upgrade(database_url, migrations=history, lock_timeout=60)) == 2
    assert locks.DEAD_AFTER < clock.now <= locks.DEAD_AFTER + 1


def test_an_owner_on_another_host_that_stamps_keeps_it(
    database_url: str, history: Path, run: Run, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    monkeypatch.setattr(
        locks, "_now", lambda: datetime.fromisoformat("2014-05-01T10:20:00") + timedelta(seconds=clock.now)
    )
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(locks, "host_token", lambda: 0x40000001)
        owner = locks.Lock(Target(parse_url(database_url)))
    owner.acquire(0)
    clock.meanwhile = owner.check
    with pytest.raises(DBMigrationError, match="being migrated by process"):
        migrate.upgrade(database_url, migrations=history, lock_timeout=100)
    assert clock.now == 100
    owner.release()
    assert len(migrate.upgrade(database_url, migrations=history)) == 2


@pytest.mark.dialects("postgresql", "mysql")
def test_the_owner_stamps_by_itself_while_it_works(
    database_url: str, history: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    monkeypatch.setattr(locks, "STAMP_EVERY", 0.01)
    owner = locks.Lock(Target(parse_url(database_url)))
    owner.acquire(0)
    run("UPDATE yoyo_lock SET ctime = '2014-05-01 10:20:00'")
    deadline = time.monotonic() + 30
    with owner.stamping():
        while str(run("SELECT ctime FROM yoyo_lock WHERE locked = 1").rows[0][0]).startswith("2014"):
            assert time.monotonic() < deadline
    owner.release()


def test_a_yoyo_by_hand_that_died(database_url: str, history: Path, run: Run, dialect: str) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    hold(run, dialect, dead_process(), None)
    if dialect == "sqlite":
        # The file is here, so the process was.
        assert len(migrate.upgrade(database_url, migrations=history, lock_timeout=0)) == 2
        return
    with pytest.raises(DBMigrationError, match=r"yoyo started by hand.*break_lock"):
        migrate.upgrade(database_url, migrations=history, lock_timeout=0.2)
    migrate.break_lock(database_url)
    assert len(migrate.upgrade(database_url, migrations=history)) == 2


def test_a_host_row_without_owner_is_in_nobodys_way(database_url: str, history: Path, run: Run, dialect: str) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    hold(run, dialect, 1, locks.host_token())
    run("DELETE FROM yoyo_lock WHERE locked = 1")
    assert len(migrate.upgrade(database_url, migrations=history, lock_timeout=0)) == 2


def test_an_owner_that_lost_the_lock_stops(database_url: str, history: Path, run: Run) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    target = Target(parse_url(database_url))
    owner = locks.Lock(target)
    owner.acquire(0)
    owner.check()
    migrate.break_lock(database_url)
    with pytest.raises(DBMigrationError, match="taken away"):
        owner.check()
    owner.release()


def test_one_thread_does_not_give_back_anothers_lock(database_url: str, history: Path, run: Run) -> None:
    migrate.upgrade(database_url, 1, migrations=history)
    target = Target(parse_url(database_url))
    owner = locks.Lock(target)
    owner.acquire(0)
    with ThreadPoolExecutor(1) as pool, pytest.raises(DBMigrationError, match="being migrated"):
        pool.submit(migrate.upgrade, database_url, migrations=history, lock_timeout=0.2).result()
    owner.check()
    owner.release()
    assert run("SELECT * FROM yoyo_lock").rows == []


def test_processes_are_told_alive_or_dead() -> None:
    assert locks.is_alive(os.getpid())
    assert not locks.is_alive(dead_process())
    ended = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert ended.stdout is not None
    # Its end of the pipe closes as it ends; until `wait` it stays as a zombie.
    ended.stdout.read()
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert not locks.is_alive(ended.pid)
    ended.wait()
    ended.stdout.close()


def test_a_host_token_is_no_process_id() -> None:
    assert locks.host_token() == locks.host_token()
    assert 0x40000000 <= locks.host_token() < 0x80000000
