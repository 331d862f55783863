"""Instances destroyed, tested and set, and taken into groups, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.context import RequestContext
from rawdb.exceptions import (
    ConstraintNotMet,
    DBDataError,
    InstanceInvalidState,
    InstanceNotFound,
    InvalidUUID,
)
from tests.operations.factories import meanwhile, soft_delete, stored
from tests.operations.instance_helpers import (
    columns,
    devices,
    insert,
    make,
    new_uuid,
    reading,
    without,
)
from tests.support.rows import Row, there

Call = Callable[[Any], Any]
MISSING = "00000000-0000-0000-0000-000000000000"
DEFAULTS = {"info_cache", "security_groups", "metadata", "system_metadata"}
ALL = DEFAULTS | {"pci_devices", "block_device_mapping"}


# instance_destroy


def test_destroy_deletes_what_belongs_to_it(context: RequestContext, statements: list[str]) -> None:
    row = make(context, metadata={"m": "1"}, system_metadata={"s": "1"}, security_groups=["default"])
    other = make(context, metadata={"m": "1"}, security_groups=["default"])
    devices(row["uuid"])
    insert("instance_faults", instance_uuid=row["uuid"], code=500)
    insert("migrations", instance_uuid=row["uuid"])
    insert("fixed_ips", instance_uuid=row["uuid"], address="10.0.0.1")
    untouched = {
        table: stored(table)
        for table in (
            "instance_system_metadata",
            "block_device_mapping",
            "instance_id_mappings",
            "pci_devices",
            "migrations",
        )
    }
    now = timeutils.utcnow()
    statements.clear()
    gone: Row = api.instance_destroy(context, row["uuid"], update_cells=False)
    assert len(statements) == 8
    assert gone["deleted"] == row["id"]
    assert gone["deleted_at"] >= now
    assert gone["updated_at"] is None
    metadata = [{**pair, "deleted": pair["id"], "deleted_at": gone["deleted_at"]} for pair in row["metadata"]]
    cache = {**row["info_cache"], "deleted": row["info_cache"]["id"], "deleted_at": gone["deleted_at"]}
    marked = {"deleted": row["id"], "deleted_at": gone["deleted_at"]}
    assert gone == {**row, **marked, "metadata": metadata, "info_cache": cache}
    for table, rows in untouched.items():
        assert stored(table) == rows
    assert stored("fixed_ips")[0]["instance_uuid"] == row["uuid"]
    assert stored("instances")[0] == {name: gone[name] for name in columns("instances")}
    for table in (
        "security_group_instance_association",
        "instance_info_caches",
        "instance_metadata",
        "instance_faults",
    ):
        for child in stored(table):
            mine = child["instance_uuid"] == row["uuid"]
            assert (child["deleted"], child["deleted_at"]) == ((child["id"], gone["deleted_at"]) if mine else (0, None))
            assert child["updated_at"] is None
    assert api.instance_get_by_uuid(context, other["uuid"]) == other


def test_destroy_finds_what_the_context_sees(context: RequestContext) -> None:
    row = make(context, metadata={"m": "1"})
    for value in ("zork", row["uuid"].upper(), f"{{{row['uuid']}}}", row["uuid"].replace("-", ""), None, 5, row["id"]):
        with pytest.raises(InvalidUUID) as invalid:
            api.instance_destroy(context, value)  # type: ignore[arg-type]
        assert "uuid" not in invalid.value.kwargs
        assert invalid.value.args[0] == value or not value
    for caller in (RequestContext("u", "another"), reading(context, "only")):
        with pytest.raises(InstanceNotFound) as missing:
            api.instance_destroy(caller, row["uuid"])
        assert missing.value.kwargs["instance_id"] == row["uuid"]
    first: Row = api.instance_destroy(context, row["uuid"])
    with pytest.raises(InstanceNotFound):
        api.instance_destroy(context, row["uuid"])
    again: Row = api.instance_destroy(reading(context, "yes"), row["uuid"])
    assert again["deleted"] == row["id"]
    assert again["deleted_at"] > first["deleted_at"]
    assert there(again["info_cache"])["deleted_at"] == again["deleted_at"]
    assert again["metadata"] == again["security_groups"] == []
    # The rows of before are marked again, too.
    assert stored("instance_metadata")[0]["deleted_at"] == again["deleted_at"]
    assert there(api.instance_destroy(reading(context, "only"), row["uuid"])["deleted_at"]) > again["deleted_at"]


def test_destroy_leaves_what_the_context_does_not_see(context: RequestContext) -> None:
    row = make(context)
    api.instance_info_cache_delete(context, row["uuid"])
    before = stored("instance_info_caches")
    gone = api.instance_destroy(context, row["uuid"])
    assert gone["info_cache"] == before[0]
    assert stored("instance_info_caches") == before


def test_destroy_with_a_constraint(context: RequestContext) -> None:
    row = make(context, vm_state="active", vcpus=2, metadata={"m": "1"})
    api.instance_update(context, row["uuid"], {"host": "h1"})

    def refused(**conditions: Any) -> None:
        with pytest.raises(ConstraintNotMet) as error:
            api.instance_destroy(context, row["uuid"], api.constraint(**conditions))
        assert error.value.code == 412
        assert api.instance_get_by_uuid(context, row["uuid"])["deleted"] == 0
        assert stored("instance_metadata")[0]["deleted"] == 0

    refused(host=api.equal_any("h2", "h3"))
    refused(host=api.equal_any(None))
    refused(host=api.not_equal("h1"))
    refused(host=api.not_equal("h2", "h1"))
    refused(vm_state=api.equal_any("active"), host=api.not_equal("h1"))
    # NULL differs from nothing.
    refused(node=api.not_equal("n1"))
    refused(node=api.not_equal(None))
    refused(node=api.equal_any("n1"))
    with pytest.raises(AttributeError):
        api.instance_destroy(context, row["uuid"], api.constraint(zork=api.equal_any("x")))
    with pytest.raises(DBDataError):
        api.instance_destroy(context, row["uuid"], api.constraint(vcpus=api.equal_any("many")))
    assert api.instance_get_by_uuid(context, row["uuid"])["updated_at"] is not None


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"host": api.equal_any("h1", "h2")},
        {"node": api.equal_any("n1", None)},
        {"node": api.equal_any()},
        {"host": api.not_equal(), "vcpus": api.equal_any("2")},
        {"host": api.not_equal("h2", None), "node": api.equal_any(None)},
    ],
)
def test_destroy_with_a_constraint_that_holds(context: RequestContext, conditions: dict[str, Any]) -> None:
    wanted = api.constraint(**conditions)
    for _ in range(2):
        row = make(context, host="h1", vcpus=2)
        assert api.instance_destroy(context, row["uuid"], constraint=wanted)["deleted"] == row["id"]


# instance_test_and_set


def test_test_and_set(context: RequestContext, statements: list[str], stopped_clock: datetime) -> None:
    row = make(context)
    statements.clear()
    assert api.instance_test_and_set(context, row["uuid"], "task_state", [None, "x"], "building") is None
    assert statements == ["instance_test_and_set"]
    timeutils.advance_time_seconds(1)
    # The value that is there already: matched, though nothing changes.
    api.instance_test_and_set(context, row["uuid"], "task_state", ("building",), "building")
    got = api.instance_get(context, row["id"])
    assert got["task_state"] == "building"
    assert got["updated_at"] == stopped_clock + timedelta(seconds=1)
    for states in ([], [None], ["x"], {"x", None}):
        with pytest.raises(InstanceInvalidState) as refused:
            api.instance_test_and_set(context, row["uuid"], "task_state", states, "y")
        assert without(refused.value.kwargs, "code") == {
            "attr": "task_state",
            "instance_uuid": row["uuid"],
            "state": "building",
            "method": "instance_test_and_set",
        }
    api.instance_test_and_set(context, row["uuid"], "task_state", ["building"], None)
    api.instance_test_and_set(context, row["uuid"], "vcpus", [None, "2"], 2)
    api.instance_test_and_set(context, row["uuid"], "vcpus", ["2"], 3)
    assert api.instance_get(context, row["id"])["vcpus"] == 3


def test_test_and_set_of_a_state_that_came_back_meanwhile(context: RequestContext) -> None:
    row = make(context, task_state="other")
    back = reading(context, "no")
    # The column held something else when it was to be set, and an accepted state when the reason was looked for.
    with meanwhile("instance_get_by_uuid__row", lambda: api.instance_update(back, row["uuid"], {"task_state": "ok"})):
        api.instance_test_and_set(context, row["uuid"], "task_state", ["ok", "x" * 300], "done")
    assert api.instance_get(context, row["id"])["task_state"] == "done"


def test_test_and_set_errors(context: RequestContext, statements: list[str]) -> None:
    row = make(context)
    statements.clear()
    for value in ("zork", row["uuid"].upper()):
        with pytest.raises(InvalidUUID) as invalid:
            api.instance_test_and_set(context, value, "host", [None], "h")
        assert invalid.value.args[0] == value
    for attr in ("zork", "name", "metadata", "host = 'x' --"):
        with pytest.raises(AttributeError):
            api.instance_test_and_set(context, row["uuid"], attr, [None], "h")
    state: Any
    for state in ("x" * 256, ["h"], {}):
        with pytest.raises(DBDataError):
            api.instance_test_and_set(context, row["uuid"], "host", [None], state)
    assert statements == []
    for caller, uuid in ((context, MISSING), (RequestContext("u", "another"), row["uuid"])):
        with pytest.raises(InstanceNotFound) as missing:
            api.instance_test_and_set(caller, uuid, "host", [None], "h")
        assert missing.value.kwargs["instance_id"] == uuid
    assert api.instance_get(context, row["id"])["host"] is None
    api.instance_destroy(context, row["uuid"])
    with pytest.raises(InstanceNotFound):
        api.instance_test_and_set(context, row["uuid"], "host", [None], "h")
    api.instance_test_and_set(reading(context, "yes"), row["uuid"], "host", [None], "h")


# Security groups of an instance


def test_add_and_remove_security_group(context: RequestContext, statements: list[str]) -> None:
    uuid = new_uuid()
    statements.clear()
    for group_id in (1, 1, 2):
        api.instance_add_security_group(RequestContext(None, None), instance_id=uuid, security_group_id=group_id)
    assert api.instance_remove_security_group(context, instance_id=uuid, security_group_id=1) is None
    assert statements == ["instance_add_security_group"] * 3 + ["instance_remove_security_group"]
    rows = stored("security_group_instance_association")
    assert [row["deleted"] != 0 for row in rows] == [True, True, False]
    assert [row["deleted"] for row in rows[:2]] == [row["id"] for row in rows[:2]]
    assert all(row["updated_at"] is None for row in rows)
    # Nothing to remove is no error; a context that sees deleted rows marks them again.
    api.instance_remove_security_group(context, uuid, 1)
    assert stored("security_group_instance_association") == rows
    api.instance_remove_security_group(reading(context, "yes"), uuid, 1)
    assert stored("security_group_instance_association")[0]["deleted_at"] > rows[0]["deleted_at"]
    with pytest.raises(DBDataError):
        api.instance_add_security_group(context, uuid, "one")  # type: ignore[arg-type]


def test_soft_deleted_groups_stay_away(context: RequestContext) -> None:
    row = make(context, security_groups=["default"])
    soft_delete("security_groups", stored("security_groups")[0]["id"])
    assert api.instance_get(context, row["id"])["security_groups"] == []
    # The next instance gets a new default group.
    make(context, security_groups=["default"])
    assert [one["name"] for one in stored("security_groups")] == ["default", "default"]
