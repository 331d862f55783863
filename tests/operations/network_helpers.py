"""What the tests of networks, interfaces and security groups share: rows around them, callers, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import AdminRequired, Forbidden
from tests.operations.factories import stored
from tests.operations.instance_helpers import insert
from tests.support.rows import Row

#: Values that no id can have.
NO_IDS: tuple[Any, ...] = ("asdf", 2**70, None)


def admin(read_deleted: str = "no") -> RequestContext:
    """An administrator, a new context for each caller."""
    return get_admin_context(read_deleted)


def member(project_id: str = "fake-project", read_deleted: str = "no") -> RequestContext:
    """A plain user of a project."""
    return RequestContext("fake-user", project_id, is_admin=False, read_deleted=read_deleted)


def put(table: str, **values: Any) -> int:
    """Store a row where no operation is at hand; gives its id."""
    insert(table, **values)
    return int(stored(table)[-1]["id"])


def network(**values: Any) -> Row:
    """A network."""
    return api.network_create_safe(admin(), values)


def ids(rows: Sequence[Row]) -> list[int]:
    """The ids of rows, in order."""
    return [row["id"] for row in rows]


def only_for_admins(context: RequestContext, calls: list[Callable[[RequestContext], Any]]) -> None:
    """A plain user is refused, before any argument is looked at."""
    for call in calls:
        with pytest.raises(AdminRequired):
            call(context)


def not_for_nobody(calls: list[Callable[[RequestContext], Any]]) -> None:
    """A context without a project is refused."""
    for call in calls:
        with pytest.raises(Forbidden):
            call(RequestContext("fake-user", None, is_admin=False))
