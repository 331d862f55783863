"""Rows as operations show them: a row of a table with keys that are derived, renamed, or put in by asking for them.

A key that a call may leave out is NotRequired: which of its arguments add it says the operation.
"""

from datetime import datetime
from typing import NotRequired, TypedDict

from rawdb.rows._statements import InstanceGetSecurityGroupsRow, SecurityGroupGetRulesRow
from rawdb.rows._tables1 import (
    AggregateRow,
    BlockDeviceMappingRow,
    ComputeNodeRow,
    ComputeNodeStatRow,
    ConsolePoolRow,
    ConsoleRow,
    FixedIpRow,
    FloatingIpRow,
    InstanceGroupRow,
    InstanceInfoCacheRow,
    InstanceMetadataRow,
    InstanceSystemMetadataRow,
    InstanceTypeRow,
)
from rawdb.rows._tables2 import (
    InstanceRow,
    MigrationRow,
    NetworkAllocationRow,
    NetworkRow,
    PciDeviceRow,
    QuotaUsageRow,
    SecurityGroupRow,
    SecurityGroupRuleRow,
    SecurityServiceRow,
    ServiceRow,
    ShareMetadataRow,
    ShareNetworkRow,
    ShareServerRow,
    ShareSnapshotRow,
)
from rawdb.rows._tables3 import ShareRow, VolumeTypeRow

__all__ = [
    "Aggregate",
    "BlockDeviceMapping",
    "Console",
    "FixedIp",
    "FixedIpWithInstance",
    "FixedIpWithNetwork",
    "Flavor",
    "FloatingIp",
    "FloatingIpOfFixedIp",
    "FloatingIpPool",
    "GranteeGroup",
    "GrizzlyComputeNode",
    "Instance",
    "InstanceGroup",
    "InstanceInfoCache",
    "ListedInstance",
    "MigratingInstance",
    "MigrationWithInstance",
    "NamedInstance",
    "NamedShare",
    "QuotaUsage",
    "RelatedInstance",
    "SecurityGroup",
    "SecurityGroupOfInstance",
    "SecurityGroupRule",
    "SecurityGroupWithInstances",
    "SecurityGroupWithRules",
    "Service",
    "Share",
    "ShareNetwork",
    "ShareServer",
    "ShareSnapshot",
    "VolumeType",
]


class Aggregate(AggregateRow):
    """An aggregate with the names of its hosts, its metadata, and the zone among the latter."""

    hosts: list[str | None]
    metadetails: dict[str, str]
    availability_zone: str | None


class NamedInstance(InstanceRow):
    """The columns of an instance, and its derived name."""

    name: str


class Instance(NamedInstance):
    """An instance by itself. Its metadata are empty lists where they were not asked for."""

    metadata: list[InstanceMetadataRow]
    system_metadata: list[InstanceSystemMetadataRow]
    info_cache: InstanceInfoCacheRow | None
    security_groups: list[InstanceGetSecurityGroupsRow]
    pci_devices: NotRequired[list[PciDeviceRow]]
    block_device_mapping: NotRequired[list[BlockDeviceMappingRow]]


class ListedInstance(NamedInstance):
    """An instance in a list. Its metadata are empty lists where they were not asked for."""

    metadata: list[InstanceMetadataRow]
    system_metadata: list[InstanceSystemMetadataRow]
    info_cache: NotRequired[InstanceInfoCacheRow | None]
    security_groups: NotRequired[list[SecurityGroupRow]]
    pci_devices: NotRequired[list[PciDeviceRow]]
    block_device_mapping: NotRequired[list[BlockDeviceMappingRow]]


class SecurityGroupOfInstance(SecurityGroupRow):
    """A group of an instance that is itself a relation."""

    rules: NotRequired[list[SecurityGroupRuleRow]]


class RelatedInstance(NamedInstance):
    """An instance that an address or a group leads to, with the relations asked for."""

    metadata: NotRequired[list[InstanceMetadataRow]]
    system_metadata: NotRequired[list[InstanceSystemMetadataRow]]
    info_cache: NotRequired[InstanceInfoCacheRow | None]
    security_groups: NotRequired[list[SecurityGroupOfInstance]]
    pci_devices: NotRequired[list[PciDeviceRow]]
    block_device_mapping: NotRequired[list[BlockDeviceMappingRow]]


class BlockDeviceMapping(BlockDeviceMappingRow):
    """A disk, with its instance where that is asked for."""

    instance: NotRequired[NamedInstance | None]


class Console(ConsoleRow):
    """A console, with its pool where that is asked for."""

    pool: NotRequired[ConsolePoolRow | None]


class FloatingIpOfFixedIp(FloatingIpRow):
    """A floating address that leads to a fixed one."""

    fixed_ip: NotRequired[FixedIpRow]


class FixedIp(FixedIpRow):
    """A fixed address with the relations asked for."""

    network: NotRequired[NetworkRow | None]
    instance: NotRequired[RelatedInstance | None]
    floating_ips: NotRequired[list[FloatingIpOfFixedIp]]


class FixedIpWithNetwork(FixedIpRow):
    """A fixed address and its network."""

    network: NetworkRow | None


class FixedIpWithInstance(FixedIpRow):
    """A fixed address and its instance."""

    instance: NamedInstance | None


class FloatingIp(FloatingIpRow):
    """A floating address and the fixed one that it leads to."""

    fixed_ip: FixedIpWithInstance | None


class FloatingIpPool(TypedDict):
    """The name of a pool of floating addresses."""

    name: str | None


class Flavor(InstanceTypeRow):
    """A flavor with its extra specs."""

    extra_specs: dict[str, str | None]


class InstanceGroup(InstanceGroupRow):
    """A group of instances with its policies, the uuids of its members, and its metadata."""

    policies: list[str | None]
    members: list[str | None]
    metadetails: dict[str, str | None]


class InstanceInfoCache(TypedDict):
    """A cache as it was written; where another one stood in its way, the values given, and no id."""

    id: int | None
    network_info: str | None
    instance_uuid: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class MigratingInstance(NamedInstance):
    """The instance of a migration."""

    system_metadata: list[InstanceSystemMetadataRow]


class MigrationWithInstance(MigrationRow):
    """A migration and its instance."""

    instance: MigratingInstance | None


class QuotaUsage(QuotaUsageRow):
    """A usage, and the sum of what is in use and what is reserved."""

    total: int


class GranteeGroup(SecurityGroupRow):
    """A group that a rule lets in, with its instances where they are asked for."""

    instances: NotRequired[list[RelatedInstance]]


class SecurityGroupRule(SecurityGroupRuleRow):
    """A rule, with the group that it lets in where that is asked for."""

    grantee_group: NotRequired[GranteeGroup | None]


class SecurityGroup(SecurityGroupRow):
    """A group with the relations asked for."""

    rules: NotRequired[list[SecurityGroupRule]]
    instances: NotRequired[list[RelatedInstance]]


class SecurityGroupWithRules(SecurityGroupRow):
    """A group with its rules, and its instances where they are asked for."""

    rules: list[SecurityGroupGetRulesRow]
    instances: NotRequired[list[RelatedInstance]]


class SecurityGroupWithInstances(SecurityGroupRow):
    """A group with its rules and its instances."""

    rules: list[SecurityGroupGetRulesRow]
    instances: list[RelatedInstance]


class Service(ServiceRow):
    """A service, with its compute nodes where they are asked for."""

    compute_node: NotRequired[list[ComputeNodeRow]]


class NamedShare(ShareRow):
    """The columns of a share, and its derived name."""

    name: str


class Share(NamedShare):
    """A share with its metadata and its type."""

    share_metadata: list[ShareMetadataRow]
    volume_type: VolumeTypeRow | None


class ShareNetwork(ShareNetworkRow):
    """A share network with its shares, security services and servers."""

    shares: list[NamedShare]
    security_services: list[SecurityServiceRow]
    share_servers: list[ShareServerRow]


class ShareServer(ShareServerRow):
    """A share server with its shares, network allocations, network and backend details."""

    shares: list[NamedShare]
    network_allocations: list[NetworkAllocationRow]
    share_network: ShareNetworkRow | None
    backend_details: dict[str, str]


class ShareSnapshot(ShareSnapshotRow):
    """A snapshot with its derived names and its share."""

    name: str
    share_name: str
    share: NamedShare | None


class VolumeType(VolumeTypeRow):
    """A volume type with its extra specs."""

    extra_specs: dict[str, str | None]


class GrizzlyComputeNode(TypedDict):
    """A compute node of rawdb.compat.nova_grizzly: `stats` is no text there, but rows."""

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
    stats: list[ComputeNodeStatRow]
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None
    service: NotRequired[ServiceRow | None]
