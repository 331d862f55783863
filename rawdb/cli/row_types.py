"""`rawdb sql types`: rows as typed dicts."""

from __future__ import annotations

import argparse
import sys

from rawdb._house import sql_root
from rawdb.cli.output import Output
from rawdb.dialects import get_dialect
from rawdb.schema.row_types import row_types, stale, write
from rawdb.statements.columns import load_tables
from rawdb.statements.loading import load_statements


def types(options: argparse.Namespace, output: Output) -> int:
    """Write the modules of a package of TypedDicts, or compare with what is there."""
    root = sql_root()
    tables = load_tables(options.schema or root / "schema" / "columns.csv")
    dialect = get_dialect(options.dialect)
    statements = load_statements(
        options.queries or root / "queries", dialect, tables, none_is_null=options.queries is None
    )
    files = row_types(tables, statements.values())
    names = stale(options.folder, files)
    if options.check:
        for name in names:
            sys.stderr.write(f"rawdb: {options.folder / name} is not what `rawdb sql types` would write\n")
        return 1 if names else 0
    write(options.folder, files)
    for name in names:
        output.line(str(options.folder / name))
    return 0
