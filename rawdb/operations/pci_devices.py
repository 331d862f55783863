"""PCI devices of compute nodes. SQL: sql/queries/*/pci_devices.sql."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import DBDuplicateEntry, PciDeviceNotFound, PciDeviceNotFoundById, RetryRequest
from rawdb.operations._operation import ADMIN, ANY, lone_read, lone_write, sql, writes
from rawdb.operations._rows import edit_row, only_columns
from rawdb.statements.criteria import equal

_TABLE = "pci_devices"


@lone_read(ADMIN)
def pci_device_get_by_addr(context: Any, node_id: int, dev_addr: str) -> shapes.PciDeviceRow:
    """Return the visible device at an address of a compute node, the oldest of several.

    Raises PciDeviceNotFound (which is no NotFound). Round trips: 1. Source: Nova Juno.
    """
    row = sql(context).pci_device_get_by_addr(node_id=node_id, dev_addr=dev_addr)
    if row is None:
        raise PciDeviceNotFound(node_id=node_id, address=dev_addr)
    return row


@lone_read(ADMIN)
def pci_device_get_by_id(context: Any, id: int) -> shapes.PciDeviceRow:
    """Return a visible device. Raises PciDeviceNotFoundById. Round trips: 1. Source: Nova Juno."""
    row = sql(context).pci_device_get_by_id(id=id)
    if row is None:
        raise PciDeviceNotFoundById(id=id)
    return row


@lone_read(ADMIN)
def pci_device_get_all_by_node(context: Any, node_id: int) -> list[shapes.PciDeviceRow]:
    """Return the visible devices of a compute node, by id. Round trips: 1. Source: Nova Juno."""
    return sql(context).pci_device_get_all_by_node(node_id=node_id)


@lone_read(ANY)
def pci_device_get_all_by_instance_uuid(context: Any, instance_uuid: str) -> list[shapes.PciDeviceRow]:
    """Return the visible devices that are allocated to an instance, whosever it is, by id.

    Devices that are only claimed for it are left out. Round trips: 1. Source: Nova Juno.
    """
    filters = [equal("instance_uuid", instance_uuid)]
    return sql(context).pci_device_get_all_by_instance_uuid(filters=filters)


@lone_write(ADMIN)
def pci_device_destroy(context: Any, node_id: int, address: str) -> None:
    """Soft delete the visible device at an address of a compute node.

    Raises PciDeviceNotFound (which is no NotFound). Round trips: 1. Source: Nova Juno.
    """
    if not sql(context).pci_device_destroy(node_id=node_id, address=address):
        raise PciDeviceNotFound(node_id=node_id, address=address)


@writes(ADMIN)
def pci_device_update(context: Any, node_id: int, address: str, value: Mapping[str, Any]) -> shapes.PciDeviceRow:
    """Change columns of the live device at an address of a compute node, or store a new one; return its row.

    An edit moves `updated_at` only if a column changes. A new device is made from `value` alone, which must then hold
    `compute_node_id` and `address` too. Keys that are no column are ignored. Raises DBError for a missing column,
    DBDuplicateEntry when `value` names the place of another live device.
    Calls for one device run one after the other; the last one wins with all its columns.
    Round trips: 1 or 2, and COMMIT. Source: Nova Juno.
    """
    found = sql(context).pci_device_update__find(node_id=node_id, address=address)
    if found is not None:
        return edit_row(sql(context).pci_device_update, _TABLE, found, value)
    try:
        row = sql(context).pci_device_update__insert(values=value)
    except DBDuplicateEntry as error:
        if "address" in error.columns and _is_live_at(value, node_id, address):
            # Another caller has stored this very device since we looked: a fresh run edits it.
            raise RetryRequest(error) from error
        raise
    return row


def _is_live_at(value: Mapping[str, Any], node_id: int, address: str) -> bool:
    """Whether `value` makes the live device at this address of this node: one that a fresh run would find."""
    place = {"compute_node_id": node_id, "address": address}
    named = {name: value.get(name) for name in place}
    return not value.get("deleted") and only_columns(_TABLE, named) == only_columns(_TABLE, place)
