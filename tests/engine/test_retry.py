"""What is run again, what is not, and what is said of work whose answer was lost."""

from __future__ import annotations

import select
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.engine.retry import NO_RETRY, RetryPolicy, run_with_retry
from rawdb.exceptions import (
    DBConnectionError,
    DBDeadlock,
    DBDuplicateEntry,
    DBError,
    DBOutcomeUnknown,
    DBPoolTimeout,
    RetryRequest,
)
from rawdb.statements.compiled import Compiled
from rawdb.testing.databases import connected
from tests.engine.conftest import Open
from tests.engine.test_pool import kill
from tests.support.proxy import Proxy

SERVERS = pytest.mark.dialects("postgresql", "mysql")


def sizes(database: Database) -> dict[str, int]:
    """Name and size of what is stored."""
    with database.reader.using(object()) as sql:
        return {row["name"]: row["size"] for row in sql.thing_list(limit=100, project_only=False)}


def fill(database: Database, *names: str) -> None:
    with database.writer.using(object()) as sql:
        for number, name in enumerate(names):
            sql.thing_create(values={"name": name, "size": 0, "kind": f"kind-{number}"})


class TestPolicy:
    def test_pauses_are_capped_and_jittered(self) -> None:
        policy = RetryPolicy(first=0.5, cap=3.0)
        for attempt, ceiling in ((1, 1.0), (2, 2.0), (3, 3.0), (4, 3.0), (1000, 3.0)):
            pauses = {policy.pause(attempt) for _ in range(50)}
            assert len(pauses) > 1
            assert all(0 <= pause <= ceiling for pause in pauses)

    def test_the_last_error_comes_out_with_its_attempt(self) -> None:
        def fail() -> None:
            raise DBDeadlock("no")

        limited = RetryPolicy(first=0.0001, cap=0.0001, limit=0.05)
        with pytest.raises(DBDeadlock) as raised:
            run_with_retry(fail, limited, lambda error, attempt: True, "fail")
        assert raised.value.attempt is not None
        assert raised.value.attempt > 1

    def test_no_retry(self) -> None:
        calls: list[int] = []

        def fail() -> None:
            calls.append(1)
            raise RetryRequest(DBError("inner"))

        with pytest.raises(DBError, match="inner"):
            run_with_retry(fail, NO_RETRY, lambda error, attempt: True, "fail")
        assert calls == [1]

    def test_a_request_never_comes_out_itself(self) -> None:
        def fail() -> None:
            raise RetryRequest(DBError("inner"))

        with pytest.raises(DBError, match="inner"):
            run_with_retry(fail, RetryPolicy(), lambda error, attempt: False, "fail")


class TestWholeFunction:
    def test_a_request_runs_it_again(self, database: Database, sent: list[str]) -> None:
        runs: list[int] = []

        @database.writer
        def work(context: Any) -> int:
            runs.append(1)
            database.sql(context).thing_create(values={"name": "a"})
            if len(runs) < 3:
                raise RetryRequest(DBError("lost a race"))
            return len(runs)

        assert work(object()) == 3
        assert sent == ["BEGIN", "thing_create", "ROLLBACK"] * 2 + ["BEGIN", "thing_create", "COMMIT"]

    def test_only_the_outermost(self, database: Database) -> None:
        runs: list[str] = []

        @database.writer
        def inner(context: Any) -> None:
            runs.append("inner")
            if runs.count("inner") < 2:
                raise RetryRequest(DBError("lost a race"))

        @database.writer
        def outer(context: Any) -> None:
            runs.append("outer")
            inner(context)

        outer(object())
        assert runs == ["outer", "inner", "outer", "inner"]

    def test_an_independent_one_is_outermost(self, database: Database) -> None:
        runs: list[str] = []

        @database.writer.independent
        def inner(context: Any) -> None:
            runs.append("inner")
            if runs.count("inner") < 2:
                raise RetryRequest(DBError("lost a race"))

        @database.reader
        def outer(context: Any) -> None:
            runs.append("outer")
            inner(context)

        outer(object())
        assert runs == ["outer", "inner", "inner"]

    def test_other_errors_are_not_repeated(self, database: Database) -> None:
        runs: list[int] = []

        @database.writer
        def work(context: Any) -> None:
            runs.append(1)
            database.sql(context).thing_create(values={"name": "a"})
            database.sql(context).thing_create(values={"name": "a"})

        with pytest.raises(DBDuplicateEntry) as raised:
            work(object())
        assert runs == [1]
        assert raised.value.attempt == 1

    @SERVERS
    def test_a_deadlock(self, database: Database) -> None:
        """Two writers take two rows in opposite order: one is refused, runs again, and both have their way."""
        fill(database, "a", "b")
        meeting = threading.Barrier(2)
        first_runs = {"ab": True, "ba": True}
        runs: list[str] = []

        @database.writer
        def grow(context: Any, order: str) -> None:
            runs.append(order)
            sql = database.sql(context)
            sql.thing_grow(name=order[0], by=1)
            if first_runs.pop(order, False):
                meeting.wait(30)
            sql.thing_grow(name=order[1], by=1)

        failures = _together(lambda: grow(object(), "ab"), lambda: grow(object(), "ba"))
        assert failures == []
        assert sizes(database) == {"a": 2, "b": 2}
        assert len(runs) == 3

    @pytest.mark.dialects("mysql")
    def test_work_after_a_deadlock_is_refused(self, database: Database, sent: list[str]) -> None:
        """The server has rolled all back, and would let the next statements commit one by one."""
        fill(database, "a", "b")
        meeting = threading.Barrier(2)
        seen: list[BaseException] = []

        def work(order: str) -> None:
            with database.writer.using(object()) as sql:
                sql.thing_grow(name=order[0], by=1)
                meeting.wait(30)
                try:
                    sql.thing_grow(name=order[1], by=1)
                except DBDeadlock as error:
                    seen.append(error)
                    try:
                        sql.thing_create(values={"name": "c"})
                    except DBDeadlock as second:
                        seen.append(second)

        failures = _together(lambda: work("ab"), lambda: work("ba"))
        assert len(seen) == 2
        assert isinstance(seen[1], DBDeadlock)
        assert seen[1].cause is seen[0]
        # Nor is the end of the block taken for a success.
        [failure] = failures
        assert isinstance(failure, DBDeadlock)
        assert sorted(sizes(database).values()) == [1, 1]

    @SERVERS
    def test_a_deadlock_under_a_savepoint(self, database: Database) -> None:
        """MySQL forgets the savepoint with the transaction; PostgreSQL keeps both."""
        fill(database, "a", "b")
        meeting = threading.Barrier(2)
        errors: list[BaseException] = []

        def work(order: str) -> None:
            context = object()
            with database.writer.using(context) as sql:
                sql.thing_grow(name=order[0], by=1)
                meeting.wait(30)
                try:
                    with database.writer.savepoint.using(context):
                        sql.thing_grow(name=order[1], by=1)
                except DBDeadlock as error:
                    errors.append(error)
                    raise

        failures = _together(lambda: work("ab"), lambda: work("ba"))
        assert len(failures) == 1
        [error] = errors
        if database.url.dialect == "mysql":
            assert isinstance(error, DBDeadlock)
            assert isinstance(error.cause, DBDeadlock)
        assert sorted(sizes(database).values()) == [1, 1]

    @pytest.mark.dialects("sqlite")
    def test_busy(self, url: str, open_database: Open) -> None:
        """SQLite refuses a second writer after its time; the function is run again until the first is done."""
        database = open_database(url, sqlite_busy_timeout=0.0)
        fill(database, "a")
        inside, done = threading.Event(), threading.Event()
        attempts: list[int] = []

        def hold() -> None:
            with database.writer.using(object()) as sql:
                sql.thing_grow(name="a", by=1)
                inside.set()
                done.wait(30)

        @database.writer
        def grow(context: Any) -> None:
            attempts.append(1)
            if len(attempts) == 3:
                done.set()
            database.sql(context).thing_grow(name="a", by=1)

        holder = threading.Thread(target=hold)
        holder.start()
        inside.wait(30)
        grow(object())
        holder.join()
        assert len(attempts) >= 3
        assert sizes(database) == {"a": 2}

    def test_concurrent_increments_add_up(self, database: Database) -> None:
        fill(database, "a")

        @database.writer
        def grow(context: Any) -> None:
            database.sql(context).thing_grow(name="a", by=1)

        def work() -> None:
            for _ in range(5):
                grow(object())

        assert _together(*[work] * 8) == []
        assert sizes(database) == {"a": 40}


class TestLoneStatements:
    def test_refused_before_it_wrote(self, database: Database) -> None:
        runs: list[int] = []

        @database.writer.autocommit
        def work(context: Any) -> None:
            runs.append(1)
            if len(runs) == 1:
                raise DBDeadlock("refused")
            database.sql(context).thing_create(values={"name": "a"})

        work(object())
        assert runs == [1, 1]
        assert list(sizes(database)) == ["a"]

    def test_what_has_written_is_not_run_again(self, database: Database) -> None:
        runs: list[int] = []

        @database.writer.autocommit
        def work(context: Any) -> None:
            runs.append(1)
            database.sql(context).thing_create(values={"name": "a"})
            raise DBDeadlock("refused")

        with pytest.raises(DBDeadlock):
            work(object())
        assert runs == [1]

    def test_a_write_that_matched_nothing_has_not_written(self, database: Database) -> None:
        runs: list[int] = []

        @database.writer.autocommit
        def work(context: Any) -> None:
            runs.append(1)
            assert database.sql(context).thing_grow(name="nobody", by=1) == 0
            if len(runs) == 1:
                raise DBDeadlock("refused")

        work(object())
        assert runs == [1, 1]


@SERVERS
class TestLostConnections:
    @pytest.fixture
    def proxy(self, url: str) -> Iterator[Proxy]:
        with Proxy(url) as proxy:
            yield proxy

    @pytest.fixture
    def far(self, proxy: Proxy, open_database: Open) -> Iterator[Database]:
        """A database behind the proxy."""
        database = open_database(proxy.url, pool_timeout=5.0)
        yield database
        database.dispose()

    def test_an_answer_to_a_commit(self, database: Database, proxy: Proxy, far: Database) -> None:
        """The row is there, and nobody could know: it is said, and not tried again."""
        runs: list[int] = []

        @far.writer
        def create(context: Any) -> None:
            runs.append(1)
            far.sql(context).thing_create(values={"name": "a"})
            proxy.lost_answer = b"COMMIT"

        with pytest.raises(DBOutcomeUnknown) as raised:
            create(object())
        assert type(raised.value) is DBOutcomeUnknown
        assert raised.value.statement == "COMMIT"
        assert raised.value.__cause__ is not None
        assert (runs, proxy.lost) == ([1], 1)
        assert list(sizes(database)) == ["a"]

    def test_a_commit_that_never_arrived(self, database: Database, proxy: Proxy, far: Database) -> None:
        """From here it looks the same."""
        runs: list[int] = []

        @far.writer
        def create(context: Any) -> None:
            runs.append(1)
            far.sql(context).thing_create(values={"name": "a"})
            proxy.lost_request = b"COMMIT"

        with pytest.raises(DBOutcomeUnknown):
            create(object())
        assert (runs, proxy.lost) == ([1], 1)
        assert sizes(database) == {}

    @pytest.mark.parametrize("arrives", [True, False], ids=["arrives", "gets-lost"])
    def test_a_lone_write(self, database: Database, proxy: Proxy, far: Database, arrives: bool) -> None:
        runs: list[int] = []

        @far.writer.autocommit
        def create(context: Any) -> None:
            runs.append(1)
            far.sql(context).thing_count()
            if arrives:
                proxy.lost_answer = b"rawdb:thing_create"
            else:
                proxy.lost_request = b"rawdb:thing_create"
            far.sql(context).thing_create(values={"name": "a"})

        with pytest.raises(DBOutcomeUnknown) as raised:
            create(object())
        assert raised.value.statement == "thing_create"
        assert (runs, proxy.lost) == ([1], 1)
        assert list(sizes(database)) == (["a"] if arrives else [])

    def test_inside_a_transaction(self, database: Database, proxy: Proxy, far: Database) -> None:
        """What was not committed is gone with its connection, so the function is run again, once."""
        runs: list[int] = []

        @far.writer
        def create(context: Any) -> None:
            runs.append(1)
            far.sql(context).thing_create(values={"name": "a"})
            proxy.lost_request = b"rawdb:thing_count" if len(runs) == 1 else None
            far.sql(context).thing_count()

        create(object())
        assert runs == [1, 1]
        assert list(sizes(database)) == ["a"]

    def test_inside_a_transaction_again_and_again(self, database: Database, proxy: Proxy, far: Database) -> None:
        proxy.lost_request = b"rawdb:thing_count"
        runs: list[int] = []

        @far.writer
        def create(context: Any) -> None:
            runs.append(1)
            far.sql(context).thing_create(values={"name": "a"})
            far.sql(context).thing_count()

        with pytest.raises(DBConnectionError) as raised:
            create(object())
        assert not isinstance(raised.value, DBOutcomeUnknown)
        assert runs == [1, 1]
        assert sizes(database) == {}

    def test_a_read(self, database: Database, proxy: Proxy, far: Database) -> None:
        fill(database, "a")
        far.reader(lambda context: None)(object())
        runs: list[int] = []

        @far.reader.autocommit
        def count(context: Any) -> int:
            runs.append(1)
            proxy.lost_answer = b"rawdb:thing_count" if len(runs) == 1 else None
            number: int = far.sql(context).thing_count()
            return number

        assert count(object()) == 1
        assert runs == [1, 1]

    def test_the_commit_of_a_transaction_known_to_be_gone(
        self, database: Database, proxy: Proxy, far: Database
    ) -> None:
        """An error swallowed inside: nothing can have been committed, and that is what is said."""
        with pytest.raises(DBConnectionError) as raised, far.writer.using(object()) as sql:
            sql.thing_create(values={"name": "a"})
            proxy.lost_request = b"rawdb:thing_count"
            with pytest.raises(DBConnectionError):
                sql.thing_count()
        assert not isinstance(raised.value, DBOutcomeUnknown)
        assert sizes(database) == {}

    def test_a_connection_cut_before_the_commit_is_sent(self, database: Database, proxy: Proxy, far: Database) -> None:
        runs: list[int] = []

        @far.writer
        def create(context: Any) -> None:
            runs.append(1)
            far.sql(context).thing_create(values={"name": "a"})
            if len(runs) == 1:
                proxy.cut()
                _until_stale(far)

        create(object())
        assert runs == [1, 1]
        assert list(sizes(database)) == ["a"]

    def test_a_pooled_connection_cut_while_idle(self, database: Database, proxy: Proxy, far: Database) -> None:
        """Nothing was under way, so nobody hears of it; neither a lone write nor a block that is not run again."""
        with far.writer.autocommit.using(None) as sql:
            sql.thing_count()
        proxy.cut()
        with far.writer.autocommit.using(None) as sql:
            sql.thing_create(values={"name": "a"})
        proxy.cut()
        with far.writer.using(None) as sql:
            sql.thing_create(values={"name": "b"})
        assert sorted(sizes(database)) == ["a", "b"]

    def test_the_server_ends_the_session_under_a_lone_write(self, database: Database) -> None:
        """Not by way of a proxy: the server itself says so, in its own words."""
        fill(database, "a")
        ready = threading.Event()
        numbers: list[int] = []
        text = "SELECT pg_backend_pid()" if database.url.dialect == "postgresql" else "SELECT CONNECTION_ID()"

        def note(name: str, text: str) -> None:
            if name == "thing_update":
                ready.set()

        with database.writer.using(object()) as locker:
            locker.thing_grow(name="a", by=1)

            def write() -> None:
                pool = database.pool()
                connection = pool.acquire()
                numbers.append(int(connection.run(Compiled("who", text)).rows[0][0]))
                pool.release(connection)
                with database.writer.autocommit.using(object()) as sql:
                    sql.thing_update(name="a", changes={"size": 100})

            database.observers.append(note)
            failures: list[BaseException] = []
            thread = threading.Thread(target=lambda: failures.extend(_failure(write)))
            thread.start()
            ready.wait(30)
            _until_waiting(database, numbers[0])
            kill(database, numbers[0])
            thread.join()
        [failure] = failures
        assert type(failure) is DBOutcomeUnknown
        assert sizes(database) == {"a": 1}

    def test_exhaustion_is_not_tried_again(self, url: str, open_database: Open) -> None:
        database = open_database(url, max_pool_size=1, max_overflow=0, pool_timeout=0.1)
        runs: list[int] = []

        @database.reader
        def read(context: Any) -> None:
            runs.append(1)
            database.sql(context).thing_count()

        pool = database.pool()
        held = pool.acquire()
        failures = _together(lambda: read(object()))
        pool.release(held)
        assert [type(failure) for failure in failures] == [DBPoolTimeout]
        assert runs == [1]


def _failure(function: Any) -> list[BaseException]:
    try:
        function()
    except BaseException as error:
        return [error]
    return []


def _together(*functions: Any) -> list[BaseException]:
    """Run functions in threads; what they raised."""
    failures: list[BaseException] = []
    threads = [threading.Thread(target=lambda one=one: failures.extend(_failure(one))) for one in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def _until_stale(database: Database) -> None:
    """Wait until this side's socket knows that the other end has gone."""
    [connection] = database.pool()._lent()
    raw = connection.raw
    descriptor = raw.fileno() if database.url.dialect == "postgresql" else raw._sock.fileno()
    readable, _, _ = select.select([descriptor], [], [], 30)
    assert readable


def _until_waiting(database: Database, number: int) -> None:
    """Wait until the server says that this session waits for a lock."""
    question = {
        "postgresql": f"SELECT COUNT(*) FROM pg_stat_activity WHERE pid = {number} AND wait_event_type = 'Lock'",
        "mysql": "SELECT COUNT(*) FROM information_schema.processlist"
        f" WHERE id = {number} AND info LIKE '%%thing_update%%'",
    }[database.url.dialect]
    deadline = time.monotonic() + 30
    with connected(database.url) as run:
        while not int(run(question).rows[0][0]):
            assert time.monotonic() < deadline
