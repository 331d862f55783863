"""When quota_reserve refuses, and what it says then, on every dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import (
    OverQuota,
    QuotaError,
)
from tests.operations.factories import stored
from tests.operations.quota_helpers import (
    LIMITS,
    counting,
    nothing,
    refusal,
    reserve,
    usage_row,
    usages,
)

# Limits


def _granted(context: RequestContext, delta: int, **limits: Any) -> bool:
    try:
        uuids = reserve(context, {"cores": delta}, **limits)
    except OverQuota:
        return False
    api.reservation_rollback(context, uuids)
    return True


@pytest.mark.parametrize(
    ("project_limit", "user_limit", "most"),
    [
        (10, 10, 3),  # 7 of the project are taken, 4 of them by this user
        (10, 5, 1),
        (9, 100, 2),
        (-1, 5, 1),
        (None, 5, 1),
        (10, -1, 3),
        (10, None, 3),
        (-7, -1, None),
        (None, None, None),
        (7, 4, 0),
        (6, 10, -1),
        (10, 3, -1),
        (0, 0, -1),
    ],
)
def test_limits(context: RequestContext, project_limit: int | None, user_limit: int | None, most: int | None) -> None:
    usage_row("cores", 3, 1)
    usage_row("cores", 1, 2, user_id="other")
    usage_row("cores", 500, 500, user_id="dead", deleted=99)
    usage_row("cores", 500, 500, project_id="elsewhere")
    limits = {"quotas": {"cores": project_limit}, "user_quotas": {"cores": user_limit}}
    if most is None:
        assert _granted(context, 1_000_000, **limits)
        return
    if most >= 0:
        assert _granted(context, most, **limits)
    assert not _granted(context, most + 1, **limits)
    # Giving back is never refused.
    assert _granted(context, -1, **limits)


def test_resources_of_the_project_are_counted_once(context: RequestContext) -> None:
    usage_row("fixed_ips", 4, 1, user_id=None)
    other = RequestContext("other", "fake-project", is_admin=False)
    reserve(context, {"fixed_ips": 2})
    reserve(other, {"fixed_ips": 3})
    with pytest.raises(OverQuota):
        reserve(other, {"fixed_ips": 1})
    assert usages() == {("fake-project", None, "fixed_ips"): (4, 6)}
    assert [row["user_id"] for row in stored("reservations")] == ["fake-user", "other"]


def test_the_row_that_counts_where_there_are_two(context: RequestContext) -> None:
    for resource in ("cores", "fixed_ips"):
        usage_row(resource, 1, user_id=None)
        usage_row(resource, 2)
    reserve(context, {"cores": 1, "fixed_ips": 1})
    assert usages() == {
        ("fake-project", None, "cores"): (1, 0),
        ("fake-project", "fake-user", "cores"): (2, 1),
        ("fake-project", None, "fixed_ips"): (1, 1),
        ("fake-project", "fake-user", "fixed_ips"): (2, 0),
    }
    # Both count for the project.
    assert _granted(context, 16)
    assert not _granted(context, 17)


def test_the_row_of_the_project_serves_a_user_without_one(context: RequestContext) -> None:
    usage_row("cores", 1, user_id=None)
    reserve(context, {"cores": 1})
    assert usages() == {("fake-project", None, "cores"): (1, 1)}


def test_all_or_nothing(context: RequestContext) -> None:
    with pytest.raises(OverQuota) as caught:
        reserve(context, {"shares": 1, "ram": 99999, "cores": 99, "instances": -1})
    assert caught.value.kwargs["overs"] == ["cores", "ram"]
    assert "cores" in str(caught.value)
    assert "ram" in str(caught.value)
    assert caught.value.kwargs["code"] == 500
    assert not isinstance(caught.value, QuotaError)
    assert stored("reservations") == []
    assert set(usages().values()) == {(0, 0)}


# The payload of a refusal


def test_refusal_with_the_projects_figures(context: RequestContext) -> None:
    usage_row("cores", 3, 1)
    usage_row("cores", 1, 2, user_id="other")
    usage_row("shares", 5, 0, user_id="other")
    usage_row("gigabytes", 7, 1, user_id=None)
    found = refusal(context, {"cores": 99}, user_quotas=dict(LIMITS))
    assert found["quotas"] == LIMITS
    assert found["usages"] == {
        "cores": {"in_use": 4, "reserved": 3},
        "shares": {"in_use": 5, "reserved": 0},
        "gigabytes": {"in_use": 7, "reserved": 1},
    }
    assert found["headroom"] == {
        "shares": 5, "gigabytes": 92, "fixed_ips": 10, "instances": 10, "cores": 13, "ram": 10240,
    }  # fmt: skip


def test_refusal_with_the_users_figures(context: RequestContext) -> None:
    usage_row("cores", 3, 1)
    usage_row("cores", 1, 2, user_id="other")
    usage_row("shares", 5, 0, user_id="other")
    usage_row("gigabytes", 7, 1, user_id=None)
    user_quotas = {**LIMITS, "cores": 6, "ram": None}
    found = refusal(context, {"cores": 3}, user_quotas=user_quotas)
    assert found["quotas"] == user_quotas
    assert found["usages"] == {"cores": {"in_use": 3, "reserved": 1}, "gigabytes": {"in_use": 7, "reserved": 1}}
    assert found["headroom"] == {
        "shares": 10, "gigabytes": 92, "fixed_ips": 10, "instances": 10, "cores": 2, "ram": -1,
    }  # fmt: skip


def test_the_figures_are_those_before_the_request(context: RequestContext) -> None:
    resources = {**nothing(), "cores": counting(cores=4, zork=9)}
    found = refusal(context, {"shares": 2, "cores": 99}, resources=resources)
    assert found["usages"] == {
        "shares": {"in_use": 0, "reserved": 0},
        "cores": {"in_use": 4, "reserved": 0},
        "zork": {"in_use": 9, "reserved": 0},
    }


def test_headroom_of_what_instances_need(context: RequestContext) -> None:
    usage_row("instances", 1, 1)
    usage_row("cores", 2, 2)
    usage_row("ram", 512, 512)
    limits = {"instances": 10, "cores": -1, "ram": -1}

    def headroom(deltas: dict[str, int], limits: Mapping[str, int | None] = limits) -> dict[str, int]:
        found: dict[str, int] = refusal(context, deltas, quotas=limits)["headroom"]
        return found

    assert headroom({"instances": 20, "cores": 40, "ram": 10240}) == {"instances": 8, "cores": 16, "ram": 4096}
    # Floor division; no delta of their own means as many as instances.
    assert headroom({"instances": 9, "cores": 10}) == {"instances": 8, "cores": 8, "ram": 8}
    assert headroom({"instances": 9, "cores": 0, "ram": -3}) == {"instances": 8, "cores": 8, "ram": -3}
    # No instances in the request count as one.
    several = {"instances": 10, "cores": -1, "ram": -1, "shares": 0}
    expected = {"instances": 8, "cores": 16, "ram": 8, "shares": 0}
    assert headroom({"shares": 1, "cores": 2}, several) == expected
    assert headroom({"shares": 1, "cores": 2, "instances": 0}, several) == expected
    # Only -1 is replaced, and only next to a limit of instances.
    assert headroom({"shares": 1}, {"shares": 0, "cores": -2, "ram": None, "instances": 5}) == {
        "shares": 0, "cores": -6, "ram": -1025, "instances": 3,
    }  # fmt: skip
    assert headroom({"shares": 1, "cores": 3}, {"shares": 0, "cores": -1}) == {"shares": 0, "cores": -5}
