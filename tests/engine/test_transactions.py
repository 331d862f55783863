"""Readers and writers: sharing, ends, modifiers, contexts, threads."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from rawdb.context import RequestContext
from rawdb.engine.database import Database
from rawdb.exceptions import (
    DBDuplicateEntry,
    DBError,
    NoEngineContextEstablished,
    RetryRequest,
    StatementError,
)
from rawdb.testing.databases import connected
from tests.engine.conftest import Open, Stores


class Stop(Exception):
    """Ends a block."""


def names(database: Database) -> list[str]:
    """What is stored, seen from another context."""
    with database.reader.using(object()) as sql:
        return [row["name"] for row in sql.thing_names()]


@pytest.fixture
def context() -> SimpleNamespace:
    return SimpleNamespace(read_deleted="no")


class TestEnds:
    def test_a_writer_commits(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
        assert sent == ["BEGIN", "thing_create", "COMMIT"]
        assert names(database) == ["a"]

    def test_an_exception_rolls_back(self, database: Database, context: Any, sent: list[str]) -> None:
        with pytest.raises(Stop), database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            raise Stop
        assert sent == ["BEGIN", "thing_create", "ROLLBACK"]
        assert names(database) == []

    def test_a_reader_rolls_back(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.reader.using(context) as sql:
            assert sql.thing_count() == 0
        assert sent == ["BEGIN", "thing_count", "ROLLBACK"]

    def test_a_reader_refuses_what_is_known_to_write(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.reader.using(context) as sql:
            assert sql.thing_count() == 0
            with pytest.raises(TypeError, match="thing_create writes, and this is a reader: use a writer"):
                sql.thing_create(values={"name": "a"})
            for text in (
                "INSERT INTO parts (name) VALUES ('a')",
                "/* SELECT */ DELETE FROM parts",
                "CREATE TABLE no_more (id INTEGER)",
                "WITH p AS (SELECT 1 AS n) UPDATE parts SET name = 'x'",
            ):
                with pytest.raises(TypeError, match="execute writes"):
                    sql.execute(text)
            assert sql.thing_count() == 0
        with database.reader.autocommit.using(context) as sql, pytest.raises(TypeError, match="execute writes"):
            sql.execute("INSERT INTO parts (name) VALUES ('a')")
        assert sent == ["BEGIN", "thing_count", "thing_count", "ROLLBACK"]

    @pytest.mark.dialects("postgresql", "mysql")
    def test_the_server_itself_lets_no_reader_write(self, database: Database, context: Any) -> None:
        """What writes without showing it: a function of one's own."""
        body = {
            "postgresql": "CREATE FUNCTION sly() RETURNS INTEGER LANGUAGE SQL AS "
            "$$ INSERT INTO parts (name) VALUES ('sly') RETURNING 1 $$",
            "mysql": "CREATE FUNCTION sly() RETURNS INTEGER MODIFIES SQL DATA "
            "BEGIN INSERT INTO parts (name) VALUES ('sly'); RETURN 1; END",
        }[database.url.dialect]
        with connected(database.url) as run:
            run(body)
            try:
                with pytest.raises(DBError) as raised, database.reader.using(context) as sql:
                    sql.execute("SELECT sly()")
                assert raised.value.code in ("25006", 1792)
                with database.writer.using(context) as sql:
                    sql.execute("SELECT sly()")
                    assert sql.execute("SELECT COUNT(*) FROM parts").rows == [(1,)]
            finally:
                run("DROP FUNCTION sly")

    def test_an_empty_block_sends_nothing(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.writer.using(context):
            pass
        with database.reader.using(context):
            pass
        assert sent == []

    @pytest.mark.parametrize("mode", ["writer", "reader"])
    @pytest.mark.parametrize("autocommit", [False, True])
    def test_a_handle_ends_with_its_block(
        self, database: Database, context: Any, sent: list[str], mode: str, autocommit: bool
    ) -> None:
        """Otherwise it would begin a transaction that nobody ends."""
        entry = getattr(database, mode)
        with (entry.autocommit if autocommit else entry).using(context) as sql:
            pass
        with pytest.raises(NoEngineContextEstablished, match=f"thing_count: this {mode} block is over"):
            sql.thing_count()
        with pytest.raises(NoEngineContextEstablished):
            sql.execute("SELECT 1")
        assert sent == []
        assert database.lent() == []

    def test_lone_statements_cost_one_round_trip(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.writer.autocommit.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            assert sql.thing_count() == 1
        assert sent == ["thing_create", "thing_count"]
        assert names(database) == ["a"]

    def test_a_reader_writes_nothing_alone(self, database: Database, context: Any, sent: list[str]) -> None:
        with (
            database.reader.autocommit.using(context) as sql,
            pytest.raises(TypeError, match=r"use writer\.autocommit"),
        ):
            sql.thing_create(values={"name": "a"})
        assert sent == []

    def test_a_lone_write_stays_when_the_block_fails(self, database: Database, context: Any) -> None:
        with pytest.raises(Stop), database.writer.autocommit.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            raise Stop
        assert names(database) == ["a"]

    def test_parts_of_a_lone_write_take_effect_together(
        self, database: Database, context: Any, sent: list[str]
    ) -> None:
        rows = [{"name": f"thing-{number}"} for number in range(2000)]
        with database.writer.autocommit.using(context) as sql:
            assert sql.things_create(values=rows) == 2000
        # PostgreSQL takes all rows in one statement, which needs no transaction around it.
        one = ["things_create"]
        assert sent == one or (sent[0] == "BEGIN" and sent[-1] == "COMMIT" and set(sent[1:-1]) == set(one))
        rows[1999]["name"] = rows[0]["name"] = "twin"
        with pytest.raises(DBDuplicateEntry), database.writer.autocommit.using(context) as sql:
            sql.things_create(values=[{**row, "deleted": 1} for row in rows])
        assert len(names(database)) == 2000


class TestSharing:
    def test_inner_blocks_join(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.writer.using(context) as outer:
            outer.thing_create(values={"name": "a"})
            with database.writer.using(context) as inner:
                assert inner.thing_count() == 1
                with database.reader.using(context) as innermost:
                    assert innermost.thing_count() == 1
            assert names(database) == []
        assert sent.count("BEGIN") == 2  # ours, and the one of names()
        assert sent[-1] == "COMMIT"

    def test_what_an_inner_block_wrote_stays_with_the_outer_one(self, database: Database, context: Any) -> None:
        with database.writer.using(context), pytest.raises(Stop), database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            raise Stop
        assert names(database) == ["a"]

    def test_another_context_has_its_own(self, database: Database, context: Any) -> None:
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            with database.reader.using(SimpleNamespace()) as other:
                assert other.thing_count() == 0

    def test_another_thread_has_its_own(self, database: Database, context: Any) -> None:
        seen: list[Any] = []

        def look() -> None:
            try:
                database.sql(context)
            except NoEngineContextEstablished as error:
                seen.append(error)
            with database.reader.using(context) as sql:
                seen.append(sql.thing_count())

        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()
        assert isinstance(seen[0], NoEngineContextEstablished)
        assert seen[1] == 0

    def test_another_database_has_its_own(self, url: str, open_database: Open, context: Any) -> None:
        one, other = open_database(url), open_database(url)
        with one.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            with pytest.raises(NoEngineContextEstablished):
                other.sql(context)
            with other.reader.using(context) as sql:
                assert sql.thing_count() == 0

    def test_sql_gives_the_running_block(self, database: Database, context: Any) -> None:
        with pytest.raises(NoEngineContextEstablished):
            database.sql(context)
        with database.writer.using(context) as sql:
            assert database.sql(context) is sql
        with pytest.raises(NoEngineContextEstablished):
            database.sql(context)

    def test_a_missing_block_is_an_attribute_error(self, database: Database, context: Any) -> None:
        with pytest.raises(AttributeError):
            database.sql(context)

    def test_a_block_is_entered_once_at_a_time(self, database: Database, context: Any) -> None:
        block = database.writer.using(context)
        with block, pytest.raises(RuntimeError):
            block.__enter__()
        with block as sql:
            sql.thing_create(values={"name": "a"})
        assert names(database) == ["a"]


class TestUpgrades:
    def test_writer_in_reader(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.reader.using(context):
            with pytest.raises(TypeError, match="can't upgrade"), database.writer.using(context):
                raise AssertionError("entered")
        assert sent == []

    def test_writer_in_async_reader(self, database: Database, context: Any) -> None:
        with database.reader.async_.using(context):
            with pytest.raises(TypeError, match="can't upgrade an ASYNC READER"), database.writer.using(context):
                raise AssertionError("entered")

    def test_reader_in_async_reader(self, database: Database, context: Any) -> None:
        with database.reader.async_.using(context):
            with pytest.raises(TypeError, match="can't upgrade"), database.reader.using(context):
                raise AssertionError("entered")

    def test_what_may_be_inside(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.writer.using(context) as sql:
            sql.thing_count()
            for inner in (database.reader, database.reader.async_, database.reader.autocommit):
                with inner.using(context) as same:
                    assert same is sql
        with database.reader.using(context) as sql:
            sql.thing_count()
            with database.reader.async_.using(context) as same:
                assert same is sql
        with database.reader.async_.using(context) as sql:
            sql.thing_count()
            for inner in (database.reader.async_, database.reader.allow_async):
                with inner.using(context) as same:
                    assert same is sql
        assert sent.count("BEGIN") == 3

    def test_a_decorated_writer_in_a_reader(self, database: Database, context: Any) -> None:
        @database.writer
        def write(context: Any) -> None:
            raise AssertionError("called")

        with database.reader.using(context), pytest.raises(TypeError, match="can't upgrade"):
            write(context)

    def test_a_writer_in_lone_reads_is_its_own(self, database: Database, context: Any) -> None:
        with database.reader.autocommit.using(context) as outer:
            assert outer.thing_count() == 0
            with database.writer.using(context) as inner:
                inner.thing_create(values={"name": "a"})
            assert outer.thing_count() == 1

    def test_readers_may_nest_when_all_accept_lag(self, url: str, open_database: Open, context: Any) -> None:
        database = open_database(url, synchronous_reader=False)
        with database.reader.using(context) as sql, database.reader.using(context) as same:
            assert same is sql


class TestModifiers:
    @pytest.mark.dialects("postgresql", "mysql")  # SQLite has one writer at a time
    def test_independent(self, database: Database, context: Any) -> None:
        with pytest.raises(Stop), database.writer.using(context) as outer:
            outer.part_create(values={"name": "p"})
            with database.writer.independent.using(context) as inner:
                inner.thing_create(values={"name": "b"})
            assert database.sql(context) is outer
            outer.part_create(values={"name": "q"})
            raise Stop
        assert names(database) == ["b"]
        with database.reader.using(context) as sql:
            assert sql.execute("SELECT p.name FROM parts AS p").rows == []

    def test_independent_inside_a_reader(self, database: Database, context: Any) -> None:
        with database.reader.using(context) as outer:
            with database.writer.independent.using(context) as inner:
                inner.thing_create(values={"name": "a"})
            assert database.sql(context) is outer
        assert names(database) == ["a"]

    def test_independent_rolls_back_alone(self, database: Database, context: Any) -> None:
        with database.reader.using(context):
            with pytest.raises(Stop), database.writer.independent.using(context) as inner:
                inner.thing_create(values={"name": "a"})
                raise Stop
        assert names(database) == []

    @pytest.mark.parametrize(
        "modified",
        [
            lambda writer: writer.savepoint,
            lambda writer: writer.savepoint.connection,
            lambda writer: writer.connection.savepoint,
        ],
        ids=["savepoint", "savepoint.connection", "connection.savepoint"],
    )
    def test_savepoint(self, database: Database, context: Any, sent: list[str], modified: Callable[[Any], Any]) -> None:
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            with pytest.raises(Stop), modified(database.writer).using(context):
                sql.thing_create(values={"name": "b"})
                raise Stop
            with modified(database.writer).using(context):
                sql.thing_create(values={"name": "c"})
        assert sent == [
            "BEGIN",
            "thing_create",
            "SAVEPOINT",
            "thing_create",
            "ROLLBACK TO SAVEPOINT",
            "SAVEPOINT",
            "thing_create",
            "RELEASE SAVEPOINT",
            "COMMIT",
        ]
        assert names(database) == ["a", "c"]

    def test_a_savepoint_keeps_the_transaction_usable_after_an_error(self, database: Database, context: Any) -> None:
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            with pytest.raises(DBDuplicateEntry), database.writer.savepoint.using(context):
                sql.thing_create(values={"name": "a"})
            sql.thing_create(values={"name": "b"})
        assert names(database) == ["a", "b"]

    def test_savepoints_nest(self, database: Database, context: Any) -> None:
        with database.writer.using(context) as sql, database.writer.savepoint.using(context):
            sql.thing_create(values={"name": "a"})
            with pytest.raises(Stop), database.writer.savepoint.using(context):
                sql.thing_create(values={"name": "b"})
                raise Stop
            sql.thing_create(values={"name": "c"})
        assert names(database) == ["a", "c"]

    def test_an_outermost_savepoint_is_a_transaction(self, database: Database, context: Any, sent: list[str]) -> None:
        with database.writer.savepoint.using(context) as sql:
            sql.thing_create(values={"name": "a"})
        assert sent == ["BEGIN", "thing_create", "COMMIT"]

    def test_a_swallowed_error_inside_a_savepoint(self, database: Database, context: Any) -> None:
        """On PostgreSQL the release fails, and what the savepoint holds is undone; elsewhere it stays."""
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            try:
                with database.writer.savepoint.using(context):
                    sql.thing_create(values={"name": "b"})
                    with pytest.raises(DBDuplicateEntry):
                        sql.thing_create(values={"name": "a"})
            except DBError as error:
                assert database.url.dialect == "postgresql"
                assert isinstance(error.cause, DBDuplicateEntry)
            sql.thing_create(values={"name": "c"})
        assert names(database) == (["a", "c"] if database.url.dialect == "postgresql" else ["a", "b", "c"])

    @pytest.mark.parametrize("order", ["independent.savepoint", "savepoint.independent"])
    def test_savepoint_and_independent_exclude_each_other(self, database: Database, order: str) -> None:
        first, second = order.split(".")
        with pytest.raises(TypeError):
            getattr(getattr(database.writer, first), second)

    @pytest.mark.parametrize("modifier", ["async_", "allow_async", "async"])
    def test_a_writer_is_never_async(self, database: Database, modifier: str) -> None:
        with pytest.raises(TypeError):
            getattr(database.writer, modifier)

    def test_the_old_name_of_async(self, database: Database, context: Any) -> None:
        with getattr(database.reader, "async").using(context) as sql:
            assert sql.thing_count() == 0

    def test_unknown_modifier(self, database: Database) -> None:
        with pytest.raises(AttributeError, match="no modifier 'sometimes'"):
            _ = database.writer.sometimes


class TestContexts:
    @pytest.mark.parametrize(
        "context",
        [None, [], {}, "text", 7, object(), RequestContext("u", "p", overwrite=False)],
        ids=["None", "list", "dict", "str", "int", "object", "RequestContext"],
    )
    @pytest.mark.dialects("sqlite")
    def test_anything_is_a_context(self, database: Database, context: Any) -> None:
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            assert database.sql(context) is sql
        assert names(database) == ["a"]

    @pytest.mark.dialects("sqlite")
    def test_none_is_the_default(self, database: Database) -> None:
        with database.writer.using() as sql:
            assert database.sql() is sql
            assert database.sql(None) is sql

    @pytest.mark.dialects("sqlite")
    def test_equal_contexts_are_not_the_same(self, database: Database) -> None:
        one, other = [1], [1]
        with database.reader.using(one), pytest.raises(NoEngineContextEstablished):
            database.sql(other)

    @pytest.mark.dialects("sqlite")
    def test_copies_carry_no_transaction(self, database: Database) -> None:
        context = RequestContext("u", "p", overwrite=False)
        with database.reader.using(context):
            for other in (copy.copy(context), copy.deepcopy(context), pickle.loads(pickle.dumps(context))):
                with pytest.raises(NoEngineContextEstablished):
                    database.sql(other)


class TestDecorated:
    def test_function(self, database: Database, context: Any, sent: list[str]) -> None:
        @database.writer
        def create(context: Any, name: str, *, size: int = 0) -> str:
            """Make one."""
            database.sql(context).thing_create(values={"name": name, "size": size})
            return name

        assert create(context, "a", size=3) == "a"
        assert create(name="b", context=context) == "b"
        assert create.__doc__ == "Make one."
        assert sent == ["BEGIN", "thing_create", "COMMIT"] * 2
        assert names(database) == ["a", "b"]

    def test_methods(self, database: Database, context: Any) -> None:
        class Things:
            @database.writer
            def create(self, context: Any, name: str) -> None:
                database.sql(context).thing_create(values={"name": name})

            @classmethod
            @database.writer
            def create_by_class(cls, context: Any, name: str) -> None:
                database.sql(context).thing_create(values={"name": name})

            @staticmethod
            @database.writer
            def create_statically(context: Any, name: str) -> None:
                database.sql(context).thing_create(values={"name": name})

        Things().create(context, "a")
        Things().create(context=context, name="b")
        Things.create_by_class(context, "c")
        Things.create_statically(context, "d")
        assert names(database) == ["a", "b", "c", "d"]

    def test_nested_functions_share(self, database: Database, context: Any, sent: list[str]) -> None:
        @database.writer
        def inner(context: Any) -> None:
            database.sql(context).thing_create(values={"name": "a"})

        @database.writer
        def outer(context: Any) -> int:
            inner(context)
            count: int = database.sql(context).thing_count()
            return count

        assert outer(context) == 1
        assert sent == ["BEGIN", "thing_create", "thing_count", "COMMIT"]

    @pytest.mark.dialects("sqlite")
    def test_what_cannot_be_decorated(self, database: Database) -> None:
        def generator(context: Any) -> Any:
            yield 1

        async def coroutine(context: Any) -> None: ...

        async def generator_of_another_kind(context: Any) -> Any:
            yield 1

        for function in (generator, coroutine, generator_of_another_kind):
            with pytest.raises(TypeError, match="after its block is over"):
                database.reader(function)
        with pytest.raises(TypeError, match="no parameter for the context"):
            database.reader(lambda: None)
        with pytest.raises(TypeError, match="no parameter for the context"):
            database.reader(lambda self: None)

    @pytest.mark.dialects("sqlite")
    def test_a_call_without_its_context(self, database: Database) -> None:
        @database.reader
        def read(context: Any) -> None: ...

        with pytest.raises(TypeError, match="needs its context"):
            read()  # type: ignore[call-arg]

    @pytest.mark.dialects("sqlite")
    def test_a_request_to_run_again_is_for_decorated_functions(self, database: Database, context: Any) -> None:
        with pytest.raises(Stop), database.writer.using(context):
            raise RetryRequest(Stop())


class TestReplica:
    @pytest.fixture
    def pair(self, open_database: Open, rawdb_servers: Any, dialect: str, url: str) -> Any:
        """A master with one row and an empty 'replica', so that one sees where a read went."""
        other = Stores(rawdb_servers)
        replica = other.get(dialect)
        yield (
            open_database(url, slave_connection=replica),
            open_database(url, slave_connection=replica, synchronous_reader=False),
        )
        other.drop()

    def test_routing(self, pair: tuple[Database, Database], context: Any) -> None:
        database, lagging = pair
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
            assert sql.thing_count() == 1
            with database.reader.async_.using(context):
                assert sql.thing_count() == 1
        with database.reader.using(context) as sql:
            assert sql.thing_count() == 1
        for entry in (database.reader.async_, database.reader.async_.autocommit, lagging.reader):
            with entry.using(context) as sql:
                assert sql.thing_count() == 0
        with lagging.writer.using(context) as sql:
            assert sql.thing_count() == 1
        for opened in pair:
            opened.dispose()

    def test_without_a_replica(self, database: Database, context: Any) -> None:
        with database.writer.using(context) as sql:
            sql.thing_create(values={"name": "a"})
        with database.reader.async_.using(context) as sql:
            assert sql.thing_count() == 1

    @pytest.mark.dialects("sqlite")
    def test_of_another_dialect(self) -> None:
        with pytest.raises(ValueError, match="replica"):
            Database("sqlite://", "postgresql://localhost/x")


def test_dispose_inside_a_block(database: Database) -> None:
    with database.writer.using(None) as sql:
        sql.thing_create(values={"name": "a"})
        old = database.pool()
        database.dispose()
    assert old.lent == 0
    assert names(database) == ["a"]


def test_execute_is_for_texts_of_ones_own(database: Database, sent: list[str]) -> None:
    with database.writer.using(None) as sql:
        result = sql.execute("INSERT INTO parts (name) VALUES ('x')")
        assert result.matched == 1
        assert sql.execute("SELECT p.name FROM parts AS p").dicts() == [{"name": "x"}]
    assert sent == ["BEGIN", "execute", "execute", "COMMIT"]


@pytest.mark.dialects("sqlite")
def test_statements_are_listed(database: Database) -> None:
    with database.reader.using(None) as sql:
        assert "thing_get" in dir(sql)
        assert not hasattr(sql, "_thing_get")


@pytest.mark.dialects("sqlite")
def test_no_folder_of_statements(open_database: Open, url: str) -> None:
    with pytest.raises(StatementError, match="no such folder"):
        _ = open_database(url, queries="/nowhere/at/all").statements
