"""What stock aiosql makes of the effective statements: it made their form, and whoever leaves rawdb goes on with it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping

import aiosql
from aiosql.utils import SQLLoadException, SQLParseException

from rawdb.statements.export import export_statements
from rawdb.statements.statement import Statement

#: The adapters of aiosql whose drivers rawdb uses.
ADAPTERS = {"postgresql": "psycopg", "mysql": "pymysql", "sqlite": "sqlite3"}


def read_otherwise(statements: Mapping[str, Statement], dialect: str) -> list[str]:
    """Faults of the exported set: what aiosql does not load, or under another operation or comment than rawdb does.

    Scripts with parameters, which aiosql does not have, are exported as statements of other names and left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        export_statements(statements, folder)
        try:
            loaded = aiosql.from_path(folder, ADAPTERS[dialect])
        except (SQLLoadException, SQLParseException) as error:
            return [f"aiosql: {error}"]
    faults = []
    for name, statement in statements.items():
        if statement.steps and statement.parameters:
            continue
        query = getattr(loaded, name, None)
        if query is None:
            faults.append(f"{statement.location}:1 - {name}: aiosql does not load it")
        elif query.operation.name != statement.operation.name:
            faults.append(f"{statement.location}:1 - {name}: aiosql takes it for {query.operation.name}")
        elif (query.__doc__ or "").strip() != statement.doc.strip():
            faults.append(f"{statement.location}:1 - {name}: aiosql reads another comment")
    return faults
