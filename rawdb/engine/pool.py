"""A pool of connections for one URL, the same for the three dialects.

It replaces the drivers' own pools, whose answers differ: one waits for ever when it is full, one replays a
statement on a new connection in the middle of a transaction, one reports a refused login as a time-out, and
none survives a fork. What happens here is what docs/connections.md says, on every server.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from types import BuiltinFunctionType

from rawdb.engine.connection import Connection
from rawdb.engine.writer_lock import NoWriterLock, WriterLock
from rawdb.exceptions import DBError, DBPoolTimeout

#: Connections a forked child inherited. They belong to the parent: closing one, even by garbage collection,
#: would end the parent's session, so the child keeps them for good.
_inherited: list[Connection] = []
_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


class _Ticket:
    """A place in the queue. Granted with a connection, or with the right to open one."""

    def __init__(self) -> None:
        self.thread = threading.current_thread()
        self.gate = threading.Lock()
        self.gate.acquire()
        self.granted = False
        self.connection: Connection | None = None

    def grant(self, connection: Connection | None) -> None:
        self.granted, self.connection = True, connection
        self.gate.release()


class Pool:
    """Keeps up to `size` idle connections, lends up to `size + overflow` at a time (0 and -1: no limit).

    Who waits is served in the order of coming.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        *,
        size: int = 5,
        overflow: int = 10,
        timeout: float = 30.0,
        recycle: float = 3600.0,
        idle_check: float = 1.0,
        ping_timeout: float = 10.0,
        checkin: bool = True,
        writer_lock: WriterLock | None = None,
    ) -> None:
        self.writer_lock = writer_lock or NoWriterLock(0)
        self._connect = connect
        self._size = size
        self._overflow = overflow
        self._limit = None if size == 0 or overflow < 0 else size + overflow
        self._timeout = min(timeout, threading.TIMEOUT_MAX)
        self._recycle = recycle
        self._idle_check = idle_check
        self._ping_timeout = ping_timeout
        self._checkin = checkin
        self._closed = False
        self._reset()
        _pools.add(self)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._idle: deque[Connection] = deque()
        #: Every open connection, lent or idle. Weak: one that an interrupt took between two owners is closed by
        #: the collector, and its place is free again.
        self._open: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._waiting: deque[_Ticket] = deque()
        self._opening = 0

    def acquire(self) -> Connection:
        """A usable connection, opened now if none is idle.

        Raises DBPoolTimeout when all are lent for `timeout` seconds, and whatever opening one raises.
        """
        connection = self._take_idle() or self._claim()
        if connection is not None:
            if self._is_usable(connection):
                return connection
            self._exchange(connection)
        return self._open_one()

    def _take_idle(self) -> Connection | None:
        """The connection used last, if nobody waits for one. Takes no lock: a deque pops for one thread alone."""
        if self._waiting:
            return None
        try:
            connection = self._idle.pop()
        except IndexError:
            return None
        connection.lend(threading.current_thread())
        return connection

    def release(self, connection: Connection) -> None:
        """Take a connection back; one that is unhealthy or in a transaction is closed instead of kept."""
        if connection.process != os.getpid():
            return
        connection.rollback()
        connection.used_at = time.monotonic()
        kept = connection.borrower is not None and not (connection.evicted or self._closed)
        connection.borrower = None
        if kept:
            self._idle.append(connection)
        else:
            connection.close()
        # Whoever queues adds himself first and looks for an idle connection then, so one of the two sees the other.
        if self._waiting or not kept or len(self._idle) > self._size > 0:
            self._settle(connection, kept=kept)
        if self._checkin and not isinstance(time.sleep, BuiltinFunctionType):
            # Green threads have put their own function here, and need it to switch. With the system's threads it
            # would only cost: more than the rest of a checkout.
            time.sleep(0)

    def _settle(self, connection: Connection, *, kept: bool) -> None:
        """Serve who waits, and close what is too much, after a connection came back."""
        with self._lock:
            if not kept:
                self._open.discard(connection)
            self._serve()
            surplus = None
            if self._size and len(self._idle) > self._size:
                surplus = self._idle.popleft()
                self._open.discard(surplus)
        if surplus is not None:
            surplus.close()

    def dispose(self) -> None:
        """Close the idle connections; lent ones are closed when they come back."""
        self._closed = True
        self.close_idle()

    def close_idle(self) -> None:
        """Close the idle connections: new ones are opened when needed."""
        closed = []
        with self._lock:
            while self._idle:
                closed.append(self._idle.pop())
                self._open.discard(closed[-1])
        for connection in closed:
            connection.close()

    @property
    def lent(self) -> int:
        """How many connections are in use now: a number other than 0 between calls is a leak."""
        return len(self._lent())

    def loans(self) -> list[str]:
        """What each lent connection is in use for: thread, time, the statement it ran last."""
        now = time.monotonic()
        return [
            f"thread {connection.borrower.name if connection.borrower else '?'} for {now - connection.lent_at:.1f} s, "
            f"last statement {connection.statement or 'none'}"
            for connection in self._lent()
        ]

    def _lent(self) -> list[Connection]:
        with self._lock:
            return [connection for connection in self._open if connection.borrower is not None]

    def after_fork(self) -> None:
        """In a forked child: start empty and leave the parent's connections alone."""
        _inherited.extend(self._open)
        self.writer_lock.after_fork()
        self._reset()

    def _claim(self) -> Connection | None:
        """An idle connection, or None with the right to open one."""
        with self._lock:
            if not self._waiting:
                if self._idle:
                    return self._lend(self._idle.pop(), threading.current_thread())
                if self._has_room():
                    self._opening += 1
                    return None
            self._refuse_to_wait_for_oneself()
            ticket = _Ticket()
            self._waiting.append(ticket)
            self._serve()
        return self._wait(ticket)

    def _wait(self, ticket: _Ticket) -> Connection | None:
        try:
            ticket.gate.acquire(timeout=self._timeout)
        except BaseException:
            self._abandon(ticket)
            raise
        with self._lock:
            if not ticket.granted:
                self._waiting.remove(ticket)
        if not ticket.granted:
            raise DBPoolTimeout(f"no free connection within {self._timeout:g} s: {self._usage()}")
        return ticket.connection

    def _abandon(self, ticket: _Ticket) -> None:
        """Give up a place in the queue, and what was granted meanwhile."""
        with self._lock:
            if not ticket.granted:
                self._waiting.remove(ticket)
            elif ticket.connection is None:
                self._opening -= 1
                self._serve()
        if ticket.connection is not None:
            self.release(ticket.connection)

    def _refuse_to_wait_for_oneself(self) -> None:
        me = threading.current_thread()
        borrowers = [connection.borrower for connection in self._open if connection.borrower is not None]
        if self._limit is not None and len(borrowers) >= self._limit and all(one is me for one in borrowers):
            raise DBPoolTimeout(f"no free connection, and this thread itself holds all: {self._limits()}")

    def _limits(self) -> str:
        return f"{self._limit} are allowed (max_pool_size {self._size} + max_overflow {self._overflow})"

    def _usage(self) -> str:
        return "; ".join([self._limits(), *self.loans()[:5]])

    def _has_room(self) -> bool:
        return self._limit is None or len(self._open) - len(self._idle) + self._opening < self._limit

    @staticmethod
    def _lend(connection: Connection, thread: threading.Thread) -> Connection:
        connection.lend(thread)
        return connection

    def _serve(self) -> None:
        """Grant what is free to those who wait longest."""
        while self._waiting:
            if self._idle:
                # The one used last: warm, and the others may grow old and go.
                ticket = self._waiting.popleft()
                ticket.grant(self._lend(self._idle.pop(), ticket.thread))
            elif self._has_room():
                self._opening += 1
                self._waiting.popleft().grant(None)
            else:
                return

    def _is_usable(self, connection: Connection) -> bool:
        try:
            return connection.is_usable(self._idle_check, self._recycle, self._ping_timeout)
        except DBError:
            # The others were idle for as long: asking each of them would take as many time-outs.
            self.close_idle()
            return False
        except BaseException:
            connection.evicted = True
            self.release(connection)
            raise

    def _exchange(self, connection: Connection) -> None:
        """Close a lent connection and keep its place for a new one."""
        with self._lock:
            connection.borrower = None
            self._open.discard(connection)
            self._opening += 1
        connection.close()

    def _open_one(self) -> Connection:
        try:
            connection = self._connect()
        except BaseException:
            with self._lock:
                self._opening -= 1
                self._serve()
            raise
        with self._lock:
            self._opening -= 1
            self._open.add(connection)
            return self._lend(connection, threading.current_thread())


def _after_fork() -> None:
    for pool in list(_pools):
        pool.after_fork()


os.register_at_fork(after_in_child=_after_fork)
