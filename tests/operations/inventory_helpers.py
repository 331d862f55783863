"""Rows of the inventory to begin with, and what the tests of its domains share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import AdminRequired
from tests.support.rows import Row

#: What a new row has in the columns that nobody gives.
COMMON = {"updated_at": None, "deleted_at": None, "deleted": 0}
#: Values that can be the id of no row, and one that is none.
NO_IDS = ("asdf", "", "1x", 1.5, 2**70, -(2**70), b"1", None)


def admin(read_deleted: str = "no") -> RequestContext:
    return get_admin_context(read_deleted=read_deleted)


def anybody(read_deleted: str = "no") -> RequestContext:
    """Neither a user nor an administrator."""
    return RequestContext(None, None, is_admin=False, read_deleted=read_deleted)


def refused(statements: list[str], *calls: Callable[[RequestContext], Any]) -> None:
    """Each call raises AdminRequired for everybody but an administrator, and sends nothing."""
    statements.clear()
    user = RequestContext("fake-user", "fake-project", is_admin=False)
    for call in calls:
        for context in (user, anybody()):
            with pytest.raises(AdminRequired):
                call(context)
    assert statements == []


def make_service(host: str = "h1", binary: str = "nova-compute", **values: Any) -> Row:
    given = {"host": host, "binary": binary, "topic": "compute", **values}
    return api.service_create(admin(), given)


def node_values(service_id: int = 1, **values: Any) -> dict[str, Any]:
    """All that a compute node needs."""
    numbers = ("vcpus", "memory_mb", "local_gb", "vcpus_used", "memory_mb_used", "local_gb_used")
    return {
        "service_id": service_id,
        **dict.fromkeys(numbers, 1),
        "hypervisor_type": "kvm",
        "hypervisor_version": 2001000,
        "cpu_info": "{}",
        **values,
    }


def make_node(service_id: int = 1, **values: Any) -> Row:
    return api.compute_node_create(admin(), node_values(service_id, **values))
