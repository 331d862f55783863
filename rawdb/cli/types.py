"""`rawdb sql types`: a folder's statements as typed methods, or rows as typed dicts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rawdb._house import sql_root
from rawdb.cli.output import Output
from rawdb.cli.project import Sql
from rawdb.dialects import get_dialect
from rawdb.schema.row_types import row_types, stale, write
from rawdb.statements.columns import load_tables
from rawdb.statements.loading import load_statements
from rawdb.typed.folder import read_folder
from rawdb.typed.module import is_stale, module_text


def write_statements(
    sql: Sql,
    urls: Sequence[str],
    file: Path,
    dialects: Sequence[str],
    output: Output,
    *,
    only_check: bool,
    with_async: bool,
) -> int:
    """Write a module of typed statements; 1 when the dialects do not agree, or when it would change."""
    if not urls and sql.tables is None:
        raise ValueError("no tables are known: give --url, a database that has them, or --schema, your columns.csv")
    folder = read_folder(sql.queries, urls, sql.tables, dialects, none_is_null=sql.is_house, columns=sql.columns)
    for fault in folder.faults:
        sys.stderr.write(f"rawdb: {fault}\n")
    if folder.faults:
        return 1
    text = module_text(folder, sql.queries.name, with_async=with_async)
    if not is_stale(file, text):
        return 0
    if only_check:
        return _told(file)
    file.write_text(text, encoding="utf-8")
    output.line(str(file))
    return 0


def write_rows(sql: Sql, folder: Path, dialect: str, output: Output, *, only_check: bool) -> int:
    """Write the modules of a package of TypedDicts, or compare with what is there."""
    tables = sql.load_tables() if sql.tables else load_tables(sql_root() / "schema" / "columns.csv")
    statements = load_statements(sql.queries, get_dialect(dialect), tables, none_is_null=sql.is_house)
    files = row_types(tables, statements.values())
    names = stale(folder, files)
    if only_check:
        return max([_told(folder / name) for name in names], default=0)
    write(folder, files)
    for name in names:
        output.line(str(folder / name))
    return 0


def _told(file: Path) -> int:
    sys.stderr.write(f"rawdb: {file} is not what `rawdb sql types` would write\n")
    return 1
