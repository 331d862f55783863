"""The schema: what is declared, what a live database has, and where the two differ."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from rawdb._house import sql_root
from rawdb.dialects import DIALECTS, URL, parse_url
from rawdb.exceptions import DBError
from rawdb.schema.alter import Alter
from rawdb.schema.declaration import declared, scope
from rawdb.schema.differences import Difference, describe, differences
from rawdb.schema.dumps import dump as dump_schema
from rawdb.schema.equal import equalised
from rawdb.schema.inspection import Inspector, inspect, inspector
from rawdb.schema.model import Column, Constraint, Index, Schema, Table
from rawdb.schema.referential import Dangling, Reference, dangling, references
from rawdb.schema.rehearsal import rehearsed

__all__ = [
    "Alter",
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
    "rehearsed",
]


def diff(url: str | URL, folder: Path | str | None = None) -> list[Difference]:
    """Compare a live database with the declared schema (`folder` holds its CSV files; rawdb's by default).

    Each entry is an action that would bring the database to the declaration; `describe` puts it in words. An
    empty list: no drift. Only columns.csv must be there; what the folder says nothing of is not compared. Round
    trips: at most 6, catalogs only.
    """
    return _compared(parse_url(url).dialect, inspect(url), _folder(folder))


def _folder(folder: Path | str | None) -> Path:
    return sql_root() / "schema" if folder is None else Path(folder)


def _compared(dialect: str, found: Schema, folder: Path) -> list[Difference]:
    wanted = declared(dialect, folder)
    return differences(equalised(dialect, found, wanted, scope(folder)), wanted)


def dump(url: str | URL) -> str:
    """The schema of a live database as text: two dumps are equal only if the schemas are. Round trips: at most 6."""
    return dump_schema(inspect(url))


def check(
    urls: Iterable[str | URL] = (),
    root: Path | str | None = None,
    *,
    servers: Mapping[str, str | URL] | None = None,
) -> list[str]:
    """Compare the migrations of every dialect, and any live databases given, with the declared schema.

    All dialects are held against one declaration, hence against each other. The migrations are run on a throwaway
    database: SQLite's in memory, the others' on the servers named by `servers`, dialect to an administrator's URL
    (RAWDB_TEST_POSTGRESQL_URL and RAWDB_TEST_MYSQL_URL by default). `root` is a folder with `schema/` and
    `migrations/`; rawdb's own by default. Returns lines that name the dialect and the difference, also for a
    dialect that could not be checked; an empty list when all agree.
    """
    folder = sql_root() if root is None else Path(root)
    lines = []
    for dialect in DIALECTS:
        if (migrations := folder / "migrations" / dialect).is_dir():
            lines += [f"{dialect}: {line}" for line in _check(dialect, migrations, folder / "schema", servers or {})]
    for url in urls:
        lines += [f"{parse_url(url)}: {describe(entry)}" for entry in diff(url, folder / "schema")]
    return lines


def _check(dialect: str, migrations: Path, schema: Path, servers: Mapping[str, str | URL]) -> list[str]:
    variable = f"RAWDB_TEST_{dialect.upper()}_URL"
    url = "sqlite://" if dialect == "sqlite" else servers.get(dialect) or os.environ.get(variable)
    if not url:
        return [f"not checked: no server to try the migrations out on; name one in {variable}"]
    try:
        made = rehearsed(url, migrations)
    except DBError as error:
        return [str(error)]
    return [describe(entry) for entry in _compared(dialect, made, schema)]
