"""instance_update and instance_update_and_get_original, through rawdb.api, on every dialect."""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    DBConstraintError,
    DBDataError,
    DBError,
    InstanceExists,
    InstanceNotFound,
    InvalidUUID,
    UnexpectedDeletingTaskStateError,
    UnexpectedTaskStateError,
    UnexpectedVMStateError,
)
from tests.operations.factories import stored
from tests.operations.instance_helpers import columns, devices, make, new_uuid, option, pairs, reading, without
from tests.support.rows import Row, there

PLAIN = ["instance_update__columns", "instance_get_by_uuid"]


def test_update_returns_what_a_read_shows(
    context: RequestContext, statements: list[str], stopped_clock: datetime
) -> None:
    row = make(context, metadata={"m": "1"}, system_metadata={"s": "1"}, security_groups=["default"], host="h")
    values = {"host": "h", "task_state": "building", "vcpus": "4", "locked": 1, "node": None, "zork": "ignored"}
    given = dict(values)
    timeutils.advance_time_seconds(1)
    statements.clear()
    new = api.instance_update(context, row["uuid"], values, True)
    assert statements == PLAIN
    assert values == given
    changed = {"task_state": "building", "vcpus": 4, "locked": True, "updated_at": stopped_clock + timedelta(seconds=1)}
    assert new == {**row, **changed}
    assert api.instance_get(context, row["id"]) == new


def test_update_that_takes_the_uuid_away_returns_the_instance(context: RequestContext) -> None:
    rows = [make(context, hostname=hostname) for hostname in ("one", "two", "three")]
    for row in rows:
        new = api.instance_update(context, row["uuid"], {"uuid": None, "task_state": "x"})
        assert (new["id"], new["hostname"], new["uuid"], new["task_state"]) == (row["id"], row["hostname"], None, "x")
    assert [(row["uuid"], row["hostname"]) for row in stored("instances")] == [
        (None, "one"),
        (None, "two"),
        (None, "three"),
    ]


def test_update_of_nothing_writes_nothing(context: RequestContext, statements: list[str]) -> None:
    row = make(context, host="h", vcpus=2, launched_at="2026-01-01T00:00:00.000000", access_ip_v6="FE80::1")
    statements.clear()
    same = {"host": "h", "vcpus": "2", "launched_at": row["launched_at"], "access_ip_v6": "fe80:0::1", "deleted": False}
    for values in ({}, {"zork": 1, "info_cache": {}, "security_groups": ["x"]}, same, {"expected_task_state": None}):
        assert api.instance_update(context, row["uuid"], values) == row
    assert statements == ["instance_get_by_uuid"] * 2 + PLAIN + ["instance_get_by_uuid"]
    assert stored("instances")[0]["updated_at"] is None


def test_updated_at(context: RequestContext, stopped_clock: datetime) -> None:
    row = make(context)
    timeutils.advance_time_seconds(1)
    metadata_only = api.instance_update(context, row["uuid"], {"metadata": {"k": "v"}})
    assert metadata_only["updated_at"] is None
    first = api.instance_update(context, row["uuid"], {"host": "h"})
    assert first["updated_at"] == stopped_clock + timedelta(seconds=1)
    timeutils.advance_time_seconds(1)
    assert api.instance_update(context, row["uuid"], {"host": "h"})["updated_at"] == first["updated_at"]
    # A different one is stored as it is; the one that is there already is no change of its own.
    assert api.instance_update(context, row["uuid"], {"updated_at": stopped_clock})["updated_at"] == stopped_clock
    again = api.instance_update(context, row["uuid"], {"host": "i", "updated_at": stopped_clock})
    assert again["updated_at"] == stopped_clock + timedelta(seconds=2)
    assert api.instance_update(context, row["uuid"], {"updated_at": None})["updated_at"] is None


def test_update_stores_null_for_none(context: RequestContext) -> None:
    row = make(context, host="h")
    nothing = dict.fromkeys(["host", "cleaned", "shutdown_terminate", "created_at", "updated_at"])
    new: Row = api.instance_update(context, row["uuid"], nothing)
    assert {new[name] for name in nothing if name != "updated_at"} == {None}
    assert stored("instances")[0]["cleaned"] is None


def test_update_converts_datetimes_and_addresses(context: RequestContext) -> None:
    row = make(context)
    ten = datetime(2026, 1, 2, 10, tzinfo=timezone(timedelta(hours=2)))
    values = {
        "launched_at": ten,
        "scheduled_at": "2026-01-02T10:00:00.5",
        "access_ip_v4": ipaddress.ip_address("10.0.0.1"),
    }
    new: Row = api.instance_update(context, row["uuid"], values)
    assert new["launched_at"] == ten.replace(tzinfo=None) - timedelta(hours=2)
    assert new["scheduled_at"] == datetime.fromisoformat("2026-01-02T10:00:00.500000")
    assert new["access_ip_v4"] == "10.0.0.1"
    assert api.instance_get(context, row["id"]) == new


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": "n"}, AttributeError),
        ({"launched_at": "yesterday"}, ValueError),
        ({"launched_at": ""}, DBError),
        ({"vcpus": "many"}, DBDataError),
        ({"hostname": "x" * 256}, DBDataError),
        ({"locked_by": "nobody"}, DBDataError),
        ({"host": object()}, DBDataError),
        ({"metadata": {"x" * 256: "v"}}, DBDataError),
        ({"metadata": {"k": "x" * 256}}, DBDataError),
        ({"system_metadata": {"k": ["v"]}}, DBDataError),
        ({"system_metadata": {None: "v"}}, DBError),
        ({"metadata": ["k"]}, AttributeError),
    ],
)
def test_update_that_fails_changes_nothing(
    context: RequestContext, values: dict[str, Any], error: type[Exception]
) -> None:
    row = make(context, metadata={"m": "1"}, system_metadata={"s": "1"})
    first = {"metadata": {"new": "1"}, "task_state": "x"}
    with pytest.raises(error) as raised:
        api.instance_update(context, row["uuid"], {**first, **values})
    assert not isinstance(raised.value, DBConstraintError)
    assert api.instance_get(context, row["id"]) == row
    assert len(stored("instance_metadata")) == len(stored("instance_system_metadata")) == 1


def test_update_finds_what_the_context_sees(context: RequestContext) -> None:
    row = make(context)
    for call in (api.instance_update, api.instance_update_and_get_original):
        for value in ("zork", row["uuid"].upper(), None, row["id"]):
            with pytest.raises(InvalidUUID) as invalid:
                call(context, value, {"host": "h"})  # type: ignore[arg-type]
            assert "uuid" not in invalid.value.kwargs
        for caller, uuid in ((RequestContext("u", "another"), row["uuid"]), (context, new_uuid())):
            with pytest.raises(InstanceNotFound) as missing:
                call(caller, uuid, {"host": "h", "hostname": "n"})
            assert missing.value.kwargs["instance_id"] == uuid
    assert api.instance_update(get_admin_context(), row["uuid"], {"host": "h"})["host"] == "h"
    api.instance_destroy(context, row["uuid"])
    with pytest.raises(InstanceNotFound):
        api.instance_update(context, row["uuid"], {"host": "i"})
    assert api.instance_update(reading(context, "yes"), row["uuid"], {"host": "i"})["host"] == "i"
    assert api.instance_update(reading(context, "only"), row["uuid"], {"host": "j"})["deleted"] == row["id"]


# Expected states


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (None, None),
        (None, [None]),
        (None, ("a", None)),
        ("a", "a"),
        ("a", ["b", "a"]),
        ("a", {"a"}),
        ("deleting", ("deleting",)),
    ],
)
def test_expected_states_that_hold(context: RequestContext, actual: str | None, expected: Any) -> None:
    row = make(context, task_state=actual, vm_state=actual)
    values = {"expected_task_state": expected, "expected_vm_state": expected, "host": "h"}
    new: Row = api.instance_update(context, row["uuid"], values)
    assert (new["host"], new["task_state"], new["vm_state"]) == ("h", actual, actual)
    assert "expected_task_state" not in new
    assert values == {"expected_task_state": expected, "expected_vm_state": expected, "host": "h"}
    api.instance_update(context, row["uuid"], {**values, "host": "h", "task_state": "x", "vm_state": "y"})
    got = api.instance_get(context, row["id"])
    assert (got["task_state"], got["vm_state"]) == ("x", "y")


@pytest.mark.parametrize(
    ("actual", "expected", "wrapped"),
    [
        ("a", None, (None,)),
        ("a", "b", ("b",)),
        ("a", [], []),
        ("a", ["b", None], ["b", None]),
        (None, "a", ("a",)),
        (None, (), ()),
        ("a", frozenset({"a"}), (frozenset({"a"}),)),
        ("a", "A", ("A",)),
        ("deleting", {"a"}, {"a"}),
    ],
)
def test_expected_states_that_do_not_hold(
    context: RequestContext, statements: list[str], actual: str | None, expected: Any, wrapped: Any
) -> None:
    row = make(context, task_state=actual, vm_state=actual, metadata={"m": "1"})
    error = UnexpectedDeletingTaskStateError if actual == "deleting" else UnexpectedTaskStateError
    changes = {"host": "h", "metadata": {}, "system_metadata": {"s": "1"}}
    statements.clear()
    with pytest.raises(UnexpectedTaskStateError) as task:
        api.instance_update(
            context, row["uuid"], {**changes, "expected_task_state": expected, "expected_vm_state": "zork"}
        )
    assert type(task.value) is error
    with pytest.raises(UnexpectedVMStateError) as state:
        api.instance_update(context, row["uuid"], {**changes, "expected_vm_state": expected})
    for raised in (task, state):
        assert without(raised.value.kwargs, "code") == {"actual": actual, "expected": wrapped}
    assert statements == ["BEGIN", "instance_get_by_uuid__locked", "ROLLBACK"] * 2
    assert api.instance_get(context, row["id"]) == row


@pytest.mark.parametrize("expected", [frozenset({"old"}), frozenset(), {"old": 1}, [["x"]], 5, b"old"])
def test_what_is_no_state_is_never_the_state(context: RequestContext, expected: Any) -> None:
    row = make(context, task_state="old", vm_state="old")
    for values in ({"host": "h"}, {"host": "h", "metadata": {"k": "v"}}, {}):
        with pytest.raises(UnexpectedTaskStateError) as refused:
            api.instance_update(context, row["uuid"], {"expected_task_state": expected, **values})
        assert refused.value.kwargs["actual"] == "old"
        with pytest.raises(UnexpectedVMStateError):
            api.instance_update(context, row["uuid"], {"expected_vm_state": expected, **values})
    assert api.instance_get(context, row["id"]) == row
    mixed = {"host": "h", "expected_task_state": ("old", 5, ["x"])}
    assert api.instance_update(context, there(row["uuid"]), mixed)["host"] == "h"


# Hostnames


def test_update_checks_hostnames(context: RequestContext, statements: list[str]) -> None:
    row, other = make(context, hostname="One"), make(context, hostname="two")
    theirs = make(RequestContext("u", "theirs"), hostname="three")
    api.instance_update(context, row["uuid"], {"hostname": "two"})
    api.instance_update(context, row["uuid"], {"hostname": "One"})
    with option(osapi_compute_unique_server_name_scope="project"):
        with pytest.raises(InstanceExists) as refused:
            api.instance_update(context, row["uuid"], {"hostname": "TWO", "metadata": {"k": "v"}})
        assert refused.value.kwargs["name"] == "two"
        assert stored("instance_metadata") == []
        assert api.instance_update(context, row["uuid"], {"hostname": "three"})["hostname"] == "three"
        # Its own name in another case is none of another's.
        assert api.instance_update(context, row["uuid"], {"hostname": "THREE"})["hostname"] == "THREE"
        assert api.instance_update(context, row["uuid"], {"hostname": None})["hostname"] is None
        with pytest.raises(InstanceExists):
            api.instance_update(context, row["uuid"], {"hostname": "two"})
    with option(osapi_compute_unique_server_name_scope="global"):
        with pytest.raises(InstanceExists):
            api.instance_update(context, other["uuid"], {"hostname": theirs["hostname"]})
        statements.clear()
        api.instance_update(context, other["uuid"], {"hostname": "four"})
        assert statements == [
            "BEGIN",
            "quota_reserve__lock",
            "instance_get_by_uuid__locked",
            "instance_create__same_hostname",
            "instance_update",
            "COMMIT",
        ]


# Metadata


@pytest.mark.parametrize("kind", ["metadata", "system_metadata"])
def test_metadata_are_replaced(context: RequestContext, kind: str, stopped_clock: datetime) -> None:
    row = make(context, **{kind: {"same": "1", "other": "2", "gone": "3"}})
    timeutils.advance_time_seconds(1)
    later = stopped_clock + timedelta(seconds=1)
    values = {kind: {"same": "1", "other": 22, "new": None}}
    new: Row = api.instance_update(context, row["uuid"], values)
    assert values == {kind: {"same": "1", "other": 22, "new": None}}
    assert pairs(new[kind]) == {"same": "1", "other": "22", "new": None}
    assert api.instance_get(context, row["id"]) == new
    before = {one["key"]: one for one in row[kind]}
    after = {one["key"]: one for one in stored(f"instance_{kind}")}
    assert after["same"] == before["same"]
    assert after["other"] == {**before["other"], "value": "22", "updated_at": later}
    assert after["gone"] == {
        **before["gone"],
        "deleted": before["gone"]["id"],
        "deleted_at": later,
        "updated_at": later,
    }
    assert (after["new"]["created_at"], after["new"]["updated_at"], after["new"]["deleted"]) == (later, None, 0)
    assert api.instance_update(context, row["uuid"], {kind: None}) == new
    # A row that was removed does not come back.
    api.instance_update(context, row["uuid"], {kind: {"gone": "4"}})
    assert len(stored(f"instance_{kind}")) == 5
    emptied: Row = api.instance_update(context, row["uuid"], {kind: {}})
    assert emptied[kind] == []
    assert {one["deleted"] == one["id"] for one in stored(f"instance_{kind}")} == {True}


def test_metadata_of_others_stay(context: RequestContext) -> None:
    row, other = make(context, metadata={"k": "1"}), make(context, metadata={"k": "1"}, system_metadata={"k": "1"})
    api.instance_update(context, row["uuid"], {"metadata": {"k": "2"}, "system_metadata": {"k": "2"}})
    assert api.instance_get(context, other["id"]) == other


def test_metadata_cost_the_same_for_any_number(context: RequestContext, statements: list[str]) -> None:
    def values(first: int, last: int, value: str) -> dict[str, dict[str, str]]:
        some = {f"k{number}": value for number in range(first, last)}
        return {"metadata": some, "system_metadata": some}

    for count in (1, 10):
        row = make(context, **values(0, 2 * count, "old"))
        statements.clear()
        new = api.instance_update(context, row["uuid"], {**values(count, 3 * count, "new"), "host": "h"})
        assert len(statements) == 4 + 2 * 5
        assert len(new["metadata"]) == len(new["system_metadata"]) == 2 * count


def test_many_metadata(context: RequestContext) -> None:
    many = {f"k{number}": "v" for number in range(1500)}
    row = make(context, metadata=many)
    assert len(row["metadata"]) == 1500
    new = api.instance_update(context, row["uuid"], {"metadata": dict.fromkeys(many, "w")})
    assert {one["value"] for one in new["metadata"]} == {"w"}
    assert len(stored("instance_metadata")) == 1500
    assert api.instance_update(context, row["uuid"], {"metadata": {"k": "v"}})["metadata"][0]["id"] > 1500


# instance_update_and_get_original


def test_original_has_the_old_columns(context: RequestContext) -> None:
    row = make(context, host="h", metadata={"m": "1"}, system_metadata={"s": "1"})
    values = {"host": "i", "metadata": {"m": "2"}, "expected_task_state": None}
    old, new = api.instance_update_and_get_original(context, row["uuid"], values, False, None)
    assert (old["host"], old["updated_at"], new["host"]) == ("h", None, "i")
    assert new["updated_at"] is not None
    relations = ("metadata", "system_metadata", "info_cache", "security_groups")
    assert without(old, *relations) == without(row, *relations)
    assert api.instance_get(context, row["id"]) == new
    # The relations of both are the same objects, in the new state.
    assert pairs(old["metadata"]) == {"m": "2"}
    shown: tuple[Row, Row] = (old, new)
    for relation in relations:
        assert shown[0][relation] is shown[1][relation]


@pytest.mark.parametrize("names", [[], ["metadata"], ("system_metadata", "pci_devices"), ["block_device_mapping"]])
def test_original_joins_what_is_named(context: RequestContext, names: Any) -> None:
    row = make(context, metadata={"m": "1"}, system_metadata={"s": "1"})
    devices(row["uuid"])
    values = {"metadata": {"m": "2", "n": "3"}, "system_metadata": {"s": "2"}}
    old, new = api.instance_update_and_get_original(context, row["uuid"], values, columns_to_join=names)
    expected = api.instance_get(context, row["id"], names)
    assert new == expected
    assert (
        set(old)
        == set(new)
        == columns("instances")
        | set(names)
        | {
            "name",
            "info_cache",
            "security_groups",
            "metadata",
            "system_metadata",
        }
    )
    assert pairs(new["metadata"]) == ({"m": "2", "n": "3"} if "metadata" in names else {})
    # Replaced all the same, and no pair is there twice.
    got = api.instance_get(context, row["id"])
    assert (pairs(got["metadata"]), pairs(got["system_metadata"])) == ({"m": "2", "n": "3"}, {"s": "2"})
    assert len(got["metadata"]) == 2
    with pytest.raises(ValueError):
        api.instance_update_and_get_original(context, row["uuid"], {"host": "h"}, columns_to_join=["zork"])
