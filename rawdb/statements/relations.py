"""Relations: rows of other tables inside a row, read by the same statement and decoded here.

In the SQL a relation is a scalar subquery whose result is marked, with a sample that runs on every server:

    (SELECT /*{json r as rules}*/ COUNT(*) /*{}*/
       FROM security_group_rules AS r
      WHERE r.parent_group_id = g.id) AS rules

It is sent as the JSON aggregate that each server builds fastest, of the declared columns of the table behind the
alias, so names go over the wire in no row: an array of rows (on MariaDB an object of them, all under one key), or of
columns, each an array of its values, where many rows may come. Here it is read by columns in either case. The row
then holds, under the name behind `as`, a list of dicts by ascending primary key (`json`), or one dict or None (`one`).
Relations nest: the sample adds a COUNT of each inner subquery, `COUNT(*) + COUNT((SELECT /*{json ...}*/ ...))`. Pairs
of keys and values are a relation too: `/*{map m.key m.value as metadata}*/` gives a dict of texts and values, ordered
by key: as numbers, where the column of the keys holds numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, repeat
from json.scanner import make_scanner
from typing import Any

from rawdb.dialects import Dialect
from rawdb.dialects.types import DOCUMENTS
from rawdb.exceptions import DBDataError
from rawdb.statements.columns import Column, Table
from rawdb.statements.values import Convert, from_json

#: The argument of the marker.
ARGUMENTS = {
    "json": re.compile(r"(?P<alias>[A-Za-z_]\w*)\s+as\s+(?P<key>[A-Za-z_]\w*)"),
    "one": re.compile(r"(?P<alias>[A-Za-z_]\w*)\s+as\s+(?P<key>[A-Za-z_]\w*)"),
    "map": re.compile(r"(?P<alias>\w+)\.(?P<name>\w+)\s+(?P=alias)\.(?P<value>\w+)\s+as\s+(?P<key>[A-Za-z_]\w*)"),
}
#: How an argument is written, for people.
SHAPES = {"json": "alias as key", "one": "alias as key", "map": "alias.name alias.value as key"}
_COUNT = "COUNT("
_QUOTES = "'\"`"
_NUMBERS = frozenset({"int", "bigint", "numeric", "float", "single"})

#: What a value is answered with that is none of its column's type.
_MISFITS = (ValueError, TypeError, ArithmeticError)
_Values = Sequence[Any]
#: A column by its index, what makes its values those of a SELECT, and whether rows may have one of them in common.
_Fix = tuple[int, Convert, bool]


@dataclass(frozen=True)
class Relation:
    """What a marked subquery gives: rows of a table under a key, with the relations inside them."""

    key: str
    table: Table
    single: bool
    inner: tuple[Relation | Pairs, ...] = ()
    #: What reads the JSON documents in columns.
    loads: Convert = json.loads
    #: Whether its aggregates hold rows, or columns.
    by_rows: bool = True
    _names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    #: Where the primary key is. Of its columns an exact number comes as its text: those are fixed first.
    _order: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _first: tuple[_Fix, ...] = field(init=False, repr=False, compare=False)
    _fixes: tuple[_Fix, ...] = field(init=False, repr=False, compare=False)
    #: The inner relations by their index.
    _inner: tuple[tuple[int, Callable[[Any], list[Any]]], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        columns = list(self.table.columns.values())
        names = (*(column.name for column in columns), *(relation.key for relation in self.inner))
        fixes: list[_Fix] = [
            (index, decode, column.type not in DOCUMENTS)
            for index, column in enumerate(columns)
            if (decode := from_json(column.type, self.loads)) is not None
        ]
        inner = [
            (len(columns) + index, relation.decode_all if isinstance(relation, Pairs) else relation.decode_inner)
            for index, relation in enumerate(self.inner)
        ]
        identity = self.table.identity
        order = [names.index(name) for name in ([identity] if identity else self.table.unique.get("PRIMARY", ()))]
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_order", tuple(order))
        object.__setattr__(self, "_first", tuple(fix for fix in fixes if fix[0] in order))
        object.__setattr__(self, "_fixes", tuple(fix for fix in fixes if fix[0] not in order))
        object.__setattr__(self, "_inner", tuple(inner))

    def decode(self, aggregate: Any) -> Any:
        """The rows of an aggregate, in the types that a SELECT gives; of no rows, an empty list or None."""
        if aggregate is None:
            return None if self.single else []
        read = _read(aggregate)
        if not (self.by_rows and read and len(read) == 1):
            return self.decode_read([read])[0]
        row = self._one_row(read[0])
        return row if self.single else [row]

    def decode_all(self, aggregates: Sequence[Any]) -> list[Any]:
        """The same of each of some aggregates. Short ones are read together: a call costs more than a few rows."""
        found: list[Any] = []
        for some in _batches(aggregates):
            found += self.decode_read(_read_all(some))
        return found

    def decode_inner(self, aggregates: Iterable[Any]) -> list[Any]:
        """The same of those that stand in another: they were read with it, unless the server made texts of them."""
        return self.decode_read(list(map(_read, aggregates)))

    def decode_read(self, aggregates: Sequence[Any]) -> list[Any]:
        """The same of aggregates that were read."""
        columns, counts = _from_rows(aggregates) if self.by_rows else _from_columns(aggregates)
        if not columns:
            return [None if self.single else [] for _ in counts]
        # Column by column, for a call for each row would cost more than what it does.
        if self._first:
            self._fix(columns, self._first)
        if max(counts) > 1:
            columns = self._sorted(columns, counts)
        self._fix(columns, self._fixes)
        for index, decode in self._inner:
            columns[index] = decode(columns[index])
        rows = list(map(dict, map(zip, repeat(self._names), zip(*columns, strict=True))))
        if not self.single:
            return _cut(rows, counts) if len(counts) > 1 else [rows]
        each = iter(rows)
        return [next(each) if count else None for count in counts]

    def _one_row(self, row: Any) -> dict[str, Any]:
        """The same of a row that is the only one: columns would cost more than it does."""
        values = row[1] if type(row) is tuple else row
        index = 0
        try:
            for index, fix, _ in (*self._first, *self._fixes):
                if values[index] is not None:
                    values[index] = fix(values[index])
        except _MISFITS as error:
            raise self._misfit(index, error) from error
        for index, decode in self._inner:
            values[index] = decode([values[index]])[0]
        return dict(zip(self._names, values, strict=True))

    def _sorted(self, columns: list[_Values], counts: Iterable[int]) -> list[_Values]:
        """The columns, the rows of each aggregate by ascending primary key; where it is one row, the first of them."""
        keys = [columns[index] for index in self._order]
        key = keys[0] if len(keys) == 1 else list(zip(*keys, strict=True))
        places: list[int] = []
        start = 0
        for count in counts:
            some: Sequence[int] = range(start, start + count)
            if key and count > 1:
                some = _by_key(key, some)
            places += some[:1] if self.single else some
            start += count
        if places == list(range(start)):
            return columns
        return [[column[place] for place in places] for column in columns]

    def _fix(self, columns: list[_Values], fixes: Iterable[_Fix]) -> None:
        """Make the values of columns what a SELECT gives. Plain values of one text in all rows are one object."""
        index = 0
        try:
            for index, fix, is_plain in fixes:
                column = columns[index]
                first = column[0]
                is_same = (first is None or (is_plain and type(first) is str)) and column.count(first) == len(column)
                if not is_same:
                    columns[index] = [None if value is None else fix(value) for value in column]
                elif first is not None:
                    columns[index] = [fix(first)] * len(column)
        except _MISFITS as error:
            raise self._misfit(index, error) from error

    def _misfit(self, index: int, error: Exception) -> DBDataError:
        return DBDataError(f"{self.table.name}.{self._names[index]}: {error}")


@dataclass(frozen=True)
class Pairs:
    """What a marked subquery gives where it reads keys and values: a dict under a key."""

    key: str
    #: The column of the values, where it is declared.
    column: Column | None = None
    #: That of the keys.
    names: Column | None = None
    loads: Convert = json.loads

    def decode_all(self, aggregates: Iterable[Any]) -> list[dict[str, Any]]:
        """The same of each of some aggregates."""
        return [self.decode(aggregate) for aggregate in aggregates]

    def decode(self, aggregate: Any) -> dict[str, Any]:
        """The pairs of an aggregate, values in the types that a SELECT gives; an empty dict for none.

        Keys are texts. They are ordered as such, or as the numbers that they are where their column holds numbers.
        """
        pairs = _read(aggregate)
        if not pairs:
            return {}
        pairs = dict(pairs)
        column = self.column
        is_number = self.names is not None and self.names.type.partition("(")[0] in _NUMBERS
        try:
            names = sorted(pairs, key=Decimal) if is_number else sorted(pairs)
        except ArithmeticError:
            # SQLite keeps texts in a column of numbers.
            names = sorted(pairs)
        read = None if column is None else from_json(column.type, self.loads)
        if column is None or read is None:
            return {name: pairs[name] for name in names}
        try:
            return {name: None if (value := pairs[name]) is None else read(value) for name in names}
        except _MISFITS as error:
            raise DBDataError(f"{column.table}.{column.name}: {error}") from error


def _listed(key: Any) -> tuple[Any, ...]:
    return key if isinstance(key, tuple) else (key,)


_Scan = Callable[[str, int], tuple[Any, int]]
_scan: _Scan = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]
#: For an object whose pairs are rows, all under one key. In others an object may be a value of the server's own types.
_scan_rows: _Scan = make_scanner(json.JSONDecoder(object_pairs_hook=list))  # type: ignore[arg-type]
_ROWS = '{"-":'


def _scanner(text: str) -> _Scan:
    """What reads a text."""
    return _scan_rows if text.startswith(_ROWS) else _scan


def _read(aggregate: Any) -> Any:
    """What an aggregate holds, the pairs of an object as tuples. The inner aggregates are read with the outer."""
    if not isinstance(aggregate, (str, bytes)):
        return aggregate
    try:
        text = aggregate.decode() if isinstance(aggregate, bytes) else aggregate
        # As json.loads, which looks for blanks around it that no server writes.
        return _scanner(text)(text, 0)[0]
    except (StopIteration, ValueError) as error:
        raise DBDataError(f"a relation that is no JSON: {aggregate[:60]!r}") from error


#: How many characters are read together. More at once take longer: they fill the processor's caches.
_TOGETHER = 4096


def _batches(aggregates: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Some aggregates, short ones together. What was read with outer ones has no length that counts."""
    start, length = 0, 0
    for index, one in enumerate(aggregates):
        size = len(one) if isinstance(one, (str, bytes)) else 0
        length += size
        if length > _TOGETHER and index > start:
            yield aggregates[start:index]
            start, length = index, size
    if aggregates:
        yield aggregates[start:]


def _read_all(aggregates: Sequence[Any]) -> list[Any]:
    """What each of some aggregates holds, read as one text."""
    texts = ["null" if one is None else one for one in aggregates]
    try:
        first = next((one for one in texts if one != "null"), "")
        found: list[Any] = _scanner(first)(f"[{','.join(texts)}]", 0)[0]
    except (AttributeError, TypeError, StopIteration, ValueError):
        # Bytes, what was read with outer ones, or what is no JSON: that has an error of its own.
        return [_read(one) for one in aggregates]
    return found


def _from_columns(aggregates: Sequence[Any]) -> tuple[list[_Values], list[int]]:
    """The columns of some aggregates, all their rows behind each other, and how many each has."""
    if len(aggregates) == 1:
        first = aggregates[0]
        return (first, [len(first[0])]) if first and first[0] else ([], [0])
    counts = [len(one[0]) if one and one[0] else 0 for one in aggregates]
    some = [one for one, count in zip(aggregates, counts, strict=True) if count]
    return [list(chain.from_iterable(columns)) for columns in zip(*some, strict=True)], counts


def _from_rows(aggregates: Sequence[Any]) -> tuple[list[_Values], list[int]]:
    """The same of aggregates that hold rows."""
    if len(aggregates) == 1:
        rows = aggregates[0] or []
        counts = [len(rows)]
    else:
        counts = [len(one) if one else 0 for one in aggregates]
        rows = [row for one in aggregates if one for row in one]
    if rows and type(rows[0]) is tuple:
        rows = [row for _, row in rows]
    return list(zip(*rows, strict=True)), counts


def _by_key(key: Sequence[Any], places: Iterable[int]) -> list[int]:
    """Places in the order of what stands there."""
    try:
        return sorted(places, key=key.__getitem__)
    except TypeError:
        # NULL in a primary key, which SQLite allows, or values of several types: NULLs first, then by their text.
        return sorted(places, key=lambda place: [(one is not None, str(one)) for one in _listed(key[place])])


def _cut(values: list[Any], counts: Iterable[int]) -> list[list[Any]]:
    """The values in lists of so many each."""
    found, start = [], 0
    for count in counts:
        found.append(values[start : start + count])
        start += count
    return found


def pairs_aggregate(dialect: Dialect, alias: str, names: tuple[str, ...], column: Column | None) -> str:
    """The text of the aggregate of a column of keys and one of values; `column` is the latter, where it is declared."""
    key, value = [f"{alias}.{dialect.quote(name)}" for name in names]
    return dialect.json_pairs.format(key, value if column is None else _cell(dialect, value, column))


def aggregate(dialect: Dialect, alias: str, columns: Mapping[str, Column], body: str, *, by_rows: bool) -> str:
    """The text of a relation's aggregate; `body` is its sample, the inner relations in it being text already."""
    cells = [_cell(dialect, f"{alias}.{dialect.quote(name)}", column) for name, column in columns.items()]
    cells += [dialect.json_inner.format(subquery) for subquery in _counted(body)]
    if by_rows:
        return dialect.json_rows.format(", ".join(cells))
    return dialect.json_columns.format(", ".join(map(dialect.json_column.format, cells)))


def _cell(dialect: Dialect, place: str, column: Column) -> str:
    """A column in an aggregate: an exact number as its text, for readers of JSON make a float of it."""
    if column.type.startswith("numeric"):
        return f"CAST({place} AS {'text[]' if column.type.endswith('[]') else 'CHAR(70)'})"
    kind, _, _ = column.type.partition("(")
    return dialect.json_cells.get(kind, "{0}").format(place)


def _counted(body: str) -> Iterator[str]:
    """What the COUNTs of a sample count, the star left out."""
    position = body.find(_COUNT)
    while position >= 0:
        start = position + len(_COUNT)
        end = _closing(body, start)
        if body[start:end].strip() != "*":
            yield body[start:end].strip()
        position = body.find(_COUNT, end)


def _closing(text: str, start: int) -> int:
    """Where the parenthesis that was opened before `start` closes."""
    depth, quote = 1, ""
    for index in range(start, len(text)):
        character = text[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in _QUOTES:
            quote = character
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth == 0:
                return index
    raise ValueError("a parenthesis that does not close")
