"""The slots of an INSERT: its columns, and the values of one row or of several.

Rows come complete, each with every column of its table. A column that no row has a value for is left out where the
declaration says that NULL is then stored: of a table of 59 columns a new row names 20.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from rawdb.dialects import Dialect
from rawdb.dialects.types import DOCUMENTS
from rawdb.statements.columns import Column, Table, is_one_object
from rawdb.statements.compiled import Call, Convert, Given, Text, as_given
from rawdb.statements.segments import Slot

_Rows = Sequence[Mapping[str, Any]]
_Names = tuple[str, ...]
#: Which columns the rows of a table leave out differs, so many times: each is a text of its own.
_SHAPES = 16


class Columns(Slot):
    """The column list of an INSERT."""

    def collect(self, call: Call) -> None:
        call.key.append(call.given or _given(call, self.table))

    def render(self, text: Text) -> None:
        columns = self.columns(text, text.choice().names)
        text.add(", ".join(text.dialect.quote(column.name) for column in columns))


class Rows(Slot):
    """The values of an INSERT: one row, or several by the way that the server takes them best."""

    def collect(self, call: Call) -> None:
        given = call.given or _given(call, self.table)
        names, rows = given.names, _rows(call)
        if len(rows) == 1:
            call.key.append((given, 1))
            call.values.extend(map(rows[0].__getitem__, names))
        elif self.has_batches(call.dialect):
            call.key.append((given, 0))
            call.values.append(rows)
            if call.dialect.batches == "json":
                call.values.extend(map(rows[0].__getitem__, given.same))
        else:
            call.key.append((given, len(rows)))
            for row in rows:
                call.values.extend(map(row.__getitem__, names))

    def has_batches(self, dialect: Dialect) -> bool:
        """Whether one text serves any number of rows."""
        if dialect.batches == "json":
            return self.table is not None and not self.table.partial
        # Sent once for each row, so nothing else may be bound.
        return dialect.batches == "many" and "alone" in self.details

    def render(self, text: Text) -> None:
        given, count = text.choice()
        columns = self.columns(text, given.names)
        if count == 0:
            (self._as_json if text.dialect.batches == "json" else self._one_by_one)(text, columns, given.same)
            return
        rows = [f"({', '.join(text.bind(text.as_bound(column)) for column in columns)})" for _ in range(count)]
        text.add(", ".join(rows))

    @staticmethod
    def _one_by_one(text: Text, columns: list[Column], same: Sequence[str]) -> None:
        """The placeholders of one row, sent with all rows."""
        binds = [(column.name, text.as_bound(column), column.name in same) for column in columns]
        placeholder = text.bind(partial(_bound_rows, binds=binds))
        text.batch = True
        text.add(f"({', '.join(placeholder for _ in columns)})")

    @staticmethod
    def _as_json(text: Text, columns: list[Column], same: Sequence[str]) -> None:
        """All rows as one JSON document, taken apart by the server: one text for any number of rows.

        What is the same in all of them is bound once, beside it.
        """
        quote, type_of = text.dialect.quote, text.dialect.type_of
        varying = [column for column in columns if column.name not in same]
        typed = ", ".join(f"{quote(column.name)} {_type_in_json(column, type_of)}" for column in varying)
        documents = [column.name for column in varying if column.type in DOCUMENTS]
        names = [column.name for column in varying]
        bound = text.bind(partial(_to_json, names=names, documents=documents, write=text.dialect.document))
        once = {column.name: text.bind(text.as_bound(column)) for column in columns if column.name in same}
        listed = ", ".join(
            once.get(column.name) or _read_from_json(f"v.{quote(column.name)}", column) for column in columns
        )
        text.drop("VALUES")
        text.add(f" SELECT {listed} FROM json_to_recordset({bound}) AS v({typed})")  # noqa: S608


def _rows(call: Call) -> _Rows:
    values = call.arguments["values"]
    # A row is completed as a plain dict: asking a type whether it is a mapping costs three calls.
    if type(values) is dict:
        return [values]
    return values if type(values) is list or not isinstance(values, Mapping) else [values]


def _given(call: Call, table: Table | None) -> Given:
    """What the rows of a call give values for, found by its first slot of them: all of them say the same."""
    rows = _rows(call)
    call.given = Given(tuple(rows[0])) if table is None else _shape(rows, table)
    return call.given


def _shape(rows: _Rows, table: Table) -> Given:
    names, same = _of_one(rows[0], table) if len(rows) == 1 else _of_several(rows, table)
    shapes = table.shapes
    found = shapes.get((names, same))
    if found is None:
        # They may differ in many more ways than there is room for texts.
        if len(shapes) >= _SHAPES:
            return Given(tuple(rows[0]))
        found = shapes[names, same] = Given(names, same)
    return found


def _of_one(row: Mapping[str, Any], table: Table) -> tuple[_Names, _Names]:
    optional = table.optional
    names = tuple([name for name, value in row.items() if value is not None or name not in optional])
    return names or tuple(row), ()


def _of_several(rows: _Rows, table: Table) -> tuple[_Names, _Names]:
    optional = table.optional
    names, same = [], []
    for name, value in rows[0].items():
        if is_one_object(rows, name, value):
            if value is None and name in optional:
                continue
            same.append(name)
        names.append(name)
    # A document of rows has a column at least.
    return tuple(names or rows[0]), tuple(same[1:] if len(same) == len(names) else same)


def _bound_rows(rows: _Rows, binds: Sequence[tuple[str, Convert, bool]]) -> list[tuple[Any, ...]]:
    """The values of each row as the driver wants them; what is the same in all is converted once."""
    columns: list[Iterable[Any]] = []
    for name, bind, is_same in binds:
        cells = [rows[0][name]] if is_same else [row[name] for row in rows]
        if bind is not as_given:
            cells = [None if value is None else bind(value) for value in cells]
        columns.append(cells * len(rows) if is_same else cells)
    return list(zip(*columns, strict=True))


def _type_in_json(column: Column, type_of: Callable[[str], str]) -> str:
    """The server's type of a column of rows in JSON. A document in them is a text, as the serializer wrote it."""
    return "text" if column.type in DOCUMENTS else type_of(column.type)


def _read_from_json(place: str, column: Column) -> str:
    return f"CAST({place} AS jsonb)" if column.type == "json" else place


def _to_json(rows: _Rows, names: Sequence[str], documents: Sequence[str], write: Callable[[Any], str]) -> str:
    """Some columns of rows as one document; the documents in them are texts of it."""
    sent = [{name: row[name] for name in names} for row in rows]
    for name in documents:
        for row in sent:
            if row[name] is not None:
                row[name] = write(row[name])
    return _ROWS_TO_JSON.encode(sent)


def _cell(value: Any) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


#: Made once: json.dumps makes one for each call that asks for more than its own types.
_ROWS_TO_JSON = json.JSONEncoder(default=_cell)
