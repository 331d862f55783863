"""Rows of shares and snapshots as callers see them: their derived names."""

from __future__ import annotations

from rawdb import rows as shapes
from rawdb.operations._rows import oldest_first
from rawdb.options import options


def share_columns(row: shapes.ShareRow) -> shapes.NamedShare:
    """A share by itself: its columns and `name`."""
    return {**row, "name": options.share_name_template % row["id"]}


def share(row: shapes.ShareGetRow) -> shapes.Share:
    """A share from the row of a statement: columns, `name`, `share_metadata` (rows), `volume_type` (a row or None)."""
    return {
        **row,
        "name": options.share_name_template % row["id"],
        "share_metadata": oldest_first(row["share_metadata"]),
    }


def snapshot(row: shapes.ShareSnapshotGetRow) -> shapes.ShareSnapshot:
    """A snapshot from the row of a statement: columns, `name`, `share_name`, and `share` (its columns, or None)."""
    parent = row["share"]
    return {
        **row,
        "name": options.share_snapshot_name_template % row["id"],
        "share_name": options.share_name_template % row["share_id"],
        "share": None if parent is None else share_columns(parent),
    }
