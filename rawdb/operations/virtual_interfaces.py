"""Virtual interfaces: the network cards of instances. SQL: sql/queries/*/virtual_interfaces.sql."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import (
    DBDataError,
    DBDeadlock,
    DBError,
    DBInvalidUnicodeParameter,
    InstanceNotFound,
    InvalidIpAddressError,
    VirtualInterfaceCreateException,
)
from rawdb.operations._operation import ANY, lone_read, lone_write, sql
from rawdb.operations._rows import in_order_of_creation


@lone_write(ANY)
def virtual_interface_create(context: Any, values: Mapping[str, Any]) -> shapes.VirtualInterfaceRow:
    """Store an interface and return its row.

    `values` are columns of virtual_interfaces (address, network_id, instance_uuid, uuid); other keys are ignored, and
    nothing is made up. Network and instance need not exist. Raises VirtualInterfaceCreateException when a live
    interface has the address, and for whatever else the database refuses.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    try:
        return sql(context).virtual_interface_create(values=values)
    except DBDeadlock:
        # To be run again, not to be reported.
        raise
    except (DBError, DBInvalidUnicodeParameter) as error:
        raise VirtualInterfaceCreateException from error


@lone_write(ANY)
def virtual_interface_delete_by_instance(context: Any, instance_id: str) -> None:
    """Soft delete the live interfaces of an instance, given by its uuid; none is no error.

    Its fixed addresses stay as they are. Round trips: 1. Source: Nova Juno; Grizzly removed the rows.
    """
    sql(context).virtual_interface_delete_by_instance(instance_id=instance_id)


@lone_read(ANY)
def virtual_interface_get(context: Any, vif_id: int) -> shapes.VirtualInterfaceRow | None:
    """Return the live interface of an id, or None.

    Round trips: 1. Source: Nova Juno; Grizzly's interfaces are removed, not marked.
    """
    return sql(context).virtual_interface_get(vif_id=vif_id)


@lone_read(ANY)
def virtual_interface_get_all(context: Any) -> list[shapes.VirtualInterfaceRow]:
    """Return all live interfaces, by id. Round trips: 1. Source: Nova Juno and Grizzly."""
    return sql(context).virtual_interface_get_all()


@lone_read(ANY)
def virtual_interface_get_by_address(context: Any, address: str) -> shapes.VirtualInterfaceRow | None:
    """Return the live interface of a MAC address, or None. The text must be the same, in its case too.

    Raises InvalidIpAddressError for what can be no text of a database. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    try:
        return sql(context).virtual_interface_get_by_address(address=address)
    except (DBDataError, DBInvalidUnicodeParameter) as error:
        raise InvalidIpAddressError(f"{address!r} can be no address of an interface") from error


@lone_read(ANY)
def virtual_interface_get_by_instance(
    context: Any, instance_id: str, use_slave: bool = False
) -> list[shapes.VirtualInterfaceRow]:
    """Return the live interfaces of an instance, given by its uuid, oldest first (by created_at, then id).

    Raises InstanceNotFound when no such instance is visible in the project.
    Round trips: 1. Source: Nova Juno; Grizzly's were in no order.
    """
    rows = sql(context).virtual_interface_get_by_instance(instance_id=instance_id)
    if not rows:
        raise InstanceNotFound(instance_id=instance_id)
    return in_order_of_creation(row for row in rows if row["id"] is not None)


@lone_read(ANY)
def virtual_interface_get_by_instance_and_network(
    context: Any, instance_id: str, network_id: int
) -> shapes.VirtualInterfaceRow | None:
    """Return the first live interface of an instance, given by its uuid, on a network, or None.

    The instance need not exist. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).virtual_interface_get_by_instance_and_network(instance_id=instance_id, network_id=network_id)


@lone_read(ANY)
def virtual_interface_get_by_uuid(context: Any, vif_uuid: str) -> shapes.VirtualInterfaceRow | None:
    """Return the first live interface of a uuid, or None.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).virtual_interface_get_by_uuid(vif_uuid=vif_uuid)
