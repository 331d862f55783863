"""The rows of a statement that are still at the server, and what they keep its connection from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from rawdb.dialects import Dialect
from rawdb.dialects.base import Stream
from rawdb.exceptions import DBError
from rawdb.statements.compiled import Compiled

T = TypeVar("T")


class Holder(Protocol):
    """What a stream needs of its connection."""

    dialect: Dialect

    def attempt(self, sent: Compiled, parameters: Sequence[Any], work: Callable[[], T]) -> T:
        """Do something with the driver for a statement."""

    def forget(self, stream: OpenStream) -> None:
        """A stream is at its end."""


class OpenStream:
    """The rows of a statement, read in parts from the connection of an open transaction."""

    def __init__(self, connection: Holder, sent: Compiled, parameters: Sequence[Any], stream: Stream) -> None:
        self._connection = connection
        self._sent = sent
        self._parameters = parameters
        self._stream = stream
        self._is_over = False
        self._is_undone = False
        #: Whether nobody will ask for more.
        self.abandoned = False

    @property
    def name(self) -> str:
        """The name of the statement."""
        return self._sent.name

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return self._stream.columns

    def fetch(self, count: int) -> list[tuple[Any, ...]]:
        """The next rows, at most so many; none: that was all."""
        if self._is_undone:
            raise DBError(f"the rows of {self.name} are gone with the savepoint that was undone: read them before")
        if self._is_over:
            return []
        try:
            rows = self._connection.attempt(self._sent, self._parameters, lambda: self._stream.fetch(count))
        except BaseException:
            self.abandoned = True
            raise
        if len(rows) < count:
            self.close()
        return rows

    def close(self) -> None:
        """End it. Where the driver can do one thing at a time, the rest of the rows is read for that."""
        if self._is_over:
            return
        self._is_over = self.abandoned = True
        try:
            self._connection.attempt(self._sent, self._parameters, self._stream.close)
        finally:
            self._connection.forget(self)

    def undo(self) -> None:
        """Forget it, with the savepoint behind which it was opened. Where the driver must, it is read to its end."""
        self._is_undone = self.abandoned = True
        if not self._connection.dialect.streams_alone:
            self.drop()

    def drop(self) -> bool:
        """Forget it before a rollback; False: the connection is of no more use."""
        self._is_over = self.abandoned = True
        self._connection.forget(self)
        try:
            return self._stream.drop()
        except Exception:
            return False


class Occupied:
    """Stands where the cursor of a connection was, while a stream has all its attention.

    Whoever would use it waits for the rest of a stream that was left early, or is told of one that is not.
    """

    def __init__(self, cursor: Any, stream: OpenStream) -> None:
        self._stream = stream
        #: The cursor.
        self.behind = cursor

    def free(self) -> None:
        """Raise DBError where the stream is in use; else end it."""
        if not self._stream.abandoned:
            raise DBError(
                f"the rows of {self._stream.name} are still being read, and the driver of MySQL can do one thing at a "
                "time: read them to the end, close() the stream, or use a block on another context"
            )
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        self.free()
        return getattr(self.behind, name)
