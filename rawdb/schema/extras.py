"""What the catalog says beside tables, columns and plain indexes: foreign keys, conditions, unusable indexes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol

from rawdb.schema.model import Constraint, expression

_FOREIGN_KEYS = {
    "postgresql": """
SELECT c.relname, k.conname, a.attname, t.relname, b.attname
  FROM pg_catalog.pg_constraint AS k
  JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_class AS t ON t.oid = k.confrelid
 CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS p (own, other, n)
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = p.own
  JOIN pg_catalog.pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = p.other
 WHERE c.relnamespace = current_schema()::regnamespace AND k.contype = 'f'
 ORDER BY c.relname, k.conname, p.n
""",
    "mysql": """
SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name
  FROM information_schema.key_column_usage AS k
 WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
 ORDER BY k.table_name, k.constraint_name, k.ordinal_position
""",
    # A key has no name there, so it is named by its first column; without columns it leads to the primary key.
    "sqlite": """
SELECT m.name, 'fk_' || m.name || '_' || (SELECT x."from" FROM pragma_foreign_key_list(m.name) AS x
                                           WHERE x.id = f.id AND x.seq = 0),
       f."from", f."table", COALESCE(f."to", (SELECT t.name FROM pragma_table_info(f."table") AS t
                                               WHERE t.pk = f.seq + 1))
  FROM sqlite_master AS m
  JOIN pragma_foreign_key_list(m.name) AS f
 WHERE m.type = 'table'
 ORDER BY m.name, f.id, f.seq
""",
}
_CONDITIONS = {
    "postgresql": """
SELECT i.relname, pg_catalog.pg_get_expr(x.indpred, x.indrelid)
  FROM pg_catalog.pg_index AS x
  JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
 WHERE i.relnamespace = current_schema()::regnamespace AND x.indpred IS NOT NULL
""",
    "sqlite": """
SELECT m.name, m.sql FROM sqlite_master AS m WHERE m.type = 'index' AND INSTR(UPPER(m.sql), 'WHERE') > 0
""",
}
_INVALID = """
SELECT i.relname
  FROM pg_catalog.pg_index AS x
  JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
 WHERE i.relnamespace = current_schema()::regnamespace AND NOT x.indisvalid
"""
_WHERE = re.compile(r"\)\s*WHERE\s+(.*?);?\s*$", re.IGNORECASE | re.DOTALL)


class Catalog(Protocol):
    """What answers the queries: an `Inspector`."""

    @property
    def dialect(self) -> str:
        """The dialect's name."""

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of one query."""


def foreign_keys(catalog: Catalog) -> Iterator[Constraint]:
    """The foreign keys, with the columns on both sides."""
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for table, name, column, target, target_column in catalog.rows(_FOREIGN_KEYS[catalog.dialect]):
        found.setdefault((str(table), str(name)), []).append((str(column), str(target), str(target_column)))
    for (table, name), parts in found.items():
        columns, targets, target_columns = zip(*parts, strict=True)
        yield Constraint(table, name, "foreign key", columns, targets[0], target_columns)


def conditions(catalog: Catalog) -> dict[str, str]:
    """The condition of each index that is over some of the rows."""
    text = _CONDITIONS.get(catalog.dialect)
    found = {}
    for name, condition in catalog.rows(text) if text else []:
        match = _WHERE.search(str(condition))
        if match or catalog.dialect == "postgresql":
            found[str(name)] = expression(match[1] if match else str(condition))
    return found


def invalid_indexes(catalog: Catalog) -> set[str]:
    """The indexes that PostgreSQL could not build to their end, and does not use."""
    return {str(row[0]) for row in catalog.rows(_INVALID)} if catalog.dialect == "postgresql" else set()
