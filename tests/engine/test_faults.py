"""Something fails at the n-th statement of an operation, for every n: all of it takes effect or none, nothing leaks."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import psycopg
import pymysql
import pytest

import rawdb
import rawdb.default
from rawdb import api, timeutils
from rawdb.engine.retry import NO_RETRY, RetryPolicy
from rawdb.exceptions import DBConnectionError, DBError, DBOutcomeUnknown
from rawdb.testing.databases import Housekeeper
from tests.engine import samples
from tests.engine.samples import SAMPLES, run
from tests.support.proxy import Proxy


def refused(code: int, text: str) -> Callable[[], BaseException]:
    return lambda: pymysql.err.OperationalError(code, text)


def busy(text: str) -> BaseException:
    return sqlite3.OperationalError(text)


#: What a server says when it refuses work that it may accept next time.
REFUSALS: dict[str, dict[str, Callable[[], BaseException]]] = {
    "postgresql": {
        "40P01": lambda: psycopg.errors.DeadlockDetected("deadlock detected"),
        "40001": lambda: psycopg.errors.SerializationFailure("could not serialize access"),
        "55P03": lambda: psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"),
    },
    "mysql": {
        "1213": refused(1213, "Deadlock found when trying to get lock; try restarting transaction"),
        "1205": refused(1205, "Lock wait timeout exceeded; try restarting transaction"),
        "1020": refused(1020, "Record has changed since last read"),
    },
    "sqlite": {"5": lambda: busy("database is locked"), "6": lambda: busy("database table is locked")},
}
FAST = RetryPolicy(first=0.0001, cap=0.001, limit=20)


class Fault:
    """An observer that counts statements and lets something happen before the n-th."""

    def __init__(self, at: int, happen: Callable[[], None]) -> None:
        self.at, self.happen = at, happen
        self.names: list[str] = []

    def __call__(self, name: str, text: str) -> None:
        self.names.append(name)
        if len(self.names) == self.at:
            self.happen()

    @property
    def came(self) -> bool:
        return len(self.names) >= self.at


class World:
    """The rows of the samples, which can be made anew, and what is stored."""

    def __init__(self, url: str, keeper: Housekeeper) -> None:
        self._keeper = keeper
        self.url = url
        self.rows = SimpleNamespace()
        self.make()

    def make(self) -> None:
        self._keeper.empty()
        timeutils.set_time_override(samples.MADE)
        self.rows = samples.make_world()
        timeutils.set_time_override(samples.CALLED)

    def stored(self) -> dict[str, list[dict[str, Any]]]:
        """All rows of all tables that have some."""
        database = rawdb.default_database()
        with database.reader.using(self) as sql:
            question = " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in database.tables
            )
            tables = [row[0] for row in sql.execute(question).rows]
            return {table: sql.execute(f"SELECT t.* FROM {table} AS t ORDER BY 1").dicts() for table in sorted(tables)}

    @staticmethod
    def shape(stored: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
        """What is stored, without the numbers and random texts that differ from run to run."""

        def plain(table: str, row: dict[str, Any]) -> str:
            kept = {name: value for name, value in row.items() if not (name == "id" or name.endswith("_id"))}
            kept["deleted"] = row.get("deleted") in (None, 0, "0", "")
            for volatile in {"reservations": ["uuid"], "quota_locks": ["version"]}.get(table, []):
                kept.pop(volatile)
            return repr(kept)

        return {table: sorted(plain(table, row) for row in rows) for table, rows in stored.items()}


@pytest.fixture
def world(db: str) -> Iterator[World]:
    keeper = Housekeeper(db)
    yield World(db, keeper)
    timeutils.clear_time_override()
    keeper.close()


@pytest.fixture
def watch(world: World) -> Iterator[Callable[[int, Callable[[], None]], Fault]]:
    """Puts a fault in place of the one before."""
    observers = rawdb.default_database().observers

    def put(at: int, happen: Callable[[], None]) -> Fault:
        fault = Fault(at, happen)
        observers[:] = [fault]
        return fault

    yield put
    observers.clear()


def nothing() -> None:
    """No fault."""


def raising(error: Callable[[], BaseException]) -> Callable[[], None]:
    def happen() -> None:
        raise error()

    return happen


def patience(policy: RetryPolicy) -> None:
    database = rawdb.default_database()
    database.options = replace(database.options, retry=policy)


def attempt(name: str, world: World) -> BaseException | None:
    """Call an operation; what it raised. No connection may be in use afterwards."""
    error: BaseException | None = None
    try:
        run(name, world.rows)
    except Exception as raised:
        error = raised
    rawdb.default_database().observers.clear()
    assert rawdb.default.lent_connections() == []
    return error


def test_the_table_is_right() -> None:
    """Every sample is an operation. How many are left out is printed, not hidden."""
    assert set(SAMPLES) <= set(api.__all__)
    missing = sorted(set(api.__all__) - set(SAMPLES))
    print(f"{len(SAMPLES)} operations have a sample, {len(missing)} have none: {', '.join(missing)}")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_refused(name: str, world: World, watch: Callable[..., Fault], dialect: str) -> None:
    """Without patience the error comes out and nothing is changed; with it, the operation has its whole effect."""
    before = world.stored()
    whole = watch(0, nothing)
    assert attempt(name, world) is None
    count, after = len(whole.names), world.shape(world.stored())
    assert count > 0
    if after != world.shape(before):
        world.make()
        before = world.stored()

    patience(NO_RETRY)
    for at in range(1, count + 1):
        for code, error in REFUSALS[dialect].items():
            fault = watch(at, raising(error))
            failure = attempt(name, world)
            place = f"{code} at {at}, {fault.names[at - 1]}"
            if failure is None:
                # The operation knows a way around.
                assert world.shape(world.stored()) == after, place
                world.make()
                before = world.stored()
                continue
            assert isinstance(failure, DBError), f"{place}: {failure!r}"
            if "BEGIN" not in fault.names and at > 1 and world.shape(world.stored()) == after:
                # A write that stood alone has taken effect, and what was refused is the read behind it.
                world.make()
                before = world.stored()
            assert world.stored() == before, place

    patience(FAST)
    error = next(iter(REFUSALS[dialect].values()))
    for at in range(1, count + 1):
        fault = watch(at, raising(error))
        failure = attempt(name, world)
        assert failure is None, f"at {at}, {fault.names[at - 1]}: {failure!r}"
        assert world.shape(world.stored()) == after, f"at {at}, {fault.names[at - 1]}"
        if after != world.shape(before):
            world.make()


@pytest.mark.dialects("postgresql", "mysql")
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_cut(name: str, db: str, watch_far: Any) -> None:
    """The connection is cut before the n-th statement arrives, or before its answer comes back.

    Where all has taken effect and an error comes out, it says that the outcome is unknown; otherwise nothing has.
    """
    world, proxy, watch = watch_far
    before = world.stored()
    whole = watch(0, nothing)
    assert attempt(name, world) is None
    count, after = len(whole.names), world.shape(world.stored())
    changes = after != world.shape(before)
    if changes:
        world.make()
        before = world.stored()
    patience(NO_RETRY)
    for at in range(1, count + 1):
        statement = whole.names[at - 1]
        mark = statement.encode() if statement in ("BEGIN", "COMMIT", "ROLLBACK") else b"rawdb:" + statement.encode()
        for kind in ("lost_request", "lost_answer"):

            def lose(kind: str = kind, mark: bytes = mark) -> None:
                setattr(proxy, kind, mark)

            watch(at, lose)
            failure = attempt(name, world)
            proxy.lost_request = proxy.lost_answer = None
            stored = world.stored()
            place = f"{kind} at {at}, {statement}: {failure!r}"
            done = changes and world.shape(stored) == after
            if not done:
                assert stored == before, place
            assert (failure is None) <= (done or not changes), place
            if failure is not None:
                assert isinstance(failure, DBConnectionError), place
                # A read behind a write that stood alone tells nothing of the write.
                behind = "BEGIN" not in whole.names and at > 1
                assert not done or behind or isinstance(failure, DBOutcomeUnknown), place
            if done:
                world.make()
                before = world.stored()


@pytest.fixture
def watch_far(db: str) -> Iterator[Any]:
    """The default database behind a proxy, with the world in it."""
    with Proxy(db) as proxy:
        rawdb.dispose()
        rawdb.configure(connection=proxy.url)
        keeper = Housekeeper(db)
        world = World(db, keeper)
        observers = rawdb.default_database().observers

        def put(at: int, happen: Callable[[], None]) -> Fault:
            fault = Fault(at, happen)
            observers[:] = [fault]
            return fault

        yield world, proxy, put
        observers.clear()
        timeutils.clear_time_override()
        keeper.close()
        rawdb.dispose()
