"""What the tests of addresses share: addresses, and the networks and instances around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from tests.operations.factories import stored
from tests.operations.instance_helpers import insert, new_uuid
from tests.support.rows import Row

#: A member of another project than the tests' own.
STRANGER = RequestContext("another-user", "another-project", is_admin=False)


def admin(read_deleted: str = "no") -> RequestContext:
    """An administrator."""
    return get_admin_context(read_deleted=read_deleted)


def put(table: str, **values: Any) -> int:
    """Store a row of a table that other domains fill; gives its id."""
    insert(table, **values)
    return int(stored(table)[-1]["id"])


def network(**values: Any) -> int:
    """A network; gives its id."""
    return put("networks", **values)


def instance(**values: Any) -> str:
    """An instance of the tests' own project; gives its uuid."""
    uuid = str(values.pop("uuid", new_uuid()))
    insert("instances", **{"uuid": uuid, "project_id": "fake-project", **values})
    return uuid


def fixed(address: str | None, **values: Any) -> Row:
    """A fixed address."""
    return api.fixed_ip_create(admin(), {"address": address, **values})


def floating(address: str | None, **values: Any) -> Row:
    """A floating address."""
    return api.floating_ip_create(admin(), {"address": address, **values})


def row_of(table: str, row_id: int) -> dict[str, Any]:
    """One row as it is now, in the types that operations give."""
    gets: dict[str, Callable[..., Row]] = {"fixed_ips": api.fixed_ip_get, "floating_ips": api.floating_ip_get}
    row = dict(gets[table](admin("yes"), row_id))
    row.pop("fixed_ip", None)
    return row


def delete(table: str, row_id: int) -> None:
    """Mark a row deleted."""
    with rawdb.writer.using() as sql:
        sql.execute(f"UPDATE {table} SET deleted = id WHERE id = {int(row_id)}")


def addresses(rows: Sequence[Row]) -> list[str]:
    """The addresses of rows, in order."""
    return [row["address"] for row in rows]


def changed(row: Row, **values: Any) -> dict[str, Any]:
    """The row with other values."""
    return {**row, **values}
