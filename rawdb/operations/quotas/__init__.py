"""Quotas: limits, what is used, what is reserved. SQL: sql/queries/*/quotas.sql.

Limits belong to projects, to users within a project, and to quota classes; None and negative numbers mean no limit.
Usage counts what is in use and what is reserved. `quota_reserve` refuses what would exceed a limit; what it grants
is committed or rolled back, or expires. These, and whatever else changes usages, run in transactions of their own
and never join their caller's: a quota's refusal is raised after the COMMIT, and what the server refuses is repeated
from its start. On SQLite, which has one writer at a time, they must not be called inside an open writer; elsewhere not
inside one that holds the project's lock (it has made the default security group, given a network to the project, or
deleted floating addresses of it): they would wait for their own caller, until the server ends the wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.access import authorize_project, authorize_quota_class
from rawdb.exceptions import (
    DBDuplicateEntry,
    ProjectQuotaNotFound,
    ProjectUserQuotaNotFound,
    QuotaClassNotFound,
    QuotaExists,
    QuotaUsageNotFound,
    ReservationNotFound,
)
from rawdb.operations._operation import (
    ADMIN,
    ANY,
    NO_GUARD,
    guarded,
    lone_read,
    lone_write,
    sql,
    writes_alone,
)
from rawdb.operations._rows import Row, as_stored
from rawdb.operations.quotas import reserve, settle
from rawdb.operations.quotas.sync import PER_PROJECT_QUOTAS, QUOTA_SYNC_FUNCTIONS
from rawdb.operations.quotas.usages import lock_projects, update_usages

__all__ = [
    "PER_PROJECT_QUOTAS",
    "QUOTA_SYNC_FUNCTIONS",
    "quota_class_create",
    "quota_class_get",
    "quota_class_get_all_by_name",
    "quota_class_get_default",
    "quota_class_update",
    "quota_create",
    "quota_destroy_all_by_project",
    "quota_destroy_all_by_project_and_user",
    "quota_get",
    "quota_get_all",
    "quota_get_all_by_project",
    "quota_get_all_by_project_and_user",
    "quota_reserve",
    "quota_update",
    "quota_usage_get",
    "quota_usage_get_all_by_project",
    "quota_usage_get_all_by_project_and_user",
    "quota_usage_update",
    "reservation_commit",
    "reservation_create",
    "reservation_expire",
    "reservation_get",
    "reservation_rollback",
]


@lone_write(ADMIN)
def quota_create(
    context: Any, project_id: str, resource: str, limit: int | None, user_id: str | None = None
) -> shapes.QuotaRow | shapes.ProjectUserQuotaRow:
    """Store a limit and return its row.

    With a user it is that user's within the project, except for the resources in PER_PROJECT_QUOTAS, whose limit
    is always the project's. `limit` may be None. Raises QuotaExists when there is a live one already.
    Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    values: Row = {"project_id": project_id, "resource": resource, "hard_limit": limit}
    try:
        if _is_per_user(resource, user_id):
            return sql(context).quota_create__user(values={**values, "user_id": user_id})
        return sql(context).quota_create(values=values)
    except DBDuplicateEntry as error:
        raise QuotaExists(project_id=project_id, resource=resource) from error


@lone_read(ANY)
def quota_get(
    context: Any, project_id: str, resource: str, user_id: str | None = None
) -> shapes.QuotaRow | shapes.ProjectUserQuotaRow:
    """Return the limit of a project or, with a user, that user's within the project.

    The two are looked up where `user_id` says, also for resources that only projects have. Sees rows by the
    context's read_deleted; of several a live one, else the oldest. Raises ProjectQuotaNotFound or
    ProjectUserQuotaNotFound. Round trips: 1. Source: Nova Juno; live rows only in Grizzly and Manila Juno.
    """
    if user_id:
        row = sql(context).quota_get__user(project_id=project_id, user_id=user_id, resource=resource)
        if row is None:
            raise ProjectUserQuotaNotFound(project_id=project_id, user_id=user_id)
        return row
    row = sql(context).quota_get(project_id=project_id, resource=resource)
    if row is None:
        raise ProjectQuotaNotFound(project_id=project_id)
    return row


@lone_read(ANY)
def quota_get_all(context: Any, project_id: str) -> list[shapes.ProjectUserQuotaRow]:
    """Return the limits of all users within a project, by id; the project's own are not among them.

    Sees rows by the context's read_deleted. Raises Forbidden for a plain user of another project.
    Round trips: 1. Source: Nova Juno, Manila Juno.
    """
    authorize_project(context, project_id)
    return sql(context).quota_get_all(project_id=project_id)


@lone_read(ANY)
def quota_get_all_by_project(context: Any, project_id: str) -> Row:
    """Return a project's live limits by resource, together with `project_id`.

    Raises Forbidden for a plain user of another project. Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    authorize_project(context, project_id)
    return {"project_id": project_id, **_limits(sql(context).quota_get_all_by_project(project_id=project_id))}


@lone_read(ANY)
def quota_get_all_by_project_and_user(context: Any, project_id: str, user_id: str) -> Row:
    """Return a user's own limits within a project by resource, together with `project_id` and `user_id`.

    The project's limits are not among them. Sees rows by the context's read_deleted. Raises Forbidden for a plain
    user of another project; another user's limits may be read. Round trips: 1. Source: Nova Juno, Manila Juno.
    """
    authorize_project(context, project_id)
    rows = sql(context).quota_get_all_by_project_and_user(project_id=project_id, user_id=user_id)
    return {"project_id": project_id, "user_id": user_id, **_limits(rows)}


@lone_write(ADMIN)
def quota_update(context: Any, project_id: str, resource: str, limit: int | None, user_id: str | None = None) -> None:
    """Change a live limit, chosen as in `quota_create`.

    Raises ProjectQuotaNotFound or ProjectUserQuotaNotFound. Round trips: 1.
    Source: Nova Juno and Grizzly, Manila Juno.
    """
    where = {"project_id": project_id, "resource": resource, "hard_limit": limit}
    if _is_per_user(resource, user_id):
        if not sql(context).quota_update__user(**where, user_id=user_id):
            raise ProjectUserQuotaNotFound(project_id=project_id, user_id=user_id)
    elif not sql(context).quota_update(**where):
        raise ProjectQuotaNotFound(project_id=project_id)


@writes_alone(ADMIN)
def quota_destroy_all_by_project(context: Any, project_id: str) -> None:
    """Soft delete the limits, the users' limits, the usages and the reservations of a project.

    Round trips: 1, and COMMIT. Source: Nova Juno and Grizzly, Manila Juno.
    """
    _destroy_all(context, project_id, None)


@writes_alone(ADMIN)
def quota_destroy_all_by_project_and_user(context: Any, project_id: str, user_id: str) -> None:
    """Soft delete the limits, the usages and the reservations of one user within a project.

    Limits and usages of the project as a whole stay as they are; what the user's reservations of them hold stays
    reserved there for good. Round trips: 1, and COMMIT. Source: Nova Juno, Manila Juno.
    """
    _destroy_all(context, project_id, {"user_id": user_id})


@guarded(ANY)
def quota_reserve(
    context: Any,
    resources: Mapping[str, Any],
    quotas: Mapping[str, int | None],
    user_quotas: Mapping[str, int | None],
    deltas: Mapping[str, int],
    expire: datetime | None,
    until_refresh: int | None,
    max_age: float | None,
    project_id: str | None = None,
    user_id: str | None = None,
) -> list[str]:
    """Reserve `deltas` against the limits, all or nothing, and return one uuid each, in their order.

    Args:
        resources: by name, objects whose `sync` counts the resource: a name in QUOTA_SYNC_FUNCTIONS or a
            callable of (elevated context, project_id, user_id, statements of the transaction).
        quotas: by name, the limits of the project.
        user_quotas: by name, the limits of the user within the project; equal to `quotas` where there are none.
        deltas: by name, how much more or less is wanted. A negative one is always granted.
        expire: when the reservations lose their force.
        until_refresh: after so many reserves usage is counted anew; None or 0 for never.
        max_age: after so many seconds usage is counted anew; None or 0 for never.
        project_id: for whom; None for the context's.
        user_id: for whom; None for the context's.

    Usage is counted anew, too, where there is no row for it yet and where it is below zero. Raises
    QuotaResourceUnknown for a delta without a limit and for a resource that must be counted and cannot be, both
    with nothing written; OverQuota (overs, quotas, usages, headroom), whereby counted usage is kept. A delta that
    takes usage below zero is logged as a warning. The transaction is the operation's own, and a COMMIT without an
    answer is cleared up before it is tried again.
    Round trips: 2 (for a refusal 1, or 2 where usages were refreshed), 1 more for each count and for each new usage
    row, and COMMIT. Source: Nova Juno and Grizzly, Manila Juno.
    """
    request = reserve.Request(
        project_id=context.project_id if project_id is None else project_id,
        user_id=context.user_id if user_id is None else user_id,
        resources=resources,
        quotas=quotas,
        user_quotas=user_quotas,
        deltas=deltas,
        expire=expire,
        until_refresh=until_refresh,
        max_age=max_age,
    )
    return reserve.reserve(context, request)


@lone_write(ADMIN)
def quota_class_create(context: Any, class_name: str, resource: str, limit: int | None) -> shapes.QuotaClassRow:
    """Store a limit of a quota class and return its row. Nothing keeps a class from having several of one resource.

    Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    values = {"class_name": class_name, "resource": resource, "hard_limit": limit}
    return sql(context).quota_class_create(values=values)


@lone_read(ANY)
def quota_class_get(context: Any, class_name: str, resource: str) -> shapes.QuotaClassRow:
    """Return the live limit of a quota class, the oldest of several.

    Raises QuotaClassNotFound. Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    row = sql(context).quota_class_get(class_name=class_name, resource=resource)
    if row is None:
        raise QuotaClassNotFound(class_name=class_name)
    return row


@lone_read(NO_GUARD)
def quota_class_get_default(context: Any) -> Row:
    """Return the live limits of the class 'default' by resource, the newest of several, with `class_name`.

    Every context may ask, even None. Round trips: 1. Source: Nova Juno, Manila Juno.
    """
    return {"class_name": "default", **_limits(sql(context).quota_class_get_default())}


@lone_read(ANY)
def quota_class_get_all_by_name(context: Any, class_name: str) -> Row:
    """Return the live limits of a quota class by resource, the newest of several, with `class_name`.

    Raises Forbidden for a plain user whose quota_class is another. Round trips: 1.
    Source: Nova Juno and Grizzly, Manila Juno.
    """
    authorize_quota_class(context, class_name)
    return {"class_name": class_name, **_limits(sql(context).quota_class_get_all_by_name(class_name=class_name))}


@lone_write(ADMIN)
def quota_class_update(context: Any, class_name: str, resource: str, limit: int | None) -> None:
    """Change a limit of a quota class, in all its live rows of that resource.

    Raises QuotaClassNotFound. Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    if not sql(context).quota_class_update(class_name=class_name, resource=resource, hard_limit=limit):
        raise QuotaClassNotFound(class_name=class_name)


@lone_read(ANY)
def quota_usage_get(context: Any, project_id: str, resource: str, user_id: str | None = None) -> shapes.QuotaUsage:
    """Return a live usage row with its `total` of in_use and reserved.

    With a user it is that user's, or the project's as a whole for the resources in PER_PROJECT_QUOTAS; without one
    the oldest of the project, whoever it belongs to. Raises QuotaUsageNotFound. Round trips: 1.
    Source: Nova Juno and Grizzly, Manila Juno.
    """
    row: shapes.QuotaUsageRow | None = sql(context).quota_usage_get(
        project_id=project_id,
        resource=resource,
        of_user=bool(user_id),
        user_key=None if not user_id else str(user_id) if _is_per_user(resource, user_id) else "",
    )
    if row is None:
        raise QuotaUsageNotFound(project_id=project_id)
    return {**row, "total": row["in_use"] + row["reserved"]}


@lone_read(ANY)
def quota_usage_get_all_by_project(context: Any, project_id: str) -> Row:
    """Return `{'in_use': n, 'reserved': n}` by resource, summed over a project, together with `project_id`.

    Raises Forbidden for a plain user of another project. Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    authorize_project(context, project_id)
    return {"project_id": project_id, **_figures(sql(context).quota_usage_get_all_by_project(project_id=project_id))}


@lone_read(ANY)
def quota_usage_get_all_by_project_and_user(context: Any, project_id: str, user_id: str | None) -> Row:
    """Return `{'in_use': n, 'reserved': n}` by resource for a user, with `project_id` and `user_id`.

    What counts for the project as a whole is included. Without a user the answer is the project's, as
    `quota_usage_get_all_by_project` gives it. Raises Forbidden for a plain user of another project.
    Round trips: 1. Source: Nova Juno, Manila Juno.
    """
    authorize_project(context, project_id)
    if not user_id:
        rows = sql(context).quota_usage_get_all_by_project(project_id=project_id)
        return {"project_id": project_id, **_figures(rows)}
    rows = sql(context).quota_usage_get_all_by_project_and_user(project_id=project_id, user_key=str(user_id))
    return {"project_id": project_id, "user_id": user_id, **_figures(rows)}


@writes_alone(ADMIN)
def quota_usage_update(context: Any, project_id: str, user_id: str | None, resource: str, **kwargs: Any) -> None:
    """Overwrite in_use, reserved or until_refresh of a user's usage and of the project's as a whole.

    Other keywords are ignored; `updated_at` is set in any case. `in_use=-1` has the next reserve count anew.
    Raises QuotaUsageNotFound when no live row matches. Round trips: 1, and COMMIT.
    Source: Nova Juno, Manila Juno; Grizzly without user.
    """
    user = {"of_user": True, "user_key": _user_key(user_id)}
    update_usages(sql(context), project_id, resource, kwargs, user)


@lone_write(ADMIN)
def reservation_create(
    context: Any,
    uuid: str,
    usage: Mapping[str, Any],
    project_id: str,
    user_id: str | None,
    resource: str,
    delta: int,
    expire: datetime | None,
) -> shapes.ReservationRow:
    """Store a reservation against `usage['id']` and return its row; no limit is checked, no usage changed.

    Round trips: 1. Source: Manila Juno; Grizzly without user.
    """
    values = {
        "uuid": uuid,
        "usage_id": usage["id"],
        "project_id": project_id,
        "user_id": user_id,
        "resource": resource,
        "delta": delta,
        "expire": expire,
    }
    return sql(context).reservation_create(values=values)


@lone_read(ANY)
def reservation_get(context: Any, uuid: str) -> shapes.ReservationRow:
    """Return a live reservation.

    Raises ReservationNotFound. Round trips: 1. Source: Nova Grizzly, Manila Juno.
    """
    row = sql(context).reservation_get(uuid=uuid)
    if row is None:
        raise ReservationNotFound(uuid=uuid)
    return row


@guarded(ANY)
def reservation_commit(
    context: Any, reservations: Iterable[str], project_id: str | None = None, user_id: str | None = None
) -> None:
    """Turn reservations into usage, all in one transaction; uuids that are not live are ignored.

    `project_id`, else the context's, tells whose lock to take first; reservations of other projects work, and cost
    a second start. `user_id` has no meaning. On a cluster that answers from a node that lags behind, name the
    project: its lock brings such a read to light. Round trips: 2, and COMMIT; nothing is sent for an
    empty list, and 1 read goes ahead where neither the call nor the context names a project.
    Source: Nova Juno and Grizzly, Manila Juno.
    """
    settle.commit(context, reservations, project_id)


@guarded(ANY)
def reservation_rollback(
    context: Any, reservations: Iterable[str], project_id: str | None = None, user_id: str | None = None
) -> None:
    """Give reservations back, all in one transaction; uuids that are not live are ignored.

    The arguments are those of `reservation_commit`. Round trips: 2, and COMMIT; see there for the rest.
    Source: Nova Juno and Grizzly, Manila Juno.
    """
    settle.roll_back(context, reservations, project_id)


@guarded(ADMIN)
def reservation_expire(context: Any) -> None:
    """Give back every reservation whose `expire` has passed, in all projects.

    Each project has transactions of its own, of 500 reservations at most. Round trips: 1, and for each of these
    transactions 2, and COMMIT. Source: Nova Juno and Grizzly, Manila Juno.
    """
    settle.expire(context)


def _is_per_user(resource: str, user_id: str | None) -> bool:
    return bool(user_id) and resource not in PER_PROJECT_QUOTAS


def _user_key(user_id: Any) -> str:
    """What the unique key of usages holds of a user: '' for none."""
    return "" if user_id is None else str(user_id)


def _limits(rows: Iterable[Row]) -> Row:
    return {row["resource"]: row["hard_limit"] for row in rows}


def _figures(rows: Iterable[Row]) -> Row:
    return {row["resource"]: {"in_use": row["in_use"], "reserved": row["reserved"]} for row in rows}


def _destroy_all(context: Any, project_id: str, user: Row | None) -> None:
    statements = sql(context)
    project = as_stored("quotas", "project_id", project_id)
    lock_projects(statements, [project])
    whose = {"project_id": project, "now": timeutils.utcnow(), "of_user": user is not None, **(user or {})}
    if user is None:
        statements.quota_destroy_all_by_project__quotas.ahead(project_id=project, now=whose["now"])
    statements.quota_destroy_all_by_project__user_quotas.ahead(**whose)
    statements.quota_destroy_all_by_project__reservations.ahead(**whose)
    user_key = None if user is None else _user_key(user["user_id"])
    statements.quota_destroy_all_by_project__usages(**whose, user_key=user_key)
