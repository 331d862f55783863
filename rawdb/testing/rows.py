"""Rows that nobody thought of: something in every column of every table, for walks over migrations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rawdb.dialects import get_dialect
from rawdb.dialects.translation import translate_error
from rawdb.schema import Column, Schema, Table
from rawdb.testing.databases import Run

_SIZED = re.compile(r"(?:string|char|character|varbinary|binary)\((\d+)\)")
_LONGEST = 20
#: SQL text of the n-th value, by the first word of a logical type that has it; else it is a text.
_VALUES = {
    "int": "{n}",
    "bigint": "{n}",
    "smallint": "{n}",
    "mediumint": "{n}",
    "tinyint": "{n}",
    "bool": "TRUE",
    "float": "{n}.5",
    "real": "{n}.5",
    "single": "{n}.5",
    "double": "{n}.5",
    "numeric": "{n}",
    "decimal": "{n}",
    "date": "'2014-05-{n:02}'",
    "datetime": "'2014-05-{n:02} 10:20:30.123456'",
    "timestamp": "'2014-05-{n:02} 10:20:30'",
    "time": "'10:20:{n:02}'",
    "json": "'[{n}]'",
    "jsonb": "'[{n}]'",
    "uuid": "'00000000-0000-4000-8000-0000000000{n:02}'",
}


def fill(
    run: Run, dialect: str, schema: Schema, *, rows: int = 2, samples: Mapping[str, Any] | None = None
) -> list[str]:
    """Put rows into the tables of a schema, parents before children; returns the tables, in that order.

    Every column gets a value that fits its type and differs from row to row, a foreign key that of its parent's row.
    `samples` gives the value for `table.column` where a CHECK or an enumeration asks for a certain one. Raises
    AssertionError, naming the table, where the server refuses a row all the same.
    """
    order = [table.name for table in _parents_first(schema)]
    for name in order:
        for number in range(1, rows + 1):
            _insert(run, dialect, schema[name], number, samples or {})
    return order


def values_for(table: Table, number: int, samples: Mapping[str, Any]) -> dict[str, Any]:
    """SQL text of a value for every column, given samples as they are; rows of other numbers never collide."""
    return {column.name: _text(table.name, column, number, samples) for column in table.columns.values()}


def _text(table: str, column: Column, number: int, samples: Mapping[str, Any]) -> str:
    given = samples.get(f"{table}.{column.name}")
    if given is not None:
        return "'" + str(given).replace("'", "''") + "'"
    kind = column.type.lower()
    word = re.split(r"\W", kind, maxsplit=1)[0]
    if word in _VALUES:
        return _VALUES[word].format(n=number)
    sized = _SIZED.fullmatch(kind)
    room = min(int(sized[1]) if sized else _LONGEST, _LONGEST)
    text = f"{number:02}".rjust(room, "x")[-room:]
    return f"'{text}'"


def _insert(run: Run, dialect: str, table: Table, number: int, samples: Mapping[str, Any]) -> None:
    quote = get_dialect(dialect).quote
    values = values_for(table, number, samples)
    names = ", ".join(quote(name) for name in values)
    try:
        run(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({', '.join(values.values())})")
    except Exception as error:
        if not get_dialect(dialect).is_driver_error(error):
            raise
        raise AssertionError(
            f"no row could be made up for {table.name}: {translate_error(error, dialect)}; give values in "
            f"samples={{'{table.name}.<column>': ...}}"
        ) from error


def _parents_first(schema: Schema) -> Iterator[Table]:
    left = dict(schema)
    while left:
        ready = [table for table in left.values() if not (_parents(table) - {table.name}) & left.keys()]
        # Of tables that refer to one another any is as good as another.
        for table in ready or [next(iter(left.values()))]:
            yield left.pop(table.name)


def _parents(table: Table) -> set[str]:
    return {part.target for part in table.constraints.values() if part.kind == "foreign key"}
