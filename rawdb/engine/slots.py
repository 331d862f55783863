"""Slots: the marked places of a statement that vary from call to call.

A slot stands in the SQL as `/*{kind name}*/ a valid sample /*{}*/`, so that the file runs as it is written. What
fills it is one of a closed set of texts, or is built from column names checked against the declared schema and
from bound values. Nothing that a caller passes becomes SQL text.

=============  ==============  =============================================================================
kind           argument        filled with
=============  ==============  =============================================================================
visibility     read_deleted    the sample ('no'), its negation ('only') or true ('yes')
scope          project_only    the sample (own project), the sample or NULL ('allow_none'), or true
columns, rows  values          the column list and the row (or rows) of an INSERT
set            changes         the assignments of an UPDATE
filters        filters         predicates on declared columns, all of which must hold
when NAME      NAME            the sample if the argument is true, else true
each NAME      NAME            the sample once per element (a dict of its parameters), joined by AND; true for none
any NAME       NAME            the sample once per element, joined by OR; false for none
repeat NAME    NAME            the sample once per element, side by side; at least one
list NAME      NAME            a bound list, as in `IN (/*{list uuids}*/ :uuid /*{}*/)`; never empty SQL
after, order   page            the keyset condition and the ORDER BY of a page
json A as KEY  -               the rows behind alias A as a JSON aggregate: a list of dicts (rawdb.engine.relations)
one A as KEY   -               the same, of which the row holds the first, or None
map A.K A.V as  -              pairs of two columns as a dict, under the key named last
part NAME      -               the sample; text that other statements share
same NAME      -               the sample of the part of that name, wherever in the set it stands
=============  ==============  =============================================================================

`filters`, `page` and the argument of `when` may be left out of a call; the others may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from rawdb.context import project_scope
from rawdb.dialects import Dialect
from rawdb.engine.columns import NO_LIMIT, Column, Table, encode_untyped
from rawdb.engine.relations import Pairs, Relation, aggregate, pairs_aggregate
from rawdb.exceptions import DBDataError, DBError, StatementError

if TYPE_CHECKING:
    from rawdb.engine.statement import Statement

TRUE = "1 = 1"
FALSE = "1 = 0"
#: Kinds whose sample takes parameters and slots of its own.
NESTING = ("when", "each", "any", "repeat", "part", "json", "one", "map")
#: Values in one list. SQLite takes 32,766 parameters in all.
MAX_LIST = 16384
#: What None means behind LIMIT and OFFSET, where no server but one takes NULL.
_NOT_GIVEN = {"limit": NO_LIMIT, "offset": 0}


class Literal(NamedTuple):
    """Text that never varies."""

    text: str


class Parameter(NamedTuple):
    """A bound value, with the declared column it is compared with (or stored in) where that is known.

    `matches_null` is the text that stands for `= :name` (or `<> :name`) when the value is None: None compares as NULL.
    """

    name: str
    column: Column | None
    stored: bool
    matches_null: str = ""


@dataclass(frozen=True)
class Slot:
    """A marked place: its kind, the argument that fills it, and its sample."""

    kind: str
    argument: str
    body: tuple[Segment, ...]
    alias: str
    table: Table | None = field(repr=False)
    table_name: str = ""
    #: What stands for a `when` that is off: true in a condition, NULL in a list of results.
    off: str = TRUE
    #: The two columns of a `map`.
    columns: tuple[str, ...] = ()

    def parameters(self) -> list[str]:
        """Names of the parameters in the sample, nested slots left out."""
        return [segment.name for segment in self.body if isinstance(segment, Parameter)]


Segment = Literal | Parameter | Slot


@dataclass
class Rendering:
    """One call of a statement: the text as it grows, and what is bound to it."""

    statement: Statement
    dialect: Dialect
    arguments: Mapping[str, Any]
    context: Any
    bound: dict[str, Any] = field(default_factory=dict)

    def bind(self, name: str, value: Any) -> str:
        """Bind a value as it is under a name and return its placeholder."""
        value = self.dialect.bind(value)
        while name in self.bound and not _same(self.bound[name], value):
            name = f"{name}_"
        self.bound[name] = value
        return self.dialect.placeholder(name)

    def argument(self, slot: Slot, arguments: Mapping[str, Any]) -> Any:
        """What the call gives for a slot; an element around it goes before the call."""
        if slot.argument in arguments:
            return arguments[slot.argument]
        if slot.argument in self.arguments:
            return self.arguments[slot.argument]
        raise TypeError(f"{self.statement.name} needs the argument {slot.argument!r}")

    def compare(self, name: str, value: Any, column: Column | None) -> str:
        """Bind a value that is compared with a column."""
        if value is None and column is not None:
            value = _NOT_GIVEN.get(column.type)
        if value is not None:
            value = self._comparable(column, value) if column else encode_untyped(name, value)
        return self.bind(name, value)

    def _comparable(self, column: Column, value: Any) -> Any:
        """The value as it is compared; NULL, which equals nothing, for what can be no id where that is the rule."""
        try:
            return column.comparable(value)
        except DBDataError:
            if self.statement.none_is_null and column.is_id:
                return None
            raise

    def store(self, name: str, value: Any, column: Column | None) -> str:
        """Bind a value that is stored in a column."""
        if value is not None:
            value = column.encode(value) if column else encode_untyped(name, value)
        return self.bind(name, value)

    def render(self, segments: Iterable[Segment], arguments: Mapping[str, Any], suffix: str = "") -> str:
        """The text of some segments, their parameters taken from `arguments`."""
        parts = []
        for segment in segments:
            if isinstance(segment, Literal):
                parts.append(segment.text)
            elif isinstance(segment, Parameter):
                if segment.matches_null and self._value(segment, arguments) is None:
                    # The comparison ends the text before it.
                    parts[-1] = f"{parts[-1].rstrip().rstrip('=<>').rstrip()} {segment.matches_null}"
                else:
                    parts.append(self._parameter(segment, arguments, suffix))
            else:
                parts.append(_FILL[segment.kind](self, segment, arguments, suffix))
        return "".join(parts)

    def _value(self, segment: Parameter, arguments: Mapping[str, Any]) -> Any:
        if segment.name in arguments:
            return arguments[segment.name]
        return self.arguments.get(segment.name, segment)

    def _parameter(self, segment: Parameter, arguments: Mapping[str, Any], suffix: str) -> str:
        use = self.store if segment.stored else self.compare
        if segment.name in arguments:
            return use(segment.name + suffix, arguments[segment.name], segment.column)
        if segment.name in self.arguments:
            return use(segment.name, self.arguments[segment.name], segment.column)
        raise TypeError(f"{self.statement.name} needs the argument {segment.name!r}")

    def columns(self, slot: Slot, values: Mapping[str, Any]) -> dict[str, Column]:
        """The declared columns that `values` names. Raises DBError for a name that is no column."""
        table = self.statement.table if slot.kind in ("columns", "rows", "set") else slot.table
        if table is None:
            raise StatementError(
                f"{self.statement.location}:1 - slot {slot.kind}: {self.statement.undeclared} is neither declared nor "
                "in the database; declare its columns, or create it"
            )
        unknown = sorted(set(values) - set(table.columns))
        if unknown:
            raise DBError(f"{table.name} has no column {', '.join(map(repr, unknown))}")
        return {name: table.columns[name] for name in values}


def _same(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and bool(one == other))


def _visibility(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    wanted = rendering.argument(slot, arguments)
    if wanted == "yes":
        return TRUE
    sample = rendering.render(slot.body, arguments, suffix)
    if wanted == "no":
        return sample
    if wanted == "only":
        return sample.replace(" = ", " <> ", 1)
    raise ValueError(f"read_deleted is {wanted!r}: expected 'no', 'yes' or 'only'")


def _scope(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    kind = project_scope(rendering.context, rendering.arguments.get(slot.argument, True))
    if kind == "none":
        return TRUE
    [parameter] = slot.parameters()
    sample = rendering.render(slot.body, {parameter: rendering.context.project_id}, suffix)
    if kind == "own":
        return sample
    return f"({sample} OR {sample.partition(' = ')[0]} IS NULL)"


def _columns(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    rows = _rows_of(rendering)
    return ", ".join(rendering.dialect.quote(name) for name in rendering.columns(slot, rows[0]))


def _rows(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    rows = _rows_of(rendering)
    columns = rendering.columns(slot, rows[0])
    tuples = []
    for index, row in enumerate(rows):
        tail = f"_{index}" if index else ""
        names = ", ".join(rendering.bind(name + tail, row[name]) for name in columns)
        tuples.append(f"({names})")
    return ", ".join(tuples)


def _rows_of(rendering: Rendering) -> Sequence[Mapping[str, Any]]:
    values = rendering.arguments.get("values")
    if values is None:
        raise TypeError(f"{rendering.statement.name} needs the argument 'values'")
    return [values] if isinstance(values, Mapping) else values


def _set(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    changes = rendering.argument(slot, arguments)
    if not changes:
        raise ValueError(f"{rendering.statement.name}: no column to set")
    columns = rendering.columns(slot, changes)
    return ", ".join(
        f"{rendering.dialect.quote(name)} = {rendering.store(f'set_{name}', changes[name], column)}"
        for name, column in columns.items()
    )


def _filters(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    predicates = rendering.arguments.get(slot.argument) or ()
    if not predicates:
        return TRUE
    return " AND ".join(
        predicate.render(rendering, slot, f"f{index}{suffix}") for index, predicate in enumerate(predicates)
    )


def _when(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    wanted = arguments.get(slot.argument, rendering.arguments.get(slot.argument))
    return rendering.render(slot.body, arguments, suffix) if wanted else slot.off


def _json(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    if slot.table is None:
        raise StatementError(
            f"{rendering.statement.location}:1 - {slot.kind} {slot.alias}: the table {slot.table_name} is not declared"
        )
    body = rendering.render(slot.body, arguments, suffix)
    return aggregate(rendering.dialect.name, rendering.dialect.quote, slot.alias, slot.table.columns, body)


def _map(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    return pairs_aggregate(rendering.dialect.name, rendering.dialect.quote, slot.alias, slot.columns)


#: Kinds of slots that mark a relation.
RELATIONS = ("json", "one", "map")


def relations(segments: Iterable[Segment]) -> tuple[Relation | Pairs, ...]:
    """The relations that some segments read, outermost ones."""
    found: list[Relation | Pairs] = []
    for segment in segments:
        if not isinstance(segment, Slot):
            continue
        inner = relations(segment.body)
        if segment.kind == "map":
            found.append(Pairs(segment.argument))
        elif segment.kind not in RELATIONS:
            found.extend(inner)
        elif segment.table is not None:
            found.append(Relation(segment.argument, segment.table, segment.kind == "one", inner))
    return tuple(found)


def _elements(
    rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str, joiner: str, empty: str
) -> str:
    texts = [
        rendering.render(slot.body, {**arguments, **element}, f"{suffix}_{slot.argument}{index}")
        for index, element in enumerate(rendering.argument(slot, arguments))
    ]
    return joiner.join(texts) if texts else empty


def _each(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    return _elements(rendering, slot, arguments, suffix, " AND ", TRUE)


def _any(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    return f"({_elements(rendering, slot, arguments, suffix, ' OR ', FALSE)})"


def _repeat(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    if not rendering.argument(slot, arguments):
        raise ValueError(f"{rendering.statement.name}: {slot.argument} is empty, and there is no SQL for nothing")
    return _elements(rendering, slot, arguments, suffix, " ", "")


def padded(values: list[Any]) -> list[Any]:
    """The values, the last one repeated up to a power of two: few texts, so few prepared statements.

    Raises DBDataError for more values than one statement can hold.
    """
    if len(values) > MAX_LIST:
        raise DBDataError(f"a list of {len(values)} values is too long for one statement: at most {MAX_LIST}")
    size = 1
    while size < len(values):
        size *= 2
    return [*values, *values[-1:] * (size - len(values))]


def _list(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    values = [value for value in rendering.argument(slot, arguments) if value is not None]
    if not values:
        return "NULL"
    [parameter] = [segment for segment in slot.body if isinstance(segment, Parameter)]
    return ", ".join(
        rendering.compare(f"{parameter.name}{suffix}_{index}", value, parameter.column)
        for index, value in enumerate(padded(values))
    )


def _after(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    page = rendering.arguments.get(slot.argument)
    if page is None or page.marker is None:
        return TRUE
    return str(page.condition(rendering, slot))


def _order(rendering: Rendering, slot: Slot, arguments: Mapping[str, Any], suffix: str) -> str:
    page = rendering.arguments.get(slot.argument)
    if page is None:
        return rendering.render(slot.body, arguments, suffix)
    return str(page.order(rendering, slot))


def accepted_arguments(segments: Sequence[Segment]) -> frozenset[str]:
    """The keyword arguments that fill some segments: their parameters and their slots' arguments."""
    names: set[str] = set()
    for segment in segments:
        if isinstance(segment, Parameter):
            names.add(segment.name)
        elif isinstance(segment, Slot):
            if segment.kind not in RELATIONS:
                names.add(segment.argument)
            if segment.kind in NESTING:
                names |= accepted_arguments(segment.body)
    return frozenset(names)


class SlotKind(NamedTuple):
    """What a kind of slot is filled from. `named` kinds carry the argument's name in the marker."""

    argument: str
    named: bool


SLOT_KINDS = {
    "visibility": SlotKind("read_deleted", False),
    "scope": SlotKind("project_only", False),
    "columns": SlotKind("values", False),
    "rows": SlotKind("values", False),
    "set": SlotKind("changes", False),
    "filters": SlotKind("filters", False),
    "when": SlotKind("", True),
    "each": SlotKind("", True),
    "any": SlotKind("", True),
    "repeat": SlotKind("", True),
    "list": SlotKind("", True),
    "json": SlotKind("", True),
    "one": SlotKind("", True),
    "map": SlotKind("", True),
    "part": SlotKind("", True),
    "same": SlotKind("", True),
    "after": SlotKind("page", False),
    "order": SlotKind("page", False),
}

_FILL: dict[str, Callable[[Rendering, Slot, Mapping[str, Any], str], str]] = {
    "visibility": _visibility,
    "scope": _scope,
    "columns": _columns,
    "rows": _rows,
    "set": _set,
    "filters": _filters,
    "when": _when,
    "each": _each,
    "any": _any,
    "repeat": _repeat,
    "json": _json,
    "one": _json,
    "map": _map,
    "list": _list,
    "after": _after,
    "order": _order,
}
