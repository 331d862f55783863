"""What a server without transactions over DDL shows of a statement that may or may not have been run.

Taken before the statement and kept in the note. A process that is killed leaves one statement in doubt: as long
as the fingerprint is the same, it was not run, or it leaves no trace and may be run again.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from rawdb.dialects import Dialect
from rawdb.schema.migrations import squeezed

_NAME = re.compile(r"`([^`]+)`|\"([^\"]+)\"|(\w+)")
_CALL = re.compile(r"(CALL|EXECUTE|DO)\b", re.IGNORECASE)
_CREATE_INDEX = re.compile(r"CREATE (UNIQUE )?INDEX\b", re.IGNORECASE)
_COUNTER = re.compile(r" AUTO_INCREMENT=\d+")
_STORED = re.compile(r"\b(TRIGGER|PROCEDURE|FUNCTION|EVENT)\b", re.IGNORECASE)
_TABLES = "SELECT t.table_name FROM information_schema.tables AS t WHERE t.table_schema = DATABASE()"
_ROUTINES = (
    (
        "SELECT r.routine_name, r.routine_definition FROM information_schema.routines AS r"
        " WHERE r.routine_schema = DATABASE()"
    ),
    (
        "SELECT t.trigger_name, t.action_statement FROM information_schema.triggers AS t"
        " WHERE t.trigger_schema = DATABASE()"
    ),
    "SELECT e.event_name, e.event_definition FROM information_schema.events AS e WHERE e.event_schema = DATABASE()",
)
_INDEXES = (
    "SELECT c.relname, i.indisvalid, c.oid FROM pg_catalog.pg_class AS c"
    " JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid"
    " WHERE c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) ORDER BY c.oid"
)
_INVALID = (
    "SELECT c.oid::regclass::text, c.relname FROM pg_catalog.pg_class AS c"
    " JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid AND NOT i.indisvalid"
)


def fingerprint(dialect: Dialect, raw: Any, statement: str) -> str:
    """A text that changes when the statement has been run; empty for one whose effect cannot be known beforehand."""
    if _CALL.match(squeezed(statement)):
        return ""
    if dialect.name == "sqlite":
        # What does not run in the note's own transaction leaves no trace: PRAGMA, VACUUM, ATTACH.
        return "-"
    seen = _mysql(dialect, raw, statement) if dialect.name == "mysql" else list(dialect.run(raw, _INDEXES, {}).rows)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]


def _mysql(dialect: Dialect, raw: Any, statement: str) -> list[Any]:
    words = {"".join(match).lower() for match in _NAME.findall(statement)}
    tables = sorted(str(row[0]) for row in dialect.run(raw, _TABLES, {}).rows if str(row[0]).lower() in words)
    seen: list[Any] = [_definition(dialect, raw, name) for name in tables]
    if _STORED.search(statement):
        seen += [sorted(map(repr, dialect.run(raw, text, {}).rows)) for text in _ROUTINES]
    return seen


def _definition(dialect: Dialect, raw: Any, table: str) -> str:
    row = dialect.run(raw, dialect.literal(f"SHOW CREATE TABLE {dialect.quote(table)}"), {}).rows[0]
    # What others insert meanwhile is no change of the table.
    return _COUNTER.sub("", str(row[1]))


def invalid_indexes(dialect: Dialect, raw: Any, statement: str) -> list[str]:
    """The indexes, quoted, that the statement is to create and that PostgreSQL could not build to their end."""
    if dialect.name != "postgresql" or not _CREATE_INDEX.match(squeezed(statement)):
        return []
    words = {word for match in _NAME.findall(statement) for word in ("".join(match), "".join(match).lower())}
    return [str(quoted) for quoted, name in dialect.run(raw, _INVALID, {}).rows if name in words]
