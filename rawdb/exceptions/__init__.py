"""Every error that rawdb raises, in one place.

``toolkit`` has what a database reports and what using the engine wrongly reports, ``api`` what the documented
operations report; those are loaded when someone asks for one, or for ``__all__``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from rawdb.exceptions.base import *  # noqa: F403
from rawdb.exceptions.toolkit import *  # noqa: F403

if TYPE_CHECKING:
    from rawdb.exceptions import api_compute, api_inventory, api_network, api_quota, api_share, base, toolkit
    from rawdb.exceptions.api import *  # noqa: F403

    # Type checkers follow these additions of plain lists, and no sums of sums.
    __all__: list[str] = []
    __all__ += base.__all__
    __all__ += api_compute.__all__
    __all__ += api_inventory.__all__
    __all__ += api_network.__all__
    __all__ += api_quota.__all__
    __all__ += api_share.__all__
    __all__ += toolkit.__all__
else:
    _MODULES = ("base", "api_compute", "api_inventory", "api_network", "api_quota", "api_share", "toolkit")

    def __getattr__(name: str) -> Any:
        if name in _MODULES or (name.startswith("_") and name != "__all__"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = {}
        for module in (importlib.import_module(f"{__name__}.{each}") for each in _MODULES):
            found.update({each: getattr(module, each) for each in module.__all__})
            if name in found:
                globals().update(found)
                return found[name]
        # All of them are loaded now.
        globals().update(found, __all__=list(found))
        if name == "__all__":
            return list(found)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
