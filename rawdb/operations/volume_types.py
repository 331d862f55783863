"""Volume types: kinds of shares, with extra specs. SQL: sql/queries/*/volume_types.sql.

A type is a dict of its columns with `extra_specs`, the dict of its live specs (so a destroyed type has none). There is
no table of volumes here: what is said of volumes is done to shares. Every operation raises Forbidden without a user
context, and those that are for admins AdminRequired.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import (
    DBDuplicateEntry,
    VolumeTypeExists,
    VolumeTypeExtraSpecsNotFound,
    VolumeTypeInUse,
    VolumeTypeNotFound,
    VolumeTypeNotFoundByName,
)
from rawdb.operations._operation import ADMIN, ANY, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, in_order_of_creation, text_pairs
from rawdb.operations._share_network_rows import give_id, with_id
from rawdb.operations._share_rows import share


@writes(ADMIN)
def volume_type_create(context: Any, values: Mapping[str, Any]) -> shapes.VolumeType:
    """Store a type with its extra specs and return it.

    `values` are columns of volume_types, and `extra_specs`, a dict whose values become text; other keys are ignored.
    A missing id is made up and put into `values`. Raises VolumeTypeExists, whose field `id` holds the name, when a
    live type has the name or any has the id; DBError for what cannot be stored. Then nothing is stored.
    Round trips: 1, 1 more for extra specs, and COMMIT. Source: Manila Juno.
    """
    specs = text_pairs("volume_type_extra_specs", values.get("extra_specs") or {})
    try:
        row: shapes.VolumeTypeRow = sql(context).volume_type_create(values=with_id(values))
    except DBDuplicateEntry as error:
        raise VolumeTypeExists(id=values.get("name")) from error
    if specs:
        sql(context).volume_type_extra_specs_update_or_create(values=_spec_rows(row["id"], specs))
    give_id(values, row)
    return {**row, "extra_specs": specs}


@lone_read(ANY)
def volume_type_get(context: Any, id: str, inactive: bool = False) -> shapes.VolumeType:
    """Return a live type; with `inactive` also a deleted one. The context's read_deleted does not count.

    Raises VolumeTypeNotFound. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).volume_type_get(id=id, **_seen(inactive))
    if row is None:
        raise VolumeTypeNotFound(volume_type_id=id)
    return row


@lone_read(ANY)
def volume_type_get_by_name(context: Any, name: str) -> shapes.VolumeType:
    """Return the visible type of this name: of several the live one, else the oldest.

    Raises VolumeTypeNotFoundByName. Round trips: 1. Source: Manila Juno.
    """
    row = sql(context).volume_type_get_by_name(name=name)
    if row is None:
        raise VolumeTypeNotFoundByName(volume_type_name=name)
    return row


@lone_read(ANY)
def volume_type_get_all(context: Any, inactive: bool = False) -> dict[str | None, shapes.VolumeType]:
    """Return the live types in a dict by name, in the order of names; with `inactive` the deleted ones, too.

    Of several of one name the live one is shown, else the one that was deleted last. The context's read_deleted does
    not count. Round trips: 1. Source: Manila Juno.
    """
    return {row["name"]: row for row in sql(context).volume_type_get_all(**_seen(inactive))}


@writes(ADMIN)
def volume_type_destroy(context: Any, id: str) -> None:
    """Soft delete a live type and its extra specs.

    Raises VolumeTypeNotFound, so also at a second call, and VolumeTypeInUse when a live share is of the type.
    Round trips: 2, and COMMIT. Source: Manila Juno, where shares that the context sees counted.
    """
    if not sql(context).volume_type_destroy(id=id):
        if sql(context).volume_type_get(id=id, read_deleted="no") is None:
            raise VolumeTypeNotFound(volume_type_id=id)
        raise VolumeTypeInUse(volume_type_id=id)
    sql(context).volume_type_destroy__extra_specs(volume_type_id=id)


@lone_read(ANY)
def volume_type_extra_specs_get(context: Any, volume_type_id: str) -> dict[str, str | None]:
    """Return the live extra specs of a type as a dict, ordered by key; an unknown type has none.

    Round trips: 1. Source: Manila Juno.
    """
    rows = sql(context).volume_type_extra_specs_get(volume_type_id=volume_type_id)
    return {row["key"]: row["value"] for row in rows}


@lone_write(ANY)
def volume_type_extra_specs_delete(context: Any, volume_type_id: str, key: str) -> None:
    """Soft delete a live extra spec of a type.

    Raises VolumeTypeExtraSpecsNotFound. Round trips: 1. Source: Manila Juno.
    """
    if not sql(context).volume_type_extra_specs_delete(volume_type_id=volume_type_id, key=key):
        raise VolumeTypeExtraSpecsNotFound(extra_specs_key=key, volume_type_id=volume_type_id)


@lone_write(ANY)
def volume_type_extra_specs_update_or_create(
    context: Any, volume_type_id: str, extra_specs: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Merge extra specs into those of a type, all or none, and return `extra_specs`.

    A live key keeps its row, a new or formerly deleted one gets a new row; keys that are not mentioned stay. Values
    become text. The type need not exist. Raises DBError for what cannot be stored.
    Round trips: 1, or 0 without specs. Source: Manila Juno.
    """
    specs = text_pairs("volume_type_extra_specs", extra_specs)
    if specs:
        sql(context).volume_type_extra_specs_update_or_create(values=_spec_rows(volume_type_id, specs))
    return extra_specs


@lone_read(ANY)
def volume_type_qos_specs_get(context: Any, type_id: str) -> dict[str, Any]:
    """Return {'qos_specs': None}: types have no such specs here.

    Raises VolumeTypeNotFound when no live type has the id. Round trips: 1.
    Source: Manila Juno, documented there but never written.
    """
    if not sql(context).volume_type_qos_specs_get(type_id=type_id):
        raise VolumeTypeNotFound(volume_type_id=type_id)
    return {"qos_specs": None}


@lone_read(ANY)
def volume_get_active_by_window(
    context: Any, begin: datetime | str, end: datetime | str | None = None, project_id: str | None = None
) -> list[shapes.Share]:
    """Return the shares that existed in a window, each as share_get does, in the order of creation.

    These are the ones not deleted at all or deleted after `begin` and, with `end`, created before it, of all projects
    or one, whatever the context's read_deleted says. Round trips: 1.
    Source: Manila Juno, where live ones were left out.
    """
    rows = sql(context).volume_get_active_by_window(
        begin=begin, ended=bool(end), end=end or None, of_project=bool(project_id), project_id=project_id or None
    )
    return [share(row) for row in in_order_of_creation(rows)]


def _seen(inactive: bool) -> dict[str, str]:
    return {"read_deleted": "yes" if inactive else "no"}


def _spec_rows(type_id: str, specs: Mapping[str, str | None]) -> list[Row]:
    return [{"volume_type_id": type_id, "key": key, "value": value} for key, value in specs.items()]
