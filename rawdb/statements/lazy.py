"""A mapping whose values are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, ItemsView, Iterator, KeysView, ValuesView
from typing import Any, TypeVar

T = TypeVar("T")


class Lazy(dict[str, T]):
    """All names from the start, each value made by `make` when somebody asks for it, and kept.

    A dict, so that a value that is there costs no call of Python to find.
    """

    def __init__(self, names: Collection[str], make: Callable[[str], T]) -> None:
        super().__init__()
        self._names = names
        self._make = make

    def __missing__(self, name: str) -> T:
        if name not in self._names:
            raise KeyError(name)
        # Where two threads have made it, both get the same one.
        return self.setdefault(name, self._make(name))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._names else default

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        return KeysView(self)

    def values(self) -> ValuesView[T]:  # type: ignore[override]
        return ValuesView(self)

    def items(self) -> ItemsView[str, T]:  # type: ignore[override]
        return ItemsView(self)

    def __eq__(self, other: object) -> bool:
        return dict(self.items()) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def copy(self) -> dict[str, T]:
        return dict(self.items())

    __hash__ = None

    def __repr__(self) -> str:
        return repr(dict(self.items()))
