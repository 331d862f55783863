"""Rows of tables.

Written by `rawdb sql types` from the declared tables and the statements: do not edit. With `--check` the
command says whether it is what would be written now.
"""

from datetime import datetime
from typing import TypedDict

__all__ = [
    "InstanceRow",
    "IscsiTargetRow",
    "KeyPairRow",
    "ManilaNodeRow",
    "MigrationRow",
    "NetworkAllocationRow",
    "NetworkRow",
    "PciDeviceRow",
    "ProjectUserQuotaRow",
    "ProviderFwRuleRow",
    "QuotaClassRow",
    "QuotaLockRow",
    "QuotaRow",
    "QuotaUsageRow",
    "ReservationRow",
    "S3ImageRow",
    "SecurityGroupDefaultRuleRow",
    "SecurityGroupInstanceAssociationRow",
    "SecurityGroupRow",
    "SecurityGroupRuleRow",
    "SecurityServiceRow",
    "ServiceRow",
    "ShareAccessMapRow",
    "ShareMetadataRow",
    "ShareNetworkRow",
    "ShareNetworkSecurityServiceAssociationRow",
    "ShareServerBackendDetailRow",
    "ShareServerRow",
    "ShareSnapshotRow",
]


class InstanceRow(TypedDict):
    """A row of instances."""

    id: int
    user_id: str | None
    project_id: str | None
    image_ref: str | None
    kernel_id: str | None
    ramdisk_id: str | None
    hostname: str | None
    launch_index: int | None
    key_name: str | None
    key_data: str | None
    power_state: int | None
    vm_state: str | None
    task_state: str | None
    memory_mb: int | None
    vcpus: int | None
    root_gb: int | None
    ephemeral_gb: int | None
    ephemeral_key_uuid: str | None
    host: str | None
    node: str | None
    instance_type_id: int | None
    user_data: str | None
    reservation_id: str | None
    scheduled_at: datetime | None
    launched_at: datetime | None
    terminated_at: datetime | None
    availability_zone: str | None
    display_name: str | None
    display_description: str | None
    launched_on: str | None
    locked: bool | None
    locked_by: str | None
    os_type: str | None
    architecture: str | None
    vm_mode: str | None
    uuid: str | None
    root_device_name: str | None
    default_ephemeral_device: str | None
    default_swap_device: str | None
    config_drive: str | None
    access_ip_v4: str | None
    access_ip_v6: str | None
    auto_disk_config: bool | None
    progress: int | None
    shutdown_terminate: bool | None
    disable_terminate: bool | None
    cell_name: str | None
    internal_id: int | None
    cleaned: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class IscsiTargetRow(TypedDict):
    """A row of iscsi_targets."""

    id: int
    target_num: int | None
    host: str | None
    volume_id: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class KeyPairRow(TypedDict):
    """A row of key_pairs."""

    id: int
    name: str | None
    user_id: str | None
    fingerprint: str | None
    public_key: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ManilaNodeRow(TypedDict):
    """A row of manila_nodes."""

    id: int
    service_id: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class MigrationRow(TypedDict):
    """A row of migrations."""

    id: int
    source_compute: str | None
    dest_compute: str | None
    source_node: str | None
    dest_node: str | None
    dest_host: str | None
    old_instance_type_id: int | None
    new_instance_type_id: int | None
    instance_uuid: str | None
    status: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class NetworkAllocationRow(TypedDict):
    """A row of network_allocations."""

    id: str
    ip_address: str | None
    mac_address: str | None
    share_server_id: str
    status: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class NetworkRow(TypedDict):
    """A row of networks."""

    id: int
    label: str | None
    injected: bool | None
    cidr: str | None
    cidr_v6: str | None
    multi_host: bool | None
    gateway_v6: str | None
    netmask_v6: str | None
    netmask: str | None
    bridge: str | None
    bridge_interface: str | None
    gateway: str | None
    broadcast: str | None
    dns1: str | None
    dns2: str | None
    vlan: int | None
    vpn_public_address: str | None
    vpn_public_port: int | None
    vpn_private_address: str | None
    dhcp_start: str | None
    rxtx_base: int | None
    project_id: str | None
    priority: int | None
    host: str | None
    uuid: str | None
    mtu: int | None
    dhcp_server: str | None
    enable_dhcp: bool | None
    share_address: bool | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class PciDeviceRow(TypedDict):
    """A row of pci_devices."""

    id: int
    compute_node_id: int
    address: str
    vendor_id: str | None
    product_id: str | None
    dev_type: str | None
    dev_id: str | None
    label: str
    status: str
    extra_info: str | None
    instance_uuid: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int


class ProjectUserQuotaRow(TypedDict):
    """A row of project_user_quotas."""

    id: int
    project_id: str
    user_id: str
    resource: str
    hard_limit: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ProviderFwRuleRow(TypedDict):
    """A row of provider_fw_rules."""

    id: int
    protocol: str | None
    from_port: int | None
    to_port: int | None
    cidr: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class QuotaClassRow(TypedDict):
    """A row of quota_classes."""

    id: int
    class_name: str | None
    resource: str | None
    hard_limit: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class QuotaLockRow(TypedDict):
    """A row of quota_locks."""

    project_id: str
    version: int


class QuotaUsageRow(TypedDict):
    """A row of quota_usages."""

    id: int
    project_id: str | None
    user_id: str | None
    resource: str | None
    in_use: int
    reserved: int
    until_refresh: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class QuotaRow(TypedDict):
    """A row of quotas."""

    id: int
    project_id: str | None
    resource: str
    hard_limit: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ReservationRow(TypedDict):
    """A row of reservations."""

    id: int
    uuid: str
    usage_id: int
    project_id: str | None
    user_id: str | None
    resource: str | None
    delta: int
    expire: datetime | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class S3ImageRow(TypedDict):
    """A row of s3_images."""

    id: int
    uuid: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class SecurityGroupDefaultRuleRow(TypedDict):
    """A row of security_group_default_rules."""

    id: int
    protocol: str | None
    from_port: int | None
    to_port: int | None
    cidr: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class SecurityGroupInstanceAssociationRow(TypedDict):
    """A row of security_group_instance_association."""

    id: int
    security_group_id: int | None
    instance_uuid: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class SecurityGroupRuleRow(TypedDict):
    """A row of security_group_rules."""

    id: int
    parent_group_id: int | None
    protocol: str | None
    from_port: int | None
    to_port: int | None
    cidr: str | None
    group_id: int | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class SecurityGroupRow(TypedDict):
    """A row of security_groups."""

    id: int
    name: str | None
    description: str | None
    user_id: str | None
    project_id: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class SecurityServiceRow(TypedDict):
    """A row of security_services."""

    id: str
    project_id: str
    type: str
    dns_ip: str | None
    server: str | None
    domain: str | None
    user: str | None
    password: str | None
    name: str | None
    description: str | None
    status: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class ServiceRow(TypedDict):
    """A row of services."""

    id: int
    host: str | None
    binary: str | None
    topic: str | None
    report_count: int
    disabled: bool | None
    disabled_reason: str | None
    availability_zone: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ShareAccessMapRow(TypedDict):
    """A row of share_access_map."""

    id: str
    share_id: str
    access_type: str | None
    access_to: str | None
    state: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class ShareMetadataRow(TypedDict):
    """A row of share_metadata."""

    id: int
    key: str
    value: str
    share_id: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ShareNetworkSecurityServiceAssociationRow(TypedDict):
    """A row of share_network_security_service_association."""

    id: int
    share_network_id: str
    security_service_id: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: int | None


class ShareNetworkRow(TypedDict):
    """A row of share_networks."""

    id: str
    project_id: str
    user_id: str | None
    neutron_net_id: str | None
    neutron_subnet_id: str | None
    network_type: str | None
    segmentation_id: int | None
    cidr: str | None
    ip_version: int | None
    name: str | None
    description: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class ShareServerBackendDetailRow(TypedDict):
    """A row of share_server_backend_details."""

    id: int
    key: str
    value: str
    share_server_id: str
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class ShareServerRow(TypedDict):
    """A row of share_servers."""

    id: str
    share_network_id: str | None
    host: str | None
    status: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None


class ShareSnapshotRow(TypedDict):
    """A row of share_snapshots."""

    id: str
    user_id: str | None
    project_id: str | None
    share_id: str
    size: int | None
    status: str | None
    progress: str | None
    display_name: str | None
    display_description: str | None
    share_size: int | None
    share_proto: str | None
    export_location: str | None
    created_at: datetime | None
    updated_at: datetime | None
    deleted_at: datetime | None
    deleted: str | None
