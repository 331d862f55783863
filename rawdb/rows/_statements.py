"""Rows of statements.

Written by `rawdb sql types` from the declared tables and the statements: do not edit. With `--check` the
command says whether it is what would be written now.
"""

from datetime import datetime
from typing import Any, TypedDict

from ._tables1 import (
    AggregateHostRow,
    AggregateRow,
    BlockDeviceMappingRow,
    ComputeNodeRow,
    ConsolePoolRow,
    ConsoleRow,
    FixedIpRow,
    FloatingIpRow,
    InstanceGroupMemberRow,
    InstanceGroupMetadataRow,
    InstanceGroupPolicyRow,
    InstanceGroupRow,
    InstanceInfoCacheRow,
    InstanceMetadataRow,
    InstanceSystemMetadataRow,
    InstanceTypeRow,
)
from ._tables2 import (
    InstanceRow,
    NetworkAllocationRow,
    NetworkRow,
    PciDeviceRow,
    SecurityGroupRow,
    SecurityGroupRuleRow,
    SecurityServiceRow,
    ServiceRow,
    ShareMetadataRow,
    ShareNetworkRow,
    ShareServerBackendDetailRow,
    ShareServerRow,
    ShareSnapshotRow,
)
from ._tables3 import (
    ShareRow,
    VolumeTypeRow,
)

__all__ = [
    "AggregateGetRow",
    "AggregateHostGetAllRow",
    "AggregateHostGetByMetadataKeyRow",
    "AggregateMetadataGetByHostRow",
    "AggregateMetadataGetRow",
    "ComputeNodeGetRow",
    "ComputeNodeStatisticsRow",
    "ConsoleGetRow",
    "ConsolePoolGetByHostTypeRow",
    "DnsdomainListRow",
    "FixedIpGetByAddressDetailedRow",
    "FixedIpGetByAddressRow",
    "FixedIpGetRow",
    "FlavorGetRow",
    "FloatingIpGetFixedIpRow",
    "FloatingIpGetPoolsRow",
    "FloatingIpGetRow",
    "InstanceDataGetForProjectRow",
    "InstanceFloatingAddressGetAllRow",
    "InstanceGetAllRow",
    "InstanceGetFloatingAddressRow",
    "InstanceGetRow",
    "InstanceGetSecurityGroupsRow",
    "InstanceGroupGetRow",
    "InstanceGroupMembersGetRow",
    "InstanceGroupPoliciesGetRow",
    "InstanceSystemMetadataGetRow",
    "NetworkGetAssociatedFixedIpsRow",
    "QuotaClassGetDefaultRow",
    "QuotaGetAllByProjectRow",
    "QuotaUsageGetAllByProjectRow",
    "SecurityGroupGetRow",
    "SecurityGroupGetRulesRow",
    "SecurityGroupRuleGetBySecurityGroupRow",
    "ServiceGetAllShareSortedRow",
    "ServiceGetRow",
    "ShareDataGetForProjectRow",
    "ShareGetRow",
    "ShareMetadataGetRow",
    "ShareNetworkGetRow",
    "ShareServerGetRow",
    "ShareSnapshotGetRow",
    "SnapshotDataGetForProjectRow",
    "VolumeTypeGetRow",
]


class AggregateGetRow(AggregateRow):
    """A row of aggregate_get, and of statements like it."""

    hosts: list[AggregateHostRow]
    metadetails: dict[str, Any]


class AggregateHostGetAllRow(TypedDict):
    """A row of aggregate_host_get_all."""

    id: int | None
    host: str | None


class AggregateHostGetByMetadataKeyRow(TypedDict):
    """A row of aggregate_host_get_by_metadata_key."""

    host: str | None
    value: str


class AggregateMetadataGetRow(TypedDict):
    """A row of aggregate_metadata_get, and of statements like it."""

    id: int | None
    key: str | None
    value: str | None


class AggregateMetadataGetByHostRow(TypedDict):
    """A row of aggregate_metadata_get_by_host, and of statements like it."""

    key: str
    value: str


class ComputeNodeGetRow(ComputeNodeRow):
    """A row of compute_node_get, and of statements like it."""

    service: ServiceRow | None


class ComputeNodeStatisticsRow(TypedDict):
    """A row of compute_node_statistics."""

    nodes: Any
    vcpus: Any
    memory_mb: Any
    local_gb: Any
    vcpus_used: Any
    memory_mb_used: Any
    local_gb_used: Any
    free_ram_mb: Any
    free_disk_gb: Any
    current_workload: Any
    running_vms: Any
    disk_available_least: Any


class ConsoleGetRow(ConsoleRow):
    """A row of console_get, and of statements like it."""

    pool: ConsolePoolRow | None


class ConsolePoolGetByHostTypeRow(ConsolePoolRow):
    """A row of console_pool_get_by_host_type, and of statements like it."""

    consoles: list[ConsoleRow]


class DnsdomainListRow(TypedDict):
    """A row of dnsdomain_list."""

    domain: str


class FixedIpGetRow(FixedIpRow):
    """A row of fixed_ip_get."""

    owner_id: int | None
    owner_project_id: str | None
    network: NetworkRow | None


class FixedIpGetByAddressRow(FixedIpRow):
    """A row of fixed_ip_get_by_address."""

    owner_id: int | None
    owner_project_id: str | None
    network: NetworkRow | None
    instance: InstanceRow | None
    floating_ips: list[FloatingIpRow]


class FixedIpGetByAddressDetailedRow(FixedIpRow):
    """A row of fixed_ip_get_by_address_detailed."""

    network: NetworkRow | None
    instance: InstanceRow | None


class FlavorGetRow(InstanceTypeRow):
    """A row of flavor_get, and of statements like it."""

    extra_specs: dict[str, Any]


class FloatingIpGetFixedIpRow(FixedIpRow):
    """A row of fixed_ips under the key `fixed_ip`."""

    instance: InstanceRow | None


class FloatingIpGetRow(FloatingIpRow):
    """A row of floating_ip_get, and of statements like it."""

    fixed_ip: FloatingIpGetFixedIpRow | None


class FloatingIpGetPoolsRow(TypedDict):
    """A row of floating_ip_get_pools."""

    pool: Any


class InstanceDataGetForProjectRow(TypedDict):
    """A row of instance_data_get_for_project."""

    instances: Any
    vcpus: Any
    memory_mb: Any


class InstanceFloatingAddressGetAllRow(TypedDict):
    """A row of instance_floating_address_get_all."""

    fixed_ip_id: int | None
    floating_ip_id: int | None
    address: str | None


class InstanceGetSecurityGroupsRow(SecurityGroupRow):
    """A row of security_groups under the key `security_groups`."""

    rules: list[SecurityGroupRuleRow]


class InstanceGetRow(InstanceRow):
    """A row of instance_get, and of statements like it."""

    info_cache: InstanceInfoCacheRow | None
    security_groups: list[InstanceGetSecurityGroupsRow]
    metadata: list[InstanceMetadataRow]
    system_metadata: list[InstanceSystemMetadataRow]
    pci_devices: list[PciDeviceRow]
    block_device_mapping: list[BlockDeviceMappingRow]


class InstanceGetAllRow(InstanceRow):
    """A row of instance_get_all, and of statements like it."""

    info_cache: InstanceInfoCacheRow | None
    security_groups: list[SecurityGroupRow]
    metadata: list[InstanceMetadataRow]
    system_metadata: list[InstanceSystemMetadataRow]
    pci_devices: list[PciDeviceRow]
    block_device_mapping: list[BlockDeviceMappingRow]


class InstanceGetFloatingAddressRow(TypedDict):
    """A row of instance_get_floating_address."""

    uuid: str | None
    fixed_ip_id: int | None
    address: Any


class InstanceGroupGetRow(InstanceGroupRow):
    """A row of instance_group_get, and of statements like it."""

    policies: list[InstanceGroupPolicyRow]
    members: list[InstanceGroupMemberRow]
    metadetails: list[InstanceGroupMetadataRow]


class InstanceGroupMembersGetRow(TypedDict):
    """A row of instance_group_members_get."""

    id: int | None
    instance_id: str | None


class InstanceGroupPoliciesGetRow(TypedDict):
    """A row of instance_group_policies_get."""

    id: int | None
    policy: str | None


class InstanceSystemMetadataGetRow(TypedDict):
    """A row of instance_system_metadata_get."""

    key: str
    value: str | None


class NetworkGetAssociatedFixedIpsRow(TypedDict):
    """A row of network_get_associated_fixed_ips."""

    address: str | None
    instance_uuid: str | None
    network_id: int | None
    vif_id: int | None
    vif_address: str | None
    instance_hostname: str | None
    instance_updated: datetime | None
    instance_created: datetime | None
    allocated: bool | None
    leased: bool | None


class QuotaClassGetDefaultRow(TypedDict):
    """A row of quota_class_get_default, and of statements like it."""

    resource: str | None
    hard_limit: int | None


class QuotaGetAllByProjectRow(TypedDict):
    """A row of quota_get_all_by_project, and of statements like it."""

    resource: str
    hard_limit: int | None


class QuotaUsageGetAllByProjectRow(TypedDict):
    """A row of quota_usage_get_all_by_project, and of statements like it."""

    resource: str | None
    in_use: Any
    reserved: Any


class SecurityGroupGetRulesRow(SecurityGroupRuleRow):
    """A row of security_group_rules under the key `rules`."""

    grantee_group: SecurityGroupRow | None


class SecurityGroupGetRow(SecurityGroupRow):
    """A row of security_group_get, and of statements like it."""

    rules: list[SecurityGroupGetRulesRow]


class SecurityGroupRuleGetBySecurityGroupRow(SecurityGroupRuleRow):
    """A row of security_group_rule_get_by_security_group."""

    grantee_group: SecurityGroupRow | None


class ServiceGetRow(ServiceRow):
    """A row of service_get, and of statements like it."""

    compute_node: list[ComputeNodeRow]


class ServiceGetAllShareSortedRow(ServiceRow):
    """A row of service_get_all_share_sorted."""

    share_gigabytes: Any


class ShareDataGetForProjectRow(TypedDict):
    """A row of share_data_get_for_project."""

    shares: Any
    gigabytes: Any


class ShareGetRow(ShareRow):
    """A row of share_get, and of statements like it."""

    share_metadata: list[ShareMetadataRow]
    volume_type: VolumeTypeRow | None


class ShareMetadataGetRow(TypedDict):
    """A row of share_metadata_get, and of statements like it."""

    key: str | None
    value: str | None


class ShareNetworkGetRow(ShareNetworkRow):
    """A row of share_network_get, and of statements like it."""

    shares: list[ShareRow]
    security_services: list[SecurityServiceRow]
    share_servers: list[ShareServerRow]


class ShareServerGetRow(ShareServerRow):
    """A row of share_server_get, and of statements like it."""

    shares: list[ShareRow]
    network_allocations: list[NetworkAllocationRow]
    share_network: ShareNetworkRow | None
    backend_details: list[ShareServerBackendDetailRow]


class ShareSnapshotGetRow(ShareSnapshotRow):
    """A row of share_snapshot_get, and of statements like it."""

    share: ShareRow | None


class SnapshotDataGetForProjectRow(TypedDict):
    """A row of snapshot_data_get_for_project, and of statements like it."""

    snapshots: Any
    gigabytes: Any


class VolumeTypeGetRow(VolumeTypeRow):
    """A row of volume_type_get, and of statements like it."""

    extra_specs: dict[str, Any]
