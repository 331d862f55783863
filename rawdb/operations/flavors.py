"""Flavors: the sizes of instances. SQL: sql/queries/*/flavors.sql.

A flavor is a row of instance_types with the key `extra_specs`, a dict of its live extra specs (so a destroyed
flavor has none). Everybody but an admin sees the public flavors and those that the context's project was given
access to; the others are not found.

The `instance_type_*` operations are the older names for the same things. They differ in some errors and in what
they look at; where they do not, they are the `flavor_*` operations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rawdb import rows as shapes
from rawdb.default import writer
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    FlavorAccessExists,
    FlavorAccessNotFound,
    FlavorExists,
    FlavorExtraSpecsNotFound,
    FlavorIdExists,
    FlavorNotFound,
    FlavorNotFoundByName,
    InstanceTypeExists,
    InstanceTypeIdExists,
    InstanceTypeNotFound,
    InstanceTypeNotFoundByName,
    MarkerNotFound,
    NovaException,
)
from rawdb.operations._operation import ADMIN, ANY, NO_GUARD, guarded, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, as_stored, each_once, only_columns
from rawdb.statements.criteria import NO_LIMIT, Page, Predicate, SortKey, equal

#: Filters of the lists that set a lower bound, and the column they are about.
_LOWER_BOUNDS = {"min_memory_mb": "memory_mb", "min_root_gb": "root_gb"}
_OPPOSITE_DIRECTION = {"asc": "desc", "desc": "asc"}
#: Where what has no value stands unless a direction says so: below all values, whatever the server would do.
_NULLS = {"asc": "nullsfirst", "desc": "nullslast"}
_OPPOSITE_NULLS = {"": "", "nullsfirst": "nullslast", "nullslast": "nullsfirst"}


@guarded(ADMIN)
def flavor_create(context: Any, values: Mapping[str, Any], projects: Iterable[str] | None = None) -> shapes.Flavor:
    """Store a flavor with its extra specs and the projects that may use it, and return it.

    `values` are columns of instance_types, and `extra_specs`, a dict; other keys are ignored. None for swap,
    rxtx_factor, disabled or is_public means the default: 0, 1.0, False, True. Each distinct project of `projects`
    gets access, whether the flavor is public or not.
    Raises FlavorExists when a live flavor has the name, FlavorIdExists when one has the flavorid (the name counts
    first), DBError for values that cannot be stored; then nothing is stored.
    Round trips: 1, 1 more for extra specs or projects, and COMMIT. Source: Nova Juno.
    """
    return _flavor_create(context, values, each_once("projects", projects or ()))


@lone_write(NO_GUARD)
def _flavor_create(context: Any, values: Mapping[str, Any], projects: Iterable[str]) -> shapes.Flavor:
    return _create(context, values, projects, FlavorExists, FlavorIdExists)


@lone_write(ADMIN)
def instance_type_create(context: Any, values: Mapping[str, Any]) -> shapes.Flavor:
    """Store a flavor with its extra specs and return it, like flavor_create, with the older errors.

    Raises KeyError without `name` or `flavorid` in `values`; InstanceTypeExists when a flavor that the context's
    read_deleted lets see, or a live one, has the name; InstanceTypeIdExists when a live one has the flavorid.
    Round trips: as flavor_create, and 1 more for a context that reads deleted rows. Source: Nova Grizzly.
    """
    name, _ = values["name"], values["flavorid"]
    if context.read_deleted != "no" and _by_name(context, name) is not None:
        raise InstanceTypeExists(name=name)
    return _create(context, values, (), InstanceTypeExists, InstanceTypeIdExists)


@lone_read(ANY)
def flavor_get_all(
    context: Any,
    inactive: bool = False,
    filters: Mapping[str, Any] | None = None,
    sort_key: str = "flavorid",
    sort_dir: str = "asc",
    limit: int | None = None,
    marker: str | None = None,
) -> list[shapes.Flavor]:
    """Return the live flavors that the context may use, by `sort_key` and then id, both in direction `sort_dir`.

    What has no value of the key counts as the lowest, unless the direction has the suffix -nullsfirst or -nullslast.
    `inactive` adds the deleted ones; the context's read_deleted does not count. `filters` may hold `min_memory_mb`
    and `min_root_gb` (lower bounds; an unset root_gb never passes), `disabled`, and `is_public`: False for the ones
    that are not, True for the public ones and those that the context's project has access to (for an admin too),
    None for all. Other keys are ignored. `limit` counts flavors. `marker` is the flavorid of the last flavor of the
    page before; where several deleted ones had it, the one that comes last.
    Raises ValueError for another direction than asc or desc, InvalidSortKey for a key that is no column, and
    MarkerNotFound when the marker is no flavor that this context may use.
    Round trips: 1, with a marker 2. Source: Nova Juno.
    """
    keys = [_key(sort_key, sort_dir), SortKey.parse("id", sort_dir)]
    after = None if marker is None else _marker(context, inactive, keys, marker)
    return _list(context, inactive, filters or {}, Page(keys, after), limit)


@lone_read(ANY)
def instance_type_get_all(
    context: Any, inactive: bool = False, filters: Mapping[str, Any] | None = None
) -> list[shapes.Flavor]:
    """Return the live flavors that the context may use, by name; `inactive` and `filters` as of flavor_get_all.

    Round trips: 1. Source: Nova Grizzly.
    """
    return _list(context, inactive, filters or {}, Page([_key("name", "asc"), SortKey("id")]), None)


@lone_read(ANY)
def flavor_get(context: Any, id: int) -> shapes.Flavor:
    """Return the flavor with this id (not flavorid). Raises FlavorNotFound when none is visible and usable.

    Round trips: 1. Source: Nova Juno.
    """
    row = _by_id(context, id)
    if row is None:
        raise FlavorNotFound(flavor_id=id)
    return row


@lone_read(ANY)
def instance_type_get(context: Any, id: int) -> shapes.Flavor:
    """Return the flavor with this id (not flavorid). Raises InstanceTypeNotFound when none is visible and usable.

    Round trips: 1. Source: Nova Grizzly.
    """
    row = _by_id(context, id)
    if row is None:
        raise InstanceTypeNotFound(instance_type_id=id)
    return row


@lone_read(ANY)
def flavor_get_by_name(context: Any, name: str) -> shapes.Flavor:
    """Return the flavor of this name; the oldest when deleted ones are visible and several had it.

    Raises FlavorNotFoundByName when none is visible and usable. Round trips: 1. Source: Nova Juno.
    """
    row = _by_name(context, name)
    if row is None:
        raise FlavorNotFoundByName(flavor_name=name)
    return row


@lone_read(ANY)
def instance_type_get_by_name(context: Any, name: str) -> shapes.Flavor:
    """Return the flavor of this name; the oldest when deleted ones are visible and several had it.

    Raises InstanceTypeNotFoundByName when none is visible and usable. Round trips: 1. Source: Nova Grizzly.
    """
    row = _by_name(context, name)
    if row is None:
        raise InstanceTypeNotFoundByName(instance_type_name=name)
    return row


@lone_read(ANY)
def flavor_get_by_flavor_id(context: Any, id: str, read_deleted: str | None = None) -> shapes.Flavor:
    """Return the flavor with this flavorid; the live one, or else the one that was deleted first.

    `read_deleted` ('no', 'yes', 'only') stands in for the context's unless it is empty. Raises FlavorNotFound when
    none is visible and usable. Round trips: 1. Source: Nova Juno.
    """
    row = sql(context).flavor_get_by_flavor_id(
        filters=[equal("flavorid", id)],
        read_deleted=read_deleted or context.read_deleted,
        **_usable(context),
    )
    if row is None:
        raise FlavorNotFound(flavor_id=id)
    return row


def instance_type_get_by_flavor_id(context: Any, id: str, read_deleted: str | None = None) -> shapes.Flavor:
    """Return the flavor with this flavorid: flavor_get_by_flavor_id under its older name.

    Round trips: 1. Source: Nova Grizzly.
    """
    return flavor_get_by_flavor_id(context, id, read_deleted)


@writes(ADMIN)
def flavor_destroy(context: Any, name: str) -> None:
    """Soft delete the live flavor of this name, its extra specs and its access rows.

    Raises FlavorNotFoundByName when there is none, so also at a second call.
    Round trips: 2, and COMMIT. Source: Nova Juno.
    """
    flavor = sql(context).flavor_get_by_name__lock(filters=[equal("name", name)], read_deleted="no")
    if flavor is None:
        raise FlavorNotFoundByName(flavor_name=name)
    sql(context).flavor_destroy.ahead(id=flavor)
    sql(context).flavor_destroy__extra_specs.ahead(instance_type_id=flavor)
    sql(context).flavor_destroy__access(instance_type_id=flavor)


@writes(ADMIN)
def instance_type_destroy(context: Any, name: str) -> None:
    """Soft delete the flavor of this name that the context's read_deleted lets see, and its extra specs.

    Unlike flavor_destroy it leaves the flavor's `updated_at` and its access rows alone. Raises
    InstanceTypeNotFoundByName. Round trips: 2, and COMMIT. Source: Nova Grizzly.
    """
    flavor = sql(context).flavor_get_by_name__lock(filters=[equal("name", name)])
    if flavor is None:
        raise InstanceTypeNotFoundByName(instance_type_name=name)
    sql(context).instance_type_destroy.ahead(id=flavor)
    sql(context).flavor_destroy__extra_specs(instance_type_id=flavor)


@lone_read(ADMIN)
def flavor_access_get_by_flavor_id(context: Any, flavor_id: str) -> list[shapes.InstanceTypeProjectRow]:
    """Return the live access rows (`instance_type_id`, `project_id`) of the live flavor with this flavorid, by id.

    An unknown flavor has none. Round trips: 1. Source: Nova Juno.
    """
    return sql(context).flavor_access_get_by_flavor_id(flavor_id=flavor_id)


def instance_type_access_get_by_flavor_id(context: Any, flavor_id: str) -> list[shapes.InstanceTypeProjectRow]:
    """Return the live access rows of a live flavor: flavor_access_get_by_flavor_id under its older name.

    Round trips: 1. Source: Nova Grizzly, which fails for an unknown flavor.
    """
    return flavor_access_get_by_flavor_id(context, flavor_id)


@writes(ADMIN)
def flavor_access_add(context: Any, flavor_id: str, project_id: str) -> shapes.InstanceTypeProjectRow:
    """Let a project use the live flavor with this flavorid, and return the access row.

    Raises FlavorNotFound, and FlavorAccessExists when the project has access already.
    Round trips: 2, and COMMIT. Source: Nova Juno.
    """
    values = {"instance_type_id": _live_flavor(context, flavor_id), "project_id": project_id}
    try:
        row = sql(context).flavor_access_add(values=values)
    except DBDuplicateEntry as error:
        raise FlavorAccessExists(flavor_id=flavor_id, project_id=project_id) from error
    return row


def instance_type_access_add(context: Any, flavor_id: str, project_id: str) -> shapes.InstanceTypeProjectRow:
    """Let a project use a live flavor: flavor_access_add under its older name.

    Round trips: 2, and COMMIT. Source: Nova Grizzly.
    """
    return flavor_access_add(context, flavor_id, project_id)


@lone_write(ADMIN)
def flavor_access_remove(context: Any, flavor_id: str, project_id: str) -> None:
    """Soft delete a project's access to the live flavor with this flavorid.

    Raises FlavorNotFound, and FlavorAccessNotFound when the project has none.
    Round trips: 1; 2 when nothing is removed. Source: Nova Juno.
    """
    if sql(context).flavor_access_remove(flavor_id=flavor_id, project_id=project_id):
        return
    if sql(context).flavor_access_remove__flavor(flavor_id=flavor_id) is None:
        raise FlavorNotFound(flavor_id=flavor_id)
    raise FlavorAccessNotFound(flavor_id=flavor_id, project_id=project_id)


def instance_type_access_remove(context: Any, flavor_id: str, project_id: str) -> None:
    """Soft delete a project's access to a live flavor: flavor_access_remove under its older name.

    Round trips: 1; 2 when nothing is removed. Source: Nova Grizzly.
    """
    flavor_access_remove(context, flavor_id, project_id)


@lone_read(ANY)
def flavor_extra_specs_get(context: Any, flavor_id: str) -> dict[str, str | None]:
    """Return the live extra specs, key to value, of the live flavor with this flavorid, whoever may use it.

    An unknown flavor has none. Round trips: 1. Source: Nova Juno.
    """
    return {row["key"]: row["value"] for row in sql(context).flavor_extra_specs_get(flavor_id=flavor_id)}


def instance_type_extra_specs_get(context: Any, flavor_id: str) -> dict[str, str | None]:
    """Return the live extra specs of a live flavor: flavor_extra_specs_get under its older name.

    Round trips: 1. Source: Nova Grizzly.
    """
    return flavor_extra_specs_get(context, flavor_id)


@lone_read(ANY)
def flavor_extra_specs_get_item(context: Any, flavor_id: str, key: str) -> dict[str, str | None]:
    """Return one live extra spec of the live flavor with this flavorid, as a dict of one entry.

    Raises FlavorExtraSpecsNotFound, for an unknown flavor too. Round trips: 1. Source: Nova Juno.
    """
    row = sql(context).flavor_extra_specs_get_item(flavor_id=flavor_id, key=key)
    if row is None:
        raise FlavorExtraSpecsNotFound(extra_specs_key=key, flavor_id=flavor_id)
    return {row["key"]: row["value"]}


@lone_write(ANY)
def flavor_extra_specs_delete(context: Any, flavor_id: str, key: str) -> None:
    """Soft delete one extra spec of the live flavor with this flavorid. No admin is needed.

    Raises FlavorExtraSpecsNotFound, for an unknown flavor too. Round trips: 1. Source: Nova Juno.
    """
    if not sql(context).flavor_extra_specs_delete(flavor_id=flavor_id, key=key):
        raise FlavorExtraSpecsNotFound(extra_specs_key=key, flavor_id=flavor_id)


@lone_write(ANY)
def instance_type_extra_specs_delete(context: Any, flavor_id: str, key: str) -> None:
    """Soft delete one extra spec of the live flavor with this flavorid, or nothing. No admin is needed.

    Round trips: 1. Source: Nova Grizzly.
    """
    sql(context).flavor_extra_specs_delete(flavor_id=flavor_id, key=key)


@writes(ANY)
def flavor_extra_specs_update_or_create(
    context: Any, flavor_id: str, extra_specs: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Merge extra specs into those of the live flavor with this flavorid, and return `extra_specs`.

    New keys are added, others get the new value, none is removed; `updated_at` moves where the value changes. No
    admin is needed. Raises FlavorNotFound, DBError for a key or value that cannot be stored. One statement writes
    all keys and never collides with another writer, so FlavorExtraSpecUpdateCreateFailed does not occur.
    Round trips: 2 (1 without specs), and COMMIT. Source: Nova Juno.
    """
    specs = _stored_specs(extra_specs)
    rows = _spec_rows(_live_flavor(context, flavor_id), specs)
    if rows:
        sql(context).flavor_extra_specs_update_or_create(values=rows)
    return extra_specs


def instance_type_extra_specs_update_or_create(
    context: Any, flavor_id: str, extra_specs: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Merge extra specs into those of a live flavor: flavor_extra_specs_update_or_create under its older name.

    Round trips: 2 (1 without specs), and COMMIT. Source: Nova Grizzly.
    """
    return flavor_extra_specs_update_or_create(context, flavor_id, extra_specs)


def _key(column: str, direction: str) -> SortKey:
    key = SortKey.parse(column, direction)
    return SortKey(column, key.direction, key.nulls or _NULLS[key.direction])


def _usable(context: Any) -> Row:
    """The arguments that keep a read to what the context may use."""
    return {"restricted": not context.is_admin, "project_id": None if context.is_admin else context.project_id}


def _by_id(context: Any, flavor: int) -> shapes.Flavor | None:
    return sql(context).flavor_get(id=flavor, **_usable(context))


def _by_name(context: Any, name: str, **visibility: str) -> shapes.Flavor | None:
    return sql(context).flavor_get_by_name(filters=[equal("name", name)], **visibility, **_usable(context))


def _live_flavor(context: Any, flavor_id: str) -> int:
    """The id of the live flavor with this flavorid, locked: writers of its rows come one after the other."""
    flavor = sql(context).flavor_get_by_flavor_id__lock(flavor_id=flavor_id)
    if flavor is None:
        raise FlavorNotFound(flavor_id=flavor_id)
    return flavor


def _list(
    context: Any, inactive: bool, filters: Mapping[str, Any], page: Page, limit: int | None
) -> list[shapes.Flavor]:
    predicates = [
        Predicate(column, ">=", filters[name])
        for name, column in _LOWER_BOUNDS.items()
        if filters.get(name) is not None
    ]
    if "disabled" in filters:
        predicates.append(equal("disabled", filters["disabled"]))
    usable = _usable(context)
    is_public = filters.get("is_public")
    if is_public and context.project_id is None:
        # Access that was given to no project is nobody's.
        predicates.append(equal("is_public", True))
    elif is_public:
        usable = {"restricted": True, "project_id": context.project_id}
    elif is_public is not None:
        predicates.append(equal("is_public", False))
    return _select(context, inactive, predicates, page, limit, usable)


def _marker(context: Any, inactive: bool, keys: Sequence[SortKey], flavor_id: str) -> shapes.Flavor:
    """The flavor with this flavorid that comes last in the order of `keys`: the next page must not repeat any."""
    backwards = [SortKey(key.column, _OPPOSITE_DIRECTION[key.direction], _OPPOSITE_NULLS[key.nulls]) for key in keys]
    rows = _select(context, inactive, [equal("flavorid", flavor_id)], Page(backwards), 1, _usable(context))
    if not rows:
        raise MarkerNotFound(flavor_id or repr(flavor_id))
    return rows[0]


def _select(
    context: Any, inactive: bool, filters: Sequence[Predicate], page: Page, limit: int | None, usable: Row
) -> list[shapes.Flavor]:
    return sql(context).flavor_get_all(
        read_deleted="yes" if inactive else "no",
        filters=filters,
        page=page,
        limit=NO_LIMIT if limit is None else limit,
        **usable,
    )


def _create(
    context: Any,
    values: Mapping[str, Any],
    projects: Iterable[str],
    name_taken: type[NovaException],
    id_taken: type[NovaException],
) -> shapes.Flavor:
    """Store a flavor; unique keys tell a twin, and become the given errors."""
    specs = _stored_specs(values.get("extra_specs") or {})
    try:
        # A savepoint inside the caller's transaction: the read below must be possible after the refusal.
        with writer.savepoint.using(context):
            row: shapes.InstanceTypeRow = sql(context).flavor_create(values=values)
            if specs:
                sql(context).flavor_create__extra_specs.ahead(values=_spec_rows(row["id"], specs))
            wanted = dict.fromkeys(as_stored("instance_type_projects", "project_id", project) for project in projects)
            access = [{"instance_type_id": row["id"], "project_id": project} for project in wanted]
            if access:
                sql(context).flavor_create__access(values=access)
    except DBDuplicateEntry as error:
        # A server names one key of the two that may be violated, each another one: the name counts first.
        if "name" in error.columns or ("flavorid" in error.columns and _is_taken(context, values.get("name"))):
            raise name_taken(name=values.get("name")) from error
        if "flavorid" in error.columns:
            raise id_taken(flavor_id=values.get("flavorid")) from error
        raise
    return {**row, "extra_specs": specs}


def _is_taken(context: Any, name: str | None) -> bool:
    return name is not None and _by_name(context, name, read_deleted="no") is not None


def _stored_specs(extra_specs: Mapping[str, Any]) -> dict[str, str | None]:
    """Extra specs as they are stored: texts, ordered by key. Raises DBError for what is none."""
    specs: dict[str, str | None] = {}
    for key, value in extra_specs.items():
        if key is None:
            raise DBDataError("instance_type_extra_specs.key: expected text, got None")
        row = only_columns("instance_type_extra_specs", {"key": key, "value": value})
        specs[row["key"]] = row["value"]
    return dict(sorted(specs.items()))


def _spec_rows(flavor: int, specs: Mapping[str, str | None]) -> list[Row]:
    return [{"instance_type_id": flavor, "key": key, "value": value} for key, value in specs.items()]
