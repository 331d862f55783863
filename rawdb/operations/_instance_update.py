"""How an instance is changed: read and locked, checked, written under a guard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import timeutils
from rawdb.exceptions import (
    DBDeadlock,
    InstanceNotFound,
    InvalidUUID,
    RetryRequest,
    UnexpectedDeletingTaskStateError,
    UnexpectedTaskStateError,
    UnexpectedVMStateError,
)
from rawdb.operations._instance_rows import flags, instance, instance_name, is_uuid_like, single_relations
from rawdb.operations._instance_values import check_hostname, column_values, hostname_to_check, lock_hostnames
from rawdb.operations._metadata import METADATA, SYSTEM_METADATA, metadata_rows, replace_metadata
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row
from rawdb.statements.criteria import equal

#: The relations that a read of one instance may leave out.
SINGLE_FLAGS = ("metadata", "system_metadata", "pci_devices", "block_device_mapping")
_KINDS = {"metadata": METADATA, "system_metadata": SYSTEM_METADATA}


def read_locked(context: Any, instance_uuid: str, relations: frozenset[str]) -> Row:
    """The instance of a uuid, locked until the transaction ends. Raises InvalidUUID, InstanceNotFound."""
    if not is_uuid_like(instance_uuid):
        raise InvalidUUID(instance_uuid)
    row = sql(context).instance_get_by_uuid__locked(uuid=instance_uuid, **flags(relations, SINGLE_FLAGS))
    if row is None:
        raise InstanceNotFound(instance_id=instance_uuid)
    return instance(row, relations)


def update(
    context: Any, instance_uuid: str, values: Mapping[str, Any], columns_to_join: Iterable[str] | None
) -> tuple[Row, Row]:
    """The instance before and after a change, inside a transaction of which this is all."""
    relations = single_relations(columns_to_join)
    replaced = {key: values[key] for key in _KINDS if values.get(key) is not None}
    hostname = hostname_to_check(values)
    if hostname is not None and is_uuid_like(instance_uuid):
        lock_hostnames(context)
    old = read_locked(context, instance_uuid, relations - replaced.keys())
    expected = _check_expected_states(old, values)
    if hostname is not None and hostname.lower() != (old["hostname"] or "").lower():
        check_hostname(context, hostname)
    for key, pairs in replaced.items():
        replace_metadata(context, _KINDS[key], instance_uuid, pairs, touch_removed=True)
    new = {**old, **_write(context, old, column_values(values), expected)}
    new["name"] = instance_name(new)
    for key in relations & replaced.keys():
        old[key] = new[key] = metadata_rows(context, _KINDS[key], instance_uuid)
    return old, new


def _check_expected_states(row: Row, values: Mapping[str, Any]) -> Row:
    """The states that were expected, as they are. Raises the error of the first that is another."""
    seen = {}
    for column in ("task_state", "vm_state"):
        if f"expected_{column}" not in values:
            continue
        expected = values[f"expected_{column}"]
        if not isinstance(expected, (tuple, list, set)):
            expected = (expected,)
        if row[column] not in expected:
            raise _unexpected(column, row[column])(actual=row[column], expected=expected)
        seen[column] = row[column]
    return seen


def _unexpected(column: str, actual: Any) -> type[UnexpectedTaskStateError | UnexpectedVMStateError]:
    if column == "vm_state":
        return UnexpectedVMStateError
    return UnexpectedDeletingTaskStateError if actual == "deleting" else UnexpectedTaskStateError


def _write(context: Any, row: Row, given: Row, expected: Row) -> Row:
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
        raise RetryRequest(DBDeadlock(f"instance {row['uuid']} was changed by another transaction"))
    return changes
