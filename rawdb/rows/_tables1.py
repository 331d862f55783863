"""Rows of tables.

Written by `rawdb sql types` from the declared tables and the statements: do not edit. With `--check` the
command says whether it is what would be written now.
"""

from datetime import datetime
from typing import TypedDict

__all__ = [
    "AgentBuildRow",
    "AggregateHostRow",
    "AggregateMetadataRow",
    "AggregateRow",
    "BlockDeviceMappingRow",
    "BwUsageCacheRow",
    "CellRow",
    "CertificateRow",
    "ComputeNodeRow",
    "ComputeNodeStatRow",
    "ConsolePoolRow",
    "ConsoleRow",
    "DnsDomainRow",
    "FixedIpRow",
    "FloatingIpRow",
    "InstanceActionRow",
    "InstanceActionsEventRow",
    "InstanceFaultRow",
    "InstanceGroupMemberRow",
    "InstanceGroupMetadataRow",
    "InstanceGroupPolicyRow",
    "InstanceGroupRow",
    "InstanceIdMappingRow",
    "InstanceInfoCacheRow",
    "InstanceMetadataRow",
    "InstanceSystemMetadataRow",
    "InstanceTypeExtraSpecRow",
    "InstanceTypeProjectRow",
    "InstanceTypeRow",
]


class AgentBuildRow(TypedDict):
    """A row of agent_builds."""

    id: int
    hypervisor: str | None
    os: str | None
    architecture: str | None
    version: str | None
    url: str | None
    md5hash: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class AggregateHostRow(TypedDict):
    """A row of aggregate_hosts."""

    id: int
    host: str | None
    aggregate_id: int
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class AggregateMetadataRow(TypedDict):
    """A row of aggregate_metadata."""

    id: int
    key: str
    value: str
    aggregate_id: int
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class AggregateRow(TypedDict):
    """A row of aggregates."""

    id: int
    name: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class BlockDeviceMappingRow(TypedDict):
    """A row of block_device_mapping."""

    id: int
    instance_uuid: str | None
    source_type: str | None
    destination_type: str | None
    guest_format: str | None
    device_type: str | None
    disk_bus: str | None
    boot_index: int | None
    device_name: str | None
    delete_on_termination: bool | None
    snapshot_id: str | None
    volume_id: str | None
    volume_size: int | None
    image_id: str | None
    no_device: bool | None
    connection_info: str | None
    virtual_name: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class BwUsageCacheRow(TypedDict):
    """A row of bw_usage_cache."""

    id: int
    uuid: str | None
    mac: str | None
    start_period: datetime
    last_refreshed: datetime | None
    bw_in: int | None
    bw_out: int | None
    last_ctr_in: int | None
    last_ctr_out: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class CellRow(TypedDict):
    """A row of cells."""

    id: int
    name: str | None
    api_url: str | None
    transport_url: str | None
    weight_offset: float | None
    weight_scale: float | None
    is_parent: bool | None
    username: str | None
    password: str | None
    rpc_host: str | None
    rpc_port: int | None
    rpc_virtual_host: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class CertificateRow(TypedDict):
    """A row of certificates."""

    id: int
    user_id: str | None
    project_id: str | None
    file_name: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ComputeNodeStatRow(TypedDict):
    """A row of compute_node_stats."""

    id: int
    key: str
    value: str | None
    compute_node_id: int
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ComputeNodeRow(TypedDict):
    """A row of compute_nodes."""

    id: int
    service_id: int
    vcpus: int
    memory_mb: int
    local_gb: int
    vcpus_used: int
    memory_mb_used: int
    local_gb_used: int
    hypervisor_type: str
    hypervisor_version: int
    hypervisor_hostname: str | None
    free_ram_mb: int | None
    free_disk_gb: int | None
    current_workload: int | None
    running_vms: int | None
    cpu_info: str
    disk_available_least: int | None
    host_ip: str | None
    supported_instances: str | None
    metrics: str | None
    pci_stats: str | None
    extra_resources: str | None
    stats: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ConsolePoolRow(TypedDict):
    """A row of console_pools."""

    id: int
    address: str | None
    username: str | None
    password: str | None
    console_type: str | None
    public_hostname: str | None
    host: str | None
    compute_host: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ConsoleRow(TypedDict):
    """A row of consoles."""

    id: int
    instance_name: str | None
    instance_uuid: str | None
    password: str | None
    port: int | None
    pool_id: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class DnsDomainRow(TypedDict):
    """A row of dns_domains."""

    domain: str
    scope: str | None
    availability_zone: str | None
    project_id: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: bool | None


class FixedIpRow(TypedDict):
    """A row of fixed_ips."""

    id: int
    address: str | None
    network_id: int | None
    virtual_interface_id: int | None
    instance_uuid: str | None
    allocated: bool | None
    leased: bool | None
    reserved: bool | None
    host: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class FloatingIpRow(TypedDict):
    """A row of floating_ips."""

    id: int
    address: str | None
    fixed_ip_id: int | None
    project_id: str | None
    host: str | None
    auto_assigned: bool | None
    pool: str | None
    interface: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceActionRow(TypedDict):
    """A row of instance_actions."""

    id: int
    action: str | None
    instance_uuid: str | None
    request_id: str | None
    user_id: str | None
    project_id: str | None
    start_time: datetime | None
    finish_time: datetime | None
    message: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceActionsEventRow(TypedDict):
    """A row of instance_actions_events."""

    id: int
    event: str | None
    action_id: int | None
    start_time: datetime | None
    finish_time: datetime | None
    result: str | None
    traceback: str | None
    host: str | None
    details: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceFaultRow(TypedDict):
    """A row of instance_faults."""

    id: int
    instance_uuid: str | None
    code: int
    message: str | None
    details: str | None
    host: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceGroupMemberRow(TypedDict):
    """A row of instance_group_member."""

    id: int
    instance_id: str | None
    group_id: int
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceGroupMetadataRow(TypedDict):
    """A row of instance_group_metadata."""

    id: int
    key: str | None
    value: str | None
    group_id: int
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceGroupPolicyRow(TypedDict):
    """A row of instance_group_policy."""

    id: int
    policy: str | None
    group_id: int
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceGroupRow(TypedDict):
    """A row of instance_groups."""

    id: int
    user_id: str | None
    project_id: str | None
    uuid: str
    name: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceIdMappingRow(TypedDict):
    """A row of instance_id_mappings."""

    id: int
    uuid: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceInfoCacheRow(TypedDict):
    """A row of instance_info_caches."""

    id: int
    network_info: str | None
    instance_uuid: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceMetadataRow(TypedDict):
    """A row of instance_metadata."""

    id: int
    key: str | None
    value: str | None
    instance_uuid: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceSystemMetadataRow(TypedDict):
    """A row of instance_system_metadata."""

    id: int
    key: str
    value: str | None
    instance_uuid: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceTypeExtraSpecRow(TypedDict):
    """A row of instance_type_extra_specs."""

    id: int
    key: str | None
    value: str | None
    instance_type_id: int
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceTypeProjectRow(TypedDict):
    """A row of instance_type_projects."""

    id: int
    instance_type_id: int
    project_id: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class InstanceTypeRow(TypedDict):
    """A row of instance_types."""

    id: int
    name: str | None
    memory_mb: int
    vcpus: int
    root_gb: int | None
    ephemeral_gb: int | None
    flavorid: str | None
    swap: int
    rxtx_factor: float | None
    vcpu_weight: int | None
    disabled: bool | None
    is_public: bool | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None
