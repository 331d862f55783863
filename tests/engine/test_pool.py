"""The pool: limits, order, health, leaks."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.engine.pool import Pool
from rawdb.exceptions import DBConnectionError, DBError, DBOutcomeUnknown, DBPoolTimeout
from rawdb.statements.compiled import Compiled
from rawdb.testing.databases import connected
from tests.engine.conftest import Open
from tests.support.proxy import Proxy

SERVERS = pytest.mark.dialects("postgresql", "mysql")
_PATIENCE = 20.0


def backend(database: Database) -> int:
    """The server's number of the connection that serves now."""
    text = "SELECT pg_backend_pid()" if database.url.dialect == "postgresql" else "SELECT CONNECTION_ID()"
    with database.reader.autocommit.using(object()) as sql:
        return int(sql.execute(text).rows[0][0])


def kill(database: Database, number: int) -> None:
    """End a connection from the server's side, and see it gone."""
    dialect = database.url.dialect
    alive = {
        "postgresql": "SELECT COUNT(*) FROM pg_stat_activity WHERE pid = {}",
        "mysql": "SELECT COUNT(*) FROM information_schema.processlist WHERE id = {}",
    }[dialect].format(number)
    with connected(database.url) as run:
        run(f"SELECT pg_terminate_backend({number})" if dialect == "postgresql" else f"KILL {number}")
        deadline = time.monotonic() + _PATIENCE
        while int(run(alive).rows[0][0]):
            assert time.monotonic() < deadline, "the connection does not go"


@pytest.fixture
def small(url: str, open_database: Open) -> Database:
    """A database with two connections at most, one of them kept; waiting ends soon."""
    return open_database(url, max_pool_size=1, max_overflow=1, pool_timeout=0.2)


class TestLimits:
    def test_a_connection_is_kept_and_used_again(self, database: Database) -> None:
        pool = database.pool()
        first = pool.acquire()
        pool.release(first)
        assert pool.acquire() is first
        pool.release(first)

    def test_the_one_used_last_comes_first(self, database: Database) -> None:
        pool = database.pool()
        one, other = pool.acquire(), pool.acquire()
        pool.release(one)
        pool.release(other)
        assert pool.acquire() is other
        pool.release(other)

    def test_overflow_is_closed_on_return(self, small: Database) -> None:
        pool = small.pool()
        one, other = pool.acquire(), pool.acquire()
        assert pool.lent == 2
        pool.release(one)
        pool.release(other)
        assert pool.lent == 0
        assert [one.evicted, other.evicted].count(True) == 1

    def test_exhausted(self, small: Database) -> None:
        pool = small.pool()
        lent: list[Any] = []

        def hold() -> None:
            lent.extend([pool.acquire(), pool.acquire()])

        holder = threading.Thread(target=hold, name="the-holder")
        holder.start()
        holder.join()
        lent[0].run(Compiled("the_statement", "SELECT 1"))
        with pytest.raises(DBPoolTimeout) as raised:
            pool.acquire()
        text = str(raised.value)
        assert "max_pool_size 1" in text
        assert "max_overflow 1" in text
        assert "the-holder" in text
        assert "the_statement" in text
        assert isinstance(raised.value, DBConnectionError)
        for connection in lent:
            pool.release(connection)
        pool.release(pool.acquire())

    def test_waiting_for_oneself_is_refused_at_once(self, url: str, open_database: Open) -> None:
        pool = open_database(url, max_pool_size=1, max_overflow=0, pool_timeout=3600).pool()
        connection = pool.acquire()
        with pytest.raises(DBPoolTimeout, match="this thread itself"):
            pool.acquire()
        pool.release(connection)

    @pytest.mark.parametrize("limits", [{"max_pool_size": 0}, {"max_overflow": -1}])
    def test_no_limit(self, url: str, open_database: Open, limits: dict[str, int]) -> None:
        pool = open_database(url, pool_timeout=0.1, **limits).pool()
        lent = [pool.acquire() for _ in range(20)]
        for connection in lent:
            pool.release(connection)
        kept = sum(not connection.evicted for connection in lent)
        assert kept == (20 if limits.get("max_pool_size") == 0 else 5)

    def test_who_waits_longest_is_served_first(self, small: Database) -> None:
        pool = small.pool()
        pool._timeout = _PATIENCE
        lent = [pool.acquire(), pool.acquire()]
        lent[0].evicted = True  # closed on return: the next one gets the right to open
        order: list[int] = []
        threads = []

        def take(number: int) -> None:
            connection = pool.acquire()
            order.append(number)
            pool.release(connection)

        for number in range(4):
            thread = threading.Thread(target=take, args=(number,))
            thread.start()
            threads.append(thread)
            deadline = time.monotonic() + _PATIENCE
            while len(pool._waiting) <= number:
                assert time.monotonic() < deadline
                os.sched_yield()
        # One place only, so that they come one after the other.
        pool.release(lent[0])
        for thread in threads:
            thread.join()
        pool.release(lent[1])
        assert order == [0, 1, 2, 3]
        assert pool.lent == 0

    def test_many_threads_on_few_connections(self, url: str, open_database: Open) -> None:
        database = open_database(url, max_pool_size=2, max_overflow=1, pool_timeout=_PATIENCE)
        results: list[int] = []

        def work() -> None:
            for _ in range(5):
                with database.reader.autocommit.using(None) as sql:
                    results.append(sql.thing_count())

        threads = [threading.Thread(target=work) for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [0] * 120
        assert database.pool().lent == 0

    def test_interrupted_while_waiting(self, small: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is granted to one who has gone goes to the next."""
        pool = small.pool()
        lent = [pool.acquire(), pool.acquire()]

        def interrupted(ticket: Any) -> None:
            try:
                # The grant comes between the interruption and its handling.
                release = threading.Thread(target=pool.release, args=(lent[0],))
                release.start()
                release.join()
                raise KeyboardInterrupt
            except BaseException:
                pool._abandon(ticket)
                raise

        monkeypatch.setattr(pool, "_refuse_to_wait_for_oneself", lambda: None)
        monkeypatch.setattr(pool, "_wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pool.acquire()
        monkeypatch.undo()
        assert pool.lent == 1
        pool.release(pool.acquire())
        pool.release(lent[1])

    def test_a_failed_opening_frees_its_place(self, url: str, open_database: Open) -> None:
        good = open_database(url, max_pool_size=1, max_overflow=0).pool()
        attempts = iter([DBConnectionError("no"), DBConnectionError("no")])

        def connect() -> Any:
            for error in attempts:
                raise error
            return good._connect()

        pool = Pool(connect, size=1, overflow=0, timeout=0.1)
        for _ in range(2):
            with pytest.raises(DBConnectionError, match="no"):
                pool.acquire()
        connection = pool.acquire()
        pool.release(connection)
        pool.dispose()


class TestHealth:
    @SERVERS
    def test_a_killed_connection_is_replaced_before_it_is_used(self, database: Database) -> None:
        number = backend(database)
        assert backend(database) == number
        kill(database, number)
        assert backend(database) != number

    @SERVERS
    def test_all_of_them(self, database: Database) -> None:
        """After a restart of the server no call fails that was not under way."""
        pool = database.pool()
        lent = [pool.acquire() for _ in range(4)]
        for connection in lent:
            pool.release(connection)
        with connected(database.url) as run:
            if database.url.dialect == "postgresql":
                run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            else:
                for row in run(
                    "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
                ).rows:
                    run(f"KILL {row[0]}")
        for connection in lent:
            deadline = time.monotonic() + _PATIENCE
            while not connection.dialect.is_stale(connection.raw):
                assert time.monotonic() < deadline
        for _ in range(6):
            with database.writer.using(None) as sql:
                sql.thing_count()

    @SERVERS
    def test_an_idle_connection_is_asked_for_a_sign_of_life(self, url: str, open_database: Open) -> None:
        with Proxy(url) as proxy:
            database = open_database(proxy.url, idle_check=0.0, connect_timeout=2.0, read_timeout=2.0)
            pool = database.pool()
            lent = [pool.acquire() for _ in range(3)]
            for connection in lent:
                pool.release(connection)
            proxy.silent = True
            with pytest.raises(DBConnectionError):
                pool.acquire()
            # The silence of one spoke for all of them.
            assert all(connection.evicted for connection in lent)
            proxy.silent = False
            pool.release(pool.acquire())
            database.dispose()

    def test_old_connections_are_replaced(self, url: str, open_database: Open) -> None:
        database = open_database(url, connection_recycle_time=0)
        pool = database.pool()
        first = pool.acquire()
        pool.release(first)
        second = pool.acquire()
        assert second is not first
        assert first.evicted
        pool.release(second)

    def test_never_too_old(self, url: str, open_database: Open) -> None:
        pool = open_database(url, connection_recycle_time=-1).pool()
        first = pool.acquire()
        first.opened_at -= 1e9
        pool.release(first)
        assert pool.acquire() is first
        pool.release(first)

    def test_an_open_transaction_is_rolled_back_on_return(self, database: Database) -> None:
        pool = database.pool()
        connection = pool.acquire()
        connection.begin(write=True)
        connection.run(Compiled("insert", "INSERT INTO parts (name) VALUES ('x')"))
        pool.release(connection)
        assert pool.acquire() is connection
        assert not connection.dialect.in_transaction(connection.raw)
        assert connection.run(Compiled("select", "SELECT p.name FROM parts AS p")).rows == []
        pool.release(connection)

    def test_given_back_twice(self, database: Database) -> None:
        pool = database.pool()
        connection = pool.acquire()
        pool.release(connection)
        pool.release(connection)
        one, other = pool.acquire(), pool.acquire()
        assert one is not other
        pool.release(one)
        pool.release(other)

    @pytest.mark.dialects("postgresql")
    def test_a_read_only_server_is_left(self, database: Database) -> None:
        """A demoted primary answers every question, and would do so for ever from the pool."""
        number = backend(database)
        with pytest.raises(DBError) as raised, database.writer.using(None) as sql:
            sql.execute("SET TRANSACTION READ ONLY")
            sql.thing_create(values={"name": "a"})
        assert raised.value.code == "25006"
        assert backend(database) != number

    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize(
        ("number", "text", "evicted"),
        [
            (1047, "WSREP has not yet prepared node for application use", True),
            (1836, "Running in read-only mode", True),
            (1290, "The server is running with the --read-only option so it cannot execute this statement", True),
            (1290, "The server is running with the --secure-file-priv option", False),
            (1213, "Deadlock found when trying to get lock", False),
            (1062, "Duplicate entry 'a' for key 'b'", False),
        ],
    )
    def test_what_a_server_says_of_itself(self, database: Database, number: int, text: str, evicted: bool) -> None:
        """Without quorum or read-only, a server answers `SELECT 1` for ever; it is left at the first refusal."""
        before = backend(database)
        with pytest.raises(DBError) as raised, database.writer.autocommit.using(None) as sql:
            sql.execute(f"SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = \"{text}\"")
        assert raised.value.code == number
        assert isinstance(raised.value, DBConnectionError) == (number == 1047)
        assert not isinstance(raised.value, DBOutcomeUnknown)
        assert (backend(database) != before) == evicted

    @pytest.mark.dialects("postgresql")
    def test_a_table_changed_under_a_prepared_statement(self, url: str, open_database: Open) -> None:
        database = open_database(url + "?prepare_threshold=0")
        with connected(url) as run:
            run("CREATE TABLE changing (a INTEGER)")
            try:
                with database.reader.autocommit.using(None) as sql:
                    sql.execute("SELECT c.* FROM changing AS c")
                    run("ALTER TABLE changing ADD COLUMN b INTEGER")
                    assert sql.execute("SELECT c.* FROM changing AS c").columns == ("a", "b")
            finally:
                run("DROP TABLE changing")


class TestEnd:
    def test_dispose_closes_lent_connections_on_their_return(self, database: Database) -> None:
        pool = database.pool()
        idle, lent = pool.acquire(), pool.acquire()
        pool.release(idle)
        database.dispose()
        assert idle.evicted
        evicted = [lent.evicted]
        pool.release(lent)
        assert [*evicted, lent.evicted] == [False, True]
        assert not database.is_started
        again = database.pool()
        assert again is not pool
        again.release(again.acquire())

    def test_lent_connections_are_named(self, database: Database) -> None:
        assert database.lent() == []
        connection = database.pool().acquire()
        connection.run(Compiled("what_it_did", "SELECT 1"))
        [loan] = database.lent()
        assert "what_it_did" in loan
        assert threading.current_thread().name in loan
        database.pool().release(connection)
        assert database.lent() == []


class TestMemory:
    @pytest.fixture
    def memory(self, open_database: Open) -> Database:
        database = open_database("sqlite://", queries=None, tables=None)
        with database.writer.using(None) as sql:
            sql.execute("CREATE TABLE t (a INTEGER)")
        return database

    @pytest.mark.dialects("sqlite")
    def test_all_threads_share_the_one_connection(self, memory: Database) -> None:
        def work(number: int) -> None:
            with memory.writer.using(None) as sql:
                sql.execute("INSERT INTO t (a) VALUES (:a)", {"a": number})

        threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with memory.reader.using(None) as sql:
            assert sql.execute("SELECT COUNT(*) FROM t").rows == [(10,)]

    @pytest.mark.dialects("sqlite")
    def test_a_second_transaction_of_a_thread_is_refused(self, memory: Database) -> None:
        with memory.writer.using(None) as sql:
            sql.execute("INSERT INTO t (a) VALUES (1)")
            with pytest.raises(DBPoolTimeout, match="this thread itself"):
                with memory.reader.independent.using(None) as other:
                    other.execute("SELECT 1")
