"""Dotted names, as docs write them, and what they lead to."""

from __future__ import annotations

import importlib
from typing import Any

import rawdb


def found(path: str) -> Any:
    """What a dotted name leads to: a module, or something in one. Raises LookupError."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            # What is set by __init__ is looked for in an instance; it opens nothing.
            value = rawdb.Database("sqlite://") if value is rawdb.Database else value
            if not (hasattr(value, name) or name in getattr(value, "__dataclass_fields__", ())):
                raise LookupError(path)
            value = getattr(value, name, None)
        return value
    raise LookupError(path)
