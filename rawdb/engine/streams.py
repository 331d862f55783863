"""Large results in constant memory: the rows of a statement, read from the server in parts.

A stream lives inside a transaction, whose connection it reads from, and ends with it at the latest. What is left early
is ended when the connection is needed for something else; a garbage collector sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any

from rawdb.dialects import Result
from rawdb.engine.open_streams import OpenStream
from rawdb.engine.scope import Scope
from rawdb.exceptions import DBError
from rawdb.statements.compiled import Compiled

#: Rows of one part.
FETCH_SIZE = 1000
#: What a FETCH of PostgreSQL's takes, and a C int holds.
MOST_ROWS = 2**31 - 1

Shape = Callable[[Result], list[dict[str, Any]]]


class Stream(Iterator[dict[str, Any]]):
    """The rows of a statement, one after the other, as dicts; `fetch_size` of them are in memory at a time.

    As a context manager it is closed at the end; so it is by `close()`, and with its block. Each part is one round trip
    on PostgreSQL. Raises DBError as the statement would, also between two rows, and NoEngineContextEstablished once the
    block is over.
    """

    def __init__(
        self,
        scope: Scope,
        calls: Iterable[tuple[Compiled, Sequence[Any]]],
        fetch_size: int,
        shape: Shape,
        explain: Callable[[DBError, Compiled], DBError],
    ) -> None:
        if type(fetch_size) is not int or not 1 <= fetch_size <= MOST_ROWS:
            raise ValueError(f"fetch_size is a number of rows from 1 to {MOST_ROWS}, not {fetch_size!r}")
        self._scope = scope
        self._fetch_size = fetch_size
        self._shape = shape
        self._explain = explain
        self._opened: OpenStream | None = None
        self._sent: Compiled | None = None
        self._rows: Iterator[dict[str, Any]] = iter(())
        #: One for each part of a list that is too long for one statement.
        self._calls = iter(calls)
        self._open_next()

    def __iter__(self) -> Stream:
        return self

    def __next__(self) -> dict[str, Any]:
        while True:
            row = next(self._rows, None)
            if row is not None:
                return row
            if not self._fetch() and not self._open_next():
                raise StopIteration

    def close(self) -> None:
        """Give up what was not read. On MySQL the server sends it all the same, and here it is read and dropped."""
        self._rows, self._calls = iter(()), iter(())
        opened, self._opened = self._opened, None
        if opened is not None and self._sent is not None and not self._scope.over:
            self._scope.held(self._sent, lambda connection: opened.close())

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self.abandon()

    def __del__(self) -> None:
        self.abandon()

    def abandon(self) -> None:
        """Leave it to whoever uses the connection next to end it; nothing is sent or read for that here."""
        opened = getattr(self, "_opened", None)
        if opened is not None:
            opened.abandoned = True

    def _open_next(self) -> bool:
        """Run the next statement; False where there is none."""
        call = next(self._calls, None)
        if call is None:
            return False
        sent, parameters = self._sent, _ = call
        try:
            self._opened = self._scope.held(sent, lambda connection: connection.stream(sent, parameters))
        except DBError as error:
            raise self._explain(error, sent) from error.__cause__
        return True

    def _fetch(self) -> bool:
        """Read the next part; False at the end."""
        opened, sent = self._opened, self._sent
        if opened is None or sent is None:
            return False
        rows = self._scope.held(sent, lambda connection: opened.fetch(self._fetch_size))
        if len(rows) < self._fetch_size:
            self._opened = None
        self._rows = iter(self._shape(Result(opened.columns, rows, len(rows), None)))
        return bool(rows)
