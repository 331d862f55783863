"""What a server at the other end of a socket makes necessary; SQLite needs none of it, and loads none of it."""

from __future__ import annotations

import select
import struct

_SINGLE = struct.Struct("<f")


def single(value: float) -> float:
    """The number of single precision that is nearest, which a column of such numbers keeps of it."""
    try:
        number: float = _SINGLE.unpack(_SINGLE.pack(value))[0]
    except OverflowError:
        # The server refuses to store it, and finds no row that equals it.
        return value
    return number


def has_input(descriptor: int) -> bool:
    """Whether a socket has something to read, its end included, without waiting for it."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
