"""Share networks, and the security services used on them. SQL: sql/queries/*/share_networks.sql.

A security service is a dict of its columns. A share network is one, too, with the lists `shares` (live ones, each with
its `name`), `share_servers` (live ones) and `security_services` (live ones, by a live association; a deleted network
has none). Lists are in the order of creation. The context's read_deleted chooses what is seen, not what is nested, and
nobody is confined to a project. Every operation raises Forbidden without a user context.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import (
    DBDuplicateEntry,
    NovaException,
    RetryRequest,
    SecurityServiceNotFound,
    ShareNetworkNotFound,
    ShareNetworkSecurityServiceAssociationError,
    ShareNetworkSecurityServiceDissociationError,
)
from rawdb.operations._operation import ANY, beyond_signature, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, in_order_of_creation
from rawdb.operations._share_network_rows import change, delete, give_id, share_network, with_id


@lone_write(ANY)
def security_service_create(context: Any, values: Mapping[str, Any]) -> shapes.SecurityServiceRow:
    """Store a security service and return its row.

    `values` are columns of security_services (`project_id` and `type` are needed, `status` is NEW where it is not
    given); other keys are ignored. A missing id is made up and put into `values`. Raises DBDuplicateEntry for an id
    that was ever used. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).security_service_create(values=with_id(values))
    give_id(values, row)
    return row


@lone_read(ANY)
def security_service_get(context: Any, id: str) -> shapes.SecurityServiceRow:
    """Return a security service.

    Raises SecurityServiceNotFound. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).security_service_get(id=id)
    if row is None:
        raise SecurityServiceNotFound(security_service_id=id)
    return row


@lone_read(ANY)
def security_service_get_all(context: Any) -> list[shapes.SecurityServiceRow]:
    """Return all visible security services.

    Round trips: 1. Source: Manila Juno.
    """
    return in_order_of_creation(sql(context).security_service_get_all())


@lone_read(ANY)
def security_service_get_all_by_project(context: Any, project_id: str) -> list[shapes.SecurityServiceRow]:
    """Return the visible security services of a project, which need not be the context's.

    Round trips: 1. Source: Manila Juno.
    """
    return in_order_of_creation(sql(context).security_service_get_all_by_project(project_id=project_id))


@writes(ANY)
def security_service_update(context: Any, id: str, values: Mapping[str, Any]) -> shapes.SecurityServiceRow:
    """Change columns of a visible security service and return its row; keys that are no column are ignored.

    Raises SecurityServiceNotFound. Round trips: 2, and COMMIT. Source: Manila Juno.
    """
    missing = SecurityServiceNotFound(security_service_id=id)
    new_id = change(sql(context).security_service_update, "security_services", id, values, missing)
    return sql(context).security_service_get(id=new_id, read_deleted="yes")


@lone_write(ANY)
def security_service_delete(context: Any, id: str) -> None:
    """Soft delete a security service; its associations stay, so its networks can still be found by it.

    Raises SecurityServiceNotFound. Round trips: 1, 1 more where no live one has the id. Source: Manila Juno.
    """
    missing = SecurityServiceNotFound(security_service_id=id)
    delete(sql(context).security_service_delete, sql(context).security_service_get, id, missing)


@lone_write(ANY)
def share_network_create(context: Any, values: Mapping[str, Any]) -> shapes.ShareNetwork:
    """Store a share network and return it, with empty relations.

    `values` are columns of share_networks (`project_id` is needed); other keys are ignored. A missing id is made up
    and put into `values`. Raises DBDuplicateEntry for an id that was ever used. Round trips: 1. Source: Manila Juno.
    """
    row: shapes.ShareNetworkRow = sql(context).share_network_create(values=with_id(values))
    give_id(values, row)
    return {**row, "shares": [], "security_services": [], "share_servers": []}


@lone_read(ANY)
def share_network_get(context: Any, id: str) -> shapes.ShareNetwork:
    """Return a share network with its relations.

    Raises ShareNetworkNotFound. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).share_network_get(id=id)
    if row is None:
        raise ShareNetworkNotFound(share_network_id=id)
    return share_network(row)


@lone_read(ANY)
def share_network_get_all(context: Any) -> list[shapes.ShareNetwork]:
    """Return all visible share networks with their relations.

    Round trips: 1. Source: Manila Juno.
    """
    return _networks(sql(context).share_network_get_all())


@beyond_signature("user_id")
@lone_read(ANY)
def share_network_get_all_by_project(
    context: Any, project_id: str, user_id: str | None = None
) -> list[shapes.ShareNetwork]:
    """Return the visible share networks of a project, which need not be the context's, with their relations.

    The keyword `user_id`, which is not part of the documented signature, narrows them to one user of the project.
    Round trips: 1. Source: Manila Juno.
    """
    rows = sql(context).share_network_get_all_by_project(
        project_id=project_id, of_user=user_id is not None, user_id=user_id
    )
    return _networks(rows)


@lone_read(ANY)
def share_network_get_all_by_security_service(context: Any, share_network_id: str) -> list[shapes.ShareNetwork]:
    """Return the visible share networks that a security service is associated with, with their relations.

    `share_network_id` is the id of the security service, whatever its name says; the service may be deleted.
    Round trips: 1. Source: Manila Juno.
    """
    rows = sql(context).share_network_get_all_by_security_service(security_service_id=share_network_id)
    return _networks(rows)


@writes(ANY)
def share_network_update(context: Any, id: str, values: Mapping[str, Any]) -> shapes.ShareNetwork:
    """Change columns of a visible share network and return it with its relations; other keys are ignored.

    Raises ShareNetworkNotFound. Round trips: 2, and COMMIT. Source: Manila Juno.
    """
    missing = ShareNetworkNotFound(share_network_id=id)
    return _read_back(context, change(sql(context).share_network_update, "share_networks", id, values, missing))


@lone_write(ANY)
def share_network_delete(context: Any, id: str) -> None:
    """Soft delete a share network; its associations, servers and shares stay.

    Raises ShareNetworkNotFound. Round trips: 1, 1 more where no live one has the id. Source: Manila Juno.
    """
    missing = ShareNetworkNotFound(share_network_id=id)
    delete(sql(context).share_network_delete, sql(context).share_network_get__id, id, missing)


@writes(ANY)
def share_network_add_security_service(context: Any, id: str, security_service_id: str) -> shapes.ShareNetwork:
    """Associate a visible share network with a visible security service, and return the network with its relations.

    Raises, the first that holds: ShareNetworkSecurityServiceAssociationError where the two are associated already,
    whether they are visible or not; ShareNetworkNotFound; SecurityServiceNotFound. Of several calls at once one passes.
    Round trips: 2, and COMMIT. Source: Manila Juno.
    """
    pair = {"id": id, "security_service_id": security_service_id}
    twin = ShareNetworkSecurityServiceAssociationError(
        share_network_id=id, security_service_id=security_service_id, reason="Already associated"
    )
    try:
        added = sql(context).share_network_add_security_service(**pair)
    except DBDuplicateEntry as error:
        raise twin from error
    if not added:
        found = sql(context).share_network_add_security_service__why(**pair)
        if found["associations"]:
            raise twin
        raise _what_is_missing(found, pair) or RetryRequest(twin)
    return _read_back(context, id)


@writes(ANY)
def share_network_remove_security_service(context: Any, id: str, security_service_id: str) -> shapes.ShareNetwork:
    """End the association of a share network with a security service, and return the network as it is then.

    The two can be associated again. Raises, the first that holds: ShareNetworkNotFound, SecurityServiceNotFound,
    ShareNetworkSecurityServiceDissociationError where the two are not associated.
    Round trips: 2, and COMMIT. Source: Manila Juno, which returns the network as it was before.
    """
    pair = {"id": id, "security_service_id": security_service_id}
    if not sql(context).share_network_remove_security_service(**pair):
        found = sql(context).share_network_add_security_service__why(**pair)
        none = ShareNetworkSecurityServiceDissociationError(
            share_network_id=id, security_service_id=security_service_id, reason="No association defined"
        )
        raise _what_is_missing(found, pair) or (RetryRequest(none) if found["associations"] else none)
    return _read_back(context, id)


def _what_is_missing(found: Row, pair: Mapping[str, Any]) -> NovaException | None:
    if not found["networks"]:
        return ShareNetworkNotFound(share_network_id=pair["id"])
    if not found["services"]:
        return SecurityServiceNotFound(security_service_id=pair["security_service_id"])
    return None


def _networks(rows: Iterable[shapes.ShareNetworkGetRow]) -> list[shapes.ShareNetwork]:
    return [share_network(row) for row in in_order_of_creation(rows)]


def _read_back(context: Any, id: str) -> shapes.ShareNetwork:
    return share_network(sql(context).share_network_get(id=id, read_deleted="yes"))
