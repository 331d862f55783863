"""For tests of code that uses rawdb: throwaway servers and databases, a pytest plugin, walks over migrations, drift.

Each name is loaded when it is first asked for: the plugin is in every run of pytest where rawdb is installed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rawdb.testing.databases import Housekeeper, temporary_database
    from rawdb.testing.drift import assert_no_drift
    from rawdb.testing.schemas import rolled_back
    from rawdb.testing.walks import Step, walk

__all__ = ["Housekeeper", "Step", "assert_no_drift", "rolled_back", "temporary_database", "walk"]

_HOME = {
    "Housekeeper": "databases",
    "Step": "walks",
    "assert_no_drift": "drift",
    "rolled_back": "schemas",
    "temporary_database": "databases",
    "walk": "walks",
}


# To type checkers it would say that any name is there.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in _HOME:
            raise AttributeError(f"module 'rawdb.testing' has no attribute {name!r}")
        value = globals()[name] = getattr(importlib.import_module(f"rawdb.testing.{_HOME[name]}"), name)
        return value
