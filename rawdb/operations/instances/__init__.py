"""Instances: virtual machines, with what belongs to them. SQL: sql/queries/*/instances.sql.

An instance is a dict of its columns, the derived key `name`, the lists `metadata` and `system_metadata` (empty where
not asked for), and the relations asked for: `info_cache` (a dict or None), `security_groups`, `pci_devices`,
`block_device_mapping` (lists of dicts by ascending id). Reads of one instance always carry `info_cache` and
`security_groups`, each group with its `rules`, and show live metadata. Lists show metadata and devices as the
context's read_deleted says, and of the devices the allocated ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.constraints import Constraint
from rawdb.default import default_database
from rawdb.exceptions import (
    ConstraintNotMet,
    InstanceInvalidState,
    InstanceNotFound,
    InvalidID,
    MarkerNotFound,
)
from rawdb.operations._default_security_group import ensure_default_group
from rawdb.operations._operation import ADMIN, ANY, NO_GUARD, guarded, lone_read, lone_write, sql, writes
from rawdb.operations._rows import AnyRow, Row, can_be_id, lost, merged
from rawdb.operations.constraints import predicates
from rawdb.operations.instances.create import create
from rawdb.operations.instances.filters import filter_arguments, row_limit, sort_keys
from rawdb.operations.instances.rows import (
    ALWAYS,
    DEFAULTS,
    RELATIONS,
    flags,
    instance,
    instances,
    list_relations,
    require_uuid,
    single_relations,
)
from rawdb.operations.instances.update import SINGLE_FLAGS, can_be_one_statement, read_locked, update, update_columns
from rawdb.statements.criteria import AnyOf, Page, Predicate, equal

_BY_HOST_FLAGS = (*ALWAYS, "pci_devices")


def instance_create(context: Any, values: Mapping[str, Any]) -> shapes.Instance:
    """Store an instance with what belongs to it, and return it.

    `values` are columns of instances, and `metadata` and `system_metadata` (dicts), `info_cache` (a dict of columns of
    the cache row, which is always made) and `security_groups` (names of live groups of the context's project); other
    keys are ignored. A missing uuid is generated. Texts are accepted for datetimes; what has a zone becomes UTC. The
    result carries the relations of a single read, the group 'default' first. The context's project gets its default
    security group if it has none, even when the instance then cannot be stored.

    Raises InstanceExists for a hostname that is taken under osapi_compute_unique_server_name_scope,
    SecurityGroupNotFoundForProject for the first group that does not exist, DBDuplicateEntry for a uuid that was ever
    used, AttributeError for the key `name`.
    Round trips: 2 (groups; all that is stored, and its ids or, without metadata, all of it read), 1 for a hostname that
    must be unique, and COMMIT. A project that has no default security group costs 1 more, and those of
    `security_group_ensure_default` for a new one; a uuid that had metadata or groups before its instance, 1 more.
    Source: Nova Juno and Grizzly.
    """
    ANY(context)
    while (row := create(context, values)) is None:
        # In a transaction of its own: the quota lock must come before everything that is read.
        ensure_default_group(context)
    return row


@writes(ANY)
def instance_destroy(
    context: Any, instance_uuid: str, constraint: Constraint | None = None, update_cells: bool = True
) -> shapes.Instance:
    """Soft delete an instance with its group memberships, info cache, metadata and faults, and return it.

    `constraint` (see `constraint`, `equal_any`, `not_equal`) must hold in the moment of the deletion; `update_cells`
    has no effect. The result is the instance as it was, with its metadata and info cache, all marked deleted;
    `updated_at` stays everywhere. System metadata, block devices, actions, migrations and addresses are left alone.

    Raises InvalidUUID for anything but a canonical uuid, InstanceNotFound when none is visible in the project,
    ConstraintNotMet, AttributeError for a constraint on a name that is no column.
    Round trips: 3, and COMMIT. Source: Nova Juno; Grizzly's left the faults.
    """
    row = read_locked(context, instance_uuid, DEFAULTS)
    now = timeutils.utcnow()
    statements = sql(context)
    if not statements.instance_destroy(uuid=instance_uuid, filters=predicates("instances", constraint), now=now):
        raise ConstraintNotMet
    statements.instance_destroy__security_groups.ahead(uuid=instance_uuid, now=now)
    statements.instance_info_cache_delete.ahead(instance_uuid=instance_uuid, now=now)
    statements.instance_destroy__metadata.ahead(uuid=instance_uuid, now=now)
    statements.instance_destroy__faults(uuid=instance_uuid, now=now)
    cache = row["info_cache"] and _deleted(context, row["info_cache"], now)
    metadata = [_deleted(context, pair, now) for pair in row["metadata"]]
    return {**_deleted(context, row, now), "info_cache": cache, "metadata": metadata}


def _deleted(context: Any, row: AnyRow, now: datetime) -> AnyRow:
    """A row as the bulk soft delete has left it, which only touches what the context sees."""
    hidden = context.read_deleted == ("only" if row["deleted"] == 0 else "no")
    return row if hidden else merged(row, {"deleted": row["id"], "deleted_at": now})


@lone_read(ANY)
def instance_get(context: Any, instance_id: int, columns_to_join: Collection[str] | None = None) -> shapes.Instance:
    """Return the visible instance of an id, within the project of a plain user.

    `columns_to_join` names relations besides `info_cache` and `security_groups`: None means metadata and
    system_metadata. Raises InstanceNotFound, InvalidID for what can be no id, ValueError for an unknown relation.
    Round trips: 1, whatever is joined. Source: Nova Juno and Grizzly.
    """
    relations = single_relations(columns_to_join)
    if not can_be_id(instance_id):
        raise InvalidID(id=instance_id)
    row = sql(context).instance_get(instance_id=instance_id, **flags(relations, SINGLE_FLAGS))
    if row is None:
        raise InstanceNotFound(instance_id=instance_id)
    return instance(row, relations)


@lone_read(ANY)
def instance_get_by_uuid(
    context: Any, uuid: str, columns_to_join: Collection[str] | None = None, use_slave: bool = False
) -> shapes.Instance:
    """Return the visible instance of a uuid, in any notation, within the project of a plain user.

    `columns_to_join` names relations besides `info_cache` and `security_groups`: None means metadata and
    system_metadata. Raises InstanceNotFound, ValueError for an unknown relation.
    Round trips: 1, whatever is joined. Source: Nova Juno and Grizzly.
    """
    relations = single_relations(columns_to_join)
    row = sql(context).instance_get_by_uuid(uuid=uuid, **flags(relations, SINGLE_FLAGS))
    if row is None:
        raise InstanceNotFound(instance_id=uuid)
    return instance(row, relations)


@lone_read(ANY)
def instance_get_all(context: Any, columns_to_join: Collection[str] | None = None) -> list[shapes.ListedInstance]:
    """Return the visible instances by id, of the context's project where it is no admin.

    `columns_to_join` names the relations: None means info_cache, security_groups, metadata, system_metadata.
    Raises ValueError for an unknown relation. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    relations = list_relations(columns_to_join)
    return instances(sql(context).instance_get_all(**flags(relations, RELATIONS)), relations)


@lone_read(ANY)
def instance_get_all_by_filters(
    context: Any,
    filters: Mapping[str, Any],
    sort_key: str = "created_at",
    sort_dir: str = "desc",
    limit: int | None = None,
    marker: str | None = None,
    columns_to_join: Collection[str] | None = None,
    use_slave: bool = False,
) -> list[shapes.ListedInstance]:
    """Return the instances that pass all filters, deleted ones too, of the context's project where it is no admin.

    Filters: `deleted`, `soft_deleted`, `cleaned` (truth values), `changes-since` (a datetime), `metadata` and
    `system_metadata` (a dict, or a list of dicts: each key and each value must occur among the live pairs), `filter`
    (a list of {'name': 'tag-key', 'tag-value' or 'tag:KEY', 'value': ...}); project_id, user_id, image_ref, vm_state,
    instance_type_id, uuid, host and task_state are compared (a collection: one of them); any other column is searched
    by a regular expression; other keys are ignored.

    The order is by `sort_key`, created_at and id, all in direction `sort_dir` (asc or desc); `limit` is the number of
    instances; `marker` is the uuid after which they begin, of an instance that the context sees. NULLs stand where
    the server sorts them, and paging goes through them. `columns_to_join` is as in `instance_get_all`.

    Raises KeyError for a direction, AttributeError for a sort key that is no column or a `changes-since` that is no
    datetime, MarkerNotFound, InvalidParameterValue for an unknown tag field, ValueError for an unknown relation,
    DBError for an invalid regular expression. With limit 0 nothing is checked.
    Round trips: 1, with a marker 2. Source: Nova Juno; Grizzly knows neither cleaned, soft_deleted nor filter.
    """
    if limit == 0:
        return []
    keys = sort_keys(sort_key, sort_dir)
    relations = list_relations(columns_to_join)
    arguments = filter_arguments(context, filters)
    page = Page(keys, None if marker is None else _marker(context, marker))
    rows = sql(context).instance_get_all_by_filters(
        page=page, limit=row_limit(limit), **arguments, **flags(relations, RELATIONS)
    )
    return instances(rows, relations)


def _marker(context: Any, marker: str) -> Row:
    row = sql(context).instance_get_by_uuid__row(uuid=marker)
    if row is None:
        raise MarkerNotFound(marker or repr(marker))
    return row


@lone_read(ANY)
def instance_get_active_by_window_joined(
    context: Any,
    begin: datetime,
    end: datetime | None = None,
    project_id: str | None = None,
    host: str | None = None,
) -> list[shapes.ListedInstance]:
    """Return the instances that were not terminated by `begin`, deleted or not, of whatever project, by id.

    With `end` only those launched before it, so no never-launched ones; `project_id` and `host` narrow further.
    They carry info_cache, security_groups, metadata and system_metadata.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    narrowed = {"project_id": project_id, "host": host}
    rows = sql(context).instance_get_active_by_window_joined(
        begin=begin,
        ended=bool(end),
        end=end or None,
        filters=[equal(column, value) for column, value in narrowed.items() if value],
        **flags(DEFAULTS, RELATIONS),
    )
    return instances(rows, DEFAULTS)


@lone_read(ADMIN)
def instance_get_all_by_host(
    context: Any, host: str | None, columns_to_join: Collection[str] | None = None, use_slave: bool = False
) -> list[shapes.ListedInstance]:
    """Return the visible instances of a host by id, with info_cache and security_groups.

    `columns_to_join` says which of metadata, system_metadata and pci_devices are filled, None the first two; other
    names are ignored. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    asked = frozenset(ALWAYS if columns_to_join is None else columns_to_join)
    relations = (asked & frozenset(_BY_HOST_FLAGS)) | {"info_cache", "security_groups"}
    rows = sql(context).instance_get_all_by_host(filters=[equal("host", host)], **flags(relations, RELATIONS))
    return instances(rows, relations)


@lone_read(ADMIN)
def instance_get_all_by_host_and_node(context: Any, host: str | None, node: str | None) -> list[shapes.ListedInstance]:
    """Return the visible instances of a host and node by id, without relations; their metadata lists are empty.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    filters = [equal("host", host), equal("node", node)]
    return instances(sql(context).instance_get_all_by_host_and_node(filters=filters), ())


@lone_read(ADMIN)
def instance_get_all_by_host_and_not_type(
    context: Any, host: str | None, type_id: int | None = None
) -> list[shapes.ListedInstance]:
    """Return the visible instances of a host whose type is known and is not `type_id` (None: any), by id.

    They carry info_cache, security_groups, metadata and system_metadata.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    filters = [equal("host", host), Predicate("instance_type_id", "<>", type_id)]
    rows = sql(context).instance_get_all_by_host(filters=filters, **flags(DEFAULTS, RELATIONS))
    return instances(rows, DEFAULTS)


@lone_read(ADMIN)
def instance_get_all_hung_in_rebooting(context: Any, reboot_window: float) -> list[shapes.ListedInstance]:
    """Return the visible instances that are in a soft reboot unchanged for `reboot_window` seconds, by id.

    They carry no relations; their metadata lists are empty. Instances that were never updated are not found.
    Raises ValueError for a window that goes beyond the calendar. Round trips: 1. Source: Nova Juno; Grizzly's had
    metadata.
    """
    return hung_in_rebooting(context, reboot_window, ())


def hung_in_rebooting(context: Any, reboot_window: float, relations: Collection[str]) -> list[shapes.ListedInstance]:
    """What `instance_get_all_hung_in_rebooting` returns, with relations. Round trips: 1."""
    rows = sql(context).instance_get_all_hung_in_rebooting(
        threshold=timeutils.seconds_ago(reboot_window), **flags(relations, RELATIONS)
    )
    return instances(rows, relations)


@lone_read(ADMIN)
def instance_data_get_for_project(context: Any, project_id: str | None, session: Any = None) -> tuple[int, int, int]:
    """Return how many visible instances a project has, the sum of their vcpus, and that of their memory_mb.

    `session` has no effect. Round trips: 1. Source: Nova Grizzly.
    """
    row = sql(context).instance_data_get_for_project(project_id=project_id)
    return int(row["instances"]), int(row["vcpus"]), int(row["memory_mb"])


@guarded(ANY)
def instance_update(
    context: Any, instance_uuid: str, values: Mapping[str, Any], update_cells: bool = True
) -> shapes.Instance:
    """Change a visible instance and return it, with the relations of a single read.

    `values` are columns of instances, of which only those that differ are written (`updated_at` moves only then), and
    `metadata` and `system_metadata`, dicts that replace all pairs. `expected_task_state` and `expected_vm_state` (a
    value, or a tuple, list or set of values; None is a value) must hold, and of several calls that expect a state and
    leave it one passes. Texts are accepted for datetimes; what has a zone becomes UTC. Other keys are ignored, and so
    is `update_cells`. `values` itself stays as it is.

    Raises InvalidUUID for anything but a canonical uuid, InstanceNotFound when none is visible in the project,
    UnexpectedDeletingTaskStateError, UnexpectedTaskStateError, UnexpectedVMStateError, InstanceExists for a hostname
    that is taken, AttributeError for the key `name`.
    Round trips: 2 (1 when no column is given). With metadata, or a hostname that must be unique: 2, up to 3 more for
    each kind of metadata, 1 for the hostname, and COMMIT. Source: Nova Juno; Grizzly has no
    expected_vm_state.
    """
    if can_be_one_statement(values):
        return _update_columns(context, instance_uuid, values)
    return _update_all(context, instance_uuid, values)


@lone_write(NO_GUARD)
def _update_columns(context: Any, instance_uuid: str, values: Mapping[str, Any]) -> shapes.Instance:
    return update_columns(context, instance_uuid, values)


@writes(NO_GUARD)
def _update_all(context: Any, instance_uuid: str, values: Mapping[str, Any]) -> shapes.Instance:
    return update(context, instance_uuid, values, None)[1]


@writes(ANY)
def instance_update_and_get_original(
    context: Any,
    instance_uuid: str,
    values: Mapping[str, Any],
    update_cells: bool = True,
    columns_to_join: Collection[str] | None = None,
) -> tuple[shapes.Instance, shapes.Instance]:
    """Change a visible instance as `instance_update` does, and return it as it was and as it is.

    The first has the old columns; its relations are the very objects of the second, in the new state.
    `columns_to_join` names relations as in `instance_get`: metadata that are replaced but not named are written and
    shown as an empty list. Errors as `instance_update`, and ValueError for an unknown relation.
    Round trips: as `instance_update`. Source: Nova Juno and Grizzly.
    """
    return update(context, instance_uuid, values, columns_to_join)


@guarded(ANY)
def instance_test_and_set(
    context: Any, instance_uuid: str, attr: str, ok_states: Iterable[Any], new_state: Any
) -> None:
    """Set column `attr` of a visible instance to `new_state` if it holds one of `ok_states`; None stands for NULL.

    Of several callers that leave the same states one passes. Raises InvalidUUID for anything but a canonical uuid,
    AttributeError when `attr` is no column, InstanceNotFound when no instance is visible in the project,
    InstanceInvalidState when the column holds something else.
    Round trips: 1, and 1 to explain a failure. Source: Nova Grizzly.
    """
    require_uuid(instance_uuid)
    if attr not in default_database().tables["instances"].columns:
        raise AttributeError(f"an instance has no column {attr!r}")
    _test_and_set(context, instance_uuid, attr, list(ok_states), new_state)


@lone_write(NO_GUARD)
def _test_and_set(context: Any, instance_uuid: str, attr: str, states: Collection[Any], new_state: Any) -> None:
    accepted = [equal(attr, states), *([equal(attr, None)] if None in states else [])]
    changes = {attr: new_state}
    if sql(context).instance_test_and_set(uuid=instance_uuid, changes=changes, filters=[AnyOf(accepted)]):
        return
    row = sql(context).instance_get_by_uuid__row(uuid=instance_uuid)
    if row is None:
        raise InstanceNotFound(instance_id=instance_uuid)
    comparable = default_database().tables["instances"].columns[attr].comparable
    if row[attr] in [state if state is None else comparable(state) for state in states]:
        # It has come into such a state since: a fresh run will find it there.
        raise lost(f"instance {instance_uuid}")
    raise InstanceInvalidState(attr=attr, instance_uuid=instance_uuid, state=row[attr], method="instance_test_and_set")
