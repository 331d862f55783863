"""A mapping whose values are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Lazy(Mapping[str, T]):
    """All names from the start, each value made by `make` when somebody asks for it, and kept.

    It cannot be changed. What shows several values makes them all: `==`, `repr`, `|`, a copy or a pickle, which are
    dicts. Threads that ask for one value at once get the same one, though each may have made it.
    """

    def __init__(self, names: Collection[str], make: Callable[[str], T]) -> None:
        self._names = names
        self._make = make
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        try:
            return self._made[name]
        except KeyError:
            if name not in self._names:
                raise
        return self._made.setdefault(name, self._make(name))

    def __contains__(self, name: object) -> bool:
        # By itself a mapping would make the value to know whether it has one.
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, or the default; a fault in the value is raised, be it a KeyError."""
        return self[name] if name in self._names else default

    def copy(self) -> dict[str, T]:
        """All of it, as a dict."""
        return dict(self)

    def __or__(self, other: object) -> dict[str, Any]:
        return {**self, **other} if isinstance(other, Mapping) else NotImplemented

    def __ror__(self, other: object) -> dict[str, Any]:
        return {**other, **self} if isinstance(other, Mapping) else NotImplemented

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[type[dict[str, T]], tuple[dict[str, T]]]:
        return dict, (dict(self),)
