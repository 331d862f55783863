"""What services, compute nodes, consoles, usage and aggregates do otherwise in the Grizzly face.

A compute node has there, instead of a JSON text, the statistics that other tables hold: `stats` is a dict in what is
written, and the list of its live rows of compute_node_stats in what is returned.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rawdb import api, timeutils
from rawdb import rows as shapes
from rawdb.exceptions import ComputeHostNotFound
from rawdb.operations._lock_rows import lock_new_row
from rawdb.operations._operation import ADMIN, ANY, NO_GUARD, guarded, lone_read, sql, writes
from rawdb.operations._rows import Row, only_columns, text_pairs
from rawdb.operations.compute_nodes import totals

_COUNTERS = ("reads", "read_bytes", "writes", "write_bytes")
#: What a volume's row says that Grizzly never told.
_TOLD_LATER = ("project_id", "user_id", "availability_zone")


def bw_usage_get(
    context: Any, uuid: str | None, start_period: datetime, mac: str | None
) -> shapes.BwUsageCacheRow | None:
    """Return the counters of an instance's interface in the period that began then, or None. Round trips: 1."""
    return api.bw_usage_get(context, uuid, start_period, mac)


@writes(ADMIN)
def compute_node_create(context: Any, values: Mapping[str, Any]) -> shapes.GrizzlyComputeNode:
    """Store a compute node with its statistics, and return it with the list of their rows, without the service.

    Round trips: 1, with statistics 3, and COMMIT.
    """
    row = api.compute_node_create(context, _without_stats(values))
    pairs = _stored_pairs(values)
    if not pairs:
        return _with_stats(row, [])
    _add(context, row["id"], pairs)
    return _with_stats(row, sql(context).compute_node_update__statistics(compute_id=row["id"]))


@lone_read(NO_GUARD)
def compute_node_get(context: Any, compute_id: int) -> shapes.GrizzlyComputeNode:
    """Return a visible compute node with its `service` and its statistics.

    Raises ComputeHostNotFound. Round trips: 1.
    """
    row = sql(context).compute_node_get__with_statistics(compute_id=compute_id)
    if row is None:
        raise ComputeHostNotFound(host=compute_id)
    return _shown(row)


@lone_read(ADMIN)
def compute_node_get_all(context: Any) -> list[shapes.GrizzlyComputeNode]:
    """Return the visible compute nodes by id, each with its `service` and its statistics. Round trips: 1."""
    return [_shown(row) for row in sql(context).compute_node_get_all__with_statistics()]


@lone_read(NO_GUARD)
def compute_node_statistics(context: Any) -> dict[str, int]:
    """Return how many live compute nodes there are (`count`), and the sums of their columns.

    Whether their services are enabled does not matter. Round trips: 1.
    """
    return totals(context, of_enabled_services=False)


@writes(ADMIN)
def compute_node_update(
    context: Any, compute_id: int, values: Mapping[str, Any], prune_stats: bool = False
) -> shapes.GrizzlyComputeNode:
    """Change columns and statistics of a visible compute node, and return it with its `service` and statistics.

    Keys that `values['stats']` does not mention stay, with `prune_stats` they are soft deleted. An `updated_at` in
    `values` is kept. The node's row is written first, so that callers come one after the other.
    Raises ComputeHostNotFound. Round trips: 2, with statistics up to 6, and COMMIT.
    """
    changes = {"updated_at": timeutils.utcnow(), **only_columns("compute_nodes", _without_stats(values))}
    if not sql(context).compute_node_update(compute_id=compute_id, changes=changes):
        raise ComputeHostNotFound(host=compute_id)
    node_id = changes.get("id", compute_id)
    if values.get("stats") is not None or prune_stats:
        _merge(context, node_id, _stored_pairs(values), prune_stats)
    return _shown(sql(context).compute_node_get__with_statistics(compute_id=node_id, read_deleted="yes"))


def console_get_all_by_instance(context: Any, instance_uuid: str) -> list[shapes.Console]:
    """Return the consoles of an instance. Round trips: 1."""
    return api.console_get_all_by_instance(context, instance_uuid)


def service_destroy(context: Any, instance_id: int) -> None:
    """Soft delete a service and its compute nodes; `instance_id` is the service's. All else as in rawdb.api."""
    api.service_destroy(context, instance_id)


def service_get(context: Any, service_id: int) -> shapes.Service:
    """Return a visible service with the list of its live compute nodes. Errors and round trips: as in rawdb.api."""
    return api.service_get(context, service_id, with_compute_node=True)


@writes(ANY)
def vol_usage_update(
    context: Any,
    id: str,  # noqa: A002
    rd_req: int,
    rd_bytes: int,
    wr_req: int,
    wr_bytes: int,
    instance_id: str | None,
    last_refreshed: datetime | None = None,
    update_totals: bool = False,
) -> None:
    """Set the counters of volume `id` as rawdb.api does, with the time of `last_refreshed` (None: now).

    A new row has no instance and both times, which are now. What has gone to the totals because the guest has started
    anew sets their time, too. Project, user and zone are left alone.
    Round trips: 5, for a new volume 6, and COMMIT.
    """
    volume_id = only_columns("volume_usage_cache", {"volume_id": id})["volume_id"]
    lock_new_row(context, "volume_usage_cache", volume_id)
    old = sql(context).vol_usage_update__stored(volume_id=volume_id)
    counters = (rd_req, rd_bytes, wr_req, wr_bytes)
    told = dict.fromkeys(_TOLD_LATER) if old is None else {name: old[name] for name in _TOLD_LATER}
    row = api.vol_usage_update(
        context, id, *counters, instance_id=None if old is None else instance_id, **told, update_totals=update_totals
    )
    now = timeutils.utcnow()
    if old is None:
        changes = {"curr_last_refreshed": now, "tot_last_refreshed": now}
    else:
        anew = any((old[f"curr_{name}"] or 0) > (value or 0) for name, value in zip(_COUNTERS, counters, strict=True))
        stamped = {"tot_last_refreshed": anew or update_totals, "curr_last_refreshed": not update_totals}
        changes = {name: last_refreshed or now for name, is_set in stamped.items() if is_set}
    sql(context).vol_usage_update__stamp(id=row["id"], changes=changes)


# Aggregates are an administrator's business here.
aggregate_create = guarded(ADMIN)(api.aggregate_create)
aggregate_delete = guarded(ADMIN)(api.aggregate_delete)
aggregate_get = guarded(ADMIN)(api.aggregate_get)
aggregate_get_all = guarded(ADMIN)(api.aggregate_get_all)
aggregate_get_by_host = guarded(ADMIN)(api.aggregate_get_by_host)
aggregate_host_add = guarded(ADMIN)(api.aggregate_host_add)
aggregate_host_delete = guarded(ADMIN)(api.aggregate_host_delete)
aggregate_host_get_all = guarded(ADMIN)(api.aggregate_host_get_all)
aggregate_host_get_by_metadata_key = guarded(ADMIN)(api.aggregate_host_get_by_metadata_key)
aggregate_metadata_add = guarded(ADMIN)(api.aggregate_metadata_add)
aggregate_metadata_delete = guarded(ADMIN)(api.aggregate_metadata_delete)
aggregate_metadata_get = guarded(ADMIN)(api.aggregate_metadata_get)
aggregate_metadata_get_by_host = guarded(ADMIN)(api.aggregate_metadata_get_by_host)


@guarded(ADMIN)
def aggregate_update(context: Any, aggregate_id: int, values: Mapping[str, Any]) -> shapes.Aggregate:
    """Change an aggregate's name and metadata, and return it; an availability zone alone replaces all metadata.

    Errors and round trips: as in rawdb.api.
    """
    if "availability_zone" in values and values.get("metadata") is None:
        values = {**values, "metadata": {}}
    return api.aggregate_update(context, aggregate_id, values)


def _without_stats(values: Mapping[str, Any]) -> Row:
    return {name: value for name, value in values.items() if name != "stats"}


def _shown(row: Row) -> shapes.GrizzlyComputeNode:
    return _with_stats(row, row.pop("statistics"))


def _with_stats(row: Mapping[str, Any], stats: list[shapes.ComputeNodeStatRow]) -> shapes.GrizzlyComputeNode:
    node: Any = {**row, "stats": stats}
    shown: shapes.GrizzlyComputeNode = node
    return shown


def _stored_pairs(values: Mapping[str, Any]) -> dict[Any, Any]:
    return text_pairs("compute_node_stats", values.get("stats") or {})


def _merge(context: Any, node_id: int, pairs: Mapping[str, str | None], prune: bool) -> None:
    statements = sql(context)
    rows = statements.compute_node_update__statistics(compute_id=node_id)
    changed = [row for row in rows if row["key"] in pairs and row["value"] != pairs[row["key"]]]
    if changed:
        statements.compute_node_update__change_statistics(
            ids=[row["id"] for row in changed],
            changes_by_id=[{"id": row["id"], "value": pairs[row["key"]]} for row in changed],
        )
    superfluous = [row["id"] for row in rows if row["key"] not in pairs] if prune else []
    if superfluous:
        statements.compute_node_update__prune_statistics(ids=superfluous)
    known = {row["key"] for row in rows}
    _add(context, node_id, {key: value for key, value in pairs.items() if key not in known})


def _add(context: Any, node_id: int, pairs: Mapping[str, str | None]) -> None:
    if pairs:
        values = [{"compute_node_id": node_id, "key": key, "value": value} for key, value in pairs.items()]
        sql(context).compute_node_update__add_statistics(values=values)
