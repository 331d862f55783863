"""Rows of tables.

Written by `rawdb sql types` from the declared tables and the statements: do not edit. With `--check` the
command says whether it is what would be written now.
"""

from datetime import datetime
from typing import TypedDict

__all__ = [
    "ShareRow",
    "SnapshotIdMappingRow",
    "SnapshotRow",
    "TaskLogRow",
    "VirtualInterfaceRow",
    "VolumeIdMappingRow",
    "VolumeRow",
    "VolumeTypeExtraSpecRow",
    "VolumeTypeRow",
    "VolumeUsageCacheRow",
]


class ShareRow(TypedDict):
    """A row of shares."""

    id: str
    user_id: str | None
    project_id: str | None
    host: str | None
    size: int | None
    availability_zone: str | None
    status: str | None
    scheduled_at: datetime | None
    launched_at: datetime | None
    terminated_at: datetime | None
    display_name: str | None
    display_description: str | None
    snapshot_id: str | None
    share_proto: str | None
    export_location: str | None
    share_network_id: str | None
    volume_type_id: str | None
    share_server_id: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class SnapshotIdMappingRow(TypedDict):
    """A row of snapshot_id_mappings."""

    id: int
    uuid: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class SnapshotRow(TypedDict):
    """A row of snapshots."""

    id: str
    user_id: str | None
    project_id: str | None
    volume_id: str
    status: str | None
    progress: str | None
    volume_size: int | None
    scheduled_at: datetime | None
    display_name: str | None
    display_description: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class TaskLogRow(TypedDict):
    """A row of task_log."""

    id: int
    task_name: str
    state: str
    host: str
    period_beginning: datetime
    period_ending: datetime
    message: str
    task_items: int | None
    errors: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class VirtualInterfaceRow(TypedDict):
    """A row of virtual_interfaces."""

    id: int
    address: str | None
    network_id: int | None
    instance_uuid: str | None
    uuid: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class VolumeIdMappingRow(TypedDict):
    """A row of volume_id_mappings."""

    id: int
    uuid: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class VolumeTypeExtraSpecRow(TypedDict):
    """A row of volume_type_extra_specs."""

    id: int
    key: str | None
    value: str | None
    volume_type_id: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class VolumeTypeRow(TypedDict):
    """A row of volume_types."""

    id: str
    name: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class VolumeUsageCacheRow(TypedDict):
    """A row of volume_usage_cache."""

    id: int
    volume_id: str
    instance_uuid: str | None
    project_id: str | None
    user_id: str | None
    availability_zone: str | None
    tot_last_refreshed: datetime | None
    tot_reads: int | None
    tot_read_bytes: int | None
    tot_writes: int | None
    tot_write_bytes: int | None
    curr_last_refreshed: datetime | None
    curr_reads: int | None
    curr_read_bytes: int | None
    curr_writes: int | None
    curr_write_bytes: int | None
    instance_id: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class VolumeRow(TypedDict):
    """A row of volumes."""

    id: str
    ec2_id: str | None
    user_id: str | None
    project_id: str | None
    snapshot_id: str | None
    host: str | None
    size: int | None
    availability_zone: str | None
    instance_uuid: str | None
    mountpoint: str | None
    attach_time: datetime | None
    status: str | None
    attach_status: str | None
    scheduled_at: datetime | None
    launched_at: datetime | None
    terminated_at: datetime | None
    display_name: str | None
    display_description: str | None
    provider_location: str | None
    provider_auth: str | None
    volume_type_id: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None
