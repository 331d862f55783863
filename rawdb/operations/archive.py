"""Archiving: deleted rows move to the shadow table of their table. SQL: sql/queries/*/archive.sql.

Rows move in batches, each in a transaction of its own: whatever ends a run, killing it included, every row is either
still in its table or in the shadow table, once. Who runs it again goes on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rawdb.default import default_database, reader
from rawdb.engine.transactions import current_scope
from rawdb.exceptions import (
    DBConstraintError,
    DBDataError,
    DBDeadlock,
    DBDuplicateEntry,
    DBError,
    DBNonExistentTable,
    DBReferenceError,
    RetryRequest,
)
from rawdb.operations._operation import ADMIN, guarded, lone_read, sql, writes

LOG = logging.getLogger(__name__)

#: Rows that move in one transaction. More are hardly faster, and keep writers of the same rows waiting longer.
BATCH_SIZE = 500
_LARGEST_BATCH = 10_000
#: Keys in one statement. From 1,000 on MariaDB takes a list for a table, and locks live rows to join with it.
_KEYS_AT_ONCE = 500
_STATEMENTS = "archive_deleted_rows_for_table__"
#: What says that the rows cannot move as they are, and that trying again would not help.
_REFUSED = (DBDuplicateEntry, DBReferenceError, DBConstraintError)


@dataclass(frozen=True)
class Moved:
    """One batch that moved, or that could not: then `rows` is 0, and `refused` says why."""

    table: str
    rows: int
    #: All rows that the run has moved so far.
    total: int
    refused: DBError | None = None


Progress = Callable[[Moved], None]


@guarded(ADMIN)
def archive_deleted_rows_for_table(context: Any, tablename: str, max_rows: int | None = None) -> int:
    """Move deleted rows of a table to its shadow table, the lowest keys first, and return how many moved.

    `max_rows` limits them, None does not. A table without a shadow gives 0. Rows move in batches, each in a
    transaction of its own, or all in the caller's where one is open. A batch that an integrity error meets (a row is in
    the shadow table already, or another one refers to it) stays whole, is logged, and ends the run.
    Raises DBNonExistentTable for a table that is not there.
    Round trips: 3 for each batch of 500 rows, and COMMIT. Source: Nova Juno and Grizzly.
    """
    if tablename in archivable_tables():
        return archive_tables(context, [tablename], max_rows=max_rows)
    _checked("max_rows", max_rows, 0)
    if not _exists(context, tablename):
        raise DBNonExistentTable(str(tablename), f"there is no table {tablename!r}")
    return 0


@guarded(ADMIN)
def archive_deleted_rows(context: Any, max_rows: int | None = None) -> int:
    """Move deleted rows of all tables to their shadow tables, and return how many moved.

    Tables that refer to others come before those. `max_rows` limits the total, None does not. Each table is treated
    as by `archive_deleted_rows_for_table`; one that an integrity error stops does not stop the others.
    Round trips: 1 for each table, 3 for each batch of 500 rows, and COMMIT. Source: Nova Juno and Grizzly.
    """
    return archive_tables(context, max_rows=max_rows)


@guarded(ADMIN)
def archive_tables(
    context: Any,
    tables: Iterable[str] | None = None,
    *,
    max_rows: int | None = None,
    batch_size: int = BATCH_SIZE,
    pause: float = 0.0,
    progress: Progress | None = None,
) -> int:
    """Move deleted rows of some tables, or of all that have a shadow, and return how many moved.

    `batch_size` rows move in one transaction, and `pause` seconds lie between two of them. `progress` is called after
    each batch, outside of its transaction; what it raises ends the run, and what has moved stays moved.
    Raises DBNonExistentTable for a table that has no shadow, DBDataError for numbers that make no sense.
    Round trips: 1 for each table, 3 for each batch of up to 500 rows, and COMMIT.
    """
    chosen = _chosen(tables)
    _checked("batch_size", batch_size, 1, _LARGEST_BATCH)
    _checked("pause", pause, 0)
    left = _checked("max_rows", max_rows, 0)
    total = 0
    for table in chosen:
        for rows, refused in _batches(context, table, batch_size, pause, None if left is None else left - total):
            total += rows
            if progress is not None:
                progress(Moved(table, rows, total, refused))
    return total


@lone_read(ADMIN)
def count_deleted_rows(context: Any, tables: Collection[str] | None = None) -> dict[str, int]:
    """Return how many rows of some tables, or of all that have a shadow, would move, in the order of archiving.

    Raises DBNonExistentTable for a table that has no shadow. Round trips: 1.
    """
    chosen = _chosen(tables)
    counted = sql(context).archive_deleted_rows__count(**dict.fromkeys(chosen, True))
    return {table: int(counted[table]) for table in chosen}


def archivable_tables() -> list[str]:
    """The tables that have a shadow, children before their parents."""
    copies = f"{_STATEMENTS}choose_"
    return [name.removeprefix(copies) for name in default_database().statements if name.startswith(copies)]


def _chosen(tables: Iterable[str] | None) -> list[str]:
    """The named tables in the order of archiving."""
    known = archivable_tables()
    if tables is None:
        return known
    wanted = set(tables)
    for missing in sorted(wanted.difference(known), key=str):
        raise DBNonExistentTable(str(missing), f"no table {missing} with a shadow table to archive into")
    return [table for table in known if table in wanted]


def _checked(name: str, number: Any, lowest: int, highest: float = float("inf")) -> Any:
    """A number within its limits; None, where it may be, is none."""
    if number is None and name == "max_rows":
        return None
    if not isinstance(number, (int, float)) or not lowest <= number <= highest:
        raise DBDataError(f"{name}: expected a number from {lowest} to {highest}, got {number!r}")
    return number


def _exists(context: Any, table: str) -> bool:
    """Whether a table without a shadow is in the database."""
    database = default_database()
    if table in database.tables:
        return True
    with reader.using(context):
        return any(row[0] == table for row in current_scope(database, context).describe().columns)


def _batches(
    context: Any, table: str, size: int, pause: float, left: int | None
) -> Iterator[tuple[int, DBError | None]]:
    """Move the rows of one table as far as `left` lets: how many of each batch, or why they could not move."""
    after: Mapping[str, Any] = {"go_on": False, "after": None}
    while limit := size if left is None else min(size, left):
        keys = _choose(context, table, limit, after)
        if not keys:
            return
        try:
            rows = _move(context, table, keys)
        except _REFUSED as error:
            LOG.warning("deleted rows of %s stay where they are: %s", table, error)
            yield 0, error
            return
        yield rows, None
        if len(keys) < limit:
            return
        left = None if left is None else left - rows
        after = {"go_on": True, "after": keys[-1]}
        if pause:
            time.sleep(pause)


@lone_read(ADMIN)
def _choose(context: Any, table: str, limit: int, after: Mapping[str, Any]) -> list[Any]:
    rows = getattr(sql(context), f"{_STATEMENTS}choose_{table}")(limit=limit, **after)
    return [next(iter(row.values())) for row in rows]


@writes(ADMIN)
def _move(context: Any, table: str, keys: list[Any]) -> int:
    """Copy and remove those of some rows that are deleted, all of them or none."""
    statements = sql(context)
    copy = getattr(statements, f"{_STATEMENTS}copy_{table}")
    remove = getattr(statements, f"{_STATEMENTS}remove_{table}")
    moved = 0
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        some = keys[start : start + _KEYS_AT_ONCE]
        copied: int = copy(keys=some)
        if remove(keys=some) != copied:
            raise RetryRequest(DBDeadlock(f"rows of {table} changed while they were moved"))
        moved += copied
    return moved
