"""The running transaction of a context: where it is kept, how it begins and ends.

It is kept per thread and per database, outside the context: any object serves as context, and a copy or a pickle
of one carries no transaction.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from rawdb.dialects import Description, Dialect, Result
from rawdb.engine.connection import Connection
from rawdb.engine.options import DatabaseOptions
from rawdb.engine.pool import Pool
from rawdb.engine.retry import read_again, run_with_retry
from rawdb.exceptions import DBConnectionError, DBPoolTimeout, NoEngineContextEstablished
from rawdb.statements.compiled import Cache, Compiled, Rules
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

    def pool(self, *, replica: bool = False) -> Pool:
        """The pool to take connections from."""

    def inspected(self, statement: Statement, describe: Callable[[], Description]) -> Statement:
        """The statement, with the tables that the live database has."""


class Scope:
    """One transaction, or one stretch of lone statements, of one context in one thread."""

    __slots__ = (
        "__weakref__",
        "_connection",
        "_pool",
        "_savepoints",
        "_stack",
        "autocommit",
        "context",
        "database",
        "handle",
        "mode",
        "over",
        "written",
    )

    def __init__(self, database: Home, context: Any, mode: str, *, autocommit: bool) -> None:
        self.database = database
        self.context = context
        self.mode = mode
        self.autocommit = autocommit
        #: Whether a lone statement has changed something: it stays, whatever becomes of the rest.
        self.written = False
        #: Whether the block is over. Its handle may outlive it, but what it began then nobody would end.
        self.over = False
        #: The statements, bound to this scope, once somebody asked for them.
        self.handle: Any = None
        self._pool: Pool | None = None
        self._connection: Connection | None = None
        self._savepoints = 0
        self._stack: list[Scope] | None = None

    def run(self, sent: Compiled, parameters: Sequence[Any] = ()) -> Result:
        """Run a statement: in the transaction, or alone on a connection borrowed for it.

        Raises NoEngineContextEstablished when the block is over.
        """
        if self.over:
            raise NoEngineContextEstablished(f"{sent.name}: this {self.mode} block is over; run statements inside it")
        if not self.autocommit:
            return (self._connection or self._begin()).run(sent, parameters)
        if not sent.writes:
            if not self.written:
                return self._alone(sent, parameters)
            # What is written stays, so the function cannot be run again; to read again harms nobody.
            return run_with_retry(
                lambda: self._alone(sent, parameters), self.database.options.retry, read_again, sent.name
            )
        if self.mode != WRITER:
            raise TypeError(f"{sent.name} writes, and a lone statement of a reader would stay: use writer.autocommit")
        result = self._alone(sent, parameters)
        self.written = self.written or result.matched != 0
        return result

    def _alone(self, sent: Compiled, parameters: Sequence[Any]) -> Result:
        """Run a statement that is its own transaction."""
        pool = self._pool or self._current_pool()
        if sent.writes:
            pool.writer_lock.acquire(self)
        try:
            borrowed = pool.acquire()
            try:
                return borrowed.run(sent, parameters, lone_write=sent.writes)
            finally:
                pool.release(borrowed)
        finally:
            if sent.writes:
                pool.writer_lock.release(self)

    def describe(self) -> Description:
        """The tables of the live database, as this scope sees them: those of its own transaction too."""
        if self._connection is not None:
            return self._connection.describe()
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
        try:
            result = body()
            self.finish(commit=True)
            self.written = True
            return result
        finally:
            self.autocommit = True
            self.finish(commit=False)

    def finish(self, *, commit: bool) -> None:
        """End the transaction, if it ever began, and give the connection back."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        pool = self._current_pool()
        try:
            if commit:
                connection.commit()
        finally:
            # release() rolls back whatever is still open.
            try:
                pool.release(connection)
            finally:
                if self.mode == WRITER:
                    pool.writer_lock.release(self)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that is undone alone when an exception leaves it."""
        self._savepoints += 1
        name = f"rawdb_{self._savepoints}"
        connection = self._connection or self._begin()
        connection.savepoint(name)
        try:
            yield
            connection.release(name)
        except BaseException as error:
            _undo(connection, name, error)
            raise

    def enter(self) -> None:
        """Make this the innermost scope of its context. Open scopes keep their contexts, so an id stays its own."""
        stacks = _stacks()
        key = (id(self.database), id(self.context))
        self._stack = stacks.setdefault(key, [])
        self._stack.append(self)

    def leave(self) -> None:
        """End the scope, whatever state it is in: what is not committed by now is undone.

        It leaves the stack that it entered, also where another thread ends it.
        """
        self.over = True
        try:
            if self._connection is not None:
                self.finish(commit=False)
        finally:
            stack = self._stack
            if stack is not None:
                self._stack = None
                if stack[-1:] == [self]:
                    stack.pop()
                elif self in stack:
                    stack.remove(self)
                if not stack:
                    stacks = _stacks()
                    key = (id(self.database), id(self.context))
                    if stacks.get(key) is stack:
                        del stacks[key]

    def _current_pool(self) -> Pool:
        # Remembered: the database may be disposed of, and used anew, before the block ends.
        if self._pool is None:
            self._pool = self.database.pool(replica=self.mode == ASYNC_READER)
        return self._pool

    def _begin(self) -> Connection:
        """The transaction's connection. It begins with the first statement: an empty block costs nothing."""
        if self.mode != WRITER:
            self._connection = self._opened()
            return self._connection
        lock = self._current_pool().writer_lock
        lock.acquire(self)
        try:
            self._connection = self._opened()
        finally:
            if self._connection is None:
                lock.release(self)
        return self._connection

    def _opened(self) -> Connection:
        pool = self._current_pool()
        for last_try in (False, True):
            connection = pool.acquire()
            try:
                connection.begin(write=self.mode == WRITER)
            except BaseException as error:
                connection.evicted = True
                pool.release(connection)
                # A pooled connection that died unnoticed: nothing was sent yet, so another one may serve.
                if last_try or not isinstance(error, DBConnectionError) or isinstance(error, DBPoolTimeout):
                    raise
                pool.close_idle()
            else:
                return connection
        raise AssertionError("unreachable")


def _undo(connection: Connection, savepoint: str, error: BaseException) -> None:
    """Back to a savepoint because of `error`, which becomes the `cause` of a failure to do so."""
    if connection.evicted or connection.process != os.getpid():
        return
    try:
        connection.back_to(savepoint)
    except Exception as failure:
        failure.cause = error  # type: ignore[attr-defined]
        raise failure from error


_local = threading.local()


def _stacks() -> dict[tuple[int, int], list[Scope]]:
    """This thread's open scopes, by database and context."""
    try:
        return _local.stacks  # type: ignore[no-any-return]
    except AttributeError:
        _local.stacks = {}
        return _local.stacks  # type: ignore[no-any-return]


def innermost(database: Home, context: Any) -> Scope | None:
    """The innermost open scope of a context in this thread, or None outside of all blocks."""
    stack = _stacks().get((id(database), id(context)))
    while stack:
        if not stack[-1].over:
            return stack[-1]
        # Its end was interrupted: what it held is given back now.
        stack.pop().leave()
    return None


def current_scope(database: Home, context: Any) -> Scope:
    """The innermost open scope. Raises NoEngineContextEstablished outside of every reader and writer."""
    scope = innermost(database, context)
    if scope is None:
        raise NoEngineContextEstablished("no reader or writer is open on this context in this thread")
    return scope
