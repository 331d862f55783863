"""The schema: what is declared, what a live database has, and where the two differ."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rawdb._house import sql_root
from rawdb.dialects import DIALECTS, URL, parse_url
from rawdb.schema.ddl import schema_of_files
from rawdb.schema.declaration import declared
from rawdb.schema.differences import Difference, describe, differences
from rawdb.schema.dumps import dump as dump_schema
from rawdb.schema.inspection import Inspector, inspect, inspector
from rawdb.schema.model import Column, Constraint, Index, Schema, Table
from rawdb.schema.referential import Dangling, Reference, dangling, references

__all__ = [
    "Column",
    "Constraint",
    "Dangling",
    "Difference",
    "Index",
    "Inspector",
    "Reference",
    "Schema",
    "Table",
    "check",
    "dangling",
    "declared",
    "describe",
    "diff",
    "differences",
    "dump",
    "inspect",
    "inspector",
    "references",
]


def diff(url: str | URL, folder: Path | None = None) -> list[Difference]:
    """Compare a live database with the declared schema (`folder` holds its CSV files; rawdb's by default).

    Each entry is an action that would bring the database to the declaration; `describe` puts it in words. An
    empty list: no drift. Round trips: 3, catalogs only.
    """
    return differences(inspect(url), declared(parse_url(url).dialect, folder))


def dump(url: str | URL) -> str:
    """The schema of a live database as text: two dumps are equal only if the schemas are. Round trips: 3."""
    return dump_schema(inspect(url))


def check(urls: Iterable[str | URL] = (), root: Path | None = None) -> list[str]:
    """Compare the migrations of every dialect, and any live databases given, with the declared schema.

    All dialects are held against one declaration, hence against each other. Migration files are read, not run.
    `root` is a folder with `schema/` and `migrations/`; rawdb's own by default. Returns lines that name the
    dialect and the difference; an empty list when all agree.
    """
    root = root or sql_root()
    lines = []
    for dialect in DIALECTS:
        schema, not_understood = schema_of_files(dialect, root / "migrations" / dialect)
        lines += [f"{dialect}: not understood: {line}" for line in not_understood]
        wanted = declared(dialect, root / "schema")
        lines += [f"{dialect}: {describe(entry)}" for entry in differences(schema, wanted)]
    for url in urls:
        lines += [f"{parse_url(url)}: {describe(entry)}" for entry in diff(url, root / "schema")]
    return lines
