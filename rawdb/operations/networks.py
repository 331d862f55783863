"""Networks: the address ranges that projects own and hosts serve. SQL: sql/queries/*/networks.sql."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from rawdb import rows as shapes
from rawdb import timeutils
from rawdb._uuids import random_uuid
from rawdb.default import reader, writer
from rawdb.exceptions import (
    DBDeadlock,
    DBDuplicateEntry,
    DuplicateVlan,
    NetworkInUse,
    NetworkNotFound,
    NetworkNotFoundForCidr,
    NetworkNotFoundForInstance,
    NetworkNotFoundForProject,
    NetworkNotFoundForUUID,
    NoMoreNetworks,
    NoNetworksFound,
    RetryRequest,
)
from rawdb.operations._cidrs import cidr as cidr_of
from rawdb.operations._cidrs import with_cidrs
from rawdb.operations._operation import ADMIN, ANY, guarded, lone_read, lone_write, sql, writes
from rawdb.operations._rows import Row, each_once, edit_row, merged, only_columns
from rawdb.operations.quotas.usages import lock_projects
from rawdb.statements.slots import MAX_LIST

_RANGES = ("cidr", "cidr_v6")


@guarded(ADMIN)
def network_associate(
    context: Any, project_id: str, network_id: int | None = None, force: bool = False
) -> shapes.NetworkRow:
    """Return the first network of a project; one that has none is given one.

    Given is the first live network that no project owns, or `network_id` if nobody owns that. With `force` another
    one is given whatever the project has; without it callers for one project end with one network, the same for all:
    they stand at the project's quota lock before they look. Callers for several projects never share a network, and
    none is refused one while another is free. Raises NoMoreNetworks.
    Round trips: 1 when the project has a network; else 4 (with `force` 2), and COMMIT.
    Source: Nova Juno and Grizzly.
    """
    owned = None if force else _first_network(context, project_id)
    return owned if owned is not None else _associate(context, project_id, network_id, force)


@reader.autocommit
def _first_network(context: Any, project_id: str) -> shapes.NetworkRow | None:
    return sql(context).network_associate(project_id=project_id)


@writer.savepoint
def _associate(context: Any, project_id: str, network_id: int | None, force: bool) -> shapes.NetworkRow:
    """The project's network that another caller has just got for it, or a free one that is its own now."""
    statements = sql(context)
    stored = only_columns("networks", {"project_id": project_id})
    if not force:
        lock_projects(statements, [stored["project_id"]])
        owned = statements.network_associate__owned(**stored)
        if owned is not None:
            return owned
    wanted = {"by_id": network_id is not None, "network_id": network_id}
    free = statements.network_associate__free(**wanted) or statements.network_associate__taken(**wanted)
    if free is None:
        raise NoMoreNetworks
    return _claimed(context, free, stored)


def _claimed(context: Any, free: shapes.NetworkRow, owner: Row) -> shapes.NetworkRow:
    now = timeutils.utcnow()
    if not sql(context).network_associate__claim(id=free["id"], now=now, **owner):
        raise RetryRequest(DBDeadlock(f"network {free['id']} was given away between two statements"))
    return merged(free, owner, {"updated_at": now})


@lone_read(ADMIN)
def network_count_reserved_ips(context: Any, network_id: int) -> int:
    """Return how many live fixed addresses of a network are reserved.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).network_count_reserved_ips(network_id=network_id)


@lone_write(ADMIN)
def network_create_safe(context: Any, values: Mapping[str, Any]) -> shapes.NetworkRow:
    """Store a network and return its row.

    `values` are columns of networks; other keys are ignored. A missing uuid is made up; `cidr` and `cidr_v6` are
    stored without host bits. Of callers with the same vlan one succeeds: the unique key decides. Raises DuplicateVlan
    when a live network has the vlan. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = with_cidrs(values, *_RANGES)
    if row.get("uuid") is None:
        row["uuid"] = random_uuid()
    try:
        return sql(context).network_create_safe(values=row)
    except DBDuplicateEntry as error:
        raise _duplicate(error, values) from error


@writes(ADMIN)
def network_delete_safe(context: Any, network_id: int) -> None:
    """Remove a visible network for good, and soft delete its live fixed addresses.

    Raises NetworkInUse when a live fixed address of it is allocated, also by a caller at the same time, and
    NetworkNotFound. Round trips: 3, 1 more when nothing was removed, and COMMIT.
    Source: Nova Juno and Grizzly.
    """
    statements = sql(context)
    in_use = NetworkInUse(network_id=network_id)
    if statements.network_delete_safe__in_use(network_id=network_id) is not None:
        raise in_use
    statements.network_delete_safe__fixed_ips(network_id=network_id)
    if statements.network_delete_safe(network_id=network_id):
        return
    if statements.network_get(network_id=network_id, project_only=False) is None:
        raise NetworkNotFound(network_id=network_id)
    raise RetryRequest(in_use)


@lone_write(ADMIN)
def network_disassociate(
    context: Any, network_id: int, disassociate_host: bool = True, disassociate_project: bool = True
) -> None:
    """Take a visible network from its host, its project, or both.

    Raises NetworkNotFound, also when there is nothing to do. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    asked = {"host": disassociate_host, "project_id": disassociate_project}
    changes = {column: None for column, clear in asked.items() if clear}
    if changes:
        found = sql(context).network_disassociate(network_id=network_id, changes=changes)
    else:
        found = sql(context).network_get(network_id=network_id, project_only=False)
    if not found:
        raise NetworkNotFound(network_id=network_id)


@lone_read(ANY)
def network_get(context: Any, network_id: int, project_only: bool | str = "allow_none") -> shapes.NetworkRow:
    """Return the visible network of an id.

    `project_only` restricts plain users: to networks of their project (True), or also to those of none
    ('allow_none'); False does not. Raises NetworkNotFound. Round trips: 1. Source: Nova Juno; Grizzly's showed all.
    """
    return _found(context, network_id, project_only)


@lone_read(ANY)
def network_get_all(context: Any, project_only: bool | str = "allow_none") -> list[shapes.NetworkRow]:
    """Return the live networks by id; `project_only` restricts plain users as in `network_get`.

    Raises NoNetworksFound when there is none. Round trips: 1. Source: Nova Juno; Grizzly's showed all.
    """
    rows = sql(context).network_get_all(project_only=project_only)
    if not rows:
        raise NoNetworksFound
    return rows


@lone_read(ANY)
def network_get_all_by_uuids(
    context: Any, network_uuids: Iterable[str], project_only: bool | str = "allow_none"
) -> list[shapes.NetworkRow]:
    """Return the live networks of some uuids, by id; `project_only` restricts plain users as in `network_get`.

    Raises NoNetworksFound when there is none of them; for the first uuid without a network
    NetworkNotFoundForProject, or NetworkNotFound when `project_only` is false.
    Round trips: 1, none for no uuid, one more for each 16,384 uuids. Source: Nova Juno and Grizzly.
    """
    uuids = each_once("network_uuids", network_uuids)
    rows: list[shapes.NetworkRow] = []
    for start in range(0, len(uuids), MAX_LIST):
        part = uuids[start : start + MAX_LIST]
        rows += sql(context).network_get_all_by_uuids(uuids=part, project_only=project_only)
    if not rows:
        raise NoNetworksFound
    found = {row["uuid"] for row in rows}
    for wanted in uuids:
        if str(wanted) in found:
            continue
        if project_only:
            raise NetworkNotFoundForProject(network_uuid=wanted, project_id=context.project_id)
        raise NetworkNotFound(network_id=wanted)
    return sorted(rows, key=lambda row: row["id"])


@lone_read(ADMIN)
def network_in_use_on_host(context: Any, network_id: int, host: str | None = None) -> bool:
    """Tell whether `network_get_associated_fixed_ips` finds an address.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).network_in_use_on_host(network_id=network_id, on_host=bool(host), host=host or None) is not None


@lone_read(ADMIN)
def network_get_associated_fixed_ips(
    context: Any, network_id: int, host: str | None = None
) -> list[shapes.NetworkGetAssociatedFixedIpsRow]:
    """Return the fixed addresses of a network that are on an interface of an instance, by id of the address.

    `host` narrows to instances there. All of them are live, whatever the context's read_deleted says. The dicts have
    the keys address, instance_uuid, network_id, vif_id, vif_address, instance_hostname, instance_updated,
    instance_created, allocated and leased. Round trips: 1. Source: Nova Juno; Grizzly left out unallocated ones.
    """
    return sql(context).network_get_associated_fixed_ips(network_id=network_id, on_host=bool(host), host=host or None)


@lone_read(ADMIN)
def network_get_by_uuid(context: Any, uuid: str) -> shapes.NetworkRow:
    """Return the live network of a uuid, of several the oldest.

    Raises NetworkNotFoundForUUID. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).network_get_by_uuid(uuid=uuid)
    if row is None:
        raise NetworkNotFoundForUUID(uuid=uuid)
    return row


@lone_read(ADMIN)
def network_get_by_cidr(context: Any, cidr: str) -> shapes.NetworkRow:
    """Return the first live network whose IPv4 or IPv6 range is `cidr`; host bits do not matter.

    Raises NetworkNotFoundForCidr. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).network_get_by_cidr(cidr=cidr_of(cidr))
    if row is None:
        raise NetworkNotFoundForCidr(cidr=cidr)
    return row


@lone_read(ADMIN)
def network_get_all_by_host(context: Any, host: str) -> list[shapes.NetworkRow]:
    """Return the live networks that concern a host, each once, by id.

    These are the networks that it serves, those of which it has visible fixed addresses, and those of visible fixed
    addresses on interfaces of its instances, where deleted interfaces and instances count too.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).network_get_all_by_host(host=host)


@lone_read(ADMIN)
def network_get_all_by_instance(context: Any, instance_id: int | str) -> list[shapes.NetworkRow]:
    """Return the live networks on which an instance has a live interface or a live fixed address, by id.

    `instance_id` is a number, or a uuid. Raises NetworkNotFoundForInstance when there is none.
    Round trips: 1. Source: Nova Grizzly.
    """
    if str(instance_id).isdecimal():
        rows = sql(context).network_get_all_by_instance__by_id(instance_id=instance_id)
    else:
        rows = sql(context).network_get_all_by_instance(instance_uuid=instance_id)
    if not rows:
        raise NetworkNotFoundForInstance(instance_id=instance_id)
    return rows


@lone_write(ADMIN)
def network_set_host(context: Any, network_id: int, host_id: str) -> str | None:
    """Give a live network to a host unless it has one, and return the host that it has then.

    Of several callers the first decides, and all get the same answer. Raises NetworkNotFound.
    Round trips: 1, or 2 when the network has a host. Source: Nova Juno and Grizzly.
    """
    host: str | None = only_columns("networks", {"host": host_id})["host"]
    if sql(context).network_set_host(network_id=network_id, host=host):
        return host
    row = sql(context).network_set_host__stored(network_id=network_id)
    if row is None:
        raise NetworkNotFound(network_id=network_id)
    if not row["host"]:
        raise RetryRequest(DBDeadlock(f"network {network_id} lost its host between two statements"))
    stored: str = row["host"]
    return stored


@writes(ANY)
def network_update(context: Any, network_id: int, values: Mapping[str, Any]) -> shapes.NetworkRow:
    """Change columns of a visible network, for plain users one of their project or of none, and return its row.

    Unknown keys are ignored; `updated_at` moves only if something changes. Raises NetworkNotFound, and DuplicateVlan
    when another live network has the vlan. Round trips: 1 or 2, and COMMIT.
    Source: Nova Juno and Grizzly.
    """
    row = _found(context, network_id, "allow_none")
    lost = NetworkNotFound(network_id=network_id)
    update = partial(sql(context).network_update, project_only="allow_none")
    try:
        return edit_row(update, "networks", row, with_cidrs(values, *_RANGES), lost=lost)
    except DBDuplicateEntry as error:
        raise _duplicate(error, {**row, **values}) from error


@guarded(ANY)
def project_get_networks(context: Any, project_id: str, associate: bool = True) -> list[shapes.NetworkRow]:
    """Return the live networks of a project, by id; one that has none is given one, as by `network_associate`.

    Without `associate` the list may be empty. Anybody may ask, but only an admin gets one for a project without
    any: else AdminRequired. Raises NoMoreNetworks.
    Round trips: 1, and those of network_associate. Source: Nova Juno and Grizzly.
    """
    rows = _networks_of(context, project_id)
    return rows if rows or not associate else [network_associate(context, project_id)]


@reader.autocommit
def _networks_of(context: Any, project_id: str) -> list[shapes.NetworkRow]:
    return sql(context).project_get_networks(project_id=project_id)


def _found(context: Any, network_id: int, project_only: bool | str) -> shapes.NetworkRow:
    row = sql(context).network_get(network_id=network_id, project_only=project_only)
    if row is None:
        raise NetworkNotFound(network_id=network_id)
    return row


def _duplicate(error: DBDuplicateEntry, values: Mapping[str, Any]) -> Exception:
    """What a refused network means to the caller: its vlan is taken, or another key is."""
    return DuplicateVlan(vlan=values.get("vlan")) if "vlan" in error.columns else error
