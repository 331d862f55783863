"""Statements that are sent with the next one: nobody waits for their answers alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from rawdb.dialects import Result
from rawdb.statements.compiled import Compiled
from rawdb.statements.effects import AUTOCOMMIT, CALLS, CONTROL, COPIES, NEXT, STATE

#: The names of what opens a transaction.
BEGINNINGS = ("SET TRANSACTION", "BEGIN")
#: What such a text does is noted, or looked at, before anything else is sent.
_ALONE = CONTROL | STATE | NEXT | AUTOCOMMIT | CALLS | COPIES
_BLANKS = r"(?:\s|--[^\n]*\n|/\*(?!M?!).*?\*/|\()*"
#: What changes nothing but rows, and so ends no transaction: DDL does, on some servers, and what is prepared may be
#: about something else behind it.
_OF_ROWS = "SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH"
#: What is undone with its transaction on every server.
_UNDONE = f"{_OF_ROWS}|VALUES|TABLE|SHOW|EXPLAIN|SAVEPOINT"


@cache
def _beginning(words: str) -> re.Pattern[str]:
    """A text that begins with one of some words. Where nothing is sent ahead, none is compiled."""
    return re.compile(rf"{_BLANKS}(?:{words})\b", re.IGNORECASE | re.DOTALL)


class Ahead:
    """A statement that goes out with the next one of its transaction, and its result once it was run."""

    __slots__ = ("parameters", "result", "sent")

    def __init__(self, sent: Compiled, parameters: Sequence[Any] = ()) -> None:
        self.sent = sent
        self.parameters = parameters
        self.result: Result | None = None


def goes_together(sent: Compiled) -> bool:
    """Whether a statement may share a message with others."""
    return not (sent.batch or sent.effects & _ALONE)


def may_wait(sent: Compiled) -> bool:
    """Whether a statement may be run together with whatever comes behind it."""
    return goes_together(sent) and _beginning(_OF_ROWS).match(sent.text) is not None


def is_undone(statements: Sequence[Ahead]) -> bool:
    """Whether nothing of a transaction's first statements stays when its connection is lost."""
    first, *others = statements
    return first.sent.name in BEGINNINGS and all(
        one.sent.name in BEGINNINGS or _beginning(_UNDONE).match(one.sent.text) for one in others
    )
