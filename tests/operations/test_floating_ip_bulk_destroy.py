"""Deleting many floating addresses and giving their quota back, through rawdb.api, on every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import DBError
from tests.operations.address_helpers import admin, changed, delete, floating, row_of
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import reading
from tests.operations.quota_helpers import live_reservations, usage_row, usages


def destroy(context: RequestContext, *addresses: Any) -> None:
    api.floating_ip_bulk_destroy(context, [{"address": address, "bogus": 1} for address in addresses])


def used(project_id: str | None, in_use: int, **values: Any) -> None:
    """A project's usage of floating addresses."""
    usage_row("floating_ips", in_use, project_id=project_id, **{"user_id": None, **values})


def in_use() -> dict[Any, int]:
    """in_use by project; all of it is the projects' as a whole."""
    assert {user for _, user, _ in usages()} <= {None}
    return {project: figures[0] for (project, _, _), figures in usages().items()}


def test_rows_and_quotas(context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
    old = floating("1.1.1.1", project_id="fake-project", deleted=50)
    rows = [
        floating("1.1.1.1", project_id="fake-project", host="h", fixed_ip_id=3),
        floating("1.1.1.2", project_id="fake-project"),
        floating("1.1.1.3", project_id="fake-project", auto_assigned=True),
        floating("1.1.1.4", project_id="another-project"),
        floating("1.1.1.5"),
        floating("fe80::1", auto_assigned=True),
    ]
    left = floating("1.1.1.9", project_id="fake-project")
    used("fake-project", 10, reserved=2)
    used("another-project", 5)
    timeutils.advance_time_seconds(5)
    statements.clear()
    asked = ["1.1.1.5", "1.1.1.1", "1.1.1.1", "FE80:0::1", "1.1.1.2", "1.1.1.3", "1.1.1.4", "2.2.2.2", "zork", None]
    destroy(context, *asked)
    assert statements[:4] == [
        "BEGIN",
        "floating_ip_bulk_destroy__rows",
        "floating_ip_bulk_destroy",
        "quota_reserve__lock",
    ]
    assert len(statements) == 4 + 2 * 5 + 1
    now = stopped_clock + timedelta(seconds=5)
    for row in rows:
        assert row_of("floating_ips", row["id"]) == changed(row, deleted=row["id"], deleted_at=now)
    for row in (old, left):
        assert row_of("floating_ips", row["id"]) == row
    # The address of nobody counts for the context's project.
    assert in_use() == {"fake-project": 7, "another-project": 4}
    assert usages()["fake-project", None, "floating_ips"] == (7, 2)
    done = [(row["project_id"], row["user_id"], row["resource"], row["delta"]) for row in stored("reservations")]
    assert sorted(done) == [
        ("another-project", "fake-user", "floating_ips", -1), ("fake-project", "fake-user", "floating_ips", -3),
    ]  # fmt: skip
    assert live_reservations() == []
    destroy(context, *asked)
    assert in_use() == {"fake-project": 7, "another-project": 4}
    # What was deleted may be had again.
    assert floating("1.1.1.1")["id"] not in {row["id"] for row in rows}


def test_usage_that_is_not_there_is_counted(context: RequestContext) -> None:
    for number in range(4):
        floating(f"1.1.1.{number}", project_id="fake-project")
    floating("1.1.1.9", project_id="fake-project", auto_assigned=True)
    destroy(context, "1.1.1.0", "1.1.1.1", "1.1.1.2")
    # One is left, and three go off that.
    assert in_use() == {"fake-project": -2}
    # Below zero it is counted anew.
    destroy(context, "1.1.1.3")
    assert in_use() == {"fake-project": -1}


def test_usage_that_is_to_be_refreshed(context: RequestContext) -> None:
    for number in range(3):
        floating(f"1.1.1.{number}", project_id="fake-project")
    used("fake-project", 90, until_refresh=2)
    destroy(context, "1.1.1.0")
    assert in_use() == {"fake-project": 89}
    destroy(context, "1.1.1.1")
    assert in_use() == {"fake-project": 0}


def test_nothing_to_count(context: RequestContext, statements: list[str]) -> None:
    floating("1.1.1.1", project_id="fake-project", auto_assigned=True)
    unknown = floating("1.1.1.2", project_id="fake-project")
    api.floating_ip_update(context, "1.1.1.2", {"auto_assigned": None})
    for ips in ([], ["2.2.2.2"], ["1.1.1.1", "1.1.1.2"]):
        destroy(context, *ips)
    assert row_of("floating_ips", unknown["id"])["deleted"] == unknown["id"]
    assert stored("quota_usages") == stored("reservations") == stored("quota_locks", order="project_id") == []
    with pytest.raises(KeyError):
        api.floating_ip_bulk_destroy(context, [{"adress": "1.1.1.1"}])


def test_deleted_rows_are_found_again(context: RequestContext, stopped_clock: datetime) -> None:
    row = floating("1.1.1.1", project_id="fake-project")
    delete("floating_ips", row["id"])
    used("fake-project", 5)
    destroy(context, "1.1.1.1")
    assert in_use() == {"fake-project": 5}
    destroy(reading(context, "only"), "1.1.1.1")
    assert in_use() == {"fake-project": 4}
    assert row_of("floating_ips", row["id"])["deleted_at"] == stopped_clock


def test_an_admin_of_no_project(admin_context: RequestContext) -> None:
    floating("1.1.1.1")
    destroy(admin_context, "1.1.1.1")
    assert in_use() == {None: -1}


def test_many(context: RequestContext, statements: list[str]) -> None:
    ips = [{"address": f"1.1.{n // 256}.{n % 256}", "project_id": f"p{n % 3}"} for n in range(2500)]
    api.floating_ip_bulk_create(context, ips)
    for number in range(3):
        used(f"p{number}", 1000)
    statements.clear()
    api.floating_ip_bulk_destroy(context, (ip for ip in reversed(ips)))
    assert statements.count("floating_ip_bulk_destroy") == 3
    assert {row["deleted"] == row["id"] for row in stored("floating_ips")} == {True}
    assert in_use() == {"p0": 166, "p1": 167, "p2": 167}


def test_all_or_nothing(context: RequestContext) -> None:
    row = floating("1.1.1.1", project_id="fake-project")

    def fail(name: str, text: str) -> None:
        if name == "reservation_commit__close":
            raise DBError("no more")

    rawdb.default_database().observers.append(fail)
    with pytest.raises(DBError):
        destroy(context, "1.1.1.1")
    assert row_of("floating_ips", row["id"]) == row
    assert stored("quota_usages") == stored("reservations") == []


def test_each_address_is_counted_once(context: RequestContext) -> None:
    ips = [f"1.1.1.{number}" for number in range(40)]
    for round_ in range(3):
        api.floating_ip_bulk_create(context, [{"address": ip, "project_id": f"p{n % 2}"} for n, ip in enumerate(ips)])
        for number in range(2):
            api.quota_usage_update(admin(), f"p{number}", None, "floating_ips", in_use=100) if round_ else used(
                f"p{number}", 100
            )
        callers = [RequestContext("u", f"p{number % 2}", is_admin=False) for number in range(6)]
        orders = [ips if number % 2 else list(reversed(ips)) for number in range(6)]
        outcomes = together(
            *[
                lambda caller=caller, order=order: destroy(caller, *order)
                for caller, order in zip(callers, orders, strict=True)
            ]
        )
        assert outcomes == [None] * 6
        assert in_use() == {"p0": 80, "p1": 80}
