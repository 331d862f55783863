"""Waiting for locks on tables: never for long, because every reader queues behind a waiting change of a table.

A statement gives up after seconds, the readers get as long to themselves, and then it is tried again. At last the
error names who was in the way.
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from rawdb.dialects import Dialect
from rawdb.exceptions import DBDeadlock, DBMigrationError

_log = logging.getLogger("rawdb.migrate")
_T = TypeVar("_T")

_SETTINGS = {
    "postgresql": ("SET lock_timeout = {milliseconds}",),
    "mysql": ("SET lock_wait_timeout = {seconds}", "SET innodb_lock_wait_timeout = {seconds}"),
    "sqlite": ("PRAGMA busy_timeout = {milliseconds}",),
}
_SESSION = (
    "SELECT DISTINCT a.pid, CONCAT(a.usename, ', ', NULLIF(a.application_name, ''), ', ', a.state, ', since ',"
    " DATE_TRUNC('second', COALESCE(a.xact_start, a.state_change))), a.query, a.xact_start"
    " FROM pg_catalog.pg_stat_activity AS a"
)
# Who holds a lock on one of these tables, or else who has a transaction open; the oldest first.
_BLOCKERS = {
    "postgresql": (
        (
            f"{_SESSION} JOIN pg_catalog.pg_locks AS l ON l.pid = a.pid AND l.granted"
            " JOIN pg_catalog.pg_class AS c ON c.oid = l.relation AND c.relname IN ({names})"
            " WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() ORDER BY 4 LIMIT 3"
        ),
        (
            f"{_SESSION} WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()"
            " AND a.xact_start IS NOT NULL ORDER BY 4 LIMIT 3"
        ),
    ),
    "mysql": (
        (
            "SELECT DISTINCT p.id, CONCAT(p.user, '@', p.host, ', ', p.command, ' for ', p.time, ' s'), p.info, p.time"
            " FROM performance_schema.metadata_locks AS l"
            " JOIN performance_schema.threads AS t ON t.thread_id = l.owner_thread_id"
            " JOIN information_schema.processlist AS p ON p.id = t.processlist_id"
            " WHERE l.object_schema = DATABASE() AND l.object_name IN ({names}) AND l.lock_status = 'GRANTED'"
            " AND p.id <> CONNECTION_ID() ORDER BY 4 DESC LIMIT 3"
        ),
        (
            "SELECT p.id, CONCAT(p.user, '@', p.host, ', ', p.command, ', transaction since ', t.trx_started), p.info"
            " FROM information_schema.innodb_trx AS t"
            " JOIN information_schema.processlist AS p ON p.id = t.trx_mysql_thread_id"
            " WHERE p.db = DATABASE() AND p.id <> CONNECTION_ID() ORDER BY t.trx_started LIMIT 3"
        ),
    ),
    "sqlite": (),
}
_WORD = re.compile(r"\w+")


class Waits(NamedTuple):
    """For how many seconds a statement waits for locks, and how often it is tried.

    Raises TypeError or ValueError, by name, for what is no such number.
    """

    seconds: float = 3.0
    tries: int = 10

    @classmethod
    def checked(cls, seconds: object, tries: object) -> Waits:
        """The same from arguments that may be wrong."""
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise TypeError(f"table_lock_timeout takes a number, not {seconds!r}")
        if isinstance(tries, bool) or not isinstance(tries, int):
            raise TypeError(f"tries takes a whole number, not {tries!r}")
        if not (0 < seconds < 1e6 and tries > 0):
            raise ValueError(f"table_lock_timeout and tries are more than 0, not {seconds!r} and {tries!r}")
        return cls(float(seconds), tries)


class Patience:
    """Runs work on one connection by these rules."""

    def __init__(self, dialect: Dialect, raw: Any, waits: Waits) -> None:
        self._dialect = dialect
        self._raw = raw
        self._waits = waits

    def set_up(self) -> None:
        """Limit how long statements wait on this connection."""
        seconds = self._waits.seconds
        for text in _SETTINGS[self._dialect.name]:
            filled = text.format(seconds=max(1, round(seconds)), milliseconds=max(1, round(seconds * 1000)))
            self._dialect.run(self._raw, filled, {})

    def run(self, name: str, statement: Callable[[], str], work: Callable[[], _T]) -> _T:
        """The result of `work`, which is tried again while others are in its way.

        It leaves nothing open when it fails; `statement` then gives what it failed at. Raises DBMigrationError
        after the last try.
        """
        for attempt in range(1, self._waits.tries + 1):
            try:
                return work()
            except Exception as error:
                if not self._dialect.is_driver_error(error):
                    raise
                cause = self._dialect.translate(error)
                if not isinstance(cause, DBDeadlock):
                    raise
                text = " ".join(statement().split())
                complaint = f"{name} waits at {text[:100]!r} for {self._who(text)}"
                if attempt == self._waits.tries:
                    raise DBMigrationError(
                        f"{complaint}: given up after {attempt} tries of {self._waits.seconds:g} s each, so that "
                        "others need not wait behind it. End what is in the way, or try again later with a longer "
                        "table_lock_timeout or more tries",
                        cause,
                    ) from error
            _log.warning("%s; try %d of %d", complaint, attempt + 1, self._waits.tries)
            time.sleep(self._waits.seconds * random.uniform(0.5, 1.5))  # noqa: S311 - spreads tries, hides nothing
        raise AssertionError("unreachable")

    def _who(self, statement: str) -> str:
        """Who is in the way, in words."""
        if self._dialect.name == "sqlite":
            return "another connection that writes to the file"
        names = sorted(set(_WORD.findall(statement)))
        for text in _BLOCKERS[self._dialect.name]:
            marks = {f"n{number}": name for number, name in enumerate(names)}
            listed = ", ".join(map(self._dialect.placeholder, marks))
            try:
                rows = self._dialect.run(self._raw, text.format(names=listed), marks if "{names}" in text else {}).rows
            except Exception as error:
                if not self._dialect.is_driver_error(error):
                    raise
                continue
            if rows:
                return "; ".join(_session(*row[:3]) for row in rows)
        return "somebody who cannot be told (the server shows no session that is in the way)"


def _session(number: object, what: object, query: object) -> str:
    last = " ".join(str(query or "").split())
    return f"session {number} ({what}{f', {last[:80]!r}' if last else ''})"
