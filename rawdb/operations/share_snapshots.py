"""Snapshots of shares. SQL: sql/queries/*/share_snapshots.sql.

A snapshot is a dict of its columns with `name` and `share_name` (the options share_snapshot_name_template and
share_name_template filled with its id and its share's) and `share`: the columns and the name of its share, which may be
deleted; None for a deleted snapshot. Lists are in the order of creation. The context's read_deleted chooses what is
seen where nothing else is said. Every operation raises Forbidden without a user context, and those that are for admins
AdminRequired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.access import authorize_project
from rawdb.exceptions import ShareSnapshotNotFound
from rawdb.operations._operation import ADMIN, ANY, beyond_signature, lone_read, lone_write, sql, writes
from rawdb.operations._rows import in_order_of_creation
from rawdb.operations._share_network_rows import change, give_id, statements_in, with_id
from rawdb.operations._share_rows import snapshot


@writes(ANY)
def share_snapshot_create(context: Any, values: Mapping[str, Any]) -> shapes.ShareSnapshot:
    """Store a snapshot and return it, also when it is another project's.

    `values` are columns of share_snapshots (`share_id` is needed); other keys are ignored. A missing id is made up and
    put into `values`. The share need not exist. Raises DBDuplicateEntry for an id that was ever used.
    Round trips: 2, and COMMIT. Source: Manila Juno, where another project's is stored and then not found.
    """
    row = sql(context).share_snapshot_create(values=with_id(values))
    stored = _read_back(context, row["id"])
    give_id(values, row)
    return stored


@lone_read(ANY)
def share_snapshot_get(context: Any, snapshot_id: str) -> shapes.ShareSnapshot:
    """Return a snapshot; users see those of their project.

    Raises ShareSnapshotNotFound. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).share_snapshot_get(id=snapshot_id)
    if row is None:
        raise ShareSnapshotNotFound(snapshot_id=snapshot_id)
    return snapshot(row)


@lone_read(ADMIN)
def share_snapshot_get_all(context: Any) -> list[shapes.ShareSnapshot]:
    """Return all visible snapshots.

    Round trips: 1. Source: Manila Juno.
    """
    return _snapshots(sql(context).share_snapshot_get_all())


@lone_read(ANY)
def share_snapshot_get_all_by_project(context: Any, project_id: str) -> list[shapes.ShareSnapshot]:
    """Return the visible snapshots of a project.

    Raises Forbidden for a plain user of another project. Round trips: 1. Source: Manila Juno.
    """
    authorize_project(context, project_id)
    return _snapshots(sql(context).share_snapshot_get_all_by_project(project_id=project_id))


@lone_read(ANY)
def share_snapshot_get_all_for_share(context: Any, share_id: str) -> list[shapes.ShareSnapshot]:
    """Return the live snapshots of a share, whatever the context's read_deleted says; users see their project's.

    Round trips: 1. Source: Manila Juno.
    """
    return _snapshots(sql(context).share_snapshot_get_all_for_share(share_id=share_id))


@writes(ANY)
def share_snapshot_update(context: Any, snapshot_id: str, values: Mapping[str, Any]) -> shapes.ShareSnapshot:
    """Change columns of a visible snapshot and return it as it is then; other keys are ignored.

    Users may change those of their project. Raises ShareSnapshotNotFound.
    Round trips: 2, and COMMIT. Source: Manila Juno.
    """
    missing = ShareSnapshotNotFound(snapshot_id=snapshot_id)
    update = sql(context).share_snapshot_update
    return _read_back(context, change(update, "share_snapshots", snapshot_id, values, missing))


@lone_write(ANY)
def share_snapshot_destroy(context: Any, snapshot_id: str) -> None:
    """Soft delete a live snapshot of whatever project; its status becomes 'deleted'.

    Raises ShareSnapshotNotFound, so also at a second call and whatever the context's read_deleted says.
    Round trips: 1. Source: Manila Juno, as documented; in practice nothing was raised.
    """
    if not sql(context).share_snapshot_destroy(snapshot_id=snapshot_id):
        raise ShareSnapshotNotFound(snapshot_id=snapshot_id)


@lone_read(ANY)
def share_snapshot_data_get_for_project(context: Any, project_id: str, session: Any = None) -> tuple[int, int]:
    """Return how many live snapshots a project has, and the sum of the sizes of the shares that they are of.

    `session` may be the handle of an open transaction, in which the operation then works. Raises Forbidden for a plain
    user of another project. Round trips: 1. Source: Manila Juno, where it gave other things.
    """
    authorize_project(context, project_id)
    row = statements_in(session, context).share_snapshot_data_get_for_project(project_id=project_id)
    return int(row["snapshots"]), int(row["gigabytes"])


@beyond_signature("user_id")
@lone_read(ADMIN)
def snapshot_data_get_for_project(
    context: Any, project_id: str, session: Any = None, user_id: str | None = None
) -> tuple[int, int]:
    """Return how many live snapshots a project has, in whatever status, and the sum of their own sizes.

    The keyword `user_id`, which is not part of the documented signature, narrows both to one user of the project.
    `session` may be the handle of an open transaction, in which the operation then works.
    Round trips: 1. Source: Manila Juno, where every call of it failed.
    """
    row = statements_in(session, context).snapshot_data_get_for_project(
        project_id=project_id, of_user=bool(user_id), user_id=user_id or None
    )
    return int(row["snapshots"]), int(row["gigabytes"])


def _snapshots(rows: Iterable[shapes.ShareSnapshotGetRow]) -> list[shapes.ShareSnapshot]:
    return [snapshot(row) for row in in_order_of_creation(rows)]


def _read_back(context: Any, snapshot_id: str) -> shapes.ShareSnapshot:
    """A snapshot that the transaction has just written, also if it is not visible any more, or another project's."""
    return snapshot(sql(context).share_snapshot_get(id=snapshot_id, read_deleted="yes", project_only=False))
