"""The rows that operations return, as TypedDicts: an editor completes their keys, a type checker refuses wrong ones.

`InstanceRow` is a row of the table `instances`, `ServiceGetRow` what the statement `service_get` reads: these are
written by `rawdb sql types rawdb/rows`. Shapes that operations make of rows, such as `Instance`, stand in `_shown`.
A module of them is loaded when one of its rows is first asked for.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._shown import *  # noqa: F403
    from ._statements import *  # noqa: F403
    from ._tables1 import *  # noqa: F403
    from ._tables2 import *  # noqa: F403
    from ._tables3 import *  # noqa: F403

#: In the order in which they need each other.
_MODULES = ("_tables1", "_tables2", "_tables3", "_statements", "_shown")


# To type checkers it would say that any name is there.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if not name.startswith("_"):
            for module in _MODULES:
                loaded = importlib.import_module(f"rawdb.rows.{module}")
                if name in loaded.__all__:
                    value = globals()[name] = getattr(loaded, name)
                    return value
        raise AttributeError(f"module 'rawdb.rows' has no attribute {name!r}")


def __dir__() -> list[str]:
    modules = [importlib.import_module(f"rawdb.rows.{module}") for module in _MODULES]
    return sorted(name for module in modules for name in module.__all__)
