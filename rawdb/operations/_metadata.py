"""Key/value rows of an instance, replaced as a whole: instance_metadata and instance_system_metadata.

Shared by `instance_update` and the operations on metadata alone. The number of statements does not grow with the
number of pairs. SQL: the statements `instance_update__*metadata_*` of sql/queries/*/instances.sql.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rawdb import timeutils
from rawdb.exceptions import DBDeadlock, RetryRequest
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row, given_pairs, stored_pairs


@dataclass(frozen=True)
class Kind:
    """One of the two tables, and what the names of its statements begin with."""

    table: str
    statements: str


METADATA = Kind("instance_metadata", "instance_update__metadata")
SYSTEM_METADATA = Kind("instance_system_metadata", "instance_update__system_metadata")
#: By the keys of an instance that hold their rows.
KINDS = {"metadata": METADATA, "system_metadata": SYSTEM_METADATA}


def lock_instance(context: Any, instance_uuid: str) -> None:
    """Let no other writer of the instance's metadata in until the transaction ends; the first statement of it.

    An instance that does not exist is no error. Round trips: 0, it goes out with the next statement.
    """
    sql(context).instance_update__lock.ahead(uuid=instance_uuid)


def metadata_rows(context: Any, kind: Kind, instance_uuid: str) -> list[Row]:
    """The live rows of an instance, by id. Round trips: 1."""
    rows: list[Row] = _statement(sql(context), kind, "result")(uuid=instance_uuid)
    return rows


def replace_metadata(
    context: Any,
    kind: Kind,
    instance_uuid: str,
    new: Mapping[Any, Any],
    delete: bool = True,
    *,
    touch_removed: bool = False,
    read_deleted: str = "no",
) -> None:
    """Make the pairs of `new` the instance's own, inside a transaction that has locked the instance.

    Rows whose key is in `new` get its value (`updated_at` moves only if the value differs), with `delete` the
    other rows are soft deleted (`updated_at` moves with `touch_removed`), keys without a row are inserted. Rows
    are those that `read_deleted` shows. Raises DBDataError for a key or value that is no text or too long, and
    restarts the transaction when another one removed a row meanwhile. Round trips: 1 or 2; what is removed and added
    goes out with the next statement.
    """
    wanted = stored_pairs(kind.table, new)
    statements = sql(context)
    added = dict(wanted)
    changed, removed = [], []
    for row in _statement(statements, kind, "rows")(uuid=instance_uuid, read_deleted=read_deleted):
        key = row["key"]
        added.pop(key, None)
        if key not in wanted:
            removed.append(row["id"])
        elif row["value"] != wanted[key]:
            changed.append({"id": row["id"], "value": wanted[key]})
    if changed:
        _change(statements, kind, changed, read_deleted)
    if removed and delete:
        touched = timeutils.utcnow() if touch_removed else None
        _statement(statements, kind, "remove").ahead(ids=removed, touched=touched, read_deleted=read_deleted)
    if added:
        add_metadata(statements, kind, instance_uuid, added, timeutils.utcnow())


def as_pairs(kind: Kind, new: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """The pairs of a new instance: of keys that are stored alike, such as 1 and "1", the last has its value.

    Raises TypeError for pairs that are no dict.
    """
    return new if type(new) is dict and set(map(type, new)) <= {str} else given_pairs(kind.table, new)


def add_metadata(statements: Any, kind: Kind, instance_uuid: str, new: Mapping[Any, Any], now: datetime) -> None:
    """Insert the pairs, whatever the instance has already. Round trips: 0, they go out with the next statement."""
    if new:
        owner = {"instance_uuid": instance_uuid, "created_at": now}
        values = [{**owner, "key": key, "value": value} for key, value in new.items()]
        _statement(statements, kind, "add").ahead(values=values)


def _statement(statements: Any, kind: Kind, part: str) -> Any:
    return getattr(statements, f"{kind.statements}_{part}")


def _change(statements: Any, kind: Kind, changes: list[Row], read_deleted: str) -> None:
    matched = _statement(statements, kind, "change")(
        changes_by_id=changes, ids=[change["id"] for change in changes], read_deleted=read_deleted
    )
    if matched != len(changes):
        raise RetryRequest(DBDeadlock(f"{kind.table}: a row was removed by another transaction"))
