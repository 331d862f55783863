"""The running transaction of a context: where it is kept, how it begins and ends.

Each thread has a list of its open scopes, the innermost last. A scope is found by its database and its context, which
need not know of it: any object serves as context, and a copy or a pickle of one carries no transaction.

An exception may arrive from outside between any two instructions (Ctrl-C, a signal's handler), also between entering
a block and owning it. So a scope hangs on its block's life: `guard` is dead once the `with` statement is gone, and a
scope whose guard is dead is rolled back by whoever finds it: the next block of the thread, the next writer of SQLite.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, TypeVar

from rawdb.dialects import Description, Dialect, Result
from rawdb.engine import process
from rawdb.engine.ahead import Ahead
from rawdb.engine.connection import Connection
from rawdb.engine.options import DatabaseOptions
from rawdb.engine.pool import Pool
from rawdb.engine.retry import outdated, read_again, run_with_retry
from rawdb.exceptions import (
    DBConnectionError,
    DBError,
    DBOutcomeUnknown,
    DBPoolTimeout,
    NoEngineContextEstablished,
)
from rawdb.statements.columns import Table
from rawdb.statements.compiled import Cache, Compiled, Rules
from rawdb.statements.effects import CALLS, MAY_WRITE, WRITES
from rawdb.statements.statement import Statement

READER, ASYNC_READER, WRITER = "reader", "async reader", "writer"

T = TypeVar("T")


class Home(Protocol):
    """What a scope needs of its database."""

    dialect: Dialect
    options: DatabaseOptions
    rules: Rules
    cache: Cache
    queries: Path | None

    @property
    def statements(self) -> Mapping[str, Statement]:
        """The effective statements."""

    @property
    def handles(self) -> Callable[[Scope], Any]:
        """What makes a handle of its statements for a scope."""

    def pool(self, *, replica: bool = False) -> Pool:
        """The pool to take connections from."""

    def inspected(self, statement: Statement, describe: Callable[[], Description]) -> Statement:
        """The statement, with the tables that the live database has."""

    def look_for_more(self) -> None:
        """Look once more for tables that were looked for in vain."""

    def anew(self, statement: Statement, describe: Callable[[], Description]) -> Statement:
        """The statement, with the tables that the live database has now."""

    def table_anew(self, table: Table, describe: Callable[[], Description]) -> Table:
        """The table as the live database has it now."""

    def look_anew(self) -> None:
        """Read the live database's tables again."""

    def table(self, name: str, describe: Callable[[], Description]) -> Table:
        """A table that is declared, or stands in the live database."""

    def statement_of(self, table: Table, kind: str) -> Statement:
        """One of the statements that every table has."""


class Scope:
    """One transaction, or one stretch of lone statements, of one context in one thread."""

    # Most blocks use few of these, and every call opens one: what stands here costs nothing until it changes.
    #: Whether something was changed, or may have been, that stays whatever becomes of the rest: by a lone
    #: statement, or by a transaction of its own that was committed inside.
    written = False
    #: What lives as long as the block does; None: as long as the scope itself.
    guard: weakref.ref[Any] | None = None
    #: The task of an event loop that opened it.
    task: Any = None
    #: Whether the block is over. Its handle may outlive it, but what it began then nobody would end.
    over = False
    #: The statements, bound to this scope, once somebody asked for them.
    handle: Any = None
    _pool: Pool | None = None
    _connection: Connection | None = None
    _loan = 0
    #: Whether the tables were looked for in its transaction, whose own changes may be undone.
    _described = False
    #: Whether the server missed a column, and the tables could not be looked at because of that.
    _has_missed = False
    #: Held while a statement of the transaction runs.
    _gate: Any = None
    _savepoints = 0
    #: The open scopes of the thread that entered it.
    _siblings: list[Scope] | None = None

    def __init__(
        self, database: Home, context: Any, mode: str, *, autocommit: bool, isolation: str | None = None
    ) -> None:
        self.database = database
        self.context = context
        self.mode = mode
        self.autocommit = autocommit
        self.isolation = isolation
        if not autocommit:
            self._gate = threading.RLock()

    def run(self, sent: Compiled, parameters: Sequence[Any] = ()) -> Result:
        """Run a statement: in the transaction, or alone on a connection borrowed for it.

        Raises NoEngineContextEstablished when the block is over.
        """
        if self.over or (self.mode != WRITER and (sent.writes or sent.effects & WRITES)):
            raise self._refusal(sent)
        if not self.autocommit:
            gate = self._gate
            if not gate.acquire(blocking=False):
                raise self._in_use(sent)
            try:
                connection = self._connection
                if connection is None or not connection.has_begun:
                    return self._at_first(lambda begun: begun.run(sent, parameters))
                return connection.run(sent, parameters)
            finally:
                gate.release()
        if sent.writes or sent.effects & MAY_WRITE:
            return self._write_alone(sent, parameters)
        if not self.written:
            try:
                return self._alone(sent, parameters)
            except DBError as error:
                if not outdated(error):
                    raise
            # The table was changed by somebody; the sessions that knew it as it was are gone.
            return self._alone(sent, parameters)
        # What is written stays, so the function cannot be run again; to read again harms nobody.
        return run_with_retry(lambda: self._alone(sent, parameters), self.database.options.retry, read_again, sent.name)

    def held(self, sent: Compiled, work: Callable[[Connection], T]) -> T:
        """Do something with the transaction's connection that is no single statement.

        Raises TypeError where each statement stands alone, NoEngineContextEstablished when the block is over.
        """
        if self.over or (self.mode != WRITER and (sent.writes or sent.effects & WRITES)):
            raise self._refusal(sent)
        if self.autocommit:
            raise TypeError(f"{sent.name}: this needs a transaction, and here each statement stands alone")
        if not self._gate.acquire(blocking=False):
            raise self._in_use(sent)
        try:
            connection = self._connection
            if connection is None or not connection.has_begun:
                return self._at_first(work)
            return work(connection)
        finally:
            self._gate.release()

    def run_ahead(self, sent: Compiled, parameters: Sequence[Any]) -> Ahead:
        """Run a statement together with the next one of the transaction; where each stands alone, at once."""
        ahead = Ahead(sent, parameters)
        if self.autocommit:
            ahead.result = self.run(sent, parameters)
            return ahead
        return self.held(sent, lambda connection: connection.run_ahead(ahead))

    def result_of(self, ahead: Ahead) -> Result:
        """The result of a statement, which is run now if it still waits for the next one."""
        if ahead.result is None:
            self.held(ahead.sent, Connection.flush)
        if ahead.result is None:
            raise DBError(f"{ahead.sent.name} was not run: an error came before it")
        return ahead.result

    def _refusal(self, sent: Compiled) -> Exception:
        """The error for what may not be run here."""
        if self.over:
            return NoEngineContextEstablished(f"{sent.name}: this {self.mode} block is over; run statements inside it")
        other = "writer.autocommit" if self.autocommit else "a writer"
        return TypeError(f"{sent.name} writes, and this is a {self.mode}: use {other}")

    def _write_alone(self, sent: Compiled, parameters: Sequence[Any]) -> Result:
        """Run a statement that writes, or of which nobody knows whether it does. What may have happened counts."""
        before, self.written = self.written, True
        try:
            result = self._alone(sent, parameters, write=True)
        except DBOutcomeUnknown:
            raise
        except Exception:
            # What a procedure did before its error is committed, each of its statements or up to its own COMMIT.
            self.written = before or bool(sent.effects & CALLS)
            raise
        self.written = before or result.matched != 0 or bool(sent.effects & CALLS)
        return result

    def _alone(self, sent: Compiled, parameters: Sequence[Any], *, write: bool = False) -> Result:
        """Run a statement that is its own transaction."""
        pool = self._pool or self._current_pool()
        try:
            if sent.writes:
                pool.writer_lock.acquire(self)
            try:
                borrowed = pool.acquire()
            except DBConnectionError as error:
                pool = self._master_instead(pool, error)
                borrowed = pool.acquire()
            try:
                return borrowed.run(sent, parameters, lone_write=write)
            finally:
                pool.release(borrowed)
        finally:
            if sent.writes:
                pool.writer_lock.release(self)

    def _in_use(self, sent: Compiled) -> DBError:
        connection = self._connection
        thread = connection.borrower if connection is not None else None
        return DBError(
            f"{sent.name}: a statement of this block runs in another thread ({thread.name if thread else 'unknown'}); "
            f"the thread {threading.current_thread().name} needs a block of its own"
        )

    @property
    def is_abandoned(self) -> bool:
        """Whether the block is gone, and an interrupt has kept it from ending its transaction."""
        return not self.over and self.guard is not None and self.guard() is None

    def hang_up(self) -> None:
        """Close the connection of an abandoned scope: the server, or the library, rolls back."""
        if self._connection is not None:
            self._connection.close()

    def describe(self) -> Description:
        """The tables of the live database, as this scope sees them: those of its own transaction too."""
        if self._connection is not None and not self.autocommit:
            self._described = True
            return self.held(_DESCRIBE, lambda connection: connection.describe())
        pool = self._current_pool()
        borrowed = pool.acquire()
        try:
            return borrowed.describe()
        finally:
            pool.release(borrowed)

    def atomic(self, body: Callable[[], T]) -> T:
        """Run a body whose statements take effect all or none, where statements stand alone otherwise."""
        if not self.autocommit:
            return body()
        self.autocommit = False
        self._gate = self._gate or threading.RLock()
        try:
            result = body()
            self.finish(commit=True)
            return result
        finally:
            self.autocommit = True
            self.finish(commit=False)

    def all_or_none(self, body: Callable[[], T]) -> T:
        """Run a body whose statements take effect all or none, also where an error is caught inside the block."""
        if self.autocommit:
            return self.atomic(body)
        with self.savepoint():
            return body()

    def finish(self, *, commit: bool) -> None:
        """End the transaction, if it ever began, and give the connection back."""
        # Nothing is forgotten before it is done: an interrupted end is ended again, and a loan is given back once.
        connection = self._connection
        if connection is None:
            return
        pool = self._pool or self._current_pool()
        try:
            if self._gate is not None and not self._gate.acquire(blocking=False):
                connection.evicted = True
                raise self._in_use(_END)
            try:
                if commit:
                    # What may have happened counts as written: the answer may be lost.
                    before, self.written = self.written, self.written or self.mode == WRITER
                    try:
                        connection.commit()
                    except DBOutcomeUnknown:
                        raise
                    except Exception:
                        self.written = before
                        raise
            finally:
                if self._gate is not None:
                    self._gate.release()
        finally:
            # release() rolls back whatever is still open.
            try:
                pool.release(connection, self._loan)
                self._connection = None
            finally:
                if self.mode == WRITER:
                    pool.writer_lock.release(self)
            if self._has_missed or (self._described and not commit):
                self._forget_tables()

    def _forget_tables(self) -> None:
        """Look for the tables again: those that were seen may have been undone with what made them."""
        self._described = self._has_missed = False
        with contextlib.suppress(DBError):
            self.database.look_anew()

    def look_at_end(self) -> None:
        """Look for the tables again once the transaction is over, in which nothing more can be asked."""
        self._has_missed = True

    def savepoint(self) -> Savepoint:
        """A part that is undone alone when an exception leaves it."""
        return Savepoint(self)

    def mark(self) -> tuple[Connection, str]:
        """Set a savepoint; its connection and its name."""
        self._savepoints += 1
        name = f"rawdb_{self._savepoints}"

        def mark(connection: Connection) -> Connection:
            connection.savepoint(name)
            return connection

        return self.held(_SAVEPOINT, mark), name

    def hold(self) -> bool:
        """Keep other threads from the connection until `let_go`; False where one uses it."""
        return bool(self._gate.acquire(blocking=False))

    def let_go(self) -> None:
        """The end of `hold`."""
        self._gate.release()

    def in_use(self) -> DBError:
        """The error for the end of a part while another thread uses the connection."""
        return self._in_use(_SAVEPOINT)

    def still_has(self, connection: Connection) -> bool:
        """Whether it is open, on this connection: a part may outlive the block that it belongs to."""
        return not self.over and self._connection is connection

    def is_sending(self) -> bool:
        """Whether a statement runs in this very thread, further out on its stack."""
        return self._gate is not None and self._gate._is_owned()

    def enter(self) -> None:
        """Make this the innermost scope of its context."""
        scopes = OPEN.scopes
        if scopes:
            _sweep(scopes)
        # As current_task, without a call where no loop runs.
        running = getattr(sys.modules.get("asyncio"), "_get_running_loop", None)
        if running is not None and running() is not None:
            self.task = current_task()
        self._siblings = scopes
        scopes.append(self)

    def leave(self) -> None:
        """End the scope, whatever state it is in: what is not committed by now is undone.

        It leaves the list that it entered, also where another thread ends it.
        """
        self.over = True
        try:
            if self._connection is not None:
                self.finish(commit=False)
            if self.mode == WRITER and self._pool is not None:
                # An interrupt may have come between the turn and the connection.
                self._pool.writer_lock.release(self)
        finally:
            scopes = self._siblings
            if scopes is not None:
                # In one step: its owner may open a block while another thread leaves this one.
                try:  # noqa: SIM105 - suppress() costs three calls, and every call of an operation comes by here
                    scopes.remove(self)
                except ValueError:
                    pass
                self._siblings = None
                if self.written and scopes:
                    # Whatever is open around it cannot be run again any more: this would be done twice.
                    for outer in list(scopes):
                        outer.written = True

    def _master_instead(self, pool: Pool, error: DBConnectionError) -> Pool:
        """The pool of the master, where the replica cannot be reached and may be done without."""
        if self.mode != ASYNC_READER or not self.database.options.replica_fallback or isinstance(error, DBPoolTimeout):
            raise error
        master = self.database.pool()
        if master is pool:
            raise error
        pool.rest()
        self._pool = master
        return master

    def _current_pool(self) -> Pool:
        # Remembered: the database may be disposed of, and used anew, before the block ends.
        if self._pool is None:
            self._pool = self.database.pool(replica=self.mode == ASYNC_READER)
        return self._pool

    def _begin(self) -> Connection:
        """The transaction's connection. It begins with the first statement: an empty block costs nothing."""
        if self.mode != WRITER:
            return self._opened()
        lock = self._current_pool().writer_lock
        try:
            lock.acquire(self)
            return self._opened()
        finally:
            if self._connection is None:
                lock.release(self)

    def _at_first(self, work: Callable[[Connection], T]) -> T:
        """Begin the transaction, and do the first thing in it: once more on another connection where one that died
        unnoticed in its pool has answered nothing.
        """
        try:
            return work(self._connection or self._begin())
        except DBConnectionError:
            lost = self._connection
            if lost is None or lost.unanswered is None:
                raise
            pool = self._pool or self._current_pool()
            pool.release(lost, self._loan)
            self._connection = None
            pool.close_idle()
        connection = self._begin()
        for ahead in lost.unanswered:
            connection.run_ahead(ahead)
        return work(connection)

    def _opened(self) -> Connection:
        pool = self._current_pool()
        for last_try in (False, True):
            try:
                connection = pool.acquire()
            except DBConnectionError as error:
                pool = self._master_instead(pool, error)
                connection = pool.acquire()
            # It is the scope's before anything is sent: whatever comes between, its end finds it.
            self._loan, self._connection = connection.loan, connection
            try:
                connection.begin(write=self.mode == WRITER, isolation=self.isolation)
                return connection
            except BaseException as error:
                connection.evicted = True
                pool.release(connection, self._loan)
                self._connection = None
                # A pooled connection that died unnoticed: nothing was sent yet, so another one may serve.
                if last_try or not isinstance(error, DBConnectionError) or isinstance(error, DBPoolTimeout):
                    raise
                pool.close_idle()
        raise AssertionError("unreachable")


class Savepoint:
    """A part of a transaction, for `with`: undone alone when an exception leaves it.

    It is no generator, which the collector would end wherever it runs. A generator around it that is thrown away ends
    here all the same (GeneratorExit), perhaps in another thread, or in the middle of a statement. Then nothing is sent:
    it would undo what came later, or take another's answer. The transaction can only be rolled back.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._thread = threading.get_ident()

    def __enter__(self) -> None:
        self._connection, self._name = self._scope.mark()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        scope, connection = self._scope, self._connection
        if not scope.still_has(connection):
            return False
        if isinstance(error, GeneratorExit) and (threading.get_ident() != self._thread or scope.is_sending()):
            connection.evicted = True
            return False
        if not scope.hold():
            # Neither kept nor undone: the transaction can only be rolled back.
            connection.evicted = True
            if error is None:
                raise scope.in_use()
            return False
        try:
            self._end(connection, error)
        finally:
            scope.let_go()
        return False

    def _end(self, connection: Connection, error: BaseException | None) -> None:
        if error is not None:
            _undo(connection, self._name, error)
            return
        try:
            connection.release(self._name)
        except BaseException as failure:
            _undo(connection, self._name, failure)
            raise


def _undo(connection: Connection, savepoint: str, error: BaseException) -> None:
    """Back to a savepoint because of `error`, which becomes the `cause` of a failure to do so."""
    if connection.evicted or connection.process != process.number:
        return
    try:
        connection.back_to(savepoint)
    except Exception as failure:
        failure.cause = error  # type: ignore[attr-defined]
        raise failure from error


def current_task() -> Any:
    """The task of an event loop that runs in this thread, or None. Does not import asyncio for it."""
    running = getattr(sys.modules.get("asyncio"), "_get_running_loop", None)
    return None if running is None or running() is None else sys.modules["asyncio"].current_task()


class _Open(threading.local):
    """The open scopes of each thread, the innermost last."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []


OPEN = _Open()
_END = Compiled("the end of the block", "")
_SAVEPOINT = Compiled("a savepoint", "SELECT 1")
_DESCRIBE = Compiled("a look at the catalog", "SELECT 1")


def _sweep(scopes: list[Scope]) -> None:
    """Give back what interrupted blocks of this thread have left, on whatever context."""
    for scope in list(scopes):
        if scope.over or scope.is_abandoned:
            _give_back(scope, scopes)


def _give_back(scope: Scope, scopes: list[Scope]) -> None:
    """End a scope whose own end was interrupted."""
    scope.leave()
    if scope in scopes:
        scopes.remove(scope)


def innermost(database: Home, context: Any) -> Scope | None:
    """The innermost open scope of a context in this thread, or None outside of all blocks.

    Raises DBError in a task of an event loop that has none, where another task's is open.
    """
    scopes = OPEN.scopes
    if not scopes:
        return None
    task: Any = None
    is_foreign = False
    for scope in reversed(scopes):
        if scope.context is not context or scope.database is not database:
            continue
        guard = scope.guard
        if scope.over or (guard is not None and guard() is None):
            _give_back(scope, scopes)
            continue
        if not is_foreign:
            if scope.task is None:
                return scope
            task, is_foreign = current_task(), True
        if scope.task is task:
            return scope
    if is_foreign:
        raise DBError("a block is open on this context in another task: give each task a context of its own")
    return None


def current_scope(database: Home, context: Any) -> Scope:
    """The innermost open scope. Raises NoEngineContextEstablished outside of every reader and writer."""
    scope = innermost(database, context)
    if scope is None:
        raise NoEngineContextEstablished(
            "no reader or writer is open on this context in this thread: call it in `with "
            "database.reader.using(context)`, or in a function that a reader or writer decorates"
        )
    return scope


def leave_all() -> None:
    """Undo what is still open in this thread, which goes on to work for somebody else."""
    scopes = OPEN.scopes
    while scopes:
        scopes.pop().leave()
