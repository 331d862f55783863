"""What a user of rawdb writes: type checkers have nothing to say about it. Lines of `refused.py` are the contrary."""

from __future__ import annotations

from datetime import datetime

from rawdb import api
from rawdb.compat import manila, nova_grizzly
from rawdb.context import RequestContext
from rawdb.rows import Instance, ListedInstance, SecurityGroupRuleRow, ServiceRow, ShareServer


def states(context: RequestContext) -> dict[str, str | None]:
    """Columns, derived keys, and lists of rows."""
    return {row["name"]: row["vm_state"] for row in api.instance_get_all(context)}


def open_ports(context: RequestContext, instance_id: int) -> list[int | None]:
    """Relations within relations."""
    instance: Instance = api.instance_get(context, instance_id)
    rules: list[SecurityGroupRuleRow] = [rule for group in instance["security_groups"] for rule in group["rules"]]
    return [rule["to_port"] for rule in rules]


def network_info(context: RequestContext, uuid: str) -> str | None:
    """A relation that may be None, behind a key that may be absent."""
    instances: list[ListedInstance] = api.instance_get_all_by_filters(context, {"uuid": uuid})
    cache = instances[0].get("info_cache")
    return None if cache is None else cache["network_info"]


def last_seen(context: RequestContext, host: str) -> datetime | None:
    """Nullable columns are T | None."""
    service: ServiceRow | None = api.service_get_by_host_and_topic(context, host, "compute")
    return None if service is None else service["updated_at"]


def details(context: RequestContext, server_id: str) -> tuple[str | None, str]:
    """A dict of pairs, and tuples of rows."""
    server: ShareServer = api.share_server_get(context, server_id)
    network = server["share_network"]
    existed, group = api.security_group_ensure_default(context)
    assert existed or group["name"] == "default"
    return network and network["name"], server["backend_details"]["port"]


def other_faces(context: RequestContext) -> list[str | None]:
    """The other faces are typed alike, and where they answer differently, differently."""
    node = nova_grizzly.compute_node_get(context, 1)
    service = manila.service_get_by_host_and_topic(context, "h", "share")
    return [service["host"], *(stat["key"] for stat in node["stats"])]
