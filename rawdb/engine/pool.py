"""A pool of connections for one URL, the same for the three dialects.

It replaces the drivers' own pools, whose answers differ: one waits for ever when it is full, one replays a
statement on a new connection in the middle of a transaction, one reports a refused login as a time-out, and
none survives a fork. What happens here is what docs/connections.md says, on every server.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from types import BuiltinFunctionType
from typing import Any

from rawdb.engine import process
from rawdb.engine.connection import Connection
from rawdb.engine.writer_lock import NoWriterLock, WriterLock
from rawdb.exceptions import DBConnectionError, DBError, DBPoolTimeout

LOG = logging.getLogger(__name__)
#: The server has no room for one more: PostgreSQL, MySQL and MariaDB (all, of this user, of this user's resources).
_FULL = frozenset({"53300", 1040, 1203, 1226})
#: How often a waiter for a server that takes no connection looks whether one came back, and how often it asks.
_LOOK, _ASK = 0.02, 0.5
#: For how long nobody tries a replica that could not be reached.
_REST = 5.0

#: Connections a forked child inherited. They belong to the parent: closing one, even by garbage collection,
#: would end the parent's session, so the child keeps them for good.
_inherited: list[Connection] = []
_pools: weakref.WeakSet[Pool] = weakref.WeakSet()
#: Files that the parent of this process had open when it was forked.
_forked_with: set[str] = set()


class _Room:
    """The right to open a connection, for as long as somebody holds this."""

    __slots__ = ("__weakref__",)


class _Ticket:
    """A place in the queue. Granted with a connection, or with the right to open one."""

    def __init__(self) -> None:
        self.thread = threading.current_thread()
        self.gate = threading.Lock()
        self.gate.acquire()
        self.granted = False
        self.given: Connection | _Room | None = None

    def grant(self, given: Connection | _Room) -> None:
        self.granted, self.given = True, given
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
        restart_timeout: float = 0.0,
        on_checkin: Sequence[Callable[[Any], None]] = (),
        keeps_marked: bool = False,
        file: str | None = None,
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
        self._restart_timeout = min(restart_timeout, self._timeout)
        self._on_checkin = tuple(on_checkin)
        #: Whether a connection with marks of its borrower goes on all the same: a database in memory lives in it.
        self._keeps_marked = keeps_marked
        self._file = file
        #: Since when no connection could be opened.
        self._down_since: float | None = None
        self._failed_at = 0.0
        self._resting_until = 0.0
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
        self._opening: weakref.WeakSet[_Room] = weakref.WeakSet()

    def acquire(self, *, patient: bool = True) -> Connection:
        """A usable connection, opened now if none is idle. `patient`: wait for a server that is being restarted.

        Raises DBPoolTimeout when all are lent for `timeout` seconds, and whatever opening one raises.
        """
        given = self._take_idle() or self._claim()
        if isinstance(given, Connection):
            if self._is_usable(given):
                return given
            given = self._exchange(given)
        return self._open_one(given, patient=patient)

    def rest(self) -> None:
        """Leave the server alone for a while: it could not be reached, and there is another."""
        LOG.warning("the replica cannot be reached, the master is asked instead for %g s", _REST)
        self._resting_until = time.monotonic() + _REST

    @property
    def is_resting(self) -> bool:
        """Whether the server is left alone."""
        return self._resting_until > 0.0 and time.monotonic() < self._resting_until

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

    def release(self, connection: Connection, loan: int | None = None) -> None:
        """Take a connection back; one that is unhealthy, or marked by its borrower, is closed instead of kept.

        Who says which loan it was may say so again: another's is not touched.
        """
        if connection.process != process.number:
            return
        if loan is not None and (connection.loan != loan or connection.borrower is None):
            return
        connection.rollback()
        if self._on_checkin:
            self._call_hooks(connection)
        connection.used_at = time.monotonic()
        marked = connection.marked and not self._keeps_marked
        kept = connection.borrower is not None and not (connection.evicted or self._closed or marked)
        connection.borrower = None
        if kept:
            self._idle.append(connection)
        else:
            connection.close()
            if connection.outdated:
                self.close_idle()
        # Whoever queues adds himself first and looks for an idle connection then, so one of the two sees the other.
        if self._waiting or not kept or len(self._idle) > self._size > 0:
            self._settle(connection, kept=kept)
        if self._checkin and not isinstance(time.sleep, BuiltinFunctionType):
            # Green threads have put their own function here, and need it to switch. With the system's threads it
            # would only cost: more than the rest of a checkout.
            time.sleep(0)

    def _call_hooks(self, connection: Connection) -> None:
        """Show a connection that comes back to whoever wants to reset something; one that cannot be reset is closed."""
        if connection.evicted:
            return
        try:
            for hook in self._on_checkin:
                hook(connection.raw)
        except Exception:
            LOG.exception("an on_checkin hook failed, the connection is closed")
            connection.evicted = True
        except BaseException:
            connection.evicted = True
            raise

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
        if self._file is not None and self._open:
            _forked_with.add(self._file)
        self.writer_lock.after_fork()
        self._reset()

    def before_fork(self) -> None:
        """Close idle connections that no child may inherit. Takes no lock: another thread may hold it.

        A child has SQLite's table of locks as its parent had it, and takes them for its own; the last of both to
        close then removes the log with what the other has committed.
        """
        if self._file is None:
            return
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return
            connection.close()
            with contextlib.suppress(KeyError):
                self._open.discard(connection)

    def _claim(self) -> Connection | _Room:
        """An idle connection, or the right to open one."""
        with self._lock:
            if not self._waiting:
                if self._idle:
                    return self._lend(self._idle.pop(), threading.current_thread())
                if self._has_room():
                    return self._reserve()
            self._refuse_to_wait_for_oneself()
            ticket = _Ticket()
            self._waiting.append(ticket)
            self._serve()
        return self._wait(ticket)

    def _reserve(self) -> _Room:
        room = _Room()
        self._opening.add(room)
        return room

    def _wait(self, ticket: _Ticket) -> Connection | _Room:
        try:
            ticket.gate.acquire(timeout=self._timeout)
        except BaseException:
            self._abandon(ticket)
            raise
        with self._lock:
            if not ticket.granted:
                self._waiting.remove(ticket)
        if ticket.given is None:
            raise DBPoolTimeout(f"no free connection within {self._timeout:g} s: {self._usage()}")
        return ticket.given

    def _abandon(self, ticket: _Ticket) -> None:
        """Give up a place in the queue, and what was granted meanwhile."""
        with self._lock:
            if not ticket.granted:
                self._waiting.remove(ticket)
            elif isinstance(ticket.given, _Room):
                self._opening.discard(ticket.given)
                self._serve()
        if isinstance(ticket.given, Connection):
            self.release(ticket.given)

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
        return self._limit is None or len(self._open) - len(self._idle) + len(self._opening) < self._limit

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
                self._waiting.popleft().grant(self._reserve())
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

    def _exchange(self, connection: Connection) -> _Room:
        """Close a lent connection and keep its place for a new one."""
        with self._lock:
            connection.borrower = None
            self._open.discard(connection)
            room = self._reserve()
        connection.close()
        return room

    def _open_one(self, room: _Room, *, patient: bool) -> Connection:
        """A new connection in a place that was reserved, or one that comes back while the server takes no more."""
        if self._file in _forked_with:
            raise DBError(
                f"this process was forked while {self._file} was in use, and SQLite cannot go on with it here: fork "
                "outside of all blocks, or start processes by spawn"
            )
        try:
            connection = self._patiently() if patient else self._connect()
        except BaseException:
            with self._lock:
                self._opening.discard(room)
                self._serve()
            raise
        with self._lock:
            self._opening.discard(room)
            self._open.add(connection)
            return self._lend(connection, threading.current_thread())

    def _patiently(self) -> Connection:
        """Connect; a server that is starting, or full, is asked again for as long as it may take."""
        started, pause = time.monotonic(), _LOOK
        while True:
            try:
                connection = self._connect()
            except DBConnectionError as error:
                next_try = time.monotonic() + pause
                if next_try > self._deadline(error, started):
                    raise
            else:
                self._down_since = None
                return connection
            pause = min(2 * pause, _ASK)
            while time.monotonic() < next_try:
                time.sleep(_LOOK)
                returned = self._take_idle()
                if returned is not None:
                    if self._is_usable(returned):
                        return returned
                    self._exchange(returned)

    def _deadline(self, error: DBConnectionError, started: float) -> float:
        """Until when to wait for a server that takes no connection.

        One that was there a moment ago is being restarted, perhaps; one that is away for longer is not waited for.
        """
        if error.code in _FULL and any(connection.borrower is not None for connection in list(self._open)):
            return started + self._timeout
        now = time.monotonic()
        if self._down_since is None or now - self._failed_at > 2 * self._restart_timeout:
            self._down_since = now
        self._failed_at = now
        return self._down_since + self._restart_timeout


def _before_fork() -> None:
    for pool in list(_pools):
        pool.before_fork()


def _after_fork() -> None:
    for pool in list(_pools):
        pool.after_fork()


os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
