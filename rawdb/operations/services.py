"""Services: the daemons of the control plane. SQL: sql/queries/*/services.sql."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import (
    ComputeHostNotFound,
    DBDuplicateEntry,
    HostBinaryNotFound,
    ServiceBinaryExists,
    ServiceNotFound,
    ServiceTopicExists,
)
from rawdb.operations._operation import ADMIN, lone_read, lone_write, sql, writes
from rawdb.operations._rows import edit_row
from rawdb.options import options


@lone_write(ADMIN)
def service_create(context: Any, values: Mapping[str, Any]) -> shapes.ServiceRow:
    """Store a service and return its row.

    `values` are columns of services; other keys are ignored. `availability_zone` is for share services and stays
    None where it is not given. With the option `enable_new_services` off the service is disabled whatever they say.
    Raises ServiceBinaryExists or ServiceTopicExists when the host has a live service of that binary or topic.
    Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    if not options.enable_new_services:
        values = {**values, "disabled": True}
    try:
        return sql(context).service_create(values=values)
    except DBDuplicateEntry as error:
        host = values.get("host")
        if "binary" in error.columns:
            raise ServiceBinaryExists(host=host, binary=values.get("binary")) from error
        if "topic" in error.columns:
            raise ServiceTopicExists(host=host, topic=values.get("topic")) from error
        raise


@writes(ADMIN)
def service_destroy(context: Any, service_id: int) -> None:
    """Soft delete a service and its compute nodes.

    Raises ServiceNotFound when no visible service has the id. Round trips: 2, and COMMIT.
    Source: Nova Juno and Grizzly (argument name there: instance_id), Manila Juno.
    """
    if not sql(context).service_destroy(service_id=service_id):
        raise ServiceNotFound(service_id=service_id)
    sql(context).service_destroy__compute_nodes(service_id=service_id)


@lone_read(ADMIN)
def service_get(context: Any, service_id: int, with_compute_node: bool = False) -> shapes.Service:
    """Return a service; `with_compute_node` adds the key `compute_node`, the list of its live compute nodes by id.

    Raises ServiceNotFound when no visible service has the id. Round trips: 1.
    Source: Nova Juno and Grizzly, Manila Juno.
    """
    row = _visible(context, service_id, with_compute_node)
    if not with_compute_node:
        del row["compute_node"]
    return row


@lone_read(ADMIN)
def service_get_all(context: Any, disabled: bool | None = None) -> list[shapes.ServiceRow]:
    """Return the visible services by id; `disabled` narrows to those that are, or are not.

    Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    return sql(context).service_get_all(by_disabled=disabled is not None, disabled=disabled)


@lone_read(ADMIN)
def service_get_all_by_topic(context: Any, topic: str) -> list[shapes.ServiceRow]:
    """Return the live, enabled services of a topic, by id.

    Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    return sql(context).service_get_all_by_topic(topic=topic)


@lone_read(ADMIN)
def service_get_all_by_host(context: Any, host: str) -> list[shapes.ServiceRow]:
    """Return the live services of a host, disabled ones included, by id.

    Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    return sql(context).service_get_all_by_host(host=host)


@lone_read(ADMIN)
def service_get_all_share_sorted(context: Any) -> list[tuple[shapes.ServiceRow, int]]:
    """Return the live, enabled share services as tuples (service, gigabytes), the least loaded host first.

    Gigabytes are the summed sizes of the live shares on the service's host; ties are in the order of ids.
    Round trips: 1. Source: Manila Juno.
    """
    rows = sql(context).service_get_all_share_sorted(topic=options.share_topic)
    return [(row, int(row.pop("share_gigabytes"))) for row in rows]


@lone_read(ADMIN)
def service_get_by_args(context: Any, host: str, binary: str) -> shapes.ServiceRow:
    """Return the visible service that runs `binary` on `host`, disabled or not.

    Raises HostBinaryNotFound. Round trips: 1. Source: Nova Juno and Grizzly, Manila Juno.
    """
    row = sql(context).service_get_by_args(host=host, binary=binary)
    if row is None:
        raise HostBinaryNotFound(host=host, binary=binary)
    return row


@lone_read(ADMIN)
def service_get_by_compute_host(context: Any, host: str) -> shapes.ServiceGetRow:
    """Return the live service of the compute topic on `host`, with the list of its live `compute_node` rows.

    Raises ComputeHostNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).service_get_by_compute_host(host=host, topic=options.compute_topic)
    if row is None:
        raise ComputeHostNotFound(host=host)
    return row


@lone_read(ADMIN)
def service_get_by_host_and_topic(context: Any, host: str, topic: str) -> shapes.ServiceRow | None:
    """Return the live, enabled service of a host and topic, or None.

    Round trips: 1. Source: Nova Juno and Grizzly; Manila's raises ServiceNotFound instead of returning None.
    """
    return sql(context).service_get_by_host_and_topic(host=host, topic=topic)


@writes(ADMIN)
def service_update(context: Any, service_id: int, values: Mapping[str, Any]) -> shapes.ServiceRow:
    """Change columns of a visible service and return its row; `updated_at` moves only if something changes.

    Raises ServiceNotFound, and DBDuplicateEntry when the host has another live service of that binary or topic.
    Round trips: 1 or 2, and COMMIT. Source: Nova Juno and Grizzly; Manila's returns None.
    """
    row = _visible(context, service_id, False)
    del row["compute_node"]
    lost = ServiceNotFound(service_id=service_id)
    return edit_row(sql(context).service_update, "services", row, values, lost=lost)


def _visible(context: Any, service_id: int, with_nodes: bool) -> Any:
    row = sql(context).service_get(service_id=service_id, with_nodes=with_nodes)
    if row is None:
        raise ServiceNotFound(service_id=service_id)
    return row
