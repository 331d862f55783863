"""Fixed addresses: those of networks, given to instances. SQL: sql/queries/*/fixed_ips.sql.

An address is claimed by one guarded UPDATE, so two callers never get the same one, on a cluster neither. What a plain
user may see of an address is decided by the project of its instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.access import authorize_project
from rawdb.default import writer
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    DBInvalidUnicodeParameter,
    FixedIpAlreadyInUse,
    FixedIpExists,
    FixedIpInvalid,
    FixedIpNotFound,
    FixedIpNotFoundForAddress,
    FixedIpNotFoundForInstance,
    FixedIpNotFoundForNetwork,
    FixedIpNotFoundForNetworkHost,
    InvalidUUID,
    NoFixedIpsDefined,
    NoMoreFixedIps,
)
from rawdb.operations._address_bulk import Values, batches, insert_all
from rawdb.operations._address_claims import Search
from rawdb.operations._operation import ADMIN, ANY, guarded, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, can_be_id, lost, merged, only_columns, repeatable, row_edits
from rawdb.operations.fixed_ips.rows import by_address, checked, with_instance_name
from rawdb.operations.instances.rows import is_uuid_like

#: Addresses that one statement takes from their instances.
_EXPIRED_AT_ONCE = 1000


@writes(ADMIN)
def fixed_ip_associate(
    context: Any, address: str, instance_uuid: str, network_id: int | None = None, reserved: bool = False
) -> shapes.FixedIpRow:
    """Give an address to an instance and return its row.

    It must be live, `reserved` exactly as said, and of the network or of none; then it becomes the network's. Of
    several callers one gets it: the row's own "still free" decides, in the UPDATE. Raises InvalidUUID for anything but
    a canonical uuid, FixedIpNotFoundForNetwork (its `network_uuid` is the id given here), FixedIpAlreadyInUse (with
    the uuid given here) when an instance has it, this one included.
    Round trips: 2, and COMMIT. Source: Nova Juno; Grizzly's returns the address.
    """
    if not is_uuid_like(instance_uuid):
        raise InvalidUUID(uuid=instance_uuid)
    row = None
    if can_be_id(network_id):
        row = sql(context).fixed_ip_associate__row(address=address, reserved=reserved, network_id=network_id)
    if row is None:
        raise FixedIpNotFoundForNetwork(address=address, network_uuid=network_id)
    if row["instance_uuid"] is not None:
        raise FixedIpAlreadyInUse(address=address, instance_uuid=instance_uuid)
    changes = {"instance_uuid": instance_uuid, **_network(row, network_id)}
    now = timeutils.utcnow()
    if not sql(context).fixed_ip_associate(id=row["id"], reserved=reserved, now=now, **changes):
        raise lost("a fixed address")
    return merged(row, changes, {"updated_at": now})


@guarded(ADMIN)
def fixed_ip_associate_pool(
    context: Any, network_id: int, instance_uuid: str | None = None, host: str | None = None
) -> shapes.FixedIpRow:
    """Give the first free address of a network to an instance, a host, or both, and return its row.

    Free is a live one, not reserved, without instance and host, of the network or of none; then it becomes the
    network's. With neither instance nor host the row stays free. Callers at the same time get rows of their own, not
    always in the order of ids, and NoMoreFixedIps is raised only when none is left. Raises InvalidUUID for a truthy
    instance that is no canonical uuid.
    Round trips: 2, up to 4 when other callers hold what is free, and COMMIT.
    Source: Nova Juno; Grizzly's returns the address.
    """
    if instance_uuid and not is_uuid_like(instance_uuid):
        raise InvalidUUID(uuid=instance_uuid)
    if not can_be_id(network_id):
        raise NoMoreFixedIps
    holder = only_columns("fixed_ips", {"instance_uuid": instance_uuid or None, "host": host or None})
    return _claim(context, Search(), network_id, holder)


@writer.savepoint
def _claim(context: Any, search: Search, network_id: int | None, holder: Row) -> shapes.FixedIpRow:
    statements = sql(context)
    row = search.free_row(
        statements.fixed_ip_associate_pool__free, statements.fixed_ip_associate_pool__first, network_id=network_id
    )
    if row is None:
        raise NoMoreFixedIps
    # Behind a UNION, MySQL does not tell booleans from numbers.
    row = merged(row, only_columns("fixed_ips", row))
    changes = {**holder, **_network(row, network_id)}
    if all(row[name] == value for name, value in changes.items()):
        return row
    now = timeutils.utcnow()
    if not statements.fixed_ip_associate_pool(id=row["id"], now=now, **changes):
        raise lost("a fixed address")
    return merged(row, changes, {"updated_at": now})


def _network(row: Row, network_id: int | None) -> Row:
    """The network of a row once it is claimed for another one: its own, if it has one."""
    return only_columns("fixed_ips", {"network_id": network_id if row["network_id"] is None else row["network_id"]})


@lone_write(ANY)
def fixed_ip_create(context: Any, values: Mapping[str, Any]) -> shapes.FixedIpRow:
    """Store an address and return its row.

    `values` are columns of fixed_ips; other keys are ignored. Raises FixedIpExists when there is a live row of the
    address. Round trips: 1. Source: Nova Juno; Grizzly's returns the address.
    """
    return _create(context, values)


@guarded(ANY)
def fixed_ip_bulk_create(context: Any, ips: Iterable[Mapping[str, Any]]) -> None:
    """Store addresses in the order given, all or none.

    `ips` are dicts as `fixed_ip_create` takes them. Raises FixedIpExists for the first that exists, or stands in
    `ips` before. Round trips: 3 for 500 addresses, and COMMIT. Source: Nova Juno and Grizzly.
    """
    _bulk_create(context, repeatable(ips))


@writer.savepoint
def _bulk_create(context: Any, ips: Iterable[Values]) -> None:
    def insert(rows: Iterable[Values]) -> list[shapes.FixedIpRow]:
        sql(context).fixed_ip_bulk_create(values=rows)
        return []

    for _ in insert_all(context, ips, insert, lambda values: _create(context, values)):
        pass


def _create(context: Any, values: Values) -> shapes.FixedIpRow:
    try:
        row = sql(context).fixed_ip_create(values=values)
    except DBDuplicateEntry as error:
        if "address" not in error.columns:
            raise
        raise FixedIpExists(address=values.get("address")) from error
    return row


@writes(ANY)
def fixed_ip_disassociate(context: Any, address: str) -> None:
    """Take an address from its instance and its virtual interface; the rest of the row stays.

    Finds the row and raises as `fixed_ip_get_by_address` does. Round trips: 2, and COMMIT.
    Source: Nova Juno; Grizzly's left the virtual interface.
    """
    row = by_address(context, address)
    seen = {name: row[name] for name in ("id", "instance_uuid", "deleted")}
    if not sql(context).fixed_ip_disassociate(**seen):
        raise lost("a fixed address")


@writes(ADMIN)
def fixed_ip_disassociate_all_by_timeout(context: Any, host: str, time: datetime | str) -> int:
    """Take addresses that are not allocated, and were not changed since `time`, from their instances; how many.

    Meant are the live addresses of networks on `host`, and those that instances on `host` have in networks of many
    hosts; deleted networks and instances count. They are not leased any more either; the virtual interface stays. A
    row that was never changed has no age. Round trips: 1, and 1 for each 1,000 addresses, and COMMIT.
    Source: Nova Juno and Grizzly.
    """
    rows = sql(context).fixed_ip_disassociate_all_by_timeout__ids(host=host, time=time)
    ids = sorted(row["id"] for row in rows)
    return sum(
        sql(context).fixed_ip_disassociate_all_by_timeout(ids=some, host=host, time=time)
        for some in batches(ids, _EXPIRED_AT_ONCE)
    )


@lone_read(ANY)
def fixed_ip_get(context: Any, id: int, get_network: bool = False) -> shapes.FixedIp:
    """Return an address by id; `get_network` adds the key `network`, a live network's row or None.

    Raises FixedIpNotFound when no visible one has the id; for a plain user InstanceNotFound when its instance does
    not exist, Forbidden when that is another project's. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).fixed_ip_get(id=id, with_network=get_network)
    if row is None:
        raise FixedIpNotFound(id=id)
    row = checked(context, row)
    if not get_network:
        del row["network"]
    return row


@lone_read(ADMIN)
def fixed_ip_get_all(context: Any) -> list[shapes.FixedIpRow]:
    """Return all addresses by id, deleted ones too, whatever the context's read_deleted says.

    Raises NoFixedIpsDefined when there are none. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    rows = sql(context).fixed_ip_get_all()
    if not rows:
        raise NoFixedIpsDefined
    return rows


@lone_read(ANY)
def fixed_ip_get_by_address(context: Any, address: str, columns_to_join: Iterable[str] | None = None) -> shapes.FixedIp:
    """Return the first visible row of an address.

    `columns_to_join` adds keys: `network` and `instance` (live ones, or None), `floating_ips` (a list of live ones),
    `floating_ips.fixed_ip`, and below the instance each of its relations, as in `instance.info_cache`, and
    `instance.security_groups.rules`. Raises ValueError for another name, FixedIpInvalid for what can be no address,
    FixedIpNotFoundForAddress; for a plain user InstanceNotFound when its instance does not exist, Forbidden when that
    is another project's. Round trips: 1, or 2 with relations of the instance.
    Source: Nova Juno; Grizzly's without `columns_to_join`.
    """
    return by_address(context, address, columns_to_join)


@lone_read(ADMIN)
def fixed_ip_get_by_address_detailed(
    context: Any, address: str
) -> tuple[shapes.FixedIpRow, shapes.NetworkRow | None, shapes.NamedInstance | None]:
    """Return the first visible row of an address with its network and its instance, deleted ones too, or None.

    Raises FixedIpInvalid for what can be no address, FixedIpNotFoundForAddress. Round trips: 1.
    Source: Nova Juno and Grizzly.
    """
    try:
        row = sql(context).fixed_ip_get_by_address_detailed(address=address)
    except (DBDataError, DBInvalidUnicodeParameter) as error:
        raise FixedIpInvalid(str(error)) from error
    if row is None:
        raise FixedIpNotFoundForAddress(address=address)
    with_instance_name(row)
    network, instance = row.pop("network"), row.pop("instance")
    return row, network, instance


@lone_read(ANY)
def fixed_ip_get_by_floating_address(context: Any, floating_address: str) -> shapes.FixedIpRow | None:
    """Return the first visible address that a floating one leads to, even a deleted floating one, or None.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).fixed_ip_get_by_floating_address(floating_address=floating_address)


@lone_read(ADMIN)
def fixed_ip_get_by_host(context: Any, host: str) -> list[shapes.FixedIpRow]:
    """Return the visible addresses of the live instances on a host, by id.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).fixed_ip_get_by_host(host=host)


@lone_read(ANY)
def fixed_ip_get_by_instance(context: Any, instance_uuid: str) -> list[shapes.FixedIpRow]:
    """Return the live addresses of an instance of any project, by id.

    Raises InvalidUUID for anything but a canonical uuid, FixedIpNotFoundForInstance when there are none.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    if not is_uuid_like(instance_uuid):
        raise InvalidUUID(uuid=instance_uuid)
    rows = sql(context).fixed_ip_get_by_instance(instance_uuid=instance_uuid)
    if not rows:
        raise FixedIpNotFoundForInstance(instance_uuid=instance_uuid)
    return rows


@lone_read(ANY)
def fixed_ip_get_by_network_host(context: Any, network_uuid: int, host: str) -> shapes.FixedIpRow:
    """Return the first live address of a network that a host holds; `network_uuid` is the network's id.

    Raises FixedIpNotFoundForNetworkHost. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).fixed_ip_get_by_network_host(network_id=network_uuid, host=host)
    if row is None:
        raise FixedIpNotFoundForNetworkHost(network_id=network_uuid, host=host)
    return row


@lone_read(ANY)
def fixed_ips_by_virtual_interface(context: Any, vif_id: int) -> list[shapes.FixedIpRow]:
    """Return the live addresses of a virtual interface, by id; none is no error, other than documented.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).fixed_ips_by_virtual_interface(vif_id=vif_id)


@writes(ANY)
def fixed_ip_update(context: Any, address: str, values: Mapping[str, Any]) -> None:
    """Change columns of an address; `updated_at` moves only if something changes.

    Finds the row and raises as `fixed_ip_get_by_address` does; DBDuplicateEntry when a live row has the new address.
    Round trips: 1 or 2, and COMMIT. Source: Nova Juno and Grizzly.
    """
    given = only_columns("fixed_ips", values)
    row = by_address(context, address)
    changes = row_edits("fixed_ips", row, given)
    if not changes:
        return
    seen = {name: row[name] for name in ("id", "instance_uuid", "deleted")}
    if not sql(context).fixed_ip_update(changes=changes, **seen):
        raise lost("a fixed address")


@lone_read(ANY)
def fixed_ip_count_by_project(context: Any, project_id: str, session: Any = None) -> int:
    """Return how many live addresses the instances of a project have, deleted instances included.

    `session` has no meaning. Raises Forbidden for a plain user of another project. Round trips: 1.
    Source: Nova Grizzly, whose own SQL compared with another column.
    """
    authorize_project(context, project_id)
    count: int = sql(context).fixed_ip_count_by_project(project_id=project_id)
    return count
