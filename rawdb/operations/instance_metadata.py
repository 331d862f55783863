"""Metadata and system metadata of instances: pairs of key and value.

SQL: sql/queries/*/instance_metadata.sql, and what instance_update shares in sql/queries/*/instances.sql. Whether
the instance exists, and whose it is, does not matter here. Every operation raises Forbidden without a user context.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb.operations._metadata import METADATA, SYSTEM_METADATA, lock_instance, replace_metadata
from rawdb.operations._operation import ANY, lone_read, sql, writes


@lone_read(ANY)
def instance_metadata_get(context: Any, instance_uuid: str) -> dict[str, str | None]:
    """Return the live metadata of an instance as a dict, whatever the context's read_deleted says.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return {row["key"]: row["value"] for row in sql(context).instance_metadata_get(instance_uuid=instance_uuid)}


@writes(ANY)
def instance_metadata_delete(context: Any, instance_uuid: str, key: str) -> None:
    """Soft delete a live key of an instance, if it is there.

    Like all writers of its metadata it locks the instance first, so that none of them meets another halfway.
    Round trips: 1, and COMMIT. Source: Nova Juno and Grizzly.
    """
    lock_instance(context, instance_uuid)
    sql(context).instance_metadata_delete(instance_uuid=instance_uuid, key=key)


@writes(ANY)
def instance_metadata_update(
    context: Any, instance_uuid: str, metadata: Mapping[str, str], delete: bool
) -> Mapping[str, str]:
    """Set metadata of an instance, with `delete` soft deleting all other live keys, and return `metadata`.

    A key that was deleted comes back as a new row; `updated_at` moves only where a value changes. Values that are
    numbers are stored as text. Writers of one existing instance wait for each other, on one server; on several
    nodes of a cluster at once they may leave two live rows of a key, of which the newer one is read.
    Round trips: 1 to 3, and COMMIT. Source: Nova Juno and Grizzly.
    """
    lock_instance(context, instance_uuid)
    replace_metadata(context, METADATA, instance_uuid, metadata, delete)
    return metadata


@lone_read(ANY)
def instance_system_metadata_get(context: Any, instance_uuid: str) -> dict[str, str | None]:
    """Return the visible system metadata of an instance as a dict; of several values of a key the newest.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    rows = sql(context).instance_system_metadata_get(instance_uuid=instance_uuid)
    return {row["key"]: row["value"] for row in rows}


@writes(ANY)
def instance_system_metadata_update(
    context: Any, instance_uuid: str, metadata: Mapping[str, str], delete: bool
) -> Mapping[str, str]:
    """Set system metadata of an instance as instance_metadata_update does, and return `metadata`.

    On the rows that the context sees: with deleted ones visible these are changed, not added to.
    Round trips: 1 to 3, and COMMIT. Source: Nova Juno and Grizzly, documented there to return nothing.
    """
    lock_instance(context, instance_uuid)
    replace_metadata(context, SYSTEM_METADATA, instance_uuid, metadata, delete, read_deleted=context.read_deleted)
    return metadata
