"""Quota given back by an operation that removes what it counts, in the operation's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from rawdb import timeutils
from rawdb._uuids import random_uuid
from rawdb.default import sql
from rawdb.operations.quotas.reserve import Request, decide
from rawdb.operations.quotas.settle import commit_locked
from rawdb.operations.quotas.usages import NO_PROJECT, lock_projects

#: The lifetime of the reservations. They are committed in the transaction that makes them.
_LIFETIME = timedelta(days=1)


def release(context: Any, resource: str, counts: Mapping[str | None, int]) -> None:
    """Lower the usage of a resource by a number for each project, as a reserve and its commit do.

    A project without usage is counted first, as it is then. Before this the transaction may have written and read
    under locks; a plain read would have fixed what is seen of the usages to a moment before the projects' locks.
    Round trips: 4 for each project, or 6 when it is counted.
    """
    if not counts:
        return
    statements = sql(context)
    lock_projects(statements, counts)
    for project_id in sorted(counts, key=lambda project: project or NO_PROJECT):
        request = Request(
            project_id=project_id,
            user_id=context.user_id,
            resources={resource: SimpleNamespace(sync=f"_sync_{resource}")},
            quotas={resource: None},
            user_quotas={resource: None},
            deltas={resource: -counts[project_id]},
            expire=timeutils.utcnow() + _LIFETIME,
            until_refresh=None,
            max_age=None,
        )
        uuids = [random_uuid()]
        decide(context, statements, request, uuids)
        commit_locked(statements, uuids)
