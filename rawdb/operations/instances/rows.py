"""Rows of instances as callers see them: which relations they carry, how these are decoded, and the derived name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from rawdb.default import default_database
from rawdb.exceptions import InvalidUUID
from rawdb.options import options

#: The relations of an instance, each with its table.
RELATIONS = {
    "info_cache": "instance_info_caches",
    "metadata": "instance_metadata",
    "system_metadata": "instance_system_metadata",
    "security_groups": "security_groups",
    "pci_devices": "pci_devices",
    "block_device_mapping": "block_device_mapping",
}

#: Keys that every instance has, an empty list where they were not asked for.
ALWAYS = ("metadata", "system_metadata")
METADATA = frozenset(ALWAYS)
_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DEFAULTS = frozenset({"info_cache", "security_groups", *ALWAYS})


def is_uuid_like(value: Any) -> bool:
    """Tell whether the value is a uuid in its canonical form: lower case, with hyphens."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def require_uuid(value: Any) -> None:
    """Raise InvalidUUID, whose text is the value, for anything but a uuid in its canonical form."""
    if not is_uuid_like(value):
        # An empty value would leave the error without a text of its own.
        raise InvalidUUID(value or repr(value))


def single_relations(columns_to_join: Collection[str] | None) -> frozenset[str]:
    """What a read of one instance carries. Raises ValueError for a name that is no relation."""
    asked = METADATA if columns_to_join is None else _checked(columns_to_join)
    return asked | {"info_cache", "security_groups"}


def list_relations(columns_to_join: Collection[str] | None) -> frozenset[str]:
    """What the instances of a list carry. Raises ValueError for a name that is no relation."""
    return DEFAULTS if columns_to_join is None else _checked(columns_to_join)


def flags(relations: Collection[str], names: Iterable[str]) -> dict[str, bool]:
    """The statement's arguments that switch the relations `names` on or off."""
    return {f"with_{name}": name in relations for name in names}


def instance(row: dict[str, Any], relations: Collection[str]) -> Any:
    """An instance made of the row of a statement: columns, `name`, and the relations asked for."""
    row["name"] = instance_name(row)
    for key in RELATIONS:
        if key not in relations:
            row.pop(key, None)
    for key in ALWAYS:
        if key not in relations:
            row[key] = []
    return row


def instances(rows: Iterable[dict[str, Any]], relations: Collection[str]) -> list[Any]:
    """A list of instances from the rows of a statement."""
    return [instance(row, relations) for row in rows]


def instance_name(columns: Mapping[str, Any]) -> str:
    """The name by the option instance_name_template: of the id, else of all columns, else the uuid."""
    template = options.instance_name_template
    try:
        return template % columns["id"]
    except TypeError:
        pass
    try:
        # An instance that is shown already has a name and relations besides.
        return template % {name: columns[name] for name in default_database().tables["instances"].columns}
    except KeyError:
        return str(columns["uuid"])


def _checked(columns_to_join: Collection[str]) -> frozenset[str]:
    asked = frozenset(columns_to_join)
    if unknown := sorted(map(str, asked - RELATIONS.keys())):
        raise ValueError(f"an instance has no relation {', '.join(unknown)}; it has {', '.join(RELATIONS)}")
    return asked
