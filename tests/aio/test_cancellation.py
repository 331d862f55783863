"""A task may be cancelled at any await: no transaction, no connection and no turn to write stays behind."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable
from typing import Any

import pytest

import rawdb
from rawdb import aio, api
from rawdb.context import RequestContext
from rawdb.exceptions import DBPoolTimeout
from tests.aio.aio_helpers import CancelledAt, count, create, names, nothing_lent, own_context, stopped, wait_until

Threads = Callable[..., None]


async def transfer(context: RequestContext, name: str) -> None:
    """A transaction of every kind of step: two rows in the end, or none."""
    async with aio.writer.using(context) as sql:
        await create(context, f"{name} first")
        async with aio.writer.savepoint.using(context):
            await sql.key_pair_count_by_user(user_id="fake-user")
        async with aio.reader.independent.using(context):
            await count(context)
        await asyncio.sleep(0)
        await create(context, f"{name} second")


@aio.writer
async def transfer_whole(context: RequestContext, name: str) -> None:
    """The same by a decorated coroutine, joined by a block."""
    await transfer(context, name)


@pytest.mark.parametrize(("work", "waits"), [(transfer, 11), (transfer_whole, 13)], ids=["blocks", "decorated"])
@pytest.mark.parametrize("delay", [None, 0.0, 0.002], ids=["at once", "at the next turn", "later"])
def test_cancelled_at_every_await(context: RequestContext, work: Any, waits: int, delay: float | None) -> None:
    async def attempt(number: int) -> bool:
        step = CancelledAt(work(context, "pair"), number, delay)

        async def awaited() -> None:
            await step

        result = (await asyncio.gather(asyncio.create_task(awaited()), return_exceptions=True))[0]
        assert result is None or isinstance(result, asyncio.CancelledError)
        assert nothing_lent()
        stored = names()
        assert stored in ([], ["pair first", "pair second"])
        assert stored or result is not None
        if stored:
            await aio.api.key_pair_destroy(context, "fake-user", "pair first")
            await aio.api.key_pair_destroy(context, "fake-user", "pair second")
        return step.reached

    async def run() -> int:
        number = 1
        while await attempt(number):
            number += 1
        return number

    # Entering and leaving each block, four statements and the loop's turn.
    assert asyncio.run(run()) == waits + 1


def test_a_cancelled_call_ends_before_its_task_goes_on(context: RequestContext) -> None:
    async def work() -> None:
        with stopped("key_pair_create") as gate:
            task = asyncio.create_task(create(context, "done all the same"))
            await gate.reached()
            for _ in range(3):
                task.cancel()
                await asyncio.sleep(0)
                assert not task.done()
            gate.open()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert nothing_lent()
        assert await count(context) == 1

    asyncio.run(work())


def test_time_limits_undo_the_block(context: RequestContext) -> None:
    async def work() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), aio.writer.using(context):
                await create(context, "undone")
                await asyncio.Event().wait()
        assert nothing_lent()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(transfer_and_wait(context), 0.2)
        assert nothing_lent()

    async def transfer_and_wait(context: RequestContext) -> None:
        async with aio.writer.using(context):
            await create(context, "undone")
            await asyncio.Event().wait()

    asyncio.run(work())
    assert names() == []


@pytest.mark.dialects("sqlite")
def test_who_waits_for_a_thread_gives_up_at_once(context: RequestContext, threads: Threads) -> None:
    threads(1)

    async def block() -> None:
        async with aio.writer.using(own_context()):
            await create(context, "never")

    async def work() -> None:
        with stopped("key_pair_count_by_user") as gate:
            busy = asyncio.create_task(count(context))
            await gate.reached()
            waiting = [asyncio.create_task(block()), asyncio.create_task(create(context, "never"))]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)
            assert all(task.cancelled() for task in waiting)
            assert not busy.done()
            gate.open()
            assert await busy == 0
        await create(context, "one")

    asyncio.run(work())
    assert names() == ["one"]


@pytest.mark.dialects("sqlite")
def test_the_wait_for_a_thread_is_limited(context: RequestContext, threads: Threads) -> None:
    """A task that waits, inside its block, for another that needs a thread."""
    threads(1, timeout=0.05)

    async def work() -> None:
        async with aio.writer.using(context):
            await create(context, "one")
            with pytest.raises(DBPoolTimeout, match=r"no thread of rawdb\.aio was free within 0\.05 s"):
                await asyncio.create_task(create(own_context(), "two"))
            with pytest.raises(DBPoolTimeout):
                await asyncio.create_task(transfer(own_context(), "three"))
            # Its own calls have their thread.
            await create(context, "four")

    asyncio.run(work())
    assert names() == ["four", "one"]


def test_fewer_than_one_thread_is_refused() -> None:
    with pytest.raises(ValueError, match="0 threads"):
        aio.configure(threads=0)


def test_coroutines_that_are_thrown_away(context: RequestContext) -> None:
    """A loop that is closed while tasks are inside their blocks, and a block that nobody leaves."""
    inside = asyncio.Event()

    async def stay() -> None:
        async with aio.writer.using(context), aio.writer.savepoint.using(context):
            await create(context, "thrown away")
            inside.set()
            await asyncio.Event().wait()

    async def forget() -> None:
        await aio.writer.using(own_context()).__aenter__()
        await aio.api.key_pair_count_by_user(own_context(), "fake-user")

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda loop, context: None)  # it would log that a task is destroyed
    task = loop.create_task(stay())
    loop.run_until_complete(inside.wait())
    loop.run_until_complete(forget())
    assert not nothing_lent()
    loop.close()
    senders: set[str] = set()
    rawdb.default_database().observers.append(lambda name, text: senders.add(threading.current_thread().name))
    del task
    gc.collect()
    wait_until(nothing_lent)
    # Each in the thread that had the block, and not in the one in which the collector ran.
    assert senders
    assert all(name.startswith("rawdb.aio") for name in senders)
    api.key_pair_create(context, {"user_id": "fake-user", "name": "kept"})
    assert names() == ["kept"]


def test_a_task_that_ends_without_leaving_its_block(context: RequestContext) -> None:
    async def forget() -> None:
        await aio.writer.using(context).__aenter__()
        await create(context, "forgotten")

    async def work() -> None:
        await asyncio.create_task(forget())

    asyncio.run(work())
    gc.collect()
    wait_until(nothing_lent)
    assert names() == []


def test_a_thread_is_clean_before_it_serves_the_next(context: RequestContext, threads: Threads) -> None:
    """A function that leaves a block open: what runs next in its thread is no part of it."""
    threads(1)
    block = rawdb.writer.using(context)

    def leave_open() -> None:
        block.__enter__()
        api.key_pair_create(context, {"user_id": "fake-user", "name": "left open"})

    async def work() -> None:
        await aio.run(leave_open)
        await create(context, "kept")
        assert nothing_lent()

    asyncio.run(work())
    assert names() == ["kept"]
