"""Threads for calls that block, and how a task waits for one. Nothing here knows of databases.

A call that no thread has begun can be given up at once. A call that runs cannot be stopped: the task that is cancelled
meanwhile goes on when the call has ended, so nothing of a task runs on behind its back.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

from rawdb.exceptions import DBPoolTimeout

T = TypeVar("T")
Job = Callable[[], object]


class Call(Generic[T]):
    """A function that a thread runs for a task, once, with the context variables that the task has now.

    With `timeout` the task waits so many seconds for a thread to begin: DBPoolTimeout. With `certain` it is run
    whatever becomes of the task.
    """

    def __init__(self, function: Callable[[], T], *, timeout: float | None = None, certain: bool = False) -> None:
        self._function = function
        self._timeout = timeout
        self._certain = certain
        self._loop = asyncio.get_running_loop()
        self._variables = contextvars.copy_context()
        #: Taken once: by the thread that begins, or by the task that gives up before.
        self._begun = threading.Lock()
        self._waiter: asyncio.Future[None] | None = None
        self._over = False
        self._result: T
        self._error: BaseException | None = None
        #: Whether it was given up before it began.
        self.abandoned = False

    def __call__(self) -> None:
        """Run the function, in a thread, unless the task has given up."""
        if not self._begun.acquire(blocking=False):
            return
        try:
            self._result = self._variables.run(self._function)
        except BaseException as error:
            self._error = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._end)

    async def outcome(self) -> T:
        """The function's result or its error, once it is over; CancelledError instead if the task was cancelled."""
        timer = None if self._timeout is None else self._loop.call_later(self._timeout, self._time_out)
        cancelled: asyncio.CancelledError | None = None
        try:
            while not self._over:
                self._waiter = self._loop.create_future()
                try:
                    await self._waiter
                except asyncio.CancelledError as error:
                    cancelled = cancelled or error
                    if self._give_up():
                        break
                except GeneratorExit:  # the coroutine is thrown away, and may not wait
                    self._give_up()
                    raise
            if cancelled is not None:
                raise cancelled
            if self._error is not None:
                raise self._error
            return self._result
        finally:
            if timer is not None:
                timer.cancel()
            self._error = cancelled = None  # an error and the frames that it names would keep each other alive

    def _give_up(self) -> bool:
        self.abandoned = self.abandoned or (not self._certain and self._begun.acquire(blocking=False))
        return self.abandoned

    def _time_out(self) -> None:
        if self._give_up():
            self._error = DBPoolTimeout(f"no thread of rawdb.aio was free within {self._timeout:g} s: all serve others")
            self._end()

    def _end(self) -> None:
        self._over = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Threads:
    """Up to `limit` threads, started when they are needed, that take jobs in the order of coming.

    They do not keep the interpreter from ending. `after` is called in the thread behind each job.
    """

    def __init__(self, limit: int, *, after: Job) -> None:
        if limit < 1:
            raise ValueError(f"{limit} threads can do nothing")
        self.limit = limit
        self._after = after
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0
        #: Threads that came for a job, less the jobs that came: below zero, jobs wait.
        self._free = 0

    def submit(self, job: Job) -> None:
        """Give a job, which raises nothing, to the next free thread."""
        self._jobs.put(job)
        with self._lock:
            self._free -= 1
            if self._free >= 0 or self._started >= self.limit:
                return
            self._started += 1
            name = f"rawdb.aio-{self._started}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def close(self) -> None:
        """Let the threads end, after the jobs that they have."""
        self._jobs.put(None)

    def _work(self) -> None:
        while True:
            with self._lock:
                self._free += 1
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)
                return
            job()
            del job  # nothing of it may live on while the thread waits for the next one
            self._after()
