"""The front door: every documented operation, in one flat namespace.

Each operation takes the request context first and returns plain dicts. Where to find one: its module in
`rawdb.operations` and its SQL in `sql/queries` carry the name of its domain. A domain is loaded when one of its
operations is first asked for.

Which there are stands in `api.pyi` beside this file, and nowhere else: type checkers read it, and so does this module.
"""

from __future__ import annotations

import importlib
from typing import Any


def _homes() -> dict[str, str]:
    """The module of each operation by its name. A list of imports, one name a line, needs no parser."""
    homes = {}
    module = ""
    with open(f"{__file__.rpartition('.')[0]}.pyi", encoding="utf-8") as lines:  # noqa: PTH123 - pathlib costs more
        for line in lines:
            if line.startswith("from "):
                module = line.split()[1]
            elif line.startswith("    "):
                homes[line.split()[0]] = module
    return homes


_HOME = _homes()

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """The operation of that name, from its domain."""
    if name not in _HOME:
        raise AttributeError(f"module 'rawdb.api' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return __all__
