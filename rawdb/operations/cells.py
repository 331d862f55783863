"""Cells: neighbours of a divided installation. SQL: sql/queries/*/cells.sql."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import CellExists, CellNotFound, DBDuplicateEntry, DBError
from rawdb.operations._operation import ADMIN, lone_read, lone_write, sql, writes

#: How a cell is reached: Juno's way, then the columns of Grizzly's.
_WAYS = ("transport_url", "rpc_host", "rpc_port", "rpc_virtual_host", "username", "password")


@lone_write(ADMIN)
def cell_create(context: Any, values: Mapping[str, Any]) -> shapes.CellRow:
    """Store a cell and return its row.

    `values` are columns of cells (name, api_url, transport_url, weight_offset: 0.0, weight_scale: 1.0, is_parent,
    and Grizzly's username, password, rpc_host, rpc_port, rpc_virtual_host); other keys are ignored. Raises
    CellExists when a live cell has the name, DBError when nothing says how to reach the cell: transport_url, or one
    of Grizzly's five. Round trips: 1. Source: Nova Juno; Grizzly allowed twins.
    """
    if all(values.get(name) is None for name in _WAYS):
        raise DBError("cells.transport_url: a cell needs one")
    try:
        row = sql(context).cell_create(values=values)
    except DBDuplicateEntry as error:
        if "name" not in error.columns:
            raise
        raise CellExists(name=values.get("name")) from error
    return row


@writes(ADMIN)
def cell_update(context: Any, cell_name: str, values: Mapping[str, Any]) -> shapes.CellRow | None:
    """Change columns of the cell of a name and return its row, under its new name if it gets one.

    `updated_at` moves always. None comes back only where the change itself hides the cell from the context. Raises
    CellNotFound when no visible cell has the name, DBDuplicateEntry when another live one has the new name, DBError
    for a key of `values` that is no column.
    Round trips: 2, with a name 3, and COMMIT. Source: Nova Juno, which returned None for a renamed cell, and
    Grizzly.
    """
    # A name does not tell a cell from deleted ones, and None from no other: what is renamed is found by its id.
    renamed: shapes.CellRow | None = sql(context).cell_get(cell_name=cell_name) if "name" in values else None
    if not sql(context).cell_update(cell_name=cell_name, changes=values):
        raise CellNotFound(cell_name=cell_name)
    if renamed is None:
        return sql(context).cell_get(cell_name=cell_name)
    return sql(context).cell_update__renamed(id=renamed["id"])


@lone_write(ADMIN)
def cell_delete(context: Any, cell_name: str) -> int:
    """Soft delete the visible cell of a name and return how many cells that were: 0 is no error.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    count: int = sql(context).cell_delete(cell_name=cell_name)
    return count


@lone_read(ADMIN)
def cell_get(context: Any, cell_name: str) -> shapes.CellRow:
    """Return the cell of a name; the oldest when deleted ones are visible and several had it.

    Raises CellNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).cell_get(cell_name=cell_name)
    if row is None:
        raise CellNotFound(cell_name=cell_name)
    return row


@lone_read(ADMIN)
def cell_get_all(context: Any) -> list[shapes.CellRow]:
    """Return the live cells by id, whatever the context's read_deleted says.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).cell_get_all()
