"""What instances, their disks and what they are scheduled on do otherwise in the Grizzly face."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from rawdb import api
from rawdb import rows as shapes
from rawdb.exceptions import FixedIpNotFoundForInstance, InvalidUUID
from rawdb.operations._operation import ADMIN, ANY, guarded, lone_read, sql
from rawdb.operations.block_device_mappings.format import as_given
from rawdb.operations.instance_migrations import in_progress
from rawdb.operations.instances import hung_in_rebooting
from rawdb.operations.instances.rows import METADATA, is_uuid_like

#: Filters that came later; Grizzly ignores them like any other unknown key.
_LATER_FILTERS = ("cleaned", "soft_deleted", "filter")
#: Times are kept to the microsecond.
_NEXT_MOMENT = timedelta(microseconds=1)


@guarded(ANY)
def block_device_mapping_create(context: Any, values: Mapping[str, Any]) -> None:
    """Store a disk as it is given, `virtual_name` too: that, a volume or a snapshot tell what it is made from.

    Round trips: 1.
    """
    api.block_device_mapping_create(context, as_given(values), legacy=False)


@guarded(ANY)
def block_device_mapping_update(context: Any, bdm_id: int, values: Mapping[str, Any]) -> None:
    """Change the columns of a visible disk that are given, and no others. Round trips: as in rawdb.api."""
    api.block_device_mapping_update(context, bdm_id, as_given(values), legacy=False)


@guarded(ANY)
def block_device_mapping_update_or_create(context: Any, values: Mapping[str, Any]) -> None:
    """Edit the visible disk of the instance that has the device name, or store a new one, as it is given.

    A swap disk replaces the other swap disks of the instance. Raises KeyError without `virtual_name`, `device_name`
    or `instance_uuid`. Round trips: as in rawdb.api.
    """
    _ = values["virtual_name"]
    api.block_device_mapping_update_or_create(context, as_given(values), legacy=False)


def block_device_mapping_get_all_by_instance(context: Any, instance_uuid: str) -> list[shapes.BlockDeviceMappingRow]:
    """Return the visible disks of an instance, by id. Round trips: 1."""
    return api.block_device_mapping_get_all_by_instance(context, instance_uuid)


def instance_fault_create(
    context: Any, values: Mapping[str, Any], update_cells: bool = True
) -> shapes.InstanceFaultRow:
    """Store a fault of an instance and return its row; `update_cells` has no effect. Round trips: 1."""
    return api.instance_fault_create(context, values)


@lone_read(ANY)
def instance_floating_address_get_all(context: Any, instance_uuid: str) -> list[shapes.FloatingIpRow]:
    """Return the rows of the visible floating addresses that lead to an instance's live fixed addresses, by id.

    Raises InvalidUUID, FixedIpNotFoundForInstance where the instance has no live fixed address. Round trips: 1.
    """
    if not is_uuid_like(instance_uuid):
        raise InvalidUUID(uuid=instance_uuid)
    rows = sql(context).instance_floating_address_get_all__rows(instance_uuid=instance_uuid)
    if not rows:
        raise FixedIpNotFoundForInstance(instance_uuid=instance_uuid)
    for row in rows:
        del row["of_fixed_ip"]
    return [row for row in rows if row["id"] is not None]


def instance_get(context: Any, instance_id: int) -> shapes.Instance:
    """Return the visible instance of an id with its relations, within the project of a plain user. Round trips: 1."""
    return api.instance_get(context, instance_id)


def instance_get_by_uuid(context: Any, uuid: str) -> shapes.Instance:
    """Return the visible instance of a uuid with its relations, within the project of a plain user. Round trips: 1."""
    return api.instance_get_by_uuid(context, uuid)


@guarded(ANY)
def instance_get_all_by_filters(
    context: Any,
    filters: Mapping[str, Any],
    sort_key: str = "created_at",
    sort_dir: str = "desc",
    limit: int | None = None,
    marker: str | None = None,
    columns_to_join: Collection[str] | None = None,
) -> list[shapes.ListedInstance]:
    """Return the instances that pass all filters.

    `changes-since` means later than that moment, not from it on; cleaned, soft_deleted and filter are ignored.
    Round trips: as in rawdb.api.
    """
    known = {name: value for name, value in filters.items() if name not in _LATER_FILTERS}
    if "changes-since" in known:
        # What is no datetime, or the last one of all, is left to the operation.
        with suppress(TypeError, OverflowError):
            known["changes-since"] += _NEXT_MOMENT
    return api.instance_get_all_by_filters(context, known, sort_key, sort_dir, limit, marker, columns_to_join)


def instance_get_all_by_host(
    context: Any, host: str | None, columns_to_join: Collection[str] | None = None
) -> list[shapes.ListedInstance]:
    """Return the visible instances of a host by id, with their relations. Round trips: 1."""
    return api.instance_get_all_by_host(context, host, columns_to_join)


@lone_read(ADMIN)
def instance_get_all_hung_in_rebooting(context: Any, reboot_window: float) -> list[shapes.ListedInstance]:
    """Return the visible instances that are in a soft reboot unchanged for `reboot_window` seconds, by id.

    They carry metadata and system_metadata. Round trips: 1.
    """
    return hung_in_rebooting(context, reboot_window, METADATA)


def instance_update_and_get_original(
    context: Any, instance_uuid: str, values: Mapping[str, Any]
) -> tuple[shapes.Instance, shapes.Instance]:
    """Change a visible instance, and return it as it was and as it is. Round trips: as in rawdb.api."""
    return api.instance_update_and_get_original(context, instance_uuid, values)


@lone_read(ADMIN)
def migration_get_in_progress_by_host_and_node(
    context: Any, host: str, node: str
) -> list[shapes.MigrationWithInstance]:
    """Return the visible migrations from or to a node of a host that have not ended, by id; an error is no end.

    Round trips: as in rawdb.api.
    """
    return in_progress(context, host, node, errors_end=False)


def migration_get_unconfirmed_by_dest_compute(
    context: Any, confirm_window: float, dest_compute: str
) -> list[shapes.MigrationRow]:
    """Return the finished migrations into a host that were updated `confirm_window` seconds ago or earlier, by id.

    Round trips: 1.
    """
    return api.migration_get_unconfirmed_by_dest_compute(context, confirm_window, dest_compute)
