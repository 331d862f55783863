"""One migrating process at a time, and none that blocks the others after its death.

The lock is yoyo's row in `yoyo_lock`, so `yoyo apply` by hand and rawdb exclude each other. A row works on every
server and on every node of a Galera cluster, which a session's lock does not. Beside yoyo's row stands one of
ours, which names the host. That makes three kinds of owner:

- a process of this host: it is dead when the system does not know it;
- a rawdb on another host: it stamps its rows every few seconds, and is dead when they stand still;
- a `yoyo` started by hand: its row names no host, so only for a SQLite file, which is here, can we tell.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from rawdb.exceptions import DBDeadlock, DBDuplicateEntry, DBMigrationError
from rawdb.migrate.backends import Target
from rawdb.schema.history import History, LockRow

_log = logging.getLogger("rawdb.migrate")

#: Seconds between two stamps, and after how many without one the owner counts as dead.
STAMP_EVERY = 3.0
DEAD_AFTER = 20.0
_POLL = 0.1


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def host_token() -> int:
    """A number for this host since its last start, as far as process ids mean the same; never a process id."""
    try:
        namespace = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        namespace = ""
    parts = (socket.gethostname(), _read("/proc/sys/kernel/random/boot_id"), namespace)
    return zlib.crc32("/".join(parts).encode()) & 0x3FFFFFFF | 0x40000000


def is_alive(pid: int) -> bool:
    """Whether a process of this host runs; one that ended and waits for its parent to notice does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return not (state and state[0] in "ZX")


class _Owner(NamedTuple):
    """Who holds the lock: no `pid` is a host's row left alone, no `host` a yoyo started by hand."""

    pid: int | None
    host: int | None
    since: Any


def _owner_of(rows: list[LockRow]) -> _Owner | None:
    process = next((row for row in rows if row.locked == 1), None)
    host = next((row for row in rows if row.locked == 2), None)
    if process is None:
        return None if host is None else _Owner(None, host.pid, host.ctime)
    # The two are always stamped together, so another time means another owner.
    return _Owner(process.pid, host.pid if host and host.ctime == process.ctime else None, process.ctime)


def may_be_alive(history: History, *, local: bool) -> bool:
    """Whether somebody holds the lock of whom it is not known that he is dead."""
    owner = _owner_of(history.lock_rows())
    return owner is not None and owner.pid is not None and not _died_here(owner, local=local)


def _died_here(owner: _Owner, *, local: bool) -> bool:
    here = owner.host == host_token() or (local and owner.host is None)
    return here and owner.pid is not None and not is_alive(owner.pid)


class Lock:
    """The lock on one database, through a connection of its own."""

    def __init__(self, target: Target) -> None:
        self._dialect = target.dialect
        self._raw = target.connect()
        self._history = History(self._dialect, self._raw)
        self._is_local = target.url.dialect == "sqlite"
        self._wait_on_sqlite(1.0)
        self._pid = os.getpid()
        self._host = host_token()
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._held = self._lost = False

    def acquire(self, timeout: float) -> None:
        """Take the lock, waiting for a living owner and taking it over from a dead one.

        Raises DBMigrationError after `timeout` seconds, naming the owner and the way out.
        """
        give_up = time.monotonic() + timeout
        watched, since = None, 0.0
        while not self._try():
            owner = _owner_of(self._history.lock_rows())
            if owner != watched:
                watched, since = owner, time.monotonic()
            if owner is not None and self._is_dead(owner, time.monotonic() - since):
                self._take_over(owner)
                continue
            if time.monotonic() >= give_up:
                raise DBMigrationError(self._complaint(owner, timeout))
            time.sleep(_POLL)
        self._held = True
        self._wait_on_sqlite(30.0)

    def _wait_on_sqlite(self, seconds: float) -> None:
        """For how long another's write is waited for: shortly while the time is counted here."""
        if self._is_local:
            self._dialect.run(self._raw, f"PRAGMA busy_timeout = {round(seconds * 1000)}", {})

    def _try(self) -> bool:
        try:
            self._history.take_lock(self._pid, self._host, _now())
        except Exception as error:
            if not self._dialect.is_driver_error(error):
                raise
            translated = self._dialect.translate(error)
            if isinstance(translated, (DBDuplicateEntry, DBDeadlock)):
                return False
            raise translated from error
        return True

    def _is_dead(self, owner: _Owner, unchanged: float) -> bool:
        if owner.pid is None:
            return True
        here = owner.host == self._host or (self._is_local and owner.host is None)
        if here and not is_alive(owner.pid):
            return True
        return owner.host is not None and not here and unchanged > DEAD_AFTER

    def _take_over(self, owner: _Owner) -> None:
        # In one statement: half a lock would be taken for that of a yoyo by hand.
        if self._history.remove_lock(owner.pid or 0, owner.host or 0, owner.since) and owner.pid is not None:
            _log.warning("the lock of process %s, which died while migrating, was removed", owner.pid)

    def _complaint(self, owner: _Owner | None, timeout: float) -> str:
        if owner is None and self._is_local:
            return f"another connection writes to the database file, and did still after {timeout:g} s: wait for it"
        who = "another process" if owner is None else f"process {owner.pid}, since {owner.since} UTC"
        advice = "wait for it, or remove the lock with rawdb.migrate.break_lock or yoyo break-lock"
        if owner is not None and owner.host is None and owner.pid is not None and not is_alive(owner.pid):
            advice = (
                "it is a yoyo started by hand, and no process of that number runs on this host; if none runs "
                "elsewhere either, remove the lock with rawdb.migrate.break_lock or yoyo break-lock"
            )
        return f"the database is being migrated by {who}, and was still after {timeout:g} s: {advice}"

    def check(self) -> None:
        """Raise DBMigrationError if the lock was taken away: another process may be migrating."""
        self._lost = self._lost or not self._renew()
        self.refuse_lost()

    def refuse_lost(self) -> None:
        """The same without a round trip, by what the last stamp has shown."""
        if self._lost:
            raise DBMigrationError("the lock on the database was taken away while migrating: run it again")

    def _renew(self) -> bool:
        with self._guard:
            return self._history.renew_lock(self._pid, self._host, _now())

    @contextmanager
    def stamping(self) -> Iterator[None]:
        """Keep the rows fresh in a thread while the block runs."""
        thread = threading.Thread(target=self._stamp, name="rawdb-migration-lock", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _stamp(self) -> None:
        while not self._stop.wait(STAMP_EVERY):
            try:
                self._lost = self._lost or not self._renew()
            except Exception as error:
                # The main thread asks before each migration and reports it there.
                _log.warning("the migration lock could not be stamped: %s", error)

    def release(self) -> None:
        """Give the lock back and close the connection."""
        try:
            # Another thread of this process may be the owner: its rows look like ours.
            if self._held and not self._dialect.is_closed(self._raw):
                self._history.release_lock(self._pid, self._host)
        finally:
            self._dialect.close(self._raw)


@contextmanager
def locked(target: Target, timeout: float, prepare: Callable[[], None]) -> Iterator[Lock | None]:
    """Hold the lock for the block; None for a database in memory, which has one user.

    `prepare` makes the lock table if it is not there.
    """
    prepare()
    if target.url.is_memory:
        yield None
        return
    lock = Lock(target)
    try:
        lock.acquire(timeout)
        # SQLite lets nobody write beside a running migration.
        with nullcontext() if target.url.dialect == "sqlite" else lock.stamping():
            yield lock
    finally:
        lock.release()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
