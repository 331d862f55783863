"""What addresses, networks and security groups do otherwise in the Grizzly face."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import api
from rawdb import rows as shapes
from rawdb.operations._operation import ANY, lone_read, sql, writes
from rawdb.operations.floating_ips import addresses_in_order, destroy_addresses


def fixed_ip_associate(
    context: Any, address: str, instance_uuid: str, network_id: int | None = None, reserved: bool = False
) -> str:
    """Give a fixed address to an instance and return the address. Errors and round trips: as in rawdb.api."""
    return _address(api.fixed_ip_associate(context, address, instance_uuid, network_id, reserved))


def fixed_ip_associate_pool(
    context: Any, network_id: int, instance_uuid: str | None = None, host: str | None = None
) -> str:
    """Give a free fixed address of a network to an instance or host and return it. All else as in rawdb.api."""
    return _address(api.fixed_ip_associate_pool(context, network_id, instance_uuid, host))


def fixed_ip_create(context: Any, values: Mapping[str, Any]) -> str:
    """Store a fixed address and return the address. Raises FixedIpExists. Round trips: 1."""
    return _address(api.fixed_ip_create(context, values))


def fixed_ip_disassociate(context: Any, address: str) -> None:
    """Take a fixed address from its instance, but leave it on its interface.

    Raises what `fixed_ip_get_by_address` raises. Round trips: as `fixed_ip_update`.
    """
    api.fixed_ip_update(context, address, {"instance_uuid": None})


def fixed_ip_get_by_address(context: Any, address: str) -> shapes.FixedIp:
    """Return the first visible fixed address of this text. Errors and round trips: as in rawdb.api."""
    return api.fixed_ip_get_by_address(context, address)


def floating_ip_allocate_address(context: Any, project_id: str, pool: str) -> str | None:
    """Give the first free address of a pool to a project, and return it. All else as in rawdb.api."""
    return api.floating_ip_allocate_address(context, project_id, pool)


def floating_ip_bulk_create(context: Any, ips: Iterable[Mapping[str, Any]]) -> None:
    """Store floating addresses, all or none. Errors and round trips: as in rawdb.api."""
    api.floating_ip_bulk_create(context, ips)


@writes(ANY)
def floating_ip_bulk_destroy(context: Any, ips: Iterable[Mapping[str, Any]]) -> None:
    """Soft delete the visible rows of addresses, and leave the quotas alone.

    `ips` are dicts with the key `address`; addresses that do not exist are ignored.
    Round trips: 2 for 1,024 addresses, and COMMIT.
    """
    destroy_addresses(context, addresses_in_order(ips))


def floating_ip_create(context: Any, values: Mapping[str, Any]) -> str:
    """Store a floating address and return the address. Raises FloatingIpExists. Round trips: 1."""
    return _address(api.floating_ip_create(context, values))


def floating_ip_deallocate(context: Any, address: str) -> None:
    """Take a floating address from its project, if it has one. Round trips: as in rawdb.api."""
    api.floating_ip_deallocate(context, address)


def network_get_associated_fixed_ips(
    context: Any, network_id: int, host: str | None = None
) -> list[shapes.NetworkGetAssociatedFixedIpsRow]:
    """Return the allocated fixed addresses of a network that are on an interface of an instance. Round trips: 1."""
    return [row for row in api.network_get_associated_fixed_ips(context, network_id, host) if row["allocated"]]


def network_in_use_on_host(context: Any, network_id: int, host: str | None = None) -> bool:
    """Tell whether `network_get_associated_fixed_ips` finds an address. Round trips: 1."""
    return bool(network_get_associated_fixed_ips(context, network_id, host))


def security_group_get(context: Any, security_group_id: int) -> shapes.SecurityGroupWithRules:
    """Return a visible security group with its `rules` and its `instances`. Errors and round trips: as in rawdb.api."""
    return api.security_group_get(context, security_group_id, ["instances"])


@lone_read(ANY)
def security_group_get_by_instance(context: Any, instance_id: int) -> list[shapes.SecurityGroupGetRow]:
    """Return the live groups that a live instance is in, each once, by id; `instance_id` is its number.

    Round trips: 2, and 1 for no such instance.
    """
    uuid: str | None = sql(context).security_group_get_by_instance__uuid(instance_id=instance_id)
    return [] if uuid is None else api.security_group_get_by_instance(context, uuid)


def security_group_get_by_name(context: Any, project_id: str, group_name: str) -> shapes.SecurityGroupWithInstances:
    """Return the live group of a name in a project, with `rules` and `instances`. All else as in rawdb.api."""
    return api.security_group_get_by_name(context, project_id, group_name)


def security_group_rule_get_by_security_group(context: Any, security_group_id: int) -> list[shapes.SecurityGroupRule]:
    """Return the visible rules of a group with the groups they let in and their instances. All else as in rawdb.api."""
    return api.security_group_rule_get_by_security_group(context, security_group_id)


def virtual_interface_get_by_instance(context: Any, instance_id: str) -> list[shapes.VirtualInterfaceRow]:
    """Return the live interfaces of a visible instance, given by its uuid. Errors and round trips: as in rawdb.api."""
    return api.virtual_interface_get_by_instance(context, instance_id)


def _address(row: shapes.FixedIpRow | shapes.FloatingIpRow) -> str:
    return str(row["address"])
