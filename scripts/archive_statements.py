"""Writes sql/queries/*/archive.sql: how the deleted rows of each table move to its shadow table.

python scripts/archive_statements.py          writes the files
python scripts/archive_statements.py --check  compares them with what it would write, and says which differ

A table's name cannot be a parameter, so each table has statements of its own, all of one form. They are written from
sql/schema/: the tables that have a shadow, their columns, and which refers to which, children before their parents.
"""

from __future__ import annotations

import csv
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = ROOT / "sql" / "schema"
QUERIES = ROOT / "sql" / "queries"

#: Column names that a server takes for words of its own where no alias stands before them.
RESERVED = {"binary", "key"}
QUOTES = {"mysql": "`", "postgresql": '"', "sqlite": '"'}

OPERATION = "archive_deleted_rows_for_table"

COMMON = """-- Archiving: deleted rows move to the shadow table of their table, a batch in each transaction.
--
-- Written by scripts/archive_statements.py from sql/schema/; change that and run it. The tables stand in the order in
-- which they are archived, children before their parents. How a batch of table T moves: __choose_T names the rows,
-- __copy_T (in the dialects' own files) copies those of them that are still deleted, __remove_T removes as many;
-- another number undoes the transaction. The primary key of the shadow table refuses a row that is there already.
"""

COUNT = """
-- name: archive_deleted_rows__count()^
-- How many deleted rows each table holds, NULL for a table that was not asked for.
-- Index: none; each table that was asked for is read once, or an index that holds `deleted`, such as
-- instances_deleted_created_at_id_idx and reservations_deleted_expire_idx. Locks: none.
SELECT {columns};
"""

COUNT_ONE = (
    "/*{{when {table}}}*/\n       (SELECT COUNT(*) FROM {table} AS t WHERE {deleted}) /*{{}}*/\n       AS {table}"
)

CHOOSE = """
-- name: {operation}__choose_{table}(after, limit)
-- Keys of deleted rows of {table}, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.{key}
  FROM {table} AS t
 WHERE {deleted}
   AND /*{{when go_on}}*/ t.{key} > :after /*{{}}*/
 ORDER BY t.{key}
 LIMIT :limit;
"""

REMOVE = """
-- name: {operation}__remove_{table}({key})!
-- Remove the deleted ones of some rows of {table}, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM {table}
 WHERE {key} IN (/*{{list keys}}*/ :{key} /*{{}}*/)
   AND {unqualified};
"""

DIALECTS = {
    "mysql": """\
-- Archiving: how rows are copied and removed. FOR UPDATE keeps a row as it was copied until it is removed, on every
-- isolation level. On a cluster the COMMIT of who comes second is refused, since both remove the row.
-- FORCE INDEX: where the keys are many of the table's, the server would read, and so lock, the live rows too; only a
-- DELETE of the longer form takes it. Of 1,000 keys and more MariaDB makes a join that locks all rows: they are fewer.
""",
    "postgresql": """\
-- Archiving: the copies. FOR UPDATE keeps a row as it was copied until it is removed.
""",
    "sqlite": """\
-- Archiving: the copies. The transaction has the database to itself; there is no FOR UPDATE.
""",
}
WRITTEN = """--
-- Written by scripts/archive_statements.py from sql/schema/; change that and run it. Columns are named, since a shadow
-- table may have them in another order.
"""

COPY = """
-- name: {operation}__copy_{table}({key})!
-- Copy the deleted ones of some rows of {table}.
-- Index: primary key; that of {shadow} refuses a row it has. Locks: {locks}.
INSERT INTO {shadow} (
{names})
SELECT {columns}
  FROM {table} AS t{hint}
 WHERE t.{key} IN (/*{{list keys}}*/ :{key} /*{{}}*/)
   AND {deleted}{lock};
"""
REMOVE_HINTED = """
-- name: {operation}__remove_{table}({key})!
-- Remove the deleted ones of some rows of {table}, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM {table} AS t{hint}
 WHERE t.{key} IN (/*{{list keys}}*/ :{key} /*{{}}*/)
   AND {deleted};
"""
HINTS = {"mysql": " FORCE INDEX (PRIMARY)"}
LOCKS = {"mysql": "the rows", "postgresql": "the rows", "sqlite": "the database"}
LOCK = {"mysql": "\n   FOR UPDATE", "postgresql": "\n   FOR UPDATE", "sqlite": ""}


class Table(NamedTuple):
    """A table that has a shadow."""

    name: str
    shadow: str
    key: str
    columns: list[str]
    #: What `deleted` is in a live row.
    live: str

    def words(self) -> dict[str, str]:
        """What the forms above are filled with."""
        return {
            "operation": OPERATION,
            "table": self.name,
            "shadow": self.shadow,
            "key": self.key,
            "deleted": f"t.deleted <> {self.live}",
            "unqualified": f"deleted <> {self.live}",
        }


def lines(name: str) -> list[dict[str, str]]:
    """The lines of a file of the declared schema."""
    with (SCHEMA / name).open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def tables() -> list[Table]:
    """The tables that have a shadow, children before their parents."""
    columns: dict[str, list[dict[str, str]]] = {}
    for line in lines("columns.csv"):
        columns.setdefault(line["table"], []).append(line)
    found = {
        line["table"]: Table(
            line["table"],
            line["shadow"],
            next(column["column"] for column in columns[line["table"]] if column["primary_key"] == "yes"),
            [column["column"] for column in columns[line["table"]]],
            next(live_value(column) for column in columns[line["table"]] if column["column"] == "deleted"),
        )
        for line in lines("shadow_tables.csv")
    }
    return [found[name] for name in children_first(found)]


def live_value(deleted: dict[str, str]) -> str:
    """What the column `deleted` holds in a live row, as SQL."""
    if deleted["type"] == "bool":
        return "FALSE"
    if deleted["type"].startswith("string"):
        return f"'{deleted['default'].strip(chr(39))}'"
    return "0"


def children_first(names: Iterable[str]) -> list[str]:
    """The tables in an order in which none stands before one that refers to it, unless they do so in a circle."""
    left = sorted(names)
    refers = [(line["table"], line["references_table"]) for line in lines("references.csv")]
    order = []
    while left:
        following = min(left, key=lambda name: len(referring(name, refers, left)))
        order.append(following)
        left.remove(following)
    return order


def referring(name: str, refers: list[tuple[str, str]], among: list[str]) -> set[str]:
    """The tables that refer to one, themselves or through others."""
    found: set[str] = set()
    new = {name}
    while new:
        new = {child for child, parent in refers if parent in new and child in among} - found
        found |= new
    return found - {name}


def wrapped(names: list[str], first: str) -> str:
    """A list of columns over several lines; `first` goes before the first one."""
    text = ", ".join(names)
    return textwrap.fill(text, 118, initial_indent=first, subsequent_indent=" " * 7, break_on_hyphens=False)


def copy(table: Table, dialect: str) -> str:
    """The statement that copies rows of a table."""
    quote = QUOTES[dialect]
    names = [f"{quote}{name}{quote}" if name in RESERVED else name for name in table.columns]
    return COPY.format(
        **table.words(),
        names=wrapped(names, " " * 7),
        columns=wrapped([f"t.{name}" for name in table.columns], "SELECT ").removeprefix("SELECT "),
        locks=LOCKS[dialect],
        lock=LOCK[dialect],
        hint=HINTS.get(dialect, ""),
    )


def hinted_remove(table: Table, dialect: str) -> str:
    """The statement that removes rows of a table, where a server needs a hint for it."""
    return REMOVE_HINTED.format(**table.words(), hint=HINTS[dialect]) if dialect in HINTS else ""


def files() -> dict[Path, str]:
    """What is to stand in each file."""
    known = tables()
    counted = ",\n       ".join(COUNT_ONE.format(**table.words()) for table in known)
    common = COMMON + COUNT.format(columns=counted)
    common += "".join(form.format(**table.words()) for table in known for form in (CHOOSE, REMOVE))
    written = {QUERIES / "common" / "archive.sql": common}
    for dialect, heading in DIALECTS.items():
        own = "".join(copy(table, dialect) + hinted_remove(table, dialect) for table in known)
        written[QUERIES / dialect / "archive.sql"] = heading + WRITTEN + own
    return written


def main(arguments: list[str]) -> int:
    """Write the files, or compare them."""
    status = 0
    for path, text in files().items():
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not what sql/schema/ says: run {sys.argv[0]}\n")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
