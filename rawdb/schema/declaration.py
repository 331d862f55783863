"""The declared schema: what sql/schema/*.csv say, with the shadow tables derived."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from rawdb._house import sql_root
from rawdb.dialects.types import is_text, stored
from rawdb.schema.model import EXACT, Column, Constraint, Index, Schema, Table, default_value


def declared(dialect: str, folder: Path | None = None) -> Schema:
    """The declared schema as the dialect has it, shadow tables included.

    `folder` is one with the four CSV files, rawdb's own by default. `server_default` in columns.csv, which may be
    left out, is the default that the database itself gives; `default` is the one that operations give.
    """
    folder = folder or sql_root() / "schema"
    schema: Schema = {}
    for line in _lines(folder / "columns.csv"):
        table = schema.setdefault(line["table"], Table(line["table"]))
        kind = stored(dialect, line["type"])
        if dialect == "sqlite" and kind == "bigint" and line["primary_key"] == "yes":
            # Only a key called INTEGER is SQLite's row id; it has 64 bits under every name.
            kind = "int"
        table.add(
            Column(
                name=line["column"],
                type=kind,
                nullable=line["nullable"] == "yes",
                default=default_value(line.get("server_default") or None, kind),
                autoincrement=line["autoincrement"] == "yes",
                collation=EXACT if is_text(kind) else None,
            )
        )
        if line["primary_key"] == "yes":
            table.primary_key += (line["column"],)
        if line["type"].startswith("enum("):
            name = f"ck_{line['table']}_{line['column']}"
            table.add(Constraint(line["table"], name, "check"))
    for line in _lines(folder / "indexes.csv"):
        columns = tuple(line["columns"].split())
        schema[line["table"]].add(Index(line["table"], line["index"], columns, line["unique"] == "yes"))
    for line in _lines(folder / "shadow_tables.csv"):
        schema[line["shadow"]] = _shadow(schema[line["table"]], line["shadow"])
    return schema


def _shadow(table: Table, name: str) -> Table:
    """The same columns and primary key and nothing else; ids come with the archived rows."""
    columns = {
        column.name: Column(column.name, column.type, column.nullable, None, False, column.collation)
        for column in table.columns.values()
    }
    return Table(name, columns, table.primary_key)


def _lines(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
