"""What all the share domains have in common: ids made up, edits, open handles; and how networks and servers are shown.

Their ids are texts that the caller chooses or that are made up, so a list has no order by id: it is in the order of
creation, and by id where that ties.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from rawdb import rows as shapes
from rawdb._uuids import random_uuid
from rawdb.engine.calls import BoundStatements
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row, oldest_first, only_columns
from rawdb.operations._share_rows import share_columns


def share_network(row: shapes.ShareNetworkGetRow) -> shapes.ShareNetwork:
    """A network as it is shown, from a row with its relations."""
    return {
        **row,
        "shares": [share_columns(one) for one in oldest_first(row["shares"])],
        "security_services": oldest_first(row["security_services"]),
        "share_servers": oldest_first(row["share_servers"]),
    }


def share_server(row: shapes.ShareServerGetRow) -> shapes.ShareServer:
    """A server as it is shown, from a row with its relations; of several details of a key the newest counts."""
    return {
        **row,
        "shares": [share_columns(one) for one in oldest_first(row["shares"])],
        "network_allocations": oldest_first(row["network_allocations"]),
        "backend_details": {detail["key"]: detail["value"] for detail in row["backend_details"]},
    }


def with_id(values: Mapping[str, Any]) -> Row:
    """The values of a new row; an id is made up where there is none."""
    return {**values, "id": values.get("id") or random_uuid()}


def give_id(values: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """Put the id that was made up for a row into the caller's values, when nothing can go wrong any more."""
    if not values.get("id") and isinstance(values, MutableMapping):
        values["id"] = row["id"]


def change(update: Callable[..., int], table: str, row_id: Any, values: Mapping[str, Any], missing: Exception) -> Any:
    """Write the columns in `values` to a visible row by `update(id=, changes=)`; return the id that it has then.

    Raises `missing` where no visible row has the id.
    """
    changes = only_columns(table, values)
    if not update(id=row_id, changes=changes):
        raise missing
    return changes.get("id", row_id)


def delete(soft_delete: Callable[..., int], find: Callable[..., Any], row_id: Any, missing: Exception) -> None:
    """Soft delete a live row by `soft_delete(id=)`; a deleted one that the context sees stays as it is.

    Raises `missing` where no visible row has the id, which `find(id=)` tells.
    """
    if not soft_delete(id=row_id) and find(id=row_id) is None:
        raise missing


def statements_in(session: Any, context: Any) -> BoundStatements:
    """The statements of an open transaction that the caller hands in as `session`, else those of the context."""
    return session if isinstance(session, BoundStatements) else sql(context)
