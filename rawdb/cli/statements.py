"""`rawdb sql ...`: the statements as a dialect really runs them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from rawdb._house import sql_root
from rawdb.cli.output import Output
from rawdb.dialects import get_dialect
from rawdb.statements.columns import load_tables
from rawdb.statements.export import export_statements
from rawdb.statements.loading import Statement, load_statements


def effective(dialect: str) -> Mapping[str, Statement]:
    """The effective statements of a dialect."""
    root = sql_root()
    return load_statements(
        root / "queries", get_dialect(dialect), load_tables(root / "schema" / "columns.csv"), none_is_null=True
    )


def list_all(options: argparse.Namespace, output: Output) -> int:
    """Every statement and where it stands."""
    statements = effective(options.dialect)
    output.table(["statement", "stands at"], [[name, statements[name].location] for name in sorted(statements)])
    return 0


def show(options: argparse.Namespace, output: Output) -> int:
    """One statement, with its comment."""
    statement = effective(options.dialect).get(options.name)
    if statement is None:
        sys.stderr.write(f"rawdb: no statement {options.name!r}; `rawdb sql list` names them all\n")
        return 1
    output.line(output.dim(f"-- {statement.location}"))
    output.line(statement.text)
    return 0


def export(options: argparse.Namespace, output: Output) -> int:
    """Files that stock aiosql loads."""
    for path in export_statements(effective(options.dialect), options.folder):
        output.line(str(path))
    return 0
