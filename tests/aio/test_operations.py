"""`rawdb.aio.api` offers every operation as a coroutine function, with its signature, results and errors."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from typing import Any

import pytest

import rawdb
from rawdb import aio, api
from rawdb.context import RequestContext
from rawdb.exceptions import AdminRequired, KeyPairExists, KeypairNotFound
from tests.aio.aio_helpers import create, names

#: Makers of values for other operations, and registries: nothing of them waits.
UNCHANGED = {"PER_PROJECT_QUOTAS", "QUOTA_SYNC_FUNCTIONS", "constraint", "equal_any", "not_equal"}


def test_every_operation_is_a_coroutine_function_of_the_same_signature() -> None:
    assert aio.api.__all__ == api.__all__
    assert set(dir(aio.api)) == set(api.__all__)
    for name in api.__all__:
        awaited, operation = getattr(aio.api, name), getattr(api, name)
        if name in UNCHANGED:
            assert awaited is operation
            continue
        assert inspect.iscoroutinefunction(awaited), name
        assert inspect.signature(awaited) == inspect.signature(operation), name
        assert (awaited.__name__, awaited.__doc__) == (name, operation.__doc__)
        assert getattr(aio.api, name) is awaited


def test_other_names_are_refused() -> None:
    for owner, name in ((aio.api, "key_pair_creat"), (aio.api, "require_context"), (aio, "engine")):
        with pytest.raises(AttributeError, match=name):
            getattr(owner, name)


def test_results_errors_and_arguments_are_those_of_the_operation(context: RequestContext) -> None:
    async def work() -> None:
        row = await aio.api.key_pair_create(context, {"user_id": "fake-user", "name": "one"})
        assert row == api.key_pair_get(context, "fake-user", "one")
        assert await aio.api.key_pair_get_all_by_user(context, user_id="fake-user") == [row]
        with pytest.raises(KeyPairExists):
            await aio.api.key_pair_create(context, {"user_id": "fake-user", "name": "one"})
        with pytest.raises(KeypairNotFound):
            await aio.api.key_pair_get(context, "fake-user", "two")
        with pytest.raises(AdminRequired):
            await aio.api.service_get_all(context)
        with pytest.raises(TypeError, match="missing"):
            await aio.api.key_pair_get(context)

    asyncio.run(work())


def test_one_trip_for_several_operations(context: RequestContext) -> None:
    def rename(old: str, *, new: str) -> str:
        with rawdb.writer.using(context):
            api.key_pair_destroy(context, "fake-user", old)
            api.key_pair_create(context, {"user_id": "fake-user", "name": new})
        return new

    async def work() -> None:
        await create(context, "old")
        assert await aio.run(rename, "old", new="new") == "new"
        with pytest.raises(ZeroDivisionError):
            async with aio.writer.using(context):
                # Part of the task's transaction.
                await aio.coroutine(rename)("new", new="newer")
                raise ZeroDivisionError

    asyncio.run(work())
    assert names() == ["new"]


@pytest.mark.dialects("sqlite")
def test_the_thread_sees_the_tasks_context_variables(context: RequestContext) -> None:
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="none")
    seen: list[str] = []
    rawdb.default_database().observers.append(lambda name, text: seen.append(request.get()))

    async def serve(name: str) -> None:
        request.set(name)
        async with aio.reader.using(context):
            await aio.api.key_pair_count_by_user(context, "fake-user")

    async def work() -> None:
        await asyncio.gather(serve("first"), serve("second"))

    asyncio.run(work())
    assert set(seen) == {"first", "second"}


def test_outside_of_a_task() -> None:
    coroutine: Any = aio.api.key_pair_get_all_by_user(None, "fake-user")
    with pytest.raises(RuntimeError, match="no running event loop"):
        coroutine.send(None)
