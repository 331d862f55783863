"""Limits, quota classes, usages and plain reservations, through rawdb.api, on every dialect."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    AdminRequired,
    DBDataError,
    DBError,
    Forbidden,
    NotAuthorized,
    ProjectQuotaNotFound,
    ProjectUserQuotaNotFound,
    QuotaClassNotFound,
    QuotaExists,
    QuotaNotFound,
    QuotaUsageNotFound,
    ReservationNotFound,
)
from tests.operations.factories import soft_delete, stored, together
from tests.operations.quota_helpers import FAR, one, reserve, usage_row, usages
from tests.support.rows import Row

Call = Callable[[Any], Any]

ANY: dict[str, Call] = {
    "quota_get": lambda c: api.quota_get(c, "fake-project", "cores"),
    "quota_class_get": lambda c: api.quota_class_get(c, "gold", "cores"),
    "quota_usage_get": lambda c: api.quota_usage_get(c, "fake-project", "cores"),
    "reservation_get": lambda c: api.reservation_get(c, "some-uuid"),
    "quota_reserve": lambda c: reserve(c, {"cores": 1}),
    "reservation_commit": lambda c: api.reservation_commit(c, ["some-uuid"]),
    "reservation_rollback": lambda c: api.reservation_rollback(c, ["some-uuid"]),
}
PROJECT: dict[str, Call] = {
    "quota_get_all": lambda c: api.quota_get_all(c, "fake-project"),
    "quota_get_all_by_project": lambda c: api.quota_get_all_by_project(c, "fake-project"),
    "quota_get_all_by_project_and_user": lambda c: api.quota_get_all_by_project_and_user(c, "fake-project", "u"),
    "quota_usage_get_all_by_project": lambda c: api.quota_usage_get_all_by_project(c, "fake-project"),
    "quota_usage_get_all_by_project_and_user": lambda c: api.quota_usage_get_all_by_project_and_user(
        c, "fake-project", "u"
    ),
}
QUOTA_CLASS: dict[str, Call] = {"quota_class_get_all_by_name": lambda c: api.quota_class_get_all_by_name(c, "gold")}
ADMIN: dict[str, Call] = {
    "quota_create": lambda c: api.quota_create(c, "p", "cores", 1),
    "quota_update": lambda c: api.quota_update(c, "p", "cores", 1),
    "quota_class_create": lambda c: api.quota_class_create(c, "gold", "cores", 1),
    "quota_class_update": lambda c: api.quota_class_update(c, "gold", "cores", 1),
    "quota_usage_update": lambda c: api.quota_usage_update(c, "p", "u", "cores", in_use=1),
    "quota_destroy_all_by_project": lambda c: api.quota_destroy_all_by_project(c, "p"),
    "quota_destroy_all_by_project_and_user": lambda c: api.quota_destroy_all_by_project_and_user(c, "p", "u"),
    "reservation_create": lambda c: api.reservation_create(c, "some-uuid", {"id": 1}, "p", "u", "cores", 1, FAR),
    "reservation_expire": api.reservation_expire,
}
GUARDED = {**ANY, **PROJECT, **QUOTA_CLASS, **ADMIN}


# Guards


@pytest.mark.parametrize("context", [None, RequestContext("fake-user", None, is_admin=False)], ids=["falsy", "lost"])
def test_who_is_nobody_is_refused(statements: list[str], context: Any) -> None:
    for call in GUARDED.values():
        with pytest.raises(Forbidden) as caught:
            call(context)
        assert caught.value.kwargs == {"code": 403}
        assert isinstance(caught.value, NotAuthorized)
    assert statements == []


def test_a_plain_user_is_no_admin(context: RequestContext, statements: list[str]) -> None:
    for call in ADMIN.values():
        with pytest.raises(AdminRequired):
            call(context)
    assert statements == []


def test_a_plain_user_of_another_project_is_refused(statements: list[str], db: str) -> None:
    for call in PROJECT.values():
        with pytest.raises(Forbidden):
            call(RequestContext("fake-user", "other-project", is_admin=False))
    assert statements == []


def test_a_member_and_an_admin_pass(context: RequestContext, admin_context: RequestContext) -> None:
    for call in PROJECT.values():
        assert call(context) == call(admin_context)


def test_some_reads_and_reservations_cross_projects(context: RequestContext, admin_context: RequestContext) -> None:
    api.quota_create(admin_context, "elsewhere", "cores", 4)
    assert api.quota_get(context, "elsewhere", "cores")["hard_limit"] == 4
    uuids = reserve(context, {"cores": 1}, project_id="elsewhere", user_id="somebody")
    assert api.reservation_get(context, uuids[0])["project_id"] == "elsewhere"
    assert api.quota_usage_get(context, "elsewhere", "cores")["reserved"] == 1
    api.reservation_commit(context, uuids)
    assert usages() == {("elsewhere", "somebody", "cores"): (1, 0)}


def test_a_plain_user_sees_only_the_own_class(statements: list[str], db: str) -> None:
    for quota_class in (None, "", "silver"):
        with pytest.raises(Forbidden):
            api.quota_class_get_all_by_name(RequestContext("u", "p", is_admin=False, quota_class=quota_class), "gold")
    assert statements == []


def test_the_own_class_and_an_admin_pass(db: str) -> None:
    for context in (RequestContext("u", "p", is_admin=False, quota_class="gold"), get_admin_context()):
        assert api.quota_class_get_all_by_name(context, "gold") == {"class_name": "gold"}


def test_everybody_may_ask_for_the_default_class(context: RequestContext) -> None:
    for anybody in (None, context, RequestContext(None, None, is_admin=False)):
        assert api.quota_class_get_default(anybody) == {"class_name": "default"}


# Limits


def test_create_stores_a_limit_of_the_project(admin_context: RequestContext, stopped_clock: datetime) -> None:
    row = api.quota_create(admin_context, "p", "cores", 5)
    assert row == {
        "id": row["id"],
        "project_id": "p",
        "resource": "cores",
        "hard_limit": 5,
        "created_at": stopped_clock,
        "updated_at": None,
        "deleted_at": None,
        "deleted": 0,
    }
    assert one("quotas") == row
    assert api.quota_get(admin_context, "p", "cores") == row


def test_create_stores_a_limit_of_the_user(admin_context: RequestContext) -> None:
    row: Row = api.quota_create(admin_context, "p", "cores", 5, user_id="u")
    assert row["user_id"] == "u"
    assert one("project_user_quotas") == row
    assert api.quota_get(admin_context, "p", "cores", user_id="u") == row
    assert stored("quotas") == []


def test_some_limits_are_always_the_projects(admin_context: RequestContext) -> None:
    for resource in ("fixed_ips", "floating_ips", "networks"):
        row = api.quota_create(admin_context, "p", resource, 5, "u")
        assert "user_id" not in row
        api.quota_update(admin_context, "p", resource, 6, "u")
        # The lookup goes where the user says, not where the limit is.
        with pytest.raises(ProjectUserQuotaNotFound):
            api.quota_get(admin_context, "p", resource, "u")
    assert [row["hard_limit"] for row in stored("quotas")] == [6, 6, 6]


def test_the_list_of_such_resources_is_read_at_every_call(admin_context: RequestContext) -> None:
    api.PER_PROJECT_QUOTAS.append("cores")
    try:
        assert "user_id" not in api.quota_create(admin_context, "p", "cores", 5, "u")
    finally:
        api.PER_PROJECT_QUOTAS.remove("cores")


def test_a_falsy_user_means_the_project(admin_context: RequestContext) -> None:
    api.quota_create(admin_context, "p", "cores", 5, "")
    api.quota_update(admin_context, "p", "cores", 6, "")
    assert api.quota_get(admin_context, "p", "cores", "")["hard_limit"] == 6


def test_any_limit_is_kept(admin_context: RequestContext) -> None:
    limits = {"a": None, "b": -1, "c": 0, "d": 2**31 - 1}
    for resource, limit in limits.items():
        assert api.quota_create(admin_context, "p", resource, limit)["hard_limit"] == limit
    assert api.quota_get_all_by_project(admin_context, "p") == {"project_id": "p", **limits}


def test_what_is_no_limit_is_refused(admin_context: RequestContext) -> None:
    nonsense: list[Any] = ["many", 2**31, 1.5, object()]
    for limit in nonsense:
        with pytest.raises(DBDataError):
            api.quota_create(admin_context, "p", "cores", limit)
    assert stored("quotas") == []


def test_a_limit_needs_a_resource(admin_context: RequestContext) -> None:
    with pytest.raises(DBError):
        api.quota_create(admin_context, "p", None, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("user_id", [None, "u"])
def test_create_refuses_a_second_live_limit(admin_context: RequestContext, user_id: str | None) -> None:
    api.quota_create(admin_context, "p", "cores", 5, user_id)
    with pytest.raises(QuotaExists) as caught:
        api.quota_create(admin_context, "p", "cores", 6, user_id)
    assert caught.value.kwargs == {"project_id": "p", "resource": "cores", "code": 500}
    assert not isinstance(caught.value, QuotaNotFound)


def test_limits_beside_each_other(admin_context: RequestContext) -> None:
    for user_id in (None, "u", "v"):
        for resource in ("cores", "Cores", "cores "):
            api.quota_create(admin_context, "p", resource, 5, user_id)
    assert len(stored("quotas")) == 3
    assert len(stored("project_user_quotas")) == 6


def test_a_deleted_limit_does_not_count(admin_context: RequestContext) -> None:
    for limit in (1, 2, 3):
        api.quota_create(admin_context, "p", "cores", limit)
        api.quota_create(admin_context, "p", "cores", limit, "u")
        api.quota_destroy_all_by_project(admin_context, "p")
    assert [row["deleted"] == row["id"] for row in stored("quotas") + stored("project_user_quotas")] == [True] * 6


def test_one_of_many_creates_wins(admin_context: RequestContext) -> None:
    results = together(*[lambda: api.quota_create(get_admin_context(), "p", "cores", 1) for _ in range(8)])
    assert sum(isinstance(result, QuotaExists) for result in results) == 7
    assert one("quotas")["hard_limit"] == 1


def test_get_without_a_limit(context: RequestContext) -> None:
    with pytest.raises(ProjectQuotaNotFound) as caught:
        api.quota_get(context, "p", "cores")
    assert caught.value.kwargs == {"project_id": "p", "code": 404}
    assert "p" in str(caught.value)
    with pytest.raises(ProjectUserQuotaNotFound) as caught_for_user:
        api.quota_get(context, "p", "cores", "u")
    assert caught_for_user.value.kwargs == {"project_id": "p", "user_id": "u", "code": 404}


@pytest.mark.parametrize("user_id", [None, "u"])
def test_get_honours_read_deleted(admin_context: RequestContext, user_id: str | None) -> None:
    old = api.quota_create(admin_context, "p", "cores", 1, user_id)
    api.quota_destroy_all_by_project(admin_context, "p")
    seen = {"yes": get_admin_context("yes"), "only": get_admin_context("only")}
    assert api.quota_get(seen["yes"], "p", "cores", user_id)["id"] == old["id"]
    new = api.quota_create(admin_context, "p", "cores", 2, user_id)
    assert api.quota_get(admin_context, "p", "cores", user_id)["id"] == new["id"]
    assert api.quota_get(seen["only"], "p", "cores", user_id)["id"] == old["id"]
    assert api.quota_get(seen["yes"], "p", "cores", user_id)["id"] == new["id"]


def test_get_all_gives_the_users_limits(admin_context: RequestContext) -> None:
    api.quota_create(admin_context, "p", "cores", 1)
    rows = [api.quota_create(admin_context, "p", "cores", 2, user) for user in ("v", "u")]
    api.quota_create(admin_context, "q", "cores", 3, "u")
    assert api.quota_get_all(admin_context, "p") == rows
    assert api.quota_get_all(admin_context, "none") == []
    api.quota_destroy_all_by_project_and_user(admin_context, "p", "v")
    assert api.quota_get_all(admin_context, "p") == rows[1:]
    assert [row["user_id"] for row in api.quota_get_all(get_admin_context("yes"), "p")] == ["v", "u"]
    assert [row["user_id"] for row in api.quota_get_all(get_admin_context("only"), "p")] == ["v"]


def test_all_by_project(context: RequestContext, admin_context: RequestContext) -> None:
    assert api.quota_get_all_by_project(context, "fake-project") == {"project_id": "fake-project"}
    api.quota_create(admin_context, "fake-project", "cores", 1)
    api.quota_create(admin_context, "fake-project", "ram", None)
    api.quota_create(admin_context, "fake-project", "ram", 7, "u")
    api.quota_create(admin_context, "other", "shares", 1)
    expected = {"project_id": "fake-project", "cores": 1, "ram": None}
    assert api.quota_get_all_by_project(context, "fake-project") == expected
    soft_delete("quotas", stored("quotas")[0]["id"])
    context.read_deleted = "yes"
    assert api.quota_get_all_by_project(context, "fake-project") == {"project_id": "fake-project", "ram": None}


def test_all_by_project_and_user(context: RequestContext, admin_context: RequestContext) -> None:
    api.quota_create(admin_context, "fake-project", "cores", 1)
    api.quota_create(admin_context, "fake-project", "ram", 7, "another")
    api.quota_create(admin_context, "fake-project", "ram", 8, "third")
    api.quota_create(admin_context, "other", "shares", 1, "another")
    who = {"project_id": "fake-project", "user_id": "another"}
    assert api.quota_get_all_by_project_and_user(context, "fake-project", "another") == {**who, "ram": 7}
    api.quota_destroy_all_by_project_and_user(admin_context, "fake-project", "another")
    assert api.quota_get_all_by_project_and_user(context, "fake-project", "another") == who
    context.read_deleted = "only"
    assert api.quota_get_all_by_project_and_user(context, "fake-project", "another") == {**who, "ram": 7}


def test_update(admin_context: RequestContext, stopped_clock: datetime) -> None:
    api.quota_create(admin_context, "p", "cores", 1)
    api.quota_create(admin_context, "p", "cores", 1, "u")
    timeutils.advance_time_seconds(10)
    assert api.quota_update(admin_context, "p", "cores", 2) is None
    assert api.quota_update(admin_context, "p", "cores", None, "u") is None
    row, of_user = one("quotas"), one("project_user_quotas")
    assert (row["hard_limit"], of_user["hard_limit"]) == (2, None)
    assert row["updated_at"] == of_user["updated_at"] == stopped_clock + timedelta(seconds=10)
    assert row["created_at"] == stopped_clock


def test_update_to_the_same_value_succeeds(admin_context: RequestContext, stopped_clock: datetime) -> None:
    api.quota_create(admin_context, "p", "cores", 1)
    api.quota_create(admin_context, "p", "cores", 1, "u")
    for _ in range(2):
        api.quota_update(admin_context, "p", "cores", 1)
        api.quota_update(admin_context, "p", "cores", 1, "u")


def test_update_without_a_live_limit(admin_context: RequestContext) -> None:
    api.quota_create(admin_context, "p", "cores", 1)
    api.quota_create(admin_context, "p", "cores", 1, "u")
    api.quota_destroy_all_by_project(admin_context, "p")
    everything = get_admin_context("yes")
    with pytest.raises(ProjectQuotaNotFound) as caught:
        api.quota_update(everything, "p", "cores", 2)
    assert caught.value.kwargs["project_id"] == "p"
    with pytest.raises(ProjectUserQuotaNotFound) as caught_for_user:
        api.quota_update(everything, "p", "cores", 2, "u")
    assert caught_for_user.value.kwargs["user_id"] == "u"
    assert {row["hard_limit"] for row in stored("quotas") + stored("project_user_quotas")} == {1}


# Classes


def test_class_limits(admin_context: RequestContext, stopped_clock: datetime) -> None:
    row = api.quota_class_create(admin_context, "gold", "cores", 5)
    assert row == one("quota_classes")
    assert (row["class_name"], row["resource"], row["hard_limit"]) == ("gold", "cores", 5)
    assert (row["created_at"], row["updated_at"], row["deleted"]) == (stopped_clock, None, 0)
    assert api.quota_class_get(admin_context, "gold", "cores") == row


def test_class_limits_may_be_doubled(admin_context: RequestContext) -> None:
    first, second = (api.quota_class_create(admin_context, "gold", "cores", limit) for limit in (5, 6))
    assert api.quota_class_get(admin_context, "gold", "cores") == first
    assert api.quota_class_get_all_by_name(admin_context, "gold") == {"class_name": "gold", "cores": 6}
    api.quota_class_update(admin_context, "gold", "cores", 9)
    assert [row["hard_limit"] for row in stored("quota_classes")] == [9, 9]
    soft_delete("quota_classes", first["id"])
    assert api.quota_class_get(admin_context, "gold", "cores")["id"] == second["id"]


def test_the_default_class(admin_context: RequestContext) -> None:
    for limit in (5, 6, None):
        api.quota_class_create(admin_context, "default", "cores", limit)
    api.quota_class_create(admin_context, "default", "ram", 7)
    api.quota_class_create(admin_context, "gold", "shares", 7)
    assert api.quota_class_get_default(None) == {"class_name": "default", "cores": None, "ram": 7}
    soft_delete("quota_classes", stored("quota_classes")[2]["id"])
    assert api.quota_class_get_default(get_admin_context("yes")) == {"class_name": "default", "cores": 6, "ram": 7}


def test_unknown_classes(admin_context: RequestContext) -> None:
    soft_deleted = api.quota_class_create(admin_context, "gold", "cores", 5)
    soft_delete("quota_classes", soft_deleted["id"])
    everything = get_admin_context("yes")
    with pytest.raises(QuotaClassNotFound) as caught:
        api.quota_class_get(everything, "gold", "cores")
    assert caught.value.kwargs == {"class_name": "gold", "code": 404}
    with pytest.raises(QuotaClassNotFound) as caught:
        api.quota_class_update(everything, "gold", "cores", 1)
    assert caught.value.kwargs["class_name"] == "gold"
    assert api.quota_class_get_all_by_name(everything, "gold") == {"class_name": "gold"}


def test_class_update_keeps_what_it_is_not_asked_to_change(
    admin_context: RequestContext, stopped_clock: datetime
) -> None:
    api.quota_class_create(admin_context, "gold", "cores", 5)
    api.quota_class_create(admin_context, "gold", "ram", 5)
    api.quota_class_create(admin_context, "silver", "cores", 5)
    timeutils.advance_time_seconds(1)
    assert api.quota_class_update(admin_context, "gold", "cores", None) is None
    assert [row["hard_limit"] for row in stored("quota_classes")] == [None, 5, 5]
    assert [row["updated_at"] is None for row in stored("quota_classes")] == [False, True, True]


# Usages


def test_usage_get(context: RequestContext) -> None:
    usage_row("cores", 3, 4, user_id="other")
    usage_row("cores", 1, 2)
    usage_row("fixed_ips", 5, 6, user_id=None)
    row = api.quota_usage_get(context, "fake-project", "cores", "fake-user")
    assert row == {**stored("quota_usages")[1], "total": 3}
    assert set(row) == {
        "id", "project_id", "user_id", "resource", "in_use", "reserved", "until_refresh", "total",
        "created_at", "updated_at", "deleted_at", "deleted",
    }  # fmt: skip
    assert api.quota_usage_get(context, "fake-project", "fixed_ips", "fake-user")["total"] == 11
    assert api.quota_usage_get(context, "fake-project", "cores")["user_id"] == "other"
    assert api.quota_usage_get(context, "fake-project", "cores", "")["total"] == 7


def test_usage_get_without_a_row(context: RequestContext) -> None:
    usage_row("cores", 3, user_id=None)
    usage_row("ram", 3)
    soft_delete("quota_usages", stored("quota_usages")[1]["id"])
    context.read_deleted = "yes"
    for resource, user_id in (("cores", "fake-user"), ("ram", "fake-user"), ("ram", None), ("zork", None)):
        with pytest.raises(QuotaUsageNotFound) as caught:
            api.quota_usage_get(context, "fake-project", resource, user_id)
        assert caught.value.kwargs == {"project_id": "fake-project", "code": 404}


def test_usages_of_a_project_are_summed(context: RequestContext) -> None:
    assert api.quota_usage_get_all_by_project(context, "fake-project") == {"project_id": "fake-project"}
    usage_row("cores", 1, 2)
    usage_row("cores", 10, 20, user_id="other")
    usage_row("cores", 100, 200, user_id="third")
    usage_row("ram", -5, 0, user_id="other")
    usage_row("cores", 1000, 0, project_id="elsewhere")
    soft_delete("quota_usages", stored("quota_usages")[2]["id"])
    found = api.quota_usage_get_all_by_project(context, "fake-project")
    assert found == {
        "project_id": "fake-project",
        "cores": {"in_use": 11, "reserved": 22},
        "ram": {"in_use": -5, "reserved": 0},
    }
    assert type(found["cores"]["in_use"]) is int


def test_usages_of_a_user_include_the_projects_own(context: RequestContext) -> None:
    usage_row("cores", 1, 2)
    usage_row("cores", 10, 20, user_id="other")
    usage_row("fixed_ips", 3, 4, user_id=None)
    usage_row("ram", 5, 0, user_id=None)
    usage_row("ram", 6, 1)
    found = api.quota_usage_get_all_by_project_and_user(context, "fake-project", "fake-user")
    assert found == {
        "project_id": "fake-project",
        "user_id": "fake-user",
        "cores": {"in_use": 1, "reserved": 2},
        "fixed_ips": {"in_use": 3, "reserved": 4},
        "ram": {"in_use": 11, "reserved": 1},
    }
    assert type(found["ram"]["in_use"]) is int
    of_other = api.quota_usage_get_all_by_project_and_user(context, "fake-project", "other")
    assert of_other["cores"] == {"in_use": 10, "reserved": 20}
    of_project = api.quota_usage_get_all_by_project(context, "fake-project")
    for falsy in (None, ""):
        assert api.quota_usage_get_all_by_project_and_user(context, "fake-project", falsy) == of_project


def test_usage_update(admin_context: RequestContext, stopped_clock: datetime) -> None:
    usage_row("cores", 1, 2)
    usage_row("cores", 3, 4, user_id=None)
    usage_row("cores", 5, 6, user_id="other")
    usage_row("ram", 7, 8)
    timeutils.advance_time_seconds(5)
    unknown = {"hard_limit": 9, "total": 9, "project_id": "stolen", "user_id": "stolen", "id": 77}
    del unknown["project_id"], unknown["user_id"]
    api.quota_usage_update(admin_context, "fake-project", "fake-user", "cores", in_use=-1, until_refresh=3, **unknown)
    assert [(row["in_use"], row["reserved"], row["until_refresh"]) for row in stored("quota_usages")] == [
        (-1, 2, 3), (-1, 4, 3), (5, 6, None), (7, 8, None),
    ]  # fmt: skip
    assert [row["updated_at"] == timeutils.utcnow() for row in stored("quota_usages")] == [True, True, False, False]
    api.quota_usage_update(admin_context, "fake-project", "fake-user", "cores", reserved=0, until_refresh=None)
    assert [(row["in_use"], row["reserved"], row["until_refresh"]) for row in stored("quota_usages")][:2] == [
        (-1, 0, None), (-1, 0, None),
    ]  # fmt: skip


def test_usage_update_stamps_without_figures(admin_context: RequestContext, stopped_clock: datetime) -> None:
    usage_row("cores", 1, 2)
    assert api.quota_usage_update(admin_context, "fake-project", "fake-user", "cores", zork=1) is None
    assert one("quota_usages")["updated_at"] == stopped_clock
    assert usages() == {("fake-project", "fake-user", "cores"): (1, 2)}


def test_usage_update_without_a_row(admin_context: RequestContext) -> None:
    usage_row("cores", 1, 2, user_id="other")
    usage_row("ram", 1, 2)
    soft_delete("quota_usages", stored("quota_usages")[1]["id"])
    for resource in ("cores", "ram"):
        with pytest.raises(QuotaUsageNotFound) as caught:
            api.quota_usage_update(get_admin_context("yes"), "fake-project", "fake-user", resource, in_use=5)
        assert caught.value.kwargs["project_id"] == "fake-project"
    assert {row["in_use"] for row in stored("quota_usages")} == {1}


def test_usage_update_refuses_what_is_no_figure(admin_context: RequestContext) -> None:
    usage_row("cores", 1, 2)
    for bad in ("many", None, 2**31):
        with pytest.raises(DBError):
            api.quota_usage_update(admin_context, "fake-project", "fake-user", "cores", in_use=bad)
    assert usages() == {("fake-project", "fake-user", "cores"): (1, 2)}


def test_one_live_usage_per_project_user_and_resource(db: str) -> None:
    for user_id in ("u", None):
        usage_row("cores", user_id=user_id)
        with pytest.raises(DBError):
            usage_row("cores", user_id=user_id)
    assert len(stored("quota_usages")) == 2


# Plain reservations


def test_reservation_create_and_get(context: RequestContext, admin_context: RequestContext) -> None:
    usage_row("cores", 1, 2)
    usage = {"id": one("quota_usages")["id"], "anything": "else"}
    expire = datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    row: Row = api.reservation_create(
        admin_context, "a-uuid", usage, "fake-project", "fake-user", "cores", 4000, expire
    )
    assert row == one("reservations")
    assert row["expire"] == expire.replace(tzinfo=None)
    expected = {
        "uuid": "a-uuid", "usage_id": usage["id"], "project_id": "fake-project", "user_id": "fake-user",
        "resource": "cores", "delta": 4000, "deleted": 0, "deleted_at": None, "updated_at": None,
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected
    assert set(row) == {*expected, "id", "expire", "created_at"}
    assert api.reservation_get(context, "a-uuid") == row
    assert usages() == {("fake-project", "fake-user", "cores"): (1, 2)}
    api.reservation_commit(context, ["a-uuid"])
    assert usages() == {("fake-project", "fake-user", "cores"): (4001, -3998)}


def test_reservation_create_needs_a_usage(admin_context: RequestContext) -> None:
    with pytest.raises(KeyError):
        api.reservation_create(admin_context, "a-uuid", {}, "p", "u", "cores", 1, FAR)
    row: Row = api.reservation_create(admin_context, "a-uuid", {"id": 99}, "p", None, "cores", 1, None)
    assert (row["usage_id"], row["user_id"], row["expire"]) == (99, None, None)


def test_reservation_get_sees_live_ones(context: RequestContext) -> None:
    [uuid] = reserve(context, {"cores": 1})
    assert api.reservation_get(context, uuid)["uuid"] == uuid
    api.reservation_rollback(context, [uuid])
    context.read_deleted = "yes"
    with pytest.raises(ReservationNotFound) as caught:
        api.reservation_get(context, uuid)
    assert caught.value.kwargs == {"uuid": uuid, "code": 404}


# Round trips


def test_single_statements_stand_alone(admin_context: RequestContext, statements: list[str]) -> None:
    several = {"quota_reserve", "reservation_commit", "reservation_rollback", "quota_usage_update"}
    for name, call in GUARDED.items():
        if name in several or "destroy" in name:
            continue
        statements.clear()
        with contextlib.suppress(QuotaNotFound):
            call(admin_context)
        assert len(statements) == 1, name


def test_round_trips_of_usage_update(admin_context: RequestContext, statements: list[str]) -> None:
    usage_row("cores")
    statements.clear()
    api.quota_usage_update(admin_context, "fake-project", "fake-user", "cores", in_use=1)
    assert statements == ["BEGIN", "quota_reserve__lock", "quota_usage_update", "COMMIT"]
