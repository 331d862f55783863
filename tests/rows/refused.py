"""What type checkers refuse: every line that ends in a comment `refused`, and no other line. It is never run."""

from __future__ import annotations

from rawdb import api
from rawdb.compat import manila, nova_grizzly
from rawdb.context import RequestContext


def misspelt(context: RequestContext) -> None:
    """Keys that no such row has."""
    instance = api.instance_get(context, 1)
    print(instance["vm_state"])
    print(instance["vm_sate"])  # refused
    api.instance_gett(context, 1)  # refused
    print(api.instance_get_all(context)[0]["hostnam"])  # refused
    print(api.service_get_all(context)[0]["toppic"])  # refused
    print(manila.service_get(context, 1)["compute_node"])  # refused
    print(api.quota_usage_get(context, "p", "cores")["totals"])  # refused


def wrong_relations(context: RequestContext) -> None:
    """Relations that a row does not have, and rows of relations taken for others."""
    instance = api.instance_get(context, 1)
    print(instance["security_groups"][0]["rules"][0]["protocol"])
    print(instance["shares"])  # refused
    print(instance["security_groups"][0]["network_info"])  # refused
    print(api.instance_get_all(context)[0]["security_groups"][0]["rules"])  # refused
    print(api.aggregate_get(context, 1)["hosts"][0]["host"])  # refused
    print(api.share_get(context, "s")["volume_type"]["name"])  # refused
    print(nova_grizzly.compute_node_get(context, 1)["stats"].upper())  # refused


def wrong_types(context: RequestContext) -> None:
    """Values of nullable columns, and of other types."""
    instance = api.instance_get(context, 1)
    print(instance["id"] + 1, instance["name"].upper())
    print(instance["host"].upper())  # refused
    print(instance["memory_mb"] + 1)  # refused
    print(instance["id"].upper())  # refused
    instance["id"] = "one"  # refused
    print(api.key_pair_get(context, "u", "k")["name"] is None, api.cell_get(context, "c")["id"])
    print(api.fixed_ip_get_by_floating_address(context, "10.0.0.1")["address"])  # refused
