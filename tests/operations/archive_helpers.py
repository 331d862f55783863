"""Rows for every table that can be archived, and where they are: in it, in its shadow table, or lost."""

from __future__ import annotations

from typing import Any

import rawdb
from rawdb.default import default_database
from rawdb.statements.columns import Column
from rawdb.timeutils import parse_datetime

MOMENT = parse_datetime("2014-06-01T12:30:00.123456")
#: What `deleted` holds in a live row, by the type of the column.
LIVE = {"int": 0, "bigint": 0, "bool": False, "string": ""}
GONE = {"int": 7, "bigint": 7, "bool": True, "string": "7"}


def key_of(table: str) -> str:
    """The name of the primary key."""
    return default_database().tables[table].unique["PRIMARY"][0]


def marks(table: str) -> tuple[Any, Any]:
    """What `deleted` holds in a live row of the table, and in a deleted one."""
    kind = default_database().tables[table].columns["deleted"].type.partition("(")[0]
    return LIVE[kind], GONE[kind]


def row(table: str, number: int, deleted: Any) -> dict[str, Any]:
    """A row in which every column holds something of its own; the higher the number, the higher the key."""
    values = {name: _value(column, number) for name, column in default_database().tables[table].columns.items()}
    return {**values, key_of(table): _key(table, number), "deleted": deleted}


def _key(table: str, number: int) -> Any:
    declared = default_database().tables[table].columns[key_of(table)]
    return f"key-{number:06}" if declared.type.startswith("string") else number


def _value(column: Column, number: int) -> Any:
    kind, _, detail = column.type.rstrip(")").partition("(")
    if kind in ("int", "bigint"):
        return number
    if kind == "float":
        return number + 0.5
    if kind == "bool":
        return number % 2 == 0
    if kind == "datetime":
        return MOMENT.replace(microsecond=number)
    if kind == "enum":
        return detail.split("|")[0]
    if kind in ("ip", "cidr"):
        return f"10.0.{number // 256}.{number % 256}" + ("/32" if kind == "cidr" else "")
    return f"é{number}"


def fill(table: str, *rows: dict[str, Any], to: str | None = None) -> None:
    """Store rows as they are, in the table or in another one of its form."""
    dialect = default_database().dialect
    with rawdb.writer.using() as sql:
        for values in rows:
            names = ", ".join(dialect.quote(name) for name in values)
            places = ", ".join(f":{name}" for name in values)
            sql.execute(f"INSERT INTO {to or table} ({names}) VALUES ({places})", values)


def deleted_rows(table: str, *numbers: int) -> list[dict[str, Any]]:
    """Store deleted rows of these numbers."""
    rows = [row(table, number, marks(table)[1]) for number in numbers]
    fill(table, *rows)
    return rows


def found(table: str, shadow: bool = False) -> list[dict[str, Any]]:
    """The rows of a table, or of its shadow table, by their key."""
    with rawdb.reader.using() as sql:
        return sql.execute(f"SELECT * FROM {'shadow_' if shadow else ''}{table} ORDER BY {key_of(table)}").dicts()


def numbers(table: str, shadow: bool = False) -> list[int]:
    """The keys of a table with a numbered key, or of its shadow table."""
    return [each["id"] for each in found(table, shadow)]
