"""A server that accepts everything and answers nothing: every call ends, and says what is known."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.engine.retry import NO_RETRY
from rawdb.exceptions import DBConnectionError, DBDeadlock, DBError, DBOutcomeUnknown, DBTimeout
from tests.engine.conftest import Open
from tests.support.proxy import Proxy

pytestmark = pytest.mark.dialects("postgresql", "mysql")

#: Far more than any limit below: a call that takes so long hangs.
_HANGS = 60.0
_LIMITS = {"connect_timeout": 2.0, "read_timeout": 1.0, "write_timeout": 1.0, "retry": NO_RETRY}


def outcome(function: Callable[[], Any]) -> BaseException | None:
    """What a function raises, called in a thread; the test fails if it does not end."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            function()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_HANGS)
    assert not thread.is_alive(), "the call hangs"
    return raised[0] if raised else None


@pytest.fixture
def far(proxy: Proxy, open_database: Open) -> Iterator[Database]:
    """A database behind the proxy, with short limits."""
    database = open_database(proxy.url, **_LIMITS)
    yield database
    assert outcome(database.dispose) is None


def names(database: Database) -> list[str]:
    with database.reader.using(object()) as sql:
        return [row["name"] for row in sql.thing_names()]


def test_connecting(proxy: Proxy, far: Database) -> None:
    proxy.silent = True

    def connect() -> None:
        far.pool().acquire()

    error = outcome(connect)
    assert type(error) is DBConnectionError


def test_first_connection_with_retries(proxy: Proxy, open_database: Open) -> None:
    proxy.silent = True
    database = open_database(proxy.url, **_LIMITS, max_retries=2, retry_interval=0.01)
    assert type(outcome(database.pool)) is DBConnectionError
    assert not database.is_started
    proxy.silent = False
    assert outcome(database.pool) is None
    database.dispose()


def test_connecting_while_all_else_waits_for_it(proxy: Proxy, far: Database) -> None:
    proxy.silent = True
    errors: list[Any] = []

    def connect() -> None:
        errors.append(outcome(lambda: far.pool().acquire()))

    threads = [threading.Thread(target=connect) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in errors] == [DBConnectionError] * 5


def test_a_read(proxy: Proxy, far: Database) -> None:
    def read() -> None:
        with far.reader.autocommit.using(None) as sql:
            sql.thing_count()
            proxy.silent = True
            sql.thing_count()

    error = outcome(read)
    assert type(error) is DBConnectionError
    assert error.statement == "thing_count"
    assert far.pool().lent == 0


def test_inside_a_transaction(database: Database, proxy: Proxy, far: Database) -> None:
    def work() -> None:
        with far.writer.using(None) as sql:
            sql.thing_create(values={"name": "a"})
            proxy.silent = True
            sql.thing_count()

    error = outcome(work)
    assert type(error) is DBConnectionError
    proxy.cut()  # the server learns of it
    assert names(database) == []


def test_a_commit(proxy: Proxy, far: Database) -> None:
    def work() -> None:
        with far.writer.using(None) as sql:
            sql.thing_create(values={"name": "a"})
            proxy.silent = True

    assert type(outcome(work)) is DBOutcomeUnknown


def test_a_lone_write(proxy: Proxy, far: Database) -> None:
    def work() -> None:
        with far.writer.autocommit.using(None) as sql:
            sql.thing_count()
            proxy.silent = True
            sql.thing_create(values={"name": "a"})

    assert type(outcome(work)) is DBOutcomeUnknown


def test_a_rollback(proxy: Proxy, far: Database) -> None:
    class Reason(Exception):
        pass

    def work() -> None:
        with far.writer.using(None) as sql:
            sql.thing_create(values={"name": "a"})
            proxy.silent = True
            raise Reason

    assert type(outcome(work)) is Reason


def test_the_first_statement_of_a_transaction(proxy: Proxy, far: Database) -> None:
    """BEGIN on a connection that went silent in the pool: tried once more, on a new one."""

    def work() -> None:
        with far.writer.using(None) as sql:
            sql.thing_count()

    assert outcome(work) is None
    proxy.silent = True
    assert type(outcome(work)) is DBConnectionError
    proxy.silent = False
    assert outcome(work) is None


def test_a_statement_that_takes_too_long(url: str, open_database: Open) -> None:
    """The server works on, but nobody waits for it."""
    database = open_database(url, **_LIMITS)
    sleep = "SELECT pg_sleep(30)" if database.url.dialect == "postgresql" else "SELECT SLEEP(30)"

    def work() -> None:
        with database.reader.autocommit.using(None) as sql:
            sql.execute(sleep)

    assert type(outcome(work)) is DBConnectionError
    assert outcome(lambda: names(database)) is None


def test_the_server_gives_up_before_its_client(url: str, open_database: Open) -> None:
    """A wait for a lock ends in an answer of the server: nothing is left unknown."""
    database = open_database(url, **{**_LIMITS, "read_timeout": 3.0})
    with database.writer.using(object()) as sql:
        sql.thing_create(values={"name": "a"})
    with database.writer.using(object()) as holder:
        holder.thing_grow(name="a", by=1)

        def work() -> None:
            with database.writer.autocommit.using(object()) as sql:
                sql.thing_update(name="a", changes={"size": 1})

        assert type(outcome(work)) is DBDeadlock


def test_the_servers_own_limit(url: str, open_database: Open) -> None:
    """What the server stops is stopped; whoever comes next has no such limit."""
    database = open_database(url, max_pool_size=1, max_overflow=0)
    own = {
        "postgresql": ("SET statement_timeout = 50", "SELECT pg_sleep(30)"),
        "mysql": ("SET max_statement_time = 0.05", "SELECT SLEEP(30) FROM things"),
    }[database.url.dialect]
    with database.writer.using(None) as sql:
        sql.thing_create(values={"name": "a"})

    def work() -> None:
        with database.reader.using(None) as sql:
            sql.execute(own[0])
            sql.execute(own[1])

    error = outcome(work)
    assert isinstance(error, DBTimeout)
    assert isinstance(error, DBError)
    with database.reader.using(None) as sql:
        sql.execute(own[1].replace("30", "0.1"))
