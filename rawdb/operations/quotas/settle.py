"""The end of reservations: committed, rolled back or expired, each exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from rawdb import timeutils
from rawdb.default import reader, sql, writer
from rawdb.engine.calls import BoundStatements
from rawdb.exceptions import DBConnectionError, DBOutcomeUnknown
from rawdb.operations._address_bulk import batches
from rawdb.operations._rows import Row, as_stored, each_once
from rawdb.operations.quotas.usages import Usage, check_written, close_reservations, lock_projects, write_usages
from rawdb.statements.slots import MAX_LIST

T = TypeVar("T")
#: Reads the live reservations to settle, each with its usage.
_Find = Callable[[BoundStatements], list[Row]]
#: Applies the delta of a reservation to its usage.
_Apply = Callable[[Usage, int], None]

#: Reservations that one transaction lets expire.
_BATCH = 500


def _commit(usage: Usage, delta: int) -> None:
    if delta:
        usage.in_use += delta
        usage.changed = True
    if delta > 0:
        usage.reserved -= delta


def _give_back(usage: Usage, delta: int) -> None:
    if delta > 0:
        usage.reserved -= delta
        usage.changed = True


def commit(context: Any, reservations: Iterable[Any], project_id: str | None) -> None:
    """Turn reservations into usage. See `settle`."""
    settle(context, reservations, project_id, _commit)


def roll_back(context: Any, reservations: Iterable[Any], project_id: str | None) -> None:
    """Give reservations back. See `settle`."""
    settle(context, reservations, project_id, _give_back)


def settle(context: Any, reservations: Iterable[Any], project_id: str | None, apply: _Apply) -> None:
    """Apply the live reservations among some uuids, in one transaction.

    `project_id`, else the context's project, only says which lock to take first; without either one the projects
    are looked up. Raises TypeError for a text in place of a list. Round trips: see `reservation_commit`.
    """
    uuids = each_once("reservations", reservations)
    if not uuids:
        return
    likely = context.project_id if project_id is None else project_id
    projects = _projects_of(context, uuids) if likely is None else {as_stored("reservations", "project_id", likely)}
    if projects:
        _settle(context, projects, lambda statements: _open(statements, uuids), apply)


def _open(statements: BoundStatements, uuids: Sequence[Any]) -> list[Row]:
    rows: list[Row] = statements.reservation_commit__open(uuids=uuids)
    return rows


@reader.independent.autocommit
def _projects_of(context: Any, uuids: Sequence[Any]) -> set[str | None]:
    parts = batches(uuids, MAX_LIST)
    return {row["project_id"] for some in parts for row in sql(context).reservation_commit__projects(uuids=some)}


def expire(context: Any) -> None:
    """Let the reservations go whose time is over: project by project, in batches, each in a transaction of its own."""
    now = timeutils.utcnow()
    for project_id in _projects_with_expired(context, now):
        _expire_in(context, project_id, now)


@reader.independent.autocommit
def _projects_with_expired(context: Any, now: datetime) -> list[str | None]:
    return [row["project_id"] for row in sql(context).reservation_expire__projects(now=now)]


def _expire_in(context: Any, project_id: str | None, now: datetime) -> None:
    more = True

    def find(statements: BoundStatements) -> list[Row]:
        nonlocal more
        rows: list[Row] = statements.reservation_expire__open(project_id=project_id, now=now, limit=_BATCH)
        # A full batch may be found, settled and not answered: then the repetition finds the rest of them.
        more = more or len(rows) == _BATCH
        return rows

    while more:
        more = False
        _settle(context, {project_id}, find, _give_back)


def _settle(context: Any, projects: set[str | None], find: _Find, apply: _Apply) -> None:
    """Settle what `find` finds.

    That may belong to projects whose locks are not held: then it starts over with all the locks, since locks are
    taken in one order and before anything is read. To settle twice is to settle once, so a COMMIT without an answer
    is simply repeated.
    """
    locked = frozenset(projects)
    while others := _twice_if_unknown(partial(_attempt, context, locked, find, apply)):
        locked |= others


def _twice_if_unknown(run: Callable[[], T]) -> T:
    try:
        return run()
    except DBOutcomeUnknown as lost:
        try:
            return run()
        except DBConnectionError as error:
            raise lost from error


@writer.independent
def _attempt(context: Any, projects: frozenset[str | None], find: _Find, apply: _Apply) -> frozenset[str | None]:
    """One transaction. Returns the projects whose locks it needs too; nothing is settled while there are any."""
    statements = sql(context)
    lock_projects(statements, projects)
    rows = find(statements)
    others = _projects_in(rows) - projects
    if rows and not others:
        _close(statements, rows, apply)
    return others


def commit_locked(statements: BoundStatements, uuids: Sequence[str]) -> None:
    """Turn reservations into usage inside a transaction that holds the locks of their projects. Round trips: 2."""
    _close(statements, _open(statements, uuids), _commit)


def _close(statements: BoundStatements, rows: Sequence[Row], apply: _Apply) -> None:
    now = timeutils.utcnow()
    written = write_usages(statements, _applied(rows, apply), now)
    close_reservations(statements, [row["id"] for row in rows], now)
    check_written(written)


def _projects_in(rows: Sequence[Row]) -> frozenset[str | None]:
    """The projects of reservations, and of their usages should they differ."""
    of_usages = {row["usage_project_id"] for row in rows if row["usage_id"] is not None}
    return frozenset({row["project_id"] for row in rows} | of_usages)


def _applied(rows: Iterable[Row], apply: _Apply) -> list[Usage]:
    """The live usages of some reservations with their deltas applied; a soft deleted usage is left alone."""
    usages: dict[int, Usage] = {}
    for row in rows:
        key = row["usage_id"]
        if key is None:
            continue
        usage = usages.get(key)
        if usage is None:
            usage = usages[key] = Usage(row["usage_project_id"], None, "", row["in_use"], row["reserved"], id=key)
        apply(usage, row["delta"])
    return list(usages.values())
