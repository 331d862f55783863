"""Whether what an operation returns is what its signature says: keys and types of rows, however deep."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import is_typeddict


def faults(value: Any, expected: Any, path: str = "result") -> list[str]:
    """Where a value is not of a type; TypedDicts are looked into."""
    if expected is Any:
        return []
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    if origin in (typing.Required, typing.NotRequired):
        return faults(value, arguments[0], path)
    if origin is typing.Literal:
        return [] if value in arguments else [f"{path}: {value!r}, none of {arguments}"]
    if origin in (typing.Union, types.UnionType):
        found = [faults(value, one, path) for one in arguments]
        return [] if not all(found) else min(found, key=len)
    if is_typeddict(expected):
        return _row_faults(value, expected, path)
    kind: Any = origin or type(None) if expected is None else origin or expected
    # Whoever says float takes an int as well.
    fits: bool = isinstance(value, (int, float) if kind is float else kind)
    if not fits:
        return [f"{path}: {type(value).__name__}, not {expected}"]
    if kind is tuple:
        return [
            fault
            for number, (one, each) in enumerate(zip(value, arguments, strict=True))
            for fault in faults(one, each, f"{path}[{number}]")
        ]
    if arguments and issubclass(kind, Mapping):
        return [fault for key, one in value.items() for fault in faults(one, arguments[1], f"{path}[{key!r}]")]
    if arguments and issubclass(kind, (list, set)):
        return [fault for number, one in enumerate(value) for fault in faults(one, arguments[0], f"{path}[{number}]")]
    return []


def _row_faults(value: Any, expected: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{path}: {type(value).__name__}, not a {expected.__name__}"]
    fields = hints(expected)
    missing = expected.__required_keys__ - value.keys()
    unknown = value.keys() - fields.keys()
    found = [f"{path}: no {key}, a {expected.__name__} has it" for key in sorted(missing)]
    found += [f"{path}: {key}, which no {expected.__name__} has" for key in sorted(map(str, unknown))]
    for key in value.keys() & fields.keys():
        found += faults(value[key], fields[key], f"{path}[{key!r}]")
    return found


@functools.cache
def hints(what: Any) -> dict[str, Any]:
    """The types that a function or a TypedDict is annotated with."""
    return typing.get_type_hints(what, include_extras=True)


def checked(operation: Callable[..., Any]) -> Callable[..., Any]:
    """The operation; a result that its signature does not describe is an AssertionError."""

    @functools.wraps(operation)
    def call(*args: Any, **kwargs: Any) -> Any:
        result = operation(*args, **kwargs)
        found = faults(result, hints(operation)["return"], operation.__name__)
        assert not found, "\n".join(found)
        return result

    return call
