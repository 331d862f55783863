"""One writer at a time, for a database that has room for no more."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from typing import Any

from rawdb.exceptions import DBDeadlock, DBError

#: Who waits looks so often whether the owner is still there: an interrupt may have taken it away without a word.
_LOOK = 0.5


class _Turn:
    """A place in the queue."""

    def __init__(self, owner: Any, thread: int) -> None:
        self.owner: weakref.ref[Any] = weakref.ref(owner)
        self.thread = thread
        self.gate = threading.Lock()
        self.gate.acquire()
        self.granted = False


class WriterLock:
    """Which writer may write, among the threads that share a pool.

    SQLite has one writer at a time; who finds it busy polls with growing pauses. Threads of one process wait here
    instead, in the order of coming, and are woken at once. Between processes SQLite's own lock decides, as ever.

    The lock belongs to the writer that acquired it and not to its thread: a block may be left in another one. It hangs
    on that writer's life: where an interrupt has ended it before it could release the lock, the lock is free.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._mutex = threading.Lock()
        self._owner: weakref.ref[Any] | None = None
        self._thread: int | None = None
        self._waiting: deque[_Turn] = deque()

    def acquire(self, owner: Any) -> None:
        """Wait for the lock. Whoever calls this must call `release` in the end, even if this is interrupted.

        Raises DBDeadlock after `timeout` seconds, DBError in a thread that holds it already: it would wait for itself.
        """
        me = threading.get_ident()
        with self._mutex:
            if not self._waiting and (self._owner is None or self._is_free()):
                self._owner, self._thread = weakref.ref(owner), me
                return
            if me == self._thread and self._owner is not None and self._owner() is not None:
                raise DBError("a writer is open in this thread: SQLite has one writer, so no other can run inside it")
            turn = _Turn(owner, me)
            self._waiting.append(turn)
        deadline = time.monotonic() + self._timeout
        while not turn.granted:
            left = deadline - time.monotonic()
            turn.gate.acquire(timeout=max(0.0, min(left, _LOOK)))
            with self._mutex:
                self._next()
                if left <= 0 and turn in self._waiting:
                    self._waiting.remove(turn)
                    raise DBDeadlock(f"another writer of this process has kept the database for {self._timeout:g} s")

    def release(self, owner: Any) -> None:
        """Let the next one write. Nothing happens where the lock is not this owner's, as in a forked child."""
        if self._owner is None and not self._waiting:
            return
        with self._mutex:
            if self._owner is not None and self._owner() is owner:
                self._owner = self._thread = None
            # Mostly nobody waits, and each write comes by here.
            if self._waiting:
                for turn in list(self._waiting):
                    if turn.owner() is owner:
                        self._waiting.remove(turn)
                self._next()

    def _is_free(self) -> bool:
        """Whether nobody has it; one that an interrupt has left behind has it no more."""
        owner = None if self._owner is None else self._owner()
        if owner is None:
            return True
        if getattr(owner, "is_abandoned", False):
            # What it has begun would keep the file all the same.
            owner.hang_up()
            return True
        return False

    def _next(self) -> None:
        """Hand the lock to who waits longest, if it is free."""
        if not self._waiting or not self._is_free():
            return
        turn = self._waiting.popleft()
        self._owner, self._thread = turn.owner, turn.thread
        turn.granted = True
        turn.gate.release()

    def after_fork(self) -> None:
        """In a forked child: nobody writes yet."""
        self._mutex = threading.Lock()
        self._owner = self._thread = None
        self._waiting = deque()


class NoWriterLock(WriterLock):
    """For servers: they have room for many writers."""

    def acquire(self, owner: Any) -> None:
        """Go on at once."""

    def release(self, owner: Any) -> None:
        """Nobody waits."""
