"""Conditions that a caller attaches to a delete: it happens only if the row satisfies them.

These objects only say what is wanted. The engine makes them part of the WHERE clause of the deleting
statement, so that the check and the deletion are one step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EqualAny:
    """Holds when the column equals one of `values`, where None stands for NULL. No values: always holds."""

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        _freeze_values(self, self.values)


@dataclass(frozen=True)
class NotEqual:
    """Holds when the column differs from each of `values`, where None stands for NULL.

    No values: always holds. A NULL column is not known to differ from anything, so it satisfies no `NotEqual`
    with values.
    """

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        _freeze_values(self, self.values)


Condition = EqualAny | NotEqual


@dataclass(frozen=True)
class Constraint:
    """Holds when the condition of every named column holds; may be used any number of times.

    Column names are checked where the constraint is applied, since the table is known only there. A value
    that is no condition raises TypeError here.
    """

    conditions: Mapping[str, Condition]

    def __post_init__(self) -> None:
        for column, condition in self.conditions.items():
            if not isinstance(condition, Condition):
                raise TypeError(f"{column}: expected equal_any(...) or not_equal(...), got {condition!r}")
        # A copy of our own: what the caller does to the mapping later must not change the constraint.
        object.__setattr__(self, "conditions", dict(self.conditions))


def _freeze_values(condition: Condition, values: Any) -> None:
    if isinstance(values, str):
        raise TypeError(f"expected a sequence of values, got the text {values!r}")
    object.__setattr__(condition, "values", tuple(values))
