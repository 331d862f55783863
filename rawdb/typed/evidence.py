"""What one dialect says of its statements: their results, and the columns and parameters in them.

Evidence comes from two sides: the text, read by what is known of the tables, and the server, which is asked to prepare
the statement. Of a result's types the server's word counts, unless the text tells them closer; it is not NULL where
one of the two knows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rawdb.dialects.prepared import Kinds, Prepared, PreparedColumn
from rawdb.statements.columns import Column, Table
from rawdb.statements.expressions import DOCUMENT_KINDS, Cell
from rawdb.statements.marks import Operation
from rawdb.statements.queries import Columns, Item, Reader, Result
from rawdb.statements.resolution import code
from rawdb.statements.statement import Statement
from rawdb.statements.tokens import ANYTHING, Source, Token, inside_slots, scan
from rawdb.typed.columns import gives, takes

#: What holds only for some calls.
_OF_SOME_CALLS = frozenset({"when", "filters", "visibility", "scope", "after", "any", "each"})
_MAKES_NULL = frozenset({"LEFT", "RIGHT", "FULL", "UNION", "EXCEPT", "INTERSECT", "ROLLUP", "CUBE", "SETS"})


class Shape(NamedTuple):
    """A statement's result: the cells of its row by name, None where they are not told; whether there always is one.

    `table` is the one whose `*` the row is.
    """

    columns: Mapping[str, Cell] | None
    always: bool
    faults: tuple[str, ...] = ()
    table: str | None = None


@dataclass(frozen=True)
class Evidence:
    """One dialect's statements and tables; what its server said of them, where one was asked."""

    dialect: str
    statements: Mapping[str, Statement]
    tables: Mapping[str, Table]
    natives: Mapping[tuple[str, str], str] = field(default_factory=dict)
    enumerations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prepared: Mapping[str, Prepared] = field(default_factory=dict)
    #: The parameters by the position of their placeholder, where those have numbers.
    names: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    #: The columns to which the server gives a value where a new row has none.
    defaults: frozenset[tuple[str, str]] = frozenset()

    def gives(self, column: Column) -> Kinds:
        """The Python types of a column's values."""
        native = self.natives.get((column.table, column.name), "")
        return gives(self.dialect, column, native, self.enumerations)

    def takes(self, column: Column) -> Kinds:
        """The Python types of values for a column."""
        return takes(column, self.gives(column))

    def may_be_left_out(self, column: Column) -> bool:
        """Whether a new row need not name a column."""
        by_itself = column.nullable or column.autoincrement or column.default is not None
        return by_itself or (column.table, column.name) in self.defaults

    def parameter(self, statement: str, name: str) -> Kinds:
        """What the server says of a parameter; nothing where it does not."""
        found = self.prepared.get(statement)
        positions = [at for at, given in self.names.get(statement, {}).items() if given == name]
        if found is None or not positions or positions[0] > len(found.parameters):
            return Kinds()
        return found.parameters[positions[0] - 1]

    def columns(self, table: str) -> Columns | None:
        """The cells of a table's rows."""
        known = self.tables.get(table)
        if known is None:
            return None
        return {
            name: Cell(self.gives(column), column.nullable and not column.primary_key)
            for name, column in known.columns.items()
        }

    def shape(self, name: str) -> Shape:
        """The result of a statement."""
        statement = self.statements[name]
        if not _gives_rows(statement):
            return Shape({}, always=False)
        tokens = _tokens(statement)
        uncertain = frozenset(token.position for token in inside_slots(tokens, _OF_SOME_CALLS))
        read = Reader(self.dialect, self.columns, uncertain).statement(code(tokens))
        asked = self.prepared.get(name)
        described = None if asked is None else asked.columns
        if described is None:
            return _told(statement, read)
        if read.items is not None and len(read.items) == len(described):
            pairs = zip(read.items, described, strict=True)
            items = [Item(theirs.name, self._merged(own, theirs), own.left_out) for own, theirs in pairs]
        else:
            may_be_null = not _MAKES_NULL.isdisjoint(word.text.upper() for word in code(tokens)) or any(
                slot.kind == "when" and slot.is_result for slot in statement.slots()
            )
            items = [Item(one.name, self._said(one, may_be_null=may_be_null)) for one in described]
        return _told(statement, Result(items, read.one_row, read.table))

    def _merged(self, own: Item, theirs: PreparedColumn) -> Cell:
        labels = theirs.kinds == {"str"} and all(kind.startswith("Literal[") for kind in own.cell.kinds)
        documents = own.cell.kinds <= DOCUMENT_KINDS
        closer = own.cell.kinds and (not theirs.kinds or own.cell.kinds < theirs.kinds or labels or documents)
        never = not own.cell.nullable or (self.dialect == "mysql" and theirs.nullable is False)
        return Cell(own.cell.kinds if closer else theirs.kinds, own.left_out or not never)

    def _said(self, column: PreparedColumn, *, may_be_null: bool) -> Cell:
        """What the server alone says: MySQL of the result, PostgreSQL of the column behind it."""
        sure = column.nullable is False and (self.dialect == "mysql" or not may_be_null)
        return Cell(column.kinds, not sure)


def _gives_rows(statement: Statement) -> bool:
    """Whether a call gives what the server does; else a number, an id, the values that were stored, or nothing."""
    if statement.operation is Operation.INSERT_RETURNING:
        return statement.returning
    return statement.operation in (Operation.SELECT, Operation.SELECT_ONE, Operation.SELECT_VALUE)


def _tokens(statement: Statement) -> list[Token]:
    """The text behind the header."""
    body = statement.text.partition("\n")[2]
    return scan(Source.of(statement.location, body), 0, len(body), ANYTHING)


def _told(statement: Statement, result: Result) -> Shape:
    if result.items is None:
        return Shape(None, result.one_row)
    if statement.operation is Operation.SELECT_VALUE:
        # The name does not matter.
        return Shape({"": result.items[0].cell} if result.items else None, result.one_row)
    nameless = [number for number, item in enumerate(result.items, 1) if item.name is None]
    if nameless:
        return Shape(None, result.one_row, (f"column {nameless[0]} of its result has no name; give it one with AS",))
    return Shape({item.name or "": item.cell for item in result.items}, result.one_row, table=result.table)
