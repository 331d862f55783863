"""The texts that a statement can become, with parameters to prepare and explain them by.

Slots of closed sets are combined with one another; slots that take any number of things are shown with none, one and
two of them. So every shape is there, and what a server accepts of these it accepts of all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from rawdb.statements.columns import Column, Table
from rawdb.statements.compiled import Compiled, Segment
from rawdb.statements.criteria import AnyOf, Page, Predicate, SortKey, equal
from rawdb.statements.marks import Operation
from rawdb.statements.segments import Parameter, Slot
from rawdb.statements.slots import When
from rawdb.statements.statement import Statement

#: At most so many combinations of the closed slots.
COMBINATIONS = 64

_MOMENT = datetime.fromisoformat("2014-06-01T12:30:00.123456")
_SAMPLES = {
    "numeric": 1,
    "int": 1,
    "bigint": 1,
    "bool": True,
    "float": 1.5,
    "single": 1.5,
    "bit": 1,
    "padded": 1,
    "timetz": _MOMENT.time(),
    "datetime": _MOMENT,
    "date": _MOMENT.date(),
    "time": _MOMENT.time(),
    "json": {},
    "bytes": b"x",
    "json_list": [],
    "json_dict": {},
    "smallint": 1,
    "soft_delete": 0,
    "unsigned": 1,
    "uuid": "00000000-0000-4000-8000-000000000000",
    "limit": 10,
    "offset": 10,
    "ip": "10.0.0.1",
    "cidr": "10.0.0.0/24",
}
_DIRECTIONS = [(way, nulls) for way in ("asc", "desc") for nulls in ("", "nullsfirst", "nullslast")]

#: Kinds of slots whose sample takes the parameters of the call.
_OF_CALL = ("when", "each", "any", "repeat", "json", "one", "part")

_Axis = list[tuple[str, dict[str, Any]]]


class Variant(NamedTuple):
    """One text of a statement: what makes it so, the text as it is sent, and values for its placeholders.

    `by_key`: it finds its rows by equal values alone. `names` are its parameters by the position of their placeholders,
    where these have numbers.
    """

    label: str
    text: str
    parameters: list[Any]
    by_key: bool = True
    names: Mapping[int, str] = MappingProxyType({})


def variants(statement: Statement, samples: Mapping[str, Any] | None = None) -> Iterator[Variant]:
    """Every variant of a statement, each text once.

    Parameters that are compared with a declared column get a value of its type. `samples` gives values for others
    by name; without one a name that speaks of time gets a datetime, `...id`, `limit` and the like a number, the rest
    a text.
    """
    if statement.steps:
        for step in statement.steps:
            yield from variants(step, samples)
        return
    given = samples or {}
    # Where a parameter stands twice, the place that knows its column says what it holds.
    places = sorted(_plain_parameters(statement.segments), key=lambda place: place[1] is not None)
    fixed = {name: given.get(name, _sample(name, column)) for name, column in places}
    closed = [axis for slot in statement.slots() if (axis := _closed(slot))]
    opened = [axis for slot in statement.slots() if (axis := _opened(statement, slot, given))]
    default = _merged(axis[0] for axis in opened)
    combinations = itertools.islice(itertools.product(*_distinct(closed)), COMBINATIONS)
    choices = [(*_merged(parts),) for parts in combinations]
    whole = choices[0] if choices else ("", {})
    seen = set()
    for label, arguments in itertools.chain(
        ((label, {**default[1], **chosen}) for label, chosen in choices or [whole]),
        ((choice[0], {**default[1], **whole[1], **choice[1]}) for axis in opened for choice in axis),
        ((label, {**default[1], **whole[1], **nothing}) for label, nothing in _absent(statement.segments)),
    ):
        compiled, bound = _rendered(statement, {**fixed, **arguments})
        if compiled.text not in seen:
            seen.add(compiled.text)
            yield Variant(label or "plain", compiled.text, bound, compiled.by_key, compiled.names)


def _distinct(axes: list[_Axis]) -> list[_Axis]:
    """The axes without repetitions: two slots may be filled by one argument."""
    return [axis for index, axis in enumerate(axes) if axis not in axes[:index]]


def _merged(choices: Iterable[tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, Any]]:
    labels, arguments = [], {}
    for label, chosen in choices:
        labels.append(label)
        arguments.update(chosen)
    return ", ".join(labels), arguments


class _Samples:
    """Rules that leave the choice to the arguments; a scope's own rows are those of a sample project."""

    none_is_null = True

    def visibility(self, context: Any) -> str:
        return "no"

    def scope(self, context: Any, wanted: Any) -> tuple[str, Any]:
        return {True: "own", "allow_none": "own_or_none"}.get(wanted, "none"), "project"


def _rendered(statement: Statement, arguments: dict[str, Any]) -> tuple[Compiled, list[Any]]:
    off = [slot for slot in statement.slots() if isinstance(slot, When) and not arguments.get(slot.argument)]
    unused = {name for slot in off for name in slot.unused(arguments)}
    call = statement.call({name: arguments[name] for name in arguments if name not in unused}, None, _Samples())
    compiled = statement.compile(call)
    parameters = compiled.parameters(call.values)
    return compiled, parameters[0][0] if compiled.batch else parameters


def _absent(segments: Iterable[Segment]) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each parameter that compares as NULL when it is None: a call where it is."""
    for segment in segments:
        if isinstance(segment, Parameter) and segment.matches_null:
            yield f"{segment.name} None", {segment.name: None}
        elif isinstance(segment, Slot) and segment.kind in ("when", "json", "one", "part"):
            yield from _absent(segment.body)


def _plain_parameters(segments: Iterable[Segment]) -> Iterator[tuple[str, Column | None]]:
    """The parameters that a call gives: those outside of slots, and those in slots that take them from the call."""
    for segment in segments:
        if isinstance(segment, Parameter):
            yield segment.name, segment.column
        elif isinstance(segment, Slot) and segment.kind in _OF_CALL:
            yield from _plain_parameters(segment.body)


def _sample(name: str, column: Column | None) -> Any:
    if column is not None:
        return sample_of(column)
    if name == "now" or name.endswith(("_at", "before", "begin", "end", "time")):
        return _MOMENT
    if name.startswith(("with_", "is_")):
        return True
    if name.endswith(("id", "limit", "offset", "delta", "size", "count", "by")):
        return 1
    return "x"


def sample_of(column: Column) -> Any:
    """A value that the column can hold."""
    if column.type.endswith("[]"):
        return []
    kind, _, detail = column.type.rstrip(")").partition("(")
    if kind == "enum":
        return detail.split("|")[0]
    if kind in ("word", "words"):
        # As MySQL writes them, in quotes: the empty text is one of any.
        return ""
    return _SAMPLES.get(kind, "x")


def _closed(slot: Slot) -> _Axis:
    if slot.kind == "visibility":
        return [(f"deleted {word}", {slot.argument: word}) for word in ("no", "yes", "only")]
    if slot.kind == "scope":
        return [(f"scope {word}", {slot.argument: word}) for word in (True, "allow_none", False)]
    if slot.kind == "when":
        return [(f"{slot.argument} {word}", {slot.argument: word}) for word in (True, False)]
    return []


def _opened(statement: Statement, slot: Slot, given: Mapping[str, Any]) -> _Axis:
    """What may fill a slot, the usual first."""
    if slot.kind in ("each", "any", "repeat"):
        # The slots of one argument are filled by the same elements.
        twins = [twin for twin in statement.slots() if twin.argument == slot.argument]
        parameters = [parameter for twin in twins for parameter in _plain_parameters(twin.body)]
        element = {name: given.get(name, _sample(name, column)) for name, column in parameters}
        counts = (1, 2) if any(twin.kind == "repeat" for twin in twins) else (1, 0, 2)
        return [(f"{count} {slot.argument}", {slot.argument: [element] * count}) for count in counts]
    if slot.kind == "list":
        [parameter] = [segment for segment in slot.body if isinstance(segment, Parameter)]
        value = given.get(parameter.name, _sample(parameter.name, parameter.column))
        return [(f"{count} {slot.argument}", {slot.argument: [value] * count}) for count in (1, 0, 2)]
    if slot.kind == "columns":
        return _rows(statement)
    table = statement.table if slot.kind == "set" else slot.table
    if table is None:
        return []
    if slot.kind == "filters":
        compared = [part.column for part in slot.body if isinstance(part, Parameter) and part.column is not None]
        return _filters(table, [column for column in compared if column.name in table.columns])
    if slot.kind == "order":
        return _pages(table)
    return _changes(statement, table) if slot.kind == "set" else []


def _rows(statement: Statement) -> _Axis:
    if statement.table is None:
        return []
    row = {name: sample_of(column) for name, column in statement.table.columns.items() if not column.autoincrement}
    found: _Axis = [("one row", {"values": row})]
    needed = {name: value for name, value in row.items() if name not in statement.table.optional}
    if needed and len(needed) < len(row):
        found.append(("one row of few columns", {"values": {**dict.fromkeys(row), **needed}}))
    if statement.operation is not Operation.INSERT_RETURNING:
        found.append(("two rows", {"values": [row, dict.fromkeys(row)]}))
        found.append(("two rows alike", {"values": [row, row]}))
    return found


def _changes(statement: Statement, table: Table) -> _Axis:
    # A statement that stamps the update itself is given no other stamp.
    left_out = table.stamped if statement.stamps_itself else ()
    settable = [c for c in table.columns.values() if not c.autoincrement and c.name not in left_out]
    columns = [(column.name, sample_of(column)) for column in settable]
    single: _Axis = [(f"set {name}", {"changes": {name: value}}) for name, value in columns]
    return [*single, ("set all", {"changes": dict(columns)})]


def _filters(table: Table, of_sample: list[Column]) -> _Axis:
    columns = {name: sample_of(column) for name, column in table.columns.items()}
    name, value = next(iter(columns.items()))
    texts = [name for name, column in table.columns.items() if column.type.startswith(("string", "char", "text"))]
    chosen: list[tuple[str, list[Any]]] = [
        ("filters of the sample", [equal(column.name, sample_of(column)) for column in of_sample]),
        ("no filter", []),
        *((f"filter {name}", [equal(name, value)]) for name, value in columns.items()),
        *((f"filter {name} {way}", [Predicate(name, way, value)]) for way in ("<>", "<", "<=", ">", ">=")),
        ("filter null", [equal(name, None)]),
        ("filter not null", [Predicate(name, "<>", None)]),
        ("filter in", [equal(name, [value, value])]),
        ("filter in nothing", [equal(name, [])]),
        ("filter any of", [AnyOf([equal(name, value), equal(name, None)]), AnyOf([])]),
        *((f"filter {text} regexp", [Predicate(text, "regexp", "x")]) for text in texts[:1]),
    ]
    return [(label, {"filters": predicates}) for label, predicates in chosen]


def _pages(table: Table) -> _Axis:
    columns = {name: sample_of(column) for name, column in table.columns.items()}
    name = next(iter(columns))
    unique = [SortKey(key) for key in table.unique.get("PRIMARY", ())] or [SortKey(name)]
    nullable = next((name for name, column in table.columns.items() if column.nullable), name)
    chosen: list[tuple[str, Page | None]] = [("no page", None)]
    chosen += [(f"by {name}", Page(_by([SortKey(name)], unique), columns)) for name in columns]
    for way, nulls in _DIRECTIONS:
        keys = _by([SortKey(nullable, way, nulls)], unique)
        chosen.append((f"first page {way} {nulls}", Page(keys)))
        for value in (columns[nullable], None):
            after = "null" if value is None else "a value"
            chosen.append((f"after {after} {way} {nulls}", Page(keys, {**columns, nullable: value})))
    return [(label, {"page": page}) for label, page in chosen]


def _by(keys: list[SortKey], unique: list[SortKey]) -> list[SortKey]:
    """The keys, and those of a unique one that are not among them."""
    names = {key.column for key in keys}
    return [*keys, *(key for key in unique if key.column not in names)]
