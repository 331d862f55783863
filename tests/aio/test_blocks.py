"""Blocks of coroutines: a transaction belongs to the task that opened it, and to nobody else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

import rawdb
from rawdb import aio, api
from rawdb.context import RequestContext
from rawdb.engine.retry import RetryPolicy
from rawdb.exceptions import DBDeadlock, DBError, KeypairNotFound, NoEngineContextEstablished, RetryRequest
from rawdb.typed import AsyncHandle
from tests.aio.aio_helpers import count, create, names, nothing_lent, own_context, stopped

Threads = Callable[..., None]


def test_the_default_database_with_the_class_of_its_statements(context: RequestContext) -> None:
    database = aio.DefaultDatabase[AsyncHandle]()

    async def work() -> None:
        async with database.writer.using(context) as sql:
            await create(context, "one")
            assert (await sql.execute("SELECT COUNT(*) FROM key_pairs")).rows == [(1,)]
            assert (await database.sql(context).execute("SELECT COUNT(*) FROM key_pairs")).rows == [(1,)]
        with pytest.raises(NoEngineContextEstablished):
            database.sql(context)

    asyncio.run(work())


def test_a_block_commits_or_rolls_back(context: RequestContext) -> None:
    async def work() -> None:
        async with aio.writer.using(context) as sql:
            await create(context, "one")
            assert await sql.key_pair_count_by_user(user_id="fake-user") == 1
            assert (await aio.sql(context).execute("SELECT COUNT(*) FROM key_pairs")).rows == [(1,)]
        with pytest.raises(ZeroDivisionError):
            async with aio.writer.using(context):
                await create(context, "two")
                raise ZeroDivisionError
        async with aio.reader.using(context):
            assert await count(context) == 1
            with pytest.raises(TypeError, match="can't upgrade a READER"):
                async with aio.writer.using(context):
                    pass
            with pytest.raises(TypeError, match="can't upgrade a READER"):
                await create(context, "three")
        async with aio.writer.autocommit.using(context) as sql:
            await create(context, "four")

    asyncio.run(work())
    assert names() == ["four", "one"]


def test_blocks_of_one_task_join_on_one_context(context: RequestContext) -> None:
    async def work() -> None:
        with pytest.raises(ZeroDivisionError):
            async with aio.writer.using(context):
                async with aio.writer.using(context):
                    await create(context, "undone with the outer block")
                with pytest.raises(KeypairNotFound):
                    async with aio.writer.savepoint.using(context):
                        await create(context, "undone alone")
                        await aio.api.key_pair_destroy(context, "fake-user", "nothing")
                assert await count(context) == 1
                raise ZeroDivisionError
        assert await count(context) == 0

    asyncio.run(work())
    assert nothing_lent()


@pytest.mark.dialects("postgresql", "mysql")
def test_an_independent_block_inside_another(context: RequestContext) -> None:
    async def work() -> None:
        with pytest.raises(ZeroDivisionError):
            async with aio.writer.using(context):
                await create(context, "outer")
                async with aio.writer.independent.using(context):
                    await create(context, "inner")
                raise ZeroDivisionError

    asyncio.run(work())
    assert names() == ["inner"]


@pytest.mark.dialects("sqlite")
def test_a_task_that_waits_for_its_own_turn_is_told(context: RequestContext) -> None:
    async def work() -> None:
        async with aio.writer.using(context):
            await create(context, "outer")
            with pytest.raises(DBError, match="a writer is open in this thread"):
                async with aio.writer.independent.using(context):
                    await create(context, "inner")

    asyncio.run(work())
    assert names() == ["outer"]


@pytest.mark.parametrize("shared", [True, False], ids=["a shared context", "None"])
def test_tasks_with_one_context_have_transactions_of_their_own(context: RequestContext, shared: bool) -> None:
    """Blocks on the same key, open at the same time; the second begins and ends inside the first."""
    key = context if shared else None
    seen: dict[str, Any] = {}

    async def other() -> None:
        async with aio.reader.using(key) as sql:
            seen["other"] = await sql.key_pair_count_by_user(user_id="fake-user")
        with pytest.raises(NoEngineContextEstablished):
            aio.sql(key)

    async def work() -> None:
        with pytest.raises(ZeroDivisionError):
            async with aio.writer.using(key) as sql:
                await sql.execute(
                    "INSERT INTO key_pairs (user_id, name, deleted) VALUES (:user, :name, 0)",
                    {"user": "fake-user", "name": "mine"},
                )
                # A child has a copy of its parent's context variables, and nothing of its transaction.
                await asyncio.create_task(other())
                await asyncio.gather(other(), other())
                seen["mine"] = await sql.key_pair_count_by_user(user_id="fake-user")
                raise ZeroDivisionError

    asyncio.run(work())
    assert seen == {"other": 0, "mine": 1}
    assert names() == []


@pytest.mark.dialects("postgresql", "mysql")
def test_one_task_rolls_back_while_another_commits(context: RequestContext) -> None:
    async def write(name: str, barrier: asyncio.Barrier, *, fail: bool) -> None:
        async with aio.writer.using(context):
            await create(context, f"{name} first")
            await barrier.wait()
            await create(context, f"{name} second")
            await barrier.wait()
            if fail:
                raise ZeroDivisionError

    async def work() -> None:
        barrier = asyncio.Barrier(4)
        tasks = [write(f"task {number}", barrier, fail=number % 2 == 0) for number in range(4)]
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(result, ZeroDivisionError) for result in results] == [True, False, True, False]

    asyncio.run(work())
    assert names() == [f"task {number} {part}" for number in (1, 3) for part in ("first", "second")]


def test_statements_serve_their_block_and_task_alone(context: RequestContext) -> None:
    async def use(sql: aio.Statements) -> Any:
        return await sql.key_pair_count_by_user(user_id="fake-user")

    async def work() -> None:
        async with aio.writer.using(context) as sql:
            with pytest.raises(NoEngineContextEstablished, match="belongs to another task"):
                await asyncio.create_task(use(sql))
            with pytest.raises(AttributeError, match="did you mean key_pair_count_by_user"):
                await sql.key_pair_count_by_usr(user_id="fake-user")
            with pytest.raises(NoEngineContextEstablished):
                await aio.sql(own_context()).key_pair_count_by_user(user_id="fake-user")
            async with aio.reader.using(context) as inner:
                assert await use(inner) == 0
            assert await use(sql) == 0
        with pytest.raises(NoEngineContextEstablished, match="block is over"):
            await use(sql)
        async with aio.reader.using(own_context()):
            with pytest.raises(NoEngineContextEstablished):
                await use(sql)
        assert not hasattr(sql, "_private")

    asyncio.run(work())


def test_a_block_is_used_once_at_a_time(context: RequestContext) -> None:
    async def work() -> None:
        block = aio.writer.using(context)
        async with block:
            with pytest.raises(RuntimeError, match="open already"):
                await block.__aenter__()
            await create(context, "one")
        assert await block.__aexit__(None, None, None) is False
        async with block:
            await create(context, "two")

    asyncio.run(work())
    assert names() == ["one", "two"]


def test_a_block_that_another_task_leaves(context: RequestContext) -> None:
    """An asynchronous generator that nobody reads to its end is closed in a task of the loop's own."""

    async def rows() -> AsyncIterator[int]:
        async with aio.writer.using(context):
            await create(context, "never committed")
            yield await count(context)

    async def work() -> None:
        async for number in rows():
            assert number == 1
            break
        async with aio.writer.using(context):
            await create(context, "kept")

        async def leave(block: aio.Block) -> None:
            await block.__aexit__(None, None, None)

        block = aio.writer.using(context)
        await block.__aenter__()
        await create(context, "left elsewhere")
        await asyncio.create_task(leave(block))
        assert await count(context) == 2

    asyncio.run(work())
    assert names() == ["kept", "left elsewhere"]


def test_a_decorated_coroutine_is_run_again(context: RequestContext) -> None:
    runs: list[str] = []

    class Service:
        @aio.writer
        async def store(self, context: RequestContext, name: str, errors: list[Exception]) -> str:
            runs.append(name)
            await create(context, name)
            if errors:
                raise errors.pop()
            return name

    async def work() -> None:
        service = Service()
        lost, refused = RetryRequest(KeypairNotFound()), DBDeadlock(Exception("refused"))
        assert await service.store(context, "kept", errors=[refused, lost]) == "kept"
        with pytest.raises(KeyError):
            await service.store(context=context, name="lost", errors=[KeyError()])
        with pytest.raises(KeypairNotFound):
            async with aio.writer.using(context):
                # Inside a transaction it is not run again by itself.
                await service.store(context, "joined", [RetryRequest(KeypairNotFound())])
        with pytest.raises(TypeError, match="needs its context"):
            await service.store()  # type: ignore[call-arg]

    asyncio.run(work())
    assert runs == ["kept"] * 3 + ["lost", "joined"]
    assert names() == ["kept"]


def test_a_coroutine_that_is_run_once(context: RequestContext) -> None:
    runs: list[str] = []

    @aio.writer.once
    async def store(context: RequestContext, name: str, error: Exception) -> None:
        runs.append(name)
        await create(context, name)
        raise error

    async def work() -> None:
        with pytest.raises(DBDeadlock):
            await store(context, "a", DBDeadlock(Exception("refused")))
        with pytest.raises(KeypairNotFound):
            await store(context, "b", RetryRequest(KeypairNotFound()))

    asyncio.run(work())
    assert runs == ["a", "b"]
    assert names() == []


def test_the_isolation_of_a_block(context: RequestContext) -> None:
    async def work() -> None:
        async with aio.writer.isolation("serializable").using(context) as sql:
            if rawdb.default_database().dialect.name == "postgresql":
                assert (await sql.execute("SHOW transaction_isolation")).rows == [("serializable",)]
            async with aio.reader.isolation("SERIALIZABLE").savepoint.using(context):
                assert await count(context) == 0
            with pytest.raises(TypeError, match="is not READ COMMITTED: its isolation is chosen outside"):
                async with aio.writer.isolation("read committed").using(context):
                    pass
        with pytest.raises(ValueError, match="isolation takes"):
            aio.writer.isolation("zork")
        with pytest.raises(TypeError, match="no transaction whose isolation"):
            aio.reader.autocommit.isolation("SERIALIZABLE")

    asyncio.run(work())


def test_the_time_for_running_again_is_limited(database_url: str) -> None:
    async def work() -> None:
        database = aio.Database(database_url, retry=RetryPolicy(limit=0))

        @database.writer
        async def refuse(context: None) -> None:
            raise RetryRequest(KeypairNotFound())

        try:
            with pytest.raises(KeypairNotFound):
                await refuse(None)
        finally:
            await database.dispose()

    asyncio.run(work())


def test_only_coroutine_functions_with_a_context_are_decorated() -> None:
    async def without() -> None: ...

    async def generator(context: None) -> AsyncIterator[int]:
        yield 1

    for function, message in ((lambda context: None, "no coroutine function"), (generator, "no coroutine function")):
        with pytest.raises(TypeError, match=message):
            aio.writer(function)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no parameter for the context"):
        aio.writer(without)


def test_a_database_of_ones_own(database_url: str) -> None:
    async def work() -> None:
        database = aio.Database(database_url, max_pool_size=3)
        wrapped = aio.wrap(database.sync)
        with pytest.raises(TypeError, match="has its options already"):
            aio.Database(database.sync, max_pool_size=4)
        async with database.writer.autocommit.using() as sql:
            await sql.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY)")
        async with wrapped.writer.using() as sql:
            await sql.execute("INSERT INTO notes (id) VALUES (:id)", {"id": 1})
            # One transaction, whichever wrapper it is seen through.
            assert (await database.sql().execute("SELECT COUNT(*) FROM notes")).rows == [(1,)]
        async with database.reader.async_.using() as sql:
            async with database.reader.allow_async.connection.using():
                assert (await sql.execute("SELECT id FROM notes")).rows == [(1,)]
            with pytest.raises(TypeError, match="ASYNC READER"):
                async with database.reader.using():
                    pass
        assert await database.server_version() == await aio.run(database.sync.server_version)
        assert repr(database) == f"rawdb.aio.{database.sync!r}"
        await database.dispose()
        assert database.sync.lent() == []

    asyncio.run(work())


@pytest.mark.parametrize("number", [1, 2])
def test_who_waits_does_not_take_the_thread_of_the_one_he_waits_for(
    context: RequestContext, threads: Threads, number: int
) -> None:
    """Writers that contend, each on one row and on SQLite for the turn, over fewer threads than tasks."""
    api.key_pair_create(context, {"user_id": "fake-user", "name": "contended"})
    threads(number)

    async def write() -> None:
        async with aio.writer.using(context) as sql:
            await sql.execute("UPDATE key_pairs SET fingerprint = 'a' WHERE name = 'contended'")
            for _ in range(3):
                await asyncio.sleep(0)
                await sql.execute("UPDATE key_pairs SET fingerprint = 'b' WHERE name = 'contended'")

    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(12):
                group.create_task(write())

    asyncio.run(work())
    assert nothing_lent()


@pytest.mark.dialects("sqlite")
def test_the_loop_runs_on_while_a_statement_is_under_way(context: RequestContext) -> None:
    async def work() -> None:
        with stopped("key_pair_count_by_user") as gate:
            waiting = asyncio.create_task(count(context))
            await gate.reached()
            await create(context, "meanwhile")
            assert not waiting.done()
            gate.open()
            assert await waiting == 1

    asyncio.run(work())


@pytest.mark.dialects("sqlite")
def test_several_loops_share_the_threads(context: RequestContext, threads: Threads) -> None:
    threads(2)

    def loop(number: int) -> None:
        async def work() -> None:
            await asyncio.gather(*[create(own_context(), f"{number}-{index}") for index in range(10)])

        asyncio.run(work())

    async def outer() -> None:
        await asyncio.gather(*[asyncio.to_thread(loop, number) for number in range(3)])

    asyncio.run(outer())
    assert len(names()) == 30
    assert rawdb.default_database().lent() == []


@pytest.mark.dialects("postgresql", "mysql")
def test_two_tasks_that_wait_for_each_others_row(context: RequestContext) -> None:
    """A deadlock is the server's to end: the loop goes on, and the task that was refused is run again."""
    pairs = [{"user_id": "fake-user", "name": name} for name in ("a", "b")]
    one, two = [api.key_pair_create(context, pair)["id"] for pair in pairs]
    runs: list[int] = []

    async def work() -> None:
        barrier = asyncio.Barrier(2)

        @aio.writer
        async def touch(context: RequestContext, first: int, second: int) -> None:
            text = "UPDATE key_pairs SET fingerprint = :by WHERE id = :id"
            sql = aio.sql(context)
            await sql.execute(text, {"by": str(first), "id": first})
            runs.append(first)
            if runs.count(first) == 1:
                await barrier.wait()
            await sql.execute(text, {"by": str(first), "id": second})

        await asyncio.gather(touch(context, one, two), touch(context, two, one))

    asyncio.run(work())
    assert len(runs) == 3
    # Each in one transaction: the later one has both rows.
    assert len({row["fingerprint"] for row in api.key_pair_get_all_by_user(context, "fake-user")}) == 1


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_has_threads_of_its_own(context: RequestContext, threads: Threads) -> None:
    threads(1)
    asyncio.run(create(context, "parent"))
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            asyncio.run(asyncio.wait_for(create(context, "child"), 30))
            status = 0
        finally:
            # No cleaning up: that is the parent's to do.
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    asyncio.run(create(context, "parent again"))
    assert names() == ["child", "parent", "parent again"]


def test_an_error_of_a_text_names_the_place_of_the_coroutine(context: RequestContext) -> None:
    """And not a line of the thread that sent it."""

    async def work() -> None:
        async with aio.writer.autocommit.using(context) as sql:
            for send in (
                lambda: sql.execute("SELECT zork FROM key_pairs"),
                lambda: sql.execute_script("SELECT zork FROM key_pairs"),
            ):
                with pytest.raises(DBError) as raised:
                    await send()
                assert __file__ in str(raised.value.location)
        async with aio.reader.using(context) as sql:
            with pytest.raises(DBError) as raised:
                async for _ in sql.stream("SELECT zork FROM key_pairs"):
                    pass
            assert str(raised.value.location).startswith(f"{__file__}:")

    asyncio.run(work())
