"""One connection: statements run, errors translated, and what is known of its health and of its transaction."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from typing import Any

from rawdb.dialects import Description, Dialect, Result
from rawdb.dialects.translation import translate_error
from rawdb.engine.hooks import Hooks, Observer
from rawdb.exceptions import DBConnectionError, DBDeadlock, DBError, DBOutcomeUnknown
from rawdb.statements.compiled import Compiled

__all__ = ["Connection", "Observer"]


_COMMIT = Compiled("COMMIT", "COMMIT")
_ROLLBACK = Compiled("ROLLBACK", "ROLLBACK")
_DESCRIBE = Compiled("describe", "")
_PING = Compiled("ping", "")
#: Rows of a result that a cursor may hold on to.
_KEPT_ROWS = 1000


class Connection:
    """A driver connection under rawdb's rules. Owned by one thread at a time."""

    def __init__(self, raw: Any, dialect: Dialect, hooks: Hooks | None = None) -> None:
        self.raw = raw
        self.dialect = dialect
        self.process = os.getpid()
        self.opened_at = self.used_at = time.monotonic()
        self.evicted = False
        #: The thread that has it from the pool, and since when; None while it is idle.
        self.borrower: threading.Thread | None = None
        self.lent_at = self.opened_at
        #: Name of the statement sent last, for reports.
        self.statement: str | None = None
        self._hooks = hooks or Hooks()
        self._cursor = dialect.cursor(raw)
        self._in_block = False
        self._failed: Exception | None = None
        self._over: Exception | None = None

    def lend(self, thread: threading.Thread) -> None:
        """Note who has the connection now."""
        self.borrower = thread
        self.lent_at = time.monotonic()

    def run(self, sent: Compiled, parameters: Sequence[Any] = (), *, lone_write: bool = False) -> Result:
        """Run one statement. Every driver error leaves as a DB* exception that names the statement.

        With `lone_write` the statement commits by itself, so a connection lost under it leaves the outcome
        unknown: DBOutcomeUnknown.
        """
        if self._over is not None:
            raise self._repeated()
        if lone_write:
            self._check_alive()
        return self._send(sent, parameters, unknown=lone_write)

    def check_process(self) -> None:
        """Raise DBConnectionError in a process that only inherited this connection by a fork."""
        if self.process != os.getpid():
            raise DBConnectionError("this transaction was begun before a fork and belongs to the parent process")

    def describe(self) -> Description:
        """The tables of the live database."""
        try:
            return self.dialect.describe(self.raw)
        except Exception as error:
            raise self._translated(error, _DESCRIBE, unknown=False) from error

    def begin(self, *, write: bool) -> None:
        """Open a transaction."""
        self._forget_block()
        self._send(Compiled("BEGIN", self.dialect.begin_write if write else self.dialect.begin_read))
        self._in_block = True

    def commit(self) -> None:
        """Commit.

        Raises DBDeadlock when the server refuses (it has rolled back), DBOutcomeUnknown when its answer was lost,
        and DBError, nothing being committed, when an earlier error had spoiled the transaction.
        """
        self.check_process()
        if self._over is not None:
            raise self._repeated()
        if self.dialect.is_aborted(self.raw):
            raise self._aborted()
        self._check_alive()
        self._send(_COMMIT, unknown=True)
        self._forget_block()

    def rollback(self) -> None:
        """Roll back; a connection that cannot is evicted and the failure is not raised."""
        try:
            if not (self.evicted or self._in_block or self.dialect.in_transaction(self.raw)):
                return
            if self.evicted or self.dialect.is_closed(self.raw):
                self.evicted = True
            elif self.dialect.in_transaction(self.raw):
                self._send(_ROLLBACK)
        except Exception:
            # The transaction dies with its connection: nothing of it can stay.
            self.evicted = True
        self._forget_block()

    def savepoint(self, name: str) -> None:
        """Mark the place that `back_to` returns to."""
        self.run(Compiled("SAVEPOINT", f"SAVEPOINT {name}"))

    def release(self, name: str) -> None:
        """Forget a savepoint; what was done since stays."""
        self.run(Compiled("RELEASE SAVEPOINT", f"RELEASE SAVEPOINT {name}"))

    def back_to(self, name: str) -> None:
        """Undo what was done since a savepoint, an error included."""
        self.run(Compiled("ROLLBACK TO SAVEPOINT", f"ROLLBACK TO SAVEPOINT {name}"))
        self._failed = None

    def close(self) -> None:
        """Close the driver connection; its errors are of no more interest."""
        self.evicted = True
        try:
            self.dialect.close(self.raw)
        except Exception:
            return

    def is_usable(self, idle_check: float, recycle: float, timeout: float) -> bool:
        """Whether the connection may be handed out: not evicted, not too old, and alive.

        Its socket is looked at always, its server asked (for at most `timeout` seconds) if it was idle for
        `idle_check` seconds. Raises DBConnectionError when the server does not answer.
        """
        now = time.monotonic()
        if self.evicted or self.dialect.is_closed(self.raw) or 0 <= recycle < now - self.opened_at:
            return False
        if self.dialect.is_stale(self.raw):
            return False
        if now - self.used_at >= idle_check:
            try:
                self.dialect.ping(self.raw, timeout)
            except Exception as error:
                raise self._translated(error, _PING, unknown=False) from error
        return True

    def _send(self, sent: Compiled, parameters: Sequence[Any] = (), *, unknown: bool = False) -> Result:
        if self.process != os.getpid():
            self.check_process()
        self.statement = sent.name
        try:
            text = sent.text if self._hooks.idle else self._hooks.outgoing(sent.name, sent.text, self.dialect)
            if sent.batch:
                return self.dialect.execute_many(self._cursor, text, parameters)
            result = self.dialect.execute(self._cursor, text, parameters)
            if len(result.rows) > _KEPT_ROWS:
                # The cursor would keep them all until it is used again.
                self._cursor = self.dialect.cursor(self.raw)
            return result
        except Exception as error:
            raise self._translated(error, sent, unknown=unknown) from error
        except BaseException:
            # Interrupted between question and answer: the next answer would be the wrong one.
            self.evicted = True
            raise

    def _check_alive(self) -> None:
        """Raise DBConnectionError if the connection is known to be gone: what is not sent cannot have an effect."""
        if self.dialect.is_closed(self.raw) or self.dialect.is_stale(self.raw):
            self.evicted = True
            raise DBConnectionError("the connection was lost before the statement was sent: nothing was changed")

    def _translated(self, error: Exception, sent: Compiled, *, unknown: bool) -> Exception:
        if not self.dialect.is_driver_error(error):
            # Not the driver's own, so nobody knows in what state it left the connection.
            self.evicted = self.evicted or not isinstance(error, DBError)
            return error
        lost = self.dialect.is_closed(self.raw) or self.dialect.evicts(error)
        translated = translate_error(error, self.dialect.name, unique_columns=self._unique_columns(sent.table))
        if unknown and self._is_unknown(error, translated, commit=sent is _COMMIT):
            translated = DBOutcomeUnknown(error)
        if isinstance(translated, DBError):
            translated.statement, translated.location = sent.name, sent.location
            translated.dialect = self.dialect.name
        self.evicted = self.evicted or lost
        if self._in_block:
            self._note_failure(error, translated, lost=lost)
        return translated

    def _is_unknown(self, error: Exception, translated: Exception, *, commit: bool) -> bool:
        return isinstance(translated, DBConnectionError) and self.dialect.loses_outcome(error, commit=commit)

    def _unique_columns(self, table: str | None) -> Any:
        known = self._hooks.unique_columns
        if known is None or table is None:
            return known
        return lambda key: known(f"{table}.{key}") or known(key)

    def _note_failure(self, error: Exception, translated: Exception, *, lost: bool) -> None:
        if self._failed is None:
            self._failed = translated
        elif isinstance(translated, DBError) and self.dialect.is_aborted(self.raw):
            # Refused only because of what went wrong before.
            translated.cause = self._failed
        if (lost and isinstance(translated, DBConnectionError)) or self.dialect.ends_transaction(self.raw, error):
            self._over = translated

    def _repeated(self) -> DBError:
        """The error for work in a transaction that is over, in a class that says whether it may be run again."""
        over = self._over
        kind = DBDeadlock if isinstance(over, DBDeadlock) else DBConnectionError if self.evicted else DBError
        return _caused(kind("the transaction was ended by an earlier error, and nothing of it was committed"), over)

    def _aborted(self) -> DBError:
        kind = DBDeadlock if isinstance(self._failed, DBDeadlock) else DBError
        text = "nothing was committed: an error inside the transaction was caught, but not by a savepoint"
        return _caused(kind(text), self._failed)

    def _forget_block(self) -> None:
        self._in_block = False
        self._failed = self._over = None


def _caused(error: DBError, cause: BaseException | None) -> DBError:
    error.cause = error.__cause__ = cause
    return error
