"""What quotas do otherwise in the Grizzly face: they know no users, every usage is a project's as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from rawdb import api
from rawdb import rows as shapes
from rawdb.operations._operation import ADMIN, ANY, guarded, sql, writes_alone
from rawdb.operations.quotas import reserve
from rawdb.operations.quotas.usages import update_usages


def quota_create(
    context: Any, project_id: str, resource: str, limit: int | None
) -> shapes.QuotaRow | shapes.ProjectUserQuotaRow:
    """Store a limit of a project and return its row. Raises QuotaExists. Round trips: 1."""
    return api.quota_create(context, project_id, resource, limit)


def quota_get(context: Any, project_id: str, resource: str) -> shapes.QuotaRow | shapes.ProjectUserQuotaRow:
    """Return the limit of a project. Raises ProjectQuotaNotFound. Round trips: 1."""
    return api.quota_get(context, project_id, resource)


def quota_update(context: Any, project_id: str, resource: str, limit: int | None) -> None:
    """Change a live limit of a project. Raises ProjectQuotaNotFound. Round trips: 1."""
    api.quota_update(context, project_id, resource, limit)


def quota_usage_get(context: Any, project_id: str, resource: str) -> shapes.QuotaUsage:
    """Return the oldest live usage row of a project, with its `total`. Raises QuotaUsageNotFound. Round trips: 1."""
    return api.quota_usage_get(context, project_id, resource)


@writes_alone(ADMIN)
def quota_usage_update(context: Any, project_id: str, resource: str, **kwargs: Any) -> None:
    """Overwrite in_use, reserved or until_refresh of all usages of a resource in a project, whoever's they are.

    Raises QuotaUsageNotFound. Round trips: 1, and COMMIT.
    """
    update_usages(sql(context), project_id, resource, kwargs, {"of_user": False})


@guarded(ANY)
def quota_reserve(
    context: Any,
    resources: Mapping[str, Any],
    quotas: Mapping[str, int | None],
    deltas: Mapping[str, int],
    expire: datetime | None,
    until_refresh: int | None,
    max_age: float | None,
    project_id: str | None = None,
) -> list[str]:
    """Reserve `deltas` against a project's limits, all or nothing, and return one uuid each, in their order.

    As in rawdb.api, but each resource is the project's as a whole, and a `sync` that is a callable gets the elevated
    context, the project and the statements of the transaction.
    """
    request = reserve.Request(
        project_id=context.project_id if project_id is None else project_id,
        user_id=None,
        resources={name: _counted_for_project(resource) for name, resource in resources.items()},
        quotas=quotas,
        user_quotas=quotas,
        deltas=deltas,
        expire=expire,
        until_refresh=until_refresh,
        max_age=max_age,
    )
    return reserve.reserve(context, request)


def reservation_create(
    context: Any,
    uuid: str,
    usage: Mapping[str, Any],
    project_id: str,
    resource: str,
    delta: int,
    expire: datetime | None,
) -> shapes.ReservationRow:
    """Store a reservation against `usage['id']` and return its row. Round trips: 1."""
    return api.reservation_create(context, uuid, usage, project_id, None, resource, delta, expire)


def reservation_commit(context: Any, reservations: Iterable[str], project_id: str | None = None) -> None:
    """Turn reservations into usage. Errors and round trips: as in rawdb.api."""
    api.reservation_commit(context, reservations, project_id)


def reservation_rollback(context: Any, reservations: Iterable[str], project_id: str | None = None) -> None:
    """Give reservations back. Errors and round trips: as in rawdb.api."""
    api.reservation_rollback(context, reservations, project_id)


def _counted_for_project(resource: Any) -> Any:
    """A resource whose callable `sync`, if it has one, is called without a user."""
    sync = getattr(resource, "sync", None)
    if not callable(sync):
        return resource
    return SimpleNamespace(sync=lambda context, project_id, user_id, session: sync(context, project_id, session))
