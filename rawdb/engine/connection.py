"""One connection: statements run, errors translated, and what is known of its health and of its transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from logging import INFO
from typing import Any, NoReturn, TypeVar

from rawdb.dialects import Description, Dialect, Result
from rawdb.dialects.base import Outgoing, Stream
from rawdb.dialects.translation import translate_error
from rawdb.engine import process
from rawdb.engine.ahead import BEGINNINGS, Ahead, goes_together, is_undone, may_wait
from rawdb.engine.hooks import Hooks, Observer
from rawdb.engine.open_streams import Occupied, OpenStream
from rawdb.exceptions import DBConnectionError, DBDataError, DBDeadlock, DBError, DBOutcomeUnknown
from rawdb.statements.compiled import Compiled
from rawdb.statements.effects import AUTOCOMMIT, CALLS, CONTROL, COPIES, NEXT, NOWAIT, STATE

__all__ = ["Connection", "Observer"]


_COMMIT = Compiled("COMMIT", "COMMIT")
_GUARD = Compiled("SAVEPOINT", "SAVEPOINT rawdb_call")
_UNGUARD = Compiled("RELEASE SAVEPOINT", "RELEASE SAVEPOINT rawdb_call")
_ROLLBACK = Compiled("ROLLBACK", "ROLLBACK")
_DESCRIBE = Compiled("describe", "")
_PING = Compiled("ping", "")
#: A lock that was not to be had at once: PostgreSQL, MySQL, MariaDB.
_LOCK_NOT_FREE = frozenset({"55P03", 3572, 1205})
_NOTABLE = CONTROL | STATE | NEXT | COPIES
#: Rows of a result that a cursor may hold on to.
_KEPT_ROWS = 1000


T = TypeVar("T")


class Connection:
    """A driver connection under rawdb's rules. Owned by one thread at a time."""

    def __init__(self, raw: Any, dialect: Dialect, hooks: Hooks | None = None) -> None:
        self.raw = raw
        self.dialect = dialect
        self.process = process.number
        self.opened_at = self.used_at = time.monotonic()
        #: Whether it is not to be used again: nothing is sent on it any more, and its pool closes it.
        self.evicted = False
        #: Whether something of this borrower is left in its session, so that nobody else may have it.
        self.marked = False
        #: Whether it failed by what it remembers of tables that have changed; its pool's others may, too.
        self.outdated = False
        #: Counts the loans: who gives back an earlier one gives back nothing.
        self.loan = 0
        #: The thread that has it from the pool, and since when; None while it is idle.
        self.borrower: threading.Thread | None = None
        self.lent_at = self.opened_at
        #: Name of the statement sent last, for reports.
        self.statement: str | None = None
        self._hooks = hooks or Hooks()
        self._cursor = dialect.cursor(raw)
        #: Results that are read in parts, and not at their end yet.
        self._streams: list[OpenStream] = []
        #: The streams that were open at each savepoint.
        self._marks: dict[str, list[OpenStream]] = {}
        self._in_block = False
        #: What goes out with the next statement.
        self._ahead: list[Ahead] = []
        #: Where it was lost before it had answered anything of its transaction, of which nothing can have stayed: what
        #: had gone out with the statement that was lost.
        self.unanswered: list[Ahead] | None = None
        self._failed: Exception | None = None
        self._over: Exception | None = None
        #: Whether it is over only because of what was sent ahead: a savepoint undoes that.
        self._failed_ahead = False
        #: What has ended the transaction without an error.
        self._ended_by: Compiled | None = None

    def lend(self, thread: threading.Thread) -> None:
        """Note who has the connection now."""
        self.loan += 1
        self.borrower = thread
        self.lent_at = time.monotonic()

    def run(self, sent: Compiled, parameters: Sequence[Any] = (), *, lone_write: bool = False) -> Result:
        """Run one statement. Every driver error leaves as a DB* exception that names the statement.

        With `lone_write` the statement commits by itself, so a connection lost under it leaves the outcome
        unknown: DBOutcomeUnknown.
        """
        if self._over is not None or self.evicted:
            raise self._repeated()
        if sent.effects & _NOTABLE:
            self._note(sent)
            if sent.effects & CALLS:
                return self._call(sent, parameters, lone_write=lone_write)
        if lone_write:
            self._check_alive()
        result = self._send(sent, parameters, unknown=lone_write)
        if self._in_block:
            if not self.dialect.in_transaction(self.raw):
                raise self._ended(sent)
        elif lone_write and not self.dialect.commits_alone(self.raw):
            self.evicted = True
            raise DBError(
                f"{sent.name}: the session does not commit by itself (autocommit is off): nothing was changed"
            )
        return result

    @property
    def has_begun(self) -> bool:
        """Whether anything of the transaction was sent."""
        return not (self._ahead and self._ahead[0].sent.name in BEGINNINGS)

    def run_ahead(self, ahead: Ahead) -> Ahead:
        """Run a statement together with the next one of the transaction, where the server takes both at once.

        Its error is raised by the next one, and ends the transaction.
        """
        if self._over is None and not self.evicted and self.dialect.takes_ahead and may_wait(ahead.sent):
            self._ahead.append(ahead)
        else:
            ahead.result = self.run(ahead.sent, ahead.parameters)
        return ahead

    def flush(self) -> None:
        """Run what would go out with the next statement."""
        if not self._ahead:
            return
        if self._over is not None or self.evicted:
            raise self._repeated()
        self.check_process()
        self._send_together()

    def attempt(self, sent: Compiled, parameters: Sequence[Any], work: Callable[[], T]) -> T:
        """Do with the driver what is no statement at a stretch. Its errors leave as those of the statement."""
        if self._over is not None or self.evicted:
            raise self._repeated()
        self.check_process()
        self.statement = sent.name
        try:
            return work()
        except Exception as error:
            self._raise(error, sent, parameters)
        except BaseException:
            self.evicted = True
            raise

    def stream(self, sent: Compiled, parameters: Sequence[Any]) -> OpenStream:
        """Run a statement, its rows left to be read in parts.

        Raises DBError where another one is open, and the driver can do one thing at a time.
        """
        for stream in [one for one in self._streams if one.abandoned]:
            stream.close()
        if sent.effects & _NOTABLE:
            self._note(sent)
        if self._ahead:
            self.flush()

        def start() -> Stream:
            if isinstance(self._cursor, Occupied):
                self._cursor.free()
            return self.dialect.stream(self.raw, self._outgoing(sent), parameters)

        opened = OpenStream(self, sent, parameters, self.attempt(sent, parameters, start))
        self._streams.append(opened)
        if self.dialect.streams_alone:
            self._cursor = Occupied(self._cursor, opened)
        return opened

    def copy(self, sent: Compiled, rows: Iterable[Sequence[Any]]) -> int:
        """Send rows for a COPY; returns how many were stored."""
        if self._ahead:
            self.flush()
        return self.attempt(sent, (), lambda: self.dialect.copy(self.raw, self._outgoing(sent), rows))

    def forget(self, stream: OpenStream) -> None:
        """A stream is at its end."""
        if stream in self._streams:
            self._streams.remove(stream)
        if isinstance(self._cursor, Occupied) and not self._streams:
            self._cursor = self._cursor.behind

    def _drop_streams(self) -> None:
        """Forget what was not read to its end; a connection that would have to read it all first is evicted."""
        for stream in list(self._streams):
            if not stream.drop():
                self.evicted = True

    def _outgoing(self, sent: Compiled) -> str:
        """The text to send, which observers and the log have seen."""
        hooks = self._hooks
        if hooks.observers or hooks.changes_texts or hooks.logger.isEnabledFor(INFO):
            return hooks.outgoing(sent.name, sent.text, self.dialect)
        return sent.text

    def _note(self, sent: Compiled) -> None:
        """Refuse what would end or begin a transaction behind the engine's back; remember what marks the session."""
        if sent.effects & CONTROL or (self._in_block and sent.effects & AUTOCOMMIT):
            what = "would begin or end a transaction, and was not sent: blocks do that (docs/transactions.md)"
            raise _placed(DBError(f"{sent.name} {what}"), sent)
        if sent.effects & COPIES:
            what = "is a COPY whose rows the client sends or takes, and was not sent"
            raise _placed(DBError(f"{sent.name} {what}: rawdb.tables.load stores rows, stream() reads them"), sent)
        if not sent.effects & (STATE | NEXT):
            return
        self.marked = self.marked or not self._in_block or bool(sent.effects & STATE)

    def _call(self, sent: Compiled, parameters: Sequence[Any], *, lone_write: bool) -> Result:
        """Run what may end a transaction and begin another: the driver says only whether there is one."""
        guard = self._in_block and self.dialect.commits_ddl
        if lone_write:
            self._check_alive()
        if guard:
            self._send(_GUARD)
        try:
            result = self._send(sent, parameters, unknown=lone_write)
        except DBError:
            if guard and self._over is None and not self.evicted:
                self._let_guard_go(sent)
            raise
        open_now = self.dialect.in_transaction(self.raw)
        if not self._in_block and (open_now or not self.dialect.commits_alone(self.raw)):
            self.evicted = True
            raise DBError(f"{sent.name} has left a transaction open: what was done in it is undone, the rest stays")
        if self._in_block and not open_now:
            raise self._ended(sent)
        if guard:
            self._let_guard_go(sent)
        return result

    def _let_guard_go(self, sent: Compiled) -> None:
        """Forget the savepoint of a call. Raises DBError where it is gone, and with it the transaction."""
        try:
            self._send(_UNGUARD)
        except (DBConnectionError, DBDeadlock):
            raise
        except DBError as error:
            raise self._ended(sent) from error.__cause__

    def _ended(self, sent: Compiled) -> DBError:
        """The error for a statement after which the transaction is over, though nobody has asked for it."""
        self._over = DBError(
            f"{sent.name} has ended the transaction of this block: what was done in it is committed, as by DDL on "
            "MySQL (which belongs into writer.autocommit), or undone; nothing more is run in it"
        )
        _placed(self._over, sent)
        self._ended_by = sent
        return self._over

    def check_process(self) -> None:
        """Raise DBConnectionError in a process that only inherited this connection by a fork."""
        if self.process != process.number:
            raise DBConnectionError("this transaction was begun before a fork and belongs to the parent process")

    def describe(self) -> Description:
        """The tables of the live database."""
        self.flush()
        if isinstance(self._cursor, Occupied):
            self._cursor.free()
        try:
            return self.dialect.describe(self.raw)
        except Exception as error:
            raise self._translated(error, _DESCRIBE, unknown=False) from error

    def begin(self, *, write: bool, isolation: str | None = None) -> None:
        """Open a transaction: together with its first statement, where the server takes both at once."""
        self._forget_block()
        beginnings = _beginnings(self.dialect, write, isolation)
        if self.dialect.sends_together:
            self._ahead = [Ahead(begin) for begin in beginnings]
        else:
            for begin in beginnings:
                self._send(begin)
        self._in_block = True

    def commit(self) -> None:
        """Commit.

        Raises DBDeadlock when the server refuses (it has rolled back), DBOutcomeUnknown when its answer was lost,
        and DBError, nothing being committed, when an earlier error had spoiled the transaction.
        """
        self.check_process()
        if self._over is not None or self.evicted:
            raise self._repeated()
        if self.dialect.is_aborted(self.raw):
            raise self._aborted()
        for stream in list(self._streams):
            stream.close()
        if self._ahead:
            self.flush()
        if not self.dialect.in_transaction(self.raw):
            raise self._ended(_COMMIT)
        self._check_alive()
        self._send(_COMMIT, unknown=True)
        self._forget_block()

    def rollback(self) -> None:
        """Roll back; a connection that cannot is evicted and the failure is not raised."""
        try:
            if self._streams:
                self._drop_streams()
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
        self._marks[name] = list(self._streams)

    def release(self, name: str) -> None:
        """Forget a savepoint; what was done since stays."""
        self.run(Compiled("RELEASE SAVEPOINT", f"RELEASE SAVEPOINT {name}"))
        self._marks.pop(name, None)

    def back_to(self, name: str) -> None:
        """Undo what was done since a savepoint, an error included."""
        # Whatever waits, or failed with nobody asking, was sent behind the savepoint: setting one sends what waits.
        self._ahead = []
        if self._failed_ahead:
            self._over, self._failed_ahead = None, False
        before = self._marks.pop(name, [])
        for stream in [one for one in self._streams if one not in before]:
            # The server forgets them.
            stream.undo()
        self.run(Compiled("ROLLBACK TO SAVEPOINT", f"ROLLBACK TO SAVEPOINT {name}"))
        self._failed = None

    def close(self) -> None:
        """Close the driver connection; its errors are of no more interest."""
        self.evicted = True
        self._drop_streams()
        try:
            self.dialect.close(self.raw)
        except Exception:
            return

    def is_usable(self, idle_check: float, recycle: float, timeout: float) -> bool:
        """Whether a connection that was just lent may be used: not evicted, not too old, and alive.

        Its socket is looked at always, its server asked (for at most `timeout` seconds) if it was idle for
        `idle_check` seconds. Raises DBConnectionError when the server does not answer.
        """
        now = self.lent_at
        if self.evicted or 0 <= recycle < now - self.opened_at or self.dialect.is_dead(self.raw):
            return False
        if now - self.used_at >= idle_check:
            try:
                self.dialect.ping(self.raw, timeout)
            except Exception as error:
                raise self._translated(error, _PING, unknown=False) from error
        return True

    def _send(self, sent: Compiled, parameters: Sequence[Any] = (), *, unknown: bool = False) -> Result:
        if self.process != process.number:
            self.check_process()
        if self._ahead:
            if goes_together(sent):
                return self._send_together(Ahead(sent, parameters))
            self._send_together()
        self.statement = sent.name
        try:
            text = self._outgoing(sent)
            if sent.batch:
                return self.dialect.execute_many(self._cursor, text, parameters)
            result = self.dialect.execute(self._cursor, text, parameters, sent.by_key)
            if len(result.rows) > _KEPT_ROWS and self.dialect.keeps_rows:
                # The cursor would keep them all until it is used again.
                self._cursor = self.dialect.cursor(self.raw)
            return result
        except Exception as error:
            self._raise(error, sent, parameters, unknown=unknown)
        except BaseException:
            # Interrupted between question and answer: the next answer would be the wrong one.
            self.evicted = True
            raise

    def _send_together(self, asked: Ahead | None = None) -> Result:
        """Run what waits in one message, and what is asked for with it; the result of the last.

        An error leaves as that of its statement.
        """
        statements = self._ahead if asked is None else [*self._ahead, asked]
        results: list[Result] = []
        outgoing: list[Outgoing] = []
        try:
            # Interrupted before, it goes on waiting; from here on the connection is given up.
            self._ahead = []
            try:
                for one in statements:
                    self.statement = one.sent.name
                    outgoing.append((self._outgoing(one.sent), one.parameters, one.sent.by_key))
            except Exception:
                # An observer may refuse a statement: those before it are run all the same.
                if outgoing:
                    self.dialect.execute_together(self._cursor, outgoing, results)
                raise
            self.dialect.execute_together(self._cursor, outgoing, results)
        except Exception as error:
            self._raise_one(error, statements, asked, len(results))
        except BaseException:
            self.evicted = True
            raise
        finally:
            for one, result in zip(statements, results, strict=False):
                one.result = result
        if len(results[-1].rows) > _KEPT_ROWS and self.dialect.keeps_rows:
            self._cursor = self.dialect.cursor(self.raw)
        return results[-1]

    def _raise_one(self, error: Exception, statements: Sequence[Ahead], asked: Ahead | None, failed: int) -> NoReturn:
        """Raise what an error becomes that came from one of some statements, and from those before it none."""
        # Whatever comes from outside may come behind the last.
        place = failed = min(failed, len(statements) - 1)
        if self.dialect.is_closed(self.raw) or self.dialect.evicts(error):
            # Nobody waits for the beginning.
            while place < len(statements) - 1 and statements[place].sent.name in BEGINNINGS:
                place += 1
        one = statements[place]
        silence = self.dialect.is_silence(error)
        try:
            self._raise(error, one.sent, one.parameters)
        except Exception as raised:
            if not failed and self.evicted and not silence and is_undone(statements):
                # What was asked for is asked for once more.
                self.unanswered = [one for one in statements if one is not asked and one.sent.name not in BEGINNINGS]
            if statements[failed] is not asked and self._over is None:
                # Who asked for it does not ask whether it went well.
                self._over, self._failed_ahead = raised, True
            raise

    def _raise(
        self, error: Exception, sent: Compiled, parameters: Sequence[Any] = (), *, unknown: bool = False
    ) -> NoReturn:
        """Raise what an error becomes, or what a signal's handler raised inside the driver."""
        interruption = self.dialect.interruption(error)
        if interruption is not None:
            self.evicted = True
            raise interruption from None
        translated = self._translated(error, sent, parameters, unknown=unknown)
        if translated is error:
            raise error
        raise translated from error

    def _check_alive(self) -> None:
        """Raise DBConnectionError if the connection is known to be gone: what is not sent cannot have an effect."""
        if self.dialect.is_gone(self.raw):
            self.evicted = True
            raise DBConnectionError("the connection was lost before the statement was sent: nothing was changed")

    def _translated(
        self, error: Exception, sent: Compiled, parameters: Sequence[Any] = (), *, unknown: bool
    ) -> Exception:
        if not self.dialect.is_driver_error(error):
            # Not the driver's own, so nobody knows in what state it left the connection.
            self.evicted = self.evicted or not isinstance(error, DBError)
            return error
        dialect = self.dialect
        self.outdated = dialect.is_outdated(error)
        lost = dialect.is_closed(self.raw) or dialect.evicts(error)
        translated = translate_error(error, dialect.name, unique_columns=self._unique_columns(sent.table))
        # What became of the work is the driver's to say, whatever rules of one's own make of the error.
        if unknown and self._is_unknown(error, commit=sent is _COMMIT):
            translated = DBOutcomeUnknown(error)
        cursor = self._cursor.behind if isinstance(self._cursor, Occupied) else self._cursor
        too_large = dialect.too_large(self.raw, cursor, sent.text, parameters, error)
        if too_large is not None:
            lost, translated = True, DBDataError(too_large)
            translated.inner_exception, translated.code = error, error.args[0]
        lost = lost or isinstance(translated, DBConnectionError)
        if isinstance(translated, DBError):
            translated.statement, translated.location = sent.name, sent.location
            translated.dialect = dialect.name
            if isinstance(translated, DBDeadlock) and sent.effects & NOWAIT:
                translated.no_wait = translated.code in _LOCK_NOT_FREE
        self.evicted = self.evicted or lost
        if self._in_block:
            self._note_failure(error, translated, lost=lost)
        return translated

    def _is_unknown(self, error: Exception, *, commit: bool) -> bool:
        if not self.dialect.loses_outcome(error, commit=commit):
            return False
        return isinstance(self.dialect.translate(error), DBConnectionError)

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
        if (lost and isinstance(translated, DBConnectionError)) or self._has_ended(error):
            self._over = translated

    def _has_ended(self, error: Exception) -> bool:
        try:
            return self.dialect.ends_transaction(self.raw, error)
        except Exception:
            # The dialect may have asked the server.
            self.evicted = True
            return True
        except BaseException:
            self.evicted = True
            raise

    def _repeated(self) -> DBError:
        """The error for work in a transaction that is over, in a class that says whether it may be run again."""
        over = self._over
        if over is None:
            return DBConnectionError("the connection was given up at an interrupt or an error: nothing was committed")
        kind = DBDeadlock if isinstance(over, DBDeadlock) else DBConnectionError if self.evicted else DBError
        text = "the transaction was ended by an earlier error, and nothing of it was committed"
        if self._ended_by is not None:
            # What became of it nobody says: DDL commits, a procedure may do either.
            text = over.args[0]
        return _caused(kind(text), over)

    def _aborted(self) -> DBError:
        kind = DBDeadlock if isinstance(self._failed, DBDeadlock) else DBError
        text = "nothing was committed: an error inside the transaction was caught, but not by a savepoint"
        return _caused(kind(text), self._failed)

    def _forget_block(self) -> None:
        self._in_block = False
        self._ahead = []
        self._failed = self._over = self._ended_by = None
        self._failed_ahead = False


@lru_cache(maxsize=64)
def _beginnings(dialect: Dialect, write: bool, isolation: str | None) -> tuple[Compiled, ...]:
    """What is sent to open a transaction."""
    texts = dialect.begin(write=write, isolation=isolation)
    return tuple(Compiled(BEGINNINGS[text is texts[-1]], text) for text in texts)


def _placed(error: DBError, sent: Compiled) -> DBError:
    error.statement, error.location = sent.name, sent.location
    return error


def _caused(error: DBError, cause: BaseException | None) -> DBError:
    error.cause = error.__cause__ = cause
    return error
