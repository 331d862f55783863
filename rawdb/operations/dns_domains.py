"""DNS domains: names that belong to availability zones and projects. SQL: sql/queries/*/dns_domains.sql."""

from __future__ import annotations

from typing import Any

from rawdb import rows as shapes
from rawdb.operations._operation import ADMIN, ANY, NO_GUARD, lone_read, lone_write, sql


@lone_read(ANY)
def dnsdomain_get(context: Any, fqdomain: str) -> shapes.DnsDomainRow | None:
    """Return the live domain of a name, or None. Round trips: 1. Source: Nova Juno and Grizzly."""
    return sql(context).dnsdomain_get(fqdomain=fqdomain)


@lone_read(NO_GUARD)
def dnsdomain_get_all(context: Any) -> list[shapes.DnsDomainRow]:
    """Return all live domains, by name. Round trips: 1. Source: Nova Juno."""
    return sql(context).dnsdomain_get_all()


@lone_read(ANY)
def dnsdomain_list(context: Any) -> list[str]:
    """Return the names of all live domains, in their order. Round trips: 1. Source: Nova Juno and Grizzly."""
    return [row["domain"] for row in sql(context).dnsdomain_list()]


@lone_write(ADMIN)
def dnsdomain_register_for_project(context: Any, fqdomain: str, project: str) -> None:
    """Give a domain to a project, as a public one; it is made if it is not there, and keeps its zone.

    Callers at the same time leave one row, the last one's. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    values = {"domain": fqdomain, "scope": "public", "project_id": project}
    sql(context).dnsdomain_register_for_project(values=values)


@lone_write(ADMIN)
def dnsdomain_register_for_zone(context: Any, fqdomain: str, zone: str) -> None:
    """Give a domain to an availability zone, as a private one; it is made if it is not there, and keeps its project.

    Callers at the same time leave one row, the last one's. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    values = {"domain": fqdomain, "scope": "private", "availability_zone": zone}
    sql(context).dnsdomain_register_for_zone(values=values)


@lone_write(ADMIN)
def dnsdomain_unregister(context: Any, fqdomain: str) -> None:
    """Remove a visible domain for good; one that is not there is no error.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    sql(context).dnsdomain_unregister(fqdomain=fqdomain)
