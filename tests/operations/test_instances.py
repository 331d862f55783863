"""Instances: made, read, listed and destroyed, through rawdb.api, on every dialect."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    AdminRequired,
    DBDataError,
    DBDuplicateEntry,
    DBError,
    Forbidden,
    InstanceExists,
    InstanceNotFound,
    InvalidID,
    InvalidUUID,
    MarkerNotFound,
    SecurityGroupNotFoundForProject,
)
from tests.operations.factories import refused_once, soft_delete, stored
from tests.operations.instance_helpers import (
    NASTY,
    columns,
    devices,
    insert,
    make,
    new_uuid,
    option,
    pairs,
    reading,
)
from tests.support.rows import Row, there

Call = Callable[[Any], Any]
MISSING = "00000000-0000-0000-0000-000000000000"
DEFAULTS = {"info_cache", "security_groups", "metadata", "system_metadata"}
ALL = DEFAULTS | {"pci_devices", "block_device_mapping"}

ANY: dict[str, Call] = {
    "instance_create": lambda c: api.instance_create(c, {}),
    "instance_destroy": lambda c: api.instance_destroy(c, MISSING),
    "instance_get": lambda c: api.instance_get(c, 1),
    "instance_get_by_uuid": lambda c: api.instance_get_by_uuid(c, MISSING),
    "instance_get_all": lambda c: api.instance_get_all(c),
    "instance_get_all_by_filters": lambda c: api.instance_get_all_by_filters(c, {}),
    "instance_get_active_by_window_joined": lambda c: api.instance_get_active_by_window_joined(c, datetime.now(UTC)),
    "instance_update": lambda c: api.instance_update(c, MISSING, {}),
    "instance_update_and_get_original": lambda c: api.instance_update_and_get_original(c, MISSING, {}),
    "instance_test_and_set": lambda c: api.instance_test_and_set(c, MISSING, "host", ["a"], "b"),
    "instance_get_floating_address": lambda c: api.instance_get_floating_address(c, 1),
    "instance_floating_address_get_all": lambda c: api.instance_floating_address_get_all(c, MISSING),
    "instance_remove_security_group": lambda c: api.instance_remove_security_group(c, MISSING, 1),
}
ADMIN: dict[str, Call] = {
    "instance_get_all_by_host": lambda c: api.instance_get_all_by_host(c, "h"),
    "instance_get_all_by_host_and_node": lambda c: api.instance_get_all_by_host_and_node(c, "h", "n"),
    "instance_get_all_by_host_and_not_type": lambda c: api.instance_get_all_by_host_and_not_type(c, "h", 1),
    "instance_get_all_hung_in_rebooting": lambda c: api.instance_get_all_hung_in_rebooting(c, 10),
    "instance_data_get_for_project": lambda c: api.instance_data_get_for_project(c, "p"),
}


def group(context: RequestContext, name: str, **values: Any) -> None:
    insert("security_groups", **{"name": name, "project_id": context.project_id, **values})


# Guards


def test_guards_come_first(context: RequestContext, statements: list[str]) -> None:
    nobody = RequestContext(None, None, is_admin=False)
    for call in (ANY | ADMIN).values():
        with pytest.raises(Forbidden):
            call(nobody)
    for call in ADMIN.values():
        with pytest.raises(AdminRequired):
            call(context)
    assert statements == []


# instance_create


def test_create_returns_all_of_it(context: RequestContext) -> None:
    row = api.instance_create(context, {"vcpus": 2, "zork": "ignored", "locked": 1})
    assert set(row) == columns("instances") | DEFAULTS | {"name"}
    assert (row["vcpus"], row["locked"], row["deleted"], row["cleaned"]) == (2, True, 0, 0)
    assert (row["shutdown_terminate"], row["disable_terminate"]) == (False, False)
    assert row["updated_at"] is row["deleted_at"] is None
    assert there(row["uuid"]).count("-") == 4
    # Nothing is taken over from the context.
    assert {row[name] for name in ("project_id", "user_id", "hostname", "reservation_id", "vm_state")} == {None}
    assert there(row["info_cache"])["network_info"] is None
    assert set(there(row["info_cache"])) == columns("instance_info_caches")
    assert [row["metadata"], row["system_metadata"], row["security_groups"]] == [[], [], []]
    assert api.instance_get(get_admin_context(), row["id"]) == row


def test_create_stores_what_belongs_to_it(context: RequestContext) -> None:
    values = {
        "project_id": context.project_id,
        "metadata": {"a": "1", "b": 2},
        "system_metadata": {"s": None},
        "info_cache": {"network_info": "[]"},
        "security_groups": ["default"],
        "uuid": "any text at all",
    }
    given = dict(values)
    row = api.instance_create(context, values)
    assert values == given
    assert pairs(row["metadata"]) == {"a": "1", "b": "2"}
    assert set(row["metadata"][0]) == columns("instance_metadata")
    assert pairs(row["system_metadata"]) == {"s": None}
    assert there(row["info_cache"])["network_info"] == "[]"
    assert [one["name"] for one in row["security_groups"]] == ["default"]
    assert api.instance_get_by_uuid(context, "any text at all") == row
    assert [mapping["uuid"] for mapping in stored("instance_id_mappings")] == [row["uuid"]]


def test_create_takes_none_as_left_out(context: RequestContext) -> None:
    nothing = {"created_at": None, "deleted": None, "cleaned": None, "shutdown_terminate": None, "uuid": None}
    row = api.instance_create(context, {**nothing, "metadata": None, "security_groups": None, "info_cache": None})
    assert row["created_at"] is not None
    assert (row["deleted"], row["cleaned"], row["shutdown_terminate"]) == (0, 0, False)


def test_create_converts_datetimes_and_addresses(context: RequestContext) -> None:
    row = make(
        context,
        launched_at="2026-01-02T10:00:00.5",
        terminated_at=datetime(2026, 1, 2, 10, tzinfo=timezone(timedelta(hours=2))),
        scheduled_at=None,
        access_ip_v4=ipaddress.ip_address("10.0.0.1"),
        access_ip_v6="FE80:0:0:0:0:0:0:1",
    )
    assert row["launched_at"] == datetime.fromisoformat("2026-01-02T10:00:00.500000")
    assert row["terminated_at"] == datetime.fromisoformat("2026-01-02T08:00:00")
    assert (row["access_ip_v4"], row["access_ip_v6"]) == ("10.0.0.1", "fe80::1")
    with pytest.raises(ValueError):
        make(context, launched_at="yesterday")
    with pytest.raises(DBError):
        make(context, launched_at="")
    assert len(stored("instances")) == 1


def test_create_refuses_the_derived_name(context: RequestContext) -> None:
    with pytest.raises(AttributeError):
        make(context, name="n")
    assert stored("instances") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("vcpus", "many"), ("vcpus", 2**31), ("hostname", "x" * 256), ("locked_by", "nobody"), ("user_id", ["u"])],
)
def test_create_refuses_what_a_column_cannot_take(context: RequestContext, name: str, value: object) -> None:
    with pytest.raises(DBDataError):
        make(context, **{name: value})
    with pytest.raises(DBDataError):
        make(context, metadata={"k": "v", "x" * 256: "v"})
    for table in ("instances", "instance_info_caches", "instance_metadata", "instance_id_mappings"):
        assert stored(table) == []


@pytest.mark.parametrize("kind", ["metadata", "system_metadata"])
def test_create_stores_keys_that_are_stored_alike_once(context: RequestContext, kind: str) -> None:
    row = make(context, **{kind: {1: "a", "k": "v", "1": "b"}})
    assert sorted((pair["key"], pair["value"]) for pair in row[kind]) == [("1", "b"), ("k", "v")]


def test_create_refuses_a_uuid_for_ever(context: RequestContext) -> None:
    row = make(context)
    for _ in range(2):
        with pytest.raises(DBDuplicateEntry) as refused:
            make(context, uuid=row["uuid"], metadata={"k": "v"})
        assert refused.value.columns == ["uuid"]
        api.instance_destroy(reading(context, "yes"), row["uuid"])
    assert len(stored("instances")) == len(stored("instance_info_caches")) == 1
    assert stored("instance_metadata") == []


def test_create_puts_groups_in_order(context: RequestContext) -> None:
    for name in ("z", "a"):
        group(context, name)
    group(context, "gone", deleted=77)
    group(context, "theirs", project_id="another")
    row = make(context, security_groups=["z", "default", "a", "z"])
    assert [one["name"] for one in row["security_groups"]] == ["default", "z", "a"]
    assert len(stored("security_group_instance_association")) == 3
    # The context's project counts, not the instance's.
    assert make(context, project_id="another", security_groups=["z"])["security_groups"][0]["name"] == "z"


@pytest.mark.parametrize("missing", ["gone", "theirs", "never"])
def test_create_refuses_a_missing_group(context: RequestContext, missing: str) -> None:
    group(context, "gone", deleted=77)
    group(context, "theirs", project_id="another")
    group(context, "there")
    with pytest.raises(SecurityGroupNotFoundForProject) as refused:
        make(context, security_groups=["there", missing, "also missing"])
    assert refused.value.kwargs["project_id"] == context.project_id
    assert refused.value.kwargs["security_group_id"] == missing
    assert stored("instances") == stored("security_group_instance_association") == []
    # The default group survives.
    assert [one["name"] for one in stored("security_groups")][-1] == "default"


def test_create_ensures_the_default_group(context: RequestContext) -> None:
    for port, deleted in ((22, 0), (80, 5)):
        insert("security_group_default_rules", protocol="tcp", from_port=port, to_port=port, deleted=deleted)
    make(context)
    make(context)
    [default] = stored("security_groups")
    assert (default["name"], default["description"]) == ("default", "default")
    assert (default["project_id"], default["user_id"]) == (context.project_id, context.user_id)
    [rule] = stored("security_group_rules")
    assert (rule["parent_group_id"], rule["from_port"], rule["to_port"], rule["protocol"]) == (
        default["id"],
        22,
        22,
        "tcp",
    )
    assert rule["group_id"] is None
    assert (rule["deleted"], rule["updated_at"]) == (0, None)
    [usage] = stored("quota_usages")
    assert (usage["project_id"], usage["user_id"], usage["resource"]) == (
        "fake-project",
        "fake-user",
        "security_groups",
    )
    assert (usage["in_use"], usage["reserved"], usage["until_refresh"]) == (1, 0, None)
    assert usage["updated_at"] is not None
    # Another user of the project finds it there.
    make(RequestContext("other-user", context.project_id))
    assert len(stored("security_groups")) == len(stored("quota_usages")) == 1


def test_create_counts_the_default_group_on_the_usage_that_is_there(context: RequestContext) -> None:
    owner = {"project_id": context.project_id, "user_id": context.user_id, "resource": "security_groups"}
    insert("quota_usages", **owner, in_use=7, reserved=2)
    make(context)
    [usage] = stored("quota_usages")
    assert (usage["in_use"], usage["reserved"]) == (8, 2)


def test_create_without_a_project(admin_context: RequestContext) -> None:
    for _ in range(2):
        api.instance_create(admin_context, {})
    [default] = stored("security_groups")
    assert default["project_id"] is default["user_id"] is None
    [usage] = stored("quota_usages")
    assert (usage["project_id"], usage["user_id"], usage["in_use"]) == (None, None, 1)


def test_create_checks_hostnames(context: RequestContext, caplog: pytest.LogCaptureFixture) -> None:
    elsewhere = RequestContext("u", "elsewhere")
    gone = make(context, hostname="gone")
    api.instance_destroy(context, gone["uuid"])
    make(context, hostname="Web")
    make(context, hostname="Web")
    with option(osapi_compute_unique_server_name_scope="project"):
        make(elsewhere, hostname="WEB")
        with pytest.raises(InstanceExists) as refused:
            make(context, hostname="wEB")
        assert refused.value.kwargs["name"] == "web"
        # The context's project counts, not the instance's.
        with pytest.raises(InstanceExists):
            make(context, hostname="web", project_id="yet another")
        make(context, hostname="gone")
        with pytest.raises(InstanceExists):
            make(reading(context, "only"), hostname="GONE")
        make(context, hostname=None)
        make(context)
    with option(osapi_compute_unique_server_name_scope="global"):
        with pytest.raises(InstanceExists):
            make(RequestContext("u", "third"), hostname="web")
        make(RequestContext("u", "third"), hostname="webs")
    with option(osapi_compute_unique_server_name_scope="zork"):
        make(context, hostname="web")
        assert "zork" in caplog.text


def test_create_costs(context: RequestContext, statements: list[str]) -> None:
    make(context)
    statements.clear()
    make(context)
    assert statements == [
        "BEGIN",
        "instance_create__groups",
        "instance_create",
        "instance_create__info_cache",
        "instance_create__id_mapping",
        "instance_get_by_uuid",
        "COMMIT",
    ]
    statements.clear()
    many = {f"k{number}": "v" for number in range(30)}
    make(context, metadata=many, system_metadata=many, security_groups=["default"])
    assert len(statements) == 10


def test_create_joins_a_transaction(context: RequestContext) -> None:
    with rawdb.writer.using(context):
        first = make(context, metadata={"k": "v"})
        assert api.instance_get(context, first["id"]) == first
        assert api.instance_update(context, there(first["uuid"]), {"host": "h"})["host"] == "h"

    def fail(caller: RequestContext) -> None:
        with rawdb.writer.using(caller):
            make(caller, security_groups=["default"])
            api.instance_destroy(caller, there(api.instance_get_all(caller)[0]["uuid"]))
            raise LookupError

    before = [stored(table) for table in ("instances", "security_groups", "quota_usages", "instance_metadata")]
    with pytest.raises(LookupError):
        fail(RequestContext("u", "new"))
    assert [stored(table) for table in ("instances", "security_groups", "quota_usages", "instance_metadata")] == before
    assert len(before[0]) == 1


# Single reads


def test_get_finds_the_visible_of_the_project(context: RequestContext) -> None:
    row = make(context)
    stranger = RequestContext("u", "another")
    for caller in (context, get_admin_context(), RequestContext("u", None, is_admin=True)):
        assert api.instance_get(caller, row["id"]) == api.instance_get_by_uuid(caller, row["uuid"]) == row
    for caller in (stranger, reading(context, "only")):
        with pytest.raises(InstanceNotFound) as refused:
            api.instance_get(caller, row["id"])
        assert refused.value.kwargs["instance_id"] == row["id"]
        with pytest.raises(InstanceNotFound) as refused:
            api.instance_get_by_uuid(caller, row["uuid"])
        assert refused.value.kwargs["instance_id"] == row["uuid"]
    api.instance_destroy(context, row["uuid"])
    with pytest.raises(InstanceNotFound):
        api.instance_get(context, row["id"])
    for wanted in ("yes", "only"):
        assert api.instance_get(reading(context, wanted), row["id"])["deleted"] == row["id"]
    with pytest.raises(InstanceNotFound):
        api.instance_get(reading(stranger, "yes"), row["id"])


@pytest.mark.parametrize("value", [2**63, -(2**70), "one", "1; DROP TABLE instances", 1.5, [1], {}, b"1"])
def test_get_tells_what_is_no_id(context: RequestContext, value: Any) -> None:
    with pytest.raises(InvalidID) as refused:
        api.instance_get(context, value)
    assert refused.value.kwargs["id"] == value


@pytest.mark.parametrize("value", [2**40, -1, 0, None, "17"])
def test_get_does_not_find_other_ids(context: RequestContext, value: Any) -> None:
    with pytest.raises(InstanceNotFound):
        api.instance_get(context, value)


@pytest.mark.parametrize("value", ["abc", "", "x" * 500, "' OR '1' = '1", None, MISSING.upper()])
def test_get_by_uuid_checks_no_syntax(context: RequestContext, value: Any) -> None:
    make(context)
    with pytest.raises(InstanceNotFound):
        api.instance_get_by_uuid(context, value)


def test_get_joins_what_is_named(context: RequestContext, statements: list[str]) -> None:
    row = make(context, metadata={"m": "1"}, system_metadata={"s": "1"}, security_groups=["default"])
    devices(row["uuid"])
    names: Any
    for names in (None, [], ["metadata"], ("system_metadata",), ["pci_devices"], ["block_device_mapping"], sorted(ALL)):
        given = names if names is None else list(names)
        statements.clear()
        for got in (api.instance_get(context, row["id"], names), api.instance_get_by_uuid(context, row["uuid"], names)):
            joined = {"metadata", "system_metadata"} if names is None else set(names)
            assert set(got) == columns("instances") | DEFAULTS | {"name"} | joined
            assert [one["name"] for one in got["security_groups"]] == ["default"]
            assert there(got["info_cache"])["instance_uuid"] == row["uuid"]
            assert pairs(got["metadata"]) == ({"m": "1"} if "metadata" in joined else {})
            assert pairs(got["system_metadata"]) == ({"s": "1"} if "system_metadata" in joined else {})
        assert statements == ["instance_get", "instance_get_by_uuid"]
        assert names is None or list(names) == given
    got = api.instance_get(context, row["id"], ["pci_devices", "block_device_mapping"])
    assert [(device["label"], device["status"]) for device in got["pci_devices"]] == [
        ("label0", "allocated"),
        ("label1", "claimed"),
    ]
    assert set(got["pci_devices"][0]) == columns("pci_devices")
    [disk] = got["block_device_mapping"]
    assert set(disk) == columns("block_device_mapping")
    assert disk["delete_on_termination"] is False
    for names in (["zork"], ["metadata", "fixed_ips"], ["name"], "metadata"):
        with pytest.raises(ValueError):
            api.instance_get(context, row["id"], names)


def test_get_shows_groups_once_with_live_rules(context: RequestContext) -> None:
    row = make(context, security_groups=["default"])
    [default] = stored("security_groups")
    for port, deleted in ((1, 0), (2, 0), (3, 9)):
        insert(
            "security_group_rules", parent_group_id=default["id"], from_port=port, cidr="10.0.0.0/8", deleted=deleted
        )
    group(context, "second")
    group(context, "gone", deleted=5)
    ids = {one["name"]: one["id"] for one in stored("security_groups")}
    for _ in range(2):
        assert api.instance_add_security_group(context, row["uuid"], ids["second"]) is None
    api.instance_add_security_group(context, row["uuid"], ids["gone"])
    api.instance_add_security_group(context, new_uuid(), 12345)
    got = api.instance_get(context, row["id"])["security_groups"]
    assert [one["name"] for one in got] == ["default", "second"]
    assert set(got[0]) == columns("security_groups") | {"rules"}
    assert [rule["from_port"] for rule in got[0]["rules"]] == [1, 2]
    assert set(got[0]["rules"][0]) == columns("security_group_rules")
    assert got[1]["rules"] == []
    api.instance_remove_security_group(context, row["uuid"], ids["second"])
    assert [one["name"] for one in api.instance_get(context, row["id"])["security_groups"]] == ["default"]
    api.instance_destroy(context, row["uuid"])
    gone: Row = api.instance_get(reading(context, "yes"), row["id"])
    assert gone["security_groups"] == []
    assert gone["info_cache"]["deleted"] == gone["info_cache"]["id"]
    # Even if its memberships are live.
    other = make(context, security_groups=["default"])
    soft_delete("instances", other["id"])
    everything = reading(context, "yes")
    shown = [api.instance_get(everything, other["id"]), *api.instance_get_all(everything)]
    shown += api.instance_get_all_by_filters(context, {})
    shown += api.instance_get_active_by_window_joined(context, row["created_at"])
    assert [one["security_groups"] for one in shown] == [[]] * 7


def test_get_does_not_multiply_metadata(context: RequestContext) -> None:
    many = {f"k{number:02}": f"v{number}" for number in range(30)}
    row = make(context, metadata=many, system_metadata=many, security_groups=["default"])
    for got in (api.instance_get(context, row["id"]), api.instance_get_all(context)[0]):
        assert [len(got[key]) for key in ("metadata", "system_metadata", "security_groups")] == [30, 30, 1]
        assert pairs(got["metadata"]) == pairs(got["system_metadata"]) == many
        ids = [one["id"] for one in got["metadata"]]
        assert ids == sorted(ids)


def test_relations_keep_every_text(context: RequestContext) -> None:
    nasty = {f"{text[:100]}{number}": text for number, text in enumerate(NASTY)}
    row = make(context, metadata=nasty, info_cache={"network_info": "\\\"😀'" * 5000}, display_name=NASTY[8])
    for got in (row, api.instance_get(context, row["id"]), api.instance_get_all(context)[0]):
        assert pairs(got["metadata"]) == nasty
        assert there(got["info_cache"])["network_info"] == "\\\"😀'" * 5000
    moment = got["metadata"][0]["created_at"]
    assert isinstance(moment, datetime)
    assert moment.tzinfo is None
    assert stored("instance_metadata")[0]["created_at"] == moment


def test_names_follow_the_option(context: RequestContext) -> None:
    row = make(context, host="h")

    def name() -> str:
        return str(api.instance_get(context, row["id"], [])["name"])

    assert name() == row["name"] == f"instance-{row['id']:08x}"
    for template, expected in {
        "%s-x": f"{row['id']}-x",
        "%(uuid)s@%(host)s": f"{row['uuid']}@h",
        "%(id)d": str(row["id"]),
        "%(zork)s": row["uuid"],
        "%(name)s": row["uuid"],
        "fixed": "fixed",
    }.items():
        with option(instance_name_template=template):
            assert name() == expected
            assert api.instance_get_all(context)[0]["name"] == expected


def test_hostnames_in_any_case_of_any_letter(context: RequestContext) -> None:
    make(context, hostname="STRASSÉ_1%!")
    make(context, hostname="ΣΊΣΥΦΟΣ")
    with option(osapi_compute_unique_server_name_scope="project"):
        for taken in ("strassé_1%!", "STRASSÉ_1%!", "straSSé_1%!"):
            with pytest.raises(InstanceExists) as refused:
                make(context, hostname=taken)
            assert refused.value.kwargs["name"] == "strassé_1%!"
        with pytest.raises(InstanceExists):
            make(context, hostname="ΣΊΣΥΦΟΣ".lower())
        # What a pattern or a collation would take for the same.
        for free in (
            "strasse_1%!",
            "strassé21%!",
            "strassé_1 !",
            "strassé_1%!!",
            "straßé_1%!",
            "strassé_1%! ",
            "%",
            "É",
        ):
            make(context, hostname=free)
            with pytest.raises(InstanceExists):
                make(context, hostname=free.upper() if free != "straßé_1%!" else free)


@pytest.mark.parametrize("empty", [None, ""])
def test_the_text_of_an_error_names_a_value_that_is_empty(context: RequestContext, empty: str | None) -> None:
    calls: list[Callable[[Any], Any]] = [
        lambda value: api.instance_destroy(context, value),
        lambda value: api.instance_update(context, value, {"host": "h"}),
        lambda value: api.instance_update(context, value, {"metadata": {}}),
        lambda value: api.instance_test_and_set(context, value, "host", [None], "h"),
    ]
    for call in calls:
        with pytest.raises(InvalidUUID) as refused:
            call(empty)
        assert (str(refused.value), refused.value.kwargs) == (repr(empty), {"code": 400})
    with pytest.raises(MarkerNotFound) as unknown:
        api.instance_get_all_by_filters(context, {}, marker="")
    assert str(unknown.value) == "''"


def test_a_run_that_is_refused_keeps_the_states_of_a_generator(context: RequestContext) -> None:
    row = make(context, vm_state="old")
    with refused_once("instance_test_and_set"):
        api.instance_test_and_set(context, row["uuid"], "vm_state", (state for state in ("old", None)), "new")
    assert api.instance_get(context, row["id"])["vm_state"] == "new"


@pytest.mark.parametrize("template", ["%(name)s", "%(metadata)s", "%(info_cache)s"])
def test_a_name_is_made_of_columns_alone(context: RequestContext, template: str) -> None:
    with option(instance_name_template=template):
        row = make(context, metadata={"k": "v"})
        assert row["name"] == row["uuid"]
        assert api.instance_update(context, row["uuid"], {"host": "h"})["name"] == row["uuid"]
        old, new = api.instance_update_and_get_original(context, row["uuid"], {"host": "i"})
        assert (old["name"], new["name"]) == (row["uuid"], row["uuid"])
