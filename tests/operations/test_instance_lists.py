"""Lists of instances, through rawdb.api, on every dialect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from tests.operations.factories import stored
from tests.operations.instance_helpers import (
    columns,
    devices,
    make,
    pairs,
    reading,
    uuids,
    without,
)
from tests.support.rows import there

Call = Callable[[Any], Any]
MISSING = "00000000-0000-0000-0000-000000000000"
DEFAULTS = {"info_cache", "security_groups", "metadata", "system_metadata"}
ALL = DEFAULTS | {"pci_devices", "block_device_mapping"}


def test_get_all_is_scoped_and_in_order(context: RequestContext, statements: list[str]) -> None:
    mine = [make(context) for _ in range(3)]
    other = make(RequestContext("u", "another"))
    gone = make(context)
    api.instance_destroy(context, gone["uuid"])
    statements.clear()
    assert uuids(api.instance_get_all(context)) == uuids(mine)
    assert statements == ["instance_get_all"]
    assert uuids(api.instance_get_all(get_admin_context())) == uuids([*mine, other])
    assert uuids(api.instance_get_all(reading(context, "only"))) == [gone["uuid"]]
    assert uuids(api.instance_get_all(get_admin_context("yes"))) == uuids([*mine, other, gone])


def test_lists_join_what_is_named(context: RequestContext, statements: list[str]) -> None:
    row = make(context, metadata={"m": "1"}, system_metadata={"s": "1"}, security_groups=["default"])
    devices(row["uuid"])
    for names in (None, [], ["metadata"], ("pci_devices", "system_metadata"), ["info_cache"], ["security_groups"], ALL):
        joined = DEFAULTS if names is None else set(names)
        given = names if names is None else list(names)
        statements.clear()
        for [got] in (
            api.instance_get_all(context, names),
            api.instance_get_all_by_filters(context, {}, columns_to_join=names),
        ):
            assert set(got) == columns("instances") | {"name", "metadata", "system_metadata"} | joined
            assert pairs(got["metadata"]) == ({"m": "1"} if "metadata" in joined else {})
            assert pairs(got["system_metadata"]) == ({"s": "1"} if "system_metadata" in joined else {})
            if "pci_devices" in joined:
                assert [device["label"] for device in got["pci_devices"]] == ["label0"]
            if "security_groups" in joined:
                assert [one["name"] for one in got["security_groups"]] == ["default"]
            if "block_device_mapping" in joined:
                assert len(got["block_device_mapping"]) == 1
        assert statements == ["instance_get_all", "instance_get_all_by_filters"]
        assert names is None or list(names) == given
    for call in (api.instance_get_all, lambda c, names: api.instance_get_all_by_filters(c, {}, columns_to_join=names)):
        with pytest.raises(ValueError):
            call(context, ["metadata", "zork"])


def test_lists_show_metadata_as_the_context_reads(context: RequestContext) -> None:
    row = make(context, metadata={"old": "1"}, system_metadata={"s": "1"})
    devices(row["uuid"])
    api.instance_update(context, row["uuid"], {"metadata": {"new": "2"}})
    expected = {"no": ({"new": "2"}, ["label0"]), "yes": ({"old": "1", "new": "2"}, ["label0", "label2"])}
    for wanted, (metadata, labels) in expected.items():
        [got] = api.instance_get_all(reading(context, wanted), ["metadata", "pci_devices"])
        assert pairs(got["metadata"]) == metadata
        assert [device["label"] for device in got["pci_devices"]] == labels
        # A single read shows live rows, whatever the context says.
        assert pairs(api.instance_get(reading(context, wanted), row["id"])["metadata"]) == {"new": "2"}
    [got] = api.instance_get_all_by_filters(reading(context, "only"), {})
    assert pairs(got["metadata"]) == {"old": "1"}
    assert got["system_metadata"] == []
    api.instance_destroy(context, row["uuid"])
    [got] = api.instance_get_all_by_filters(context, {})
    assert (got["metadata"], pairs(got["system_metadata"])) == ([], {"s": "1"})


def test_an_instance_without_metadata_after_one_with_many(context: RequestContext) -> None:
    many = {f"key{number}": "x" * 255 for number in range(60)}
    rows = [make(context, metadata=one, system_metadata=one) for one in (many, {}, {"k": "v"}, many, many, {}, {})]
    assert api.instance_get_all(context, ["metadata", "system_metadata"]) == [
        without(api.instance_get(context, row["id"]), "info_cache", "security_groups") for row in rows
    ]
    assert [len(row["metadata"]) for row in api.instance_get_all_by_filters(context, {}, "id", "asc")] == [
        len(row["metadata"]) for row in rows
    ]


def test_a_list_costs_the_same_for_any_number(context: RequestContext, statements: list[str]) -> None:
    admin = get_admin_context()
    calls: list[Call] = [
        lambda c: api.instance_get_all(c, ALL),
        lambda c: api.instance_get_all_by_filters(c, {}, columns_to_join=ALL),
        lambda c: api.instance_get_active_by_window_joined(c, datetime.fromisoformat("2020-01-01T00:00:00")),
        lambda c: api.instance_get_all_by_host(c, "h", ALL),
        lambda c: api.instance_get_all_by_host_and_not_type(c, "h", 2),
    ]
    for count in (1, 12):
        while len(stored("instances")) < count:
            make(context, host="h", instance_type_id=1, metadata={"a": "1", "b": "2"}, security_groups=["default"])
        for call in calls:
            statements.clear()
            rows = call(admin)
            assert len(statements) == 1
            assert [len(row["metadata"]) for row in rows] == [2] * count


def test_by_host(context: RequestContext, admin_context: RequestContext) -> None:
    first = make(context, host="h1", node="n1", instance_type_id=1, metadata={"m": "1"}, system_metadata={"s": "1"})
    second = make(context, host="h1", node="n2", security_groups=["default"])
    nowhere = make(context)
    gone = make(context, host="h1", node="n1")
    api.instance_destroy(context, gone["uuid"])
    devices(first["uuid"])
    got = api.instance_get_all_by_host(admin_context, "h1")
    assert uuids(got) == uuids([first, second])
    assert set(got[0]) == columns("instances") | DEFAULTS | {"name"}
    assert pairs(got[0]["metadata"]) == {"m": "1"}
    assert [one["name"] for one in got[1]["security_groups"]] == ["default"]
    for names, shown in (
        ([], [{}, {}]),
        (["metadata", "zork"], [{"m": "1"}, {}]),
        (("system_metadata",), [{}, {"s": "1"}]),
    ):
        row = api.instance_get_all_by_host(admin_context, "h1", names)[0]
        assert [pairs(row["metadata"]), pairs(row["system_metadata"])] == shown
        assert there(row["info_cache"])["instance_uuid"] == first["uuid"]
        assert "pci_devices" not in row
    row = api.instance_get_all_by_host(admin_context, "h1", ["pci_devices"], use_slave=True)[0]
    assert [device["label"] for device in row["pci_devices"]] == ["label0"]
    assert uuids(api.instance_get_all_by_host(admin_context, None)) == [nowhere["uuid"]]
    assert uuids(api.instance_get_all_by_host(get_admin_context("only"), "h1")) == [gone["uuid"]]
    assert api.instance_get_all_by_host(admin_context, "h' OR 1=1") == []


def test_by_host_and_node(context: RequestContext, admin_context: RequestContext) -> None:
    first = make(context, host="h1", node="n1", metadata={"m": "1"})
    make(context, host="h1", node="n2")
    bare = make(context, host="h1")
    [got] = api.instance_get_all_by_host_and_node(admin_context, "h1", "n1")
    assert got == {**without(first, "info_cache", "security_groups"), "metadata": []}
    assert uuids(api.instance_get_all_by_host_and_node(admin_context, "h1", None)) == [bare["uuid"]]
    api.instance_destroy(context, first["uuid"])
    assert api.instance_get_all_by_host_and_node(admin_context, "h1", "n1") == []
    assert len(api.instance_get_all_by_host_and_node(get_admin_context("yes"), "h1", "n1")) == 1


def test_by_host_and_not_type(context: RequestContext, admin_context: RequestContext) -> None:
    one = make(context, host="h", instance_type_id=1, metadata={"m": "1"})
    two = make(context, host="h", instance_type_id=2)
    make(context, host="h")
    make(context, host="other", instance_type_id=3)
    assert api.instance_get_all_by_host_and_not_type(admin_context, "h", 2) == [
        {**one, "security_groups": []},
    ]
    assert uuids(api.instance_get_all_by_host_and_not_type(admin_context, "h", type_id=9)) == uuids([one, two])
    assert uuids(api.instance_get_all_by_host_and_not_type(admin_context, "h")) == uuids([one, two])


def test_hung_in_rebooting(context: RequestContext, admin_context: RequestContext, stopped_clock: datetime) -> None:
    old = make(context, task_state="rebooting", updated_at=stopped_clock - timedelta(seconds=60), metadata={"m": "1"})
    exactly = make(context, task_state="rebooting", updated_at=stopped_clock - timedelta(seconds=30))
    make(context, task_state="rebooting", updated_at=stopped_clock - timedelta(seconds=29))
    make(context, task_state="rebooting")
    make(context, task_state="rebooting_hard", updated_at=stopped_clock - timedelta(seconds=60))
    gone = make(context, task_state="rebooting", updated_at=stopped_clock - timedelta(seconds=60))
    api.instance_destroy(context, gone["uuid"])
    got = api.instance_get_all_hung_in_rebooting(admin_context, 30)
    assert uuids(got) == uuids([old, exactly])
    assert got[0] == {**without(old, "info_cache", "security_groups"), "metadata": []}


def test_active_by_window(context: RequestContext) -> None:
    def day(number: int) -> datetime:
        return datetime.fromisoformat(f"2026-01-{number:02}T00:00:00")

    running = make(context, launched_at=day(1), host="h1", metadata={"m": "1"}, system_metadata={"s": "1"})
    ended = make(context, launched_at=day(1), terminated_at=day(10))
    late = make(context, launched_at=day(20), project_id="another", host="h2")
    never = make(context)
    api.instance_destroy(context, running["uuid"])

    def window(*args: Any, **kwargs: Any) -> list[str]:
        return uuids(api.instance_get_active_by_window_joined(context, *args, **kwargs))

    # Deleted or not, of whatever project.
    assert window(day(5)) == uuids([running, ended, late, never])
    assert window(day(10)) == window(day(10), None) == uuids([running, late, never])
    assert window(day(5), day(20)) == uuids([running, ended])
    assert window(day(5), end=day(21)) == uuids([running, ended, late])
    assert window(day(5), project_id="another") == [late["uuid"]]
    assert window(day(5), host="h1", project_id="") == [running["uuid"]]
    assert window("2026-01-05T00:00:00.000000", "2026-01-20T02:00:00+02:00") == uuids([running, ended])
    got = api.instance_get_active_by_window_joined(context, day(5))[0]
    assert set(got) == columns("instances") | DEFAULTS | {"name"}
    assert (got["metadata"], pairs(got["system_metadata"])) == ([], {"s": "1"})


def test_data_for_project(context: RequestContext, admin_context: RequestContext) -> None:
    make(context, vcpus=2, memory_mb=2**31 - 1)
    make(context, vcpus=3, memory_mb=2**31 - 1)
    make(context)
    make(RequestContext("u", "another"), vcpus=100)
    gone = make(context, vcpus=50)
    api.instance_destroy(context, gone["uuid"])
    assert api.instance_data_get_for_project(admin_context, context.project_id) == (3, 5, 2**32 - 2)
    assert api.instance_data_get_for_project(get_admin_context("only"), context.project_id, session=object()) == (
        1,
        50,
        0,
    )
    assert api.instance_data_get_for_project(admin_context, "zork") == (0, 0, 0)
    assert api.instance_data_get_for_project(admin_context, None) == (0, 0, 0)
    assert [type(number) for number in api.instance_data_get_for_project(admin_context, "another")] == [int] * 3
