"""What the tests of instances share: instances, rows around them that other domains make, what tables declare."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import rawdb
from rawdb import api, timeutils
from rawdb.context import RequestContext
from tests.support.rows import Row

#: Texts that JSON, SQL and the drivers each treat in a way of their own.
NASTY = (
    "",
    " ",
    "it's",
    '"quoted"',
    "back\\slash \\n \\u0041",
    "100% %s %(x)s {} :x ?",
    "line\nbreak\ttab\rreturn",
    "\x01\x1f\x7f\x80",
    "null",
    "äöü ß € 漢字 😀 \u2028",
    "</script>--/*;",
    "x" * 255,
)


def columns(table: str) -> set[str]:
    """The names of a table's columns."""
    return set(rawdb.default_database().tables[table].columns)


def insert(table: str, **values: Any) -> None:
    """Store a row where no operation is at hand, its columns complete and checked."""
    database = rawdb.default_database()
    row = database.tables[table].new_row(values, timeutils.utcnow())
    dialect = database.dialect
    names = ", ".join(dialect.quote(name) for name in row)
    places = ", ".join(f":{name}" for name in row)
    with rawdb.writer.using() as sql:
        sql.execute(
            f"INSERT INTO {table} ({names}) VALUES ({places})",
            {name: dialect.bind(value) for name, value in row.items()},
        )


def make(context: RequestContext, **values: Any) -> Row:
    """An instance of the context's project."""
    return api.instance_create(context, {"project_id": context.project_id, "user_id": context.user_id, **values})


def reading(context: RequestContext, read_deleted: str) -> RequestContext:
    """The same caller, seeing other rows."""
    return RequestContext(context.user_id, context.project_id, context.is_admin, read_deleted)


def pairs(rows: Sequence[Row]) -> dict[str, Any]:
    """The keys and values of metadata rows."""
    return {row["key"]: row["value"] for row in rows}


def uuids(rows: Sequence[Row]) -> list[str]:
    """The uuids of instances, in order."""
    return [row["uuid"] for row in rows]


def new_uuid() -> str:
    """A uuid that nothing has."""
    return str(uuid.uuid4())


def devices(instance_uuid: str) -> None:
    """PCI devices and disks of an instance: one of each in each state that reads tell apart."""
    for number, (status, deleted) in enumerate([("allocated", 0), ("claimed", 0), ("allocated", 90)]):
        insert(
            "pci_devices",
            compute_node_id=1,
            address=f"0000:0{number}",
            vendor_id="8086",
            product_id="0443",
            dev_type="type-VF",
            label=f"label{number}",
            status=status,
            instance_uuid=instance_uuid,
            deleted=deleted,
        )
    for deleted in (0, 91):
        insert("block_device_mapping", instance_uuid=instance_uuid, device_name=f"/dev/vd{deleted}", deleted=deleted)


@contextmanager
def option(**values: Any) -> Iterator[None]:
    """Service options for the time of the block."""
    rawdb.configure(**values)
    try:
        yield
    finally:
        rawdb.options.options.reset()


@contextmanager
def clock(moment: datetime) -> Iterator[datetime]:
    """A stopped clock for the time of the block."""
    timeutils.set_time_override(moment)
    try:
        yield moment
    finally:
        timeutils.clear_time_override()


def without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The row without some keys."""
    return {key: value for key, value in row.items() if key not in names}
