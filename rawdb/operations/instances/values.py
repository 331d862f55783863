"""What callers may put into an instance: conversions, and the hostnames that are taken."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from rawdb import timeutils
from rawdb.exceptions import DBDataError, InstanceExists
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row, only_columns
from rawdb.operations.quotas.usages import lock_projects
from rawdb.options import options
from rawdb.statements.criteria import equal

LOG = logging.getLogger(__name__)


def column_values(values: Mapping[str, Any]) -> Row:
    """The columns among `values`, converted: datetimes become naive UTC, addresses text.

    Raises AttributeError for the derived key `name`, ValueError for a text that is no datetime, DBDataError for what
    a column cannot take.
    """
    if "name" in values:
        raise AttributeError("the name of an instance is derived from its other columns")
    converted = dict(values)
    moments = [key for key in timeutils.INSTANCE_DATETIME_KEYS if key in converted]
    for key in moments:
        if converted[key] == "":
            raise DBDataError(f"instances.{key}: expected a datetime, got ''")
    timeutils.convert_datetimes(converted, moments)
    for key in ("access_ip_v4", "access_ip_v6"):
        if converted.get(key) is not None:
            converted[key] = str(converted[key])
    return only_columns("instances", converted)


def hostname_to_check(values: Mapping[str, Any]) -> str | None:
    """The hostname in `values` if hostnames are to be unique, else None."""
    scope = options.osapi_compute_unique_server_name_scope
    hostname = values.get("hostname")
    if not scope or hostname is None:
        return None
    if scope not in ("project", "global"):
        LOG.warning("osapi_compute_unique_server_name_scope is %r: expected 'project' or 'global'; not checked", scope)
        return None
    return str(hostname)


def lock_hostnames(context: Any) -> None:
    """Let nobody else give out a hostname in the scope until the transaction ends; its first statement.

    Hostnames have no unique key, and two transactions do not see each other's new rows: they stand in line at the
    project's quota lock, or at the one of no project for all of them.
    Round trips: none, it goes out with the next statement.
    """
    whole = options.osapi_compute_unique_server_name_scope == "global"
    lock_projects(sql(context), [None if whole else context.project_id])


def check_hostname(context: Any, hostname: str) -> None:
    """Raise InstanceExists when a visible instance in the scope has the hostname, in any case. Round trips: 1."""
    whole = options.osapi_compute_unique_server_name_scope == "global"
    filters = [] if whole else [equal("project_id", context.project_id)]
    wanted = hostname.lower()
    rows = sql(context).instance_create__same_hostname(pattern=_pattern(wanted), filters=filters)
    if any(row["hostname"].lower() == wanted for row in rows):
        raise InstanceExists(name=wanted)


def _pattern(hostname: str) -> str:
    """A pattern of LIKE, with `!` for escapes, that fits the hostname in any case, and perhaps others."""
    parts = (f"!{one}" if one in "%_!" else one if one.isascii() else "%" for one in hostname)
    return "".join(parts)
