"""rawdb: hand-written SQL files, and around them what people otherwise take an ORM for."""

from __future__ import annotations

import importlib
from typing import Any

from rawdb.default import configure, default_database, dispose, reader, sql, writer
from rawdb.dialects.translation import filters, remove_filters, translate_error
from rawdb.engine.database import Database

__all__ = [
    "Database",
    "configure",
    "default_database",
    "dispose",
    "filters",
    "reader",
    "remove_filters",
    "sql",
    "translate_error",
    "writer",
]
__version__ = "0.1.0"

#: Reached as `rawdb.api` and so on without an import of their own, but loaded only when someone does.
_MODULES = ("api", "migrate", "schema", "testing")


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"rawdb.{name}")
    raise AttributeError(f"module 'rawdb' has no attribute {name!r}")
