"""EC2 and S3 ids: numbers for the uuids of instances, volumes, snapshots and images. SQL: sql/queries/*/ec2_ids.sql.

The same uuid may have several numbers; reads know it by the lowest. Deleted rows count as any other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    DBError,
    ImageNotFound,
    InstanceNotFound,
    NotFound,
    RetryRequest,
    SnapshotNotFound,
    VolumeNotFound,
)
from rawdb.operations._operation import ANY, NO_GUARD, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, only_columns


@writes(ANY)
def ec2_instance_create(context: Any, instance_uuid: str, id: int | None = None) -> shapes.InstanceIdMappingRow:
    """Store a number for an instance, the next one or `id`, and return its row.

    The next numbers go on behind an `id` given by hand. Raises DBDuplicateEntry when it is taken, DBDataError when it
    is 0, which MySQL takes for the next one. Round trips: 1, with `id` 2, and COMMIT.
    Source: Nova Juno and Grizzly.
    """
    statements = sql(context)
    return _create(
        "instance_id_mappings",
        statements.ec2_instance_create,
        statements.ec2_instance_create__after,
        instance_uuid,
        id,
    )


@writes(ANY)
def ec2_volume_create(context: Any, volume_id: str, forced_id: int | None = None) -> shapes.VolumeIdMappingRow:
    """Store a number for the volume of uuid `volume_id`, the next one or `forced_id`, and return its row.

    The next numbers go on behind a `forced_id`. Raises DBDuplicateEntry when it is taken, DBDataError when it is 0.
    Round trips: 1, with `forced_id` 2, and COMMIT. Source: Nova Juno and Grizzly.
    """
    statements = sql(context)
    return _create(
        "volume_id_mappings", statements.ec2_volume_create, statements.ec2_volume_create__after, volume_id, forced_id
    )


@writes(ANY)
def ec2_snapshot_create(context: Any, snapshot_id: str, forced_id: int | None = None) -> shapes.SnapshotIdMappingRow:
    """Store a number for the snapshot of uuid `snapshot_id`, the next one or `forced_id`, and return its row.

    The next numbers go on behind a `forced_id`. Raises DBDuplicateEntry when it is taken, DBDataError when it is 0.
    Round trips: 1, with `forced_id` 2, and COMMIT. Source: Nova Juno and Grizzly.
    """
    statements = sql(context)
    return _create(
        "snapshot_id_mappings",
        statements.ec2_snapshot_create,
        statements.ec2_snapshot_create__after,
        snapshot_id,
        forced_id,
    )


def _create(table: str, insert: Callable[..., Row], count_on: Callable[..., Any], uuid: str, number: int | None) -> Any:
    """The row of a new number. One that the server drew is drawn anew while it meets one that was given by hand."""
    values = only_columns(table, {"uuid": uuid, "id": number})
    if values["id"] == 0:
        raise DBDataError(f"{table}.id: 0 is no number of its own")
    try:
        row = insert(values=values)
    except DBDuplicateEntry as error:
        if number is None:
            raise RetryRequest(error) from error
        raise
    if number is not None:
        count_on(id=values["id"])
    return row


@lone_read(ANY)
def ec2_instance_get_by_id(context: Any, instance_id: int) -> shapes.InstanceIdMappingRow:
    """Return the row of the number `instance_id` of an instance.

    Raises InstanceNotFound. Round trips: 1. Source: Nova Juno.
    """
    return _found(sql(context).ec2_instance_get_by_id(id=instance_id), InstanceNotFound(instance_id=instance_id))


@lone_read(ANY)
def ec2_instance_get_by_uuid(context: Any, instance_uuid: str) -> shapes.InstanceIdMappingRow:
    """Return the row of an instance's lowest number.

    Raises InstanceNotFound. Round trips: 1. Source: Nova Juno.
    """
    row = sql(context).ec2_instance_get_by_uuid(uuid=instance_uuid)
    return _found(row, InstanceNotFound(instance_id=instance_uuid))


@lone_read(ANY)
def get_ec2_instance_id_by_uuid(context: Any, instance_id: str) -> int:
    """Return the lowest number of the instance of uuid `instance_id`.

    Raises InstanceNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    number = sql(context).get_ec2_instance_id_by_uuid(uuid=instance_id)
    return _found(number, InstanceNotFound(instance_id=instance_id))


@lone_read(ANY)
def get_instance_uuid_by_ec2_id(context: Any, ec2_id: int) -> str:
    """Return the uuid of the instance that has the number `ec2_id`.

    Raises InstanceNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return _found(sql(context).get_instance_uuid_by_ec2_id(id=ec2_id), InstanceNotFound(instance_id=ec2_id))


@lone_read(ANY)
def ec2_volume_get_by_id(context: Any, volume_id: int) -> shapes.VolumeIdMappingRow:
    """Return the row of the number `volume_id` of a volume.

    Raises VolumeNotFound. Round trips: 1. Source: Nova Juno.
    """
    return _found(sql(context).ec2_volume_get_by_id(id=volume_id), VolumeNotFound(volume_id=volume_id))


@lone_read(ANY)
def ec2_volume_get_by_uuid(context: Any, volume_uuid: str) -> shapes.VolumeIdMappingRow:
    """Return the row of a volume's lowest number.

    Raises VolumeNotFound. Round trips: 1. Source: Nova Juno.
    """
    return _found(sql(context).ec2_volume_get_by_uuid(uuid=volume_uuid), VolumeNotFound(volume_id=volume_uuid))


@lone_read(ANY)
def get_ec2_volume_id_by_uuid(context: Any, volume_id: str) -> int:
    """Return the lowest number of the volume of uuid `volume_id`.

    Raises VolumeNotFound. Round trips: 1. Source: Nova Grizzly.
    """
    return _found(sql(context).get_ec2_volume_id_by_uuid(uuid=volume_id), VolumeNotFound(volume_id=volume_id))


@lone_read(ANY)
def get_volume_uuid_by_ec2_id(context: Any, ec2_id: int) -> str:
    """Return the uuid of the volume that has the number `ec2_id`.

    Raises VolumeNotFound. Round trips: 1. Source: Nova Grizzly.
    """
    return _found(sql(context).get_volume_uuid_by_ec2_id(id=ec2_id), VolumeNotFound(volume_id=ec2_id))


@lone_read(ANY)
def get_ec2_snapshot_id_by_uuid(context: Any, snapshot_id: str) -> int:
    """Return the lowest number of the snapshot of uuid `snapshot_id`.

    Raises SnapshotNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    number = sql(context).get_ec2_snapshot_id_by_uuid(uuid=snapshot_id)
    return _found(number, SnapshotNotFound(snapshot_id=snapshot_id))


@lone_read(ANY)
def get_snapshot_uuid_by_ec2_id(context: Any, ec2_id: int) -> str:
    """Return the uuid of the snapshot that has the number `ec2_id`.

    Raises SnapshotNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return _found(sql(context).get_snapshot_uuid_by_ec2_id(id=ec2_id), SnapshotNotFound(snapshot_id=ec2_id))


@lone_write(NO_GUARD)
def s3_image_create(context: Any, image_uuid: str) -> shapes.S3ImageRow:
    """Store a number for an image and return its row.

    Raises DBError for whatever goes wrong. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    try:
        return sql(context).s3_image_create(values={"uuid": image_uuid})
    except DBError:
        raise
    except Exception as error:
        raise DBError(error) from error


@lone_read(NO_GUARD)
def s3_image_get(context: Any, image_id: int) -> shapes.S3ImageRow:
    """Return the row of the number `image_id` of an image.

    Raises ImageNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return _found(sql(context).s3_image_get(id=image_id), ImageNotFound(image_id=image_id))


@lone_read(NO_GUARD)
def s3_image_get_by_uuid(context: Any, image_uuid: str) -> shapes.S3ImageRow:
    """Return the row of an image's lowest number.

    Raises ImageNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return _found(sql(context).s3_image_get_by_uuid(uuid=image_uuid), ImageNotFound(image_id=image_uuid))


def _found(value: Any, missing: NotFound) -> Any:
    """The value. Raises `missing` when there is none."""
    if value is None:
        raise missing
    return value
