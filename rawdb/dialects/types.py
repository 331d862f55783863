"""Logical types, and how each server spells them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

#: Types whose values are JSON documents: any, a dict, a list. The last two are texts on every server.
DOCUMENTS: Mapping[str, type | None] = {"json": None, "json_dict": dict, "json_list": list}

_NATIVE = {
    "postgresql": {
        "integer": "int",
        "bigint": "bigint",
        "boolean": "bool",
        "text": "text",
        "double precision": "float",
        "real": "single",
        "timestamp without time zone": "datetime",
        "timestamp(6) without time zone": "datetime",
        "timestamp": "datetime",
        "timestamp(6)": "datetime",
    },
    "mysql": {
        "int": "int",
        "bigint": "bigint",
        "tinyint(1)": "bool",
        "text": "text",
        "mediumtext": "mediumtext",
        "longtext": "longtext",
        "double": "float",
        "float": "single",
        "datetime(6)": "datetime",
    },
    "sqlite": {
        "integer": "int",
        "bigint": "bigint",
        "boolean": "bool",
        "text": "text",
        "double": "float",
        "datetime": "datetime",
    },
}
#: Those of one server's own that end in `text` (tinytext, citext) are none of them.
_KNOWN = frozenset({"text", "mediumtext", "longtext", "int", "bigint", "bool", "float", "single", "datetime"})
_VARCHAR = r"(?:character varying|varchar)\((\d+)\)"
# MariaDB and older servers show a width that means nothing.
_WIDTH = r"^(bigint|int)\(\d+\)$"


@lru_cache(maxsize=1024)
def logical(dialect: str, native: str) -> str:
    """The logical name of a server's type, or the server's own name in small letters if there is none."""
    text = re.sub(_WIDTH, r"\1", native.lower().strip())
    if match := re.fullmatch(_VARCHAR, text):
        return f"string({match[1]})"
    return _NATIVE[dialect].get(text, text)


def stored(dialect: str, declared: str) -> str:
    """What a declared type is on this dialect, in logical words.

    Addresses and enumerations are strings everywhere, and only MySQL tells sizes of texts apart.
    """
    if declared == "ip":
        return "string(39)"
    if declared == "cidr":
        return "string(43)"
    if declared.startswith("enum("):
        return f"string({max(len(word) for word in declared[5:-1].split('|'))})"
    if declared in ("json_dict", "json_list"):
        return "text"
    if declared == "soft_delete":
        return "bigint"
    if declared in ("mediumtext", "longtext") and dialect != "mysql":
        return "text"
    return declared


def is_text(stored_type: str) -> bool:
    """Whether values of the type have a collation."""
    return stored_type.startswith("string(") or stored_type.endswith("text")


def is_known(logical_type: str) -> bool:
    """Whether the type has a logical name, rather than one of a server's own."""
    return logical_type.startswith("string(") or logical_type in _KNOWN


def each(convert: Callable[[Any], Any], values: list[Any]) -> list[Any]:
    """The elements of an array, which may be arrays, converted; NULL stays."""
    return [each(convert, one) if isinstance(one, list) else None if one is None else convert(one) for one in values]
