"""Typed statements: what `rawdb sql types FOLDER -o FILE.py` writes, and the names that the written module uses.

What is written describes a folder of statements for type checkers and editors; nothing of it is called. From a
statement to its text:

- `rawdb.statements.queries` reads what a result holds from the SQL and the tables;
- `columns` say which Python types a column gives and takes;
- `evidence` asks a live server besides, and holds one dialect's answers; `folder` puts those of all dialects together;
- `handles` are what a written module stands on: what blocks offer besides, and a statement's other ways with its types;
- `methods` makes a typed method of each statement, `module` a Python module of them all.
"""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from rawdb.typed.handles import AsyncHandle, Handle, Rows, ahead, many, streamed

if TYPE_CHECKING or sys.version_info >= (3, 12):
    from typing import TypedDict
else:
    try:
        # The one whose fields pydantic can read, and so FastAPI, before Python 3.12.
        from typing_extensions import TypedDict
    except ImportError:
        from typing import TypedDict

__all__ = ["AsyncHandle", "Handle", "Json", "Rows", "TypedDict", "Value", "ahead", "many", "streamed"]

#: A JSON document: whatever JSON has a form for. None is NULL.
Json: TypeAlias = dict[str, Any] | list[Any] | str | float | bool
#: Whatever can be bound, where no column and no server says more of a parameter.
Value: TypeAlias = (
    str | bool | int | float | Decimal | datetime | date | time | timedelta | bytes | UUID
    | IPv4Address | IPv6Address | IPv4Network | IPv6Network | dict[str, Any] | list[Any] | None
)  # fmt: skip
