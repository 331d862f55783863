"""What the tests of flavors share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from tests.operations.factories import stored
from tests.support.rows import Row

#: An administrator who sees deleted rows too.
DELETED = get_admin_context(read_deleted="yes")


def make(flavorid: str = "f1", projects: list[str] | None = None, **values: Any) -> Row:
    columns = {"name": f"name-{flavorid}", "flavorid": flavorid, "memory_mb": 512, "vcpus": 1, **values}
    return api.flavor_create(get_admin_context(), columns, projects)


def member(project: str, read_deleted: str = "no") -> RequestContext:
    return RequestContext("some-user", project, is_admin=False, read_deleted=read_deleted)


def flavorids(rows: Sequence[Row]) -> list[str]:
    return [row["flavorid"] for row in rows]


def specs_rows() -> list[dict[str, Any]]:
    return stored("instance_type_extra_specs")


def access_rows() -> list[dict[str, Any]]:
    return stored("instance_type_projects")
