"""What the tests of rawdb.aio share: key pairs as rows, statements that stop, tasks that are cancelled at any wait."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any

import rawdb
from rawdb import aio, api
from rawdb.context import RequestContext
from rawdb.default import lent_connections

PATIENCE = 30.0


def own_context() -> RequestContext:
    """Another context of the same user and project."""
    return RequestContext("fake-user", "fake-project", is_admin=False, overwrite=False)


async def create(context: Any, name: str) -> None:
    """Store a row."""
    await aio.api.key_pair_create(context, {"user_id": "fake-user", "name": name})


async def count(context: Any) -> int:
    """The number of rows, as the running task sees them."""
    number: int = await aio.api.key_pair_count_by_user(context, "fake-user")
    return number


def names() -> list[str]:
    """The rows that are committed."""
    return sorted(str(row["name"]) for row in api.key_pair_get_all_by_user(own_context(), "fake-user"))


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that a thread does by itself."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.005)


def nothing_lent() -> bool:
    """Whether all connections came back."""
    return lent_connections() == []


class Gate:
    """Stops a statement of the default database in its thread, just before it is sent."""

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._reached = threading.Event()
        self._open = threading.Event()

    def __call__(self, name: str, text: str) -> None:
        if name == self._statement:
            self._reached.set()
            assert self._open.wait(PATIENCE)

    async def reached(self) -> None:
        """Wait, without a thread of rawdb's, until the statement stands there."""
        assert await asyncio.to_thread(self._reached.wait, PATIENCE)

    def open(self) -> None:
        """Let it pass."""
        self._open.set()


@contextmanager
def stopped(statement: str) -> Generator[Gate]:
    """A gate for statements of that name."""
    gate = Gate(statement)
    observers = rawdb.default_database().observers
    observers.append(gate)
    try:
        yield gate
    finally:
        gate.open()
        observers.remove(gate)


class CancelledAt:
    """Awaits a coroutine whose task is cancelled when it waits for the n-th time: at once or `delay` seconds later."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], number: int, delay: float | None = None) -> None:
        self._coroutine = coroutine
        self._number = number
        self._delay = delay
        #: Whether it came so far.
        self.reached = False

    def __await__(self) -> Generator[Any, Any, Any]:
        waits, go_on, value = 0, self._coroutine.send, None
        while True:
            try:
                future = go_on(value)
            except StopIteration as end:
                return end.value
            waits += 1
            if waits == self._number:
                self._cancel()
            try:
                value = yield future
            except BaseException as error:
                go_on, value = self._coroutine.throw, error
            else:
                go_on = self._coroutine.send

    def _cancel(self) -> None:
        self.reached = True
        task = asyncio.current_task()
        assert task is not None
        if self._delay is None:
            task.cancel()
        else:
            asyncio.get_running_loop().call_later(self._delay, task.cancel)
