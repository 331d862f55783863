"""The operations that are measured, on rows made for them. Each may be called any number of times."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from rawdb import api
from rawdb.context import RequestContext, get_admin_context

Operation = Callable[[], object]


def prepare() -> dict[str, Operation]:
    """Make the rows and return the operations by name."""
    admin = get_admin_context()
    user = RequestContext("user", "project", is_admin=False)
    api.key_pair_create(user, {"user_id": "user", "name": "key", "public_key": "ssh-rsa AAAA"})
    pairs = {f"key{number}": "x" * 40 for number in range(30)}
    plain = _instance(user, {})
    rich = _instance(user, {"metadata": pairs, "system_metadata": pairs})
    for number in range(48):
        _instance(user, {"host": f"host{number % 4}", "metadata": {"role": "web"}})
    for resource in ("instances", "cores", "ram"):
        api.quota_create(admin, "project", resource, 100)
    for number in range(5):
        values = {"name": f"m{number}", "flavorid": str(number), "memory_mb": 512, "vcpus": 1, "root_gb": 1}
        api.flavor_create(admin, {**values, "ephemeral_gb": 0, "extra_specs": {"cpu": "host", "numa": "1"}})
        api.service_create(admin, {"host": f"host{number}", "binary": "nova-compute", "topic": "compute"})
        api.instance_fault_create(admin, {"instance_uuid": plain, "code": 500, "message": "m"})
        api.action_start(user, {"instance_uuid": plain, "request_id": f"req-{number}", "action": "boot"})
    progress = itertools.cycle(range(100))
    return {
        "actions_get": lambda: api.actions_get(user, plain),
        "flavor_get_all": lambda: api.flavor_get_all(user),
        "flavor_get_by_flavor_id": lambda: api.flavor_get_by_flavor_id(user, "3"),
        "instance_fault_get_by_instance_uuids": lambda: api.instance_fault_get_by_instance_uuids(user, [plain, rich]),
        "instance_get_all_by_filters, 50": lambda: api.instance_get_all_by_filters(user, {"deleted": False}),
        "instance_get_by_uuid": lambda: api.instance_get_by_uuid(user, plain, columns_to_join=[]),
        "instance_get_by_uuid, 60 pairs": lambda: api.instance_get_by_uuid(user, rich),
        "instance_metadata_get, 30 pairs": lambda: api.instance_metadata_get(user, rich),
        "instance_test_and_set": lambda: api.instance_test_and_set(user, plain, "task_state", [None], None),
        "instance_update": lambda: api.instance_update(user, plain, {"progress": next(progress)}),
        "key_pair_get": lambda: api.key_pair_get(user, "user", "key"),
        "quota_get_all_by_project": lambda: api.quota_get_all_by_project(admin, "project"),
        "service_get_all_by_host": lambda: api.service_get_all_by_host(admin, "host1"),
    }


def _instance(context: RequestContext, values: dict[str, object]) -> str:
    base = {"project_id": "project", "user_id": "user", "hostname": "h", "memory_mb": 512, "vcpus": 1}
    return str(api.instance_create(context, {**base, **values})["uuid"])
