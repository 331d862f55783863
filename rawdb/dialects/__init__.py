"""The databases rawdb speaks to: one module each, and the only importers of drivers."""

from __future__ import annotations

import importlib

from rawdb.dialects.base import ConnectionOptions, Description, Dialect, Result
from rawdb.dialects.url import DIALECTS, URL, parse_url

__all__ = ["DIALECTS", "URL", "ConnectionOptions", "Description", "Dialect", "Result", "get_dialect", "parse_url"]

_CLASSES = {"postgresql": "PostgreSQL", "mysql": "MySQL", "sqlite": "SQLite"}
_instances: dict[str, Dialect] = {}


def get_dialect(name: str) -> Dialect:
    """The dialect of that name. Its driver is imported here, at first use.

    Raises ValueError for an unknown name, ImportError (saying what to install) when the driver is missing.
    """
    if name not in _CLASSES:
        raise ValueError(f"unknown dialect {name!r}: expected one of {', '.join(DIALECTS)}")
    if name not in _instances:
        try:
            module = importlib.import_module(f"rawdb.dialects.{name}")
        except ImportError as error:
            raise ImportError(f"the {name} driver is not installed: pip install 'rawdb[{name}]'") from error
        _instances[name] = getattr(module, _CLASSES[name])()
    return _instances[name]
