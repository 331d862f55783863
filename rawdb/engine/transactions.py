"""Readers and writers: how a block or a function gets its transaction, shares it, and is run again."""

from __future__ import annotations

import functools
import inspect
import logging
import time
import weakref
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar

from rawdb.dialects.base import isolation_level
from rawdb.engine.calls import BoundStatements, bound
from rawdb.engine.retry import NO_RETRY, RetryPolicy, name_of, read_again, runs_later
from rawdb.engine.scope import ASYNC_READER, OPEN, READER, WRITER, Home, Savepoint, Scope, current_scope, innermost
from rawdb.exceptions import DBError, RetryRequest

LOG = logging.getLogger(__name__)

__all__ = ["ASYNC_READER", "READER", "WRITER", "Block", "Entry", "S_co", "current_scope"]

P = ParamSpec("P")
R = TypeVar("R")
#: What a block yields: the statements by their names, or for type checkers the class that `rawdb sql types` wrote.
if TYPE_CHECKING:
    from typing_extensions import TypeVar as _TypeVar

    S_co = _TypeVar("S_co", covariant=True, default=BoundStatements)
else:
    S_co = TypeVar("S_co", covariant=True)


class Entry(Generic[S_co]):
    """`reader` or `writer`: a decorator, and by `.using(context)` a context manager; refined by attributes.

    The modifiers combine in any order: `independent` (an own transaction inside another), `savepoint` (undone
    alone), `async_` (may read from the replica), `allow_async` (may run inside an async reader), `autocommit`
    (each statement stands alone, without BEGIN and COMMIT), `once` (a function is never run again), `isolation(level)`
    and `connection` (no effect: there is one kind of handle).

    Statements block their thread, for as long as the server lets them wait for somebody's lock. In an event loop that
    stops every task, the one that holds the lock too: there take `rawdb.aio`, or a thread (`asyncio.to_thread`).
    """

    def __init__(
        self,
        resolve: Callable[[], Home],
        mode: str,
        flags: frozenset[str] = frozenset(),
        isolation: str | None = None,
    ) -> None:
        self._resolve = resolve
        self._mode = mode
        self._flags = flags
        self._isolation = isolation
        self._is_independent = "independent" in flags
        self._is_once = "once" in flags
        #: What a block is when it opens its own scope; None: the database says what a reader is.
        self._own_mode = WRITER if mode == WRITER else ASYNC_READER if "async_" in flags else None
        #: Whether statements stand alone.
        self.is_autocommit = "autocommit" in flags
        #: Whether an inner block is undone alone.
        self.is_savepoint = "savepoint" in flags

    def _with(self, flag: str) -> Entry[S_co]:
        flags = self._flags | {flag}
        if {"independent", "savepoint"} <= flags:
            raise TypeError("independent and savepoint contradict each other")
        if self._mode == WRITER and flag in ("async_", "allow_async"):
            raise TypeError("a writer cannot be async")
        if self._isolation is not None and flag == "autocommit":
            raise TypeError("lone statements have no transaction whose isolation could be chosen")
        return Entry(self._resolve, self._mode, flags, self._isolation)

    def isolation(self, level: str) -> Entry[S_co]:
        """A transaction of this level: READ COMMITTED, REPEATABLE READ, SERIALIZABLE, READ UNCOMMITTED.

        SQLite has SERIALIZABLE alone, which serves for all. Raises ValueError for an unknown level; a block that would
        join a transaction of another level raises TypeError.
        """
        if self.is_autocommit:
            raise TypeError("lone statements have no transaction whose isolation could be chosen")
        return Entry(self._resolve, self._mode, self._flags, isolation_level(level))

    @property
    def once(self) -> Entry[S_co]:
        """A function of this kind is run once, whatever the server says: it has effects elsewhere, or is in a hurry."""
        return self._with("once")

    @property
    def independent(self) -> Entry[S_co]:
        """Own connection and transaction, even inside another one on the same context."""
        return self._with("independent")

    @property
    def savepoint(self) -> Entry[S_co]:
        """Inside a running transaction: undone alone when an exception leaves the block."""
        return self._with("savepoint")

    @property
    def async_(self) -> Entry[S_co]:
        """A reader that accepts replication lag: it uses the replica when one is configured."""
        return self._with("async_")

    @property
    def allow_async(self) -> Entry[S_co]:
        """A reader that may also run inside an async reader."""
        return self._with("allow_async")

    @property
    def autocommit(self) -> Entry[S_co]:
        """Lone statements: each is its own transaction and costs one round trip."""
        return self._with("autocommit")

    @property
    def connection(self) -> Entry[S_co]:
        """No effect; there for code that asks for the bare connection."""
        return self

    def __getattr__(self, name: str) -> Entry[S_co]:
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "async":  # the old name of async_, a keyword since Python 3.7
            return self.async_
        raise AttributeError(f"{self._mode} has no modifier {name!r}")

    def using(self, context: Any = None) -> Block[S_co]:
        """A block on `context` for `with`, which yields the statements; it joins the block that is open there.

        The outermost block commits (writer) or rolls back (reader, or any exception). Raises TypeError for a
        writer inside a reader, before any SQL. Nothing is run again: a RetryRequest leaves as the error inside.
        """
        return Block(self, self._resolve(), context)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function whose first parameter (after self or cls) is the context.

        Outermost, the whole function is run again when the server refuses its work (deadlock, serialization,
        certification, lock wait), and once when its connection was lost before anything was committed; joined to a
        running transaction it never is. Raises TypeError for a function without a context, and for generators and
        coroutines, whose bodies run after the block is over.
        """
        find_context = _context_finder(function)

        @functools.wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            return self.run(function, find_context(args, kwargs), args, kwargs)

        return wrapper

    def run(self, function: Callable[..., R], context: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> R:
        """Call a function in a transaction of its own, again as often as it takes, or in the one that is open."""
        database = self._resolve()
        outer = self.joined(database, context) if OPEN.scopes else None
        if outer is not None:
            if self.is_savepoint and not outer.autocommit:
                with outer.savepoint():
                    return function(*args, **kwargs)
            return function(*args, **kwargs)
        mode, autocommit = self._own_mode or self.mode_on(database), self.is_autocommit
        started, attempt, written = time.monotonic(), 0, False
        while True:
            attempt += 1
            scope = Scope(database, context, mode, autocommit=autocommit, isolation=self._isolation)
            try:
                scope.enter()
                result = function(*args, **kwargs)
                scope.finish(commit=mode == WRITER)
                return result
            except Exception as error:
                written = written or scope.written
                pause = _pause(error, self._policy(database), started, attempt, name_of(function), written=written)
            finally:
                # A plain store first: no interrupt can come between it and the statement before.
                scope.over = True
                scope.leave()
            time.sleep(pause)

    def joined(self, database: Home, context: Any) -> Scope | None:
        """The open scope that a block becomes part of, or None when it opens one of its own."""
        if self._is_independent:
            return None
        outer = innermost(database, context)
        if outer is None:
            return None
        mode = self.mode_on(database)
        if outer.autocommit:
            # Lone statements: there is no transaction to share, only a place to read from.
            return outer if self.is_autocommit and outer.mode in (mode, WRITER) else None
        if mode == WRITER and outer.mode != WRITER:
            article = "an" if outer.mode == ASYNC_READER else "a"
            raise TypeError(f"can't upgrade {article} {outer.mode.upper()} transaction to a WRITER")
        if mode == READER and outer.mode == ASYNC_READER and "allow_async" not in self._flags:
            raise TypeError("can't upgrade an ASYNC READER transaction to a READER")
        if self._isolation is not None and self._isolation != outer.isolation:
            raise TypeError(
                f"the transaction that is open here is not {self._isolation}: its isolation is chosen outside"
            )
        return outer

    def pause_after(
        self, error: Exception, database: Home, started: float, attempt: int, name: str, *, written: bool
    ) -> float:
        """Seconds to wait before a coroutine is run again. Raises the error where it is not, as `run` does."""
        return _pause(error, self._policy(database), started, attempt, name, written=written)

    def _policy(self, database: Home) -> RetryPolicy:
        return NO_RETRY if self._is_once else database.options.retry

    def mode_on(self, database: Home) -> str:
        """What a block is when it opens its own scope."""
        return self._own_mode or (READER if database.options.synchronous_reader else ASYNC_READER)


def _pause(error: Exception, policy: RetryPolicy, started: float, attempt: int, name: str, *, written: bool) -> float:
    """Seconds to wait before the next run; raises the error where there is none.

    For a RetryRequest, the error inside it is raised.
    """
    if isinstance(error, DBError):
        error.attempt = attempt
    retriable = not written and (isinstance(error, RetryRequest) or read_again(error, attempt))
    pause = policy.pause(attempt) if retriable else 0.0
    if not retriable or time.monotonic() + pause - started >= policy.limit:
        if isinstance(error, RetryRequest):
            raise error.inner_exc from error
        raise error
    LOG.debug("%s is run again after attempt %d: %s", name, attempt, error)
    return pause


class _Exit:
    """`__exit__` of a block: each look gives a new object, which then lives as long as the `with` statement does.

    `with` looks once, before it enters, and holds what it found until it is left, however that happens. So the death of
    that object tells that the block is gone, also where an interrupt kept its code from running; the frames that a
    traceback keeps alive do not hold it, for a `partial` is no frame.
    """

    def __get__(self, block: Block | None, kind: type[Block] | None = None) -> Callable[..., Literal[False]]:
        if block is None:
            # contextlib.ExitStack asks the class.
            return _leave
        end = functools.partial(_leave, block)
        block._end = weakref.ref(end)
        return end


def _leave(
    block: Block, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
) -> Literal[False]:
    """The end of a block."""
    return block._leave(kind, error, trace)


class Block(Generic[S_co]):
    """One reader or writer block. Entered, it joins the open scope of its context, or opens one."""

    def __init__(self, entry: Entry[S_co], database: Home, context: Any) -> None:
        self._entry = entry
        self._database = database
        self._context = context
        self._scope: Scope | None = None
        self._savepoint: Savepoint | None = None
        self._end: weakref.ref[Any] | None = None

    if not TYPE_CHECKING:
        __exit__ = _Exit()

    @property
    def scope(self) -> Scope | None:
        """The scope that the open block began, None where it joined one."""
        return self._scope

    def __enter__(self) -> S_co:
        if self._scope is not None or self._savepoint is not None:
            raise RuntimeError("this block is open already: call using() for each block")
        entry = self._entry
        outer = entry.joined(self._database, self._context)
        if outer is not None:
            if entry.is_savepoint and not outer.autocommit:
                self._savepoint = outer.savepoint()
                self._savepoint.__enter__()
            return bound(outer)  # type: ignore[return-value]
        mode = entry.mode_on(self._database)
        scope = Scope(self._database, self._context, mode, autocommit=entry.is_autocommit, isolation=entry._isolation)
        end = self._end
        # Entered by hand, it lives as long as itself.
        scope.guard = end if end is not None and end() is not None else weakref.ref(self)
        try:
            scope.enter()
            self._scope = scope
            return bound(scope)  # type: ignore[return-value]
        except BaseException:
            self._scope = None
            scope.over = True
            scope.leave()
            raise

    if TYPE_CHECKING:

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> Literal[False]: ...

    def _leave(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        scope, self._scope = self._scope, None
        if scope is None:
            savepoint, self._savepoint = self._savepoint, None
            if savepoint is not None:
                savepoint.__exit__(kind, error, trace)
            return False
        try:
            scope.finish(commit=error is None and scope.mode == WRITER)
        finally:
            scope.over = True
            scope.leave()
        if isinstance(error, RetryRequest):
            raise error.inner_exc from error
        return False


def _context_finder(function: Callable[..., Any]) -> Callable[[tuple[Any, ...], dict[str, Any]], Any]:
    if runs_later(function):
        raise TypeError(f"{name_of(function)} runs after its block is over: open the block with .using() inside")
    return context_finder(function)


def context_finder(function: Callable[..., Any]) -> Callable[[tuple[Any, ...], dict[str, Any]], Any]:
    """What finds the context among a call's arguments: the first parameter after self or cls. TypeError without one."""
    names = list(inspect.signature(function).parameters)
    index = 1 if names and names[0] in ("self", "cls") else 0
    if len(names) <= index:
        raise TypeError(f"{name_of(function)} has no parameter for the context")
    name = names[index]

    def find(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if len(args) > index:
            return args[index]
        if name in kwargs:
            return kwargs[name]
        raise TypeError(f"{name_of(function)}() needs its context, the argument {name!r}")

    return find
