"""Statements that every table has, without a file: made of one pattern for each kind, and parsed as those of files are.

A pattern is filled with the quoted name of a table and one of its columns, as the sample of the slots; both come from
the declaration or from the catalog, never from a caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rawdb.dialects import Dialect
from rawdb.exceptions import StatementError
from rawdb.statements.columns import Table
from rawdb.statements.parsing import HEADER, Block, parse
from rawdb.statements.statement import Statement
from rawdb.statements.tokens import Source

_PATTERNS: Mapping[str, str] = {
    "insert": """\
-- name: {name}(value)<!
-- A new row.
INSERT INTO {table} (/*{{columns}}*/ {column} /*{{}}*/)
VALUES /*{{rows}}*/ (:value) /*{{}}*/{returning};
""",
    "load": """\
-- name: {name}(value)!
-- New rows.
INSERT INTO {table} (/*{{columns}}*/ {column} /*{{}}*/)
VALUES /*{{rows}}*/ (:value) /*{{}}*/;
""",
    "find": """\
-- name: {name}(value, limit)
-- Rows by conditions, by pages.
SELECT t.*
  FROM {table} AS t
 WHERE /*{{filters}}*/ t.{column} = :value /*{{}}*/
   AND /*{{after}}*/ t.{column} > :value /*{{}}*/
 ORDER BY /*{{order}}*/ t.{column} /*{{}}*/
 LIMIT :limit;
""",
    "find_and_lock": """\
-- name: {name}(value, limit)
-- Rows that are to be changed, as they are now and not as the transaction first saw them.
SELECT t.*
  FROM {table} AS t
 WHERE /*{{filters}}*/ t.{column} = :value /*{{}}*/
 LIMIT :limit{lock};
""",
    "update": """\
-- name: {name}(value)!
-- Change columns of some rows.
UPDATE {table}
   SET /*{{set}}*/ {column} = :value /*{{}}*/
 WHERE /*{{filters}}*/ {column} = :value /*{{}}*/;
""",
    "update_returning": """\
-- name: {name}(value)
-- Change columns of some rows, and tell which these are.
UPDATE {table}
   SET /*{{set}}*/ {column} = :value /*{{}}*/
 WHERE /*{{filters}}*/ {column} = :value /*{{}}*/{returning};
""",
    "delete": """\
-- name: {name}(value)!
-- Remove some rows.
DELETE FROM {table}
 WHERE /*{{filters}}*/ {column} = :value /*{{}}*/;
""",
    "soft_delete": """\
-- name: {name}(value{now})!
-- Mark some rows as deleted, each by its own id.
UPDATE {table}
   SET {marks}
 WHERE /*{{filters}}*/ {column} = :value /*{{}}*/;
""",
}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def statement_of_table(table: Table, kind: str, dialect: Dialect) -> Statement:
    """The statement of a kind, one of the patterns: `insert`, `load`, `find`, `find_and_lock`, `update` and so on.

    Raises StatementError for a table that cannot have it, such as one without a column `deleted`.
    """
    # The first column is the sample, or the first whose name needs no care; PostgreSQL's json has no order.
    names = sorted(table.columns, key=lambda name: (table.columns[name].type == "json", not _PLAIN.fullmatch(name)))
    sample = next(iter(names), "")
    known_as = table.name if _PLAIN.fullmatch(table.name) else "table"
    filled = _PATTERNS[kind].format(
        name=f"{known_as}__{kind}",
        table=_quoted(dialect, table.name),
        column=_quoted(dialect, sample),
        returning="\nRETURNING *" if dialect.has_returning else "",
        marks=_marks(table, dialect) if kind == "soft_delete" else "",
        lock="" if dialect.single_writer else "\n   FOR UPDATE",
        now=", now" if "deleted_at" in table.columns else "",
    )
    source = Source.of(f"table {table.name}", filled)
    start = HEADER.search(filled)
    block = Block(source, 0 if start is None else start.start(), len(filled), dialect.name, "table")
    return parse(block, dialect, {table.name: table}).completed()


def _quoted(dialect: Dialect, name: str) -> str:
    """A name as a file of the dialect's has it."""
    mark = dialect.quote("x")[0]
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def _marks(table: Table, dialect: Dialect) -> str:
    """The assignments that mark a row as deleted."""
    deleted, key = table.columns.get("deleted"), table.unique.get("PRIMARY", ())
    if deleted is None:
        raise StatementError(f"{table.name} has no column deleted: its rows cannot be marked as such; use delete")
    if deleted.type != "bool" and len(key) != 1:
        raise StatementError(f"{table.name} has no primary key of one column, whose value marks a deleted row")
    value = "TRUE" if deleted.type == "bool" else _quoted(dialect, key[0])
    marks = [f"deleted = {value}"]
    if "deleted_at" in table.columns:
        marks.append("deleted_at = :now")
    if "updated_at" in table.columns:
        # No rule of the server's takes this for an update.
        marks.append("updated_at = updated_at")
    return ",\n       ".join(marks)
