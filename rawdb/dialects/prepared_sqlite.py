"""SQLite on a statement: whether it compiles, and the names of its results. It types values, not columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from rawdb.dialects.prepared import Kinds, Prepared, PreparedColumn


def prepare(raw: sqlite3.Connection, text: str, parameters: Sequence[Any]) -> Prepared:
    """Compile a statement; of a query the names, from a query of none of its rows."""
    with closing(raw.execute(f"EXPLAIN {text}", parameters)) as explained:
        explained.fetchall()
    try:
        with closing(raw.execute(f"SELECT * FROM ({text}) LIMIT 0", parameters)) as cursor:
            return Prepared(tuple(PreparedColumn(column[0], Kinds(), None) for column in cursor.description))
    except sqlite3.OperationalError:
        # What changes rows, and PRAGMA, cannot stand in a FROM.
        return Prepared(None)


def enumerations(raw: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """None: SQLite has no such types."""
    return {}
