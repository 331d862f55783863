"""Destroying the quotas of a project, or of a user within it, on every dialect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from tests.operations.factories import stored
from tests.operations.quota_helpers import live_reservations, reserve, usage_row, usages


def _populate() -> None:
    admin = get_admin_context()
    for project_id in ("p", "q"):
        for user_id in ("u", "v"):
            api.quota_create(admin, project_id, "cores", 5, user_id)
            reserve(admin, {"cores": 1, "fixed_ips": 1}, project_id=project_id, user_id=user_id)
        api.quota_create(admin, project_id, "cores", 5)


def _owners(table: str, live: bool) -> set[tuple[Any, ...]]:
    return {
        (row["project_id"], row.get("user_id"), row["resource"])
        for row in stored(table)
        if (row["deleted"] == 0) is live
    }


def test_destroy_all_by_project(admin_context: RequestContext, stopped_clock: datetime) -> None:
    _populate()
    timeutils.advance_time_seconds(60)
    assert api.quota_destroy_all_by_project(admin_context, "p") is None
    for table in ("quotas", "project_user_quotas", "quota_usages", "reservations"):
        for row in stored(table):
            assert (row["deleted"], row["deleted_at"]) == (
                (row["id"], timeutils.utcnow()) if row["project_id"] == "p" else (0, None)
            )
            assert row["updated_at"] in (None, stopped_clock)
    before = stored("quotas")
    api.quota_destroy_all_by_project(admin_context, "p")
    api.quota_destroy_all_by_project(admin_context, "never heard of")
    assert stored("quotas") == before


def test_destroy_all_by_project_and_user(admin_context: RequestContext, stopped_clock: datetime) -> None:
    _populate()
    timeutils.advance_time_seconds(60)
    assert api.quota_destroy_all_by_project_and_user(admin_context, "p", "u") is None
    assert _owners("quotas", False) == set()
    assert _owners("project_user_quotas", False) == {("p", "u", "cores")}
    assert _owners("quota_usages", False) == {("p", "u", "cores")}
    assert _owners("reservations", False) == {("p", "u", "cores"), ("p", "u", "fixed_ips")}
    [gone] = [row for row in stored("quota_usages") if row["deleted"]]
    assert (gone["deleted"], gone["deleted_at"]) == (gone["id"], timeutils.utcnow())
    assert gone["updated_at"] == stopped_clock
    # What the destroyed reservation held of the project's addresses is never given back.
    assert usages()["p", None, "fixed_ips"] == (0, 2)
    api.quota_destroy_all_by_project_and_user(admin_context, "p", "nobody")


def test_a_user_without_a_name_is_not_the_project_as_a_whole(admin_context: RequestContext) -> None:
    reserve(admin_context, {"cores": 1, "fixed_ips": 1}, project_id="p", user_id="")
    reserve(admin_context, {"shares": 1, "fixed_ips": 1}, project_id="p", user_id="u")
    usage_row("ram", 3, project_id="p", user_id=None)
    api.quota_destroy_all_by_project_and_user(admin_context, "p", "")
    assert _owners("quota_usages", False) == {("p", "", "cores")}
    assert _owners("reservations", False) == {("p", "", "cores"), ("p", "", "fixed_ips")}
    assert usages() == {("p", None, "fixed_ips"): (0, 2), ("p", "u", "shares"): (0, 1), ("p", None, "ram"): (3, 0)}


def test_everything_can_be_destroyed_again_and_again(admin_context: RequestContext) -> None:
    for round_number in range(3):
        _populate()
        api.quota_destroy_all_by_project_and_user(admin_context, "p", "u")
        api.quota_destroy_all_by_project(admin_context, "p")
        api.quota_destroy_all_by_project(admin_context, "q")
        assert len(stored("quotas")) == 2 * (round_number + 1)
    assert usages() == {}
    assert live_reservations() == []


def test_round_trips_of_the_destroys(admin_context: RequestContext, statements: list[str]) -> None:
    api.quota_destroy_all_by_project(admin_context, "p")
    assert statements[:2] == ["BEGIN", "quota_reserve__lock"]
    assert len(statements) == 5 + 2
    statements.clear()
    api.quota_destroy_all_by_project_and_user(admin_context, "p", "u")
    assert statements[:2] == ["BEGIN", "quota_reserve__lock"]
    assert len(statements) == 4 + 2
