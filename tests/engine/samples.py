"""A small world, and for each operation a call that does something in it.

An operation that is not in the table is not tried by the tests that go through all of them; add it here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from rawdb import api
from rawdb.context import RequestContext

UUID = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
GROUP = "33333333-3333-4333-8333-333333333333"
NOW = datetime.fromisoformat("2014-06-01T12:00:00")
FAR = datetime.fromisoformat("2100-01-01T00:00:00")

Call = tuple[tuple[Any, ...], dict[str, Any]]
Sample = Callable[[SimpleNamespace], Call]


def caller() -> RequestContext:
    """Who calls: an administrator of a project."""
    return RequestContext("fake-user", "fake-project", is_admin=True, overwrite=False)


def make_world() -> SimpleNamespace:
    """Rows for the samples to find."""
    context = caller()
    flavor = api.flavor_create(context, {"name": "f", "flavorid": "f", "memory_mb": 1, "vcpus": 1}, ["fake-project"])
    api.flavor_extra_specs_update_or_create(context, "f", {"a": "1"})
    instance = api.instance_create(
        context,
        {
            "uuid": UUID,
            "project_id": "fake-project",
            "user_id": "fake-user",
            "host": "host",
            "vm_state": "active",
            "metadata": {"a": "1"},
            "system_metadata": {"b": "2"},
        },
    )
    api.instance_group_create(context, {"uuid": GROUP, "name": "g"}, ["p"], {"a": "1"}, [UUID])
    api.key_pair_create(context, {"user_id": "fake-user", "name": "k"})
    service = api.service_create(context, {"host": "host", "binary": "nova-compute", "topic": "compute"})
    action = api.action_start(
        context, {"action": "run", "instance_uuid": UUID, "request_id": "req-1", "start_time": NOW}
    )
    api.action_event_start(context, {"event": "e", "instance_uuid": UUID, "request_id": "req-1", "start_time": NOW})
    device = api.block_device_mapping_create(
        context, {"instance_uuid": UUID, "device_name": "/dev/vda", "volume_id": "v", "boot_index": 0}, legacy=False
    )
    migration = api.migration_create(context, {"instance_uuid": UUID, "status": "finished", "dest_compute": "host"})
    api.quota_create(context, "fake-project", "cores", 10)
    api.quota_create(context, "fake-project", "cores", 5, "fake-user")
    api.quota_class_create(context, "default", "cores", 20)
    reservations = api.quota_reserve(*quota_reserve_arguments(context))
    return SimpleNamespace(
        context=context,
        flavor=flavor["id"],
        instance=instance["id"],
        service=service["id"],
        action=action["id"],
        device=device["id"],
        migration=migration["id"],
        reservations=reservations,
    )


def quota_reserve_arguments(context: Any) -> tuple[Any, ...]:
    """What quota_reserve takes, context included."""
    resource = SimpleNamespace(sync=lambda context, project_id, user_id, session: {"cores": 1, "ram": 10})
    resources = {"cores": resource, "ram": resource}
    limits = {"cores": 10, "ram": 1000}
    return (context, resources, limits, limits, {"cores": 1, "ram": 10}, FAR, 1, 3600)


def call(*args: Any, **kwargs: Any) -> Sample:
    """A sample that depends on nothing in the world."""
    return lambda world: (args, kwargs)


SAMPLES: dict[str, Sample] = {
    "action_event_finish": call(
        {"event": "e", "instance_uuid": UUID, "request_id": "req-1", "finish_time": NOW, "result": "Success"}
    ),
    "action_event_start": call({"event": "x", "instance_uuid": UUID, "request_id": "req-1", "start_time": NOW}),
    "action_events_get": lambda world: ((world.action,), {}),
    "action_finish": call({"instance_uuid": UUID, "request_id": "req-1", "finish_time": NOW}),
    "action_get_by_request_id": call(UUID, "req-1"),
    "action_start": call({"action": "stop", "instance_uuid": UUID, "request_id": "req-2", "start_time": NOW}),
    "actions_get": call(UUID),
    "block_device_mapping_create": call({"instance_uuid": UUID, "device_name": "/dev/vdb"}, legacy=False),
    "block_device_mapping_destroy": lambda world: ((world.device,), {}),
    "block_device_mapping_destroy_by_instance_and_device": call(UUID, "/dev/vda"),
    "block_device_mapping_destroy_by_instance_and_volume": call(UUID, "v"),
    "block_device_mapping_get_all_by_instance": call(UUID),
    "block_device_mapping_update": lambda world: ((world.device, {"boot_index": 1}), {"legacy": False}),
    "block_device_mapping_update_or_create": call(
        {"instance_uuid": UUID, "device_name": "/dev/vda", "boot_index": 2}, legacy=False
    ),
    "flavor_access_add": call("f", "another-project"),
    "flavor_access_get_by_flavor_id": call("f"),
    "flavor_access_remove": call("f", "fake-project"),
    "flavor_create": call(
        {"name": "n", "flavorid": "n", "memory_mb": 1, "vcpus": 1, "extra_specs": {"x": "y"}}, ["one", "two"]
    ),
    "flavor_destroy": call("f"),
    "flavor_extra_specs_delete": call("f", "a"),
    "flavor_extra_specs_get": call("f"),
    "flavor_extra_specs_update_or_create": call("f", {"a": "2", "b": "3"}),
    "flavor_get_all": call(),
    "flavor_get_by_flavor_id": call("f"),
    "flavor_get_by_name": call("f"),
    "instance_create": call({"uuid": OTHER, "metadata": {"a": "1", "b": "2"}, "system_metadata": {"c": "3"}}),
    "instance_destroy": call(UUID),
    "instance_fault_create": call({"instance_uuid": UUID, "code": 500, "message": "m"}),
    "instance_fault_get_by_instance_uuids": call([UUID]),
    "instance_get": lambda world: ((world.instance,), {}),
    "instance_get_all": call(),
    "instance_get_all_by_filters": call({"host": "host", "metadata": {"a": "1"}}),
    "instance_get_all_by_host": call("host"),
    "instance_get_by_uuid": call(UUID),
    "instance_group_create": call({"uuid": OTHER, "name": "h"}, ["p", "q"], {"a": "1", "b": "2"}, [UUID, OTHER]),
    "instance_group_delete": call(GROUP),
    "instance_group_get": call(GROUP),
    "instance_group_get_all": call(),
    "instance_group_member_delete": call(GROUP, UUID),
    "instance_group_members_add": call(GROUP, [OTHER], set_delete=True),
    "instance_group_metadata_add": call(GROUP, {"a": "2", "b": "3"}, set_delete=True),
    "instance_group_metadata_delete": call(GROUP, "a"),
    "instance_group_policies_add": call(GROUP, ["q"], set_delete=True),
    "instance_group_policy_delete": call(GROUP, "p"),
    "instance_group_update": call(GROUP, {"name": "i", "policies": ["q"], "metadata": {"b": "4"}}),
    "instance_info_cache_delete": call(UUID),
    "instance_info_cache_get": call(UUID),
    "instance_info_cache_update": call(UUID, {"network_info": "[]"}),
    "instance_metadata_delete": call(UUID, "a"),
    "instance_metadata_get": call(UUID),
    "instance_metadata_update": call(UUID, {"a": "2", "b": "3"}, False),
    "instance_system_metadata_get": call(UUID),
    "instance_system_metadata_update": call(UUID, {"c": "4"}, True),
    "instance_test_and_set": call(UUID, "task_state", [None, ""], "building"),
    "instance_type_create": call({"name": "t", "flavorid": "t", "memory_mb": 1, "vcpus": 1}),
    "instance_type_destroy": call("f"),
    "instance_update": call(UUID, {"vm_state": "stopped", "metadata": {"x": "y"}, "system_metadata": {"z": "1"}}),
    "instance_update_and_get_original": call(UUID, {"vm_state": "stopped", "metadata": {"x": "y"}}),
    "key_pair_count_by_user": call("fake-user"),
    "key_pair_create": call({"user_id": "fake-user", "name": "l"}),
    "key_pair_destroy": call("fake-user", "k"),
    "key_pair_get": call("fake-user", "k"),
    "key_pair_get_all_by_user": call("fake-user"),
    "migration_create": call({"instance_uuid": UUID, "status": "pre-migrating"}),
    "migration_get": lambda world: ((world.migration,), {}),
    "migration_update": lambda world: ((world.migration, {"status": "confirmed"}), {}),
    "quota_class_create": call("default", "ram", 5),
    "quota_class_get": call("default", "cores"),
    "quota_class_update": call("default", "cores", 7),
    "quota_create": call("fake-project", "ram", 7),
    "quota_destroy_all_by_project": call("fake-project"),
    "quota_destroy_all_by_project_and_user": call("fake-project", "fake-user"),
    "quota_get": call("fake-project", "cores"),
    "quota_get_all_by_project": call("fake-project"),
    "quota_reserve": lambda world: (quota_reserve_arguments(world.context)[1:], {}),
    "quota_update": call("fake-project", "cores", 8),
    "quota_usage_get": call("fake-project", "cores", "fake-user"),
    "quota_usage_get_all_by_project": call("fake-project"),
    "quota_usage_update": call("fake-project", "fake-user", "cores", in_use=3),
    "reservation_commit": lambda world: ((world.reservations,), {}),
    "reservation_rollback": lambda world: ((world.reservations,), {}),
    "reservation_expire": call(),
    "service_create": call({"host": "other", "binary": "nova-compute", "topic": "compute"}),
    "service_destroy": lambda world: ((world.service,), {}),
    "service_get": lambda world: ((world.service, True), {}),
    "service_get_all": call(),
    "service_update": lambda world: ((world.service, {"disabled": True}), {}),
}

#: When the world was made, and when the samples are called.
MADE, CALLED = NOW, NOW + timedelta(hours=1)


def run(name: str, world: SimpleNamespace) -> Any:
    """Call an operation as its sample says."""
    args, kwargs = SAMPLES[name](world)
    return getattr(api, name)(world.context, *args, **kwargs)
