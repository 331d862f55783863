"""Declared columns, and what a Python value must be to enter one.

Values are checked and normalised here, before anything is sent, so that every dialect stores the same and
refuses the same: SQLite takes any text of any length, MySQL compares the number 0 equal to most texts.
"""

from __future__ import annotations

import csv
import ipaddress
import math
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from rawdb import timeutils
from rawdb.dialects import Description
from rawdb.dialects.types import is_known, logical
from rawdb.exceptions import DBDataError, DBInvalidUnicodeParameter

_INT_LIMITS = {"int": 2**31, "bigint": 2**63}
_TEXT_LIMITS = {"text": 65535, "mediumtext": 16777215, "longtext": 2**32 - 1}
_ADDRESS_LENGTHS = {"ip": 39, "cidr": 43}
#: A LIMIT that lets everything through.
NO_LIMIT = 2**63 - 1
_DIGITS = re.compile(r"\s*[+-]?[0-9]{1,40}\s*")
_BOOLS = {True: True, False: False, "1": True, "0": False, "true": True, "false": False}


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
    #: A value that is to be stored, checked and normalised.
    encode: Callable[[Any], Any] = field(init=False, repr=False, compare=False)
    #: A value that is to be compared with: a text too long to be stored simply matches nothing.
    comparable: Callable[[Any], Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "encode", _encoder(self))
        object.__setattr__(self, "comparable", _comparable(self, self.encode))

    @property
    def is_id(self) -> bool:
        """Whether the column holds numbers that the server gave to rows: its own, or those of another table."""
        return self.type in _INT_LIMITS and (self.primary_key or self.name == "id" or self.name.endswith("_id"))

    def from_json(self, value: Any) -> Any:
        """A value of this column as a JSON aggregate holds it, in the type that a SELECT gives."""
        if value is None:
            return None
        if self.type == "bool":
            return bool(value)
        return datetime.fromisoformat(value) if self.type == "datetime" else value

    def default_value(self) -> Any:
        """What a new row gets here when no value is given."""
        return timeutils.utcnow() if self.default == "utcnow()" else self.default


@dataclass(frozen=True)
class Table:
    """A declared table. `unique` holds the columns of its unique keys by name, `PRIMARY` the primary key's.

    A `partial` one was read from a live database: what a new row does not name is left to the server's defaults.
    """

    name: str
    columns: Mapping[str, Column]
    unique: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    partial: bool = False

    @cached_property
    def identity(self) -> str | None:
        """The column the server numbers by itself."""
        return next((name for name, column in self.columns.items() if column.autoincrement), None)

    @cached_property
    def stamped(self) -> tuple[str, ...]:
        """The columns that take the time of every update."""
        return tuple(name for name, column in self.columns.items() if column.on_update)

    def new_row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """A complete row for an INSERT: values checked, defaults applied, unknown keys left out.

        None for a column that has a default means the default; a column that the server numbers is left to it.
        Raises DBDataError or ValueError for a value that the column cannot take.
        """
        row = {}
        for name, column in self.columns.items():
            if self.partial and name not in values:
                continue
            value = values.get(name)
            if value is not None:
                row[name] = column.encode(value)
            elif not column.autoincrement:
                row[name] = column.default_value()
        return row

    def encode(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The given values, checked; keys that are no column are left out."""
        return {
            name: None if value is None else self.columns[name].encode(value)
            for name, value in values.items()
            if name in self.columns
        }


def load_tables(path: Path | str) -> dict[str, Table]:
    """Read declared tables from a CSV file (table, column, type, nullable, default, on_update, ...).

    An `indexes.csv` beside it (table, index, unique, columns) names their unique keys.
    """
    path = Path(path)
    columns: dict[str, dict[str, Column]] = {}
    for line in _lines(path):
        column = _column(line)
        columns.setdefault(column.table, {})[column.name] = column
    unique: dict[str, dict[str, tuple[str, ...]]] = {
        table: {"PRIMARY": tuple(name for name, column in own.items() if column.primary_key)}
        for table, own in columns.items()
    }
    for line in _lines(path.with_name("indexes.csv")):
        # What an index over an expression is about, its name says.
        if line["unique"] == "yes" and "(" not in line["columns"] and line["table"] in unique:
            unique[line["table"]][line["index"]] = tuple(line["columns"].split())
    return {name: Table(name, own, unique[name]) for name, own in columns.items()}


def _lines(path: Path) -> list[dict[str, str]]:
    if path.name == "indexes.csv" and not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def live_tables(description: Description, dialect: str) -> dict[str, Table]:
    """The tables of a live database as far as its catalog tells: a type without a logical name takes any value."""
    columns: dict[str, dict[str, Column]] = {}
    keys: dict[str, list[str]] = {}
    for row in description.columns:
        if row[5]:
            keys.setdefault(row[0], []).append(row[1])
    for row in description.columns:
        # SQLite numbers the rows of a table by a lone INTEGER key, said to do so or not.
        numbered = dialect == "sqlite" and keys.get(row[0]) == [row[1]] and str(row[2]).upper() == "INTEGER"
        kind = _live_type(dialect, str(row[2]))
        if row[8] is None:
            columns.setdefault(row[0], {})[row[1]] = Column(
                row[0],
                row[1],
                kind,
                nullable=not row[3],
                primary_key=bool(row[5]),
                autoincrement=bool(row[6]) or numbered,
            )
    unique: dict[str, dict[str, tuple[str, ...]]] = {table: {"PRIMARY": tuple(key)} for table, key in keys.items()}
    for table, name, is_unique, column, _ in description.indexes:
        if is_unique:
            own = unique.setdefault(table, {})
            own[name] = (*own.get(name, ()), str(column))
    return {name: Table(name, own, unique.get(name, {}), partial=True) for name, own in columns.items()}


def _live_type(dialect: str, native: str) -> str:
    kind = logical(dialect, native)
    if kind.startswith(("datetime", "timestamp")) and "with time zone" not in kind:
        return "datetime"
    if dialect == "sqlite" and kind == "int":
        return "bigint"
    return kind if is_known(kind) else "other"


def unique_columns(tables: Mapping[str, Table]) -> Callable[[str], list[str] | None]:
    """A function that gives the columns of a declared unique key by `table.key`, and by `key` where that is clear."""
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
    return known.get


def _column(line: Mapping[str, str]) -> Column:
    return Column(
        table=line["table"],
        name=line["column"],
        type=line["type"],
        nullable=line["nullable"] == "yes",
        default=_default(line["type"], line["default"]),
        on_update=bool(line["on_update"]),
        primary_key=line["primary_key"] == "yes",
        autoincrement=line["autoincrement"] == "yes",
    )


def _default(kind: str, text: str) -> Any:
    if not text:
        return None
    if text == "utcnow()":
        return text
    if kind == "bool":
        return text == "True"
    if kind == "float":
        return float(text)
    return int(text) if kind in _INT_LIMITS else text.strip("'")


def _encoder(column: Column) -> Callable[[Any], Any]:
    kind, _, detail = column.type.rstrip(")").partition("(")
    if kind == "string":
        return partial(_text, column, limit=int(detail))
    if kind == "enum":
        return partial(_choice, column, allowed=detail.split("|"))
    if kind in _INT_LIMITS:
        return partial(_integer, column, limit=_INT_LIMITS[kind])
    if kind in _TEXT_LIMITS:
        return partial(_long_text, column, limit=_TEXT_LIMITS[kind])
    if kind in _ADDRESS_LENGTHS:
        return partial(_address, column, limit=_ADDRESS_LENGTHS[kind])
    if kind == "other":
        return partial(encode_untyped, column.name)
    simple = {"bool": _boolean, "float": _float, "datetime": _datetime, "limit": _count, "offset": _count}
    if kind not in simple:
        raise ValueError(f"{column.table}.{column.name}: unknown type {column.type!r}")
    return partial(simple[kind], column)


def _comparable(column: Column, encode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    kind = column.type.partition("(")[0]
    if kind in _INT_LIMITS:
        return partial(_integer, column, limit=_INT_LIMITS["bigint"])
    if kind in _ADDRESS_LENGTHS:
        return partial(_address, column, limit=None)
    if kind in ("string", "enum") or kind in _TEXT_LIMITS:
        return partial(_plain_text, column)
    return encode


def _refused(column: Column, value: Any, expected: str) -> DBDataError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
    name = f"{column.table}.{column.name}" if column.table else column.name
    return DBDataError(f"{name}: expected {expected}, got {shown}")


def _plain_text(column: Column, value: Any) -> str:
    if isinstance(value, str):
        # The plain text of a subclass, such as an enumeration of texts: drivers differ over those.
        text = value if type(value) is str else str.__str__(value)
    elif isinstance(value, (int, float, Decimal, uuid.UUID, ipaddress.IPv4Address, ipaddress.IPv6Address)):
        text = str(value)
    else:
        raise _refused(column, value, "text")
    if "\x00" in text:
        raise _refused(column, value, "text without NUL characters")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise DBInvalidUnicodeParameter from error
    return text


def _text(column: Column, value: Any, limit: int) -> str:
    text = _plain_text(column, value)
    if len(text) > limit:
        raise _refused(column, value, f"at most {limit} characters (it has {len(text)})")
    return text


def _long_text(column: Column, value: Any, limit: int) -> str:
    text = _plain_text(column, value)
    if len(text) * 4 > limit and len(text.encode()) > limit:
        raise _refused(column, value, f"at most {limit} bytes of UTF-8")
    return text


def _choice(column: Column, value: Any, allowed: list[str]) -> str:
    if value not in allowed:
        raise _refused(column, value, f"one of {', '.join(allowed)}")
    return _plain_text(column, value)


def _address(column: Column, value: Any, limit: int | None) -> str:
    """Canonical text of an address or network; other text is kept as it is."""
    text = _plain_text(column, str(value) if _is_network(value) else value)
    if limit is not None:
        text = _text(column, text, limit)
    try:
        return str(ipaddress.ip_network(text, strict=False) if "/" in text else ipaddress.ip_address(text))
    except ValueError:
        return text


def _is_network(value: Any) -> bool:
    return isinstance(value, (ipaddress.IPv4Network, ipaddress.IPv6Network))


def _integer(column: Column, value: Any, limit: int) -> int:
    number = _whole_number(value)
    if number is None:
        raise _refused(column, value, "an integer")
    if not -limit <= number < limit:
        raise _refused(column, value, f"an integer from {-limit} to {limit - 1}")
    return number


def _whole_number(value: Any) -> int | None:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return int(value) if _DIGITS.fullmatch(value) else None
    finite = value.is_finite() if isinstance(value, Decimal) else isinstance(value, float) and math.isfinite(value)
    return int(value) if finite and value == int(value) else None


def _count(column: Column, value: Any) -> int:
    number = _integer(column, value, _INT_LIMITS["bigint"])
    if number < 0:
        raise _refused(column, value, "no negative number")
    return number


def _boolean(column: Column, value: Any) -> bool:
    key = value.lower() if isinstance(value, str) else value
    try:
        return _BOOLS[key]
    except (KeyError, TypeError):
        raise _refused(column, value, "a boolean") from None


def _float(column: Column, value: Any) -> float:
    if not isinstance(value, (int, float, Decimal, str)):
        raise _refused(column, value, "a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise _refused(column, value, "a number") from None
    if not math.isfinite(number):
        raise _refused(column, value, "a finite number")
    return number


def _datetime(column: Column, value: Any) -> datetime:
    if not isinstance(value, (datetime, str)):
        raise _refused(column, value, "a datetime")
    return timeutils.parse_datetime(value)


def encode_untyped(name: str, value: Any) -> Any:
    """A value for a parameter that is compared with no declared column."""
    if isinstance(value, str):
        return value if type(value) is str else str.__str__(value)
    if isinstance(value, datetime):
        return timeutils.parse_datetime(value)
    if value is None or isinstance(value, (int, float, Decimal, bytes)):
        return value
    if isinstance(value, (uuid.UUID, ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return str(value)
    raise DBDataError(f"parameter {name}: expected a plain value, got {type(value).__name__}")
