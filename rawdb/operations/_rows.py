"""What operations do with rows: keep the columns of a table, find what changed, decode relations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rawdb import timeutils
from rawdb.default import default_database
from rawdb.exceptions import RetryRequest

Row = dict[str, Any]


def only_columns(table: str, values: Mapping[str, Any]) -> Row:
    """The entries of `values` that are columns of the table, checked and normalised as they would be stored."""
    return default_database().tables[table].encode(values)


def changed_columns(table: str, row: Mapping[str, Any], values: Mapping[str, Any]) -> Row:
    """The entries of `values` that are columns and differ from what `row` holds: what a row edit writes."""
    return {name: value for name, value in only_columns(table, values).items() if row[name] != value}


def edit_row(
    update: Callable[..., int], table: str, row: Row, values: Mapping[str, Any], lost: Exception | None = None
) -> Row:
    """Write the values that differ from `row` by `update(id=, changes=)`, and return the row as it is then.

    Nothing is sent, and `updated_at` stays, when every value equals the stored one. With `lost`, an update that
    matches nothing (the row went away since it was read) restarts the operation; should that go on, `lost` is raised.
    """
    changes = changed_columns(table, row, values)
    if not changes:
        return row
    changes.setdefault("updated_at", timeutils.utcnow())
    if not update(id=row["id"], changes=changes) and lost is not None:
        raise RetryRequest(lost)
    return {**row, **changes}


def related(table: str, text: str | bytes | list[Any] | None) -> list[Row]:
    """Rows of `table` from a JSON aggregate of objects, in the types that a SELECT gives, by ascending id."""
    objects = json.loads(text) if isinstance(text, (str, bytes)) else text or []
    columns = default_database().tables[table].columns
    rows = [
        {name: columns[name].from_json(value) if name in columns else value for name, value in one.items()}
        for one in objects
    ]
    return sorted(rows, key=lambda row: row["id"])


def first_related(table: str, text: str | bytes | list[Any] | None) -> Row | None:
    """The first of the related rows, or None."""
    rows = related(table, text)
    return rows[0] if rows else None


def related_map(text: str | bytes | Mapping[str, Any] | None) -> dict[str, Any]:
    """Keys and values from a JSON object aggregate, ordered by key; empty when there were no rows."""
    pairs = json.loads(text) if isinstance(text, (str, bytes)) else text or {}
    return dict(sorted(pairs.items()))


def group_by(rows: Iterable[Row], key: str) -> dict[Any, list[Row]]:
    """The rows in lists under their value of `key`, order kept."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups
