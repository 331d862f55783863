"""Migrations: instances that move to another host or flavor. SQL: sql/queries/*/instance_migrations.sql."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.exceptions import MigrationNotFound, MigrationNotFoundByStatus
from rawdb.operations._operation import ADMIN, lone_read, lone_write, sql, writes
from rawdb.operations._rows import edit_row, group_by, unshared
from rawdb.operations.instances.rows import instance_name
from rawdb.statements.criteria import AnyOf, equal


@lone_write(ADMIN)
def migration_create(context: Any, values: Mapping[str, Any]) -> shapes.MigrationRow:
    """Store a migration and return its row.

    `values` are columns of migrations; other keys are ignored. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).migration_create(values=values)


@writes(ADMIN)
def migration_update(context: Any, id: int, values: Mapping[str, Any]) -> shapes.MigrationRow:
    """Change columns of a migration, deleted or not, and return its row; `updated_at` moves only if one changes.

    Raises MigrationNotFound. Round trips: 1 or 2, and COMMIT. Source: Nova Juno and Grizzly.
    """
    row = sql(context).migration_update__find(id=id)
    if row is None:
        raise MigrationNotFound(migration_id=id)
    return edit_row(sql(context).migration_update, "migrations", row, values)


@lone_read(ADMIN)
def migration_get(context: Any, migration_id: int) -> shapes.MigrationRow:
    """Return a migration, deleted or not. Raises MigrationNotFound.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).migration_get(migration_id=migration_id)
    if row is None:
        raise MigrationNotFound(migration_id=migration_id)
    return row


@lone_read(ADMIN)
def migration_get_by_instance_and_status(context: Any, instance_uuid: str, status: str) -> shapes.MigrationRow:
    """Return the oldest migration of an instance that has this status, deleted or not.

    Raises MigrationNotFoundByStatus, whose field `instance_id` is the uuid.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).migration_get_by_instance_and_status(
        filters=[equal("instance_uuid", instance_uuid), equal("status", status)]
    )
    if row is None:
        raise MigrationNotFoundByStatus(instance_id=instance_uuid, status=status)
    return row


@lone_read(ADMIN)
def migration_get_unconfirmed_by_dest_compute(
    context: Any, confirm_window: float, dest_compute: str, use_slave: bool = False
) -> list[shapes.MigrationRow]:
    """Return the finished migrations into a host that were updated `confirm_window` seconds ago or earlier, by id.

    Deleted ones count; one that was never updated does not. Raises ValueError for a window that goes beyond the
    calendar. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).migration_get_unconfirmed_by_dest_compute(
        filters=[equal("dest_compute", dest_compute)],
        last_update=timeutils.seconds_ago(confirm_window),
    )


@lone_read(ADMIN)
def migration_get_in_progress_by_host_and_node(
    context: Any, host: str, node: str
) -> list[shapes.MigrationWithInstance]:
    """Return the visible migrations from or to a node of a host that have not ended, by id.

    Ended means confirmed, reverted or error; no status means neither. Host and node must be those of the same end. Each
    row has the key `instance`: the columns and the `name` of the live instance, with its live `system_metadata` rows
    as a list; None where the instance is deleted or missing.
    Round trips: 3; 1 when there is none. Source: Nova Juno; Grizzly's counts `error` as in progress.
    """
    return in_progress(context, host, node, errors_end=True)


def in_progress(context: Any, host: str, node: str, errors_end: bool) -> list[shapes.MigrationWithInstance]:
    """The migrations from or to a node that have not ended, by an error either where `errors_end` says so."""
    rows: list[shapes.MigrationRow]
    rows = sql(context).migration_get_in_progress_by_host_and_node(host=host, node=node, errors_end=errors_end)
    instances = _instances(context, {row["instance_uuid"] for row in rows})
    found = unshared(instances.get(row["instance_uuid"]) for row in rows)
    return [{**row, "instance": instance} for row, instance in zip(rows, found, strict=True)]


@lone_read(ADMIN)
def migration_get_all_by_filters(context: Any, filters: Mapping[str, Any]) -> list[shapes.MigrationRow]:
    """Return the visible migrations that pass the filters, by id.

    `filters` may hold `status` (None for those without one) and `host`, which is where the instance comes from or goes
    to; other keys are ignored. Round trips: 1. Source: Nova Juno.
    """
    predicates: list[Any] = []
    if "status" in filters:
        predicates.append(equal("status", filters["status"]))
    if "host" in filters:
        host = filters["host"]
        predicates.append(AnyOf([equal("source_compute", host), equal("dest_compute", host)]))
    return sql(context).migration_get_all_by_filters(filters=predicates)


def _instances(context: Any, uuids: set[str | None]) -> dict[str | None, shapes.MigratingInstance]:
    """The live instances with these uuids, each with its system metadata."""
    wanted = sorted(uuid for uuid in uuids if uuid is not None)
    if not wanted:
        return {}
    rows: list[shapes.InstanceRow] = sql(context).migration_get_in_progress_by_host_and_node__instances(uuids=wanted)
    pairs: dict[str | None, list[shapes.InstanceSystemMetadataRow]] = group_by(
        sql(context).migration_get_in_progress_by_host_and_node__system_metadata(uuids=wanted), "instance_uuid"
    )
    return {
        row["uuid"]: {**row, "name": instance_name(row), "system_metadata": pairs.get(row["uuid"], [])} for row in rows
    }
