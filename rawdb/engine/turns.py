"""Turns: one writer at a time, for a database that has room for no more."""

from __future__ import annotations

import threading

from rawdb.exceptions import DBDeadlock, DBError


class Turn:
    """Whose turn it is to write, among the threads that share a pool.

    SQLite has one writer at a time; who finds it busy polls with growing pauses. Threads of one process wait here
    instead, and are woken at once. Between processes SQLite's own lock decides, as ever.
    """

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._owner: int | None = None

    def take(self) -> None:
        """Wait for the turn. Raises DBDeadlock after `timeout` seconds, DBError for a thread that has it already."""
        me = threading.get_ident()
        if self._owner == me:
            raise DBError("a writer is open in this thread: SQLite has one writer, so no other can run inside it")
        if not self._lock.acquire(timeout=self._timeout):
            raise DBDeadlock(f"another writer of this process has kept the database for {self._timeout:g} s")
        self._owner = me

    def give(self) -> None:
        """Let the next one write. Nothing to give in a forked child, whose parent has the turn."""
        if self._owner == threading.get_ident():
            self._owner = None
            self._lock.release()

    def after_fork(self) -> None:
        """In a forked child: nobody writes yet."""
        self._lock = threading.Lock()
        self._owner = None


class NoTurn(Turn):
    """For servers: they have room for many writers."""

    def take(self) -> None:
        """Go on at once."""

    def give(self) -> None:
        """Nobody waits."""
