"""Instance info caches: the network information of an instance, kept as text.

SQL: sql/queries/*/instance_info_caches.sql.
"""

from __future__ import annotations

from typing import Any

from rawdb import rows as shapes
from rawdb.default import default_database, writer
from rawdb.exceptions import DBDuplicateEntry, InstanceInfoCacheNotFound
from rawdb.operations._operation import ANY, lone_read, lone_write, sql
from rawdb.operations._rows import edit_row, only_columns


@lone_read(ANY)
def instance_info_cache_get(context: Any, instance_uuid: str) -> shapes.InstanceInfoCacheRow | None:
    """Return the visible cache of an instance, or None.

    Raises Forbidden without a user context. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).instance_info_cache_get(instance_uuid=instance_uuid)


@lone_write(ANY)
def instance_info_cache_update(context: Any, instance_uuid: str, values: dict[str, Any]) -> shapes.InstanceInfoCache:
    """Change the cache of an instance, or create it where none is visible, and return its row.

    `values` are columns of instance_info_caches (network_info); other keys are ignored. Where no cache was
    visible `values` gets the key `instance_uuid`. If the instance has a cache after all, an invisible one or one
    that somebody else has just made, that one stays as it is, and the result is a row of `values` with None in
    every other column. Raises Forbidden without a user context, InstanceInfoCacheNotFound when the visible cache
    is a deleted one. Round trips: 2, or 1 when nothing changes; within a transaction creating costs a savepoint
    besides. Source: Nova Juno and Grizzly; they returned the row of a missing cache without storing it.
    """
    not_found = InstanceInfoCacheNotFound(instance_uuid=instance_uuid)
    row = sql(context).instance_info_cache_get(instance_uuid=instance_uuid)
    if row is None:
        return _create(context, instance_uuid, values)
    if row["deleted"]:
        raise not_found
    return edit_row(sql(context).instance_info_cache_update, "instance_info_caches", row, values, lost=not_found)


def _create(context: Any, instance_uuid: str, values: dict[str, Any]) -> shapes.InstanceInfoCache:
    new = {**values, "instance_uuid": instance_uuid}
    try:
        # PostgreSQL refuses everything after an error, up to the savepoint; a statement of its own needs none.
        with writer.savepoint.autocommit.using(context) as statements:
            row = statements.instance_info_cache_update__insert(values=new)
    except DBDuplicateEntry:
        columns = default_database().tables["instance_info_caches"].columns
        row = {**dict.fromkeys(columns), **only_columns("instance_info_caches", new)}
    values["instance_uuid"] = instance_uuid
    return row


@lone_write(ANY)
def instance_info_cache_delete(context: Any, instance_uuid: str) -> None:
    """Soft delete the visible cache of an instance, if there is one.

    Raises Forbidden without a user context. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    sql(context).instance_info_cache_delete(instance_uuid=instance_uuid)
