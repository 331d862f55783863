"""One writer at a time, for a database that has room for no more."""

from __future__ import annotations

import threading

from rawdb.exceptions import DBDeadlock, DBError


class WriterLock:
    """Which writer may write, among the threads that share a pool.

    SQLite has one writer at a time; who finds it busy polls with growing pauses. Threads of one process wait here
    instead, and are woken at once. Between processes SQLite's own lock decides, as ever.

    The lock belongs to the writer that acquired it and not to its thread: a block may be left in another one.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._owner: object | None = None
        self._thread: int | None = None

    def acquire(self, owner: object) -> None:
        """Wait for the lock.

        Raises DBDeadlock after `timeout` seconds, DBError in a thread that holds it already: it would wait for itself.
        """
        me = threading.get_ident()
        if self._owner is not None and self._thread == me:
            raise DBError("a writer is open in this thread: SQLite has one writer, so no other can run inside it")
        if not self._lock.acquire(timeout=self._timeout):
            raise DBDeadlock(f"another writer of this process has kept the database for {self._timeout:g} s")
        self._owner, self._thread = owner, me

    def release(self, owner: object) -> None:
        """Let the next one write. Nothing happens where the lock is not this owner's, as in a forked child."""
        if self._owner is owner:
            self._owner = self._thread = None
            self._lock.release()

    def after_fork(self) -> None:
        """In a forked child: nobody writes yet."""
        self._lock = threading.Lock()
        self._owner = self._thread = None


class NoWriterLock(WriterLock):
    """For servers: they have room for many writers."""

    def acquire(self, owner: object) -> None:
        """Go on at once."""

    def release(self, owner: object) -> None:
        """Nobody waits."""
