"""The declared schema: what sql/schema/*.csv say, with the shadow tables derived.

Only columns.csv must be there. A part of the schema that the folder says nothing of is not compared: see `Scope`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rawdb._house import sql_root
from rawdb.dialects.types import is_text, stored
from rawdb.schema.model import EXACT, Column, Constraint, Index, Schema, Table, default_value, expression


class Scope(NamedTuple):
    """Which parts of a schema a folder declares, besides tables, columns, types and primary keys.

    `indexes`: there is an indexes.csv. `constraints`: there is a constraints.csv, for CHECKs and foreign keys.
    `defaults`: columns.csv has a column server_default. `collations`: texts compare exactly, by a collations.csv.
    """

    indexes: bool
    constraints: bool
    defaults: bool
    collations: bool


def scope(folder: Path | None = None) -> Scope:
    """What the folder declares, rawdb's own by default."""
    folder = folder or sql_root() / "schema"
    with (folder / "columns.csv").open(newline="", encoding="utf-8") as lines:
        header = next(csv.reader(lines), [])
    return Scope(
        indexes=(folder / "indexes.csv").exists(),
        constraints=(folder / "constraints.csv").exists(),
        defaults="server_default" in header,
        collations=(folder / "collations.csv").exists(),
    )


def declared(dialect: str, folder: Path | None = None) -> Schema:
    """The declared schema as the dialect has it, shadow tables included.

    `folder` is one with the CSV files, rawdb's own by default. `server_default` in columns.csv is the default that
    the database itself gives; `default` is the one that operations give.
    """
    folder = folder or sql_root() / "schema"
    schema: Schema = {}
    for line in _lines(folder / "columns.csv"):
        _declare(schema.setdefault(line["table"], Table(line["table"])), dialect, line)
    for line in _lines(folder / "indexes.csv"):
        columns = tuple(line["columns"].split())
        # MySQL has no indexes over some of the rows.
        where = None if dialect == "mysql" or not line.get("where") else expression(line["where"])
        table = _of(schema, line, folder / "indexes.csv")
        table.add(Index(table.name, line["index"], columns, line["unique"] == "yes", where))
    for line in _lines(folder / "constraints.csv"):
        targets = tuple((line.get("target_columns") or "").split())
        of = (tuple(line["columns"].split()), line.get("target") or "", targets) if line.get("target") else ()
        table = _of(schema, line, folder / "constraints.csv")
        table.add(Constraint(table.name, line["constraint"], line["kind"], *of))
    for line in _lines(folder / "shadow_tables.csv"):
        schema[line["shadow"]] = _shadow(_of(schema, line, folder / "shadow_tables.csv"), line["shadow"])
    return schema


def _of(schema: Schema, line: dict[str, str], path: Path) -> Table:
    if line["table"] not in schema:
        raise ValueError(f"{path}: columns.csv has no table {line['table']}")
    return schema[line["table"]]


def _declare(table: Table, dialect: str, line: dict[str, str]) -> None:
    kind = stored(dialect, line["type"])
    is_key = line.get("primary_key") == "yes"
    if dialect == "sqlite" and kind == "bigint" and is_key:
        # Only a key called INTEGER is SQLite's row id; it has 64 bits under every name.
        kind = "int"
    table.add(
        Column(
            name=line["column"],
            type=kind,
            nullable=line.get("nullable") != "no" and not is_key,
            default=default_value(line.get("server_default") or None, kind),
            autoincrement=line.get("autoincrement") == "yes",
            collation=EXACT if is_text(kind) else None,
        )
    )
    if is_key:
        table.primary_key += (line["column"],)
    if line["type"].startswith("enum("):
        table.add(Constraint(table.name, f"ck_{table.name}_{line['column']}", "check"))


def _shadow(table: Table, name: str) -> Table:
    """The same columns and primary key and nothing else; ids come with the archived rows."""
    columns = {
        column.name: Column(column.name, column.type, column.nullable, None, False, column.collation)
        for column in table.columns.values()
    }
    return Table(name, columns, table.primary_key)


def _lines(path: Path) -> Iterator[dict[str, str]]:
    if path.name != "columns.csv" and not path.exists():
        return
    with path.open(newline="", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
