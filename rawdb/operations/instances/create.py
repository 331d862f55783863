"""How an instance is created: stored with what belongs to it, and shown as it was stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb._uuids import random_uuid
from rawdb.default import default_database, writer
from rawdb.exceptions import SecurityGroupNotFoundForProject
from rawdb.operations._default_security_group import NAME as DEFAULT_GROUP
from rawdb.operations._metadata import KINDS, add_metadata, as_pairs
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row
from rawdb.operations.instances.rows import ALWAYS, DEFAULTS, flags, instance
from rawdb.operations.instances.update import SINGLE_FLAGS
from rawdb.operations.instances.values import check_hostname, column_values, hostname_to_check, lock_hostnames


@writer.savepoint
def create(context: Any, values: Mapping[str, Any]) -> shapes.Instance | None:
    """The new instance, or None (and nothing done) where the project has no default security group."""
    columns = column_values(values)
    hostname = hostname_to_check(values)
    if hostname is not None:
        lock_hostnames(context)
        check_hostname(context, hostname)
    names = sorted(dict.fromkeys(values.get("security_groups") or ()), key=lambda name: name != DEFAULT_GROUP)
    known = _groups(context, names)
    if DEFAULT_GROUP not in known:
        return None
    if missing := [name for name in names if name not in known]:
        raise SecurityGroupNotFoundForProject(project_id=context.project_id, security_group_id=missing[0])
    columns["uuid"] = columns.get("uuid") or random_uuid()
    groups = [known[name] for name in names]
    pairs = {key: as_pairs(kind, values.get(key) or {}) for key, kind in KINDS.items()}
    now = timeutils.utcnow()
    stored = _store(context, columns, values.get("info_cache") or {}, pairs, groups, now)
    # Without pairs there is little to read.
    created = _put_together(context, stored, pairs, groups, now) if any(pairs.values()) else None
    return created or _read(context, columns["uuid"], names)


def _groups(context: Any, names: list[str]) -> dict[str, Row]:
    """The groups of these names, and the default group where there is one, in the context's project."""
    wanted = list(dict.fromkeys([*names, DEFAULT_GROUP]))
    rows = sql(context).instance_create__groups(project_id=context.project_id, names=wanted, with_rules=bool(names))
    return {row["name"]: row for row in reversed(rows)}


def _store(
    context: Any,
    columns: Row,
    cache: Mapping[str, Any],
    pairs: Mapping[str, Mapping[Any, Any]],
    groups: list[Row],
    now: datetime,
) -> tuple[Any, Any]:
    """Store the instance and what belongs to it; all of that goes out with the next statement.

    Returns what gives the rows of the instance and of its cache when that was sent.
    """
    statements = sql(context)
    uuid = columns["uuid"]
    stored = statements.instance_create.ahead(values=columns)
    stored_cache = statements.instance_create__info_cache.ahead(values={**cache, "instance_uuid": uuid})
    for key, kind in KINDS.items():
        add_metadata(statements, kind, uuid, pairs[key], now)
    if groups:
        memberships = [{"instance_uuid": uuid, "security_group_id": group["id"]} for group in groups]
        statements.instance_create__security_groups.ahead(values=memberships)
    statements.instance_create__id_mapping.ahead(values={"uuid": uuid})
    return stored, stored_cache


def _put_together(
    context: Any, stored: tuple[Any, Any], pairs: Mapping[str, Mapping[Any, Any]], groups: list[Row], now: datetime
) -> shapes.Instance | None:
    """The instance as a read would show it, made of what was stored, and the ids that the server gave.

    None where a uuid of the caller's had pairs or groups before it had an instance. Round trips: 1.
    """
    row, cache = [one.result() for one in stored]
    ids = sql(context).instance_create__ids(uuid=row["uuid"])
    if ids["groups_held"] != len(groups):
        return None
    row["info_cache"] = cache
    # A deleted instance is in no group.
    row["security_groups"] = [] if row["deleted"] else groups
    for key, kind in KINDS.items():
        row[key] = _numbered(kind.table, row["uuid"], pairs[key], ids[key], now)
        if row[key] is None:
            return None
    return instance(row, DEFAULTS)


def _numbered(
    table: str, uuid: str, pairs: Mapping[Any, Any], ids: Mapping[str, Any], now: datetime
) -> list[Row] | None:
    """The rows of some pairs, which were stored in their order. None where `ids`, the keys by their ids, has others."""
    declared = default_database().tables[table]
    keys = declared.columns["key"].encode_all(list(pairs))
    if list(ids.values()) != keys:
        return None
    values = declared.columns["value"].encode_all(list(pairs.values()))
    # In the order of the columns, as a read gives them.
    blank = dict.fromkeys(declared.columns) | declared.new_row({"instance_uuid": uuid}, now)
    return [
        {**blank, "id": int(row_id), "key": key, "value": value}
        for row_id, key, value in zip(ids, keys, values, strict=True)
    ]


def _read(context: Any, uuid: str, names: list[str]) -> shapes.Instance:
    row = sql(context).instance_get_by_uuid(
        uuid=uuid, read_deleted="yes", project_only=False, **flags(ALWAYS, SINGLE_FLAGS)
    )
    created: Any = instance(row, DEFAULTS)
    places = {name: place for place, name in enumerate(names)}
    created["security_groups"].sort(key=lambda group: places.get(group["name"], len(places)))
    result: shapes.Instance = created
    return result
