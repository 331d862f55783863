"""Whose thread a call takes: a lone call any that is free, a task with an open block the one that is its own.

Open transactions are kept by thread (rawdb.engine.scope). A task that opens a block has a thread for itself until its
outermost block is over; so its transaction is its own, and whoever waits inside a thread, for the turn to write, for a
lock or for a connection, never takes the thread from the one that he waits for.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import weakref
from collections.abc import Callable, Coroutine
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from rawdb.aio.threads import Call, Job, Threads
from rawdb.engine.scope import leave_all
from rawdb.exceptions import NoEngineContextEstablished

LOG = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

#: Fewer than the connections that a database lends at most, so that threads hardly ever wait for one.
DEFAULT_THREADS = 20
DEFAULT_TIMEOUT = 30.0


def _clean_up() -> None:
    """End what a job has left open: what runs next in this thread must not become part of it."""
    try:
        leave_all()
    except Exception:
        LOG.exception("a transaction that was left open could not be rolled back")


_threads = Threads(DEFAULT_THREADS, after=_clean_up)
_timeout = DEFAULT_TIMEOUT


def configure(*, threads: int = DEFAULT_THREADS, timeout: float = DEFAULT_TIMEOUT) -> None:
    """Set how many threads serve all databases, and how many seconds a task waits for one (DBPoolTimeout).

    Every open block has one for itself. For calls that begin after it; raises ValueError for fewer than one.
    """
    global _threads, _timeout
    old, _threads, _timeout = _threads, Threads(threads, after=_clean_up), timeout
    old.close()


class Lease:
    """A thread that serves one task until its outermost block is over."""

    def __init__(self, task: asyncio.Task[Any]) -> None:
        self._task = weakref.ref(task)
        self._calls: SimpleQueue[Job | None] = SimpleQueue()
        self._submitted = False
        #: Blocks that were entered, and how to undo each. The thread keeps them alive, and undoes what is left: the
        #: collector would end a block in the thread in which it happens to run, beside another statement perhaps.
        self.entered: dict[object, Job] = {}
        #: Blocks that are open, or about to be.
        self.blocks = 0

    @property
    def is_own(self) -> bool:
        """Whether the running task is the one that the thread serves."""
        try:
            task = asyncio.current_task()
        except RuntimeError:  # no loop runs
            return False
        return task is not None and task is self._task()

    def check(self) -> None:
        """Raise NoEngineContextEstablished outside of all blocks, and in another task than theirs."""
        if not self.blocks:
            raise NoEngineContextEstablished("this block is over; run statements inside it")
        if not self.is_own:
            raise NoEngineContextEstablished(
                "this block belongs to another task: give each task (gather, create_task, shield, and wait_for before "
                "Python 3.12, make one) a block of its own; asyncio.timeout() stays in the task"
            )

    def first(self, function: Callable[[], T]) -> Call[T]:
        """The call that opens a block; the outermost waits for a free thread."""
        if self._submitted:
            return self.send(function)
        self._submitted = True
        call = Call(function, timeout=_timeout)
        self._calls.put(call)
        _threads.submit(functools.partial(_serve, self._calls, self.entered))
        return call

    def send(self, function: Callable[[], T], *, certain: bool = False) -> Call[T]:
        """A further call, behind those that were sent before."""
        call = Call(function, certain=certain)
        self._calls.put(call)
        return call

    def post(self, job: Job) -> None:
        """A further job, which raises nothing and for which nobody waits."""
        self._calls.put(job)

    def close_block(self) -> None:
        """One block less; with the last one the thread is free, when it has done what was sent."""
        self.blocks -= 1
        if self.blocks:
            return
        self._calls.put(None)
        task = self._task()
        if task is not None and _leases.get(task) is self:
            del _leases[task]

    def __del__(self) -> None:
        # Blocks that nobody can leave any more: the thread undoes them, and is free.
        if self.blocks:
            self._calls.put(None)


def _serve(calls: SimpleQueue[Job | None], entered: dict[object, Job]) -> None:
    """Be the thread of one task. A function without the lease, which must not live on because of it."""
    while (call := calls.get()) is not None:
        call()
        del call
    while entered:
        entered.popitem()[1]()


_leases: weakref.WeakKeyDictionary[asyncio.Task[Any], Lease] = weakref.WeakKeyDictionary()


def running_task() -> asyncio.Task[Any]:
    """The task that runs. Raises RuntimeError outside of all tasks, which alone can have a transaction."""
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("rawdb.aio works for tasks of asyncio, and none is running here")
    return task


def current_lease() -> Lease | None:
    """The running task's own thread, None while it has no block open."""
    return _leases.get(running_task())


def open_block() -> Lease:
    """The running task's own thread, for one more block: `first` opens it, `close_block` is due in the end."""
    task = running_task()
    lease = _leases.get(task)
    if lease is None:
        lease = _leases[task] = Lease(task)
    lease.blocks += 1
    return lease


async def run(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a blocking function in a thread, with its operations and blocks inside the task's open blocks.

    One trip for however many operations: the cheapest way to do several.
    """
    call = functools.partial(function, *args, **kwargs)
    lease = current_lease()
    if lease is not None:
        return await lease.send(call).outcome()
    alone = Call(call, timeout=_timeout)
    _threads.submit(alone)
    return await alone.outcome()


def coroutine(function: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """A blocking function as a coroutine function: its calls go through `run`."""

    @functools.wraps(function)
    async def awaited(*args: P.args, **kwargs: P.kwargs) -> T:
        return await run(function, *args, **kwargs)

    return awaited


def _after_fork() -> None:
    """In a forked child: the threads stayed behind in the parent."""
    global _threads, _leases
    _threads = Threads(_threads.limit, after=_clean_up)
    _leases = weakref.WeakKeyDictionary()


os.register_at_fork(after_in_child=_after_fork)
