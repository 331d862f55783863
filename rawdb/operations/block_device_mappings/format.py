"""Block devices in the old notation (`virtual_name`, or the id of a volume or snapshot), made into columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rawdb.exceptions import InvalidBDMFormat
from rawdb.options import options

_EPHEMERAL = re.compile(r"ephemeral(0|[1-9][0-9]*)")
_TRUE = frozenset({"1", "t", "true", "on", "y", "yes"})

_OF_EVERY_ROW = frozenset({"id", "instance_uuid", "created_at", "updated_at", "deleted_at", "deleted"})
#: What both notations have.
_COMMON = frozenset(
    {
        "device_name",
        "delete_on_termination",
        "snapshot_id",
        "volume_id",
        "volume_size",
        "no_device",
        "connection_info",
    }
)
#: Columns that the old notation says something about, be it that they are empty.
_TOLD = _COMMON | {"source_type", "destination_type", "image_id"}
#: Columns that it does not know of: an update leaves them as they are.
_UNTOLD = frozenset({"boot_index", "disk_bus", "guest_format", "device_type"})


def without_empty_size(values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the values; a volume_size of '' is left out."""
    return {key: value for key, value in values.items() if key != "volume_size" or value != ""}


def for_create(values: Mapping[str, Any], legacy: bool) -> dict[str, Any]:
    """The columns to store for a new block device. Raises InvalidBDMFormat for what the old notation cannot mean."""
    columns = without_empty_size(values)
    return _converted(columns) if legacy else columns


def for_update(values: Mapping[str, Any], legacy: bool) -> dict[str, Any]:
    """The columns to change; values that are all columns already are not in the old notation and stay as they are."""
    columns = without_empty_size(values)
    is_new = columns.keys() <= _TOLD | _UNTOLD | _OF_EVERY_ROW
    return columns if is_new or not legacy else _converted(columns)


def as_given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the oldest notation, which stored what it was given: only what the disk is made from is added.

    Nothing is checked, made up or emptied; `virtual_name` is a column here.
    """
    columns = without_empty_size(values)
    try:
        kind = _kind(values)
    except InvalidBDMFormat:
        return columns
    kind.pop("delete_on_termination", None)
    return {**kind, **columns}


def is_swap(columns: Mapping[str, Any]) -> bool:
    """Whether the columns, as they are given, make a swap disk."""
    wanted = {"source_type": "blank", "destination_type": "local", "guest_format": "swap"}
    return all(columns.get(key) == value for key, value in wanted.items())


def _converted(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = {key: value for key, value in values.items() if key in _COMMON | _OF_EVERY_ROW}
    columns |= _kind(values)
    _validate(columns)
    return {**dict.fromkeys(_TOLD), **columns}


def _kind(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the disk is made from and where it is; the first rule that fits."""
    virtual_name = values.get("virtual_name")
    if virtual_name == "swap":
        return _blank("swap")
    if isinstance(virtual_name, str) and _EPHEMERAL.fullmatch(virtual_name):
        return _blank(options.default_ephemeral_format)
    if values.get("snapshot_id"):
        return {"source_type": "snapshot", "destination_type": "volume"}
    if values.get("volume_id"):
        return {"source_type": "volume", "destination_type": "volume"}
    if values.get("no_device"):
        return {}
    raise InvalidBDMFormat(details="it names no swap or ephemeral disk, no volume, no snapshot and no empty device.")


def _blank(guest_format: str | None) -> dict[str, Any]:
    return {
        "source_type": "blank",
        "destination_type": "local",
        "guest_format": guest_format,
        "delete_on_termination": True,
    }


def _validate(columns: dict[str, Any]) -> None:
    """Check and normalise, in place. A device that is left out need not be valid."""
    if columns.get("no_device"):
        return
    if "delete_on_termination" in columns:
        columns["delete_on_termination"] = str(columns["delete_on_termination"]).lower() in _TRUE
    name = columns.get("device_name")
    if name is not None and not (isinstance(name, str) and 1 <= len(name) <= 255 and " " not in name):
        raise InvalidBDMFormat(details="device_name must be 1 to 255 characters without a space.")
    if columns.get("volume_size"):
        columns["volume_size"] = _size(columns["volume_size"])


def _size(value: Any) -> int:
    try:
        size = int(value)
    except (TypeError, ValueError, OverflowError):
        size = -1
    # int() cuts off a fraction, which nobody can have meant.
    if size < 0 or (isinstance(value, float) and size != value):
        raise InvalidBDMFormat(details="volume_size must be an integer that is not negative.")
    return size
