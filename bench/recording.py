"""What an operation sends, recorded once, so that the bare driver can send the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import rawdb
from rawdb.dialects import Result

Sent = list[tuple[str, dict[str, Any]]]


@contextmanager
def recorded() -> Iterator[Sent]:
    """The texts and bound parameters that the default database sends inside the block, in order."""
    dialect = rawdb.default_database().dialect
    sent: Sent = []
    run = dialect.run

    def recording(raw: Any, text: str, parameters: Mapping[str, Any]) -> Result:
        sent.append((text, dict(parameters)))
        return run(raw, text, parameters)

    dialect.run = recording  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        del dialect.run  # type: ignore[attr-defined]


def replay(cursor: Any, sent: Sent) -> Callable[[], None]:
    """A function that sends the same on a bare cursor and fetches what comes back."""

    def run() -> None:
        for text, parameters in sent:
            cursor.execute(text, parameters)
            if cursor.description is not None:
                cursor.fetchall()

    return run
