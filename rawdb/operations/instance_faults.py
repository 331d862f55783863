"""Instance faults: what went wrong with an instance, and when. SQL: sql/queries/*/instance_faults.sql."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.operations._operation import NO_GUARD, lone_read, lone_write, sql
from rawdb.operations._rows import each_once, group_by
from rawdb.statements.slots import MAX_LIST


@lone_write(NO_GUARD)
def instance_fault_create(context: Any, values: Mapping[str, Any]) -> shapes.InstanceFaultRow:
    """Store a fault and return its row.

    `values` are columns of instance_faults (instance_uuid, code, message, details, host); other keys are ignored.
    Raises DBError without `code`. Round trips: 1. Source: Nova Juno; Grizzly took `update_cells` besides.
    """
    return sql(context).instance_fault_create(values=values)


@lone_read(NO_GUARD)
def instance_fault_get_by_instance_uuids(
    context: Any, instance_uuids: Collection[str]
) -> dict[str, list[shapes.InstanceFaultRow]]:
    """Return a dict with every uuid asked for: its live faults, newest first (by created_at, then id).

    Whatever the context's read_deleted says. A uuid without faults has an empty list.
    Round trips: 1, none for no uuid, one more for each 16,384 uuids. Source: Nova Juno and Grizzly.
    """
    uuids = each_once("instance_uuids", instance_uuids)
    faults: dict[str, list[shapes.InstanceFaultRow]] = {}
    for start in range(0, len(uuids), MAX_LIST):
        part = uuids[start : start + MAX_LIST]
        rows = sql(context).instance_fault_get_by_instance_uuids(instance_uuids=part)
        faults.update(group_by(rows, "instance_uuid"))
    # A uuid may be given as a UUID object; the rows hold its text. None matches nothing in a list, its text might.
    return {uuid: [] if uuid is None else faults.get(str(uuid), []) for uuid in uuids}
