"""Instance groups: instances that are placed by a policy, with their policies, members and metadata.

SQL: sql/queries/*/instance_groups.sql. Nobody is refused and no project is looked at. Every operation but the two
listings raises InstanceGroupNotFound when no visible group has the uuid; of several the oldest is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb._uuids import random_uuid
from rawdb.engine.calls import BoundStatement
from rawdb.exceptions import (
    DBDuplicateEntry,
    InstanceGroupIdExists,
    InstanceGroupMemberNotFound,
    InstanceGroupMetadataNotFound,
    InstanceGroupNotFound,
    InstanceGroupPolicyNotFound,
    RetryRequest,
)
from rawdb.operations._operation import NO_GUARD, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, edit_row, merged, only_columns
from rawdb.statements.criteria import Predicate

_CHILDREN = ("policies", "metadata", "members")


@writes(NO_GUARD)
def instance_group_create(
    context: Any,
    values: dict[str, Any],
    policies: Collection[str] | None = None,
    metadata: Mapping[str, str] | None = None,
    members: Collection[str] | None = None,
) -> shapes.InstanceGroup:
    """Store a group with its children and return it as instance_group_get does.

    `values` are columns of instance_groups (user_id, project_id, uuid, name); other keys are ignored. A missing
    uuid is made up and put into `values`. A policy or member given twice is stored once. Raises
    InstanceGroupIdExists when a live group has the uuid. Round trips: 1, 1 more for children, and COMMIT.
    Source: Nova Juno.
    """
    group_uuid = random_uuid() if values.get("uuid") is None else values["uuid"]
    try:
        row: shapes.InstanceGroupRow = sql(context).instance_group_create(values={**values, "uuid": group_uuid})
    except DBDuplicateEntry as error:
        if "uuid" not in error.columns:
            raise
        raise InstanceGroupIdExists(group_uuid=group_uuid) from error
    group = {**row, "policies": [], "metadetails": [], "members": []}
    names = _set_policies(context, group, policies or [], False)
    pairs = _set_metadata(context, group, metadata or {}, False)
    instances = _set_members(context, group, members or [], False)
    values["uuid"] = group_uuid
    return {**row, "policies": names, "members": instances, "metadetails": pairs}


@lone_read(NO_GUARD)
def instance_group_get(context: Any, group_uuid: str) -> shapes.InstanceGroup:
    """Return a group: its columns, `policies` and `members` (lists in the order of adding), `metadetails` (a dict).

    These three hold live rows only; those of a deleted group are empty. Raises InstanceGroupNotFound.
    Round trips: 1. Source: Nova Juno.
    """
    return _shown(_with_children(context, group_uuid))


@writes(NO_GUARD)
def instance_group_update(context: Any, group_uuid: str, values: dict[str, Any]) -> None:
    """Change a group's own columns and replace its children.

    `policies`, `members` (lists) and `metadata` (a dict) in `values`, unless None, replace what the group has; an
    empty one clears. Other keys are columns; unknown ones are ignored. `updated_at` moves only if a column changes.
    Of the three keys those that are empty or None are taken out of `values`. Raises InstanceGroupNotFound, and
    DBDuplicateEntry for a new uuid that another live group has. Round trips: 2, and COMMIT. Source: Nova Juno.
    """
    given = {name: values[name] for name in _CHILDREN if values.get(name) is not None}
    group = _locked(context, group_uuid) if given else _with_children(context, group_uuid)
    if "policies" in given:
        _set_policies(context, group, given["policies"], True)
    if "metadata" in given:
        _set_metadata(context, group, given["metadata"], True)
    if "members" in given:
        _set_members(context, group, given["members"], True)
    if given:
        _unlock(context, group_uuid)
    own = {name: value for name, value in values.items() if name not in _CHILDREN}
    lost = InstanceGroupNotFound(group_uuid=group_uuid)
    edit_row(sql(context).instance_group_update, "instance_groups", group, own, lost=lost)
    for name in _CHILDREN:
        if not values.get(name):
            values.pop(name, None)


@writes(NO_GUARD)
def instance_group_delete(context: Any, group_uuid: str) -> None:
    """Soft delete a group and its visible policies, metadata and members.

    With a context that sees deleted rows, every group of the uuid. Raises InstanceGroupNotFound.
    Round trips: 3, and COMMIT. Source: Nova Juno.
    """
    ids = [row["id"] for row in sql(context).instance_group_delete__ids(group_uuid=group_uuid)]
    if not ids or not sql(context).instance_group_delete(ids=ids):
        raise InstanceGroupNotFound(group_uuid=group_uuid)
    sql(context).instance_group_delete__policies.ahead(group_ids=ids)
    sql(context).instance_group_delete__metadata.ahead(group_ids=ids)
    sql(context).instance_group_delete__members(group_ids=ids)


@lone_read(NO_GUARD)
def instance_group_get_all(context: Any) -> list[shapes.InstanceGroup]:
    """Return the visible groups of all projects, by id, each as instance_group_get does.

    Round trips: 1. Source: Nova Juno.
    """
    return [_shown(row) for row in sql(context).instance_group_get_all()]


@lone_read(NO_GUARD)
def instance_group_get_all_by_project_id(context: Any, project_id: str) -> list[shapes.InstanceGroup]:
    """Return the visible groups of a project, by id, each as instance_group_get does. Anybody may ask.

    Round trips: 1. Source: Nova Juno.
    """
    of_project = [Predicate("project_id", "=", project_id)]
    return [_shown(row) for row in sql(context).instance_group_get_all_by_project_id(filters=of_project)]


@writes(NO_GUARD)
def instance_group_metadata_add(
    context: Any, group_uuid: str, metadata: Mapping[str, Any], set_delete: bool = False
) -> Mapping[str, Any]:
    """Set pairs of a group's metadata, with `set_delete` soft deleting all others, and return `metadata`.

    `updated_at` of a pair moves only if its value changes. Raises InstanceGroupNotFound.
    Round trips: 2, and COMMIT. Source: Nova Juno.
    """
    _set_metadata(context, _locked(context, group_uuid), metadata, set_delete)
    _unlock(context, group_uuid)
    return metadata


@lone_write(NO_GUARD)
def instance_group_metadata_delete(context: Any, group_uuid: str, key: str) -> None:
    """Soft delete the pair `key` of a group's metadata.

    Raises InstanceGroupNotFound, InstanceGroupMetadataNotFound.
    Round trips: 1; 2 when nothing is removed. Source: Nova Juno.
    """
    if not sql(context).instance_group_metadata_delete(group_uuid=group_uuid, key=key):
        _require_group(context, group_uuid)
        raise InstanceGroupMetadataNotFound(group_uuid=group_uuid, metadata_key=key)


@lone_read(NO_GUARD)
def instance_group_metadata_get(context: Any, group_uuid: str) -> dict[str, str | None]:
    """Return the visible metadata of a group as a dict; of several values of a key the newest.

    Raises InstanceGroupNotFound. Round trips: 1. Source: Nova Juno.
    """
    rows = _children_of(group_uuid, sql(context).instance_group_metadata_get(group_uuid=group_uuid))
    return {row["key"]: row["value"] for row in rows}


@writes(NO_GUARD)
def instance_group_members_add(
    context: Any, group_uuid: str, members: Collection[str], set_delete: bool = False
) -> Collection[str]:
    """Add members that a group does not have, with `set_delete` soft deleting all others, and return `members`.

    A member is any text, normally an instance's uuid; one given twice is added once. Raises InstanceGroupNotFound.
    Round trips: 2, and COMMIT. Source: Nova Juno.
    """
    _set_members(context, _locked(context, group_uuid), members, set_delete)
    _unlock(context, group_uuid)
    return members


@lone_write(NO_GUARD)
def instance_group_member_delete(context: Any, group_uuid: str, instance_id: str) -> None:
    """Soft delete a member of a group.

    Raises InstanceGroupNotFound, InstanceGroupMemberNotFound.
    Round trips: 1; 2 when nothing is removed. Source: Nova Juno.
    """
    if not sql(context).instance_group_member_delete(group_uuid=group_uuid, instance_id=instance_id):
        _require_group(context, group_uuid)
        raise InstanceGroupMemberNotFound(group_uuid=group_uuid, instance_id=instance_id)


@lone_read(NO_GUARD)
def instance_group_members_get(context: Any, group_uuid: str) -> list[str | None]:
    """Return the visible members of a group, in the order of adding.

    Raises InstanceGroupNotFound. Round trips: 1. Source: Nova Juno.
    """
    rows = _children_of(group_uuid, sql(context).instance_group_members_get(group_uuid=group_uuid))
    return [row["instance_id"] for row in rows]


@writes(NO_GUARD)
def instance_group_policies_add(
    context: Any, group_uuid: str, policies: Collection[str], set_delete: bool = False
) -> Collection[str]:
    """Add policies that a group does not have, with `set_delete` soft deleting all others, and return `policies`.

    One given twice is added once. Raises InstanceGroupNotFound.
    Round trips: 2, and COMMIT. Source: Nova Juno.
    """
    _set_policies(context, _locked(context, group_uuid), policies, set_delete)
    _unlock(context, group_uuid)
    return policies


@lone_write(NO_GUARD)
def instance_group_policy_delete(context: Any, group_uuid: str, policy: str) -> None:
    """Soft delete a policy of a group.

    Raises InstanceGroupNotFound, InstanceGroupPolicyNotFound.
    Round trips: 1; 2 when nothing is removed. Source: Nova Juno.
    """
    if not sql(context).instance_group_policy_delete(group_uuid=group_uuid, policy=policy):
        _require_group(context, group_uuid)
        raise InstanceGroupPolicyNotFound(group_uuid=group_uuid, policy=policy)


@lone_read(NO_GUARD)
def instance_group_policies_get(context: Any, group_uuid: str) -> list[str | None]:
    """Return the visible policies of a group, in the order of adding.

    Raises InstanceGroupNotFound. Round trips: 1. Source: Nova Juno.
    """
    rows = _children_of(group_uuid, sql(context).instance_group_policies_get(group_uuid=group_uuid))
    return [row["policy"] for row in rows]


def _locked(context: Any, group_uuid: str) -> Row:
    """The group with its children, nobody else adding any until the transaction ends. `_unlock` comes before that."""
    locked = sql(context).instance_group_update__lock.ahead(group_uuid=group_uuid)
    group = _with_children(context, group_uuid)
    if not group["deleted"]:
        if not locked.result():
            # REPEATABLE READ shows a transaction that has read before what was deleted since.
            raise RetryRequest(InstanceGroupNotFound(group_uuid=group_uuid))
        group["deleted_at"] = None  # what the lock put there
    return group


def _unlock(context: Any, group_uuid: str) -> None:
    sql(context).instance_group_update__unlock.ahead(group_uuid=group_uuid)


def _with_children(context: Any, group_uuid: str) -> Row:
    row = sql(context).instance_group_get(group_uuid=group_uuid)
    if row is None:
        raise InstanceGroupNotFound(group_uuid=group_uuid)
    group: Row = row
    return group


def _shown(group: Any) -> shapes.InstanceGroup:
    """The group as callers see it: names of its children, none for a deleted one."""
    if group["deleted"]:
        return merged(group, {"policies": [], "members": [], "metadetails": {}})
    shown = {
        "policies": [row["policy"] for row in group["policies"]],
        "members": [row["instance_id"] for row in group["members"]],
        "metadetails": {row["key"]: row["value"] for row in group["metadetails"]},
    }
    return merged(group, shown)


def _require_group(context: Any, group_uuid: str) -> None:
    if sql(context).instance_group_get__id(group_uuid=group_uuid) is None:
        raise InstanceGroupNotFound(group_uuid=group_uuid)


def _children_of(group_uuid: str, rows: list[Row]) -> list[Row]:
    """The children that a group's row is joined with."""
    if not rows:
        raise InstanceGroupNotFound(group_uuid=group_uuid)
    return [row for row in rows if row["id"] is not None]


def _set_policies(context: Any, group: Row, policies: Collection[str], set_delete: bool) -> list[str | None]:
    """The policies as they are stored."""
    statements = sql(context)
    wanted = _texts("instance_group_policy", "policy", policies)
    if set_delete:
        _remove(statements.instance_group_policies_add__remove, group["policies"], "policy", wanted)
    here = {row["policy"] for row in group["policies"]}
    new = [{"group_id": group["id"], "policy": policy} for policy in wanted if policy not in here]
    if new:
        statements.instance_group_policies_add.ahead(values=new)
    return list(wanted)


def _set_members(context: Any, group: Row, members: Collection[str], set_delete: bool) -> list[str | None]:
    """The members as they are stored."""
    statements = sql(context)
    wanted = _texts("instance_group_member", "instance_id", members)
    if set_delete:
        _remove(statements.instance_group_members_add__remove, group["members"], "instance_id", wanted)
    here = {row["instance_id"] for row in group["members"]}
    new = [{"group_id": group["id"], "instance_id": member} for member in wanted if member not in here]
    if new:
        statements.instance_group_members_add.ahead(values=new)
    return list(wanted)


def _set_metadata(context: Any, group: Row, metadata: Mapping[str, Any], set_delete: bool) -> dict[str, str | None]:
    """The pairs as they are stored."""
    statements = sql(context)
    pairs = (only_columns("instance_group_metadata", {"key": k, "value": v}) for k, v in metadata.items())
    wanted = {pair["key"]: pair["value"] for pair in pairs}
    rows = group["metadetails"]
    if set_delete:
        _remove(statements.instance_group_metadata_add__remove, rows, "key", wanted)
    changed = [row for row in rows if row["key"] in wanted and row["value"] != wanted[row["key"]]]
    if changed:
        statements.instance_group_metadata_add__change.ahead(
            ids=[row["id"] for row in changed],
            changes_by_id=[{"id": row["id"], "value": wanted[row["key"]]} for row in changed],
        )
    here = {row["key"] for row in rows}
    new = [{"group_id": group["id"], "key": k, "value": v} for k, v in wanted.items() if k not in here]
    if new:
        statements.instance_group_metadata_add.ahead(values=new)
    return wanted


def _texts(table: str, column: str, values: Collection[str]) -> dict[str | None, None]:
    """The values as they are stored, each once, in order."""
    return dict.fromkeys(only_columns(table, {column: value})[column] for value in values)


def _remove(remove: BoundStatement, rows: list[Row], column: str, wanted: Mapping[Any, Any]) -> None:
    ids = [row["id"] for row in rows if row[column] not in wanted]
    if ids:
        remove.ahead(ids=ids)
