"""The running transaction of a context: where it is kept, how it begins and ends.

It is kept per thread and per database, outside the context: any object serves as context, and a copy or a pickle
of one carries no transaction.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rawdb.dialects import Description, Result
from rawdb.engine.bound import BoundStatements
from rawdb.engine.connection import Connection
from rawdb.engine.pool import Pool
from rawdb.engine.retry import read_again, run_with_retry
from rawdb.exceptions import DBConnectionError, DBPoolTimeout, NoEngineContextEstablished

if TYPE_CHECKING:
    from rawdb.engine.database import Database

READER, ASYNC_READER, WRITER = "reader", "async reader", "writer"


class Scope:
    """One transaction, or one stretch of lone statements, of one context in one thread."""

    def __init__(self, database: Database, context: Any, mode: str, *, autocommit: bool) -> None:
        self.database = database
        self.context = context
        self.mode = mode
        self.autocommit = autocommit
        #: Whether a lone statement has changed something: it stays, whatever becomes of the rest.
        self.written = False
        #: Whether the block is over. Its handle may outlive it, but what it began then nobody would end.
        self.over = False
        self.sql = BoundStatements(self)
        self._pool: Pool | None = None
        self._connection: Connection | None = None
        self._savepoints = 0

    def run(
        self,
        name: str,
        text: str,
        parameters: Mapping[str, Any],
        location: str | None = None,
        *,
        writes: bool = False,
        table: str | None = None,
    ) -> Result:
        """Run a statement: in the transaction, or alone on a connection borrowed for it.

        Raises NoEngineContextEstablished when the block is over.
        """
        if self.over:
            raise NoEngineContextEstablished(f"{name}: this {self.mode} block is over; run statements inside it")
        if not self.autocommit:
            return self._own().run(name, text, parameters, location, table=table)

        if writes and self.mode != WRITER:
            raise TypeError(f"{name} writes, and a lone statement of a reader would stay: use writer.autocommit")

        def alone() -> Result:
            with self._borrowed(writes=writes) as borrowed:
                return borrowed.run(name, text, parameters, location, lone_write=writes, table=table)

        if self.written and not writes:
            # What is written stays, so the function cannot be run again; to read again harms nobody.
            return run_with_retry(alone, self.database.options.retry, read_again, name)
        result = alone()
        self.written = self.written or (writes and result.matched != 0)
        return result

    def describe(self) -> Description:
        """The tables of the live database, as this scope sees them: those of its own transaction too."""
        if self._connection is not None:
            return self._connection.describe()
        with self._borrowed(writes=False) as borrowed:
            return borrowed.describe()

    @contextmanager
    def _borrowed(self, *, writes: bool) -> Iterator[Connection]:
        """A connection for one lone statement."""
        pool = self._current_pool()
        if writes:
            pool.turn.take()
        try:
            borrowed = pool.acquire()
            try:
                yield borrowed
            finally:
                pool.release(borrowed)
        finally:
            if writes:
                pool.turn.give()

    @contextmanager
    def together(self) -> Iterator[None]:
        """A stretch whose statements take effect all or none, where statements stand alone otherwise."""
        if not self.autocommit:
            yield
            return
        self.autocommit = False
        try:
            try:
                yield
            except BaseException:
                self.finish(commit=False)
                raise
            self.finish(commit=True)
            self.written = True
        finally:
            self.autocommit = True

    def finish(self, *, commit: bool) -> None:
        """End the transaction, if it ever began, and give the connection back."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if commit:
                connection.commit()
        finally:
            # release() rolls back whatever is still open.
            pool = self._current_pool()
            try:
                pool.release(connection)
            finally:
                if self.mode == WRITER:
                    pool.turn.give()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that is undone alone when an exception leaves it."""
        self._savepoints += 1
        name = f"rawdb_{self._savepoints}"
        connection = self._own()
        connection.savepoint(name)
        try:
            yield
            connection.release(name)
        except BaseException as error:
            _undo(connection, name, error)
            raise

    def _current_pool(self) -> Pool:
        # Remembered: the database may be disposed of, and used anew, before the block ends.
        if self._pool is None:
            self._pool = self.database.pool(replica=self.mode == ASYNC_READER)
        return self._pool

    def _own(self) -> Connection:
        """The transaction's connection. It begins with the first statement: an empty block costs nothing."""
        if self._connection is None:
            self._connection = self._begin()
        return self._connection

    def _begin(self) -> Connection:
        if self.mode != WRITER:
            return self._opened()
        turn = self._current_pool().turn
        turn.take()
        try:
            return self._opened()
        except BaseException:
            turn.give()
            raise

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


def stack_of(database: Database, context: Any) -> list[Scope]:
    """The open scopes of a context in this thread, the innermost last; empty outside of all blocks."""
    stacks: dict[tuple[int, int], list[Scope]] = _local.__dict__.get("stacks", {})
    return stacks.get((id(database), id(context)), [])


def enter(scope: Scope) -> None:
    """Make a scope the innermost of its context. Open scopes keep their contexts, so an id stays its own."""
    stacks: dict[tuple[int, int], list[Scope]] = _local.__dict__.setdefault("stacks", {})
    stacks.setdefault((id(scope.database), id(scope.context)), []).append(scope)


def leave(scope: Scope) -> None:
    """Take a scope out again: it is over."""
    scope.over = True
    key = (id(scope.database), id(scope.context))
    stack = _local.stacks[key]
    stack.remove(scope)
    if not stack:
        del _local.stacks[key]


def current_scope(database: Database, context: Any) -> Scope:
    """The innermost open scope. Raises NoEngineContextEstablished outside of every reader and writer."""
    stack = stack_of(database, context)
    if not stack:
        raise NoEngineContextEstablished("no reader or writer is open on this context in this thread")
    return stack[-1]
