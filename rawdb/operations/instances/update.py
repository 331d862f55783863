"""How an instance is changed: read and locked, checked, written under a guard."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NoReturn

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.exceptions import (
    InstanceNotFound,
    UnexpectedDeletingTaskStateError,
    UnexpectedTaskStateError,
    UnexpectedVMStateError,
)
from rawdb.operations._metadata import KINDS, metadata_rows, replace_metadata
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row, lost, merged
from rawdb.operations.instances.rows import (
    flags,
    instance,
    instance_name,
    is_uuid_like,
    require_uuid,
    single_relations,
)
from rawdb.operations.instances.values import check_hostname, column_values, hostname_to_check, lock_hostnames
from rawdb.statements.criteria import equal

#: The relations that a read of one instance may leave out.
SINGLE_FLAGS = ("metadata", "system_metadata", "pci_devices", "block_device_mapping")


def read_locked(context: Any, instance_uuid: str, relations: frozenset[str]) -> shapes.Instance:
    """The instance of a uuid, locked until the transaction ends. Raises InvalidUUID, InstanceNotFound."""
    require_uuid(instance_uuid)
    row = sql(context).instance_get_by_uuid__locked(uuid=instance_uuid, **flags(relations, SINGLE_FLAGS))
    if row is None:
        raise InstanceNotFound(instance_id=instance_uuid)
    return instance(row, relations)


def can_be_one_statement(values: Mapping[str, Any]) -> bool:
    """Whether a change is one of columns alone, decided by nothing but the instance's own row."""
    for key in KINDS:
        if values.get(key) is not None:
            return False
    if values.get("uuid", "") is None:
        # Several instances may have none: by it the changed one could not be read again.
        return False
    if "updated_at" in values or hostname_to_check(values) is not None:
        return False
    for states in _expected_states(values).values():
        # What is no text is no state either, and nothing that a server compares with one.
        if not all(one is None or isinstance(one, str) for one in states):
            return False
    return True


def update_columns(context: Any, instance_uuid: str, values: Mapping[str, Any]) -> shapes.Instance:
    """The instance after a change of its columns by one guarded UPDATE; its relations are read when that is done.

    So the row is locked for one statement, and for none of the reading. What is returned is the instance as it is then,
    changes of others that came in between included.
    """
    require_uuid(instance_uuid)
    changes = column_values(values)
    statements = sql(context)
    if changes:
        expected = [equal(column, list(states)) for column, states in _expected_states(values).items()]
        if not statements.instance_update__columns(uuid=instance_uuid, changes=changes, filters=expected):
            _explain(context, instance_uuid, values)
        # It was there and was the caller's: it is shown even if somebody deletes it now.
        seen = {"read_deleted": "yes", "project_only": False}
    else:
        seen = {}
    relations = single_relations(None)
    row = statements.instance_get_by_uuid(
        uuid=changes.get("uuid", instance_uuid), **flags(relations, SINGLE_FLAGS), **seen
    )
    if row is None:
        raise InstanceNotFound(instance_id=instance_uuid)
    if not changes:
        _check_expected_states(row, values)
    return instance(row, relations)


def _explain(context: Any, instance_uuid: str, values: Mapping[str, Any]) -> NoReturn:
    """Say why the guarded UPDATE matched no row."""
    row = sql(context).instance_get_by_uuid__row(uuid=instance_uuid)
    if row is None:
        raise InstanceNotFound(instance_id=instance_uuid)
    _check_expected_states(row, values)
    # It has come into the expected state since: a fresh run will find it there.
    raise lost(f"instance {instance_uuid}")


def update(
    context: Any, instance_uuid: str, values: Mapping[str, Any], columns_to_join: Collection[str] | None
) -> tuple[shapes.Instance, shapes.Instance]:
    """The instance before and after a change, inside a transaction of which this is all."""
    relations = single_relations(columns_to_join)
    replaced = {key: values[key] for key in KINDS if values.get(key) is not None}
    hostname = hostname_to_check(values)
    if hostname is not None and is_uuid_like(instance_uuid):
        lock_hostnames(context)
    old: Any = read_locked(context, instance_uuid, relations - replaced.keys())
    expected = _check_expected_states(old, values)
    if hostname is not None and hostname.lower() != (old["hostname"] or "").lower():
        check_hostname(context, hostname)
    for key, pairs in replaced.items():
        replace_metadata(context, KINDS[key], instance_uuid, pairs, touch_removed=True)
    new = merged(old, _write(context, old, column_values(values), expected))
    new["name"] = instance_name(new)
    for key in relations & replaced.keys():
        old[key] = new[key] = metadata_rows(context, KINDS[key], instance_uuid)
    return old, new


def _check_expected_states(row: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
    """The states that were expected, as they are. Raises the error of the first that is another."""
    seen = {}
    for column, expected in _expected_states(values).items():
        if row[column] not in expected:
            raise _unexpected(column, row[column])(actual=row[column], expected=expected)
        seen[column] = row[column]
    return seen


def _expected_states(values: Mapping[str, Any]) -> dict[str, Any]:
    """The states that a call expects, by column; a lone value counts as one of them."""
    found = {}
    for column in ("task_state", "vm_state"):
        if f"expected_{column}" in values:
            expected = values[f"expected_{column}"]
            found[column] = expected if isinstance(expected, (tuple, list, set)) else (expected,)
    return found


def _unexpected(column: str, actual: Any) -> type[UnexpectedTaskStateError | UnexpectedVMStateError]:
    if column == "vm_state":
        return UnexpectedVMStateError
    return UnexpectedDeletingTaskStateError if actual == "deleting" else UnexpectedTaskStateError


def _write(context: Any, row: Mapping[str, Any], given: Row, expected: Row) -> Row:
    """Write the given columns that differ from the row, and return them with the new updated_at.

    The guard repeats what the decision rested on, the values left alone as well as the expected states: a lock on
    the row does not reach the other nodes of a Galera cluster.
    """
    changes = {column: value for column, value in given.items() if row[column] != value}
    if not changes:
        return {}
    changes.setdefault("updated_at", timeutils.utcnow())
    seen = {column: row[column] for column in ("deleted", *expected, *(given.keys() - changes.keys()))}
    filters = [equal(column, value) for column, value in seen.items()]
    if not sql(context).instance_update(id=row["id"], changes=changes, filters=filters):
        raise lost(f"instance {row['uuid']}")
    return changes
