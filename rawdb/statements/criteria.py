"""Predicates on declared columns, and pages by keyset: what fills the `filters`, `after` and `order` slots.

What a caller makes (Predicate, AnyOf, Page) checks itself at once and gives, for a call, its choices: named tuples that
are part of the call's key and know the text they stand for. Only declared columns and the words below reach a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rawdb.exceptions import InvalidSortKey
from rawdb.statements.columns import NO_LIMIT, Column
from rawdb.statements.compiled import FALSE, Call, Text
from rawdb.statements.segments import Keys, Slot
from rawdb.statements.slots import Paged, collect_list, list_text

__all__ = ["NO_LIMIT", "AnyOf", "Constant", "Page", "Predicate", "SortKey", "equal"]

_ORDERED = frozenset({"<", "<=", ">", ">="})
_COMPARISONS = _ORDERED | {"=", "<>"}
_OPERATORS = _COMPARISONS | {"in", "regexp"}
_DIRECTIONS = ("asc", "desc")
_NULLS = ("", "nullsfirst", "nullslast")


class Comparison(NamedTuple):
    """One comparison in a key: `how` says what of the value shows in the text."""

    column: str
    operator: str
    how: Any

    @property
    def by_key(self) -> bool:
        """Whether it holds for one value alone."""
        return self.operator == "=" and self.how in ("value", "null")

    def render(self, text: Text, slot: Slot) -> None:
        """The comparison as SQL."""
        [column] = slot.columns(text, [self.column])
        plain = slot.qualified(text, self.column)
        place = text.as_read(plain, column, ordered=self.operator in _ORDERED)
        if self.operator == "in":
            self._render_in(text, place, column)
        elif self.how == "null":
            text.add({"=": f"{plain} IS NULL", "<>": f"{plain} IS NOT NULL"}.get(self.operator, FALSE))
        elif self.operator == "regexp":
            plain = text.dialect.regexp_cells.get(column.type, "{column}").format(column=plain)
            text.add(text.dialect.regexp_text.format(column=plain, parameter=text.bind(text.compared("regexp", None))))
        elif isinstance(self.how, tuple):
            text.add(f"{place} {self.operator} {self.how[0]}")
        else:
            convert = text.read_as(self.column, column, equal=self.operator not in _ORDERED)
            text.add(f"{place} {self.operator} {text.bind(convert)}")

    def _render_in(self, text: Text, place: str, column: Column) -> None:
        size, or_null = self.how
        if size == 0:
            text.add(f"{place} IS NULL" if or_null else FALSE)
            return
        listed = f"{place} {list_text(text, 'IN', size, text.read_as(self.column, column, equal=True), column)}"
        text.add(f"({listed} OR {place} IS NULL)" if or_null else listed)


class Alternatives(NamedTuple):
    """Comparisons in a key of which one must hold."""

    comparisons: tuple[Comparison | Alternatives, ...]

    @property
    def by_key(self) -> bool:
        """Never: what an index is asked for hangs on more than one value."""
        return False

    def render(self, text: Text, slot: Slot) -> None:
        """The alternatives as SQL; with none of them, true."""
        if not self.comparisons:
            text.add_true()
            return
        text.add("(")
        for index, comparison in enumerate(self.comparisons):
            if index:
                text.add(" OR ")
            comparison.render(text, slot)
        text.add(")")


@dataclass(frozen=True)
class Predicate:
    """A comparison of one column. `operator` is =, <>, <, <=, >, >=, `in` or `regexp`.

    None is compared by IS NULL, with the operators = and <>; in a list too. No value is less or greater than None.
    Raises ValueError for another operator.
    """

    column: str
    operator: str
    value: Any

    def __post_init__(self) -> None:
        if self.operator not in tuple(_OPERATORS):
            raise ValueError(f"unknown operator {self.operator!r}: expected one of {', '.join(sorted(_OPERATORS))}")
        _check_column(self.column)
        if self.operator == "in":
            if isinstance(self.value, (str, bytes, Mapping)) or not isinstance(self.value, Iterable):
                raise TypeError(f"{self.column} in {self.value!r}: expected a list of values")
            object.__setattr__(self, "value", tuple(self.value))

    def choices(self, call: Call) -> Comparison:
        """What of the predicate shows in the text; its value goes to the call's."""
        value = self.value
        if self.operator == "in":
            values = [one for one in value if one is not None]
            size = collect_list(call, values, is_whole=True)
            return Comparison(self.column, "in", (size, len(values) < len(value)))
        if value is None and self.operator != "regexp":
            return Comparison(self.column, self.operator, "null")
        call.values.append(str(value) if self.operator == "regexp" else value)
        return Comparison(self.column, self.operator, "value")


@dataclass(frozen=True)
class AnyOf:
    """Holds when one of the predicates holds; with none of them it restricts nothing."""

    predicates: Sequence[Predicate | Constant | AnyOf]

    def __post_init__(self) -> None:
        object.__setattr__(self, "predicates", tuple(self.predicates))
        for one in self.predicates:
            if not isinstance(one, (Predicate, Constant, AnyOf)):
                raise TypeError(f"AnyOf: expected predicates, such as equal('name', value), got {one!r}")

    def choices(self, call: Call) -> Alternatives:
        """What of the predicates shows in the text."""
        return Alternatives(tuple([one.choices(call) for one in self.predicates]))


@dataclass(frozen=True)
class Constant:
    """A column equals a number or boolean that the program chooses, not its user: it stands in the text itself.

    A server plans by it, where a bound value would have it guess. Raises TypeError for any other value.
    """

    column: str
    value: int

    def __post_init__(self) -> None:
        _check_column(self.column)
        if type(self.value) not in (int, bool):
            raise TypeError(f"{self.column}: a constant is a number or a boolean, not {self.value!r}")

    def choices(self, call: Call) -> Comparison:
        """All of it shows in the text."""
        # As text: 1 and True are one key, and two texts.
        return Comparison(self.column, "=", (str(self.value).upper(),))


def _check_column(column: Any) -> None:
    """Raise TypeError for what is no name. Whether the table has such a column is seen where it is used."""
    if not isinstance(column, str):
        raise TypeError(f"expected the name of a column, got {column!r}")


def equal(column: str, value: Any) -> Predicate:
    """Column equals the value (None: IS NULL), or one of them when a list, tuple or set is given."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return Predicate(column, "in", tuple(value))
    return Predicate(column, "=", value)


@dataclass(frozen=True)
class SortKey:
    """A column to sort by; `direction` is asc or desc, `nulls` empty (the server's order), nullsfirst or nullslast.

    Capital letters are taken as small ones. Raises ValueError for anything else.
    """

    column: str
    direction: str = "asc"
    nulls: str = ""

    def __post_init__(self) -> None:
        _check_column(self.column)
        for name, allowed in (("direction", _DIRECTIONS), ("nulls", _NULLS)):
            word = getattr(self, name)
            plain = word.lower() if isinstance(word, str) else word
            if plain not in allowed:
                raise ValueError(f"sort key {self.column!r}: {name} is {word!r}, expected one of {', '.join(allowed)}")
            object.__setattr__(self, name, plain)

    @classmethod
    def parse(cls, column: str, direction: str) -> SortKey:
        """From `asc`, `desc-nullslast` and the like. Raises ValueError for any other direction."""
        known = [*_DIRECTIONS, *(f"{way}-{nulls}" for way in _DIRECTIONS for nulls in _NULLS[1:])]
        if direction not in known:
            raise ValueError(f"unknown sort direction {direction!r}: expected one of {', '.join(known)}")
        way, _, nulls = direction.partition("-")
        return cls(column, way, nulls)

    def nulls_last(self, *, nulls_are_largest: bool) -> bool:
        """Whether NULLs come after all other values under this key."""
        if self.nulls:
            return self.nulls == "nullslast"
        return nulls_are_largest == (self.direction == "asc")


@dataclass(frozen=True)
class Page:
    """Rows in the order of `keys`, those strictly after `marker` (a row, or None for the first page).

    Keys without a unique one among them are completed by the table's primary key, with a warning. Raises ValueError for
    no key at all, TypeError for keys that are no SortKey, and ValueError for a marker that lacks a key.
    """

    keys: Sequence[SortKey]
    marker: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.keys, (str, SortKey)) or not isinstance(self.keys, Iterable):
            raise TypeError(f"a page sorts by a list of SortKey(column), not by {self.keys!r}")
        object.__setattr__(self, "keys", tuple(self.keys))
        if not (self.marker is None or isinstance(self.marker, Mapping)):
            raise TypeError(f"a marker is a row, a dict, not {self.marker!r}")
        if not self.keys:
            raise ValueError("a page needs a key to sort by")
        for key in self.keys:
            if not isinstance(key, SortKey):
                raise TypeError(f"a page sorts by SortKey(column), not by {key!r}")
        missing = [key.column for key in self.keys if self.marker is not None and key.column not in self.marker]
        if missing:
            raise ValueError(f"the marker lacks {', '.join(missing)}: it is a row that holds every column sorted by")

    def order(self, slot: Paged) -> Keyset:
        """What of the page shows in an ORDER BY."""
        return Keyset(slot.completed(tuple([(key.column, key.direction, key.nulls) for key in self.keys])), None)

    def after(self, call: Call, slot: Paged) -> Keyset | None:
        """What of the page shows in the condition; the marker's values go to the call's. None for the first page."""
        marker = self.marker
        if marker is None:
            return None
        keys = slot.completed(tuple([(key.column, key.direction, key.nulls) for key in self.keys]))
        try:
            values = [marker[name] for name, _, _ in keys]
        except KeyError as error:
            raise ValueError(
                f"the marker lacks {error.args[0]}: it is a row that holds every column sorted by"
            ) from None
        call.values.extend([value for value in values if value is not None])
        return Keyset(keys, tuple([value is None for value in values]))


class Keyset(NamedTuple):
    """The keys of a page in a key, and which of the marker's values are NULL."""

    keys: tuple[tuple[str, str, str], ...]
    nulls: tuple[bool, ...] | None

    def render_order(self, text: Text, slot: Slot) -> None:
        """The ORDER BY list."""
        columns = {name: _column(text, slot, name) for name, _, _ in self.keys}

        def place_of(name: str) -> str:
            return text.as_read(slot.qualified(text, name), columns[name], ordered=True)

        text.keys = self.keys
        # Rows of one kind have no NULL before or behind others.
        alike = text.arm is not None and text.kinds > 0
        text.add(order_terms(self.keys, place_of, first_is_alike=alike))

    def render_after(self, text: Text, slot: Slot) -> None:
        """True for the rows after the marker: k1 after, or k1 equal and k2 after, and so on.

        The first key alone bounds the rows as well, so that an index that begins with it is sought in and not read from
        its start. (Row values, which say the same, are read from the start on MariaDB.) Where the text is one of two
        arms, true for the rows of one kind: those whose first key is NULL, if that of the marker is, or not NULL, and
        then the others.
        """
        markers = zip(self.keys, self.nulls or (), strict=True)
        steps = [_Step.of(text, slot, *key, is_null=is_null) for key, is_null in markers]
        text.kinds = 2 if steps[0].other else 1
        if text.arm == 1:
            text.add(steps[0].other)
            return
        if text.arm == 0:
            steps[0] = steps[0].of_its_kind()
        alternatives = [
            [*(before.same for before in steps[:n]), step.after] for n, step in enumerate(steps) if step.after
        ]
        if not alternatives:
            text.add(FALSE)
            return
        if len(alternatives) > 1 and steps[0].bound:
            text.add(f"{steps[0].bound(text)} AND ")
        text.add("(")
        for index, conditions in enumerate(alternatives):
            text.add(" OR " if index else "")
            text.add(" AND ".join([condition(text) for condition in conditions]))
        text.add(")")


def order_terms(keys: Keys, place_of: Callable[[str], str], *, first_is_alike: bool = False) -> str:
    """The ORDER BY list of some keys, each at its place; NULLs of the first are not looked at if all are or none is."""
    terms = []
    for index, (name, direction, nulls) in enumerate(keys):
        place = place_of(name)
        if nulls and not (first_is_alike and index == 0):
            ranks = "0 ELSE 1" if nulls == "nullsfirst" else "1 ELSE 0"
            terms.append(f"CASE WHEN {place} IS NULL THEN {ranks} END")
        terms.append(f"{place} {direction.upper()}")
    return ", ".join(terms)


_Condition = Callable[[Text], str]


class _Step(NamedTuple):
    """One key of a page against the marker's value: the row has the same, comes after it, or is not before it.

    `other` is the condition for rows of the other kind (NULL, or not) than the marker, where these come after it; then
    `kind` holds what `after` and `bound` are among the rows of its own.
    """

    same: _Condition
    after: _Condition | None
    bound: _Condition | None
    other: str = ""
    kind: tuple[_Condition | None, _Condition | None] = (None, None)

    def of_its_kind(self) -> _Step:
        """The same among the rows of the marker's kind alone."""
        after, bound = self.kind
        return self._replace(after=after, bound=bound) if self.other else self

    @classmethod
    def of(cls, text: Text, slot: Slot, name: str, direction: str, nulls: str, *, is_null: bool) -> _Step:
        column = _column(text, slot, name)
        place = slot.qualified(text, name)
        last = SortKey(name, direction, nulls).nulls_last(nulls_are_largest=text.dialect.nulls_are_largest)
        null, not_null = f"{place} IS NULL", f"{place} IS NOT NULL"
        if is_null:
            same = _constant(text.dialect.null_in_order.format(place))
            return cls(same, None, same) if last else cls(same, _constant(not_null), None, not_null, (None, same))
        index, convert = text.reserve(), text.read_as(name, column)
        shown = text.as_read(place, column, ordered=True)

        def compare(operator: str, ending: str = "") -> _Condition:
            def condition(text: Text) -> str:
                plain = f"{shown} {operator} {text.bind_at(index, convert)}"
                return f"({plain} OR {ending})" if ending else plain

            return condition

        sign = ">" if direction == "asc" else "<"
        own = (compare(sign), compare(f"{sign}="))
        if not (last and column.nullable):
            return cls(compare("="), *own)
        return cls(compare("="), compare(sign, null), compare(f"{sign}=", null), null, own)


def _constant(condition: str) -> _Condition:
    return lambda text: condition


def _column(text: Text, slot: Slot, name: str) -> Column:
    table = slot.known_table(text)
    if name not in table.columns:
        raise InvalidSortKey(key=name)
    return table.columns[name]
