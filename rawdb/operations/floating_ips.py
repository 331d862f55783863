"""Floating addresses. SQL: sql/queries/*/floating_ips.sql."""

from __future__ import annotations

from typing import Any

from rawdb.exceptions import FixedIpNotFoundForInstance, InstanceNotFound, InvalidID, InvalidUUID
from rawdb.operations._instance_rows import is_uuid_like
from rawdb.operations._operation import ANY, lone_read, sql
from rawdb.operations._rows import can_be_id


@lone_read(ANY)
def instance_get_floating_address(context: Any, instance_id: int) -> str | None:
    """Return the first visible floating address that leads to the first fixed address of an instance, or None.

    Raises InstanceNotFound when the context sees no instance of this id, InvalidID when it can be none,
    FixedIpNotFoundForInstance when the instance has no live fixed address.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    if not can_be_id(instance_id):
        raise InvalidID(id=instance_id)
    row = sql(context).instance_get_floating_address(instance_id=instance_id)
    if row is None:
        raise InstanceNotFound(instance_id=instance_id)
    if row["fixed_ip_id"] is None:
        raise FixedIpNotFoundForInstance(instance_uuid=row["uuid"])
    address: str | None = row["address"]
    return address


@lone_read(ANY)
def instance_floating_address_get_all(context: Any, instance_uuid: str) -> list[str]:
    """Return the visible floating addresses, in the order of their ids, that lead to an instance's fixed addresses.

    Raises InvalidUUID for anything but a canonical uuid, FixedIpNotFoundForInstance when no fixed address of the
    instance is visible, or there is no such instance. Projects do not matter.
    Round trips: 1. Source: Nova Juno; Grizzly's returned rows.
    """
    if not is_uuid_like(instance_uuid):
        raise InvalidUUID(uuid=instance_uuid)
    rows = sql(context).instance_floating_address_get_all(instance_uuid=instance_uuid)
    if not rows:
        raise FixedIpNotFoundForInstance(instance_uuid=instance_uuid)
    return [row["address"] for row in rows if row["floating_ip_id"] is not None]
