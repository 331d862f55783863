"""Every operation of `rawdb.api` as a coroutine function: `await rawdb.aio.api.instance_get(context, 1)`.

Names, arguments, results and errors are those of `rawdb.api`. The three that make values for other operations
(`constraint`, `equal_any`, `not_equal`) and the registries never wait: they are the same objects.
"""

from __future__ import annotations

from typing import Any

from rawdb import api
from rawdb.aio.tasks import coroutine

#: What sends nothing to a database.
_UNCHANGED = frozenset({"PER_PROJECT_QUOTAS", "QUOTA_SYNC_FUNCTIONS", "constraint", "equal_any", "not_equal"})

__all__ = api.__all__


def __getattr__(name: str) -> Any:
    """The operation of that name, wrapped when it is first asked for."""
    if name not in api.__all__:
        raise AttributeError(f"module 'rawdb.aio.api' has no attribute {name!r}")
    value = getattr(api, name)
    if name not in _UNCHANGED:
        value = coroutine(value)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(api.__all__)
