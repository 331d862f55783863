"""Reserving, committing, rolling back and expiring, through rawdb.api, on every dialect."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    DBDataError,
    OverQuota,
)
from rawdb.statements.slots import MAX_LIST
from tests.operations.factories import soft_delete, stored
from tests.operations.quota_helpers import (
    FAR,
    LOGGER,
    PAST,
    SETTLE,
    End,
    Resource,
    commit,
    counting,
    insert,
    live_reservations,
    mine,
    one,
    real,
    reserve,
    roll_back,
    usage_row,
    usages,
)

# What a reservation is


def test_reserve_stores_reservations_in_order(context: RequestContext, stopped_clock: datetime) -> None:
    deltas = {"ram": 512, "cores": 0, "instances": 1, "fixed_ips": 2, "shares": -1}
    before = dict(deltas)
    uuids = reserve(context, deltas)
    assert deltas == before
    assert [str(UUID(uuid, version=4)) for uuid in uuids] == uuids
    rows = stored("reservations")
    assert [row["uuid"] for row in rows] == uuids
    assert [(row["resource"], row["delta"]) for row in rows] == list(deltas.items())
    ids = {row["resource"]: row["id"] for row in stored("quota_usages")}
    for row in rows:
        assert row["usage_id"] == ids[row["resource"]]
        assert (row["project_id"], row["user_id"]) == ("fake-project", "fake-user")
        assert (row["expire"], row["created_at"], row["updated_at"]) == (FAR, stopped_clock, None)
        assert (row["deleted_at"], row["deleted"]) == (None, 0)


def test_reserve_makes_the_usages(context: RequestContext, stopped_clock: datetime) -> None:
    reserve(context, {"cores": 2, "fixed_ips": 3}, until_refresh=4)
    assert usages() == {("fake-project", "fake-user", "cores"): (0, 2), ("fake-project", None, "fixed_ips"): (0, 3)}
    for row in stored("quota_usages"):
        assert (row["created_at"], row["updated_at"], row["until_refresh"]) == (stopped_clock, stopped_clock, 4)


def test_no_deltas_send_nothing(context: RequestContext, statements: list[str]) -> None:
    assert reserve(context, {}) == []
    assert statements == []


def test_project_and_user_default_to_the_context(context: RequestContext) -> None:
    reserve(context, {"cores": 1})
    reserve(context, {"cores": 1}, user_id="other")
    reserve(context, {"cores": 1}, project_id="elsewhere")
    reserve(context, {"cores": 1}, project_id="elsewhere", user_id="")
    assert set(usages()) == {
        ("fake-project", "fake-user", "cores"),
        ("fake-project", "other", "cores"),
        ("elsewhere", "fake-user", "cores"),
        ("elsewhere", "", "cores"),
    }


def test_without_project_and_user(admin_context: RequestContext) -> None:
    for _ in range(2):
        uuids = reserve(admin_context, {"cores": 1})
        api.reservation_commit(admin_context, uuids)
    assert usages() == {(None, None, "cores"): (2, 0)}
    api.reservation_rollback(admin_context, reserve(admin_context, {"cores": 1}))
    reserve(admin_context, {"cores": 1}, expire=PAST)
    api.reservation_expire(admin_context)
    assert usages() == {(None, None, "cores"): (2, 0)}


def test_any_object_may_be_the_context(db: str) -> None:
    class Duck:
        is_admin, user_id, project_id, read_deleted, quota_class = False, "duck", "pond", "no", None

        def elevated(self) -> Duck:
            return Duck()

    api.reservation_commit(Duck(), reserve(Duck(), {"cores": 1}))
    assert usages() == {("pond", "duck", "cores"): (1, 0)}


def test_expire_is_stored_as_given(context: RequestContext) -> None:
    moment = datetime.fromisoformat("2031-02-03T04:05:06.070809")
    reserve(context, {"cores": 1}, expire=moment)
    reserve(context, {"cores": 1}, expire=None)
    assert [row["expire"] for row in stored("reservations")] == [moment, None]


@pytest.mark.parametrize("name", [5, 5.0, b"shares"])
def test_a_resource_that_is_no_text(context: RequestContext, name: Any) -> None:
    """Its usage would be stored as text, and never found again."""
    for _ in range(2):
        with pytest.raises(DBDataError, match=r"quota_usages\.resource: expected text"):
            reserve(context, {"shares": 1, name: 1}, quotas={"shares": 1, name: 1})
    with pytest.raises(DBDataError, match=r"quota_usages\.resource: expected text"):
        reserve(context, {"shares": 1}, resources={"shares": Resource(lambda *_: {name: 1})})
    assert stored("quota_usages") == []


def test_what_does_not_fit_leaves_nothing(context: RequestContext) -> None:
    with pytest.raises(DBDataError):
        reserve(context, {"cores": 1, "ram": 2**31}, quotas={"cores": 5, "ram": None})
    assert stored("quota_usages") == stored("reservations") == []
    usage_row("cores", in_use=1, reserved=2**31 - 1)
    with pytest.raises(DBDataError):
        reserve(context, {"cores": 1}, quotas={"cores": -1})
    assert stored("reservations") == []


# The worked sequence and the table of effects


def test_the_worked_sequence(context: RequestContext, caplog: pytest.LogCaptureFixture) -> None:
    insert("shares", id="s1", project_id="fake-project", user_id="fake-user", size=5, deleted="False")

    def figures() -> tuple[tuple[int, int], tuple[int, int]]:
        return mine("shares"), mine("gigabytes")

    uuids = reserve(context, {"shares": 1, "gigabytes": 5}, resources=real())
    assert figures() == ((1, 1), (5, 5))
    api.reservation_commit(context, uuids)
    assert figures() == ((2, 0), (10, 0))
    assert [row["deleted"] for row in stored("reservations")] == [row["id"] for row in stored("reservations")]
    with pytest.raises(OverQuota) as caught:
        reserve(context, {"shares": 1, "gigabytes": 500}, resources=real())
    assert caught.value.kwargs["overs"] == ["gigabytes"]
    assert caught.value.kwargs["usages"] == {
        "shares": {"in_use": 2, "reserved": 0},
        "gigabytes": {"in_use": 10, "reserved": 0},
    }
    assert figures() == ((2, 0), (10, 0))
    assert live_reservations() == []
    caplog.clear()
    uuids = reserve(context, {"shares": -9, "gigabytes": -5}, resources=real())
    [record] = [record for record in caplog.records if record.name == LOGGER]
    assert record.levelno == logging.WARNING
    assert "shares" in record.getMessage()
    assert "gigabytes" not in record.getMessage()
    assert figures() == ((2, 0), (10, 0))
    assert len(live_reservations()) == 2
    api.reservation_rollback(context, uuids)
    assert figures() == ((2, 0), (10, 0))
    assert live_reservations() == []
    api.reservation_commit(context, reserve(context, {"shares": -9}, resources=real()))
    assert figures() == ((-7, 0), (10, 0))
    assert len(reserve(context, {"shares": 0}, resources=real())) == 1
    assert figures() == ((1, 0), (10, 0))


def _expire(context: RequestContext, uuids: list[str]) -> None:
    timeutils.advance_time_seconds(3600)
    api.reservation_expire(get_admin_context())


@pytest.mark.parametrize(
    ("end", "effects"),
    [(commit, {3: (8, 1), 0: (5, 1), -2: (3, 1), -9: (-4, 1)}), (roll_back, {}), (_expire, {})],
    ids=["commit", "rollback", "expire"],
)
def test_effects(
    context: RequestContext, stopped_clock: datetime, end: End, effects: Mapping[int, tuple[int, int]]
) -> None:
    for delta in (3, 0, -2, -9):
        usage_row("cores", 5, 1, updated_at="2026-03-01 00:00:00")
        uuids = reserve(context, {"cores": delta}, expire=timeutils.utcnow() + timedelta(seconds=1))
        assert mine("cores") == (5, 1 + max(delta, 0))
        timeutils.advance_time_seconds(1)
        end(context, uuids)
        assert mine("cores") == effects.get(delta, (5, 1))
        row = stored("quota_usages")[-1]
        written = delta > 0 or (end is commit and delta != 0)
        assert (row["updated_at"] == timeutils.utcnow()) is written
        [reservation] = [row for row in stored("reservations") if row["uuid"] == uuids[0]]
        assert (reservation["deleted"], reservation["deleted_at"]) == (reservation["id"], timeutils.utcnow())
        assert reservation["updated_at"] is None
        api.quota_destroy_all_by_project(get_admin_context(), "fake-project")


@pytest.mark.parametrize("end", [commit, roll_back], ids=["commit", "rollback"])
def test_settling_twice_changes_nothing(context: RequestContext, end: End) -> None:
    uuids = reserve(context, {"cores": 3, "ram": 5})
    end(context, uuids)
    before = stored("quota_usages"), stored("reservations")
    for again in (commit, roll_back):
        again(context, uuids)
        again(context, [*uuids, "unknown"])
    api.reservation_expire(get_admin_context())
    assert (stored("quota_usages"), stored("reservations")) == before


def test_what_may_be_settled(context: RequestContext, statements: list[str]) -> None:
    uuids = reserve(context, {"cores": 1, "ram": 2, "shares": 3})
    statements.clear()
    nothing_at_all: list[str] = []
    api.reservation_commit(context, nothing_at_all)
    api.reservation_rollback(context, iter(nothing_at_all))
    assert statements == []
    assert api.reservation_commit(context, ["unknown", "' OR ''='"]) is None
    api.reservation_commit(context, (uuid for uuid in uuids[:1] * 3))
    assert (mine("cores"), mine("ram"), mine("shares")) == ((1, 0), (0, 2), (0, 3))
    api.reservation_rollback(context, {*uuids, "unknown"})
    assert (mine("cores"), mine("ram"), mine("shares")) == ((1, 0), (0, 0), (0, 0))


def test_several_reservations_of_one_usage(context: RequestContext) -> None:
    uuids = [uuid for delta in (1, 2, -4, 3) for uuid in reserve(context, {"cores": delta})]
    assert mine("cores") == (0, 6)
    api.reservation_commit(context, uuids)
    assert mine("cores") == (2, 0)


def test_long_lists(context: RequestContext) -> None:
    limits = {f"resource-{number}": -1 for number in range(120)}
    everything = {name: counting(**limits) for name in limits}
    usage_row("resource-0")
    uuids = reserve(context, dict.fromkeys(limits, 1), resources=everything, quotas=limits)
    assert len(set(uuids)) == 120
    api.reservation_commit(context, [*uuids, *(f"unknown-{number}" for number in range(3000))])
    assert set(usages().values()) == {(0, 0)}


@pytest.mark.parametrize("end", [commit, roll_back])
def test_lists_that_no_statement_takes(admin_context: RequestContext, context: RequestContext, end: End) -> None:
    """They go in parts; a uuid that stands in two of them is settled once."""
    uuids = reserve(context, {"shares": 3, "gigabytes": 5})
    unknown = [f"unknown-{number}" for number in range(MAX_LIST)]
    for caller in (context, admin_context):
        end(caller, [uuids[0], *unknown, *uuids, *unknown, uuids[0]])
        assert usages() == {
            ("fake-project", "fake-user", name): (delta, 0) if end is commit else (0, 0)
            for name, delta in (("shares", 3), ("gigabytes", 5))
        }
    assert live_reservations() == []


def test_more_reservations_than_a_statement_takes(context: RequestContext) -> None:
    [uuid] = reserve(context, {"shares": 1})
    columns = "uuid, usage_id, project_id, user_id, resource, delta, deleted"
    with rawdb.writer.using(context) as sql:
        for _ in range(MAX_LIST.bit_length()):
            sql.execute(f"INSERT INTO reservations ({columns}) SELECT {columns} FROM reservations")
    api.reservation_commit(context, [uuid])
    assert mine("shares")[0] == 2 ** MAX_LIST.bit_length() > MAX_LIST
    with rawdb.reader.using(context) as sql:
        assert sql.execute("SELECT COUNT(*) AS open FROM reservations WHERE deleted = 0").dicts() == [{"open": 0}]


def test_settling_crosses_projects(context: RequestContext, statements: list[str]) -> None:
    here, there, beyond = (
        reserve(context, {"cores": 1, "fixed_ips": 1}, project_id=project_id)
        for project_id in ("fake-project", "aaa", "zzz")
    )
    statements.clear()
    api.reservation_commit(context, [*here, *there, *beyond])
    assert statements == [
        *SETTLE,
        "COMMIT",
        *SETTLE,
        "quota_reserve__write_usages",
        "reservation_commit__close",
        "COMMIT",
    ]
    assert set(usages().values()) == {(1, 0)}


def test_the_project_of_the_call_is_only_a_hint(context: RequestContext, admin_context: RequestContext) -> None:
    api.reservation_commit(context, reserve(context, {"cores": 1}), project_id="wrong", user_id="wrong")
    api.reservation_commit(admin_context, reserve(context, {"cores": 1}), "fake-project", "fake-user")
    api.reservation_rollback(admin_context, reserve(context, {"cores": 1}), "", "")
    stranger = RequestContext("stranger", "strangers", is_admin=False)
    api.reservation_commit(stranger, reserve(context, {"cores": 1}))
    assert mine("cores") == (3, 0)


def test_a_deleted_usage_is_left_alone(context: RequestContext) -> None:
    uuids = reserve(context, {"cores": 2, "ram": 3})
    gone = next(row for row in stored("quota_usages") if row["resource"] == "cores")
    soft_delete("quota_usages", gone["id"])
    before = next(row for row in stored("quota_usages") if row["id"] == gone["id"])
    api.reservation_commit(context, uuids)
    assert next(row for row in stored("quota_usages") if row["id"] == gone["id"]) == before
    assert usages() == {("fake-project", "fake-user", "ram"): (3, 0)}
    assert live_reservations() == []


def test_a_usage_of_another_project(context: RequestContext, admin_context: RequestContext) -> None:
    usage_row("cores", 1, 5, project_id="aaa")
    usage = one("quota_usages")
    api.reservation_create(admin_context, "a-uuid", usage, "fake-project", "fake-user", "cores", 5, PAST)
    api.reservation_expire(admin_context)
    assert usages() == {("aaa", "fake-user", "cores"): (1, 0)}
    assert live_reservations() == []


# Expiry


def test_expiry_is_strict(context: RequestContext, admin_context: RequestContext, stopped_clock: datetime) -> None:
    tick = timedelta(microseconds=1)
    kept = reserve(context, {"cores": 1}, expire=stopped_clock)
    kept += reserve(context, {"cores": 2}, expire=None)
    kept += reserve(context, {"cores": 4}, expire=FAR)
    reserve(context, {"cores": 8}, expire=stopped_clock - tick, quotas={"cores": -1})
    reserve(context, {"cores": 1, "ram": 1}, expire=PAST, project_id="elsewhere", user_id="somebody")
    assert api.reservation_expire(admin_context) is None
    assert [row["uuid"] for row in live_reservations()] == kept
    assert mine("cores") == (0, 7)
    assert usages()["elsewhere", "somebody", "cores"] == usages()["elsewhere", "somebody", "ram"] == (0, 0)


def test_expiry_without_a_usage(admin_context: RequestContext, context: RequestContext) -> None:
    reserve(context, {"cores": 2, "ram": 3}, expire=PAST)
    soft_delete("quota_usages", stored("quota_usages")[0]["id"])
    api.reservation_create(admin_context, "a-uuid", {"id": 12345}, "fake-project", None, "zork", 1, PAST)
    api.reservation_create(admin_context, "b-uuid", {"id": 12345}, "nowhere", None, "zork", 1, PAST)
    api.reservation_expire(admin_context)
    assert live_reservations() == []
    assert [(row["in_use"], row["reserved"]) for row in stored("quota_usages")] == [(0, 2), (0, 0)]


def test_expiry_in_batches(
    context: RequestContext, admin_context: RequestContext, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    monkeypatch.setattr("rawdb.operations.quotas.settle._BATCH", 3)
    for _ in range(3):
        reserve(context, {"cores": 1, "ram": 1}, expire=PAST)
    statements.clear()
    api.reservation_expire(admin_context)
    assert live_reservations() == []
    assert (mine("cores"), mine("ram")) == ((0, 0), (0, 0))
    assert statements.count("reservation_commit__close") == 2
    assert statements.count("quota_reserve__lock") == 3
