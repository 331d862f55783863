"""What operations do with rows: keep the columns of a table, find what changed, sort them into groups."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from rawdb import timeutils
from rawdb.default import default_database
from rawdb.exceptions import DBDataError, DBDeadlock, RetryRequest

Row = dict[str, Any]
#: A row of whatever type: one of rawdb.rows, or a plain dict.
AnyRow = TypeVar("AnyRow", bound=Mapping[str, Any])
T = TypeVar("T")
Item = TypeVar("Item")


def lost(what: str) -> RetryRequest:
    """What to raise when a row is no longer what it was when it was read: the operation is run again."""
    return RetryRequest(DBDeadlock(f"{what} was changed by another transaction"))


def only_columns(table: str, values: Mapping[str, Any]) -> Row:
    """The entries of `values` that are columns of the table, checked and normalised as they would be stored."""
    return default_database().tables[table].encode(values)


def as_stored(table: str, column: str, value: Any) -> Any:
    """A value as the column would store it, checked and normalised. None stays None."""
    return None if value is None else default_database().tables[table].columns[column].encode(value)


def can_be_id(value: Any) -> bool:
    """Whether a value can be the id of a row: an integer of 64 bits, or the text of one. None can: it means NULL."""
    try:
        return value is None or default_database().tables["instances"].columns["id"].comparable(value) is not None
    except DBDataError:
        return False


def row_edits(table: str, row: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
    """The entries of `values` that are columns, all of them, or none when every value equals the stored one.

    For an edit that is to hold whatever became of the row since it was read. An `updated_at` that is the row's own
    still, as of a caller that hands a whole row back, is left out: it is to move.
    """
    given = only_columns(table, values)
    differing = {name for name, value in given.items() if row[name] != value}
    if "updated_at" not in differing:
        given.pop("updated_at", None)
    return given if differing else {}


def edit_row(
    update: Callable[..., int], table: str, row: AnyRow, values: Mapping[str, Any], lost: Exception | None = None
) -> AnyRow:
    """Write the values by `update(id=, changes=)` if one differs from `row`, and return the row as it is then.

    All of them: of two callers that edit a row at once the last has its way with all its columns, not with those alone
    that differed when it looked. Nothing is sent, and `updated_at` stays, when every value equals the stored one. With
    `lost`, an update that matches nothing (the row went away since it was read) restarts the operation; should that go
    on, `lost` is raised.
    """
    changes = row_edits(table, row, values)
    if not changes:
        return row
    changes.setdefault("updated_at", timeutils.utcnow())
    if not update(id=row["id"], changes=changes) and lost is not None:
        raise RetryRequest(lost)
    return merged(row, changes)


def merged(row: AnyRow, *changes: Mapping[str, Any]) -> AnyRow:
    """A copy of the row with other values in its columns."""
    result: Any = dict(row)
    for values in changes:
        result.update(values)
    return result


def repeatable(items: Iterable[Item]) -> Collection[Item]:
    """The items, such that they can be gone through again when a transaction is: a generator's are kept in a list."""
    return items if isinstance(items, Collection) else list(items)


def each_once(name: str, values: Any) -> list[Any]:
    """The values of a list, each once. Raises TypeError for None, and for a text: its letters are no values."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise TypeError(f"{name}: expected a list of values, got {values!r}")
    return list(dict.fromkeys(values))


def stored_pairs(table: str, pairs: Mapping[Any, Any]) -> dict[Any, Any]:
    """Keys and values of a table with the columns `key` and `value` as they are stored: numbers become text.

    Of keys that are stored alike the last has its value. Raises DBDataError for what is no text, or too long.
    """
    columns = default_database().tables[table].columns
    key_of, value_of = columns["key"].encode, columns["value"].encode
    return {
        None if key is None else key_of(key): None if value is None else value_of(value) for key, value in pairs.items()
    }


def given_pairs(table: str, pairs: Mapping[Any, Any]) -> dict[Any, Any]:
    """The same of an argument of a caller's. Raises TypeError for pairs that are no dict."""
    if not isinstance(pairs, Mapping):
        raise TypeError(f"{table}: expected a dict of keys and values, got {pairs!r}")
    return stored_pairs(table, pairs)


def text_pairs(table: str, pairs: Mapping[Any, Any]) -> dict[Any, Any]:
    """Keys and values of a table with the columns `key` and `value` as they are stored, each key once, ordered by key.

    The order is one for all writers, so that two of them do not wait for each other. Raises DBDataError for a key that
    is None, and for what is no text, and TypeError for pairs that are no dict.
    """
    stored = given_pairs(table, pairs)
    if None in stored:
        raise DBDataError(f"{table}.key: expected text, got None")
    return {key: stored[key] for key in sorted(stored)}


def in_order_of_creation(rows: Iterable[AnyRow]) -> list[AnyRow]:
    """Rows that a statement gives by created_at and id: those without the former first, on every server.

    PostgreSQL has them last. An edit may have taken the time of creation away.
    """
    listed = list(rows)
    return listed if all(row["created_at"] is not None for row in listed) else oldest_first(listed)


def oldest_first(rows: Iterable[AnyRow]) -> list[AnyRow]:
    """The rows by created_at, then id; those without the former come first."""
    return sorted(rows, key=lambda row: (row["created_at"] is not None, row["created_at"], row["id"]))


def unshared(objects: Iterable[T]) -> Iterator[T]:
    """The objects, one that comes again as a copy: what a caller does to one result must not show in another."""
    given: set[int] = set()
    for one in objects:
        yield copy.deepcopy(one) if id(one) in given else one
        given.add(id(one))


def group_by(rows: Iterable[AnyRow], key: str) -> dict[Any, list[AnyRow]]:
    """The rows in lists under their value of `key`, order kept."""
    groups: dict[Any, list[AnyRow]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups
