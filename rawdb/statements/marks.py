"""What the end of a statement's name says of its result. aiosql made these marks."""

from __future__ import annotations

from enum import Enum


class Operation(Enum):
    """What a call gives; the value is the mark."""

    SELECT = ""
    SELECT_ONE = "^"
    SELECT_VALUE = "$"
    INSERT_UPDATE_DELETE = "!"
    INSERT_RETURNING = "<!"
    SCRIPT = "#"
