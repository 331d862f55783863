"""What really exists, counted: the functions that refresh quota usages, by the names that resources carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rawdb.exceptions import QuotaResourceUnknown
from rawdb.options import options

#: Called with an elevated context, the project, the user and the statements of the running transaction.
SyncFunction = Callable[[Any, Any, Any, Any], Mapping[str, Any]]

#: Resources that are counted for the project as a whole, never for one of its users. Read at every call.
PER_PROJECT_QUOTAS = ["fixed_ips", "floating_ips", "networks"]


def _sync_instances(context: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
    row: dict[str, int] = session.quota_reserve__sync_instances(**_owner(project_id, user_id))
    return row


def _sync_floating_ips(context: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
    return {"floating_ips": session.quota_reserve__sync_floating_ips(project_id=project_id)}


def _sync_fixed_ips(context: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
    return {"fixed_ips": session.quota_reserve__sync_fixed_ips(project_id=project_id)}


def _sync_security_groups(context: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
    owner = {"project_id": project_id, "user_id": user_id, "of_user": user_id is not None}
    return {"security_groups": session.quota_reserve__sync_security_groups(**owner)}


def _sync_shares(context: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
    return {"shares": session.quota_reserve__sync_shares(**_owner(project_id, user_id))}


def _sync_snapshots(context: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
    return {"snapshots": session.quota_reserve__sync_snapshots(**_owner(project_id, user_id))}


def _sync_gigabytes(context: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
    sizes: dict[str, int] = session.quota_reserve__sync_gigabytes(**_owner(project_id, user_id))
    counted = sizes["shares"] if options.no_snapshot_gb_quota else sizes["shares"] + sizes["snapshots"]
    return {"gigabytes": counted}


def _sync_share_networks(context: Any, project_id: Any, user_id: Any, session: Any) -> dict[str, int]:
    owner = {"project_id": project_id, "user_id": user_id, "of_user": user_id is not None}
    return {"share_networks": session.quota_reserve__sync_share_networks(**owner)}


def _owner(project_id: Any, user_id: Any) -> dict[str, Any]:
    """The project's rows, only the user's if one is named."""
    return {"project_id": project_id, "user_id": user_id or None, "of_user": bool(user_id)}


#: Names of sync functions and the functions; entries may be added, replaced and removed at any time.
QUOTA_SYNC_FUNCTIONS: dict[str, SyncFunction] = {
    "_sync_instances": _sync_instances,
    "_sync_floating_ips": _sync_floating_ips,
    "_sync_fixed_ips": _sync_fixed_ips,
    "_sync_security_groups": _sync_security_groups,
    "_sync_shares": _sync_shares,
    "_sync_snapshots": _sync_snapshots,
    "_sync_gigabytes": _sync_gigabytes,
    "_sync_share_networks": _sync_share_networks,
}


def sync_function(resources: Mapping[str, Any], resource: str) -> SyncFunction:
    """The function that counts a resource: its `sync`, a callable or a name in the registry.

    Raises QuotaResourceUnknown where there is none.
    """
    sync = getattr(resources.get(resource), "sync", None)
    function = QUOTA_SYNC_FUNCTIONS.get(sync) if isinstance(sync, str) else sync
    if function is None:
        raise QuotaResourceUnknown(unknown=[resource])
    return function
