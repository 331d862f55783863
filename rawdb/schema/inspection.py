"""Reading a live database's catalog into the common model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rawdb.dialects import URL, ConnectionOptions, Dialect, get_dialect, parse_url
from rawdb.dialects.catalogs import CATALOGS, SQLITE_COLLATIONS
from rawdb.dialects.types import is_text, logical
from rawdb.exceptions import DBNonExistentDatabase
from rawdb.schema.extras import conditions, foreign_keys, invalid_indexes
from rawdb.schema.model import (
    YOYO_TABLES,
    Column,
    Constraint,
    Index,
    Schema,
    Table,
    collation_name,
    default_value,
    expression,
    parts_of,
)

_COLLATE = re.compile(r'^[`"]?(\w+)[`"]?\s.*\bCOLLATE\s+(\w+)', re.IGNORECASE | re.DOTALL)
_CHECK = re.compile(r'CONSTRAINT\s+[`"]?(\w+)[`"]?\s+CHECK', re.IGNORECASE)


class Inspector:
    """Reads the catalog of one database through a driver connection that the caller keeps."""

    def __init__(self, dialect: Dialect, raw: Any) -> None:
        self._dialect = dialect
        self._raw = raw

    @property
    def dialect(self) -> str:
        """The dialect's name."""
        return self._dialect.name

    def schema(self) -> Schema:
        """Every table, yoyo's own left out. Round trips: 4, on SQLite and PostgreSQL 6."""
        catalog = CATALOGS[self.dialect]
        schema: Schema = {}
        hidden: dict[tuple[str, str], str] = {}
        collations = self._sqlite_collations() if self.dialect == "sqlite" else {}
        for row in self.rows(catalog.columns):
            name = str(row[0])
            if name in YOYO_TABLES:
                continue
            table = schema.setdefault(name, Table(name))
            if row[8] is not None:
                hidden[name, str(row[1])] = expression(str(row[8]))
                continue
            table.add(self._column(row, collations.get((name, str(row[1])), row[7])))
            if row[5]:
                table.primary_key = _with_key_part(table.primary_key, str(row[1]), int(row[5]))
        self._add_parts(schema, hidden)
        return schema

    def _add_parts(self, schema: Schema, hidden: dict[tuple[str, str], str]) -> None:
        catalog = CATALOGS[self.dialect]
        unusable = invalid_indexes(self)
        for index in self._indexes(self.rows(catalog.indexes), hidden):
            if index.table not in schema or index.name in unusable:
                continue
            if index.name == "PRIMARY":
                schema[index.table].primary_key = index.columns
            else:
                schema[index.table].add(index)
        for constraint in self._constraints(self.rows(catalog.constraints)):
            if constraint.table in schema and constraint.kind == "check":
                schema[constraint.table].add(constraint)
        for key in foreign_keys(self):
            if key.table in schema:
                schema[key.table].add(key)

    def rows(self, text: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of one query."""
        return self._dialect.run(self._raw, text, parameters).rows

    def _column(self, row: tuple[Any, ...], collation: str | None) -> Column:
        kind = logical(self.dialect, str(row[2]))
        default = None if row[4] is None or row[6] else default_value(str(row[4]), kind)
        return Column(
            name=str(row[1]),
            type=kind,
            nullable=not row[3],
            default=default,
            autoincrement=bool(row[6]),
            collation=collation_name(self.dialect, collation) if is_text(kind) else None,
            native=str(row[2]),
        )

    def _sqlite_collations(self) -> dict[tuple[str, str], str]:
        return {
            (str(table), match[1]): match[2]
            for table, text in self.rows(SQLITE_COLLATIONS)
            for part in parts_of(str(text))
            if (match := _COLLATE.match(part))
        }

    def _indexes(self, rows: list[tuple[Any, ...]], hidden: dict[tuple[str, str], str]) -> Iterator[Index]:
        parts: dict[tuple[str, str, bool], list[str]] = {}
        for table, name, unique, column, prefix, _ in rows:
            listed = parts.setdefault((str(table), str(name), bool(unique)), [])
            # MySQL names no column of a part that is an expression.
            part = hidden.get((str(table), str(column)), str(column).strip('`"'))
            if part.upper().startswith("CREATE "):
                part = parts_of(part)[len(listed)]
            part = expression(part) if "(" in part else part
            listed.append(part if prefix is None else f"{part}({prefix})")
        where = conditions(self)
        for (table, name, unique), columns in parts.items():
            yield Index(table, name, tuple(columns), unique, where.get(name))

    def _constraints(self, rows: list[tuple[Any, ...]]) -> Iterator[Constraint]:
        for table, name, kind in rows:
            found = _CHECK.findall(str(name)) if self.dialect == "sqlite" and kind == "check" else [str(name)]
            for each in found:
                yield Constraint(str(table), each, str(kind))


@contextmanager
def inspector(url: str | URL, options: ConnectionOptions | None = None) -> Iterator[Inspector]:
    """An inspector on a connection of its own, closed at the end of the block.

    Driver errors come out as `rawdb.exceptions.DB*`.
    """
    with connected(url, options) as (dialect, raw):
        yield Inspector(dialect, raw)


@contextmanager
def connected(url: str | URL, options: ConnectionOptions | None = None) -> Iterator[tuple[Dialect, Any]]:
    """A dialect and a driver connection to a database that is there, closed at the end of the block.

    Driver errors come out as `rawdb.exceptions.DB*`.
    """
    parsed = parse_url(url)
    dialect = get_dialect(parsed.dialect)
    if parsed.dialect == "sqlite" and not parsed.is_memory and not Path(parsed.database or "").exists():
        # Connecting would make the file.
        raise DBNonExistentDatabase(parsed.database, f"there is no database file at {parsed.database}")
    try:
        raw = dialect.connect(parsed, options or ConnectionOptions())
    except Exception as error:
        if dialect.is_driver_error(error):
            raise dialect.translate(error, connecting=True) from error
        raise
    try:
        yield dialect, raw
    except Exception as error:
        if dialect.is_driver_error(error):
            raise dialect.translate(error) from error
        raise
    finally:
        dialect.close(raw)


def inspect(url: str | URL) -> Schema:
    """The schema of a live database: table name to `Table`. Reads catalogs only. Round trips: 3 or 4."""
    with inspector(url) as opened:
        return opened.schema()


def _with_key_part(key: tuple[str, ...], column: str, position: int) -> tuple[str, ...]:
    # Catalogs list columns in table order, which need not be the order of the key.
    parts = [*key, *[""] * (position - len(key))]
    parts[position - 1] = column
    return tuple(parts)
