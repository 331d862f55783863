"""Quotas without users, as the Grizzly face has them, on every dialect."""

from __future__ import annotations

from typing import Any

import pytest

from rawdb import api
from rawdb.compat import nova_grizzly
from rawdb.context import RequestContext
from rawdb.exceptions import (
    AdminRequired,
    NotAuthorized,
    OverQuota,
    ProjectQuotaNotFound,
    QuotaExists,
    QuotaResourceUnknown,
    QuotaUsageNotFound,
)
from tests.operations.factories import stored, together
from tests.operations.quota_helpers import FAR, Resource, live_reservations, usage_row, usages

LIMITS = {"instances": 10, "cores": 20}


def reserve(context: RequestContext, deltas: dict[str, int], sync: Any = None, **arguments: Any) -> list[str]:
    count = sync or (lambda context, project_id, session: dict.fromkeys(deltas, 0))
    resources = {name: Resource(count) for name in LIMITS}
    return nova_grizzly.quota_reserve(context, resources, LIMITS, deltas, FAR, None, None, **arguments)


def test_limits(admin_context: RequestContext) -> None:
    row = nova_grizzly.quota_create(admin_context, "p", "cores", 5)
    assert stored("quotas") == [row]
    with pytest.raises(QuotaExists):
        nova_grizzly.quota_create(admin_context, "p", "cores", 6)
    nova_grizzly.quota_update(admin_context, "p", "cores", limit=7)
    assert nova_grizzly.quota_get(admin_context, "p", "cores")["hard_limit"] == 7
    for call in (
        lambda: nova_grizzly.quota_get(admin_context, "q", "cores"),
        lambda: nova_grizzly.quota_update(admin_context, "q", "cores", 1),
    ):
        with pytest.raises(ProjectQuotaNotFound):
            call()


class TestReserve:
    def test_every_resource_is_the_projects(self, context: RequestContext) -> None:
        uuids = reserve(context, {"instances": 2, "cores": 4})
        assert len(uuids) == 2
        assert usages() == {
            ("fake-project", None, "instances"): (0, 2),
            ("fake-project", None, "cores"): (0, 4),
        }
        assert {row["user_id"] for row in live_reservations()} == {None}
        nova_grizzly.reservation_commit(context, uuids[:1])
        nova_grizzly.reservation_rollback(context, uuids[1:], project_id="fake-project")
        assert usages() == {
            ("fake-project", None, "instances"): (2, 0),
            ("fake-project", None, "cores"): (0, 0),
        }
        assert nova_grizzly.quota_usage_get(context, "fake-project", "instances")["total"] == 2

    def test_whoever_used_it_counts(self, context: RequestContext) -> None:
        for user in ("a", "b"):
            usage_row("instances", in_use=4, user_id=user)
        usage_row("instances", in_use=1, user_id=None)
        reserve(context, {"instances": 1})
        with pytest.raises(OverQuota) as refused:
            reserve(context, {"instances": 1})
        assert refused.value.kwargs["overs"] == ["instances"]
        assert refused.value.kwargs["quotas"] == LIMITS
        assert refused.value.kwargs["usages"]["instances"] == {"in_use": 9, "reserved": 1}

    def test_sync(self, context: RequestContext) -> None:
        seen = []

        def count(elevated: Any, project_id: str, session: Any) -> dict[str, int]:
            seen.append((elevated.is_admin, project_id))
            figures = session.quota_reserve__sync_instances(project_id=project_id, user_id=None, of_user=False)
            assert figures["instances"] == 0
            return {"instances": 3, "cores": 6}

        reserve(context, {"instances": 1, "cores": 1}, count, project_id="other")
        assert seen == [(True, "other")]
        assert usages() == {("other", None, "instances"): (3, 1), ("other", None, "cores"): (6, 1)}
        # A name in the registry counts the project's, whoever's they are.
        resources = {"instances": Resource("_sync_instances")}
        nova_grizzly.quota_reserve(context, resources, LIMITS, {"instances": 1}, FAR, None, None)
        assert usages()["fake-project", None, "instances"] == (0, 1)
        with pytest.raises(QuotaResourceUnknown):
            resources = {"cores": Resource(None)}
            nova_grizzly.quota_reserve(context, resources, LIMITS, {"cores": 1}, FAR, None, None, "third")
        with pytest.raises(QuotaResourceUnknown):
            reserve(context, {"zork": 1})

    def test_guards(self, nobody: RequestContext, context: RequestContext, statements: list[str]) -> None:
        with pytest.raises(NotAuthorized):
            nova_grizzly.quota_reserve(nobody, None, None, None, None, None, None)  # type: ignore[arg-type]
        with pytest.raises(AdminRequired):
            nova_grizzly.quota_usage_update(context, "p", "cores", in_use=1)
        assert statements == []

    def test_exact_at_once(self, context: RequestContext) -> None:
        def attempt() -> Any:
            return reserve(RequestContext("u", "fake-project", is_admin=False), {"instances": 3})

        results = together(*[attempt for _ in range(6)])
        assert sorted(type(result).__name__ for result in results) == ["OverQuota"] * 3 + ["list"] * 3
        assert usages() == {("fake-project", None, "instances"): (0, 9)}


def test_usage_update_takes_all_rows(admin_context: RequestContext) -> None:
    for user in ("a", "b", None):
        usage_row("cores", in_use=4, reserved=2, user_id=user)
    usage_row("ram", in_use=4, user_id=None)
    assert nova_grizzly.quota_usage_update(admin_context, "fake-project", "cores", in_use=1, zork=1) is None
    assert {key[1]: value for key, value in usages().items() if key[2] == "cores"} == dict.fromkeys(
        ("a", "b", None), (1, 2)
    )
    assert usages()["fake-project", None, "ram"] == (4, 0)
    with pytest.raises(QuotaUsageNotFound):
        nova_grizzly.quota_usage_update(admin_context, "other", "cores", in_use=1)


def test_reservation_create(admin_context: RequestContext) -> None:
    usage_row("cores", user_id=None)
    [usage] = stored("quota_usages")
    row = nova_grizzly.reservation_create(admin_context, "r", usage, "fake-project", "cores", 2, FAR)
    assert (row["user_id"], row["usage_id"], row["delta"]) == (None, usage["id"], 2)
    assert api.reservation_get(admin_context, "r") == row
