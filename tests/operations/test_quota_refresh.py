"""When quota_reserve counts what is really used, and what it counts, on every dialect."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    OverQuota,
    QuotaResourceUnknown,
)
from tests.operations.factories import soft_delete, stored
from tests.operations.quota_helpers import (
    LOGGER,
    Resource,
    counting,
    insert,
    mine,
    nothing,
    one,
    real,
    refusal,
    reserve,
    usage_row,
    usages,
)

# Refresh


def _stale(context: RequestContext, **arguments: Any) -> bool:
    """Whether a reserve of nothing counts anew."""
    asked: list[str] = []

    def sync(elevated: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
        asked.append(project_id)
        return {"cores": 1}

    reserve(context, {"cores": 0}, resources={"cores": Resource(sync)}, **arguments)
    return asked == ["fake-project"]


def _until() -> int | None:
    until: int | None = one("quota_usages")["until_refresh"]
    return until


def test_a_missing_usage_is_counted(context: RequestContext) -> None:
    assert _stale(context)
    assert mine("cores") == (1, 0)
    assert not _stale(context)
    soft_delete("quota_usages", one("quota_usages")["id"])
    assert _stale(context)


def test_a_usage_below_zero_is_counted(context: RequestContext, admin_context: RequestContext) -> None:
    usage_row("cores", 5, until_refresh=50)
    api.quota_usage_update(admin_context, "fake-project", "fake-user", "cores", in_use=-1)
    assert _stale(context)
    assert (mine("cores"), _until()) == ((1, 0), None)


def test_counting_down(context: RequestContext) -> None:
    steps = [(_stale(context, until_refresh=3), _until()) for _ in range(8)]
    assert steps == [
        (True, 3), (False, 2), (False, 1), (True, 3), (False, 2), (False, 1), (True, 3), (False, 2),
    ]  # fmt: skip


def test_one_of_several_is_counted_down(context: RequestContext, statements: list[str]) -> None:
    for until_refresh in (3, None):
        usage_row("cores", 5, until_refresh=until_refresh)
        usage_row("ram", 7)
        statements.clear()
        reserve(context, {"ram": 1, "cores": 2})
        write = "quota_reserve__write_countdowns" if until_refresh else "quota_reserve__write_usages"
        assert [name for name in statements if "write" in name] == [write]
        assert (mine("cores"), mine("ram")) == ((5, 2), (7, 1))
        rows = {row["resource"]: row["until_refresh"] for row in stored("quota_usages") if not row["deleted"]}
        assert rows == {"cores": 2 if until_refresh else None, "ram": None}
        api.quota_destroy_all_by_project(get_admin_context(), "fake-project")


def test_the_stored_countdown_counts(context: RequestContext, stopped_clock: datetime) -> None:
    usage_row("cores", 5, until_refresh=2)
    assert not _stale(context, until_refresh=0)
    assert (_until(), one("quota_usages")["updated_at"]) == (1, stopped_clock)
    assert _stale(context, until_refresh=0)
    assert _until() is None
    # Nothing is counted down where nothing is stored.
    assert not _stale(context, until_refresh=1)
    assert _until() is None


def test_age(context: RequestContext, stopped_clock: datetime) -> None:
    usage_row("cores", 5, updated_at="2026-03-03 05:06:07.890123")  # a day old
    assert not _stale(context, max_age=0)
    assert not _stale(context, max_age=None)
    assert not _stale(context, max_age=24 * 3600 + 1)
    assert not _stale(context, max_age=10**12)
    assert _stale(context, max_age=24 * 3600)
    assert one("quota_usages")["updated_at"] == stopped_clock
    # A count that finds nothing new starts the age again, too.
    timeutils.advance_time_seconds(9.5)
    assert not _stale(context, max_age=10)
    timeutils.advance_time_seconds(0.5)
    assert _stale(context, max_age=10)
    assert one("quota_usages")["updated_at"] == timeutils.utcnow()


def test_age_of_a_usage_from_the_future(context: RequestContext, stopped_clock: datetime) -> None:
    usage_row("cores", 5, updated_at="2026-03-05 00:00:00")
    assert not _stale(context, max_age=1)


def test_a_usage_without_age_is_counted(context: RequestContext) -> None:
    usage_row("cores", 5, updated_at=None)
    assert not _stale(context)
    assert _stale(context, max_age=10**9)


def test_what_counts_down_has_no_age(context: RequestContext) -> None:
    usage_row("cores", 5, until_refresh=5, updated_at="2000-01-01 00:00:00")
    assert not _stale(context, max_age=1)


def test_reserving_and_settling_start_the_age_again(context: RequestContext, stopped_clock: datetime) -> None:
    reserve(context, {"cores": 0})
    timeutils.advance_time_seconds(10)
    [uuid] = reserve(context, {"cores": 1})
    assert one("quota_usages")["updated_at"] == timeutils.utcnow()
    timeutils.advance_time_seconds(10)
    api.reservation_commit(context, [uuid])
    assert one("quota_usages")["updated_at"] == timeutils.utcnow()


def test_one_count_may_refresh_several(context: RequestContext, admin_context: RequestContext) -> None:
    for resource in ("instances", "cores", "ram", "shares"):
        usage_row(resource, 50, 1, until_refresh=1 if resource == "instances" else 5)
    calls: list[str] = []

    def sync(elevated: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
        calls.append("counted")
        return {"instances": 2, "cores": 4, "ram": 6, "fixed_ips": 8, "zork": 10}

    limits = {"instances": 10, "cores": 10, "ram": 10}
    everything = dict.fromkeys(limits, Resource(sync))
    reserve(context, {"instances": 1, "cores": 1, "ram": 0}, resources=everything, quotas=limits, until_refresh=7)
    assert calls == ["counted"]
    assert usages() == {
        ("fake-project", "fake-user", "instances"): (2, 2),
        ("fake-project", "fake-user", "cores"): (4, 2),
        ("fake-project", "fake-user", "ram"): (6, 1),
        ("fake-project", "fake-user", "shares"): (50, 1),
        ("fake-project", None, "fixed_ips"): (8, 0),
        ("fake-project", "fake-user", "zork"): (10, 0),
    }
    untils = {row["resource"]: row["until_refresh"] for row in stored("quota_usages")}
    assert untils == {"instances": 7, "cores": 7, "ram": 7, "shares": 5, "fixed_ips": 7, "zork": 7}


def test_a_count_that_does_not_name_its_resource(context: RequestContext) -> None:
    usage_row("cores", -3, 1)
    resources = {"cores": counting(zork=1), "ram": counting()}
    reserve(context, {"cores": 4, "ram": 5}, resources=resources, until_refresh=3)
    assert usages() == {
        ("fake-project", "fake-user", "cores"): (-3, 5),
        ("fake-project", "fake-user", "ram"): (0, 5),
        ("fake-project", "fake-user", "zork"): (1, 0),
    }


def test_the_count_is_part_of_the_totals(context: RequestContext) -> None:
    usage_row("cores", 17, 1, user_id="other")
    # Two of the newcomer's exist already: 18 + 2 leaves nothing of 20.
    found = refusal(context, {"cores": 1}, resources={"cores": counting(cores=2)})
    assert found["usages"] == {"cores": {"in_use": 19, "reserved": 1}}
    assert usages()["fake-project", "fake-user", "cores"] == (2, 0)


def test_a_refusal_keeps_what_was_counted(context: RequestContext, stopped_clock: datetime) -> None:
    usage_row("cores", 20, until_refresh=1)
    usage_row("ram", 1, until_refresh=9)
    found = refusal(context, {"cores": 21, "ram": 1}, until_refresh=4, resources={"cores": counting(cores=3)})
    assert found["usages"]["cores"] == {"in_use": 3, "reserved": 0}
    assert [(row["in_use"], row["until_refresh"], row["updated_at"]) for row in stored("quota_usages")] == [
        (3, 4, stopped_clock), (1, 8, stopped_clock),
    ]  # fmt: skip
    # What the count freed can be had now.
    assert len(reserve(context, {"cores": 17})) == 1


def test_a_refresh_counts_open_reservations_twice(context: RequestContext) -> None:
    counts = {"cores": 0}
    resources = {"cores": Resource(lambda context, project_id, user_id, session: dict(counts))}
    uuids = reserve(context, {"cores": 2}, resources=resources)
    counts["cores"] = 2
    usage = one("quota_usages")
    api.quota_usage_update(get_admin_context(), "fake-project", "fake-user", "cores", in_use=-1)
    reserve(context, {"cores": 0}, resources=resources)
    assert mine("cores") == (2, usage["reserved"])
    api.reservation_commit(context, uuids)
    assert mine("cores") == (4, 0)


def test_real_rows_are_counted(context: RequestContext) -> None:
    insert("instances", uuid="i1", project_id="fake-project", user_id="fake-user", vcpus=2, memory_mb=512, deleted=0)
    insert("instances", uuid="i2", project_id="fake-project", user_id="other", vcpus=4, memory_mb=512, deleted=0)
    insert("fixed_ips", address="10.0.0.1", instance_uuid="i2", deleted=0)
    context.read_deleted = "only"
    reserve(context, {"instances": 1, "cores": 1, "ram": 1, "fixed_ips": 1}, resources=real())
    assert usages() == {
        ("fake-project", "fake-user", "instances"): (1, 1),
        ("fake-project", "fake-user", "cores"): (2, 1),
        ("fake-project", "fake-user", "ram"): (512, 1),
        ("fake-project", None, "fixed_ips"): (1, 1),
    }


@pytest.fixture
def registry() -> Iterator[dict[str, Any]]:
    """The registry of sync functions, as it was before when the test is over."""
    before = dict(api.QUOTA_SYNC_FUNCTIONS)
    yield api.QUOTA_SYNC_FUNCTIONS
    api.QUOTA_SYNC_FUNCTIONS.clear()
    api.QUOTA_SYNC_FUNCTIONS.update(before)


def test_how_a_sync_function_is_called(context: RequestContext, registry: dict[str, Any]) -> None:
    calls: list[tuple[Any, ...]] = []

    def sync(*args: Any) -> dict[str, int]:
        calls.append(args)
        return {"cores": int(args[3].quota_reserve__sync_instances(project_id=args[1], of_user=False)["cores"])}

    insert("instances", uuid="i1", project_id="fake-project", vcpus=3, deleted=0)
    registry["_sync_mine"] = sync
    context.read_deleted = "yes"
    reserve(context, {"cores": 1}, resources={"cores": Resource("_sync_mine")})
    [(elevated, project_id, user_id, _)] = calls
    assert (elevated.is_admin, elevated.read_deleted, elevated.user_id) == (True, "yes", "fake-user")
    assert elevated is not context
    assert (project_id, user_id) == ("fake-project", "fake-user")
    assert mine("cores") == (3, 1)
    registry["_sync_mine"] = lambda *args: {"cores": 8}
    api.quota_usage_update(get_admin_context(), "fake-project", "fake-user", "cores", in_use=-1)
    reserve(context, {"cores": 0}, resources={"cores": Resource("_sync_mine")})
    assert mine("cores") == (8, 1)


def test_a_failing_count_undoes_everything(context: RequestContext) -> None:
    def sync(elevated: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
        raise ZeroDivisionError

    usage_row("cores", 1, until_refresh=5)
    before = stored("quota_usages")
    with pytest.raises(ZeroDivisionError):
        reserve(context, {"cores": 1, "shares": 1, "ram": 1}, resources={**nothing(), "ram": Resource(sync)})
    assert stored("quota_usages") == before
    assert stored("reservations") == []


def test_what_cannot_be_counted(context: RequestContext) -> None:
    usage_row("cores", 1, until_refresh=5)
    before = stored("quota_usages")
    for resources in ({}, {"shares": Resource("_sync_zork")}, {"shares": Resource(None)}, {"shares": object()}):
        with pytest.raises(QuotaResourceUnknown) as caught:
            reserve(context, {"cores": 1, "shares": 1}, resources=resources)
        assert caught.value.kwargs == {"unknown": ["shares"], "code": 404}
        assert stored("quota_usages") == before
    # It need not be counted as long as its usage is good.
    assert len(reserve(context, {"cores": 1}, resources={})) == 1


def test_deltas_without_limits(context: RequestContext, statements: list[str]) -> None:
    with pytest.raises(QuotaResourceUnknown) as caught:
        reserve(context, {"b": 1, "cores": 1, "a": 1, "c": -1}, quotas={"cores": 1, "b": 1}, user_quotas={"cores": 1})
    assert caught.value.kwargs["unknown"] == ["a", "b", "c"]
    assert statements == []


def test_warnings_and_debug_records(context: RequestContext, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, LOGGER)
    usage_row("cores", 5, until_refresh=1)
    reserve(context, {"cores": 0}, resources={"cores": counting(cores=5)})
    assert [record for record in caplog.records if record.name == LOGGER] == []
    api.quota_usage_update(get_admin_context(), "fake-project", "fake-user", "cores", in_use=-1)
    reserve(context, {"cores": 0}, resources={"cores": counting(cores=7)})
    [record] = [record for record in caplog.records if record.name == LOGGER]
    assert record.levelno == logging.DEBUG
    caplog.clear()
    # A refused request warns of what it would have taken below zero, as well.
    with pytest.raises(OverQuota):
        reserve(context, {"cores": -8, "ram": 99999})
    [record] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "cores" in record.getMessage()


# Refresh from rows


@pytest.fixture
def world(db: str) -> None:
    """Real rows of two users in two projects, some of them deleted."""
    for uuid, project_id, user_id, vcpus, deleted in (
        ("i1", "p", "u", 1, 0),
        ("i2", "p", "u", 2, 0),
        ("i3", "p", "v", 4, 0),
        ("i4", "p", "u", 8, 4),
        ("i5", "q", "u", 16, 0),
    ):
        values = {"uuid": uuid, "project_id": project_id, "user_id": user_id, "deleted": deleted}
        insert("instances", vcpus=vcpus, memory_mb=vcpus * 512, **values)
    insert("instances", uuid="i6", project_id="r", user_id="u", deleted=0)
    for number, holder in enumerate(["i1", "i1", "i3", "i4", "i5", None]):
        insert("fixed_ips", address=f"10.0.0.{number}", instance_uuid=holder, deleted=0)
    insert("fixed_ips", address="10.0.0.9", instance_uuid="i1", deleted=7)
    for number, (project_id, automatic, deleted) in enumerate(
        [("p", False, 0), ("p", False, 0), ("p", True, 0), ("p", False, 4), ("q", False, 0)]
    ):
        address = f"10.1.0.{number}"
        insert("floating_ips", address=address, project_id=project_id, auto_assigned=automatic, deleted=deleted)
    for name, project_id, user_id, deleted in (("a", "p", "u", 0), ("b", "p", "v", 0), ("c", "p", "u", 3)):
        insert("security_groups", name=name, project_id=project_id, user_id=user_id, deleted=deleted)
    for number, (project_id, user_id, is_deleted) in enumerate(
        [("p", "u", "False"), ("p", "u", "False"), ("p", "v", "False"), ("p", "u", "gone"), ("q", "u", "False")]
    ):
        who = {"id": f"row-{number}", "project_id": project_id, "user_id": user_id, "deleted": is_deleted}
        insert("shares", size=10 + number, status="error", **who)
        insert("share_snapshots", share_id="row-0", size=100 + number, share_size=5000, **who)
        insert("share_networks", **who)


COUNTED: dict[str, tuple[dict[str, int], dict[str, int]]] = {
    "_sync_instances": ({"instances": 2, "cores": 3, "ram": 1536}, {"instances": 3, "cores": 7, "ram": 3584}),
    "_sync_floating_ips": ({"floating_ips": 2}, {"floating_ips": 2}),
    "_sync_fixed_ips": ({"fixed_ips": 4}, {"fixed_ips": 4}),
    "_sync_security_groups": ({"security_groups": 1}, {"security_groups": 2}),
    "_sync_shares": ({"shares": 2}, {"shares": 3}),
    "_sync_snapshots": ({"snapshots": 2}, {"snapshots": 3}),
    "_sync_gigabytes": ({"gigabytes": 21 + 201}, {"gigabytes": 33 + 303}),
    "_sync_share_networks": ({"share_networks": 2}, {"share_networks": 3}),
}


@pytest.mark.usefixtures("world")
def test_counts() -> None:
    for read_deleted in ("no", "yes", "only"):
        admin = get_admin_context(read_deleted)
        for name, (of_user, of_project) in COUNTED.items():
            sync = api.QUOTA_SYNC_FUNCTIONS[name]
            with rawdb.reader.using(admin) as session:
                counts = sync(admin, "p", "u", session), sync(admin, "p", None, session)
                none = sync(admin, "nobody", "u", session)
            assert counts == (of_user, of_project)
            assert none == dict.fromkeys(of_user, 0)
            assert {type(value) for count in counts for value in count.values()} == {int}


@pytest.mark.usefixtures("world")
def test_sizes_that_are_not_known_count_nothing(admin_context: RequestContext) -> None:
    with rawdb.reader.using(admin_context) as session:
        counts = api.QUOTA_SYNC_FUNCTIONS["_sync_instances"](admin_context, "r", "u", session)
    assert counts == {"instances": 1, "cores": 0, "ram": 0}


@pytest.mark.usefixtures("world")
def test_gigabytes_without_snapshots(admin_context: RequestContext) -> None:
    rawdb.configure(no_snapshot_gb_quota=True)
    try:
        with rawdb.reader.using(admin_context) as session:
            counts = api.QUOTA_SYNC_FUNCTIONS["_sync_gigabytes"](admin_context, "p", "u", session)
    finally:
        rawdb.configure(no_snapshot_gb_quota=False)
    assert counts == {"gigabytes": 21}


def test_the_registry_holds_the_documented_names(db: str) -> None:
    assert set(COUNTED) <= set(api.QUOTA_SYNC_FUNCTIONS)
    assert api.PER_PROJECT_QUOTAS == ["fixed_ips", "floating_ips", "networks"]
