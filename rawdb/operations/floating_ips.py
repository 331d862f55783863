"""Floating addresses: those that projects have lead to fixed ones. SQL: sql/queries/*/floating_ips.sql.

An address is claimed by one guarded UPDATE, so two callers never get the same one, on a cluster neither.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb.access import authorize_project
from rawdb.default import default_database, writer
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    DBInvalidUnicodeParameter,
    FixedIpNotFoundForAddress,
    FixedIpNotFoundForInstance,
    FloatingIpExists,
    FloatingIpNotFound,
    FloatingIpNotFoundForAddress,
    FloatingIpNotFoundForHost,
    InstanceNotFound,
    InvalidID,
    InvalidIpAddressError,
    InvalidUUID,
    NoFloatingIpsDefined,
    NoMoreFloatingIps,
)
from rawdb.operations._address_bulk import Values, batches, insert_all
from rawdb.operations._address_claims import Search
from rawdb.operations._operation import ADMIN, ANY, guarded, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, can_be_id, lost, merged, only_columns, repeatable, row_edits
from rawdb.operations.fixed_ips.rows import with_instance_name
from rawdb.operations.instances.rows import is_uuid_like
from rawdb.operations.quotas.release import release

#: Addresses that one statement deletes.
_DELETED_AT_ONCE = 1024


@lone_read(ANY)
def floating_ip_get(context: Any, id: int) -> shapes.FloatingIp:
    """Return an address by id, with its live `fixed_ip` and in that its live `instance`, or None.

    Raises FloatingIpNotFound when no visible one has the id; a plain user sees those of its project.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).floating_ip_get(id=id)
    if row is None:
        raise FloatingIpNotFound(id=id)
    return _shown(row)


@lone_read(ANY)
def floating_ip_get_pools(context: Any) -> list[shapes.FloatingIpPool]:
    """Return a dict `{'name': pool}` for each pool of the visible addresses, None being one of them.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return [{"name": row["pool"]} for row in sql(context).floating_ip_get_pools()]


@guarded(ANY)
def floating_ip_allocate_address(context: Any, project_id: str, pool: str, auto_assigned: bool = False) -> str | None:
    """Give the first free address of a pool to a project, and return the address.

    Free is a live one without project and fixed address. Callers at the same time get addresses of their own, not
    always in the order of ids, and NoMoreFloatingIps is raised only when none is left. Raises Forbidden for a plain
    user of another project. No quota is changed.
    Round trips: 2, up to 4 when other callers hold what is free, and COMMIT.
    Source: Nova Juno; Grizzly's without `auto_assigned`.
    """
    authorize_project(context, project_id)
    owner = only_columns("floating_ips", {"project_id": project_id, "auto_assigned": auto_assigned})
    return _claim(context, Search(), pool, owner)


@writer.savepoint
def _claim(context: Any, search: Search, pool: str, owner: Row) -> str | None:
    statements = sql(context)
    row = search.free_row(
        statements.floating_ip_allocate_address__free, statements.floating_ip_allocate_address__first, pool=pool
    )
    if row is None:
        raise NoMoreFloatingIps
    if not statements.floating_ip_allocate_address(id=row["id"], pool=pool, **owner):
        raise lost("a floating address")
    address: str | None = row["address"]
    return address


@lone_write(ANY)
def floating_ip_create(context: Any, values: Mapping[str, Any]) -> shapes.FloatingIpRow:
    """Store an address and return its row.

    `values` are columns of floating_ips; other keys are ignored. Raises FloatingIpExists when there is a live row of
    the address. Round trips: 1. Source: Nova Juno; Grizzly's returns the address.
    """
    return _create(context, values)


@guarded(ANY)
def floating_ip_bulk_create(context: Any, ips: Iterable[Mapping[str, Any]]) -> list[shapes.FloatingIpRow]:
    """Store addresses in the order given, all or none, and return their rows.

    `ips` are dicts as `floating_ip_create` takes them. Raises FloatingIpExists for the first that exists, or stands in
    `ips` before. Round trips: 4 for 500 addresses, and COMMIT. Source: Nova Juno; Grizzly's returns None.
    """
    return _bulk_create(context, repeatable(ips))


@writer.savepoint
def _bulk_create(context: Any, ips: Iterable[Values]) -> list[shapes.FloatingIpRow]:
    def insert(rows: Iterable[Values]) -> list[shapes.FloatingIpRow]:
        sql(context).floating_ip_bulk_create(values=rows)
        return sql(context).floating_ip_bulk_create__rows(addresses=[row["address"] for row in rows])

    return list(insert_all(context, ips, insert, lambda values: _create(context, values)))


def _create(context: Any, values: Values) -> shapes.FloatingIpRow:
    try:
        row = sql(context).floating_ip_create(values=values)
    except DBDuplicateEntry as error:
        raise _exists(error, values) from error
    return row


def _exists(error: DBDuplicateEntry, values: Values) -> Exception:
    return FloatingIpExists(address=values.get("address")) if "address" in error.columns else error


@guarded(ANY)
def floating_ip_bulk_destroy(context: Any, ips: Iterable[Mapping[str, Any]]) -> None:
    """Soft delete the visible rows of addresses, and lower the quota usage of the projects they belong to.

    `ips` are dicts with the key `address`; addresses that do not exist are ignored. Those that were assigned by
    themselves are in no quota; those without a project count for the context's. A project without usage is counted
    first, as it is without these addresses, so that its usage may fall below zero; for each project a reservation that
    is done stays behind. All of it is one transaction: what upstream deleted before a quota failed is not deleted here.
    Round trips: 2 for 1,024 addresses, 4 to 6 for the quota of each project, and COMMIT.
    Source: Nova Juno; Grizzly's left the quota alone.
    """
    _bulk_destroy(context, addresses_in_order(ips))


@writer.savepoint
def _bulk_destroy(context: Any, addresses: list[str]) -> None:
    release(context, "floating_ips", destroy_addresses(context, addresses))


def addresses_in_order(ips: Iterable[Mapping[str, Any]]) -> list[str]:
    """The addresses of the dicts, each once, in one order for all callers, who then do not wait for each other."""
    canonical = default_database().tables["floating_ips"].columns["address"].comparable
    return sorted({canonical(ip["address"]) for ip in ips if ip["address"] is not None})


def destroy_addresses(context: Any, addresses: list[str]) -> Counter[str | None]:
    """Soft delete the visible rows of addresses; how many of each project counted in its quota.

    Inside a transaction. Round trips: 2 for 1,024 addresses.
    """
    counts: Counter[str | None] = Counter()
    for some in batches(addresses, _DELETED_AT_ONCE):
        rows = sql(context).floating_ip_bulk_destroy__rows(addresses=some)
        if rows and sql(context).floating_ip_bulk_destroy(ids=[row["id"] for row in rows]) != len(rows):
            raise lost("a floating address")
        projects = (row["project_id"] for row in rows if row["auto_assigned"] is False)
        counts.update(context.project_id if project_id is None else project_id for project_id in projects)
    return counts


@writes(ANY)
def floating_ip_fixed_ip_associate(
    context: Any, floating_address: str, fixed_address: str, host: str | None
) -> shapes.FixedIpWithNetwork | None:
    """Have a floating address lead to a fixed one, through `host`, and return the fixed one's row with its `network`.

    Where it led before is forgotten. Returns None, nothing being changed, when it leads there already. Finds the
    floating address and raises as `floating_ip_get_by_address` does; FixedIpNotFoundForAddress when no visible row has
    the fixed one. Round trips: 3, and COMMIT. Source: Nova Juno and Grizzly.
    """
    floating = _by_address(context, floating_address)
    fixed = sql(context).floating_ip_fixed_ip_associate__fixed_ip(address=fixed_address)
    if fixed is None:
        raise FixedIpNotFoundForAddress(address=fixed_address)
    if floating["fixed_ip_id"] == fixed["id"]:
        return None
    seen = {name: floating[name] for name in ("id", "project_id", "deleted")}
    if not sql(context).floating_ip_fixed_ip_associate(
        fixed_ip_id=fixed["id"], host=host, bound_to=floating["fixed_ip_id"], **seen
    ):
        raise lost("a floating address")
    return fixed


@writes(ANY)
def floating_ip_deallocate(context: Any, address: str) -> shapes.FloatingIpRow | None:
    """Take an address from its project and return its row, or None when no visible row of it has a project.

    Its host is forgotten and it is not auto-assigned any more; the fixed address it leads to stays.
    Round trips: 2, and COMMIT. Source: Nova Juno; Grizzly's returns None.
    """
    row = sql(context).floating_ip_deallocate__row(address=address)
    if row is None:
        return None
    now = timeutils.utcnow()
    if not sql(context).floating_ip_deallocate(id=row["id"], now=now):
        raise lost("a floating address")
    return merged(row, {"project_id": None, "host": None, "auto_assigned": False, "updated_at": now})


@lone_write(ANY)
def floating_ip_destroy(context: Any, address: str) -> None:
    """Remove the visible rows of an address for good. No quota is changed.

    Raises FloatingIpNotFoundForAddress when there are none. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    if not sql(context).floating_ip_destroy(address=address):
        raise FloatingIpNotFoundForAddress(address=address)


@writes(ANY)
def floating_ip_disassociate(context: Any, address: str) -> shapes.FixedIpWithNetwork | None:
    """Have an address lead nowhere, and return the visible fixed address it led to with its `network`, or None.

    Its project stays, its host does not; nobody's project is looked at. Raises FloatingIpNotFoundForAddress.
    Round trips: 2, and COMMIT. Source: Nova Juno and Grizzly.
    """
    row = sql(context).floating_ip_disassociate__row(address=address)
    if row is None:
        raise FloatingIpNotFoundForAddress(address=address)
    fixed: shapes.FixedIpWithNetwork | None = row.pop("fixed_ip")
    if not sql(context).floating_ip_disassociate(**row):
        raise lost("a floating address")
    return fixed


@lone_read(ADMIN)
def floating_ip_get_all(context: Any) -> list[shapes.FloatingIpRow]:
    """Return the live addresses by id, whatever the context's read_deleted says.

    Raises NoFloatingIpsDefined when there are none. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    rows = sql(context).floating_ip_get_all()
    if not rows:
        raise NoFloatingIpsDefined
    return rows


@lone_read(ADMIN)
def floating_ip_get_all_by_host(context: Any, host: str) -> list[shapes.FloatingIpRow]:
    """Return the live addresses that a host carries, by id.

    Raises FloatingIpNotFoundForHost when there are none. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    rows = sql(context).floating_ip_get_all_by_host(host=host)
    if not rows:
        raise FloatingIpNotFoundForHost(host=host)
    return rows


@lone_read(ANY)
def floating_ip_get_all_by_project(context: Any, project_id: str) -> list[shapes.FloatingIp]:
    """Return the live addresses of a project that were not assigned by themselves, by id, as floating_ip_get does.

    Raises Forbidden for a plain user of another project. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    authorize_project(context, project_id)
    return [_shown(row) for row in sql(context).floating_ip_get_all_by_project(project_id=project_id)]


@lone_read(ANY)
def floating_ip_get_by_address(context: Any, address: str | None) -> shapes.FloatingIp:
    """Return the first visible row of an address, as floating_ip_get does; the empty text means no address, as None.

    Raises InvalidIpAddressError for what can be no address, FloatingIpNotFoundForAddress, Forbidden for a plain user
    when another project has it. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return _by_address(context, address)


@lone_read(ANY)
def floating_ip_get_by_fixed_address(context: Any, fixed_address: str) -> list[shapes.FloatingIpRow]:
    """Return the visible addresses that lead to a fixed one, even to a deleted row of it, by id.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).floating_ip_get_by_fixed_address(fixed_address=fixed_address)


@lone_read(ANY)
def floating_ip_get_by_fixed_ip_id(context: Any, fixed_ip_id: int) -> list[shapes.FloatingIpRow]:
    """Return the visible addresses that lead to the fixed address of an id, by id.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).floating_ip_get_by_fixed_ip_id(fixed_ip_id=fixed_ip_id)


@writes(ANY)
def floating_ip_update(context: Any, address: str, values: Mapping[str, Any]) -> None:
    """Change columns of an address; `updated_at` moves only if something changes.

    Finds the row and raises as `floating_ip_get_by_address` does; FloatingIpExists when a live row has the new
    address. Round trips: 1 or 2, and COMMIT. Source: Nova Juno and Grizzly.
    """
    given = only_columns("floating_ips", values)
    row = _by_address(context, address)
    changes = row_edits("floating_ips", row, given)
    if not changes:
        return
    seen = {name: row[name] for name in ("id", "project_id", "deleted")}
    try:
        if not sql(context).floating_ip_update(changes=changes, **seen):
            raise lost("a floating address")
    except DBDuplicateEntry as error:
        raise _exists(error, values) from error


@lone_write(ANY)
def floating_ip_set_auto_assigned(context: Any, address: str) -> None:
    """Mark the visible rows of an address as assigned by themselves; an address that does not exist is no error.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    sql(context).floating_ip_set_auto_assigned(address=address)


@lone_read(ANY)
def floating_ip_count_by_project(context: Any, project_id: str, session: Any = None) -> int:
    """Return how many live addresses of a project were not assigned by themselves. `session` has no meaning.

    Raises Forbidden for a plain user of another project. Round trips: 1. Source: Nova Grizzly.
    """
    authorize_project(context, project_id)
    count: int = sql(context).floating_ip_count_by_project(project_id=project_id)
    return count


@lone_read(ANY)
def instance_get_floating_address(context: Any, instance_id: int) -> str | None:
    """Return the first visible floating address that leads to the first fixed address of an instance, or None.

    Raises InstanceNotFound when the context sees no instance of this id, InvalidID when it can be none,
    FixedIpNotFoundForInstance when the instance has no live fixed address.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    if not can_be_id(instance_id):
        raise InvalidID(id=instance_id)
    row = sql(context).instance_get_floating_address(instance_id=instance_id)
    if row is None:
        raise InstanceNotFound(instance_id=instance_id)
    if row["fixed_ip_id"] is None:
        raise FixedIpNotFoundForInstance(instance_uuid=row["uuid"])
    address: str | None = row["address"]
    return address


@lone_read(ANY)
def instance_floating_address_get_all(context: Any, instance_uuid: str) -> list[str | None]:
    """Return the visible floating addresses, in the order of their ids, that lead to an instance's fixed addresses.

    Raises InvalidUUID for anything but a canonical uuid, FixedIpNotFoundForInstance when no fixed address of the
    instance is visible, or there is no such instance. Projects do not matter.
    Round trips: 1. Source: Nova Juno; Grizzly's returned rows.
    """
    if not is_uuid_like(instance_uuid):
        raise InvalidUUID(uuid=instance_uuid)
    rows = sql(context).instance_floating_address_get_all(instance_uuid=instance_uuid)
    if not rows:
        raise FixedIpNotFoundForInstance(instance_uuid=instance_uuid)
    return [row["address"] for row in rows if row["floating_ip_id"] is not None]


def _by_address(context: Any, address: str | None) -> shapes.FloatingIp:
    """The first visible row of an address, if the caller may see it."""
    wanted = None if address == "" else address
    try:
        row = sql(context).floating_ip_get_by_address(address=wanted)
    except (DBDataError, DBInvalidUnicodeParameter) as error:
        raise InvalidIpAddressError(str(error)) from error
    if row is None:
        raise FloatingIpNotFoundForAddress(address=wanted)
    if row["project_id"]:
        authorize_project(context, row["project_id"])
    return _shown(row)


def _shown(row: Any) -> shapes.FloatingIp:
    if row["fixed_ip"] is not None:
        with_instance_name(row["fixed_ip"])
    return row
