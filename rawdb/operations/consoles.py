"""Consoles of instances, and the pools they belong to. SQL: sql/queries/*/consoles.sql.

Nobody is refused. A relation (`pool` of a console, `consoles` of a pool) also holds deleted rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import (
    ConsoleNotFound,
    ConsoleNotFoundForInstance,
    ConsoleNotFoundInPoolForInstance,
    ConsolePoolExists,
    ConsolePoolNotFoundForHostType,
    DBDuplicateEntry,
)
from rawdb.operations._operation import NO_GUARD, lone_read, lone_write, sql

_KEY_OF_A_POOL = ("host", "console_type", "compute_host")


@lone_write(NO_GUARD)
def console_pool_create(context: Any, values: Mapping[str, Any]) -> shapes.ConsolePoolRow:
    """Store a console pool and return its row.

    `values` are columns of console_pools (address, username, password, console_type, public_hostname, host,
    compute_host); other keys are ignored. Raises ConsolePoolExists when the host (the proxy) has a live pool of that
    type for the compute host; None in one of the three never stands for another pool's.
    Round trips: 1. Source: Nova Juno and Grizzly, which did not look for the other one.
    """
    try:
        row = sql(context).console_pool_create(values=values)
    except DBDuplicateEntry as error:
        if "host" not in error.columns:
            raise
        raise ConsolePoolExists(**{name: values.get(name) for name in _KEY_OF_A_POOL}) from error
    return row


@lone_read(NO_GUARD)
def console_pool_get_by_host_type(
    context: Any, compute_host: str, proxy_host: str, console_type: str
) -> shapes.ConsolePoolGetByHostTypeRow:
    """Return the live pool of a proxy, type and compute host, with `consoles`, the list of its consoles by id.

    Raises ConsolePoolNotFoundForHostType. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).console_pool_get_by_host_type(
        compute_host=compute_host, proxy_host=proxy_host, console_type=console_type
    )
    if row is None:
        raise ConsolePoolNotFoundForHostType(host=proxy_host, console_type=console_type, compute_host=compute_host)
    return row


@lone_read(NO_GUARD)
def console_pool_get_all_by_host_type(
    context: Any, host: str, console_type: str
) -> list[shapes.ConsolePoolGetByHostTypeRow]:
    """Return the live pools of a proxy host and type by id, each with `consoles`, the list of its consoles by id.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).console_pool_get_all_by_host_type(host=host, console_type=console_type)


@lone_write(NO_GUARD)
def console_create(context: Any, values: Mapping[str, Any]) -> shapes.ConsoleRow:
    """Store a console and return its row.

    `values` are columns of consoles (instance_name, instance_uuid, password, port, pool_id); other keys are ignored.
    Neither the pool nor the instance need exist. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).console_create(values=values)


@lone_write(NO_GUARD)
def console_delete(context: Any, console_id: int) -> None:
    """Remove a console for good, if it is there.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    sql(context).console_delete(console_id=console_id)


@lone_read(NO_GUARD)
def console_get(context: Any, console_id: int, instance_uuid: str | None = None) -> shapes.ConsoleGetRow:
    """Return a console with `pool`, its pool or None; it must belong to the instance, unless that is None.

    Raises ConsoleNotFoundForInstance where an instance is given, else ConsoleNotFound; of the instance '' too.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).console_get(
        console_id=console_id, of_instance=instance_uuid is not None, instance_uuid=instance_uuid
    )
    if row is not None:
        return row
    if instance_uuid:
        raise ConsoleNotFoundForInstance(console_id=console_id, instance_uuid=instance_uuid)
    raise ConsoleNotFound(console_id=console_id)


@lone_read(NO_GUARD)
def console_get_all_by_instance(
    context: Any, instance_uuid: str, columns_to_join: Collection[str] | None = None
) -> list[shapes.Console]:
    """Return the consoles of an instance by id; with `columns_to_join=['pool']` each has `pool`, its pool or None.

    Raises ValueError for another relation. Round trips: 1. Source: Nova Juno; Grizzly never joined.
    """
    joined = frozenset(columns_to_join or ())
    if unknown := sorted(map(str, joined - {"pool"})):
        raise ValueError(f"a console has no relation {', '.join(unknown)}; it has pool")
    rows = sql(context).console_get_all_by_instance(instance_uuid=instance_uuid, with_pool="pool" in joined)
    if not joined:
        for row in rows:
            del row["pool"]
    return rows


@lone_read(NO_GUARD)
def console_get_by_pool_instance(context: Any, pool_id: int, instance_uuid: str) -> shapes.ConsoleGetRow:
    """Return the oldest console of an instance in a pool, with `pool`, the pool or None.

    Raises ConsoleNotFoundInPoolForInstance. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).console_get_by_pool_instance(pool_id=pool_id, instance_uuid=instance_uuid)
    if row is None:
        raise ConsoleNotFoundInPoolForInstance(pool_id=pool_id, instance_uuid=instance_uuid)
    return row
