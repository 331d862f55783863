"""Rows of fixed addresses as callers see them: who may see one, and which relations it carries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rawdb import rows as shapes
from rawdb.access import authorize_project
from rawdb.context import is_user_context
from rawdb.exceptions import (
    DBDataError,
    DBInvalidUnicodeParameter,
    FixedIpInvalid,
    FixedIpNotFoundForAddress,
    InstanceNotFound,
)
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row
from rawdb.operations.instances.rows import RELATIONS as INSTANCE_RELATIONS
from rawdb.operations.instances.rows import flags, instance_name
from rawdb.operations.instances.update import SINGLE_FLAGS

_RELATIONS = ("network", "instance", "floating_ips")
_PATHS = frozenset(
    {
        *_RELATIONS,
        *(f"instance.{name}" for name in INSTANCE_RELATIONS),
        "instance.security_groups.rules",
        "floating_ips.fixed_ip",
    }
)


def by_address(context: Any, address: str | None, columns_to_join: Iterable[str] | None = None) -> shapes.FixedIp:
    """The first visible row of an address, with the relations asked for, if the caller may see it.

    Raises ValueError for a path that is no relation, FixedIpInvalid for what can be no address,
    FixedIpNotFoundForAddress, and what `checked` raises. Round trips: 1, or 2 with relations of the instance.
    """
    asked = _paths(columns_to_join or ())
    try:
        row = sql(context).fixed_ip_get_by_address(address=address, **flags(asked, _RELATIONS))
    except (DBDataError, DBInvalidUnicodeParameter) as error:
        raise FixedIpInvalid(str(error)) from error
    if row is None:
        raise FixedIpNotFoundForAddress(address=address)
    row = _shown(checked(context, row), asked)
    _add_to_instance(context, row, asked)
    return row


def checked(context: Any, row: Row) -> Any:
    """The row without what tells whose its instance is.

    Raises InstanceNotFound for a plain user when the row's instance does not exist, Forbidden when it is another
    project's. A deleted instance counts.
    """
    owner_id, project_id = row.pop("owner_id"), row.pop("owner_project_id")
    if is_user_context(context) and row["instance_uuid"] is not None:
        if owner_id is None:
            raise InstanceNotFound(instance_id=row["instance_uuid"])
        authorize_project(context, project_id)
    return row


def with_instance_name(row: Row) -> Row:
    """The row, its instance, if there is one, having the derived name."""
    if row["instance"] is not None:
        row["instance"]["name"] = instance_name(row["instance"])
    return row


def _paths(columns_to_join: Iterable[str]) -> frozenset[str]:
    """The relations asked for, those on the way to them included."""
    asked = set(columns_to_join)
    if unknown := sorted(map(str, asked - _PATHS)):
        raise ValueError(f"a fixed address has no relation {', '.join(unknown)}; it has {', '.join(sorted(_PATHS))}")
    for path in list(asked):
        while "." in path:
            path = path.rpartition(".")[0]
            asked.add(path)
    return frozenset(asked)


def _shown(row: Row, asked: frozenset[str]) -> Any:
    columns = {key: value for key, value in row.items() if key not in _RELATIONS}
    shown = {**columns, **{name: row[name] for name in _RELATIONS if name in asked}}
    if "instance" in asked:
        with_instance_name(shown)
    if "floating_ips.fixed_ip" in asked:
        for floating in shown["floating_ips"]:
            floating["fixed_ip"] = dict(columns)
    return shown


def _add_to_instance(context: Any, row: Row, asked: frozenset[str]) -> None:
    """Give the row's instance the relations asked for."""
    wanted = [name for name in INSTANCE_RELATIONS if f"instance.{name}" in asked]
    if not wanted or row["instance"] is None:
        return
    found = sql(context).instance_get_by_uuid(
        uuid=row["instance_uuid"], read_deleted="no", project_only=False, **flags(wanted, SINGLE_FLAGS)
    )
    if found is None:
        # Deleted since the row was read.
        row["instance"] = None
        return
    row["instance"].update({name: found[name] for name in wanted})
    if "security_groups" in wanted and "instance.security_groups.rules" not in asked:
        for group in row["instance"]["security_groups"]:
            del group["rules"]
