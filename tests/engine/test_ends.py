"""Transactions that end from inside, sessions that are left changed, threads and tasks in one block."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import pickle
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

import pytest

from rawdb.dialects import parse_url
from rawdb.dialects.translation import filters, remove_filters
from rawdb.engine.database import Database
from rawdb.engine.retry import RetryPolicy
from rawdb.exceptions import (
    DBConnectionError,
    DBDataError,
    DBDeadlock,
    DBError,
    DBOutcomeUnknown,
    RetryRequest,
    StatementError,
)
from rawdb.statements.compiled import Compiled
from rawdb.statements.criteria import Predicate, equal
from rawdb.testing.databases import connected
from tests.engine.conftest import QUERIES, TABLES, Open
from tests.support.proxy import Proxy


def names(database: Database) -> list[str]:
    with database.reader.using(object()) as sql:
        return sorted(row["name"] for row in sql.thing_names())


def create(database: Database, name: str, context: Any = None) -> None:
    with database.writer.using(context) as sql:
        sql.thing_create(values={"name": name})


def outcome(function: Callable[[], Any]) -> BaseException | None:
    try:
        function()
    except BaseException as error:
        return error
    return None


@pytest.fixture
def proxy(url: str) -> Iterator[Proxy]:
    with Proxy(url) as made:
        yield made


@pytest.fixture
def far(proxy: Proxy, open_database: Open) -> Database:
    return open_database(proxy.url)


def parts(database: Database, context: Any) -> Generator[None]:
    """A generator that stops inside of a savepoint."""
    with database.writer.savepoint.using(context) as sql:
        sql.thing_create(values={"name": "inner"})
        yield


def started(generator: Generator[None]) -> Generator[None]:
    next(generator)
    return generator


def throw_away(thing: object) -> None:
    """Leave it to the collector."""
    circle = [thing]
    circle.append(circle)


class TestEndFromInside:
    @pytest.mark.parametrize(
        "text", ["COMMIT", "ROLLBACK", "/* a word */ commit", "BEGIN", "-- now\nROLLBACK", "END", "COMMIT AND CHAIN"]
    )
    @pytest.mark.parametrize("autocommit", [False, True])
    def test_transaction_control_is_refused(self, database: Database, text: str, autocommit: bool) -> None:
        entry = database.writer.autocommit if autocommit else database.writer
        with pytest.raises(DBError, match="would begin or end a transaction"), entry.using(None) as sql:
            sql.thing_create(values={"name": "a"})
            sql.execute(text)
        assert names(database) == (["a"] if autocommit else [])

    def test_savepoints_by_hand_are_not(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.execute("SAVEPOINT mine")
            sql.thing_create(values={"name": "a"})
            sql.execute("ROLLBACK TO SAVEPOINT mine")
            sql.thing_create(values={"name": "b"})
        assert names(database) == ["b"]

    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize("text", ["CREATE TABLE made (id INTEGER)", "LOCK TABLES things WRITE", "CALL ends()"])
    def test_what_commits_on_mysql(self, database: Database, text: str) -> None:
        runs: list[int] = []

        @database.writer
        def work(context: Any) -> None:
            runs.append(1)
            sql = database.sql(context)
            sql.thing_create(values={"name": "a"})
            failure = outcome(lambda: sql.execute(text))
            assert isinstance(failure, DBError)
            sql.thing_create(values={"name": "b"})

        with connected(database.url) as run:
            run("CREATE PROCEDURE ends() BEGIN COMMIT; END")
            try:
                # What was done before the statement is committed, and the error does not say otherwise.
                with pytest.raises(DBError, match="what was done in it is committed, as by DDL on MySQL") as raised:
                    work(None)
                assert "nothing of it" not in str(raised.value)
                assert "has ended the transaction" in str(raised.value.cause)
            finally:
                run("DROP PROCEDURE ends")
                run("DROP TABLE IF EXISTS made")
        assert runs == [1]
        assert names(database) == ["a"]
        create(database, "c")

    #: Procedures that end the transaction, and the size that stays of a row of size 1.
    PROCEDURES: ClassVar = {
        "UPDATE things SET size = 2; COMMIT": 2,
        "UPDATE things SET size = 2; COMMIT; START TRANSACTION": 2,
        "UPDATE things SET size = 2; COMMIT; START TRANSACTION; UPDATE things SET size = 3": 2,
        "ROLLBACK; START TRANSACTION; UPDATE things SET size = 3": 1,
        "SELECT 1; UPDATE things SET size = 2; COMMIT; SELECT 2": 2,
        "SELECT 1; SAVEPOINT a; COMMIT AND CHAIN; SELECT 2": 1,
    }

    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize("body", PROCEDURES)
    @pytest.mark.parametrize("how", ["execute", "execute_script", "savepoint"])
    def test_a_procedure_that_ends_it_is_noticed_at_once(self, database: Database, body: str, how: str) -> None:
        with connected(database.url) as run:
            run(f"CREATE PROCEDURE ends() BEGIN {body}; END")
        try:
            with pytest.raises(DBError, match="has ended the transaction of this block"):
                self.calls_it(database, how)
        finally:
            with connected(database.url) as run:
                run("DROP PROCEDURE ends")
                sizes = [row[0] for row in run("SELECT size FROM things").rows]
        assert sizes == ([] if body.startswith("ROLLBACK") else [self.PROCEDURES[body]])
        create(database, "c")

    @staticmethod
    def calls_it(database: Database, how: str) -> None:
        with database.writer.using(None) as sql:
            sql.thing_create(values={"name": "a", "size": 1})
            if how == "savepoint":
                with database.writer.savepoint.using(None):
                    sql.execute("CALL ends()")
            else:
                getattr(sql, how)("CALL ends()")

    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize("body", PROCEDURES)
    def test_a_procedure_where_statements_stand_alone(self, database: Database, body: str) -> None:
        create(database, "a")
        leaves_open = "START" in body or "CHAIN" in body
        with connected(database.url) as run:
            run("UPDATE things SET size = 1")
            run(f"CREATE PROCEDURE ends() BEGIN {body}; END")
        try:
            with database.writer.autocommit.using(None) as sql:
                failure = outcome(lambda: sql.execute("CALL ends()"))
                sizes = sql.execute("SELECT size FROM things").rows
        finally:
            with connected(database.url) as run:
                run("DROP PROCEDURE ends")
        assert ("has left a transaction open" in str(failure)) == leaves_open
        assert sizes == [(self.PROCEDURES[body],)]

    @pytest.mark.dialects("mysql")
    def test_a_procedure_that_leaves_the_transaction_alone(self, database: Database) -> None:
        with connected(database.url) as run:
            run("CREATE PROCEDURE helps() BEGIN SELECT 7; UPDATE things SET size = 2; SELECT 8; END")
        try:
            with database.writer.using(None) as sql:
                sql.thing_create(values={"name": "a", "size": 1})
                assert sql.execute("CALL helps()").rows == [(7,)]
                assert sql.execute("SELECT size FROM things").rows == [(2,)]
            with pytest.raises(KeyError), database.writer.using(None) as sql:
                sql.execute("CALL helps()")
                sql.thing_create(values={"name": "b"})
                raise KeyError
        finally:
            with connected(database.url) as run:
                run("DROP PROCEDURE helps")
        assert names(database) == ["a"]

    @pytest.mark.dialects("mysql", "postgresql")
    def test_a_procedure_that_fails_half_way_is_not_run_again(self, database: Database) -> None:
        """Where statements stand alone, those of a procedure do, too: what it did before a deadlock stays."""
        if database.dialect.name == "mysql":
            fail = "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213"
            text = f"CREATE PROCEDURE fails() BEGIN INSERT INTO parts (name) VALUES ('a'); {fail}; END"
        else:
            body = "BEGIN INSERT INTO parts (name) VALUES ('a'); COMMIT; RAISE EXCEPTION SQLSTATE '40P01'; END"
            text = f"CREATE PROCEDURE fails() LANGUAGE plpgsql AS '{body.replace(chr(39), 2 * chr(39))}'"
        runs: list[int] = []

        @database.writer.autocommit
        def work(context: Any) -> None:
            runs.append(1)
            database.sql(context).execute("CALL fails()")

        with connected(database.url) as run:
            run(text)
            try:
                with pytest.raises(DBDeadlock):
                    work(None)
                assert run("SELECT COUNT(*) FROM parts").rows == [(1,)]
            finally:
                run("DROP PROCEDURE fails")
        assert runs == [1]

    @pytest.mark.dialects("mysql")
    def test_a_procedure_that_ends_it_and_fails(self, database: Database) -> None:
        body = "COMMIT; START TRANSACTION; SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"
        with connected(database.url) as run:
            run(f"CREATE PROCEDURE ends() BEGIN {body}; END")
            try:
                with pytest.raises(DBError, match="has ended the transaction of this block"):
                    with database.writer.using(None) as sql:
                        sql.thing_create(values={"name": "a"})
                        with pytest.raises(DBError, match="has ended the transaction of this block"):
                            sql.execute("CALL ends()")
                        sql.thing_create(values={"name": "b"})
            finally:
                run("DROP PROCEDURE ends")
        assert names(database) == ["a"]

    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize(
        "text",
        [
            "SET autocommit = 1",
            "SET @@session.autocommit = 0",
            "SET sql_mode = '', autocommit = 0",
            "/*! COMMIT AND CHAIN */",
            "SET STATEMENT max_statement_time = 1 FOR COMMIT",
            "XA START 'x'",
        ],
    )
    @pytest.mark.parametrize("how", ["execute", "execute_script"])
    def test_what_else_would_end_it_is_not_sent(self, database: Database, text: str, how: str) -> None:
        with pytest.raises((DBError, StatementError)), database.writer.using(None) as sql:
            sql.thing_create(values={"name": "a"})
            getattr(sql, how)(text)
        assert names(database) == []

    def test_how_the_next_transaction_shall_be_is_not_the_next_borrowers(
        self, url: str, open_database: Open, dialect: str
    ) -> None:
        if dialect == "sqlite":
            return
        database = open_database(url, max_pool_size=1, max_overflow=0)
        with database.writer.autocommit.using(None) as sql:
            sql.execute("SET TRANSACTION READ ONLY")
            sql.thing_create(values={"name": "a"})
        assert names(database) == ["a"]

    @pytest.mark.dialects("mysql")
    def test_an_error_that_ends_it(self, database: Database) -> None:
        """As with innodb_rollback_on_timeout: the error says nothing of it, and the next write would stand alone."""
        with connected(database.url) as run:
            run("CREATE PROCEDURE breaks() BEGIN ROLLBACK; SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = 1205; END")
            try:
                with pytest.raises(DBDeadlock, match="nothing of it"), database.writer.using(None) as sql:
                    sql.thing_create(values={"name": "a"})
                    with pytest.raises(DBDeadlock):
                        sql.execute("CALL breaks()")
                    sql.thing_create(values={"name": "b"})
            finally:
                run("DROP PROCEDURE breaks")
        assert names(database) == []

    @pytest.mark.dialects("mysql")
    def test_a_session_that_does_not_commit(self, database: Database) -> None:
        connection = database.pool().acquire()
        connection.run(Compiled("off", "SET autocommit = 0"))
        with pytest.raises(DBError, match="nothing was changed"):
            connection.run(Compiled("insert", "INSERT INTO parts (name) VALUES ('x')"), lone_write=True)
        database.pool().release(connection)
        with database.writer.autocommit.using(None) as sql:
            with pytest.raises(DBError, match="does not commit by itself"):
                sql.execute("SET autocommit = 0")
            sql.thing_create(values={"name": "a"})
        assert names(database) == ["a"]


class TestSessions:
    LEFT: ClassVar[dict[str, list[tuple[str, str]]]] = {
        "postgresql": [
            ("SET statement_timeout = 12345", "SELECT current_setting('statement_timeout')"),
            (
                "CREATE TEMPORARY TABLE left_here AS SELECT 1 AS n",
                "SELECT COUNT(*) FROM pg_tables WHERE tablename = 'left_here'",
            ),
            ("SELECT pg_advisory_lock(77)", "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77"),
            ("SELECT set_config('lock_timeout', '77ms', false)", "SELECT current_setting('lock_timeout')"),
        ],
        "mysql": [
            ("SET sql_mode = ''", "SELECT @@sql_mode"),
            ("SET @mine = 1", "SELECT @mine"),
            ("SELECT 7 INTO @other", "SELECT @other"),
            ("SELECT GET_LOCK('left_here', 0)", "SELECT IS_FREE_LOCK('left_here')"),
            ("SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SELECT @@tx_isolation"),
        ],
        "sqlite": [
            ("PRAGMA recursive_triggers = 1", "PRAGMA recursive_triggers"),
            ("CREATE TEMP TABLE left_here (n INTEGER)", "SELECT COUNT(*) FROM sqlite_temp_master"),
        ],
    }

    def test_nothing_is_left_for_the_next_borrower(self, url: str, open_database: Open) -> None:
        database = open_database(url, max_pool_size=1, max_overflow=0)
        for change, look in self.LEFT[database.url.dialect]:
            with database.reader.using(None) as sql:
                before = sql.execute(look).rows
            with database.writer.autocommit.using(None) as sql:
                sql.execute(change)
            with database.reader.using(None) as sql:
                assert sql.execute(look).rows == before, change

    @pytest.mark.dialects("postgresql")
    def test_the_styles_of_a_role_change_no_value(self, url: str, open_database: Open) -> None:
        """The driver reads times in one style, and numbers only as whole as they are shown."""
        text = (
            "SELECT TIMESTAMP '2020-03-04 05:06:07.8' AS a, TIMESTAMPTZ '2020-03-04 05:06:07Z' AS b,"
            " DATE '2020-03-04' AS c, INTERVAL '1 day 2 hours' AS d, 0.1::float8 + 0.2 AS e, 0.1::real AS f"
        )
        styles = ("DateStyle = 'German, DMY'", "IntervalStyle = 'iso_8601'", "extra_float_digits = -10")
        name = parse_url(url).database
        with connected(url) as run:
            before = open_database(url).reader.using(None)
            with before as sql:
                wanted = sql.execute(text).rows
            try:
                for style in styles:
                    run(f'ALTER DATABASE "{name}" SET {style}')
                with open_database(url).reader.using(None) as sql:
                    assert sql.execute(text).rows == wanted
                    sql.execute("SET LOCAL IntervalStyle = 'iso_8601'")
                    with pytest.raises(DBDataError, match="d: 'P1DT2H' cannot be read: can't parse interval"):
                        sql.execute("SELECT INTERVAL '1 day 2 hours' AS d")
            finally:
                run(f'ALTER DATABASE "{name}" RESET ALL')

    def test_what_leaves_nothing_costs_no_connection(self, database: Database) -> None:
        pool = database.pool()
        connection = pool.acquire()
        pool.release(connection)
        with database.writer.using(None) as sql:
            sql.thing_create(values={"name": "a", "size": 1})
            sql.thing_update(name="a", changes={"size": 2})
            if database.url.dialect == "postgresql":
                sql.execute("SET LOCAL statement_timeout = 10000")
        assert pool.acquire() is connection
        pool.release(connection)

    def test_the_hook_of_the_check_in(self, url: str, open_database: Open) -> None:
        seen: list[Any] = []
        database = open_database(url, on_checkin=[seen.append])
        create(database, "a")
        assert len(seen) == 1

        def fail(raw: Any) -> None:
            raise ZeroDivisionError

        other = open_database(url, on_checkin=[fail])
        pool = other.pool()
        connection = pool.acquire()
        pool.release(connection)
        assert connection.evicted
        assert pool.lent == 0


class TestThreads:
    def test_a_second_thread_in_one_handle_is_refused(self, database: Database) -> None:
        """While a statement runs in the first; a block may be handed over, as frameworks do."""
        inside, done = threading.Event(), threading.Event()
        failures: list[BaseException | None] = []
        with database.writer.using(None) as sql:
            sql.thing_create(values={"name": "a"})

            def wait(name: str, text: str) -> None:
                if name == "thing_count":
                    inside.set()
                    done.wait(60)

            def second() -> None:
                inside.wait(60)
                failures.append(outcome(lambda: sql.thing_create(values={"name": "b"})))
                done.set()

            database.observers.append(wait)
            thread = threading.Thread(target=second, name="the-second")
            thread.start()
            assert sql.thing_count() == 1
            thread.join()
            database.observers.clear()
            handed = threading.Thread(target=lambda: sql.thing_create(values={"name": "c"}))
            handed.start()
            handed.join()
        [failure] = failures
        assert type(failure) is DBError
        assert "MainThread" in str(failure)
        assert "the-second" in str(failure)
        assert names(database) == ["a", "c"]

    def test_a_block_is_left_in_another_thread(self, database: Database) -> None:
        """A generator that is collected elsewhere, a framework's dependency: the first thread goes on as if at home."""
        context = object()
        block = database.writer.using(context)
        block.__enter__().thing_create(values={"name": "a"})
        failures: list[BaseException | None] = []

        def leave() -> None:
            failures.append(outcome(lambda: block.__exit__(None, None, None)))
            failures.append(outcome(lambda: create(database, "b", context)))

        thread = threading.Thread(target=leave)
        thread.start()
        thread.join()
        assert failures == [None, None]
        create(database, "c", context)
        assert names(database) == ["a", "b", "c"]

    @pytest.fixture
    def no_collector(self) -> Iterator[None]:
        gc.collect()
        gc.disable()
        yield
        gc.enable()

    @pytest.mark.parametrize("where", ["another thread", "a statement"])
    def test_a_savepoint_in_a_generator_that_is_thrown_away(
        self, database: Database, no_collector: None, where: str
    ) -> None:
        """The collector ends it at a bad place: nothing is sent from there, and nothing is committed."""
        sent: list[tuple[str, int]] = []
        collects = where == "a statement"

        def observe(name: str, text: str) -> None:
            sent.append((name, threading.get_ident()))
            if collects and name == "thing_count":
                gc.collect()

        context = object()
        with pytest.raises(DBConnectionError, match="nothing was committed"), database.writer.using(context) as sql:
            sql.thing_create(values={"name": "outer"})
            throw_away(started(parts(database, context)))
            database.observers.append(observe)
            if collects:
                assert sql.thing_count() == 2
            else:
                thread = threading.Thread(target=gc.collect)
                thread.start()
                thread.join()
            with pytest.raises(DBConnectionError):
                sql.thing_count()
        me = threading.get_ident()
        assert sent == ([("thing_count", me)] if collects else [])
        database.observers.clear()
        assert names(database) == []
        assert database.lent() == []

    def test_a_savepoint_in_a_generator_that_is_closed(self, database: Database) -> None:
        context = object()
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "outer"})
            started(parts(database, context)).close()
            assert sql.thing_count() == 1
            late = started(parts(database, context))
        sent: list[str] = []
        database.observers.append(lambda name, text: sent.append(name))
        late.close()
        assert sent == [], "the block is over, and its connection may be somebody else's"
        database.observers.clear()
        assert names(database) == ["inner", "outer"]

    def test_two_tasks_on_one_context_are_refused(self, database: Database) -> None:
        context = object()

        async def first(entered: asyncio.Event, refused: asyncio.Event) -> None:
            with database.writer.using(context) as sql:
                sql.thing_create(values={"name": "first"})
                entered.set()
                await refused.wait()
                # Its own block is still its own.
                create(database, "inner", context)
                database.sql(context).thing_count()

        async def second(entered: asyncio.Event, refused: asyncio.Event) -> None:
            await entered.wait()
            try:
                with pytest.raises(DBError, match="in another task"):
                    create(database, "second", context)
                with pytest.raises(DBError, match="in another task"):
                    database.sql(context)
                if database.url.dialect != "sqlite":
                    create(database, "elsewhere", object())
            finally:
                refused.set()

        async def main() -> None:
            entered, refused = asyncio.Event(), asyncio.Event()
            await asyncio.gather(first(entered, refused), second(entered, refused))

        asyncio.run(main())
        assert names(database) == (["elsewhere"] if database.url.dialect != "sqlite" else []) + ["first", "inner"]


class TestRetry:
    @pytest.mark.dialects("postgresql", "mysql")
    @pytest.mark.parametrize("mode", ["NOWAIT", "once"])
    def test_who_does_not_want_to_wait_is_not_run_again(self, database: Database, mode: str) -> None:
        create(database, "a")
        runs: list[int] = []
        text = "SELECT t.id FROM things AS t WHERE t.name = 'a' FOR UPDATE NOWAIT"

        def work(context: Any) -> None:
            runs.append(1)
            if mode == "once":
                raise DBDeadlock("in the way")
            database.sql(context).execute(text)

        with database.writer.using(object()) as sql:
            sql.thing_grow(name="a", by=1)
            with pytest.raises(DBDeadlock):
                (database.writer.once if mode == "once" else database.writer)(work)(object())
        assert runs == [1]

    def test_a_request_after_a_lone_write(self, database: Database) -> None:
        runs: list[int] = []

        @database.writer.autocommit
        def work(context: Any) -> None:
            runs.append(1)
            database.sql(context).thing_create(values={"name": f"run-{len(runs)}"})
            raise RetryRequest(DBError("lost a race"))

        with pytest.raises(DBError, match="lost a race"):
            work(None)
        assert names(database) == ["run-1"]

    @pytest.mark.dialects("postgresql", "mysql")
    @pytest.mark.parametrize("autocommit", [False, True])
    def test_what_was_committed_inside_is_not_done_again(self, database: Database, autocommit: bool) -> None:
        runs: list[int] = []
        inner = database.writer.independent

        @database.writer
        def outer(context: Any) -> None:
            runs.append(1)
            with (inner.autocommit if autocommit else inner).using(context) as sql:
                sql.thing_create(values={"name": f"run-{len(runs)}"})
            raise DBDeadlock("in the way")

        with pytest.raises(DBDeadlock):
            outer(object())
        assert names(database) == ["run-1"]

    @pytest.mark.dialects("postgresql", "mysql")
    def test_a_rule_does_not_hide_an_unknown_outcome(self, database: Database, proxy: Proxy, far: Database) -> None:
        @filters()
        def as_deadlock(error: BaseException, match: Any, dialect: str, lost: bool) -> Exception | None:
            return DBDeadlock("a rule of one's own") if lost else None

        runs: list[int] = []

        @far.writer
        def work(context: Any) -> None:
            runs.append(1)
            far.sql(context).thing_create(values={"name": f"run-{len(runs)}"})
            proxy.lost_answer = b"COMMIT"

        try:
            with pytest.raises(DBOutcomeUnknown):
                work(None)
        finally:
            remove_filters(as_deadlock)
            proxy.lost_answer = None
        assert names(database) == ["run-1"]

    def test_a_rule_that_makes_a_lost_connection(self, database: Database) -> None:
        """Such a connection is not used again."""

        @filters(regex="no_such_table")
        def as_lost(error: BaseException, match: Any, dialect: str, lost: bool) -> Exception | None:
            return DBConnectionError("a rule of one's own")

        try:
            connection = database.pool().acquire()
            with pytest.raises(DBConnectionError):
                connection.run(Compiled("missing", "SELECT n.id FROM no_such_table AS n"))
            assert connection.evicted
            database.pool().release(connection)
        finally:
            remove_filters(as_lost)

    @pytest.mark.dialects("postgresql", "mysql")
    def test_a_look_at_the_data_that_fails_too(self, database: Database, proxy: Proxy, far: Database) -> None:
        """DBOutcomeUnknown, caught as the docs advise: what may have happened is not done a second time."""
        runs: list[int] = []

        @far.writer.autocommit
        def work(context: Any) -> None:
            runs.append(1)
            sql = far.sql(context)
            proxy.lost_answer = b"thing_create"
            with pytest.raises(DBOutcomeUnknown):
                sql.thing_create(values={"name": f"run-{len(runs)}"})
            raise DBConnectionError("the look at the data lost its connection, too")

        with pytest.raises(DBConnectionError):
            work(None)
        proxy.lost_answer = None
        assert runs == [1]
        assert names(database) == ["run-1"]

    @pytest.mark.dialects("postgresql", "mysql")
    def test_a_function_that_writes_behind_a_select(self, database: Database, proxy: Proxy, far: Database) -> None:
        """A read that may write is not sent a second time when its answer is lost."""
        body = {
            "postgresql": "CREATE FUNCTION sly() RETURNS INTEGER LANGUAGE SQL AS "
            "$$ INSERT INTO parts (name) VALUES ('sly') RETURNING 1 $$",
            "mysql": "CREATE FUNCTION sly() RETURNS INTEGER MODIFIES SQL DATA "
            "BEGIN INSERT INTO parts (name) VALUES ('sly'); RETURN 1; END",
        }[database.url.dialect]

        @far.reader.autocommit
        def work(context: Any) -> None:
            far.sql(context).execute("SELECT sly()")

        with connected(database.url) as run:
            run(body)
            try:
                far.server_version()
                proxy.lost_answer = b"sly"
                with pytest.raises(DBOutcomeUnknown):
                    work(None)
                proxy.lost_answer = None
                assert int(run("SELECT COUNT(*) FROM parts").rows[0][0]) == 1
            finally:
                run("DROP FUNCTION sly")

    @pytest.mark.dialects("postgresql")
    def test_a_stale_plan_in_a_function(self, url: str, open_database: Open) -> None:
        """Every pooled session has it; none of them is tried one after the other."""
        database = open_database(url + "?prepare_threshold=0")
        pool = database.pool()
        text = "SELECT c.* FROM changing AS c"
        with connected(url) as run:
            run("CREATE TABLE changing (a INTEGER)")
            try:
                connections = [pool.acquire() for _ in range(4)]
                for connection in connections:
                    connection.run(Compiled("read", text))
                    connection.run(Compiled("read", text))
                for connection in connections:
                    pool.release(connection)
                run("ALTER TABLE changing ADD COLUMN b INTEGER")
                read = database.reader(lambda context: database.sql(context).execute(text).columns)
                assert read(object()) == ("a", "b")
            finally:
                run("DROP TABLE changing")

    def test_a_table_that_is_younger_than_the_snapshot(self, database: Database) -> None:
        """MySQL refuses to read it (1412); the function that reads is run again, a block of one's own is told."""
        runs: list[int] = []

        def work(context: Any) -> list[tuple[Any, ...]]:
            runs.append(1)
            sql = database.sql(context)
            sql.execute("SELECT t.id FROM things AS t")
            if len(runs) == 1:
                rebuild()
            return sql.execute("SELECT n.name FROM late AS n").rows

        def rebuild() -> None:
            with connected(database.url) as run:
                run("DROP TABLE IF EXISTS late")
                run("CREATE TABLE late (name VARCHAR(40))")

        refuses = database.dialect.name == "mysql"
        rebuild()
        try:
            assert database.reader(work)(object()) == []
            assert len(runs) == (2 if refuses else 1)
            runs.clear()
            if refuses:
                with pytest.raises(DBError, match=r"[Tt]able definition has changed") as raised:
                    with database.reader.using(None):
                        work(None)
                assert raised.value.code == 1412
        finally:
            with connected(database.url) as run:
                run("DROP TABLE late")

    @pytest.mark.dialects("mysql")
    def test_a_statement_that_is_too_large(self, database: Database) -> None:
        with connected(database.url) as run:
            limit = int(run("SELECT @@max_allowed_packet").rows[0][0])
        runs: list[int] = []

        @database.writer
        def work(context: Any) -> None:
            runs.append(1)
            database.sql(context).execute("SELECT LENGTH(:text)", {"text": "x" * (limit + 10)})

        with pytest.raises(DBDataError, match=rf"bytes, where the server takes {limit:,} \(max_allowed_packet\)"):
            work(None)
        assert runs == [1]
        create(database, "b")
        assert names(database) == ["b"]


class TestIsolation:
    def test_per_block_and_per_database(self, url: str, open_database: Open) -> None:
        database = open_database(url)
        if database.url.dialect == "sqlite":
            create(database, "a")
            with database.reader.isolation("serializable").using(None) as sql:
                assert sql.thing_count() == 1
            return
        ask = {"postgresql": "SHOW transaction_isolation", "mysql": "SELECT @@tx_isolation"}[database.url.dialect]

        def level(entry: Any) -> str:
            with entry.using(object()) as sql:
                return str(sql.execute(ask).rows[0][0]).lower().replace("-", " ")

        if database.url.dialect == "postgresql":
            assert level(database.writer.isolation("SERIALIZABLE")) == "serializable"
            assert level(database.reader.isolation("repeatable_read")) == "repeatable read"
            assert level(database.writer) == "read committed"
        other = open_database(url, isolation_level="serializable")
        assert level(other.writer) == "serializable"
        assert level(other.reader.autocommit) == "serializable"

    @pytest.mark.dialects("mysql")
    def test_what_a_block_of_mysql_really_has(self, database: Database) -> None:
        """The variable is the session's; what counts is what is seen."""
        create(database, "a")
        for chosen, seen in (("READ COMMITTED", 2), ("REPEATABLE READ", 1)):
            with database.reader.isolation(chosen).using(object()) as sql:
                assert sql.thing_count() == 1
                create(database, "b")
                assert sql.thing_count() == seen
            with database.writer.using(None) as sql:
                sql.execute("DELETE FROM things WHERE name = 'b'")

    def test_what_contradicts_itself(self, database: Database) -> None:
        with pytest.raises(ValueError, match="isolation takes READ UNCOMMITTED, "):
            database.writer.isolation("chaos; DROP TABLE things")
        with pytest.raises(ValueError, match="isolation takes"):
            Database(database.url, isolation_level="chaos")
        with pytest.raises(TypeError, match="lone statements"):
            database.writer.autocommit.isolation("SERIALIZABLE")
        with pytest.raises(TypeError, match="lone statements"):
            _ = database.writer.isolation("SERIALIZABLE").autocommit
        with database.writer.using(None), pytest.raises(TypeError, match="is not SERIALIZABLE"):
            with database.reader.isolation("SERIALIZABLE").using(None):
                pass


class TestServers:
    @pytest.mark.dialects("postgresql")
    def test_plans(self, url: str, open_database: Open) -> None:
        ask = "SELECT current_setting('plan_cache_mode')"

        def mode(address: str, **options: Any) -> str:
            with open_database(address, **options).reader.using(None) as sql:
                return str(sql.execute(ask).rows[0][0])

        assert mode(url) == "auto"
        assert mode(url, postgresql_plan_cache_mode="force_custom_plan") == "force_custom_plan"
        assert mode(f"{url}?options=-c%20plan_cache_mode%3Dforce_generic_plan") == "force_generic_plan"
        with pytest.raises(ValueError, match="postgresql_plan_cache_mode takes"):
            Database(url, postgresql_plan_cache_mode="best")

    @pytest.mark.dialects("postgresql")
    def test_plans_are_not_compiled_unless_the_url_says_so(self, url: str, open_database: Open) -> None:
        for address, expected in ((url, "off"), (f"{url}?options=-c%20jit%3Don", "on")):
            with open_database(address).reader.using(None) as sql:
                assert sql.execute("SHOW jit").rows == [(expected,)]

    @pytest.mark.dialects("postgresql")
    def test_what_is_prepared(self, url: str, open_database: Open) -> None:
        """What finds its rows by equal values: of all else the plan hangs on the values, so it is made for them."""
        ask = "SELECT statement FROM pg_prepared_statements"

        def prepared(**options: Any) -> set[str]:
            with open_database(url, **options).reader.using(None) as sql:
                for size in range(12):
                    sql.thing_get(name="a", read_deleted="no")
                    sql.thing_ids_of(names=["a"])
                    sql.execute("SELECT t.id FROM things AS t WHERE t.size > :size", {"size": size})
                found = [row[0] for row in sql.execute(ask).rows]
            return {name for name in ("thing_get ", "thing_ids_of ", "t.size >") for text in found if name in text}

        assert prepared() == {"thing_get "}
        assert prepared(postgresql_plan_cache_mode="force_custom_plan") == {"thing_get ", "thing_ids_of ", "t.size >"}

    @pytest.mark.dialects("postgresql")
    def test_what_else_is_equal_is_prepared(self, url: str, open_database: Open, tmp_path: Path) -> None:
        """A list of numbers that the server gave, IN, the CASE of an UPDATE, the filters of one."""
        (tmp_path / "t.sql").write_text(
            dedent(
                """
                -- name: t_by_ids(id)
                -- Things by their numbers.
                SELECT t.name FROM t AS t WHERE t.id IN (/*{list ids}*/ :id /*{}*/);

                -- name: t_named(name)
                -- Things of a name, or of none.
                SELECT t.id FROM t AS t WHERE t.name IN (:name, '');

                -- name: t_resize(id, size)!
                -- New sizes of some things.
                UPDATE t
                   SET size = CASE id /*{repeat sizes}*/ WHEN :id THEN :size /*{}*/ ELSE size END
                 WHERE /*{any sizes}*/ (id = :id AND size <> 0) /*{}*/;

                -- name: t_clear(size)!
                -- Empty some things.
                UPDATE t SET size = 0 WHERE /*{filters}*/ size = :size /*{}*/;
                """
            )
        )
        database = open_database(url, queries=tmp_path, tables=None)
        with connected(url) as run:
            run("CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text, size int)")
        try:
            with database.writer.using(None) as sql:
                for _ in range(12):
                    sql.t_by_ids(ids=[1, 2])
                    sql.t_named(name="a")
                    sql.t_resize(sizes=[{"id": 1, "size": 2}])
                    sql.t_clear(filters=[equal("size", 5)])
                    sql.t_clear(filters=[Predicate("size", ">", 7)])
                found = [row[0] for row in sql.execute("SELECT statement FROM pg_prepared_statements").rows]
        finally:
            with connected(url) as run:
                run("DROP TABLE t")
        prepared = {text.partition("rawdb:")[2].partition(" ")[0] for text in found}
        assert {"t_by_ids", "t_named", "t_resize", "t_clear"} <= prepared
        assert not [text for text in found if '"size" > ' in text]

    @pytest.mark.dialects("postgresql", "mysql")
    def test_a_replica_that_is_down(self, url: str, open_database: Open) -> None:
        with Proxy(url) as proxy:
            nobody = proxy.url
        database = open_database(url, slave_connection=nobody)
        create(database, "a")
        with database.reader.async_.using(None) as sql:
            assert sql.thing_count() == 1
        with database.reader.async_.autocommit.using(None) as sql:
            assert sql.thing_count() == 1
        assert database.pool(replica=True) is database.pool()
        strict = open_database(url, slave_connection=nobody, replica_fallback=False, restart_timeout=0)
        with pytest.raises(DBConnectionError), strict.reader.async_.using(None) as sql:
            sql.thing_count()

    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize("query", ["sslmode=verify-full", "tls=true", "ssl_mode=REQUIRED", "ssl=disabled"])
    def test_what_asks_for_tls_and_is_not_understood(self, url: str, open_database: Open, query: str) -> None:
        with pytest.raises(ValueError, match="of a mysql URL"):
            open_database(f"{url}?{query}").server_version()

    @pytest.mark.dialects("postgresql", "mysql")
    def test_calls_wait_while_a_server_restarts(self, url: str, open_database: Open) -> None:
        with Proxy(url) as first:
            address, port = first.url, first._listener.getsockname()[1]
            database = open_database(address, restart_timeout=20)
            create(database, "a")
        failures: list[BaseException | None] = []
        asked = threading.Event()

        def work() -> None:
            asked.set()
            failures.append(outcome(lambda: create(database, "b", object())))

        thread = threading.Thread(target=work)
        thread.start()
        asked.wait(60)
        until = time.monotonic() + 0.5
        while time.monotonic() < until and thread.is_alive():
            thread.join(0.05)
        assert thread.is_alive(), failures
        with Proxy(url, port) as second:
            thread.join(60)
            assert second.url == address
            assert failures == [None]
            assert names(database) == ["a", "b"]
            database.dispose()
        impatient = open_database(address, restart_timeout=0)
        assert isinstance(outcome(lambda: create(impatient, "c")), DBConnectionError)

    @pytest.mark.dialects("postgresql", "mysql")
    def test_at_the_servers_limit(self, url: str, open_database: Open) -> None:
        """Whoever finds no room takes the connection that comes back."""
        code = "53300" if url.startswith("postgresql") else 1040
        database = open_database(url, max_pool_size=2, pool_timeout=30)
        pool = database.pool()
        connection = pool.acquire()
        connect = pool._connect

        def full() -> Any:
            asked.set()
            error = DBConnectionError("too many connections")
            error.code = code
            raise error

        asked = threading.Event()
        pool._connect = full
        taken: list[Any] = []
        thread = threading.Thread(target=lambda: taken.append(pool.acquire()))
        thread.start()
        asked.wait(60)
        pool.release(connection)
        thread.join(60)
        assert taken == [connection]
        pool._connect = connect
        pool.release(connection)
        assert pool.lent == 0


def _in_another_process(database: Database, answers: Any) -> None:
    create(database, "from the other process")
    answers.put(database.url.dialect)


def test_a_database_goes_to_a_process_that_is_spawned(url: str, open_database: Open) -> None:
    database = open_database(url)
    create(database, "a")
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_in_another_process, args=(database, answers))
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert answers.get() == database.url.dialect
    assert names(database) == ["a", "from the other process"]
    again = pickle.loads(pickle.dumps(database.writer))
    assert again._resolve().url == database.url


@pytest.mark.dialects("sqlite")
def test_a_file_that_was_removed(url: str, tmp_path: Path) -> None:
    """SQLite itself goes on writing it, and nobody will ever read that."""
    path = tmp_path / "own.db"
    # Not the file alone: what the test before took out of its tables may stand in the log beside it.
    with closing(sqlite3.connect(str(parse_url(url).database))) as raw:
        raw.execute("VACUUM INTO ?", (str(path),))
    database = Database(f"sqlite:///{path}", queries=QUERIES, tables=TABLES)
    create(database, "a")
    strict = Database(database.url, queries=QUERIES, tables=TABLES, max_retries=0, retry=RetryPolicy(limit=0))
    with pytest.raises(DBConnectionError, match="nothing was changed"), strict.writer.using(None) as sql:
        sql.thing_create(values={"name": "b"})
        path.rename(path.with_suffix(".moved"))
    with pytest.raises(DBError):
        create(strict, "c")
    strict.dispose()
    database.dispose()


@pytest.mark.dialects("sqlite")
def test_memory_as_sqlite_writes_it(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite:///file::memory:?cache=shared", "sqlite:///file:shared?mode=memory&cache=shared"):
        database = Database(url)
        with database.writer.using(None) as sql:
            sql.execute("CREATE TABLE t (id INTEGER)")
        with database.reader.using(None) as sql:
            assert sql.execute("SELECT COUNT(*) FROM t").rows == [(0,)]
        database.dispose()
    assert list(tmp_path.iterdir()) == []
