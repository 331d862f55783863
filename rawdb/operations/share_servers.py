"""Share servers, their backend details and network allocations. SQL: sql/queries/*/share_servers.sql.

A share server is a dict of its columns with the lists `shares` (live ones, each with its `name`) and
`network_allocations` (live ones), the dict `share_network` (deleted or not; None where there is none, and for a deleted
server) and the dict `backend_details` of those that the context's read_deleted shows. Lists are in the order of
creation. Nobody is confined to a project. Every operation raises Forbidden without a user context.

`session` may be the handle of an open transaction, as `rawdb.reader.using(context)` gives it: the operation then
works in there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import NotFound, ShareServerNotFound, ShareServerNotFoundByFilters
from rawdb.operations._operation import ANY, lone_read, lone_write, sql, writes
from rawdb.operations._rows import in_order_of_creation, text_pairs
from rawdb.operations._share_network_rows import change, delete, give_id, share_server, statements_in, with_id


@writes(ANY)
def share_server_create(context: Any, values: Mapping[str, Any]) -> shapes.ShareServer:
    """Store a share server and return it with its relations.

    `values` are columns of share_servers (`status` is INACTIVE where it is not given); other keys are ignored. A
    missing id is made up and put into `values`. Raises DBDuplicateEntry for an id that was ever used.
    Round trips: 2, 1 more where the context does not see the server then, and COMMIT.
    Source: Manila Juno.
    """
    row = sql(context).share_server_create(values=with_id(values))
    server = _read_back(context, row["id"])
    give_id(values, row)
    return server


@lone_read(ANY)
def share_server_get(context: Any, id: str, session: Any = None) -> shapes.ShareServer:
    """Return a share server with its relations.

    Raises ShareServerNotFound. Round trips: 1. Source: Manila Juno.
    """
    row = statements_in(session, context).share_server_get(id=id, read_deleted=context.read_deleted)
    if row is None:
        raise ShareServerNotFound(share_server_id=id)
    return share_server(row)


@lone_read(ANY)
def share_server_get_all(context: Any) -> list[shapes.ShareServer]:
    """Return all visible share servers with their relations.

    Round trips: 1. Source: Manila Juno.
    """
    return _servers(sql(context).share_server_get_all())


@lone_read(ANY)
def share_server_get_by_host(
    context: Any, host: str, share_net_id: str, session: Any = None
) -> list[shapes.ShareServer]:
    """Return the visible share servers of a host, on any network and of any status, with their relations.

    `share_net_id` has no meaning. Round trips: 1. Source: Manila Juno, documented there but never written.
    """
    statements = statements_in(session, context)
    rows = statements.share_server_get_by_host(host=host, read_deleted=context.read_deleted)
    return _servers(rows)


@lone_read(ANY)
def share_server_get_by_host_and_share_net(
    context: Any, host: str, share_net_id: str, session: Any = None
) -> list[shapes.ShareServer]:
    """Return the visible share servers of a host on a share network, of any status, with their relations.

    Round trips: 1. Source: Manila Juno, documented there but taken away before.
    """
    rows = statements_in(session, context).share_server_get_by_host_and_share_net(
        host=host, share_net_id=share_net_id, read_deleted=context.read_deleted
    )
    return _servers(rows)


@lone_read(ANY)
def share_server_get_by_host_and_share_net_valid(
    context: Any, host: str, share_net_id: str, session: Any = None
) -> shapes.ShareServer:
    """Return the oldest visible share server of a host on a share network whose status is CREATING or ACTIVE.

    It has its relations. Raises ShareServerNotFoundByFilters where there is none. Round trips: 1. Source: Manila Juno.
    """
    row = statements_in(session, context).share_server_get_by_host_and_share_net_valid(
        host=host, share_net_id=share_net_id, read_deleted=context.read_deleted
    )
    if row is None:
        filters = f"share_network_id {share_net_id}, host {host}, status CREATING or ACTIVE"
        raise ShareServerNotFoundByFilters(filters_description=filters)
    return share_server(row)


@writes(ANY)
def share_server_update(context: Any, id: str, values: Mapping[str, Any]) -> shapes.ShareServer:
    """Change columns of a visible share server and return it with its relations; other keys are ignored.

    Raises ShareServerNotFound. Round trips: 2, 1 more where the context does not see the server then, and COMMIT.
    Source: Manila Juno.
    """
    missing = ShareServerNotFound(share_server_id=id)
    return _read_back(context, change(sql(context).share_server_update, "share_servers", id, values, missing))


@writes(ANY)
def share_server_delete(context: Any, id: str) -> None:
    """Soft delete a share server and its backend details; its status, allocations and shares stay.

    Raises ShareServerNotFound. Round trips: 2, 1 more where no live one has the id, and COMMIT.
    Source: Manila Juno.
    """
    missing = ShareServerNotFound(share_server_id=id)
    delete(sql(context).share_server_delete, sql(context).share_server_get__id, id, missing)
    sql(context).share_server_delete__backend_details(share_server_id=id)


@writes(ANY)
def share_server_backend_details_set(
    context: Any, share_server_id: str, server_details: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Set backend details of a visible share server, all or none, and return `server_details`.

    Keys that are not mentioned stay. Numbers become text. Raises ShareServerNotFound, and DBError for a value that
    is None. Round trips: 2, 1 for no details, and COMMIT. Source: Manila Juno.
    """
    pairs = text_pairs("share_server_backend_details", server_details)
    if not pairs:
        _require_server(context, share_server_id)
        return server_details
    locked = sql(context).share_server_backend_details_set__lock(share_server_id=share_server_id)
    if not locked:
        # A deleted one that the context sees: nobody is going to delete it.
        _require_server(context, share_server_id)
    values = [{"share_server_id": share_server_id, "key": key, "value": value} for key, value in pairs.items()]
    sql(context).share_server_backend_details_set.ahead(values=values)
    if locked:
        sql(context).share_server_backend_details_set__unlock(share_server_id=share_server_id)
    return server_details


@lone_read(ANY)
def share_server_backend_details_get(context: Any, share_server_id: str) -> dict[str, str]:
    """Return the visible backend details of a share server as a dict, the newest of several of a key.

    Empty for a server that has none, or that is not there. Round trips: 1. Source: Manila Juno.
    """
    rows = sql(context).share_server_backend_details_get(share_server_id=share_server_id)
    return {row["key"]: row["value"] for row in rows}


@lone_write(ANY)
def network_allocation_create(context: Any, values: Mapping[str, Any]) -> shapes.NetworkAllocationRow:
    """Store a network allocation and return its row.

    `values` are columns of network_allocations (`share_server_id` is needed, `status` is NEW where it is not given);
    other keys are ignored. A missing id is made up and put into `values`. Raises DBDuplicateEntry for an id that was
    ever used. Round trips: 1. Source: Manila Juno, where an id must be given.
    """
    row = sql(context).network_allocation_create(values=with_id(values))
    give_id(values, row)
    return row


@lone_write(ANY)
def network_allocation_delete(context: Any, id: str) -> None:
    """Soft delete a network allocation.

    Raises NotFound. Round trips: 1, 1 more where no live one has the id. Source: Manila Juno.
    """
    delete(sql(context).network_allocation_delete, sql(context).network_allocation_update__row, id, NotFound())


@writes(ANY)
def network_allocation_update(context: Any, id: str, values: Mapping[str, Any]) -> shapes.NetworkAllocationRow:
    """Change columns of a visible network allocation and return its row; keys that are no column are ignored.

    Raises NotFound. Round trips: 2, and COMMIT. Source: Manila Juno.
    """
    new_id = change(sql(context).network_allocation_update, "network_allocations", id, values, NotFound())
    return sql(context).network_allocation_update__row(id=new_id, read_deleted="yes")


@lone_read(ANY)
def network_allocations_get_for_share_server(
    context: Any, share_server_id: str, session: Any = None
) -> list[shapes.NetworkAllocationRow]:
    """Return the visible network allocations of a share server, none for one that is not there.

    Round trips: 1. Source: Manila Juno.
    """
    rows = statements_in(session, context).network_allocations_get_for_share_server(
        share_server_id=share_server_id, read_deleted=context.read_deleted
    )
    return in_order_of_creation(rows)


def _servers(rows: Iterable[shapes.ShareServerGetRow]) -> list[shapes.ShareServer]:
    return [share_server(row) for row in in_order_of_creation(rows)]


def _require_server(context: Any, share_server_id: str) -> None:
    if sql(context).share_server_get__id(id=share_server_id) is None:
        raise ShareServerNotFound(share_server_id=share_server_id)


def _read_back(context: Any, id: str) -> shapes.ShareServer:
    """A server that the transaction has just written, also if it is not visible any more."""
    get = sql(context).share_server_get
    return share_server(get(id=id) or get(id=id, read_deleted="yes"))
