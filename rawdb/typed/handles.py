"""What written modules stand on: the handles of blocks, and a statement's other ways, with the types of its rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Iterator, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from rawdb.dialects import Result

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

#: Rows of one part of a stream.
FETCH_SIZE = 1000


class Rows(Protocol[R_co]):
    """The rows of a stream, one after the other: rawdb's own, with the type of a row."""

    def __iter__(self) -> Iterator[R_co]: ...

    def __next__(self) -> R_co: ...

    def __enter__(self) -> Rows[R_co]: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None: ...

    def close(self) -> None:
        """End it before its last row."""


class Pending(Protocol[R_co]):
    """The result of a statement that was sent ahead."""

    def result(self) -> R_co:
        """What the call would have given. A statement that still waits for the next one is run for that."""


class AsyncPending(Protocol[R_co]):
    """The same in a block of `rawdb.aio`."""

    async def result(self) -> R_co:
        """What the call would have given."""


class Handle(Protocol):
    """What a block yields besides the statements of a folder."""

    def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Run one statement of your own in this block, its parameters written `:name` on every dialect."""

    def execute_script(self, text: str) -> None:
        """Run the statements of a text of your own, all of them or none."""

    def stream(
        self, text: str, parameters: Mapping[str, Any] | None = None, *, fetch_size: int = FETCH_SIZE
    ) -> Rows[dict[str, Any]]:
        """Run a query of your own, its rows read in parts."""


class AsyncHandle(Protocol):
    """The same of a block of `rawdb.aio`."""

    async def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Run one statement of your own in this block, its parameters written `:name` on every dialect."""

    async def execute_script(self, text: str) -> None:
        """Run the statements of a text of your own, all of them or none."""

    def stream(
        self, text: str, parameters: Mapping[str, Any] | None = None, *, fetch_size: int = FETCH_SIZE
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Run a query of your own, its rows read in parts."""


@overload
def streamed(statement: Callable[P, list[R]], fetch_size: int = FETCH_SIZE) -> Callable[P, Rows[R]]: ...


@overload
def streamed(
    statement: Callable[P, Coroutine[Any, Any, list[R]]], fetch_size: int = FETCH_SIZE
) -> Callable[P, AsyncGenerator[R, None]]: ...


def streamed(statement: Any, fetch_size: int = FETCH_SIZE) -> Any:
    """`sql.x.stream` with the types of `sql.x`: `for row in streamed(sql.x)(argument): row["column"]`."""
    return partial(statement.stream, fetch_size=fetch_size)


@overload
def many(statement: Callable[..., int], rows: Iterable[Mapping[str, Any]]) -> int: ...


@overload
def many(
    statement: Callable[..., Coroutine[Any, Any, int]], rows: Iterable[Mapping[str, Any]]
) -> Coroutine[Any, Any, int]: ...


def many(statement: Any, rows: Iterable[Mapping[str, Any]]) -> Any:
    """`sql.x.many(rows)` for type checkers: the statement once for each dict of parameters; gives how many matched."""
    return statement.many(rows)


@overload
def ahead(statement: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, AsyncPending[R]]]: ...  # type: ignore[overload-overlap]


@overload
def ahead(statement: Callable[P, R]) -> Callable[P, Pending[R]]: ...


def ahead(statement: Any) -> Any:
    """`sql.x.ahead` with the types of `sql.x`: `ahead(sql.x)(argument)` goes out with the next statement."""
    return statement.ahead
