"""Declared columns and tables: what is known of them, from a file or from a live database."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from rawdb._hints import did_you_mean
from rawdb.dialects.types import DOCUMENTS
from rawdb.exceptions import DBError, DBInvalidUnicodeParameter
from rawdb.statements.lazy import Lazy
from rawdb.statements.values import INT_LIMITS, batch_encoder, comparer, encoder

_Lines = Sequence[Mapping[str, str]]
#: A LIMIT that lets everything through.
NO_LIMIT = 2**63 - 1

#: The default of a column that holds when its row was made.
_CLOCK_DEFAULT = "utcnow()"


@dataclass(frozen=True)
class Column:
    """A declared column: its logical type, and what an INSERT that does not name it stores."""

    table: str
    name: str
    type: str
    nullable: bool = True
    default: Any = None
    on_update: bool = False
    primary_key: bool = False
    autoincrement: bool = False
    #: Whether the server is declared to store NULL where an INSERT does not name it.
    optional: bool = False
    #: A value that is to be stored, checked and normalised.
    encode: Callable[[Any], Any] = field(init=False, repr=False, compare=False)
    #: A value that is to be compared with: a text too long to be stored simply matches nothing.
    comparable: Callable[[Any], Any] = field(init=False, repr=False, compare=False)
    #: The same behind `=`: of a time only the digits that the column keeps, or it would not find what it stored.
    equal: Callable[[Any], Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.default is None:
            object.__setattr__(self, "default", self.empty)
        place = self._place
        object.__setattr__(self, "encode", encoder(place, self.type))
        object.__setattr__(self, "comparable", comparer(place, self.type, self.encode))
        object.__setattr__(self, "equal", self.encode if self.type.startswith("datetime(") else self.comparable)

    @property
    def _place(self) -> str:
        """What errors call it."""
        return f"{self.table}.{self.name}" if self.table else self.name

    @cached_property
    def encode_all(self) -> Callable[[list[Any]], list[Any]]:
        """Several values that are to be stored, as `encode` does for one. None stays None."""
        return batch_encoder(self._place, self.type, self.encode)

    @property
    def is_id(self) -> bool:
        """Whether the column holds numbers that the server gave to rows: its own, or those of another table."""
        return self.type in INT_LIMITS and (self.primary_key or self.name == "id" or self.name.endswith("_id"))

    @property
    def names_rows(self) -> bool:
        """Whether each of its values finds one row or none, whatever it is: the server's numbers, and uuids."""
        return self.autoincrement or self.name == "uuid"

    @property
    def empty(self) -> Any:
        """What is stored where None is given: an empty dict or list, 0; None for most types."""
        kind = DOCUMENTS.get(self.type)
        return kind() if kind is not None else 0 if self.type == "soft_delete" else None


@dataclass(frozen=True)
class Table:
    """A declared table. `unique` holds the columns of its unique keys by name, `PRIMARY` the primary key's.

    A `partial` one was read from a live database: what a new row does not name is left to the server's defaults.
    """

    name: str
    columns: Mapping[str, Column]
    unique: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partial: bool = False
    #: The names of unique keys that hold for some rows only (an index with a WHERE), or not at every moment.
    conditional: frozenset[str] = frozenset()

    @cached_property
    def row_keys(self) -> tuple[frozenset[str], ...]:
        """The columns of each key that no two rows have in common. Of an index a catalog does not tell for sure."""
        known = {"PRIMARY"} if self.partial else self.unique.keys() - self.conditional
        return tuple([frozenset(self.unique[name]) for name in sorted(known & self.unique.keys()) if self.unique[name]])

    @cached_property
    def identity(self) -> str | None:
        """The column the server numbers by itself."""
        return next((name for name, column in self.columns.items() if column.autoincrement), None)

    @cached_property
    def documents(self) -> Mapping[str, str]:
        """The types of the columns that hold JSON documents, by their names."""
        return {name: column.type for name, column in self.columns.items() if column.type in DOCUMENTS}

    @cached_property
    def optional(self) -> frozenset[str]:
        """The columns that a new row need not name to hold NULL."""
        return frozenset(name for name, column in self.columns.items() if column.optional)

    @cached_property
    def shapes(self) -> dict[Any, Any]:
        """What was found of new rows so far: which columns they give values for (rawdb.statements.inserts)."""
        return {}

    @cached_property
    def stamped(self) -> tuple[str, ...]:
        """The columns that take the time of every update."""
        return tuple(name for name, column in self.columns.items() if column.on_update)

    def without(self, names: Iterable[str]) -> str:
        """That some names are no columns, in words, with the column that may have been meant."""
        unknown = sorted(str(name) for name in names if name not in self.columns)
        hint = did_you_mean(unknown[0], self.columns)
        return f"{self.name} has no column {', '.join(map(repr, unknown))}{hint}"

    def new_row(self, values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """A complete row for an INSERT at `now`: values checked, defaults applied, unknown keys left out.

        None for a column that has a default means the default; a column that the server numbers is left to it.
        Raises DBDataError or ValueError for a value that the column cannot take.
        """
        row = self._blank.copy()
        if self.partial:
            row = {name: default for name, default in row.items() if name in values or name in self._empties}
        for name in self._clocks:
            if name in row:
                row[name] = now
        for name in self._mutable:
            if name in row:
                row[name] = copy.deepcopy(row[name])
        return self._filled(row, values)

    def new_rows(self, rows: Sequence[Mapping[str, Any]], clock: Callable[[], datetime]) -> list[dict[str, Any]]:
        """Several of them at the time of the clock, what they have in common made once."""
        now = clock() if self._clocks else datetime.min  # noqa: DTZ901 - all times here are naive
        if self.partial or self._mutable or len(rows) < 2:
            return [self.new_row(row, now) for row in rows]
        blank = self.new_row({}, now)
        if set(map(len, rows)) == {len(rows[0])}:
            try:
                return self._by_column(blank.copy(), rows)
            except (DBError, DBInvalidUnicodeParameter, ValueError, KeyError):
                # Rows of different columns, or a wrong value: which comes first is told row by row.
                pass
        return [self._filled(blank.copy(), row) for row in rows]

    def _by_column(self, blank: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Rows of the same columns, checked column by column: an object that all rows hold is checked once.

        KeyError for rows of others, and for a column whose default is the server's.
        """
        varying = []
        for name, first in rows[0].items():
            # Of what is no column as well: a row without it has another in its place.
            cells = [row[name] for row in rows]
            column = self.columns.get(name)
            if column is None:
                continue
            default = blank[name]
            if is_one_object(rows, name, first):
                if first is not None:
                    blank[name] = column.encode(first)
            else:
                checked = column.encode_all(cells)
                varying.append((name, [default if cell is None else cell for cell in checked]))
        filled = [blank.copy() for _ in rows]
        for name, cells in varying:
            for row, cell in zip(filled, cells, strict=True):
                row[name] = cell
        return filled

    def _filled(self, row: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """The row with the values of columns that are given for it, checked."""
        encoders = self._encoders
        for name, value in values.items():
            if value is not None and name in encoders:
                row[name] = encoders[name](value)
        return row

    @cached_property
    def _encoders(self) -> Mapping[str, Callable[[Any], Any]]:
        """What checks and normalises a value of each column."""
        return {name: column.encode for name, column in self.columns.items()}

    @cached_property
    def _blank(self) -> dict[str, Any]:
        """A new row of defaults, but for its times."""
        return {name: column.default for name, column in self.columns.items() if not column.autoincrement}

    @cached_property
    def _clocks(self) -> tuple[str, ...]:
        """The columns whose default is the time."""
        return tuple(name for name, column in self.columns.items() if column.default == _CLOCK_DEFAULT)

    @cached_property
    def _empties(self) -> frozenset[str]:
        """The columns that are never NULL for want of a value: what is declared of them says what stands for none."""
        return frozenset(name for name, column in self.columns.items() if column.empty is not None)

    @cached_property
    def _mutable(self) -> tuple[str, ...]:
        """The columns whose default is a dict or a list: each row gets one of its own."""
        return tuple(name for name, column in self.columns.items() if isinstance(column.default, (dict, list)))

    def encode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The given values, checked; keys that are no column are left out."""
        encoders = self._encoders
        return {
            name: None if value is None else encoders[name](value) for name, value in values.items() if name in encoders
        }


def is_one_object(rows: Sequence[Mapping[str, Any]], name: str, value: Any) -> bool:
    """Whether a column holds one object in all rows: the time, whose rows they are, a default."""
    for row in rows:  # noqa: SIM110 - in half the time of all()
        if row[name] is not value:
            return False
    return True


def load_tables(path: Path | str) -> dict[str, Table]:
    """Read declared tables from a CSV file (table, column, type, nullable, default, on_update, ...).

    An `indexes.csv` beside it (table, index, unique, columns) names their unique keys.
    """
    return dict(lazy_tables(path).items())


def lazy_tables(path: Path | str) -> Mapping[str, Table]:
    """The same for a file that was checked before: all names, each table made when it is first asked for."""
    path = Path(path)
    columns = _by_table(path)
    beside = path.with_name("indexes.csv")
    indexes = _by_table(beside) if beside.exists() else {}
    return Lazy(
        columns, lambda name: _declared_table(name, columns[name](), indexes[name]() if name in indexes else ())
    )


def _declared_table(name: str, lines: _Lines, indexes: _Lines) -> Table:
    columns = {line["column"]: _column(line) for line in lines}
    unique = {"PRIMARY": tuple(name for name, column in columns.items() if column.primary_key)}
    conditional = set()
    for line in indexes:
        # What an index over an expression is about, its name says.
        if line["unique"] == "yes" and "(" not in line["columns"]:
            unique[line["index"]] = tuple(line["columns"].split())
            if line.get("where"):
                conditional.add(line["index"])
    return Table(name, columns, unique, conditional=frozenset(conditional))


def _by_table(path: Path) -> dict[str, Callable[[], _Lines]]:
    """The lines of a CSV file by the table that they are of."""
    rows: dict[str, list[list[str]]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        names = next(reader)
        place = names.index("table")
        for row in filter(None, reader):
            rows.setdefault(row[place], []).append(row)
    return {table: partial(_as_dicts, names, own) for table, own in rows.items()}


def _as_dicts(names: Sequence[str], rows: Sequence[Sequence[str]]) -> _Lines:
    # What a short line leaves out is empty.
    return [dict(zip_longest(names, row, fillvalue="")) for row in rows]


def with_types(tables: Mapping[str, Table], types: Mapping[str, str]) -> Mapping[str, Table]:
    """The tables, some columns of them declared to be of other types: `{"notes.labels": "json_list"}`.

    Names of tables and columns that are not there say nothing: they may be made later.
    """
    if not types:
        return tables
    changed: dict[str, Table] = dict(tables.items())
    for place, kind in types.items():
        name, _, column = place.rpartition(".")
        table = changed.get(name)
        if table is not None and column in table.columns:
            before = table.columns[column]
            # The default that comes with the other type goes with it.
            default = None if before.default == before.empty else before.default
            columns = {**table.columns, column: replace(before, type=kind, default=default)}
            changed[name] = replace(table, columns=columns)
    return changed


def check_types(types: Mapping[str, str]) -> None:
    """Refuse what declares no columns: TypeError for another thing than texts, ValueError for an unknown type."""
    given: Any = types
    if not isinstance(given, Mapping) or not all(isinstance(one, str) for pair in given.items() for one in pair):
        raise TypeError(f'columns is a dict such as {{"notes.labels": "json_list"}}, not {types!r}')
    for place, kind in types.items():
        table, _, column = place.rpartition(".")
        if not (table and column):
            raise ValueError(f"columns: {place!r} names no column; write it as table.column")
        try:
            encoder(place, kind)
        except ValueError:
            raise ValueError(f"columns: {place} is of no type {kind!r}; such as json, json_dict, int, text") from None


def unique_columns(tables: Mapping[str, Table]) -> Callable[[str], list[str] | None]:
    """A function that gives the columns of a declared unique key by `table.key`, and by `key` where that is clear."""
    known: dict[str, list[str]] = {}

    def columns_of(key: str) -> list[str] | None:
        # Only errors ask, and most processes see none.
        if not known:
            known.update(_unique_columns(tables))
        return known.get(key)

    return columns_of


def _unique_columns(tables: Mapping[str, Table]) -> dict[str, list[str]]:
    known: dict[str, list[str]] = {}
    unclear = set()
    for table in tables.values():
        for key, columns in table.unique.items():
            known[f"{table.name}.{key}"] = list(columns)
            if key in known:
                unclear.add(key)
            known[key] = list(columns)
    for key in unclear:
        del known[key]
    return known


def _column(line: Mapping[str, str]) -> Column:
    return Column(
        table=line["table"],
        name=line["column"],
        type=line["type"],
        nullable=line.get("nullable") != "no",
        default=_default(line["type"], line.get("default") or ""),
        on_update=bool(line.get("on_update")),
        primary_key=line.get("primary_key") == "yes",
        autoincrement=line.get("autoincrement") == "yes",
        optional=_is_null_unless_named(line),
    )


def _is_null_unless_named(line: Mapping[str, str]) -> bool:
    # A file that has no column for the server's own defaults does not tell.
    has_none = line.get("server_default", "?") == ""
    return has_none and line.get("nullable") != "no" and line.get("primary_key") != "yes"


def _default(kind: str, text: str) -> Any:
    if not text:
        return None
    if text == _CLOCK_DEFAULT:
        return text
    if kind == "bool":
        return text == "True"
    if kind == "float":
        return float(text)
    if kind in DOCUMENTS:
        return json.loads(text.strip("'"))
    return int(text) if kind in INT_LIMITS else text.strip("'")
