"""The filters, the order and the pages of `instance_get_all_by_filters`, as arguments of its one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rawdb import timeutils
from rawdb.default import default_database
from rawdb.exceptions import InvalidParameterValue
from rawdb.statements.criteria import NO_LIMIT, Predicate, SortKey, equal

#: Columns that are compared; every other column is searched by a regular expression.
EXACT = frozenset({"project_id", "user_id", "image_ref", "vm_state", "instance_type_id", "uuid", "host", "task_state"})
#: Columns whose filters have a meaning of their own.
_SPECIAL = frozenset({"deleted", "cleaned"})
#: What leads to few instances, by an index of its own.
_FEW = frozenset({"uuid", "host", "task_state"})
_FEW_BY_METADATA = ("metadata_values", "system_metadata_values", "tags", "tagged_by_value")


def sort_keys(sort_key: Any, sort_dir: Any) -> list[SortKey]:
    """The keys of a page: the one asked for, then created_at and id, all in one direction.

    Raises KeyError for a direction that is neither asc nor desc, AttributeError for a key that is no column.
    """
    if sort_dir not in ("asc", "desc"):
        raise KeyError(sort_dir)
    if not isinstance(sort_key, str) or sort_key not in default_database().tables["instances"].columns:
        raise AttributeError(f"an instance has no column {sort_key!r}")
    return [SortKey(column, sort_dir) for column in dict.fromkeys((sort_key, "created_at", "id"))]


def row_limit(limit: int | None) -> int:
    """How many instances a page holds at most; None and negative numbers are no limit. Raises ValueError."""
    try:
        number = NO_LIMIT if limit is None else int(limit)
    except OverflowError as error:
        raise ValueError(f"{limit!r} is no limit") from error
    return NO_LIMIT if number < 0 else min(number, NO_LIMIT)


def filter_arguments(context: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the caller's filters become: predicates on columns, and arguments of the statement's slots."""
    filters = dict(given)
    if not context.is_admin:
        filters["project_id"] = context.project_id
    project = filters.get("project_id")
    of_project = isinstance(project, str)
    if of_project:
        del filters["project_id"]
    pairs = {**_pairs("metadata", filters), **_pairs("system_metadata", filters), **_tags(filters.get("filter"))}
    few = not _FEW.isdisjoint(filters) or any(pairs[name] for name in _FEW_BY_METADATA)
    return {
        "of_project": of_project,
        "project_id": project if of_project else None,
        "filters": _predicates(filters),
        **_deletion(filters, few=few),
        **pairs,
    }


def _predicates(filters: Mapping[str, Any]) -> list[Predicate]:
    columns = default_database().tables["instances"].columns
    found: list[Predicate] = []
    for name, value in filters.items():
        if name in EXACT:
            found.append(equal(name, _without_none(value)))
        elif name == "changes-since":
            found.append(Predicate("updated_at", ">=", _moment(value)))
        elif name == "cleaned":
            found.append(equal(name, 1 if value else 0))
        elif name in columns and name not in _SPECIAL:
            found.append(Predicate(name, "regexp", value))
    return found


def _without_none(value: Any) -> Any:
    """A list of values without None: in a list it matches nothing, alone it means NULL."""
    return [one for one in value if one is not None] if isinstance(value, (list, tuple, set, frozenset)) else value


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise AttributeError(f"changes-since takes a datetime, not {value!r}")
    return timeutils.parse_datetime(value)


def _deletion(filters: Mapping[str, Any], *, few: bool) -> dict[str, bool]:
    """Which of deleted, soft-deleted and live instances; nothing is left out where nobody asks."""
    deleted = bool(filters.get("deleted"))
    live = "deleted" in filters and not deleted
    soft_deleted = bool(filters.get("soft_deleted", deleted))
    return {
        "live": live and not few,
        "live_of_few": live and few,
        "not_soft_deleted": live and not soft_deleted,
        "deleted_or_soft_deleted": deleted and soft_deleted,
        "deleted_only": deleted and not soft_deleted,
    }


def _pairs(name: str, filters: Mapping[str, Any]) -> dict[str, Any]:
    """Of each pair, the key and the value are looked for apart: they may stand in different rows."""
    given = filters.get(name, {})
    pairs = [pair for one in (given if isinstance(given, list) else [given]) for pair in one.items()]
    return {
        f"{name}_keys": [{"key": key} for key, _ in pairs],
        f"{name}_values": [{"value": value} for _, value in pairs if value is not None],
        f"{name}_null": any(value is None for _, value in pairs),
    }


def _tags(blocks: Iterable[Any] | None) -> dict[str, Any]:
    """Blocks `tag:KEY` hold on one row each; all `tag-key` and `tag-value` blocks together are alternatives."""
    tags: list[dict[str, Any]] = []
    either: dict[str, list[Any]] = {}
    for block in blocks or ():
        name = block.get("name") if isinstance(block, Mapping) else None
        if not isinstance(name, str):
            continue
        values = _collection(block.get("value"))
        if name.startswith("tag-"):
            if name not in ("tag-key", "tag-value"):
                raise InvalidParameterValue(err=f"Invalid field name: {name[4:]}")
            either.setdefault(name, []).extend(values)
        elif name.startswith("tag:"):
            tags.append({"key": name[4:], "values": values})
    return {
        "tags": tags,
        "tagged_by_value": bool(either) and "tag-key" not in either,
        "tagged": "tag-key" in either,
        "tag_keys": either.get("tag-key", []),
        "tag_values": either.get("tag-value", []),
    }


def _collection(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, (tuple, list, set, frozenset)) else [value]
