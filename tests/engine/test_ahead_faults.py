"""What goes wrong where statements share a message: nothing is lost, done twice, or said of another statement."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.engine.retry import NO_RETRY
from rawdb.exceptions import DBConnectionError, DBError, DBInvalidUnicodeParameter, DBNonExistentTable, StatementError
from rawdb.testing.databases import connected
from tests.engine.conftest import Open
from tests.engine.test_interrupts import Injected, Interrupt
from tests.support.proxy import Proxy

pytestmark = pytest.mark.dialects("postgresql", "mysql")


def names(database: Database) -> list[str]:
    with database.reader.using(object()) as sql:
        return [row["name"] for row in sql.thing_names()]


class TestLostConnections:
    @pytest.mark.parametrize("way", ["stream", "result", "session", "call", "savepoint", "many"])
    def test_nothing_that_waited_is_left_out(self, url: str, proxy: Proxy, open_database: Open, way: str) -> None:
        """What is sent before something that goes alone is sent once more with it."""
        database = open_database(proxy.url, retry=NO_RETRY)
        call = "DO $$ BEGIN END $$"
        if database.url.dialect == "mysql":
            call = "CALL does_nothing()"
            with connected(url) as run:
                run("DROP PROCEDURE IF EXISTS does_nothing")
                run("CREATE PROCEDURE does_nothing() SET @nothing = 1")
        assert names(database) == []
        begun: list[str] = []
        database.observers.append(proxy.losing_the_first(begun))
        context = object()
        with database.writer.using(context) as sql:
            pending = sql.things_create.ahead(values=[{"name": "a"}])
            if way == "stream":
                with sql.thing_names.stream() as rows:
                    assert [row["name"] for row in rows] == ["a"]
            elif way == "result":
                assert pending.result() == 1
            elif way == "session":
                sql.execute("SET SESSION TRANSACTION READ WRITE" if database.url.dialect == "mysql" else "RESET jit")
            elif way == "savepoint":
                with database.writer.savepoint.using(context):
                    pass
            elif way == "many":
                sql.thing_grow.many([{"name": "b", "by": 1}, {"name": "c", "by": 1}])
            else:
                sql.execute(call)
            assert pending.result() == 1
        assert begun.count("BEGIN") == 2
        assert names(database) == ["a"]

    def test_a_savepoint_comes_first(self, proxy: Proxy, open_database: Open) -> None:
        database = open_database(proxy.url, retry=NO_RETRY)
        assert names(database) == []
        begun: list[str] = []
        database.observers.append(proxy.losing_the_first(begun))
        context = object()
        with database.writer.using(context), database.writer.savepoint.using(context) as sql:
            sql.things_create(values=[{"name": "a"}])
        assert names(database) == ["a"]

    def test_silence_is_the_statement_s(self, proxy: Proxy, open_database: Open) -> None:
        database = open_database(proxy.url, retry=NO_RETRY, read_timeout=0.5, connect_timeout=0.5)
        assert names(database) == []
        slow = {"mysql": "SELECT SLEEP(3)", "postgresql": "SELECT pg_sleep(3)"}[database.url.dialect]
        with pytest.raises(DBConnectionError) as caught, database.reader.using(object()) as sql:
            sql.execute(slow)
        assert caught.value.statement == "execute"

    def test_each_statement_has_its_time(self, url: str, open_database: Open, tmp_path: Any) -> None:
        """The server is silent for as long as all of them take."""
        pause = {"mysql": "SLEEP(0.3)", "postgresql": "CAST(pg_sleep(0.3) AS text)"}
        dialect = "mysql" if url.startswith("mysql") else "postgresql"
        (tmp_path / "pause.sql").write_text(f"-- name: pause()$\n-- A while.\nSELECT {pause[dialect]} AS nothing;\n")
        database = open_database(url, queries=tmp_path, retry=NO_RETRY, read_timeout=0.5)
        with database.reader.using(object()) as sql:
            sql.pause.ahead()
            sql.pause.ahead()
            sql.pause()


class TestAKilledSession:
    def test_says_so(self, database: Database, sent: list[str]) -> None:
        """The server's own words, and the statement that it was at, which is not sent again."""
        kill = {
            "mysql": "KILL CONNECTION_ID()",
            "postgresql": "SELECT pg_terminate_backend(pg_backend_pid())",
        }[database.url.dialect]
        with pytest.raises(DBError) as caught, database.writer.using(object()) as sql:
            sql.things_create.ahead(values=[{"name": "a"}])
            sql.execute(kill)
        assert isinstance(caught.value, DBConnectionError), caught.value
        assert caught.value.statement == "execute"
        if database.url.dialect == "postgresql":
            assert caught.value.code == "57P01"
        assert sent == ["BEGIN", "things_create", "execute"]
        assert names(database) == []


class TestSeveralStatementsInOneText:
    @pytest.mark.dialects("mysql")
    @pytest.mark.parametrize(
        "text",
        [
            "UPDATE things SET note = 'a\\\\b' WHERE name = 'x'; DELETE FROM things",
            "SELECT 1 --1; DELETE FROM things",
            "SELECT 1 /*! ; DELETE FROM things */",
            "SELECT 1 /*M! ; DELETE FROM things */",
            "SELECT 1 AS `trigger`; DELETE FROM things",
            "SELECT 'trigger', 1 AS procedure_; DELETE FROM things",
            "SELECT 1 FROM things AS trigger; DELETE FROM things",
            "SELECT '\\'' ; DELETE FROM things -- '",
            "SELECT 1 /* /* */ ; DELETE FROM things -- */",
            "CREATE PROCEDURE nothing_done() BEGIN SELECT 1; END; DELETE FROM things",
            "SELECT 1 \\; DELETE FROM things",
        ],
    )
    @pytest.mark.parametrize("way", ["block", "lone", "stream", "second"])
    def test_is_none_for_the_server(self, database: Database, text: str, way: str) -> None:
        """Whatever is read into a text here, the server takes it for one."""
        with database.writer.using(object()) as sql:
            sql.thing_create(values={"name": "kept"})
        try:
            if way == "lone":
                with database.writer.autocommit.using(object()) as sql:
                    sql.execute(text)
            else:
                with database.writer.using(object()) as sql:
                    if way == "stream":
                        list(sql.stream(text))
                    else:
                        if way == "second":
                            sql.thing_count()
                        sql.execute(text)
        except (DBError, TypeError, StatementError):
            pass
        assert names(database) == ["kept"]

    @pytest.mark.dialects("mysql")
    def test_bodies_and_semicolons(self, database: Database) -> None:
        with database.writer.autocommit.using(object()) as sql:
            sql.execute("DROP PROCEDURE IF EXISTS twice")
            sql.execute("CREATE PROCEDURE twice() BEGIN SELECT 1 AS a; SELECT 2 AS a; END")
            assert sql.execute("CALL twice()").rows == [(1,)]
        with database.writer.using(object()) as sql:
            assert sql.execute("SELECT ';', '; --'; -- the end").rows == [(";", "; --")]
            assert sql.execute("CALL twice()").rows == [(1,)]
            sql.things_create.ahead(values=[{"name": ";"}])
            assert sql.execute("SELECT name, ';' FROM things -- here").rows == [(";", ";")]
            sql.things_create.ahead(values=[{"name": "b"}])
            assert sql.thing_count() == 2
        assert names(database) == [";", "b"]


class TestStreams:
    @pytest.mark.dialects("postgresql")
    def test_end_before_what_waits(self, database: Database) -> None:
        with database.writer.using(object()) as sql:
            sql.things_create(values=[{"name": f"{n}", "size": 100 * n, "deleted": 0} for n in range(3000)])
            with sql.thing_names.stream(fetch_size=10) as rows:
                assert next(rows)["name"] == "0"
                pending = sql.thing_grow.ahead(name="1", by=7)
            assert pending.result() == 1
            assert sql.thing_get(name="1")["size"] == 107

    @pytest.mark.dialects("postgresql")
    def test_read_while_something_waits(self, database: Database) -> None:
        with database.writer.using(object()) as sql:
            sql.things_create(values=[{"name": f"{n}", "size": 100 * n, "deleted": 0} for n in range(30)])
            pending = [sql.thing_grow.ahead(name=row["name"], by=7) for row in sql.thing_names.stream(fetch_size=10)]
            assert sql.thing_get(name="1")["size"] == 107
            assert [one.result() for one in pending] == [1] * 30

    @pytest.mark.dialects("postgresql")
    @pytest.mark.parametrize("left", ["open", "abandoned"])
    def test_left_with_something_waiting(self, database: Database, left: str) -> None:
        with database.writer.using(object()) as sql:
            sql.things_create(values=[{"name": f"{n}", "size": 100 * n, "deleted": 0} for n in range(3000)])
            rows = sql.thing_names.stream(fetch_size=10)
            assert next(rows)["name"] == "0"
            sql.thing_grow.ahead(name="1", by=7)
            if left == "abandoned":
                rows.abandon()
                second = sql.thing_names.stream(fetch_size=10)
                assert next(second)["name"] == "0"
        with database.reader.using(object()) as sql:
            assert sql.thing_get(name="1")["size"] == 107


class TestWrongValues:
    """What fails before anything is sent fails alone."""

    @pytest.mark.parametrize("first", [True, False])
    @pytest.mark.parametrize("waits", [True, False])
    def test_half_a_character(self, database: Database, first: bool, waits: bool) -> None:
        with database.writer.using(object()) as sql:
            if not first:
                sql.thing_count()
            if waits:
                sql.things_create.ahead(values=[{"name": "a"}])
            with pytest.raises(DBInvalidUnicodeParameter):
                sql.execute("SELECT '\ud800'")
            sql.things_create(values=[{"name": "b"}])
        assert names(database) == (["a", "b"] if waits else ["b"])


class TestPrepared:
    pytestmark = pytest.mark.dialects("postgresql")

    def test_a_statement_that_cannot_be_prepared(self, database: Database, url: str) -> None:
        for _ in range(5):
            with database.writer.using(object()) as sql:
                sql.thing_count()
        with connected(url) as run:
            run("ALTER TABLE things RENAME TO other_things")
        try:
            with pytest.raises(DBNonExistentTable) as caught, database.writer.using(object()) as sql:
                sql.thing_count()
            assert caught.value.statement == "thing_count"
            with pytest.raises(DBNonExistentTable) as caught, database.writer.using(object()) as sql:
                before = sql.part_create.ahead(values={"thing_id": 1, "name": "a"})
                try:
                    sql.thing_count()
                finally:
                    assert before.result()
            assert caught.value.statement == "thing_count"
        finally:
            with connected(url) as run:
                run("ALTER TABLE other_things RENAME TO things")

    @pytest.mark.parametrize("most", [0, 1, 2])
    def test_no_more_than_the_most(self, url: str, open_database: Open, most: int) -> None:
        """What is given up for another one may stand in the same message."""

        def limit(raw: Any) -> None:
            raw.prepared_max = most

        database = open_database(url, on_connect=[limit])
        for count in range(1, 20):
            with database.writer.using(object()) as sql:
                sql.things_create.ahead(values=[{"name": f"{count}", "size": 100 * count, "deleted": 0}])
                sql.thing_grow.ahead(name=f"{count}", by=1)
                if count % 3:
                    sql.thing_get.ahead(name="1")
                sql.thing_names.ahead()
                assert sql.thing_count() == count
        with database.reader.using(object()) as sql:
            assert sql.thing_get(name="19")["size"] == 1901


class TestInterrupts:
    def test_one_between_the_statement_and_its_message(self, database: Database) -> None:
        """Wherever it comes, what is sent afterwards is sent inside of the transaction."""
        at = 0
        while True:
            at += 1
            injected = Injected(at)
            with pytest.raises((LookupError, DBError)), database.writer.using(object()) as sql:
                try:
                    with injected.at_work():
                        sql.things_create.ahead(values=[{"name": f"a{at}"}])
                        sql.thing_count()
                except Interrupt:
                    pass
                sql.things_create(values=[{"name": f"b{at}"}])
                raise LookupError
            sys.setprofile(None)
            assert names(database) == [], injected.place
            if injected.count < at:
                break
        assert at > 20

    @pytest.mark.dialects("postgresql")
    @pytest.mark.parametrize("waits", ["result", "stream", "call"])
    def test_nothing_is_sent_on_what_was_given_up(self, database: Database, waits: str) -> None:
        with pytest.raises(DBConnectionError), database.writer.using(object()) as sql:
            sql.things_create(values=[{"name": "a"}])
            pending = sql.things_create.ahead(values=[{"name": "b"}])
            connection = sql._scope._connection
            assert connection is not None
            connection.evicted = True
            sent: list[str] = []
            database.observers.append(lambda name, text: sent.append(name))
            with pytest.raises(DBConnectionError):
                if waits == "result":
                    pending.result()
                elif waits == "stream":
                    list(sql.thing_names.stream())
                else:
                    sql.thing_count()
            assert sent == []
        assert names(database) == []

    @pytest.mark.dialects("postgresql")
    @pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
    @pytest.mark.parametrize("way", ["result", "stream", "call"])
    def test_a_fork(self, database: Database, way: str) -> None:
        """The child sends nothing on its parent's connection."""
        with database.writer.using(object()) as sql:
            sql.thing_count()
            pending = sql.things_create.ahead(values=[{"name": "a"}])
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    if way == "result":
                        pending.result()
                    elif way == "stream":
                        list(sql.thing_names.stream())
                    else:
                        sql.thing_count()
                except DBConnectionError as error:
                    code = 0 if "fork" in str(error) else 2
                except BaseException:
                    code = 3
                finally:
                    os._exit(code)
            assert os.waitpid(child, 0)[1] == 0
            assert pending.result() == 1
        assert names(database) == ["a"]


class TestDefinitions:
    def test_what_ends_the_transaction_is_waited_for(self, url: str, open_database: Open, tmp_path: Any) -> None:
        """Nothing is run behind it that would take effect by itself."""
        (tmp_path / "q.sql").write_text("""
-- name: make()!
-- A table.
CREATE TABLE made_ahead (id INTEGER);

-- name: add(name)!
-- A thing.
INSERT INTO things (name) VALUES (:name);

-- name: wide()
-- All columns.
SELECT * FROM things;

-- name: widen()!
-- One more column.
ALTER TABLE things ADD COLUMN wider INTEGER;

-- name: unmake()!
-- No table.
DROP TABLE things_of_old;
""")
        database = open_database(url, queries=tmp_path)
        try:
            if database.url.dialect == "mysql":
                with pytest.raises(DBError, match="make has ended"), database.writer.using(object()) as sql:
                    sql.make.ahead()
                    sql.add(name="behind")
            else:
                for _ in range(8):
                    with database.writer.using(object()) as sql:
                        sql.wide()
                with pytest.raises(LookupError), database.writer.using(object()) as sql:
                    sql.widen.ahead()
                    assert sql.wide() == []
                    raise LookupError
                with connected(url) as run:
                    run("CREATE TABLE things_of_old (id INTEGER)")
                with pytest.raises(DBError) as caught, database.writer.using(object()) as sql:
                    sql.unmake.ahead()
                    sql.execute("SELECT 1 / 0")
                assert caught.value.statement == "execute"
                assert "zero" in str(caught.value)
        finally:
            with connected(url) as run:
                run("DROP TABLE IF EXISTS made_ahead")
                run("DROP TABLE IF EXISTS things_of_old")
        assert database.lent() == []
        with database.reader.using(object()) as sql:
            assert sql.wide() == []
