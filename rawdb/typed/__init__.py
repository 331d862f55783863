"""Typed statements: what `rawdb sql types FOLDER -o FILE.py` writes, and the names that the written module uses.

What is written describes a folder of statements for type checkers and editors; nothing of it is called. From a
statement to its text:

- `expressions` and `queries` read what a result holds from the SQL and the tables, `words` cut SQL into pieces;
- `columns` say which Python types a column gives and takes;
- `evidence` asks a live server besides, and holds one dialect's answers; `folder` puts those of all dialects together;
- `methods` makes a typed method of each statement, `module` a Python module of them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from uuid import UUID

if TYPE_CHECKING:
    from rawdb.dialects import Result

__all__ = ["AsyncHandle", "Handle", "Json", "Value"]

#: A JSON document: a text is one already.
Json: TypeAlias = dict[str, Any] | list[Any] | str | float | bool
#: Whatever can be bound, where no column and no server says more of a parameter.
Value: TypeAlias = (
    str | bool | int | float | Decimal | datetime | date | time | timedelta | bytes | UUID
    | IPv4Address | IPv6Address | IPv4Network | IPv6Network | dict[str, Any] | list[Any] | None
)  # fmt: skip


class Handle(Protocol):
    """What a block yields besides the statements of a folder."""

    def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Run one statement of your own in this block, its parameters written `:name` on every dialect."""


class AsyncHandle(Protocol):
    """The same of a block of `rawdb.aio`."""

    async def execute(self, text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        """Run one statement of your own in this block, its parameters written `:name` on every dialect."""
