"""Aggregates: named sets of hosts with metadata. SQL: sql/queries/*/aggregates.sql.

An aggregate is its columns, `hosts` (the names of its live hosts, in the order of adding), `metadetails` (its live
metadata, a dict) and `availability_zone`, which is a pair of the metadata, or None. A deleted aggregate has none of
these. Nobody is refused. Where an aggregate must be there, AggregateNotFound says that no visible one has the id.

The name of an aggregate is given once among live ones, None too, though no unique key says so. Writers of names and of
whole metadata stand in line for that: they change one row of quota_locks, which holds between the nodes of a cluster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import (
    AggregateHostExists,
    AggregateHostNotFound,
    AggregateMetadataNotFound,
    AggregateNameExists,
    AggregateNotFound,
    DBDuplicateEntry,
)
from rawdb.operations._operation import NO_GUARD, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, edit_row, given_pairs, only_columns
from rawdb.operations.quotas.usages import lock_projects

_ZONE = "availability_zone"
#: The row of quota_locks that stands for all aggregates. They are few and seldom written: one lock is enough.
_LOCK = "aggregates/all"


@writes(NO_GUARD)
def aggregate_create(
    context: Any, values: Mapping[str, Any], metadata: Mapping[str, str] | None = None
) -> shapes.Aggregate:
    """Store an aggregate with its metadata and return it.

    `values` are columns of aggregates (name); other keys are ignored: the availability zone is a pair of `metadata`.
    Raises AggregateNameExists when a live aggregate has the name; of callers at the same time one gets it.
    Round trips: 2, with metadata 3, and COMMIT. Source: Nova Juno and Grizzly, where callers at the same
    time could both get a name.
    """
    name = only_columns("aggregates", values).get("name")
    pairs = given_pairs("aggregate_metadata", metadata or {})
    _lock(context)
    if sql(context).aggregate_create__named(name=name):
        raise AggregateNameExists(aggregate_name=name)
    row: shapes.AggregateRow = sql(context).aggregate_create(values=values)
    _add(context, row["id"], pairs)
    return {**row, "hosts": [], "metadetails": pairs, "availability_zone": pairs.get(_ZONE)}


@lone_read(NO_GUARD)
def aggregate_get(context: Any, aggregate_id: int) -> shapes.Aggregate:
    """Return an aggregate.

    Raises AggregateNotFound, for 0, None and '' too. Round trips: 1. Source: Nova Juno and Grizzly, where these
    three gave any aggregate.
    """
    row = sql(context).aggregate_get(aggregate_id=aggregate_id)
    if row is None:
        raise AggregateNotFound(aggregate_id=aggregate_id)
    return _shown(row)


@lone_read(NO_GUARD)
def aggregate_get_all(context: Any) -> list[shapes.Aggregate]:
    """Return the visible aggregates, by id. Round trips: 1. Source: Nova Juno and Grizzly."""
    return [_shown(row) for row in sql(context).aggregate_get_all()]


@lone_read(NO_GUARD)
def aggregate_get_by_host(context: Any, host: str, key: str | None = None) -> list[shapes.Aggregate]:
    """Return the live aggregates that a host is in, by id; with `key` those that also have a pair of it.

    Each has all its hosts and metadata. A context that sees deleted rows alone sees none of them.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    rows = sql(context).aggregate_get_by_host(host=host, by_key=bool(key), key=key or None)
    return [_shown(row) for row in rows]


@lone_read(NO_GUARD)
def aggregate_get_by_metadata_key(context: Any, key: str) -> list[shapes.Aggregate]:
    """Return the live aggregates that have a pair of a key, by id.

    `metadetails` holds that pair alone, so `availability_zone` is None unless it is the key; `hosts` are complete.
    Round trips: 1. Source: Nova Juno.
    """
    return [_shown(row) for row in sql(context).aggregate_get_by_metadata_key(key=key)]


@lone_read(NO_GUARD)
def aggregate_metadata_get_by_host(context: Any, host: str, key: str | None = None) -> dict[str, set[str]]:
    """Return the metadata of the live aggregates that a host is in: a dict of sets of values, by key.

    With `key` those of that key alone. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    rows = sql(context).aggregate_metadata_get_by_host(host=host, by_key=bool(key), key=key or None)
    return _sets(rows, "key")


@lone_read(NO_GUARD)
def aggregate_metadata_get_by_metadata_key(context: Any, aggregate_id: int, key: str) -> dict[str, set[str]]:
    """Return a pair of a live aggregate as a dict of the key and the set of its value; empty if there is none.

    Round trips: 1. Source: Nova Juno.
    """
    return _sets(sql(context).aggregate_metadata_get_by_metadata_key(aggregate_id=aggregate_id, key=key), "key")


@lone_read(NO_GUARD)
def aggregate_host_get_by_metadata_key(context: Any, key: str) -> dict[str, set[str]]:
    """Return the hosts of the live aggregates that have a pair of a key: a dict of sets of values, by host.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return _sets(sql(context).aggregate_host_get_by_metadata_key(key=key), "host")


@writes(NO_GUARD)
def aggregate_update(context: Any, aggregate_id: int, values: Mapping[str, Any]) -> shapes.Aggregate:
    """Change an aggregate's name and metadata, and return it.

    `availability_zone` alone is added to the metadata, `metadata` (unless None) replaces it, both together replace it
    by their union. Other keys are columns; unknown ones are ignored. `updated_at` moves where something changes.
    Raises AggregateNameExists when another live aggregate has the name, which is looked at first, AggregateNotFound,
    and DBError for an availability zone of None.
    Round trips: 2, 1 more for a name and for a change of columns each, and COMMIT. Source: Nova Juno; Grizzly did not
    look for the name, and replaced the metadata by a zone alone.
    """
    metadata, replace = _metadata_of(values)
    pairs = None if metadata is None else given_pairs("aggregate_metadata", metadata)
    own = {name: value for name, value in values.items() if name not in ("metadata", _ZONE)}
    _lock(context)
    row = sql(context).aggregate_get(aggregate_id=aggregate_id)
    if "name" in values:
        _require_free_name(context, only_columns("aggregates", values)["name"], row)
    lost = AggregateNotFound(aggregate_id=aggregate_id)
    if row is None:
        raise lost
    if pairs is not None:
        _set_metadata(context, row["id"], pairs, replace)
    edit_row(sql(context).aggregate_update, "aggregates", row, own, lost=lost)
    changed = sql(context).aggregate_get(aggregate_id=row["id"], read_deleted="yes")
    return _shown(changed)


@writes(NO_GUARD)
def aggregate_delete(context: Any, aggregate_id: int) -> None:
    """Soft delete an aggregate and its metadata. The rows of its hosts stay live, in no aggregate that anybody sees.

    Raises AggregateNotFound. Round trips: 2, and COMMIT. Source: Nova Juno and Grizzly.
    """
    _lock(context)
    if not sql(context).aggregate_delete(aggregate_id=aggregate_id):
        raise AggregateNotFound(aggregate_id=aggregate_id)
    sql(context).aggregate_delete__metadata(aggregate_id=aggregate_id)


@lone_read(NO_GUARD)
def aggregate_metadata_get(context: Any, aggregate_id: int) -> dict[str, str]:
    """Return the visible metadata of an aggregate as a dict; of several values of a key the live one, or the newest.

    Raises AggregateNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    rows = _children_of(aggregate_id, sql(context).aggregate_metadata_get(aggregate_id=aggregate_id))
    return {row["key"]: row["value"] for row in rows}


@writes(NO_GUARD)
def aggregate_metadata_add(
    context: Any, aggregate_id: int, metadata: Mapping[str, str], set_delete: bool = False
) -> None:
    """Set pairs of an aggregate's metadata, with `set_delete` soft deleting all others.

    A key that was deleted comes back as a new row; `updated_at` of a pair moves only if its value changes. Numbers
    are stored as text. Of callers at the same time each one's pairs are set as a whole, one after the other.
    Raises AggregateNotFound, DBError for None as a value, and with `set_delete` for more than 16,384 pairs.
    Round trips: 1 or 2, and COMMIT. Source: Nova Juno, which tried ten times where it met other callers,
    and Grizzly.
    """
    pairs = given_pairs("aggregate_metadata", metadata)
    _lock(context)
    found = sql(context).aggregate_get__id(aggregate_id=aggregate_id)
    if found is None:
        raise AggregateNotFound(aggregate_id=aggregate_id)
    _set_metadata(context, found, pairs, set_delete)


@lone_write(NO_GUARD)
def aggregate_metadata_delete(context: Any, aggregate_id: int, key: str) -> None:
    """Soft delete the pair `key` of an aggregate's metadata.

    Raises AggregateNotFound, AggregateMetadataNotFound.
    Round trips: 1; 2 when nothing is removed. Source: Nova Juno and Grizzly.
    """
    if not sql(context).aggregate_metadata_delete(aggregate_id=aggregate_id, key=key):
        _require(context, aggregate_id)
        raise AggregateMetadataNotFound(aggregate_id=aggregate_id, metadata_key=key)


@lone_write(NO_GUARD)
def aggregate_host_add(context: Any, aggregate_id: int, host: str) -> None:
    """Put a host into an aggregate, for the first time or again.

    Raises AggregateNotFound, and AggregateHostExists when it is in there; of callers at the same time one succeeds.
    None is a host that is never in there. Round trips: 1. Source: Nova Juno and Grizzly, which looked before it
    inserted.
    """
    stored = only_columns("aggregate_hosts", {"host": host})["host"]
    try:
        added = sql(context).aggregate_host_add(aggregate_id=aggregate_id, host=stored)
    except DBDuplicateEntry as error:
        raise AggregateHostExists(host=host, aggregate_id=aggregate_id) from error
    if not added:
        raise AggregateNotFound(aggregate_id=aggregate_id)


@lone_read(NO_GUARD)
def aggregate_host_get_all(context: Any, aggregate_id: int) -> list[str | None]:
    """Return the names of an aggregate's visible hosts, in the order of adding.

    With deleted ones visible, a host that was put in again is there again. Raises AggregateNotFound.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    rows = _children_of(aggregate_id, sql(context).aggregate_host_get_all(aggregate_id=aggregate_id))
    return [row["host"] for row in rows]


@lone_write(NO_GUARD)
def aggregate_host_delete(context: Any, aggregate_id: int, host: str) -> None:
    """Take a host out of an aggregate: its row is soft deleted.

    Raises AggregateNotFound, AggregateHostNotFound.
    Round trips: 1; 2 when nothing is removed. Source: Nova Juno and Grizzly.
    """
    if not sql(context).aggregate_host_delete(aggregate_id=aggregate_id, host=host):
        _require(context, aggregate_id)
        raise AggregateHostNotFound(aggregate_id=aggregate_id, host=host)


def _lock(context: Any) -> None:
    """Let nobody else give out names or write metadata until the transaction ends; its first statement."""
    lock_projects(sql(context), [_LOCK])


def _require(context: Any, aggregate_id: int) -> None:
    if sql(context).aggregate_get__id(aggregate_id=aggregate_id) is None:
        raise AggregateNotFound(aggregate_id=aggregate_id)


def _require_free_name(context: Any, name: str | None, row: Row | None) -> None:
    """Raise AggregateNameExists when another live aggregate than that of the row has the name."""
    own = None if row is None else row["id"]
    if any(found["id"] != own for found in sql(context).aggregate_create__named(name=name)):
        raise AggregateNameExists(aggregate_name=name)


def _shown(row: shapes.AggregateGetRow) -> shapes.Aggregate:
    """The aggregate as callers see it: the names of its hosts, and its zone."""
    hosts = [host["host"] for host in row["hosts"]]
    return {**row, "hosts": hosts, "availability_zone": row["metadetails"].get(_ZONE)}


def _sets(rows: list[Row], key: str) -> dict[str, set[str]]:
    """The values of the rows in sets, under their value of `key`."""
    sets: dict[str, set[str]] = {}
    for row in rows:
        sets.setdefault(row[key], set()).add(row["value"])
    return sets


def _children_of(aggregate_id: int, rows: list[Row]) -> list[Row]:
    """The children that an aggregate's row is joined with."""
    if not rows:
        raise AggregateNotFound(aggregate_id=aggregate_id)
    return [row for row in rows if row["id"] is not None]


def _metadata_of(values: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, bool]:
    """The pairs that an update sets, or None, and whether they replace all others."""
    metadata: Mapping[str, Any] | None = values.get("metadata")
    if _ZONE not in values:
        return metadata, True
    return {**(metadata or {}), _ZONE: values[_ZONE]}, metadata is not None


def _set_metadata(context: Any, aggregate_id: int, pairs: Mapping[str, str], replace: bool) -> None:
    """Make the pairs the aggregate's own, with `replace` its only ones; behind the lock."""
    if replace:
        sql(context).aggregate_metadata_add__remove.ahead(
            aggregate_id=aggregate_id, keeping=bool(pairs), keys=list(pairs)
        )
    _add(context, aggregate_id, pairs)


def _add(context: Any, aggregate_id: int, pairs: Mapping[str, str]) -> None:
    if pairs:
        rows = [{"aggregate_id": aggregate_id, "key": key, "value": value} for key, value in pairs.items()]
        sql(context).aggregate_metadata_add.ahead(values=rows)
