"""The security group 'default' that every project gets when it first needs one."""

from __future__ import annotations

from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.default import writer
from rawdb.exceptions import DBDuplicateEntry, RetryRequest
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row
from rawdb.operations.quotas.usages import lock_projects

NAME = "default"


def find_default_group(context: Any) -> shapes.SecurityGroup | None:
    """The live default group of the context's project. Round trips: 1."""
    return sql(context).security_group_ensure_default__find(project_id=context.project_id)


@writer.savepoint
def ensure_default_group(context: Any) -> tuple[bool, shapes.SecurityGroup]:
    """Return whether the context's project had a default group, and the group, made now if it had none.

    A new group belongs to the context's user, gets a copy of the visible default rules, and counts as one security
    group in use by that user. Of racing callers one makes it, the others find it: all stand at the project's quota
    lock, which is taken before anything is read. Call it only when a read has found no group: it always writes.
    Round trips: 1, for a new group 3 or 4, and COMMIT.
    """
    lock_projects(sql(context), [context.project_id])
    found = find_default_group(context)
    if found is not None:
        return True, found
    owner = {"user_id": context.user_id, "project_id": context.project_id}
    try:
        group = sql(context).security_group_ensure_default__create(values={**owner, "name": NAME, "description": NAME})
    except DBDuplicateEntry as error:
        # Somebody made a group of that name as an ordinary one, without the lock.
        raise RetryRequest(error) from error
    sql(context).security_group_ensure_default__rules.ahead(security_group_id=group["id"])
    _count(context, owner)
    return False, group


def _count(context: Any, owner: Row) -> None:
    user_id = owner["user_id"]
    if sql(context).security_group_ensure_default__usage(
        project_id=owner["project_id"], user_key="" if user_id is None else str(user_id)
    ):
        return
    now = timeutils.utcnow()
    usage = {**owner, "resource": "security_groups", "in_use": 1, "reserved": 0, "updated_at": now}
    sql(context).quota_reserve__create_usage(values=usage)
