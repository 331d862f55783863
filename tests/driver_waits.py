"""The waits of psycopg for its socket, shown to whoever wants to come in between."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from psycopg.waiting import Wait

from rawdb.dialects import postgresql

Watch = Callable[[Generator[Any, int, Any], float], Generator[Any, int, Any]]
_watched: Watch = postgresql._watched


def shown_to(see: Callable[[int], None]) -> Watch:
    """What stands in the place of `postgresql._watched`: `see` is called with what is waited for, before each wait."""

    def watched(steps: Generator[Any, int, Any], limit: float) -> Generator[Any, int, Any]:
        steps = _watched(steps, limit)
        try:
            wanted = next(steps)
            while True:
                see(wanted)
                wanted = steps.send((yield wanted))
        except StopIteration as end:
            return end.value

    return watched


def before_input(see: Callable[[int], None]) -> Callable[[Any], None]:
    """The same for `_until_input` of the connections, where most answers are waited for."""
    until_input = postgresql._Connection._until_input

    def waited(connection: Any) -> None:
        see(Wait.R)
        until_input(connection)

    return waited
