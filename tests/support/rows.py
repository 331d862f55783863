"""Rows as tests look at them, whose types tests/support/shapes.py checks; and values that must be there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

#: Any row. What an operation returns is one, and so is a dict that a test compares it with.
Row: TypeAlias = Mapping[str, Any]


def there(value: T | None) -> T:
    """A value that may be None to its type, and is not to the test."""
    assert value is not None
    return value
