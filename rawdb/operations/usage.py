"""Usage: what network interfaces and volumes have transferred. SQL: sql/queries/*/usage.sql.

Neither table has a unique key. A write is one UPDATE; only who finds no row takes the lock row of the key, tries the
UPDATE again, and stores the first row behind it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.operations._lock_rows import lock_new_row
from rawdb.operations._operation import ANY, guarded, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, each_once, only_columns

_COUNTERS = ("reads", "read_bytes", "writes", "write_bytes")
_TOTALS: tuple[Literal["tot_reads", "tot_read_bytes", "tot_writes", "tot_write_bytes"], ...]
_TOTALS = ("tot_reads", "tot_read_bytes", "tot_writes", "tot_write_bytes")


@lone_read(ANY)
def bw_usage_get(
    context: Any, uuid: str | None, start_period: datetime, mac: str | None, use_slave: bool = False
) -> shapes.BwUsageCacheRow | None:
    """Return the counters of an instance's interface in the period that began at `start_period`, or None.

    Deleted rows count; of several rows the oldest is returned. `use_slave` reads from the replica.
    Round trips: 1. Source: Nova Juno; Grizzly without `use_slave`.
    """
    return sql(context).bw_usage_get(uuid=uuid, start_period=start_period, mac=mac)


@lone_read(ANY)
def bw_usage_get_by_uuids(context: Any, uuids: Iterable[str], start_period: datetime) -> list[shapes.BwUsageCacheRow]:
    """Return the counters of all interfaces of some instances in a period, deleted rows too, by id.

    Round trips: 1 for each 16,384 of `uuids`. Source: Nova Juno and Grizzly.
    """
    rows = sql(context).bw_usage_get_by_uuids(uuids=each_once("uuids", uuids), start_period=start_period)
    return sorted(rows, key=lambda row: int(row["id"]))


@guarded(ANY)
def bw_usage_update(
    context: Any,
    uuid: str | None,
    mac: str | None,
    start_period: datetime,
    bw_in: int,
    bw_out: int,
    last_ctr_in: int,
    last_ctr_out: int,
    last_refreshed: datetime | None = None,
    update_cells: bool = True,
) -> None:
    """Set the counters of an instance's interface in a period; without a row, store one.

    The values replace the stored ones in every row of the interface and period, deleted rows too. `last_refreshed` is
    now if None; `update_cells` has no effect. Of concurrent calls the last one stays, in one row: the first row is
    stored behind a lock row that all who found none write.
    Round trips: 1, and for a new row 2 more and COMMIT. Source: Nova Juno and Grizzly.
    """
    key = {"uuid": uuid, "mac": mac, "start_period": start_period}
    counters = {
        "bw_in": bw_in,
        "bw_out": bw_out,
        "last_ctr_in": last_ctr_in,
        "last_ctr_out": last_ctr_out,
        "last_refreshed": timeutils.utcnow() if last_refreshed is None else last_refreshed,
    }
    values = only_columns("bw_usage_cache", {**key, **counters})
    if not _set_bandwidth(context, values):
        _set_new_bandwidth(context, values)


@lone_write(ANY)
def _set_bandwidth(context: Any, values: Row) -> bool:
    return bool(sql(context).bw_usage_update(**values))


@writes(ANY)
def _set_new_bandwidth(context: Any, values: Row) -> None:
    lock_new_row(context, "bw_usage_cache", values["uuid"])
    if not sql(context).bw_usage_update(**values):
        sql(context).bw_usage_update__create(values=values)


@lone_read(ANY)
def vol_get_usage_by_time(context: Any, begin: datetime) -> list[shapes.VolumeUsageCacheRow]:
    """Return the counters of the volumes whose totals or current counters were refreshed after `begin`, by id.

    A row that lacks one of the two stamps is always among them; deleted rows too.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).vol_get_usage_by_time(begin=begin)


@guarded(ANY)
def vol_usage_update(
    context: Any,
    id: str,
    rd_req: int,
    rd_bytes: int,
    wr_req: int,
    wr_bytes: int,
    instance_id: str | None,
    project_id: str | None,
    user_id: str | None,
    availability_zone: str | None,
    update_totals: bool = False,
) -> shapes.VolumeUsageCacheRow:
    """Set the counters of volume `id` since it was attached to instance `instance_id`, and return its row.

    `update_totals` says that they are final: they are added to the totals, and the current counters become 0. A
    counter that is lower than the stored one tells that the guest has started anew; then all four stored ones are
    added to the totals first. Without a row one is stored. A counter that is None counts as 0. Concurrent calls take
    effect one after the other: each is one UPDATE, and the first row is stored behind a lock row that all who found
    none write. Raises DBDataError for a counter or a total that 64 bits do not hold.
    Round trips: 2, and COMMIT; for a new volume 4, and COMMIT twice.
    Source: Nova Juno; Grizzly's takes other arguments and returns None.
    """
    given = zip(_COUNTERS, (rd_req, rd_bytes, wr_req, wr_bytes), strict=True)
    row = only_columns(
        "volume_usage_cache",
        {
            "volume_id": id,
            "instance_uuid": instance_id,
            "project_id": project_id,
            "user_id": user_id,
            "availability_zone": availability_zone,
            **{f"curr_{counter}": value or 0 for counter, value in given},
        },
    )
    return _set_volume(context, row, update_totals) or _set_new_volume(context, row, update_totals)


@writes(ANY)
def _set_volume(context: Any, row: Row, final: bool) -> shapes.VolumeUsageCacheRow | None:
    return _stored_volume(context, row) if _updated_volume(context, row, final) else None


@writes(ANY)
def _set_new_volume(context: Any, row: Row, final: bool) -> shapes.VolumeUsageCacheRow:
    lock_new_row(context, "volume_usage_cache", row["volume_id"])
    if not _updated_volume(context, row, final):
        sql(context).vol_usage_update__create(values=_new_volume(row, final))
    return _stored_volume(context, row)


def _updated_volume(context: Any, row: Row, final: bool) -> bool:
    update = sql(context).vol_usage_update__totals if final else sql(context).vol_usage_update
    return bool(update(**{name.removeprefix("curr_"): value for name, value in row.items()}))


def _stored_volume(context: Any, row: Row) -> shapes.VolumeUsageCacheRow:
    stored: shapes.VolumeUsageCacheRow = sql(context).vol_usage_update__stored(volume_id=row["volume_id"])
    # SQLite makes a float of a sum that no integer holds, where a server refuses it.
    only_columns("volume_usage_cache", {name: stored[name] for name in _TOTALS})
    return stored


def _new_volume(row: Row, final: bool) -> Row:
    """The first row of a volume: its counters are current, or total."""
    counted = "tot" if final else "curr"
    counters = {f"{counted}_{counter}": row[f"curr_{counter}"] for counter in _COUNTERS}
    others = {name: value for name, value in row.items() if not name.startswith("curr_")}
    return {**others, **counters, f"{counted}_last_refreshed": timeutils.utcnow()}
