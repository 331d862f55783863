"""Quota usages inside a transaction: the project's lock, the rows that were read, and writing them back.

Every transaction that changes quota usages or reservations takes the lock first, before it reads anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from rawdb.engine.calls import BoundStatements, Pending
from rawdb.exceptions import DBDeadlock, DBDuplicateEntry, QuotaUsageNotFound, RetryRequest
from rawdb.operations._rows import Row, as_stored

#: The key in quota_locks of rows that belong to no project.
NO_PROJECT = ""

#: Rows written by one statement. SQLite limits the depth of an expression to 1,000.
_WRITTEN_AT_ONCE = 100

_FIGURES = ("in_use", "reserved", "until_refresh")


def lock_projects(statements: BoundStatements, project_ids: Iterable[str | None]) -> None:
    """Take the locks of some projects, until the end of the transaction. Must be its first statement.

    Round trips: none, it goes out with the next statement.
    """
    keys = {NO_PROJECT if project_id is None else project_id for project_id in project_ids}
    statements.quota_reserve__lock.ahead(values=[{"project_id": key, "version": 1} for key in sorted(keys)])


def lost_race(what: str) -> RetryRequest:
    """What to raise when a guard of a write did not hold: the transaction is run again from its start."""
    return RetryRequest(DBDeadlock(f"{what} changed while the project's quota lock was held"))


class Usage:
    """One live row of quota_usages, as a transaction read it and as it will leave it.

    Its attributes bear the names of what the statements that write it back take. `id` is None for a row that is still
    to be inserted; `updated_at` is known where the age of usages counts.
    """

    #: Whether it is to be written back.
    changed = False

    def __init__(
        self,
        project_id: str | None,
        user_id: str | None,
        resource: str,
        in_use: int = 0,
        reserved: int = 0,
        until_refresh: int | None = None,
        updated_at: datetime | None = None,
        id: int | None = None,
    ) -> None:
        self.project_id = project_id
        self.user_id = user_id
        self.resource = resource
        #: What was read must still be there when it is written back.
        self.in_use = self.seen_in_use = in_use
        self.reserved = self.seen_reserved = reserved
        self.until_refresh = self.seen_until_refresh = until_refresh
        self.updated_at = updated_at
        self.id = id


#: Statements that wrote usages back, each with the number of its rows.
Written = list[tuple[Pending, int]]


def check_written(written: Written) -> None:
    """Raise RetryRequest when a usage was not what it was when it was read."""
    for part, rows in written:
        if part.result() != rows:
            raise lost_race("a quota usage")


def write_usages(statements: BoundStatements, usages: Iterable[Usage], now: datetime) -> Written:
    """Insert the new ones of some usages and write back the changed ones, for the caller to check (`check_written`).

    Raises RetryRequest when a row to insert is there. Round trips: 1 for each new row; the changed ones go out with the
    next statement.
    """
    written: Written = []
    known = []
    counts_down = False
    for usage in usages:
        if usage.id is None:
            usage.id = _insert(statements, usage, now)
        elif usage.changed:
            known.append(vars(usage))
            counts_down = counts_down or usage.until_refresh != usage.seen_until_refresh
    known.sort(key=itemgetter("id"))
    write = statements.quota_reserve__write_countdowns if counts_down else statements.quota_reserve__write_usages
    for start in range(0, len(known), _WRITTEN_AT_ONCE):
        rows = known[start : start + _WRITTEN_AT_ONCE]
        written.append((write.ahead(usages=rows, now=now), len(rows)))
    return written


def _insert(statements: BoundStatements, usage: Usage, now: datetime) -> int:
    values = {
        "project_id": usage.project_id,
        "user_id": usage.user_id,
        "resource": usage.resource,
        "in_use": usage.in_use,
        "reserved": usage.reserved,
        "until_refresh": usage.until_refresh,
        "created_at": now,
        "updated_at": now,
    }
    try:
        row: Row = statements.quota_reserve__create_usage(values=values)
    except DBDuplicateEntry as error:
        raise RetryRequest(error) from error
    return int(row["id"])


def close_reservations(statements: BoundStatements, ids: Sequence[int], now: datetime) -> None:
    """Soft delete reservations that were read as live. Raises RetryRequest when one of them is not any more."""
    if statements.reservation_commit__close(ids=ids, now=now) != len(ids):
        raise lost_race("a reservation")


def update_usages(
    statements: BoundStatements, project_id: str | None, resource: str, figures: Mapping[str, Any], user: Row
) -> None:
    """Overwrite figures of the usages of a resource in a project: of all, or by `user` of one and of the whole.

    Raises QuotaUsageNotFound when no live row matches. Round trips: 1.
    """
    lock_projects(statements, [as_stored("quotas", "project_id", project_id)])
    changes = {name: figures[name] for name in _FIGURES if name in figures}
    if not statements.quota_usage_update(project_id=project_id, resource=resource, changes=changes, **user):
        raise QuotaUsageNotFound(project_id=project_id)
