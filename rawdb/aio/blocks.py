"""`reader`, `writer` and `Database` for coroutines: what rawdb.engine has, each step taken in the task's own thread."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, Protocol, TypeVar

from rawdb.aio.tasks import Lease, current_lease, open_block, run
from rawdb.dialects import URL, Result
from rawdb.engine import calls, transactions
from rawdb.engine import database as engine
from rawdb.engine.calls import BoundStatement, BoundStatements, caller, sent_from
from rawdb.engine.scope import Scope
from rawdb.engine.streams import FETCH_SIZE, Stream
from rawdb.engine.transactions import context_finder
from rawdb.exceptions import NoEngineContextEstablished, RetryRequest

LOG = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")


class Statements:
    """The statements of a database, each an attribute that is called with keywords and awaited.

    For one block, and for the task that opened it: NoEngineContextEstablished after its end, and in another task.
    """

    def __init__(self, lease: Lease, find: Callable[[], BoundStatements]) -> None:
        self._lease = lease
        self._find = find

    def __getattr__(self, name: str) -> Statement:
        if name.startswith("_"):
            raise AttributeError(name)
        return Statement(self._call, lambda: getattr(self._find(), name))

    async def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Run SQL text of your own, its parameters written `:name` on every dialect."""
        place = caller()
        return await self._call(lambda: sent_from(place, lambda: self._find().execute(text, parameters)))

    async def execute_script(self, text: str) -> None:
        """Run the statements of a text of your own, all of them or none."""
        place = caller()
        await self._call(lambda: sent_from(place, lambda: self._find().execute_script(text)))

    def stream(self, text: str, parameters: Mapping[str, Any] | None = None, *, fetch_size: int = FETCH_SIZE) -> Rows:
        """Run a query of your own, its rows read in parts: `async for row in sql.stream("SELECT ...")`."""
        place = caller()

        def start() -> Stream:
            return sent_from(place, lambda: self._find().stream(text, parameters, fetch_size=fetch_size))

        return Rows(self._call, start, fetch_size)

    async def _call(self, function: Callable[[], R]) -> R:
        self._lease.check()
        return await self._lease.send(function).outcome()


class _InThread(Protocol):
    """Runs a function in the task's own thread."""

    def __call__(self, function: Callable[[], R]) -> Coroutine[Any, Any, R]: ...


class Statement:
    """A statement in a block of a task; calling it, with keywords, and awaiting that runs it."""

    def __init__(self, call: _InThread, find: Callable[[], BoundStatement]) -> None:
        self._call = call
        self._find = find

    async def __call__(self, **arguments: Any) -> Any:
        return await self._call(lambda: self._find()(**arguments))

    async def many(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run it once for each dict of parameters, all or none; returns how many rows matched, all together."""
        return await self._call(lambda: self._find().many(rows))

    async def ahead(self, **arguments: Any) -> Pending:
        """Run it together with the next statement of the block: as the `ahead` of `rawdb.sql`'s statements."""
        return Pending(self._call, await self._call(lambda: self._find().ahead(**arguments)))

    def stream(self, *, fetch_size: int = FETCH_SIZE, **arguments: Any) -> Rows:
        """The rows of a call, read in parts: `async for row in sql.note_get_all.stream()`."""
        return Rows(self._call, lambda: self._find().stream(fetch_size=fetch_size, **arguments), fetch_size)


class Pending:
    """The result of a statement that was sent ahead."""

    def __init__(self, call: _InThread, pending: calls.Pending) -> None:
        self._call = call
        self._pending = pending

    async def result(self) -> Any:
        """What the call would have given. A statement that still waits for the next one is run for that."""
        return await self._call(self._pending.result)


class Rows(AsyncIterator[dict[str, Any]]):
    """The rows of a stream, for `async for`; each part of them is one trip to the task's thread.

    No generator, whose end the loop would put off when it is left early: here the stream is given up at once.
    """

    def __init__(self, call: _InThread, start: Callable[[], Stream], count: int) -> None:
        self._call = call
        self._start = start
        self._count = count
        self._stream: Stream | None = None
        self._rows: Iterator[dict[str, Any]] = iter(())

    def __aiter__(self) -> Rows:
        return self

    async def __anext__(self) -> dict[str, Any]:
        row = next(self._rows, None)
        if row is None:
            if self._stream is None:
                self._stream = await self._call(self._start)
            stream = self._stream
            self._rows = iter(await self._call(lambda: list(islice(stream, self._count))))
            row = next(self._rows, None)
        if row is None:
            raise StopAsyncIteration
        return row

    async def aclose(self) -> None:
        """Give up what was not read."""
        self._rows, stream = iter(()), self._stream
        if stream is not None:
            await self._call(stream.close)

    def __del__(self) -> None:
        if self._stream is not None:
            self._stream.abandon()


#: What a block yields: `Statements`, or for type checkers the class that `rawdb sql types --async` wrote.
if TYPE_CHECKING:
    from typing_extensions import TypeVar as _TypeVar

    A_co = _TypeVar("A_co", covariant=True, default=Statements)
else:
    A_co = TypeVar("A_co", covariant=True)


class Block(Generic[A_co]):
    """One reader or writer block of a task, for `async with`."""

    def __init__(self, make: Callable[[], transactions.Block[Any]]) -> None:
        self._make = make
        self._lease: Lease | None = None
        self._block: transactions.Block[Any] | None = None
        #: What the block began, also after its end; None where it joined what was open.
        self.scope: Scope | None = None

    async def __aenter__(self) -> A_co:
        if self._lease is not None:
            raise RuntimeError("this block is open already: call using() for each block")
        lease = self._lease = open_block()
        call = lease.first(lambda: self._enter(lease))
        try:
            statements = await call.outcome()
        except BaseException as error:
            if call.abandoned:
                self._lease = None
                lease.close_block()
            else:
                await self.__aexit__(type(error), error, None)
            raise
        return Statements(lease, lambda: statements)  # type: ignore[return-value]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        lease, self._lease = self._lease, None
        if lease is None:
            return False
        if isinstance(error, GeneratorExit) and not lease.is_own:
            # A coroutine or a generator that was thrown away: it cannot wait, and there may be no loop any more.
            lease.post(lambda: self._throw_away(lease))
            lease.close_block()
            return False
        call = lease.send(lambda: self._exit(lease, kind, error, trace), certain=True)
        lease.close_block()
        await call.outcome()
        return False

    def _enter(self, lease: Lease) -> BoundStatements:
        block = self._block = self._make()
        lease.entered[block] = lambda: _leave_quietly(block)
        statements: BoundStatements = block.__enter__()
        self.scope = block.scope
        return statements

    def _exit(
        self,
        lease: Lease,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        block, self._block = self._block, None
        if block is not None:
            try:
                block.__exit__(kind, error, trace)
            finally:
                lease.entered.pop(block, None)

    def _throw_away(self, lease: Lease) -> None:
        block, self._block = self._block, None
        if block is not None:
            lease.entered.pop(block)()


def _leave_quietly(block: transactions.Block[Any]) -> None:
    try:
        block.__exit__(GeneratorExit, GeneratorExit(), None)
    except Exception:
        LOG.exception("a block that was thrown away could not be rolled back")


class Entry(Generic[A_co]):
    """`reader` or `writer` for coroutines: by `.using(context)` for `async with`, and a decorator.

    The modifiers are those of the synchronous ones, and combine in any order.
    """

    def __init__(self, entry: transactions.Entry[Any]) -> None:
        self._entry = entry

    @property
    def independent(self) -> Entry[A_co]:
        """Own connection and transaction, even inside another one of the task."""
        return Entry(self._entry.independent)

    @property
    def savepoint(self) -> Entry[A_co]:
        """Inside a running transaction: undone alone when an exception leaves the block."""
        return Entry(self._entry.savepoint)

    @property
    def async_(self) -> Entry[A_co]:
        """A reader that accepts replication lag: it uses the replica when one is configured."""
        return Entry(self._entry.async_)

    @property
    def allow_async(self) -> Entry[A_co]:
        """A reader that may also run inside a reader on the replica."""
        return Entry(self._entry.allow_async)

    @property
    def autocommit(self) -> Entry[A_co]:
        """Lone statements: each is its own transaction and costs one round trip."""
        return Entry(self._entry.autocommit)

    @property
    def once(self) -> Entry[A_co]:
        """A coroutine function of this kind is run once, whatever the server says."""
        return Entry(self._entry.once)

    def isolation(self, level: str) -> Entry[A_co]:
        """A transaction of this level; ValueError for an unknown one. As the synchronous one."""
        return Entry(self._entry.isolation(level))

    @property
    def connection(self) -> Entry[A_co]:
        """No effect; there for code that asks for the bare connection."""
        return self

    def using(self, context: Any = None) -> Block[A_co]:
        """A block on `context` for `async with`, which yields the statements.

        It joins what the running task has open on that context, and nothing of any other task. Otherwise as the
        synchronous block: the outermost commits (writer) or rolls back (reader, any exception, cancellation).
        """
        return Block(lambda: self._entry.using(context))

    def __call__(self, function: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
        """Decorate a coroutine function whose first parameter (after self or cls) is the context.

        Outermost, it is run again whole as a function is that the synchronous one decorates. Raises TypeError for
        other functions: they are called through `rawdb.aio.run`.
        """
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"{function.__qualname__} is no coroutine function: use rawdb's own reader and writer")
        find_context = context_finder(function)

        @functools.wraps(function)
        async def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            return await self._run(lambda: function(*args, **kwargs), find_context(args, kwargs), function.__qualname__)

        return wrapper

    async def _run(self, function: Callable[[], Awaitable[R]], context: Any, name: str) -> R:
        started, attempt, written = time.monotonic(), 0, False
        while True:
            attempt += 1
            block = self.using(context)
            request: RetryRequest | None = None
            try:
                async with block:
                    try:
                        return await function()
                    except RetryRequest as error:
                        request = error  # the block raises the error inside it
                        raise
            except Exception as error:
                scope = block.scope
                if scope is None:
                    raise
                written = written or scope.written
                pause = self._entry.pause_after(
                    request or error, scope.database, started, attempt, name, written=written
                )
            await asyncio.sleep(pause)


class Database(Generic[A_co]):
    """A database for SQL of your own, its blocks and statements awaited.

    Made of what `rawdb.Database` takes, or of one that is there: it is the attribute `sync`. Several may share it.
    `Database[AsyncStatements]` tells type checkers the class that `rawdb sql types --async` wrote.
    """

    def __init__(
        self, connection: str | URL | engine.Database[Any], slave_connection: str | URL | None = None, **options: Any
    ) -> None:
        if isinstance(connection, engine.Database):
            if slave_connection is not None or options:
                raise TypeError("a database that is there has its options already")
            self.sync: engine.Database[Any] = connection
        else:
            self.sync = engine.Database(connection, slave_connection, **options)
        self.reader: Entry[A_co] = Entry(self.sync.reader)
        self.writer: Entry[A_co] = Entry(self.sync.writer)

    def sql(self, context: Any = None) -> A_co:
        """The statements of the reader or writer that the running task has open on `context`.

        Raises NoEngineContextEstablished where it has no block open; a call does where none is on this context.
        """
        return statements_of(lambda: self.sync.sql(context))  # type: ignore[return-value]

    async def server_version(self) -> str:
        """Name and version of the server."""
        return await run(self.sync.server_version)

    async def dispose(self) -> None:
        """Close all connections. The database can be used again and then opens new ones."""
        await run(self.sync.dispose)

    def __repr__(self) -> str:
        return f"rawdb.aio.{self.sync!r}"


def wrap(database: engine.Database[Any]) -> Database[A_co]:
    """A database with blocks and statements that are awaited."""
    return Database(database)


def statements_of(find: Callable[[], BoundStatements]) -> Statements:
    """The statements that `find` finds in the running task's own thread."""
    lease = current_lease()
    if lease is None:
        raise NoEngineContextEstablished("this task has no reader or writer open")
    return Statements(lease, find)
