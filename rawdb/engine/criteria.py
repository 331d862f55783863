"""Predicates on declared columns, and pages by keyset: what fills the `filters`, `after` and `order` slots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rawdb.engine.columns import NO_LIMIT
from rawdb.engine.slots import FALSE, TRUE, Rendering, Slot, padded
from rawdb.exceptions import InvalidSortKey

__all__ = ["NO_LIMIT", "AnyOf", "Page", "Predicate", "SortKey", "equal"]

_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
_DIRECTIONS = ("asc", "desc", "asc-nullsfirst", "asc-nullslast", "desc-nullsfirst", "desc-nullslast")


def _qualified(rendering: Rendering, slot: Slot, name: str) -> str:
    quoted = rendering.dialect.quote(name)
    return f"{slot.alias}.{quoted}" if slot.alias else quoted


@dataclass(frozen=True)
class Predicate:
    """A comparison of one column. `operator` is =, <>, <, <=, >, >=, `in` or `regexp`."""

    column: str
    operator: str
    value: Any

    def render(self, rendering: Rendering, slot: Slot, name: str) -> str:
        """The predicate as text, its values bound under names that start with `name`."""
        column = rendering.columns(slot, {self.column: None})[self.column]
        qualified = _qualified(rendering, slot, self.column)
        if self.operator == "in":
            values = [value for value in self.value if value is not None]
            bound = [rendering.compare(f"{name}_{i}", value, column) for i, value in enumerate(padded(values))]
            return f"{qualified} IN ({', '.join(bound)})" if bound else FALSE
        if self.operator == "regexp":
            parameter = rendering.compare(name, str(self.value), None)
            if column.type == "bool":
                qualified = rendering.dialect.boolean_as_number.format(column=qualified)
            return rendering.dialect.regexp_text.format(column=qualified, parameter=parameter)
        if self.operator not in _COMPARISONS:
            raise ValueError(f"unknown operator {self.operator!r}")
        if self.value is None:
            return f"{qualified} IS NULL" if self.operator == "=" else f"{qualified} IS NOT NULL"
        return f"{qualified} {self.operator} {rendering.compare(name, self.value, column)}"


@dataclass(frozen=True)
class AnyOf:
    """Holds when one of the predicates holds; with none of them it restricts nothing."""

    predicates: Sequence[Predicate]

    def render(self, rendering: Rendering, slot: Slot, name: str) -> str:
        """The alternatives as text."""
        if not self.predicates:
            return TRUE
        texts = [one.render(rendering, slot, f"{name}_{i}") for i, one in enumerate(self.predicates)]
        return f"({' OR '.join(texts)})"


def equal(column: str, value: Any) -> Predicate:
    """Column equals the value (None: IS NULL), or one of them when a list, tuple or set is given."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return Predicate(column, "in", tuple(value))
    return Predicate(column, "=", value)


@dataclass(frozen=True)
class SortKey:
    """A column to sort by; `direction` is asc or desc, `nulls` empty (the server's order), nullsfirst or nullslast."""

    column: str
    direction: str = "asc"
    nulls: str = ""

    @classmethod
    def parse(cls, column: str, direction: str) -> SortKey:
        """From `asc`, `desc-nullslast` and the like. Raises ValueError for any other direction."""
        if direction not in _DIRECTIONS:
            raise ValueError(f"unknown sort direction {direction!r}: expected one of {', '.join(_DIRECTIONS)}")
        way, _, nulls = direction.partition("-")
        return cls(column, way, nulls)

    def nulls_last(self, rendering: Rendering) -> bool:
        """Whether NULLs come after all other values under this key."""
        if self.nulls:
            return self.nulls == "nullslast"
        return rendering.dialect.nulls_are_largest == (self.direction == "asc")


@dataclass(frozen=True)
class Page:
    """Rows in the order of `keys`, those strictly after `marker` (a row, or None for the first page)."""

    keys: Sequence[SortKey]
    marker: Mapping[str, Any] | None = None

    def order(self, rendering: Rendering, slot: Slot) -> str:
        """The ORDER BY list."""
        terms = []
        for key in self.keys:
            qualified = _qualified(rendering, slot, key.column)
            self._checked(rendering, slot, key)
            if key.nulls:
                ranks = "0 ELSE 1" if key.nulls == "nullsfirst" else "1 ELSE 0"
                terms.append(f"CASE WHEN {qualified} IS NULL THEN {ranks} END")
            terms.append(f"{qualified} {key.direction.upper()}")
        return ", ".join(terms)

    def condition(self, rendering: Rendering, slot: Slot) -> str:
        """True for the rows after the marker: k1 after, or k1 equal and k2 after, and so on."""
        alternatives = []
        equal_so_far: list[str] = []
        for index, key in enumerate(self.keys):
            column = self._checked(rendering, slot, key)
            value = (self.marker or {})[key.column]
            qualified = _qualified(rendering, slot, key.column)
            placeholder = None if value is None else rendering.compare(f"after_{index}", value, column)
            after = self._after(key, qualified, placeholder, key.nulls_last(rendering), column.nullable)
            if after is not None:
                alternatives.append(" AND ".join([*equal_so_far, after]))
            equal_so_far.append(f"{qualified} IS NULL" if placeholder is None else f"{qualified} = {placeholder}")
        return f"({' OR '.join(alternatives)})" if alternatives else FALSE

    @staticmethod
    def _after(key: SortKey, qualified: str, placeholder: str | None, nulls_last: bool, nullable: bool) -> str | None:
        """What comes after the marker's value on this key alone; None for nothing."""
        if placeholder is None:
            return None if nulls_last else f"{qualified} IS NOT NULL"
        beyond = f"{qualified} {'>' if key.direction == 'asc' else '<'} {placeholder}"
        return f"({beyond} OR {qualified} IS NULL)" if nulls_last and nullable else beyond

    @staticmethod
    def _checked(rendering: Rendering, slot: Slot, key: SortKey) -> Any:
        if slot.table is None or key.column not in slot.table.columns:
            raise InvalidSortKey(key=key.column)
        return slot.table.columns[key.column]
