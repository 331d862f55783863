"""Block device mappings: the disks of instances. SQL: sql/queries/*/block_device_mappings.sql.

The writers take values in the old notation (`virtual_name`, or the id of a volume or snapshot and no types) unless
`legacy` is false: see _block_device_format. A `volume_size` of '' counts as not given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.operations._metadata import lock_instance
from rawdb.operations._operation import ANY, NO_GUARD, lone_read, lone_write, sql, writes
from rawdb.operations._rows import edit_row, merged, only_columns
from rawdb.operations.block_device_mappings.format import for_create, for_update, is_swap
from rawdb.operations.instances.rows import instance_name
from rawdb.statements.criteria import equal

_TABLE = "block_device_mapping"


@lone_write(ANY)
def block_device_mapping_create(
    context: Any, values: Mapping[str, Any], legacy: bool = True
) -> shapes.BlockDeviceMappingRow:
    """Store a disk and return its row.

    Neither the instance nor a twin is looked for. Raises InvalidBDMFormat for values that are wrong in the old
    notation; other keys than columns are ignored. Round trips: 1.
    Source: Nova Juno; Grizzly's stores the values as they are and returns None.
    """
    return sql(context).block_device_mapping_create(values=for_create(values, legacy))


@writes(ANY)
def block_device_mapping_update(
    context: Any, bdm_id: int, values: Mapping[str, Any], legacy: bool = True
) -> shapes.BlockDeviceMappingRow | None:
    """Change columns of a visible disk and return its row, or None when there is no such disk.

    `updated_at` moves even if nothing changes. Values in the old notation also empty the columns that it has a say
    in and that they do not give; values that are columns throughout are taken as they are. Raises InvalidBDMFormat,
    and without `legacy` DBError for a key that is no column. Round trips: 2, without such a disk 1, and
    COMMIT. Source: Nova Juno; Grizzly's returns nothing.
    """
    changes = for_update(values, legacy)
    if not sql(context).block_device_mapping_update(bdm_id=bdm_id, changes=changes):
        return None
    return sql(context).block_device_mapping_update__row(bdm_id=bdm_id)


@writes(NO_GUARD)
def block_device_mapping_update_or_create(
    context: Any, values: Mapping[str, Any], legacy: bool = True
) -> shapes.BlockDeviceMappingRow:
    """Edit the visible disk of the instance that has the device name, or store a new one, and return its row.

    `values` need `instance_uuid` and `device_name`; an empty device name always makes a new disk. A swap disk
    (source_type blank, destination_type local, guest_format swap) replaces the other swap disks that the instance
    has: these are soft deleted. Calls for one instance run one after the other, as long as the instance exists.
    Raises KeyError for a missing key, InvalidBDMFormat, and without `legacy` TypeError for a key that is no column
    when a disk is stored (an edit ignores it).
    Round trips: 2 to 4, and COMMIT. Source: Nova Juno; Grizzly's needs and stores `virtual_name`.
    """
    columns = for_update(values, legacy)
    device_name, instance_uuid = columns["device_name"], columns["instance_uuid"]
    lock_instance(context, instance_uuid)
    found = _find(context, instance_uuid, device_name) if device_name else None
    if found is None:
        row = _insert(context, columns)
    else:
        row = edit_row(sql(context).block_device_mapping_update_or_create__edit, _TABLE, found, columns)
    if is_swap(columns):
        sql(context).block_device_mapping_update_or_create__other_swaps(
            filters=[equal("instance_uuid", instance_uuid)], id=row["id"]
        )
    return row


@lone_read(ANY)
def block_device_mapping_get_all_by_instance(
    context: Any, instance_uuid: str, use_slave: bool = False
) -> list[shapes.BlockDeviceMappingRow]:
    """Return the visible disks of an instance, by id. Round trips: 1. Source: Nova Juno and Grizzly."""
    filters = [equal("instance_uuid", instance_uuid)]
    return sql(context).block_device_mapping_get_all_by_instance(filters=filters)


@lone_read(ANY)
def block_device_mapping_get_by_volume_id(
    context: Any, volume_id: str, columns_to_join: Collection[str] | None = None
) -> shapes.BlockDeviceMapping | None:
    """Return the visible disk that is this volume, the oldest of several, or None.

    With `columns_to_join=['instance']` it has the key `instance`: the columns and the `name` of its instance, deleted
    or not, or None when there is no such instance or the disk itself is deleted. Raises ValueError for another name
    there. Round trips: 1, with the instance 2. Source: Nova Juno.
    """
    joined = frozenset(columns_to_join or ())
    if unknown := sorted(map(str, joined - {"instance"})):
        raise ValueError(f"a block device mapping has no relation {', '.join(unknown)}; it has instance")
    row = sql(context).block_device_mapping_get_by_volume_id(filters=[equal("volume_id", volume_id)])
    if row is None or not joined:
        return row
    return merged(row, {"instance": None if row["deleted"] else _instance(context, row["instance_uuid"])})


@lone_write(ANY)
def block_device_mapping_destroy(context: Any, bdm_id: int) -> None:
    """Soft delete a visible disk, or nothing. Round trips: 1. Source: Nova Juno and Grizzly."""
    sql(context).block_device_mapping_destroy(bdm_id=bdm_id)


@lone_write(ANY)
def block_device_mapping_destroy_by_instance_and_volume(context: Any, instance_uuid: str, volume_id: str) -> None:
    """Soft delete the visible disks of an instance that are this volume, if any.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    filters = [equal("instance_uuid", instance_uuid), equal("volume_id", volume_id)]
    sql(context).block_device_mapping_destroy_by_instance_and_volume(filters=filters)


@lone_write(ANY)
def block_device_mapping_destroy_by_instance_and_device(context: Any, instance_uuid: str, device_name: str) -> None:
    """Soft delete the visible disks of an instance that have this device name, if any.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    filters = [equal("instance_uuid", instance_uuid), equal("device_name", device_name)]
    sql(context).block_device_mapping_destroy_by_instance_and_device(filters=filters)


def _find(context: Any, instance_uuid: str, device_name: str) -> shapes.BlockDeviceMappingRow | None:
    return sql(context).block_device_mapping_update_or_create__find(
        filters=[equal("instance_uuid", instance_uuid), equal("device_name", device_name)]
    )


def _insert(context: Any, columns: Mapping[str, Any]) -> shapes.BlockDeviceMappingRow:
    if unknown := sorted(columns.keys() - only_columns(_TABLE, columns).keys()):
        raise TypeError(f"a block device mapping has no column {', '.join(unknown)}")
    return sql(context).block_device_mapping_create(values=columns)


def _instance(context: Any, instance_uuid: str | None) -> shapes.NamedInstance | None:
    row: shapes.InstanceRow | None = sql(context).block_device_mapping_get_by_volume_id__instance(uuid=instance_uuid)
    return None if row is None else {**row, "name": instance_name(row)}
