"""What an operation sends, recorded, so that it can be explained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import rawdb
from rawdb.dialects import Result
from rawdb.dialects.base import Outgoing

Sent = list[tuple[str, Sequence[Any]]]


@contextmanager
def recorded() -> Iterator[Sent]:
    """The texts and bound parameters that the default database sends inside the block, in order."""
    dialect = rawdb.default_database().dialect
    sent: Sent = []
    execute = dialect.execute

    def recording(cursor: Any, text: str, parameters: Sequence[Any], *by_key: bool) -> Result:
        sent.append((text, parameters))
        return execute(cursor, text, parameters, *by_key)

    together = dialect.execute_together

    def recording_all(cursor: Any, statements: Sequence[Outgoing], results: list[Result]) -> None:
        before = len(sent)
        together(cursor, statements, results)
        # A dialect that sends them one by one has come by `execute`.
        sent[before:] = [(text, parameters) for text, parameters, _ in statements]

    dialect.execute = recording  # type: ignore[assignment,method-assign]
    dialect.execute_together = recording_all  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        del dialect.execute, dialect.execute_together
