"""Shares, snapshots and types as the tests of their operations make them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from tests.support.rows import Row

#: The columns that every live row of a table with a text for `deleted` has.
COMMON = {"updated_at": None, "deleted_at": None, "deleted": "False"}


def member(read_deleted: str = "no", project_id: str = "fake-project") -> RequestContext:
    """A plain user."""
    return RequestContext("fake-user", project_id, is_admin=False, read_deleted=read_deleted)


def share(**values: Any) -> Row:
    return api.share_create(member(), {"project_id": "fake-project", "user_id": "fake-user", "size": 1, **values})


def snapshot(**values: Any) -> Row:
    row = {"project_id": "fake-project", "user_id": "fake-user", "share_id": "s", "size": 1, **values}
    return api.share_snapshot_create(get_admin_context(), row)


def kind(**values: Any) -> Row:
    """A volume type."""
    return api.volume_type_create(get_admin_context(), values)


def by_id(rows: Sequence[Row]) -> dict[Any, Row]:
    return {row["id"]: row for row in rows}
