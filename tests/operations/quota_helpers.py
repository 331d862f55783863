"""What the quota tests share: rows to count, resources, and short ways to reserve and to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import OverQuota
from tests.operations.factories import stored

FAR = datetime.fromisoformat("2100-01-01T00:00:00")
PAST = datetime.fromisoformat("2020-01-01T00:00:00")
#: Where quota_reserve logs.
LOGGER = "rawdb.operations.quotas.reserve"
#: How the transaction of a reserve begins, and that of a commit or rollback.
RESERVE = ["BEGIN", "quota_reserve__lock", "quota_reserve__usages"]
SETTLE = ["BEGIN", "quota_reserve__lock", "reservation_commit__open"]
LIMITS = {"shares": 10, "gigabytes": 100, "fixed_ips": 10, "instances": 10, "cores": 20, "ram": 10240}


End = Callable[[RequestContext, list[str]], None]


class Resource:
    """A resource as quota_reserve takes it: only `sync` is read."""

    def __init__(self, sync: str | Callable[..., Mapping[str, int]] | None) -> None:
        self.sync = sync


def counting(**counts: int) -> Resource:
    """A resource that counts the same at every refresh."""
    return Resource(lambda context, project_id, user_id, session: counts)


def nothing() -> dict[str, Resource]:
    """Resources of which nothing exists, each counted by itself."""
    return {name: counting(**{name: 0}) for name in LIMITS}


def real() -> dict[str, Resource]:
    """The same resources, counted from the rows that exist."""
    names = {"instances": "_sync_instances", "cores": "_sync_instances", "ram": "_sync_instances"}
    return {name: Resource(names.get(name, f"_sync_{name}")) for name in LIMITS}


def reserve(
    context: Any,
    deltas: Mapping[str, int],
    *,
    resources: Mapping[str, Any] | None = None,
    quotas: Mapping[str, int | None] = LIMITS,
    user_quotas: Mapping[str, int | None] | None = None,
    expire: datetime | None = FAR,
    until_refresh: int | None = 0,
    max_age: float | None = 0,
    **owner: str,
) -> list[str]:
    """quota_reserve with what most tests do not care about filled in."""
    return api.quota_reserve(
        context,
        nothing() if resources is None else resources,
        quotas,
        quotas if user_quotas is None else user_quotas,
        deltas,
        expire,
        until_refresh,
        max_age,
        **owner,
    )


def refusal(context: Any, deltas: Mapping[str, int], **arguments: Any) -> dict[str, Any]:
    """What quota_reserve says when it refuses, which it must do."""
    with pytest.raises(OverQuota) as caught:
        reserve(context, deltas, **arguments)
    return caught.value.kwargs


def commit(context: RequestContext, uuids: list[str]) -> None:
    """One end of reservations, for tests that are run with each."""
    api.reservation_commit(context, uuids)


def roll_back(context: RequestContext, uuids: list[str]) -> None:
    """Another end."""
    api.reservation_rollback(context, uuids)


def insert(table: str, **values: Any) -> None:
    """Store a row that no operation is asked for here."""
    columns = ", ".join(values)
    literals = ", ".join(_literal(value) for value in values.values())
    with rawdb.writer.using() as sql:
        sql.execute(f"INSERT INTO {table} ({columns}) VALUES ({literals})")


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    return str(value) if isinstance(value, int) else f"'{value}'"


def usage_row(resource: str, in_use: int = 0, reserved: int = 0, **values: Any) -> None:
    """Store a usage, of fake-user in fake-project unless said otherwise."""
    row = {"project_id": "fake-project", "user_id": "fake-user", "updated_at": "2026-01-01 00:00:00", "deleted": 0}
    insert("quota_usages", **{**row, "resource": resource, "in_use": in_use, "reserved": reserved, **values})


def usages() -> dict[tuple[Any, Any, str], tuple[int, int]]:
    """in_use and reserved of every live usage, by project, user and resource."""
    rows = [row for row in stored("quota_usages") if row["deleted"] == 0]
    return {(row["project_id"], row["user_id"], row["resource"]): (row["in_use"], row["reserved"]) for row in rows}


def mine(resource: str) -> tuple[int, int]:
    """in_use and reserved of fake-user in fake-project."""
    return usages()["fake-project", "fake-user", resource]


def one(table: str) -> dict[str, Any]:
    """The only row of a table."""
    [row] = stored(table)
    return row


def live_reservations() -> list[dict[str, Any]]:
    """The reservations that are open, by id."""
    return [row for row in stored("reservations") if row["deleted"] == 0]
