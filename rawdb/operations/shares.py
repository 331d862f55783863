"""Shares: shared file systems, their metadata, and who may mount them. SQL: sql/queries/*/shares.sql.

A share is a dict of its columns with `name` (the option share_name_template filled with the id), `share_metadata` (the
list of its live rows) and `volume_type` (the row of its type as far as that is live, else None). An access rule is a
dict of its columns. Lists are in the order of creation. The context's read_deleted chooses what is seen, not what is
nested, and nobody is confined to a project. Every operation raises Forbidden without a user context, and the two that
are for admins AdminRequired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.default import writer
from rawdb.exceptions import NotFound
from rawdb.operations._operation import ADMIN, ANY, beyond_signature, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, in_order_of_creation, text_pairs
from rawdb.operations._share_network_rows import change, delete, give_id, statements_in, with_id
from rawdb.operations._share_rows import share


@lone_write(ANY)
def share_create(context: Any, values: Mapping[str, Any]) -> shapes.Share:
    """Store a share with its metadata and return it.

    `values` are columns of shares, and `metadata`, a dict whose values become text; other keys are ignored. A missing
    id is made up and put into `values`. Nothing is looked up: what the share refers to need not exist. Raises
    DBDuplicateEntry for an id that was ever used, DBError for metadata without a value; then nothing is stored.
    Round trips: 1, with a type or metadata also COMMIT. Source: Manila Juno.
    """
    new = with_id(values)
    pairs = text_pairs("share_metadata", values.get("metadata") or {})
    if pairs or new.get("volume_type_id") is not None:
        with writer.savepoint.using(context):
            sql(context).share_create.ahead(values=new)
            if pairs:
                sql(context).share_create__metadata.ahead(values=_metadata_rows(new["id"], pairs))
            stored = _read_back(context, new["id"])
    else:
        row: shapes.ShareRow = sql(context).share_create(values=new)
        stored = share({**row, "share_metadata": [], "volume_type": None})
    give_id(values, stored)
    return stored


@lone_read(ANY)
def share_get(context: Any, share_id: str) -> shapes.Share:
    """Return a share.

    Raises NotFound, without fields. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).share_get(id=share_id)
    if row is None:
        raise NotFound
    return share(row)


@lone_read(ADMIN)
def share_get_all(context: Any) -> list[shapes.Share]:
    """Return all visible shares.

    Round trips: 1. Source: Manila Juno.
    """
    return _shares(sql(context).share_get_all())


@lone_read(ADMIN)
def share_get_all_by_host(context: Any, host: str) -> list[shapes.Share]:
    """Return the visible shares of a host.

    Round trips: 1. Source: Manila Juno.
    """
    return _shares(sql(context).share_get_all_by_host(host=host))


@lone_read(ANY)
def share_get_all_by_project(context: Any, project_id: str) -> list[shapes.Share]:
    """Return the visible shares of a project, which need not be the context's.

    Round trips: 1. Source: Manila Juno.
    """
    return _shares(sql(context).share_get_all_by_project(project_id=project_id))


@lone_read(ANY)
def share_get_all_by_share_server(context: Any, share_server_id: str) -> list[shapes.Share]:
    """Return the visible shares on a share server.

    Round trips: 1. Source: Manila Juno.
    """
    return _shares(sql(context).share_get_all_by_share_server(share_server_id=share_server_id))


@writes(ANY)
def share_update(context: Any, share_id: str, values: Mapping[str, Any]) -> shapes.Share:
    """Change columns of a visible share and return it as it is then; other keys, `metadata` too, are ignored.

    Raises NotFound, without fields. Round trips: 2, and COMMIT. Source: Manila Juno.
    """
    return _read_back(context, change(sql(context).share_update, "shares", share_id, values, NotFound()))


@writes(ANY)
def share_delete(context: Any, share_id: str) -> None:
    """Soft delete a share and its metadata; its status becomes 'deleted'. Its snapshots and access rules stay.

    A deleted one that the context sees stays as it is. Raises NotFound, without fields, so also at a second call.
    Round trips: 2, 1 more where no live one has the id, and COMMIT. Source: Manila Juno.
    """
    delete(sql(context).share_delete, sql(context).share_get, share_id, NotFound())
    sql(context).share_delete__metadata(share_id=share_id)


@beyond_signature("user_id")
@lone_read(ADMIN)
def share_data_get_for_project(
    context: Any, project_id: str, session: Any = None, user_id: str | None = None
) -> tuple[int, int]:
    """Return how many live shares a project has, in whatever status, and the sum of their sizes.

    The keyword `user_id`, which is not part of the documented signature, narrows both to one user of the project.
    `session` may be the handle of an open transaction, in which the operation then works.
    Round trips: 1. Source: Manila Juno, where every call of it failed.
    """
    row = statements_in(session, context).share_data_get_for_project(
        project_id=project_id, of_user=bool(user_id), user_id=user_id or None
    )
    return int(row["shares"]), int(row["gigabytes"])


@lone_write(ANY)
def share_access_create(context: Any, values: Mapping[str, Any]) -> shapes.ShareAccessMapRow:
    """Store an access rule and return its row.

    `values` are columns of share_access_map (`share_id` is needed, `state` is 'new' where it is not given); other keys
    are ignored. A missing id is made up and put into `values`. A share may have several rules that are alike, and
    need not exist. Raises DBDuplicateEntry for an id that was ever used. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).share_access_create(values=with_id(values))
    give_id(values, row)
    return row


@lone_read(ANY)
def share_access_get(context: Any, access_id: str) -> shapes.ShareAccessMapRow:
    """Return an access rule.

    Raises NotFound, without fields. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).share_access_get(id=access_id)
    if row is None:
        raise NotFound
    return row


@lone_read(ANY)
def share_access_get_all_for_share(context: Any, share_id: str) -> list[shapes.ShareAccessMapRow]:
    """Return the visible access rules of a share.

    Round trips: 1. Source: Manila Juno.
    """
    return in_order_of_creation(sql(context).share_access_get_all_for_share(share_id=share_id))


@lone_read(ANY)
def share_access_get_all_by_type_and_access(
    context: Any, share_id: str, access_type: str, access: str
) -> list[shapes.ShareAccessMapRow]:
    """Return the visible access rules of a share that are of this type and for this `access_to`.

    Round trips: 1. Source: Manila Juno.
    """
    rows = sql(context).share_access_get_all_by_type_and_access(
        share_id=share_id, access_type=access_type, access=access
    )
    return in_order_of_creation(rows)


@writes(ANY)
def share_access_update(context: Any, access_id: str, values: Mapping[str, Any]) -> shapes.ShareAccessMapRow:
    """Change columns of a visible access rule and return its row as it is then; other keys are ignored.

    Raises NotFound, without fields. Round trips: 2, and COMMIT. Source: Manila Juno.
    """
    new_id = change(sql(context).share_access_update, "share_access_map", access_id, values, NotFound())
    return sql(context).share_access_get(id=new_id, read_deleted="yes")


@lone_write(ANY)
def share_access_delete(context: Any, access_id: str) -> None:
    """Soft delete an access rule; its state becomes 'deleted'. One that is not there, or deleted, is no error.

    Round trips: 1. Source: Manila Juno.
    """
    sql(context).share_access_delete(id=access_id)


@lone_read(ANY)
def share_metadata_get(context: Any, share_id: str) -> dict[str, str]:
    """Return the live metadata of a visible share as a dict, ordered by key.

    Raises NotFound, without fields, when the share is not visible. Round trips: 1. Source: Manila Juno.
    """
    rows = sql(context).share_metadata_get(share_id=share_id)
    if not rows:
        raise NotFound
    return {row["key"]: row["value"] for row in rows if row["key"] is not None}


@writes(ANY)
def share_metadata_update(context: Any, share: str, metadata: Mapping[str, Any], delete: bool) -> Mapping[str, Any]:
    """Set metadata of the visible share with the id `share`, with `delete` removing all other keys; return `metadata`.

    A live key keeps its row, a new or formerly deleted one gets a new row. Values become text. Raises NotFound, without
    fields, when the share is not visible, and DBError for a value that is None; then nothing is changed.
    Round trips: 2, and COMMIT. Source: Manila Juno.
    """
    pairs = text_pairs("share_metadata", metadata)
    if not sql(context).share_metadata_update__lock(share_id=share):
        raise NotFound
    if delete:
        sql(context).share_metadata_update__remove.ahead(share_id=share, some_stay=bool(pairs), keys=list(pairs))
    if pairs:
        sql(context).share_metadata_update.ahead(values=_metadata_rows(share, pairs))
    sql(context).share_metadata_update__unlock(share_id=share)
    return metadata


@lone_write(ANY)
def share_metadata_delete(context: Any, share_id: str, key: str) -> None:
    """Soft delete a key of the live metadata of a visible share; one that is not there is no error.

    Raises NotFound, without fields, when the share is not visible. Round trips: 1, 1 more where nothing matched.
    Source: Manila Juno.
    """
    if (
        not sql(context).share_metadata_delete(share_id=share_id, key=key)
        and sql(context).share_get(id=share_id) is None
    ):
        raise NotFound


def _shares(rows: Iterable[shapes.ShareGetRow]) -> list[shapes.Share]:
    return [share(row) for row in in_order_of_creation(rows)]


def _read_back(context: Any, share_id: str) -> shapes.Share:
    """A share that the transaction has just written, also if it is not visible any more."""
    return share(sql(context).share_get(id=share_id, read_deleted="yes"))


def _metadata_rows(share_id: str, pairs: Mapping[str, str]) -> list[Row]:
    return [{"share_id": share_id, "key": key, "value": value} for key, value in pairs.items()]
