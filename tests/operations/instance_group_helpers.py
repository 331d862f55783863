"""Instance groups to begin with, and the contexts that look at them."""

from __future__ import annotations

from typing import Any

from rawdb import api
from rawdb.context import RequestContext
from tests.support.rows import Row

GROUP = "11111111-1111-4111-8111-111111111111"
UNKNOWN = "99999999-9999-4999-8999-999999999999"
COMMON = {"updated_at": None, "deleted_at": None, "deleted": 0}


def sees(read_deleted: str) -> RequestContext:
    return RequestContext(None, None, is_admin=False, read_deleted=read_deleted)


def create(context: RequestContext, group_uuid: str = GROUP, **children: Any) -> Row:
    values = {"uuid": group_uuid, "user_id": "u", "project_id": "p", "name": "n"}
    return api.instance_group_create(context, values, **children)


def full(context: RequestContext, group_uuid: str = GROUP) -> Row:
    return create(context, group_uuid, policies=["p1", "p2"], metadata={"k1": "v1", "k2": "v2"}, members=["m1", "m2"])


def children(group: Row) -> tuple[Any, Any, Any]:
    return group["policies"], group["metadetails"], group["members"]
