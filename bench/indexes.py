"""Loading without indexes: built afterwards, from sorted keys, they take a fraction of the time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.sessions import Floor

_POSTGRESQL = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS text
  FROM pg_index AS i
 WHERE i.indrelid = $1::regclass
   AND NOT EXISTS (SELECT 1 FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
"""
_SQLITE = "SELECT name, sql AS text FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL"
#: A line of SHOW CREATE TABLE.
_KEY = re.compile(r"(?m)^ +((?:UNIQUE )?KEY (`\w+`) \((`\w+`).*?)(?: COMMENT .*)?,?$")
_FOREIGN_KEY = re.compile(r"FOREIGN KEY \((`\w+`)")


@contextmanager
def without_indexes(session: Floor, tables: Sequence[str]) -> Iterator[None]:
    """Drop the indexes of some tables, but for those that hold a constraint; make them anew at the end."""
    texts = [_texts(session, table) for table in tables]
    for drop, _ in texts:
        _run_all(session, drop)
    yield
    for _, make in texts:
        _run_all(session, make)


def _run_all(session: Floor, texts: Sequence[str]) -> None:
    for text in texts:
        session.run(text)


def _texts(session: Floor, table: str) -> tuple[list[str], list[str]]:
    """What drops the indexes of a table, and what makes them again."""
    if session.dialect != "mysql":
        rows = session.rows(_SQLITE if session.dialect == "sqlite" else _POSTGRESQL, [table])
        return [f"DROP INDEX {row['name']}" for row in rows], [row["text"] for row in rows]
    [row] = session.rows(f"SHOW CREATE TABLE {table}")
    shown = row["Create Table"]
    needed = set(_FOREIGN_KEY.findall(shown))
    keys = [(text, name) for text, name, first in _KEY.findall(shown) if first not in needed]
    if not keys:
        return [], []
    # All of a table at once: it is read, or copied, once.
    drop = ", ".join(f"DROP KEY {name}" for _, name in keys)
    return [f"ALTER TABLE {table} {drop}"], [f"ALTER TABLE {table} {', '.join(f'ADD {text}' for text, _ in keys)}"]
