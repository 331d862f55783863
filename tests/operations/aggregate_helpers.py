"""Aggregates to begin with."""

from __future__ import annotations

from rawdb import api
from tests.operations.factories import stored
from tests.operations.inventory_helpers import anybody
from tests.support.rows import Row


def make(name: str | None = "a", hosts: tuple[str | None, ...] = (), **metadata: str) -> Row:
    """An aggregate with hosts and metadata, as aggregate_get shows it."""
    row = api.aggregate_create(anybody(), {"name": name}, metadata)
    for host in hosts:
        api.aggregate_host_add(anybody(), row["id"], host)  # type: ignore[arg-type]
    return api.aggregate_get(anybody(), row["id"])


def pairs(aggregate_id: int) -> list[tuple[str, str, bool]]:
    """Keys, values and whether they are live, of the metadata as it is stored."""
    rows = [row for row in stored("aggregate_metadata") if row["aggregate_id"] == aggregate_id]
    assert all(row["deleted"] in (0, row["id"]) for row in rows)
    return [(row["key"], row["value"], row["deleted"] == 0) for row in rows]


def spoiled(name: str = "s") -> Row:
    """An aggregate with what others may have left: hosts and pairs that were deleted, once and again."""
    row = make(name, ("gone", "back"), gone="old", back="old")
    for _ in range(2):
        api.aggregate_host_delete(anybody(), row["id"], "back")
        api.aggregate_host_add(anybody(), row["id"], "back")
        api.aggregate_metadata_delete(anybody(), row["id"], "back")
        api.aggregate_metadata_add(anybody(), row["id"], {"back": "new"})
    api.aggregate_host_delete(anybody(), row["id"], "gone")
    api.aggregate_metadata_delete(anybody(), row["id"], "gone")
    return api.aggregate_get(anybody(), row["id"])
