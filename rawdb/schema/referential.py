"""References between rows that point at nothing.

The database enforces none of them (see docs/schema.md), so a report says where they lead nowhere. Which
columns refer to which is data: sql/schema/references.csv.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rawdb._house import sql_root
from rawdb.dialects import URL
from rawdb.schema.inspection import Inspector, inspector


@dataclass(frozen=True)
class Reference:
    """`table.column` holds values of `target_table.target_column`."""

    table: str
    column: str
    target_table: str
    target_column: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column} -> {self.target_table}.{self.target_column}"


@dataclass(frozen=True)
class Dangling:
    """Rows whose reference finds no row in the target table.

    `rows` counts them all, `live` those that are not soft-deleted, `archived` those whose target was moved to
    the shadow table; `example` is one of the values, the smallest.
    """

    reference: Reference
    rows: int
    live: int
    archived: int
    example: Any

    def __str__(self) -> str:
        return (
            f"{self.reference}: {self.rows} rows ({self.live} live) without target, "
            f"{self.archived} of them archived; for example {self.example}"
        )


def references(path: Path | None = None) -> list[Reference]:
    """The declared references, in the order of the file."""
    with (path or sql_root() / "schema" / "references.csv").open(newline="", encoding="utf-8") as lines:
        return [
            Reference(line["table"], line["column"], line["references_table"], line["references_column"])
            for line in csv.DictReader(lines)
        ]


def dangling(url: str | URL, path: Path | None = None) -> list[Dangling]:
    """The references of a live database that lead nowhere; reads every table that refers to another.

    References between tables that the database does not have are passed over. Round trips: 3, and 1 per reference.
    """
    with inspector(url) as opened:
        schema = opened.schema()
        found = []
        for reference in references(path):
            if reference.table in schema and reference.target_table in schema:
                live = _live(schema[reference.table].columns["deleted"].type)
                shadow = f"shadow_{reference.target_table}"
                row = _count(opened, reference, live, shadow if shadow in schema else None)
                if row[0]:
                    found.append(Dangling(reference, int(row[0]), int(row[1]), int(row[2]), row[3]))
    return found


def _live(kind: str) -> str:
    # Texts mark live rows by '', '0' or 'False'; an id never looks like one of these.
    if kind == "bool":
        return "NOT c.deleted"
    return "c.deleted = 0" if kind in ("int", "bigint") else "c.deleted IN ('', '0', 'False')"


def _count(opened: Inspector, reference: Reference, live: str, shadow: str | None) -> tuple[Any, ...]:
    target = f"t.{reference.target_column} = c.{reference.column}"
    archived = f"EXISTS (SELECT 1 FROM {shadow} AS t WHERE {target})" if shadow else "1 = 0"
    return opened.rows(
        f"SELECT COUNT(*), COALESCE(SUM(CASE WHEN {live} THEN 1 ELSE 0 END), 0),"
        f" COALESCE(SUM(CASE WHEN {archived} THEN 1 ELSE 0 END), 0), MIN(c.{reference.column})"
        f" FROM {reference.table} AS c WHERE c.{reference.column} IS NOT NULL"
        f" AND NOT EXISTS (SELECT 1 FROM {reference.target_table} AS t WHERE {target})"
    )[0]
