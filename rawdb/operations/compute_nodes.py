"""Compute nodes: what each hypervisor has and what of it is in use. SQL: sql/queries/*/compute_nodes.sql.

A node with the key `service` has there the row of its service, deleted or not, or None: a deleted node has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.exceptions import ComputeHostNotFound, ServiceNotFound
from rawdb.operations._operation import ADMIN, NO_GUARD, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, only_columns

_DATE_FIELDS = ("created_at", "updated_at", "deleted_at", "deleted")


@lone_write(ADMIN)
def compute_node_create(context: Any, values: Mapping[str, Any]) -> shapes.ComputeNodeRow:
    """Store a compute node and return its row, without the service.

    `values` are columns of compute_nodes (`stats`, a JSON text, is '{}' by default); other keys are ignored. The
    service need not exist, and may have other nodes of the same name. Raises DBError for a missing column that
    cannot be NULL, ValueError for a text that is no datetime.
    Round trips: 1. Source: Nova Juno; `stats` was a dict in Grizzly.
    """
    return sql(context).compute_node_create(values=values)


@lone_read(NO_GUARD)
def compute_node_get(context: Any, compute_id: int) -> shapes.ComputeNodeGetRow:
    """Return a compute node with its `service`.

    Raises ComputeHostNotFound when no visible one has the id. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).compute_node_get(compute_id=compute_id)
    if row is None:
        raise ComputeHostNotFound(host=compute_id)
    return row


@lone_read(ADMIN)
def compute_node_get_by_service_id(context: Any, service_id: int) -> shapes.ComputeNodeRow:
    """Return the oldest live compute node of a service, without the service.

    Raises ServiceNotFound when there is none, even if there is such a service. Round trips: 1. Source: Nova Juno.
    """
    row = sql(context).compute_node_get_by_service_id(service_id=service_id)
    if row is None:
        raise ServiceNotFound(service_id=service_id)
    return row


@lone_read(ADMIN)
def compute_node_get_all(context: Any, no_date_fields: bool = False) -> list[shapes.ComputeNodeGetRow]:
    """Return the live compute nodes by service_id and id, whatever the context's read_deleted says.

    The `service` of a node is None unless it is live and its binary is nova-compute. With `no_date_fields` neither
    nodes nor services have created_at, updated_at, deleted_at and deleted.
    Round trips: 1. Source: Nova Juno; Grizzly had every service and followed read_deleted.
    """
    rows = sql(context).compute_node_get_all()
    return [_without_dates(row) for row in rows] if no_date_fields else rows


@lone_read(ADMIN)
def compute_node_search_by_hypervisor(context: Any, hypervisor_match: str | None) -> list[shapes.ComputeNodeGetRow]:
    """Return the visible compute nodes whose hypervisor_hostname contains a text, by id, each with its `service`.

    In the text `%` stands for any characters and `_` for one. Case counts on every dialect. None is in no name.
    Round trips: 1. Source: Nova Juno and Grizzly, where the server decided whether case counts.
    """
    pattern = None if hypervisor_match is None else f"%{str(hypervisor_match).replace('!', '!!')}%"
    return sql(context).compute_node_search_by_hypervisor(pattern=pattern)


@writes(ADMIN)
def compute_node_update(context: Any, compute_id: int, values: Mapping[str, Any]) -> shapes.ComputeNodeGetRow:
    """Change columns of a compute node and return it with its `service`; keys that are no column are ignored.

    `updated_at` is always the present, also without other changes and whatever `values` say. The columns of one
    call are written together: callers at the same time cannot mix theirs in one row.
    Raises ComputeHostNotFound when no visible node has the id, DBError for None in a column that cannot be NULL.
    Round trips: 2, and COMMIT. Source: Nova Juno; Grizzly kept an updated_at given to it.
    """
    changes = {**only_columns("compute_nodes", values), "updated_at": timeutils.utcnow()}
    if not sql(context).compute_node_update(compute_id=compute_id, changes=changes):
        raise ComputeHostNotFound(host=compute_id)
    return sql(context).compute_node_get(compute_id=changes.get("id", compute_id), read_deleted="yes")


@lone_write(ADMIN)
def compute_node_delete(context: Any, compute_id: int) -> None:
    """Soft delete a compute node; its service stays.

    Raises ComputeHostNotFound when no visible one has the id. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    if not sql(context).compute_node_delete(compute_id=compute_id):
        raise ComputeHostNotFound(host=compute_id)


@lone_read(NO_GUARD)
def compute_node_statistics(context: Any) -> dict[str, int]:
    """Return how many live compute nodes belong to an enabled service (`count`), and the sums of their columns.

    The other keys are vcpus, memory_mb, local_gb, vcpus_used, memory_mb_used, local_gb_used, free_ram_mb,
    free_disk_gb, current_workload, running_vms and disk_available_least; each is an int, 0 where there is nothing.
    A service that is deleted counts as long as it is enabled.
    Round trips: 1. Source: Nova Juno; Grizzly counted every node.
    """
    return totals(context, of_enabled_services=True)


def totals(context: Any, of_enabled_services: bool) -> dict[str, int]:
    """The sums over live compute nodes, with their `count`. Round trips: 1."""
    row = sql(context).compute_node_statistics(of_enabled_services=of_enabled_services)
    sums = {name: int(total) for name, total in row.items()}
    return {"count": sums.pop("nodes"), **sums}


def _without_dates(row: Row) -> Any:
    shown = {name: value for name, value in row.items() if name not in _DATE_FIELDS}
    if shown.get("service") is not None:
        shown["service"] = _without_dates(shown["service"])
    return shown
