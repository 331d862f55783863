"""What the tests of migrations share: a small history of migrations, and rows for every table of a schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rawdb.dialects import get_dialect
from rawdb.schema import Schema, Table

_VALUES = {
    "int": "{n}",
    "bigint": "{n}",
    "float": "{n}.5",
    "bool": "TRUE",
    "datetime": "'2014-05-{n:02} 10:20:30.123456'",
}


def values_for(table: Table, number: int) -> dict[str, str]:
    """SQL text of a value for every column; rows of different numbers never collide."""
    values = {}
    for column in table.columns.values():
        kind = column.type
        if kind == "bool" and column.name != "deleted":
            values[column.name] = "TRUE"
        elif kind in _VALUES:
            values[column.name] = _VALUES[kind].format(n=number)
        else:
            room = int(kind[7:-1]) if kind.startswith("string(") else 20
            values[column.name] = (
                "'owner'" if column.name == "locked_by" else f"'{'x' * (min(room, 20) - 2)}{number:02}'"
            )
    return values


def fill(run: Callable[..., Any], dialect: str, schema: Schema, rows: int = 2) -> None:
    """Put rows into every table."""
    quote = get_dialect(dialect).quote
    for table in schema.values():
        for number in range(1, rows + 1):
            values = values_for(table, number)
            names = ", ".join(quote(name) for name in values)
            run(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({', '.join(values.values())})")


def write(folder: Path, name: str, apply: str, undo: str | None = None) -> None:
    """Write a migration and, if given, what undoes it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.sql").write_text(apply)
    if undo is not None:
        (folder / f"{name}.rollback.sql").write_text(undo)


def small_history(folder: Path, dialect: str) -> Path:
    """Three migrations of two, three and one statements."""
    head = "-- transactional: false\n" if dialect == "mysql" else ""
    of = {"mysql": " ON {}"}.get(dialect, "")
    write(
        folder,
        "0001.notes",
        f"{head}CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY, body VARCHAR(20));\n"
        "CREATE INDEX notes_body_idx ON notes (body);\n",
        f"{head}DROP INDEX notes_body_idx{of.format('notes')};\nDROP TABLE notes;\n",
    )
    write(
        folder,
        "0002.tags",
        f"-- depends: 0001.notes\n{head}CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20));\n"
        "CREATE INDEX tags_name_idx ON tags (name);\nCREATE TABLE tagged (id INTEGER NOT NULL PRIMARY KEY);\n",
        f"{head}DROP TABLE tagged;\nDROP INDEX tags_name_idx{of.format('tags')};\nDROP TABLE tags;\n",
    )
    write(
        folder,
        "0003.colours",
        f"-- depends: 0002.tags\n{head}ALTER TABLE tags ADD COLUMN colour VARCHAR(20);\n",
        f"{head}ALTER TABLE tags DROP COLUMN colour;\n",
    )
    return folder
