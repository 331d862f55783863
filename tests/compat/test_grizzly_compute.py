"""What instances, disks and migrations do otherwise in the Grizzly face, on every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from rawdb import api, timeutils
from rawdb.compat import nova_grizzly
from rawdb.context import RequestContext
from rawdb.exceptions import DBDataError, FixedIpNotFoundForInstance, InvalidUUID, NotAuthorized
from tests.operations.factories import stored
from tests.operations.instance_helpers import insert, make, new_uuid, pairs, reading, uuids


class TestDisks:
    def test_create_stores_what_is_given(self, context: RequestContext) -> None:
        given = {"instance_uuid": "i", "device_name": "/dev/vda"}
        kinds: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
            ({"virtual_name": "swap"}, ("blank", "local", "swap")),
            ({"virtual_name": "ephemeral0"}, ("blank", "local", None)),
            ({"virtual_name": None, "volume_id": "v"}, ("volume", "volume", None)),
            ({"snapshot_id": "s", "volume_id": "v"}, ("snapshot", "volume", None)),
            ({"virtual_name": "root"}, (None, None, None)),
            ({}, (None, None, None)),
        ]
        for more, kind in kinds:
            values = {**given, **more, "volume_size": ""}
            assert nova_grizzly.block_device_mapping_create(context, values) is None
            assert values == {**given, **more, "volume_size": ""}
            row = stored("block_device_mapping")[-1]
            assert (row["source_type"], row["destination_type"], row["guest_format"]) == kind
            assert (row["device_name"], row["volume_id"]) == ("/dev/vda", more.get("volume_id"))
            assert row["virtual_name"] == more.get("virtual_name")
            assert row["delete_on_termination"] is False
        with pytest.raises(DBDataError):
            nova_grizzly.block_device_mapping_create(context, {**given, "volume_size": "big"})

    def test_update_empties_nothing(self, context: RequestContext) -> None:
        insert("block_device_mapping", instance_uuid="i", device_name="/dev/vda", volume_size=5, connection_info="{}")
        [row] = stored("block_device_mapping")
        values = {"virtual_name": "swap", "device_name": "/dev/vdb"}
        assert nova_grizzly.block_device_mapping_update(context, row["id"], values) is None
        [changed] = stored("block_device_mapping")
        assert (changed["device_name"], changed["volume_size"], changed["connection_info"]) == ("/dev/vdb", 5, "{}")
        assert (changed["guest_format"], changed["virtual_name"]) == ("swap", "swap")
        assert nova_grizzly.block_device_mapping_update(context, row["id"] + 1, values) is None

    def test_update_or_create(self, context: RequestContext) -> None:
        given = {"instance_uuid": "i", "device_name": "/dev/vda", "virtual_name": "swap"}
        assert nova_grizzly.block_device_mapping_update_or_create(context, given) is None
        again = {**given, "volume_size": 1, "device_name": "/dev/vda"}
        nova_grizzly.block_device_mapping_update_or_create(context, again)
        assert [row["volume_size"] for row in stored("block_device_mapping")] == [1]
        nova_grizzly.block_device_mapping_update_or_create(context, {**given, "device_name": "/dev/vdb"})
        live = nova_grizzly.block_device_mapping_get_all_by_instance(context, "i")
        assert [row["device_name"] for row in live] == ["/dev/vdb"]
        for key in given:
            with pytest.raises(KeyError):
                nova_grizzly.block_device_mapping_update_or_create(
                    context, {name: value for name, value in given.items() if name != key}
                )

    def test_guards_come_first(self, nobody: RequestContext, statements: list[str]) -> None:
        for call in (
            lambda: nova_grizzly.block_device_mapping_create(nobody, None),  # type: ignore[arg-type]
            lambda: nova_grizzly.block_device_mapping_update(nobody, 1, None),  # type: ignore[arg-type]
            lambda: nova_grizzly.block_device_mapping_update_or_create(nobody, None),  # type: ignore[arg-type]
            lambda: nova_grizzly.block_device_mapping_update_or_create(context=nobody, values={}),
            lambda: nova_grizzly.instance_get_all_by_filters(nobody, None),  # type: ignore[arg-type]
            lambda: nova_grizzly.instance_floating_address_get_all(nobody, None),  # type: ignore[arg-type]
        ):
            with pytest.raises(NotAuthorized):
                call()
        assert statements == []


class TestInstances:
    def test_shorter_signatures(self, context: RequestContext, admin_context: RequestContext) -> None:
        row = make(context, host="h", metadata={"k": "v"}, system_metadata={"s": "t"})
        uuid = row["uuid"]
        assert nova_grizzly.instance_get(context, row["id"]) == api.instance_get(context, row["id"])
        assert nova_grizzly.instance_get_by_uuid(context, uuid) == api.instance_get_by_uuid(context, uuid)
        assert pairs(nova_grizzly.instance_get_by_uuid(context, uuid)["metadata"]) == {"k": "v"}
        [listed] = nova_grizzly.instance_get_all_by_host(admin_context, "h", ["metadata"])
        assert (pairs(listed["metadata"]), listed["system_metadata"]) == ({"k": "v"}, [])
        old, new = nova_grizzly.instance_update_and_get_original(context, uuid, {"host": "g"})
        assert (old["host"], new["host"], pairs(new["metadata"])) == ("h", "g", {"k": "v"})

    def test_changes_since_is_later(self, context: RequestContext, stopped_clock: datetime) -> None:
        row = make(context)
        api.instance_update(context, row["uuid"], {"host": "h"})

        def since(moment: Any) -> list[str]:
            filters = {"changes-since": moment}
            found = nova_grizzly.instance_get_all_by_filters(context, filters)
            assert filters == {"changes-since": moment}
            return uuids(found)

        assert since(stopped_clock) == []
        assert since(stopped_clock - timedelta(microseconds=1)) == [row["uuid"]]
        east = stopped_clock.astimezone().tzinfo
        assert since(stopped_clock.replace(tzinfo=east) - timedelta(days=2)) == [row["uuid"]]
        assert since(datetime.max) == []  # noqa: DTZ901
        for wrong in ("2020-01-01T00:00:00", 5):
            with pytest.raises(AttributeError):
                since(wrong)
        assert uuids(api.instance_get_all_by_filters(context, {"changes-since": stopped_clock})) == [row["uuid"]]

    def test_later_filters_are_ignored(self, context: RequestContext) -> None:
        hidden = make(context, vm_state="soft-delete", cleaned=True)
        seen = make(context, vm_state="active", metadata={"k": "v"})
        later = {"cleaned": False, "soft_deleted": True, "filter": [{"name": "tag-key", "value": "nothing"}]}
        found = nova_grizzly.instance_get_all_by_filters(context, {"deleted": False, **later}, "id", "asc")
        assert uuids(found) == [seen["uuid"]]
        found = nova_grizzly.instance_get_all_by_filters(context, later, "id", "asc", None, None, [])
        assert uuids(found) == [hidden["uuid"], seen["uuid"]]
        assert found[1]["metadata"] == []
        assert uuids(nova_grizzly.instance_get_all_by_filters(context, {}, limit=1, marker=seen["uuid"])) == [
            hidden["uuid"]
        ]

    def test_hung_in_rebooting_has_metadata(self, context: RequestContext, admin_context: RequestContext) -> None:
        row = make(context, metadata={"k": "v"}, system_metadata={"s": "t"})
        past = timeutils.utcnow() - timedelta(hours=1)
        api.instance_update(context, row["uuid"], {"task_state": "rebooting", "updated_at": past})
        [found] = nova_grizzly.instance_get_all_hung_in_rebooting(admin_context, 60)
        assert (pairs(found["metadata"]), pairs(found["system_metadata"])) == ({"k": "v"}, {"s": "t"})
        assert "info_cache" not in found
        [plain] = api.instance_get_all_hung_in_rebooting(admin_context, 60)
        assert plain == {**found, "metadata": [], "system_metadata": []}
        assert nova_grizzly.instance_get_all_hung_in_rebooting(admin_context, 7200) == []

    def test_fault_create(self, nobody: RequestContext) -> None:
        values = {"instance_uuid": "i", "code": 500}
        row = nova_grizzly.instance_fault_create(nobody, values, update_cells=False)
        assert nova_grizzly.instance_fault_create(nobody, values, True)["id"] != row["id"]
        assert stored("instance_faults")[0]["id"] == row["id"]

    def test_floating_addresses_are_rows(self, context: RequestContext) -> None:
        uuid = new_uuid()
        insert("fixed_ips", address="10.0.0.1", instance_uuid=uuid)
        insert("fixed_ips", address="10.0.0.2", instance_uuid=uuid, deleted=77)
        first, second = [row["id"] for row in stored("fixed_ips")]
        assert nova_grizzly.instance_floating_address_get_all(context, uuid) == []
        insert("floating_ips", address="1.1.1.2", fixed_ip_id=first)
        insert("floating_ips", address="1.1.1.1", fixed_ip_id=first)
        insert("floating_ips", address="1.1.1.3", fixed_ip_id=first, deleted=78)
        insert("floating_ips", address="1.1.1.4", fixed_ip_id=second)
        rows = stored("floating_ips")
        assert nova_grizzly.instance_floating_address_get_all(context, uuid) == rows[:2]
        # Floating ones as the context sees them, fixed ones live only.
        assert nova_grizzly.instance_floating_address_get_all(reading(context, "yes"), uuid) == rows[:3]
        gone = new_uuid()
        insert("fixed_ips", address="10.0.0.3", instance_uuid=gone, deleted=79)
        for unknown in (new_uuid(), gone):
            with pytest.raises(FixedIpNotFoundForInstance):
                nova_grizzly.instance_floating_address_get_all(reading(context, "yes"), unknown)
        for wrong in (None, "asdf", 1):
            with pytest.raises(InvalidUUID):
                nova_grizzly.instance_floating_address_get_all(context, wrong)  # type: ignore[arg-type]


class TestMigrations:
    def test_an_error_is_no_end(self, admin_context: RequestContext) -> None:
        where = {"source_compute": "h", "source_node": "n", "instance_uuid": "i"}
        for status in ("migrating", "error", "confirmed", "reverted", None):
            api.migration_create(admin_context, {**where, "status": status})
        find = nova_grizzly.migration_get_in_progress_by_host_and_node
        assert [row["status"] for row in find(admin_context, "h", "n")] == ["migrating", "error"]
        assert find(admin_context, "h", "n")[0]["instance"] is None
        [expected] = api.migration_get_in_progress_by_host_and_node(admin_context, "h", "n")
        assert expected["status"] == "migrating"
        assert find(admin_context, "n", "h") == []

    def test_unconfirmed(self, admin_context: RequestContext) -> None:
        past = timeutils.utcnow() - timedelta(hours=1)
        values = {"dest_compute": "h", "status": "finished", "updated_at": past}
        row = api.migration_create(admin_context, values)
        assert nova_grizzly.migration_get_unconfirmed_by_dest_compute(admin_context, 60, "h") == [row]
        assert nova_grizzly.migration_get_unconfirmed_by_dest_compute(admin_context, 7200, "h") == []
