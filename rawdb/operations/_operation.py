"""What makes a function an operation: its guard, its transaction, its retry. Carried here once for all of them.

`@lone_read(ANY)` and `@lone_write(ANY)` are operations of one statement, which stands alone and costs one round
trip; `@reads(ANY)` and `@writes(ANY)` run in a transaction, `@writes_alone(ANY)` in one that never joins the
caller's; `@guarded(ANY)` leaves transactions to the function. The guard comes first, before any argument is looked
at. A parameter `use_slave` sends a read to the replica, where one is configured.

Inside a transaction of the caller an operation that writes does so behind a savepoint: when it raises, nothing of it
stays, on every dialect, and the caller may go on.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from rawdb.access import require_admin, require_context
from rawdb.default import reader, sql, writer
from rawdb.engine.transactions import Entry

__all__ = [
    "ADMIN",
    "ANY",
    "NO_GUARD",
    "beyond_signature",
    "guarded",
    "lone_read",
    "lone_write",
    "reads",
    "sql",
    "writes",
    "writes_alone",
]

P = ParamSpec("P")
R = TypeVar("R")
Guard = Callable[[Any], None]
Decorator = Callable[[Callable[P, R]], Callable[P, R]]


def _no_guard(context: Any) -> None:
    """Let every context pass, even None."""


ANY: Guard = require_context
ADMIN: Guard = require_admin
NO_GUARD: Guard = _no_guard


def lone_read(guard: Guard) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An operation that reads by one statement."""
    return _operation(reader.autocommit, guard)


def lone_write(guard: Guard) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An operation that writes by one statement (a read may follow to tell why it matched nothing)."""
    return _operation(writer.autocommit.savepoint, guard)


def reads(guard: Guard) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An operation that reads by several statements, in one transaction."""
    return _operation(reader, guard)


def writes(guard: Guard) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An operation that writes in a transaction; run again from its start when the server refuses it."""
    return _operation(writer.savepoint, guard)


def writes_alone(guard: Guard) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An operation whose transaction is its own, even inside another one on the same context."""
    return _operation(writer.independent, guard)


def guarded(guard: Guard) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An operation that opens its transactions itself, after the guard."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def operation(*args: P.args, **kwargs: P.kwargs) -> R:
            guard(args[0] if args else kwargs.get("context"))
            return function(*args, **kwargs)

        return operation

    return decorate


def beyond_signature(*names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An operation that takes keywords besides its documented signature: `inspect.signature` shows the documented one.

    The outermost decorator.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        whole = inspect.signature(function)
        documented = [parameter for parameter in whole.parameters.values() if parameter.name not in names]
        function.__signature__ = whole.replace(parameters=documented)  # type: ignore[attr-defined]
        return function

    return decorate


def _operation(entry: Entry, guard: Guard) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        if "use_slave" in inspect.signature(function).parameters:
            return _with_replica(entry, guard, function)

        @functools.wraps(function)
        def operation(context: Any, *args: Any, **kwargs: Any) -> R:
            guard(context)
            return entry.run(function, context, (context, *args), kwargs)

        return cast(Callable[P, R], operation)

    return decorate


def _with_replica(entry: Entry, guard: Guard, function: Callable[P, R]) -> Callable[P, R]:
    """An operation that reads from the replica where its caller says so."""
    position = list(inspect.signature(function).parameters).index("use_slave") - 1
    replica = entry.async_

    @functools.wraps(function)
    def operation(context: Any, *args: Any, **kwargs: Any) -> R:
        guard(context)
        asked = kwargs.get("use_slave", args[position] if len(args) > position else False)
        return (replica if asked else entry).run(function, context, (context, *args), kwargs)

    return cast(Callable[P, R], operation)
