"""rawdb: hand-written SQL files, and around them what people otherwise take an ORM for.

This is the front: what one's own SQL needs. `import rawdb` itself loads nothing; each name is loaded when it is first
asked for, and of the cloud (`rawdb.api` and the SQL in sql/) nothing at all unless it is. docs/stability.md says which
names stay.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rawdb import aio as aio
    from rawdb import api as api
    from rawdb import criteria as criteria
    from rawdb import exceptions as exceptions
    from rawdb import migrate as migrate
    from rawdb import paging as paging
    from rawdb import retry as retry
    from rawdb import schema as schema
    from rawdb import tables as tables
    from rawdb import testing as testing
    from rawdb.default import (
        DefaultDatabase,
        configure,
        configure_defaults,
        default_database,
        dispose,
        reader,
        sql,
        transaction_context_provider,
        writer,
    )
    from rawdb.dialects.translation import filters, remove_filters, translate_error, translated
    from rawdb.engine.config import read_options
    from rawdb.engine.database import Database
    from rawdb.engine.retry import NO_RETRY, RetryPolicy
    from rawdb.exceptions import DBError, RetryRequest
    from rawdb.statements.criteria import NO_LIMIT, AnyOf, Constant, Page, Predicate, SortKey, equal

__all__ = [
    "NO_LIMIT",
    "NO_RETRY",
    "AnyOf",
    "Constant",
    "DBError",
    "Database",
    "DefaultDatabase",
    "Page",
    "Predicate",
    "RetryPolicy",
    "RetryRequest",
    "SortKey",
    "configure",
    "configure_defaults",
    "default_database",
    "dispose",
    "equal",
    "filters",
    "read_options",
    "reader",
    "remove_filters",
    "sql",
    "transaction_context_provider",
    "translate_error",
    "translated",
    "writer",
]

#: The one place of the version: pyproject.toml reads it here.
__version__ = "0.1.0"

#: Reached as `rawdb.migrate` and so on without an import of their own.
_MODULES = ("aio", "api", "criteria", "exceptions", "migrate", "paging", "retry", "schema", "tables", "testing")
_HOMES = {
    "rawdb.default": (
        "DefaultDatabase",
        "configure",
        "configure_defaults",
        "default_database",
        "dispose",
        "reader",
        "sql",
        "transaction_context_provider",
        "writer",
    ),
    "rawdb.engine.config": ("read_options",),
    "rawdb.dialects.translation": ("filters", "remove_filters", "translate_error", "translated"),
    "rawdb.engine.database": ("Database",),
    "rawdb.engine.retry": ("NO_RETRY", "RetryPolicy"),
    "rawdb.exceptions": ("DBError", "RetryRequest"),
    "rawdb.statements.criteria": ("NO_LIMIT", "AnyOf", "Constant", "Page", "Predicate", "SortKey", "equal"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


# To type checkers it would say that any name is there.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f"rawdb.{name}")
        if name in _HOME:
            value = globals()[name] = getattr(importlib.import_module(_HOME[name]), name)
            return value
        raise AttributeError(f"module 'rawdb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
