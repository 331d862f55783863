"""What a server says of a statement before it is run: the columns of its result and the types of its parameters.

One module a dialect (`prepared_postgresql`, ...) asks its server. For tools: no call of a statement comes here.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, NamedTuple

#: Python types by their names, as a result or a parameter has them; none where that is not told.
Kinds = frozenset[str]


class PreparedColumn(NamedTuple):
    """A column of a result. `nullable` is None where the server does not say."""

    name: str
    kinds: Kinds
    nullable: bool | None


class Prepared(NamedTuple):
    """A statement: its result, None where this dialect cannot tell without running it; its parameters in order."""

    columns: tuple[PreparedColumn, ...] | None
    parameters: tuple[Kinds, ...] = ()


def prepare(dialect: str, raw: Any, text: str, parameters: Sequence[Any]) -> Prepared:
    """Ask a server about the text of a statement, which is not run. Driver errors leave as they are.

    `parameters` are samples, for those who need values to look at a statement.
    """
    found: Prepared = importlib.import_module(f"rawdb.dialects.prepared_{dialect}").prepare(raw, text, parameters)
    return found


def enumerations(dialect: str, raw: Any) -> dict[str, tuple[str, ...]]:
    """The labels of the enumerations that are types of their own, by name."""
    module = importlib.import_module(f"rawdb.dialects.prepared_{dialect}")
    found: dict[str, tuple[str, ...]] = module.enumerations(raw)
    return found


def literal(labels: Sequence[str]) -> str:
    """The Python type of one of some texts."""
    return f"Literal[{', '.join(repr_of(label) for label in labels)}]"


def repr_of(text: str) -> str:
    """A text as it stands in Python, in double quotes."""
    shown = repr(text)
    return shown if '"' in text else f'"{shown[1:-1]}"'
