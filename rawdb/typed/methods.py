"""A statement as a typed method: its arguments, what it gives, and the TypedDicts that both need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rawdb.dialects.prepared import Kinds
from rawdb.schema.row_types import row_name
from rawdb.schema.typed_dicts import TypedDictClass, camel
from rawdb.statements.columns import Column, Table
from rawdb.statements.compiled import Segment
from rawdb.statements.expressions import Cell
from rawdb.statements.marks import Operation
from rawdb.statements.relations import Pairs, Relation
from rawdb.statements.segments import Parameter, Slot
from rawdb.statements.statement import Statement
from rawdb.typed.columns import widened, written
from rawdb.typed.evidence import Evidence, Shape

_ELEMENTS = ("each", "any", "repeat")
_INSIDE = ("when", "json", "one", "map", "part", "same")
_FILTERS = "Sequence[Predicate | AnyOf | Constant]"
_OPTIONAL = {
    "visibility": 'Literal["no", "yes", "only"] | None',
    "scope": 'bool | Literal["allow_none"] | None',
    "after": "Page | None",
    "order": "Page | None",
}


class Argument(NamedTuple):
    """An argument: its type as Python, and its default, empty where it must be given."""

    name: str
    type: str
    default: str = ""
    by_name: bool = False


class Method(NamedTuple):
    """A statement as a method."""

    name: str
    doc: str
    arguments: tuple[Argument, ...]
    result: str


@dataclass(frozen=True)
class _Use:
    """A place where a statement takes a parameter: `guards` are the `when` around it, `element` the list it is of."""

    parameter: Parameter
    guards: frozenset[str]
    element: Slot | None


class Classes:
    """The TypedDicts of a module, in the order in which they are needed."""

    def __init__(self) -> None:
        self.all: dict[str, TypedDictClass] = {}

    def add(self, words: str, ending: str, doc: str, fields: Mapping[str, str]) -> str:
        """The name of a class; one of the same fields that is there already serves again."""
        stem = camel(words.split("_"))
        for number in range(1, 1000):
            name = f"{stem}{ending}{'' if number == 1 else number}"
            known = self.all.setdefault(name, TypedDictClass(name, doc, fields))
            if known.fields == fields:
                return name
        raise AssertionError("a thousand classes of one name")


class Methods:
    """Makes the methods of a folder: `sides` are what each of its dialects says."""

    def __init__(self, sides: Sequence[Evidence], classes: Classes) -> None:
        self._sides = sides
        self._classes = classes

    def method(self, name: str, shapes: Sequence[Shape]) -> Method:
        """The method of a statement of which each dialect gives a shape."""
        statement = self._sides[0].statements[name]
        arguments = (*self._positional(statement), *self._by_name(statement))
        return Method(name, statement.doc, arguments, self._result(statement, shapes))

    def _positional(self, statement: Statement) -> Iterator[Argument]:
        """The declared parameters. From the first on that may be left out, they are given by name."""
        uses = list(_uses(statement.segments))
        lists = {slot.argument: slot for slot in statement.slots() if slot.kind == "list"}
        by_name = False
        for name in statement.positional:
            if name in lists:
                yield self._slot(statement, name, lists[name])._replace(by_name=by_name)
                continue
            own = [use for use in uses if use.parameter.name == name]
            if own and all(use.element is not None for use in own):
                continue
            guarded = bool(own) and all(use.guards for use in own)
            by_name = by_name or guarded
            kind = self._parameter(statement.name, name)
            if guarded and not kind.endswith(("None", "Value")):
                kind = f"{kind} | None"
            yield Argument(name, kind, "None" if guarded else "", by_name)

    def _by_name(self, statement: Statement) -> Iterator[Argument]:
        """The arguments of slots; the clock's, which may be given too."""
        slots: dict[str, Slot] = {}
        for slot in statement.slots():
            if slot.argument in statement.accepts:
                slots.setdefault(slot.argument, slot)
        if statement.takes_now:
            yield Argument("now", "datetime | None", "None", by_name=True)
        for name, slot in sorted(slots.items()):
            if name not in statement.positional and name != "now":
                yield self._slot(statement, name, slot)

    def _slot(self, statement: Statement, name: str, slot: Slot) -> Argument:
        if slot.kind == "filters":
            # Without them an UPDATE or DELETE would change every row.
            return Argument(name, _FILTERS if slot.is_required else f"{_FILTERS} | None", _none(slot), by_name=True)
        if slot.kind == "when":
            return Argument(name, "bool", "" if slot.is_required else "False", by_name=True)
        if slot.kind in _OPTIONAL:
            return Argument(name, _OPTIONAL[slot.kind], "True" if slot.kind == "scope" else "None", by_name=True)
        if slot.kind in ("columns", "rows"):
            return Argument(name, self._values(statement), by_name=True)
        if slot.kind in ("set", "changed"):
            return Argument(name, self._changes(statement), by_name=True)
        if slot.kind in _ELEMENTS:
            return Argument(name, f"Sequence[{self._element(statement, name)}]", by_name=True)
        return Argument(name, f"Iterable[{self._listed(statement, slot)}]", by_name=True)

    def _parameter(self, statement: str, name: str, element: str = "") -> str:
        """The type of a parameter: where one dialect does not tell it, another one's word serves."""
        kinds: set[str] = set()
        nullable = False
        for side in self._sides:
            found, may_be_null = _taken(side, statement, name, element)
            kinds |= found
            nullable = nullable or may_be_null
        return written(Kinds(kinds or {"Value"}), nullable=nullable)

    def _listed(self, statement: Statement, slot: Slot) -> str:
        [parameter] = [segment for segment in slot.body if isinstance(segment, Parameter)]
        kinds: set[str] = set()
        for side in self._sides:
            twins = [one for one in side.statements[statement.name].slots() if one.argument == slot.argument]
            columns = [p.column for one in twins for p in one.body if isinstance(p, Parameter) and p.column is not None]
            told = side.takes(columns[0]) if columns else widened(side.parameter(statement.name, parameter.name))
            kinds |= told
        return written(Kinds(kinds or {"Value"}), nullable=False)

    def _element(self, statement: Statement, argument: str) -> str:
        """The class of the elements of a list of dicts."""
        uses = [use for use in _uses(statement.segments) if use.element is not None]
        names = dict.fromkeys(
            use.parameter.name for use in uses if use.element is not None and use.element.argument == argument
        )
        outside = {use.parameter.name for use in _uses(statement.segments) if use.element is None} | {"now"}
        # What the call gives as well, an element need not.
        fields = {
            name: _not_required(self._parameter(statement.name, name, argument), name in outside) for name in names
        }
        doc = f"An element of `{argument}` of {statement.name}."
        return self._classes.add(f"{statement.name}_{argument}", "Element", doc, fields)

    def _values(self, statement: Statement) -> str:
        """The class of a new row; of several where one call stores them."""
        fields = self._columns(statement.name, lambda side, column: side.may_be_left_out(column))
        if fields is None:
            name = "dict[str, Any]"
        else:
            name = self._classes.add(statement.name, "Values", f"A row for {statement.name}.", fields)
        several = statement.operation is not Operation.INSERT_RETURNING
        return f"{name} | Iterable[{name}]" if several else name

    def _changes(self, statement: Statement) -> str:
        fields = self._columns(statement.name, lambda side, column: True)
        if fields is None:
            return "dict[str, Any]"
        return self._classes.add(statement.name, "Changes", f"What {statement.name} changes.", fields)

    def _columns(
        self, name: str, left_out: Callable[[Evidence, Column], bool], *, stored: bool = False
    ) -> dict[str, str] | None:
        """The columns of the table that a statement writes, those that every dialect has; None for an unknown table.

        A value that was `stored` is no longer an int where it went into a column of exact numbers.
        """
        tables = [(side, table) for side in self._sides if (table := side.statements[name].table) is not None]
        if len(tables) < len(self._sides):
            return None
        fields = {}
        for column in tables[0][1].columns:
            own = [(side, table, table.columns[column]) for side, table in tables if column in table.columns]
            if len(own) == len(tables):
                kinds = Kinds(kind for side, _, one in own for kind in side.takes(one))
                if stored and "Decimal" in kinds:
                    kinds -= {"int"}
                kind = written(kinds, nullable=all(one.nullable for _, _, one in own))
                fields[column] = _not_required(kind, all(left_out(side, one) for side, _, one in own))
        return fields

    def _result(self, statement: Statement, shapes: Sequence[Shape]) -> str:
        operation = statement.operation
        if operation in (Operation.INSERT_UPDATE_DELETE, Operation.SCRIPT):
            return "None" if operation is Operation.SCRIPT else "int"
        always = all(shape.always for shape in shapes)
        if operation is Operation.INSERT_RETURNING and not self._returns(statement.name):
            return self._new_row(statement)
        if operation is Operation.SELECT_VALUE:
            return self._value(shapes, always=always)
        row = self._row(statement, shapes)
        if operation is Operation.SELECT:
            return f"list[{row}]"
        return row if always else f"{row} | None"

    def _returns(self, name: str) -> bool:
        return all(side.statements[name].returning for side in self._sides)

    def _value(self, shapes: Sequence[Shape], *, always: bool) -> str:
        cells = [next(iter(shape.columns.values())) for shape in shapes if shape.columns]
        if len(cells) < len(shapes):
            return "Any"
        one = _united(cells)
        return written(one.kinds, nullable=one.nullable or not always)

    def _row(self, statement: Statement, shapes: Sequence[Shape]) -> str:
        """The class of a statement's rows."""
        told = [shape.columns for shape in shapes if shape.columns is not None]
        if len(told) < len(shapes):
            return "dict[str, Any]"
        relations = {relation.key: relation for relation in statement.relations}
        fields = {}
        for key in told[0]:
            if key in relations:
                fields[key] = self._relation(relations[key], f"{statement.name}_{key}")
            else:
                one = _united([columns[key] for columns in told if key in columns])
                fields[key] = written(one.kinds, nullable=one.nullable)
        tables = {shape.table for shape in shapes}
        table = self._sides[0].tables.get(tables.pop() or "") if len(tables) == 1 else None
        if table is not None and fields == self._fields(table):
            return self._table_row(table, statement.name)
        return self._classes.add(statement.name, "Row", f"A row of {statement.name}.", fields)

    def _table_row(self, table: Table, owner: str) -> str:
        """The class of a table's whole rows, one for all that give them; `owner` names it where the table cannot."""
        name = row_name(table.name)
        stem = name.removesuffix("Row") if name.isidentifier() else owner
        return self._classes.add(stem, "Row", f"A row of {table.name}.", self._fields(table))

    def _fields(self, table: Table) -> dict[str, str]:
        """The columns of a table, as all dialects give them."""
        fields = {}
        for name in table.columns:
            own = [(side, side.tables[table.name].columns.get(name)) for side in self._sides]
            kinds = Kinds(kind for side, column in own if column is not None for kind in side.gives(column))
            nullable = any(column is None or (column.nullable and not column.primary_key) for _, column in own)
            fields[name] = written(kinds, nullable=nullable)
        return fields

    def _relation(self, relation: Relation | Pairs, owner: str) -> str:
        if isinstance(relation, Pairs):
            return "dict[str, Any]"
        inner = {one.key: self._relation(one, f"{owner}_{one.key}") for one in relation.inner}
        if inner:
            doc = f"A row of {relation.table.name} under `{relation.key}`."
            name = self._classes.add(owner, "Row", doc, self._fields(relation.table) | inner)
        else:
            name = self._table_row(relation.table, owner)
        return f"{name} | None" if relation.single else f"list[{name}]"

    def _new_row(self, statement: Statement) -> str:
        """What `<!` gives without RETURNING: the row that was stored, or its id."""
        stores = any(slot.kind in ("columns", "rows") for slot in statement.slots())
        tables = [table for side in self._sides if (table := side.statements[statement.name].table) is not None]
        identities = {table.identity for table in tables}
        if len(tables) < len(self._sides) or len(identities) > 1:
            return "Any"
        [identity] = identities
        sure = all(_is_stored(side.statements[statement.name]) for side in self._sides)
        if not stores or statement.upsert:
            # Where the server numbers no rows there is no id to give.
            return "None" if identity is None else "int" if sure else "int | None"
        partial = any(table.partial for table in tables)
        fields = self._columns(statement.name, lambda side, column: partial and column.name != identity, stored=True)
        if fields is None:
            return "Any"
        doc = f"What {statement.name} has stored{': the id, and the values that were given' if partial else ''}."
        row = self._classes.add(statement.name, "Row", doc, fields)
        return row if sure else f"{row} | None"


def _none(slot: Slot) -> str:
    return "" if slot.is_required else "None"


def _not_required(kind: str, left_out: bool) -> str:
    return f"NotRequired[{kind}]" if left_out else kind


def _is_stored(statement: Statement) -> bool:
    """Whether an INSERT that raises nothing has stored its row."""
    words = statement.text.upper().split()
    return not statement.upsert and "VALUES" in words


def _uses(
    segments: Iterable[Segment], guards: frozenset[str] = frozenset(), element: Slot | None = None
) -> Iterator[_Use]:
    """The places of the parameters that a call gives."""
    for segment in segments:
        if isinstance(segment, Parameter):
            yield _Use(segment, guards, element)
        elif isinstance(segment, Slot) and segment.kind in _ELEMENTS:
            yield from _uses(segment.body, guards, segment)
        elif isinstance(segment, Slot) and segment.kind in _INSIDE:
            inner = guards | {segment.argument} if segment.kind == "when" else guards
            yield from _uses(segment.body, inner, element)


def _taken(side: Evidence, statement: str, name: str, element: str) -> tuple[Kinds, bool]:
    """What a parameter may be on one dialect, and whether None.

    None makes sense where a value goes into a column that takes it, behind LIMIT, and where the parameter is compared
    with no column: a comparison with NULL finds nothing.
    """
    uses = [
        use.parameter
        for use in _uses(side.statements[statement].segments)
        if use.parameter.name == name and (not element or (use.element is not None and use.element.argument == element))
    ]
    columns = [parameter.column for parameter in uses if parameter.column is not None]
    asked = widened(side.parameter(statement, name))
    nullable = any(
        parameter.column is None
        or parameter.column.type in ("limit", "offset")
        or side.statements[statement].none_is_null
        for parameter in uses
    )
    stored = [parameter.column for parameter in uses if parameter.stored and parameter.column is not None]
    if stored:
        nullable = all(column.nullable for column in stored)
    if not columns:
        return asked, nullable
    kinds = [side.takes(column) for column in columns]
    known = next((one for one in kinds if one - {"Value"}), Kinds())
    return known or asked, nullable


def _united(cells: Sequence[Cell]) -> Cell:
    known = all(one.kinds for one in cells)
    kinds = Kinds(kind for one in cells for kind in one.kinds) if known else Kinds({"Any"})
    return Cell(kinds, any(one.nullable for one in cells))
