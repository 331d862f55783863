"""What goes out together: BEGIN with the first statement, and statements whose results nobody waits for."""

from __future__ import annotations

from typing import Any

import pytest

from rawdb.engine.database import Database
from rawdb.engine.retry import NO_RETRY
from rawdb.exceptions import (
    DBConnectionError,
    DBDuplicateEntry,
    DBError,
    DBNonExistentTable,
    NoEngineContextEstablished,
)
from rawdb.testing.databases import connected
from tests.engine.conftest import Open
from tests.support.proxy import Proxy


def names(database: Database) -> list[str]:
    with database.reader.using(object()) as sql:
        return [row["name"] for row in sql.thing_names()]


class TestResults:
    def test_are_what_the_call_gives(self, database: Database) -> None:
        with database.writer.using(object()) as sql:
            created = sql.thing_create.ahead(values={"name": "a", "size": 1})
            more = sql.things_create.ahead(values=[{"name": "b", "size": 2}, {"name": "c", "size": None}])
            grown = sql.thing_grow.ahead("b", 5)
            read = sql.thing_get.ahead(name="b")
            nothing = sql.thing_get.ahead(name="nobody")
            count = sql.thing_count.ahead()
            assert [row["name"] for row in sql.thing_names()] == ["a", "b", "c"]
            assert created.result()["name"] == "a"
            assert isinstance(created.result()["id"], int)
            assert (more.result(), grown.result(), count.result()) == (2, 1, 3)
            assert read.result()["size"] == 7
            assert nothing.result() is None
        assert names(database) == ["a", "b", "c"]

    def test_are_there_when_they_are_asked_for(self, database: Database, sent: list[str]) -> None:
        """Whoever asks before the next statement waits."""
        with database.writer.using(object()) as sql:
            assert sql.thing_grow.ahead(name="nobody", by=1).result() == 0
            assert sql.things_create.ahead(values=[{"name": "a"}]).result() == 1
        assert sent == ["BEGIN", "thing_grow", "things_create", "COMMIT"]

    def test_outlive_the_block(self, database: Database) -> None:
        with database.writer.using(object()) as sql:
            pending = sql.things_create.ahead(values=[{"name": "a"}])
        assert pending.result() == 1

    def test_of_a_list_in_parts(self, database: Database) -> None:
        """More values than one statement takes."""
        many = [{"name": f"thing {n}", "size": n} for n in range(12_000)]
        with database.writer.using(object()) as sql:
            pending = sql.things_create.ahead(values=many)
            assert (pending.result(), sql.thing_count()) == (12_000, 12_000)

    def test_where_statements_stand_alone(self, database: Database) -> None:
        with database.writer.autocommit.using(object()) as sql:
            pending = sql.things_create.ahead(values=[{"name": "a"}])
            assert names(database) == ["a"]
            assert pending.result() == 1

    def test_wrong_arguments(self, database: Database, sent: list[str]) -> None:
        with database.writer.using(object()) as sql:
            with pytest.raises(TypeError, match="by"):
                sql.thing_grow.ahead(name="a")
            with pytest.raises(TypeError, match="reader"), database.reader.using(object()) as reading:
                reading.thing_grow.ahead(name="a", by=1)
        assert sent == []
        with pytest.raises(NoEngineContextEstablished):
            sql.thing_grow.ahead(name="a", by=1)


class TestOrder:
    def test_of_all_ways_in(self, database: Database, sent: list[str]) -> None:
        """Whatever comes behind comes behind: savepoints, many rows, texts of one's own, streams, the end."""

        def grow(sql: Any) -> None:
            sql.thing_grow.ahead(name="a", by=1)

        context = object()
        with database.writer.using(context) as sql:
            sql.things_create.ahead(values=[{"name": "a", "size": 0}])
            with database.writer.savepoint.using(context):
                grow(sql)
            grow(sql)
            assert sql.thing_grow.many([{"name": "b", "by": 1}, {"name": "c", "by": 1}]) == 0
            grow(sql)
            assert sql.execute("SELECT size FROM things").rows == [(3,)]
            grow(sql)
            with sql.thing_names.stream() as rows:
                assert len(list(rows)) == 1
            grow(sql)
        expected = ["SAVEPOINT", "thing_grow", "RELEASE SAVEPOINT"]
        assert sent[:2] == ["BEGIN", "things_create"]
        assert sent[2:5] == expected
        assert sent[-2:] == ["thing_grow", "COMMIT"]
        with database.reader.using(object()) as sql:
            assert sql.thing_get(name="a")["size"] == 5

    def test_an_undone_savepoint(self, database: Database) -> None:
        """What waits goes with the savepoint behind which it was asked for, and nothing else."""
        context = object()
        with database.writer.using(context) as sql:
            sql.things_create.ahead(values=[{"name": "kept", "size": 1}])
            with pytest.raises(LookupError), database.writer.savepoint.using(context):
                pending = sql.things_create.ahead(values=[{"name": "undone"}])
                raise LookupError
        assert names(database) == ["kept"]
        if database.url.dialect == "postgresql":
            with pytest.raises(NoEngineContextEstablished):
                pending.result()

    def test_a_block_that_fails(self, database: Database) -> None:
        with pytest.raises(LookupError), database.writer.using(object()) as sql:
            pending = sql.things_create.ahead(values=[{"name": "undone"}])
            raise LookupError
        assert names(database) == []
        if database.url.dialect == "postgresql":
            with pytest.raises(NoEngineContextEstablished):
                pending.result()


class TestErrors:
    @pytest.fixture(autouse=True)
    def _twin(self, database: Database) -> None:
        with database.writer.using(object()) as sql:
            sql.thing_create(values={"name": "twin", "deleted": 0})

    def test_come_with_the_next_statement(self, database: Database) -> None:
        with pytest.raises(DBDuplicateEntry) as caught, database.writer.using(object()) as sql:
            sql.things_create.ahead(values=[{"name": "before"}])
            sql.thing_create.ahead(values={"name": "twin", "deleted": 0})
            sql.thing_count()
        assert caught.value.statement == "thing_create"
        assert caught.value.columns == ["name", "deleted"]
        assert names(database) == ["twin"]

    def test_come_at_the_end(self, database: Database) -> None:
        with pytest.raises(DBDuplicateEntry) as caught, database.writer.using(object()) as sql:
            sql.thing_create.ahead(values={"name": "twin", "deleted": 0})
        assert caught.value.statement == "thing_create"
        assert names(database) == ["twin"]

    @pytest.mark.dialects("postgresql")
    def test_end_the_transaction(self, database: Database) -> None:
        """Nobody may go on as if it had been run: a lock, for one."""
        with pytest.raises(DBError) as caught, database.writer.using(object()) as sql:
            sql.thing_create.ahead(values={"name": "twin", "deleted": 0})
            with pytest.raises(DBDuplicateEntry):
                sql.thing_count()
            with pytest.raises(DBError, match="ended by an earlier error"):
                sql.thing_count()
            sql.things_create.ahead(values=[{"name": "behind"}])
        assert isinstance(caught.value.cause, DBDuplicateEntry)
        assert names(database) == ["twin"]

    def test_end_with_a_savepoint(self, database: Database) -> None:
        """What was sent behind it is undone with it, and the block goes on."""
        context = object()
        with database.writer.using(context) as sql:
            sql.things_create.ahead(values=[{"name": "before"}])
            for _ in range(2):
                with pytest.raises(DBDuplicateEntry), database.writer.savepoint.using(context):
                    sql.things_create.ahead(values=[{"name": "undone"}])
                    sql.thing_create.ahead(values={"name": "twin", "deleted": 0})
                    sql.thing_count()
            with pytest.raises(DBDuplicateEntry), database.writer.savepoint.using(context):
                # Sent by the end of the savepoint.
                sql.thing_create.ahead(values={"name": "twin", "deleted": 0})
            sql.things_create.ahead(values=[{"name": "behind"}])
        assert names(database) == ["twin", "before", "behind"]

    @pytest.mark.dialects("postgresql", "mysql")
    def test_of_the_last_one_are_its_own(self, database: Database) -> None:
        """What was sent before it went well; a caught error spoils what it spoils without company."""
        with pytest.raises(DBDuplicateEntry), database.writer.using(object()) as sql:
            before = sql.things_create.ahead(values=[{"name": "before"}])
            try:
                sql.thing_create(values={"name": "twin", "deleted": 0})
            finally:
                assert before.result() == 1
        assert names(database) == ["twin"]

    @pytest.mark.dialects("postgresql", "mysql")
    def test_a_missing_table(self, database: Database, url: str) -> None:
        with pytest.raises(DBNonExistentTable) as caught, database.writer.using(object()) as sql:
            sql.execute("SELECT 1")
            with connected(url) as run:
                run("ALTER TABLE parts RENAME TO other_parts")
            try:
                sql.part_create.ahead(values={"thing_id": 1, "name": "a"})
                sql.thing_count()
            finally:
                with connected(url) as run:
                    run("ALTER TABLE other_parts RENAME TO parts")
        assert caught.value.statement == "part_create"

    def test_an_observer_that_refuses(self, database: Database, sent: list[str]) -> None:
        """What it sees before the statement that it refuses was run."""

        def refuse(name: str, text: str) -> None:
            if name == "thing_count":
                raise LookupError(name)

        database.observers.append(refuse)
        with pytest.raises(LookupError), database.writer.using(object()) as sql:
            pending = sql.things_create.ahead(values=[{"name": "before"}])
            try:
                sql.thing_count()
            finally:
                assert sent[:3] == ["BEGIN", "things_create", "thing_count"]
                assert pending.result() == 1
        database.observers.remove(refuse)
        assert names(database) == ["twin"]


@pytest.mark.dialects("postgresql", "mysql")
class TestOnTheWire:
    def test_round_trips(self, proxy: Proxy, open_database: Open) -> None:
        """On PostgreSQL one for BEGIN, three statements ahead and the next one; one for COMMIT."""
        database = open_database(proxy.url)
        for _ in range(10):
            # Until everything is prepared.
            before = proxy.turns
            with database.writer.using(object()) as sql:
                sql.thing_grow.ahead(name="a", by=1)
                sql.thing_grow.ahead(name="b", by=1)
                sql.thing_grow.ahead(name="c", by=1)
                sql.thing_count()
        # Where Galera may end a transaction between two statements, each is a message; BEGIN has done nothing yet.
        assert proxy.turns - before == (2 if database.url.dialect == "postgresql" else 5)

    def test_a_level_of_isolation(self, proxy: Proxy, open_database: Open) -> None:
        database = open_database(proxy.url)
        for _ in range(10):
            before = proxy.turns
            with database.writer.isolation("SERIALIZABLE").using(object()) as sql:
                sql.thing_count()
        assert proxy.turns - before == 2

    def test_a_block_without_statements(self, proxy: Proxy, open_database: Open) -> None:
        database = open_database(proxy.url)
        assert names(database) == []
        before = proxy.turns
        with database.writer.using(object()):
            pass
        assert proxy.turns == before

    def test_a_connection_that_died_in_the_pool(self, proxy: Proxy, open_database: Open) -> None:
        """All that it did not answer is sent once more, on another one."""
        database = open_database(proxy.url, retry=NO_RETRY)
        assert names(database) == []
        begun: list[str] = []
        database.observers.append(proxy.losing_the_first(begun))
        with database.writer.using(object()) as sql:
            sql.things_create.ahead(values=[{"name": "a"}])
            sql.things_create.ahead(values=[{"name": "b"}])
            assert sql.thing_count() == 2
        if database.url.dialect == "postgresql":
            assert begun == ["BEGIN", "things_create", "things_create", "thing_count"] * 2 + ["COMMIT"]
        else:
            first = ["BEGIN", "things_create"]
            assert begun == [*first, *first, "things_create", "thing_count", "COMMIT"]
        assert names(database) == ["a", "b"]

    def test_what_is_not_undone_is_not_sent_twice(self, proxy: Proxy, open_database: Open) -> None:
        """DDL may have taken effect on a server that commits it."""
        database = open_database(proxy.url, retry=NO_RETRY)
        assert names(database) == []
        seen: list[str] = []

        def lose(name: str, text: str) -> None:
            seen.append(name)
            proxy.passes = 0

        database.observers.append(lose)
        with pytest.raises(DBConnectionError), database.writer.using(object()) as sql:
            sql.execute("CREATE TABLE made_once (id INTEGER)")
        assert seen.count("execute") == 1
        database.observers.remove(lose)
        proxy.passes = None
        with database.writer.autocommit.using(object()) as sql:
            sql.execute("DROP TABLE IF EXISTS made_once")

    @pytest.mark.dialects("mysql")
    def test_one_by_one(self, proxy: Proxy, open_database: Open) -> None:
        """For proxies that take one statement at a time."""
        database = open_database(proxy.url, mysql_multi_statements=False)
        assert names(database) == []
        before = proxy.turns
        with database.writer.using(object()) as sql:
            pending = sql.things_create.ahead(values=[{"name": "a"}])
            assert sql.thing_count() == 1
            assert pending.result() == 1
        assert proxy.turns - before == 4

    @pytest.mark.dialects("mysql")
    def test_more_than_a_packet(self, database: Database) -> None:
        """Statements that the server takes one by one, though not together."""
        with database.reader.using(object()) as sql:
            limit = sql.execute("SELECT @@max_allowed_packet").rows[0][0]
        count = limit * 2 // 3 // 60_000
        with database.writer.using(object()) as sql:
            for kind in "ab":
                rows = [{"name": f"{kind}{n}", "note": "x" * 60_000} for n in range(count)]
                sql.things_create.ahead(values=rows)
            assert sql.thing_count() == 2 * count
