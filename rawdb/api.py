"""The front door: every documented operation, in one flat namespace.

Each operation takes the request context first and returns plain dicts. Where to find one: its module in
`rawdb.operations` and its SQL in `sql/queries` carry the name of its domain. A domain is loaded when one of its
operations is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rawdb.operations.actions import action_event_finish as action_event_finish
    from rawdb.operations.actions import action_event_get_by_id as action_event_get_by_id
    from rawdb.operations.actions import action_event_start as action_event_start
    from rawdb.operations.actions import action_events_get as action_events_get
    from rawdb.operations.actions import action_finish as action_finish
    from rawdb.operations.actions import action_get_by_request_id as action_get_by_request_id
    from rawdb.operations.actions import action_start as action_start
    from rawdb.operations.actions import actions_get as actions_get
    from rawdb.operations.agent_builds import agent_build_create as agent_build_create
    from rawdb.operations.agent_builds import agent_build_destroy as agent_build_destroy
    from rawdb.operations.agent_builds import agent_build_get_all as agent_build_get_all
    from rawdb.operations.agent_builds import agent_build_get_by_triple as agent_build_get_by_triple
    from rawdb.operations.agent_builds import agent_build_update as agent_build_update
    from rawdb.operations.aggregates import aggregate_create as aggregate_create
    from rawdb.operations.aggregates import aggregate_delete as aggregate_delete
    from rawdb.operations.aggregates import aggregate_get as aggregate_get
    from rawdb.operations.aggregates import aggregate_get_all as aggregate_get_all
    from rawdb.operations.aggregates import aggregate_get_by_host as aggregate_get_by_host
    from rawdb.operations.aggregates import aggregate_get_by_metadata_key as aggregate_get_by_metadata_key
    from rawdb.operations.aggregates import aggregate_host_add as aggregate_host_add
    from rawdb.operations.aggregates import aggregate_host_delete as aggregate_host_delete
    from rawdb.operations.aggregates import aggregate_host_get_all as aggregate_host_get_all
    from rawdb.operations.aggregates import aggregate_host_get_by_metadata_key as aggregate_host_get_by_metadata_key
    from rawdb.operations.aggregates import aggregate_metadata_add as aggregate_metadata_add
    from rawdb.operations.aggregates import aggregate_metadata_delete as aggregate_metadata_delete
    from rawdb.operations.aggregates import aggregate_metadata_get as aggregate_metadata_get
    from rawdb.operations.aggregates import aggregate_metadata_get_by_host as aggregate_metadata_get_by_host
    from rawdb.operations.aggregates import (
        aggregate_metadata_get_by_metadata_key as aggregate_metadata_get_by_metadata_key,
    )
    from rawdb.operations.aggregates import aggregate_update as aggregate_update
    from rawdb.operations.archive import archive_deleted_rows as archive_deleted_rows
    from rawdb.operations.archive import archive_deleted_rows_for_table as archive_deleted_rows_for_table
    from rawdb.operations.block_device_mappings import block_device_mapping_create as block_device_mapping_create
    from rawdb.operations.block_device_mappings import block_device_mapping_destroy as block_device_mapping_destroy
    from rawdb.operations.block_device_mappings import (
        block_device_mapping_destroy_by_instance_and_device as block_device_mapping_destroy_by_instance_and_device,
    )
    from rawdb.operations.block_device_mappings import (
        block_device_mapping_destroy_by_instance_and_volume as block_device_mapping_destroy_by_instance_and_volume,
    )
    from rawdb.operations.block_device_mappings import (
        block_device_mapping_get_all_by_instance as block_device_mapping_get_all_by_instance,
    )
    from rawdb.operations.block_device_mappings import (
        block_device_mapping_get_by_volume_id as block_device_mapping_get_by_volume_id,
    )
    from rawdb.operations.block_device_mappings import block_device_mapping_update as block_device_mapping_update
    from rawdb.operations.block_device_mappings import (
        block_device_mapping_update_or_create as block_device_mapping_update_or_create,
    )
    from rawdb.operations.cells import cell_create as cell_create
    from rawdb.operations.cells import cell_delete as cell_delete
    from rawdb.operations.cells import cell_get as cell_get
    from rawdb.operations.cells import cell_get_all as cell_get_all
    from rawdb.operations.cells import cell_update as cell_update
    from rawdb.operations.certificates import certificate_create as certificate_create
    from rawdb.operations.certificates import certificate_get_all_by_project as certificate_get_all_by_project
    from rawdb.operations.certificates import certificate_get_all_by_user as certificate_get_all_by_user
    from rawdb.operations.certificates import (
        certificate_get_all_by_user_and_project as certificate_get_all_by_user_and_project,
    )
    from rawdb.operations.compute_nodes import compute_node_create as compute_node_create
    from rawdb.operations.compute_nodes import compute_node_delete as compute_node_delete
    from rawdb.operations.compute_nodes import compute_node_get as compute_node_get
    from rawdb.operations.compute_nodes import compute_node_get_all as compute_node_get_all
    from rawdb.operations.compute_nodes import compute_node_get_by_service_id as compute_node_get_by_service_id
    from rawdb.operations.compute_nodes import compute_node_search_by_hypervisor as compute_node_search_by_hypervisor
    from rawdb.operations.compute_nodes import compute_node_statistics as compute_node_statistics
    from rawdb.operations.compute_nodes import compute_node_update as compute_node_update
    from rawdb.operations.consoles import console_create as console_create
    from rawdb.operations.consoles import console_delete as console_delete
    from rawdb.operations.consoles import console_get as console_get
    from rawdb.operations.consoles import console_get_all_by_instance as console_get_all_by_instance
    from rawdb.operations.consoles import console_get_by_pool_instance as console_get_by_pool_instance
    from rawdb.operations.consoles import console_pool_create as console_pool_create
    from rawdb.operations.consoles import console_pool_get_all_by_host_type as console_pool_get_all_by_host_type
    from rawdb.operations.consoles import console_pool_get_by_host_type as console_pool_get_by_host_type
    from rawdb.operations.constraints import constraint as constraint
    from rawdb.operations.constraints import equal_any as equal_any
    from rawdb.operations.constraints import not_equal as not_equal
    from rawdb.operations.dns_domains import dnsdomain_get as dnsdomain_get
    from rawdb.operations.dns_domains import dnsdomain_get_all as dnsdomain_get_all
    from rawdb.operations.dns_domains import dnsdomain_list as dnsdomain_list
    from rawdb.operations.dns_domains import dnsdomain_register_for_project as dnsdomain_register_for_project
    from rawdb.operations.dns_domains import dnsdomain_register_for_zone as dnsdomain_register_for_zone
    from rawdb.operations.dns_domains import dnsdomain_unregister as dnsdomain_unregister
    from rawdb.operations.ec2_ids import ec2_instance_create as ec2_instance_create
    from rawdb.operations.ec2_ids import ec2_instance_get_by_id as ec2_instance_get_by_id
    from rawdb.operations.ec2_ids import ec2_instance_get_by_uuid as ec2_instance_get_by_uuid
    from rawdb.operations.ec2_ids import ec2_snapshot_create as ec2_snapshot_create
    from rawdb.operations.ec2_ids import ec2_volume_create as ec2_volume_create
    from rawdb.operations.ec2_ids import ec2_volume_get_by_id as ec2_volume_get_by_id
    from rawdb.operations.ec2_ids import ec2_volume_get_by_uuid as ec2_volume_get_by_uuid
    from rawdb.operations.ec2_ids import get_ec2_instance_id_by_uuid as get_ec2_instance_id_by_uuid
    from rawdb.operations.ec2_ids import get_ec2_snapshot_id_by_uuid as get_ec2_snapshot_id_by_uuid
    from rawdb.operations.ec2_ids import get_ec2_volume_id_by_uuid as get_ec2_volume_id_by_uuid
    from rawdb.operations.ec2_ids import get_instance_uuid_by_ec2_id as get_instance_uuid_by_ec2_id
    from rawdb.operations.ec2_ids import get_snapshot_uuid_by_ec2_id as get_snapshot_uuid_by_ec2_id
    from rawdb.operations.ec2_ids import get_volume_uuid_by_ec2_id as get_volume_uuid_by_ec2_id
    from rawdb.operations.ec2_ids import s3_image_create as s3_image_create
    from rawdb.operations.ec2_ids import s3_image_get as s3_image_get
    from rawdb.operations.ec2_ids import s3_image_get_by_uuid as s3_image_get_by_uuid
    from rawdb.operations.fixed_ips import fixed_ip_associate as fixed_ip_associate
    from rawdb.operations.fixed_ips import fixed_ip_associate_pool as fixed_ip_associate_pool
    from rawdb.operations.fixed_ips import fixed_ip_bulk_create as fixed_ip_bulk_create
    from rawdb.operations.fixed_ips import fixed_ip_count_by_project as fixed_ip_count_by_project
    from rawdb.operations.fixed_ips import fixed_ip_create as fixed_ip_create
    from rawdb.operations.fixed_ips import fixed_ip_disassociate as fixed_ip_disassociate
    from rawdb.operations.fixed_ips import fixed_ip_disassociate_all_by_timeout as fixed_ip_disassociate_all_by_timeout
    from rawdb.operations.fixed_ips import fixed_ip_get as fixed_ip_get
    from rawdb.operations.fixed_ips import fixed_ip_get_all as fixed_ip_get_all
    from rawdb.operations.fixed_ips import fixed_ip_get_by_address as fixed_ip_get_by_address
    from rawdb.operations.fixed_ips import fixed_ip_get_by_address_detailed as fixed_ip_get_by_address_detailed
    from rawdb.operations.fixed_ips import fixed_ip_get_by_floating_address as fixed_ip_get_by_floating_address
    from rawdb.operations.fixed_ips import fixed_ip_get_by_host as fixed_ip_get_by_host
    from rawdb.operations.fixed_ips import fixed_ip_get_by_instance as fixed_ip_get_by_instance
    from rawdb.operations.fixed_ips import fixed_ip_get_by_network_host as fixed_ip_get_by_network_host
    from rawdb.operations.fixed_ips import fixed_ip_update as fixed_ip_update
    from rawdb.operations.fixed_ips import fixed_ips_by_virtual_interface as fixed_ips_by_virtual_interface
    from rawdb.operations.flavors import flavor_access_add as flavor_access_add
    from rawdb.operations.flavors import flavor_access_get_by_flavor_id as flavor_access_get_by_flavor_id
    from rawdb.operations.flavors import flavor_access_remove as flavor_access_remove
    from rawdb.operations.flavors import flavor_create as flavor_create
    from rawdb.operations.flavors import flavor_destroy as flavor_destroy
    from rawdb.operations.flavors import flavor_extra_specs_delete as flavor_extra_specs_delete
    from rawdb.operations.flavors import flavor_extra_specs_get as flavor_extra_specs_get
    from rawdb.operations.flavors import flavor_extra_specs_get_item as flavor_extra_specs_get_item
    from rawdb.operations.flavors import flavor_extra_specs_update_or_create as flavor_extra_specs_update_or_create
    from rawdb.operations.flavors import flavor_get as flavor_get
    from rawdb.operations.flavors import flavor_get_all as flavor_get_all
    from rawdb.operations.flavors import flavor_get_by_flavor_id as flavor_get_by_flavor_id
    from rawdb.operations.flavors import flavor_get_by_name as flavor_get_by_name
    from rawdb.operations.flavors import instance_type_access_add as instance_type_access_add
    from rawdb.operations.flavors import instance_type_access_get_by_flavor_id as instance_type_access_get_by_flavor_id
    from rawdb.operations.flavors import instance_type_access_remove as instance_type_access_remove
    from rawdb.operations.flavors import instance_type_create as instance_type_create
    from rawdb.operations.flavors import instance_type_destroy as instance_type_destroy
    from rawdb.operations.flavors import instance_type_extra_specs_delete as instance_type_extra_specs_delete
    from rawdb.operations.flavors import instance_type_extra_specs_get as instance_type_extra_specs_get
    from rawdb.operations.flavors import (
        instance_type_extra_specs_update_or_create as instance_type_extra_specs_update_or_create,
    )
    from rawdb.operations.flavors import instance_type_get as instance_type_get
    from rawdb.operations.flavors import instance_type_get_all as instance_type_get_all
    from rawdb.operations.flavors import instance_type_get_by_flavor_id as instance_type_get_by_flavor_id
    from rawdb.operations.flavors import instance_type_get_by_name as instance_type_get_by_name
    from rawdb.operations.floating_ips import floating_ip_allocate_address as floating_ip_allocate_address
    from rawdb.operations.floating_ips import floating_ip_bulk_create as floating_ip_bulk_create
    from rawdb.operations.floating_ips import floating_ip_bulk_destroy as floating_ip_bulk_destroy
    from rawdb.operations.floating_ips import floating_ip_count_by_project as floating_ip_count_by_project
    from rawdb.operations.floating_ips import floating_ip_create as floating_ip_create
    from rawdb.operations.floating_ips import floating_ip_deallocate as floating_ip_deallocate
    from rawdb.operations.floating_ips import floating_ip_destroy as floating_ip_destroy
    from rawdb.operations.floating_ips import floating_ip_disassociate as floating_ip_disassociate
    from rawdb.operations.floating_ips import floating_ip_fixed_ip_associate as floating_ip_fixed_ip_associate
    from rawdb.operations.floating_ips import floating_ip_get as floating_ip_get
    from rawdb.operations.floating_ips import floating_ip_get_all as floating_ip_get_all
    from rawdb.operations.floating_ips import floating_ip_get_all_by_host as floating_ip_get_all_by_host
    from rawdb.operations.floating_ips import floating_ip_get_all_by_project as floating_ip_get_all_by_project
    from rawdb.operations.floating_ips import floating_ip_get_by_address as floating_ip_get_by_address
    from rawdb.operations.floating_ips import floating_ip_get_by_fixed_address as floating_ip_get_by_fixed_address
    from rawdb.operations.floating_ips import floating_ip_get_by_fixed_ip_id as floating_ip_get_by_fixed_ip_id
    from rawdb.operations.floating_ips import floating_ip_get_pools as floating_ip_get_pools
    from rawdb.operations.floating_ips import floating_ip_set_auto_assigned as floating_ip_set_auto_assigned
    from rawdb.operations.floating_ips import floating_ip_update as floating_ip_update
    from rawdb.operations.floating_ips import instance_floating_address_get_all as instance_floating_address_get_all
    from rawdb.operations.floating_ips import instance_get_floating_address as instance_get_floating_address
    from rawdb.operations.instance_faults import instance_fault_create as instance_fault_create
    from rawdb.operations.instance_faults import (
        instance_fault_get_by_instance_uuids as instance_fault_get_by_instance_uuids,
    )
    from rawdb.operations.instance_groups import instance_group_create as instance_group_create
    from rawdb.operations.instance_groups import instance_group_delete as instance_group_delete
    from rawdb.operations.instance_groups import instance_group_get as instance_group_get
    from rawdb.operations.instance_groups import instance_group_get_all as instance_group_get_all
    from rawdb.operations.instance_groups import (
        instance_group_get_all_by_project_id as instance_group_get_all_by_project_id,
    )
    from rawdb.operations.instance_groups import instance_group_member_delete as instance_group_member_delete
    from rawdb.operations.instance_groups import instance_group_members_add as instance_group_members_add
    from rawdb.operations.instance_groups import instance_group_members_get as instance_group_members_get
    from rawdb.operations.instance_groups import instance_group_metadata_add as instance_group_metadata_add
    from rawdb.operations.instance_groups import instance_group_metadata_delete as instance_group_metadata_delete
    from rawdb.operations.instance_groups import instance_group_metadata_get as instance_group_metadata_get
    from rawdb.operations.instance_groups import instance_group_policies_add as instance_group_policies_add
    from rawdb.operations.instance_groups import instance_group_policies_get as instance_group_policies_get
    from rawdb.operations.instance_groups import instance_group_policy_delete as instance_group_policy_delete
    from rawdb.operations.instance_groups import instance_group_update as instance_group_update
    from rawdb.operations.instance_info_caches import instance_info_cache_delete as instance_info_cache_delete
    from rawdb.operations.instance_info_caches import instance_info_cache_get as instance_info_cache_get
    from rawdb.operations.instance_info_caches import instance_info_cache_update as instance_info_cache_update
    from rawdb.operations.instance_metadata import instance_metadata_delete as instance_metadata_delete
    from rawdb.operations.instance_metadata import instance_metadata_get as instance_metadata_get
    from rawdb.operations.instance_metadata import instance_metadata_update as instance_metadata_update
    from rawdb.operations.instance_metadata import instance_system_metadata_get as instance_system_metadata_get
    from rawdb.operations.instance_metadata import instance_system_metadata_update as instance_system_metadata_update
    from rawdb.operations.instance_migrations import migration_create as migration_create
    from rawdb.operations.instance_migrations import migration_get as migration_get
    from rawdb.operations.instance_migrations import migration_get_all_by_filters as migration_get_all_by_filters
    from rawdb.operations.instance_migrations import (
        migration_get_by_instance_and_status as migration_get_by_instance_and_status,
    )
    from rawdb.operations.instance_migrations import (
        migration_get_in_progress_by_host_and_node as migration_get_in_progress_by_host_and_node,
    )
    from rawdb.operations.instance_migrations import (
        migration_get_unconfirmed_by_dest_compute as migration_get_unconfirmed_by_dest_compute,
    )
    from rawdb.operations.instance_migrations import migration_update as migration_update
    from rawdb.operations.instances import instance_create as instance_create
    from rawdb.operations.instances import instance_data_get_for_project as instance_data_get_for_project
    from rawdb.operations.instances import instance_destroy as instance_destroy
    from rawdb.operations.instances import instance_get as instance_get
    from rawdb.operations.instances import instance_get_active_by_window_joined as instance_get_active_by_window_joined
    from rawdb.operations.instances import instance_get_all as instance_get_all
    from rawdb.operations.instances import instance_get_all_by_filters as instance_get_all_by_filters
    from rawdb.operations.instances import instance_get_all_by_host as instance_get_all_by_host
    from rawdb.operations.instances import instance_get_all_by_host_and_node as instance_get_all_by_host_and_node
    from rawdb.operations.instances import (
        instance_get_all_by_host_and_not_type as instance_get_all_by_host_and_not_type,
    )
    from rawdb.operations.instances import instance_get_all_hung_in_rebooting as instance_get_all_hung_in_rebooting
    from rawdb.operations.instances import instance_get_by_uuid as instance_get_by_uuid
    from rawdb.operations.instances import instance_test_and_set as instance_test_and_set
    from rawdb.operations.instances import instance_update as instance_update
    from rawdb.operations.instances import instance_update_and_get_original as instance_update_and_get_original
    from rawdb.operations.key_pairs import key_pair_count_by_user as key_pair_count_by_user
    from rawdb.operations.key_pairs import key_pair_create as key_pair_create
    from rawdb.operations.key_pairs import key_pair_destroy as key_pair_destroy
    from rawdb.operations.key_pairs import key_pair_get as key_pair_get
    from rawdb.operations.key_pairs import key_pair_get_all_by_user as key_pair_get_all_by_user
    from rawdb.operations.networks import network_associate as network_associate
    from rawdb.operations.networks import network_count_reserved_ips as network_count_reserved_ips
    from rawdb.operations.networks import network_create_safe as network_create_safe
    from rawdb.operations.networks import network_delete_safe as network_delete_safe
    from rawdb.operations.networks import network_disassociate as network_disassociate
    from rawdb.operations.networks import network_get as network_get
    from rawdb.operations.networks import network_get_all as network_get_all
    from rawdb.operations.networks import network_get_all_by_host as network_get_all_by_host
    from rawdb.operations.networks import network_get_all_by_instance as network_get_all_by_instance
    from rawdb.operations.networks import network_get_all_by_uuids as network_get_all_by_uuids
    from rawdb.operations.networks import network_get_associated_fixed_ips as network_get_associated_fixed_ips
    from rawdb.operations.networks import network_get_by_cidr as network_get_by_cidr
    from rawdb.operations.networks import network_get_by_uuid as network_get_by_uuid
    from rawdb.operations.networks import network_in_use_on_host as network_in_use_on_host
    from rawdb.operations.networks import network_set_host as network_set_host
    from rawdb.operations.networks import network_update as network_update
    from rawdb.operations.networks import project_get_networks as project_get_networks
    from rawdb.operations.pci_devices import pci_device_destroy as pci_device_destroy
    from rawdb.operations.pci_devices import pci_device_get_all_by_instance_uuid as pci_device_get_all_by_instance_uuid
    from rawdb.operations.pci_devices import pci_device_get_all_by_node as pci_device_get_all_by_node
    from rawdb.operations.pci_devices import pci_device_get_by_addr as pci_device_get_by_addr
    from rawdb.operations.pci_devices import pci_device_get_by_id as pci_device_get_by_id
    from rawdb.operations.pci_devices import pci_device_update as pci_device_update
    from rawdb.operations.provider_firewall import provider_fw_rule_create as provider_fw_rule_create
    from rawdb.operations.provider_firewall import provider_fw_rule_destroy as provider_fw_rule_destroy
    from rawdb.operations.provider_firewall import provider_fw_rule_get_all as provider_fw_rule_get_all
    from rawdb.operations.quotas import PER_PROJECT_QUOTAS as PER_PROJECT_QUOTAS
    from rawdb.operations.quotas import QUOTA_SYNC_FUNCTIONS as QUOTA_SYNC_FUNCTIONS
    from rawdb.operations.quotas import quota_class_create as quota_class_create
    from rawdb.operations.quotas import quota_class_get as quota_class_get
    from rawdb.operations.quotas import quota_class_get_all_by_name as quota_class_get_all_by_name
    from rawdb.operations.quotas import quota_class_get_default as quota_class_get_default
    from rawdb.operations.quotas import quota_class_update as quota_class_update
    from rawdb.operations.quotas import quota_create as quota_create
    from rawdb.operations.quotas import quota_destroy_all_by_project as quota_destroy_all_by_project
    from rawdb.operations.quotas import quota_destroy_all_by_project_and_user as quota_destroy_all_by_project_and_user
    from rawdb.operations.quotas import quota_get as quota_get
    from rawdb.operations.quotas import quota_get_all as quota_get_all
    from rawdb.operations.quotas import quota_get_all_by_project as quota_get_all_by_project
    from rawdb.operations.quotas import quota_get_all_by_project_and_user as quota_get_all_by_project_and_user
    from rawdb.operations.quotas import quota_reserve as quota_reserve
    from rawdb.operations.quotas import quota_update as quota_update
    from rawdb.operations.quotas import quota_usage_get as quota_usage_get
    from rawdb.operations.quotas import quota_usage_get_all_by_project as quota_usage_get_all_by_project
    from rawdb.operations.quotas import (
        quota_usage_get_all_by_project_and_user as quota_usage_get_all_by_project_and_user,
    )
    from rawdb.operations.quotas import quota_usage_update as quota_usage_update
    from rawdb.operations.quotas import reservation_commit as reservation_commit
    from rawdb.operations.quotas import reservation_create as reservation_create
    from rawdb.operations.quotas import reservation_expire as reservation_expire
    from rawdb.operations.quotas import reservation_get as reservation_get
    from rawdb.operations.quotas import reservation_rollback as reservation_rollback
    from rawdb.operations.security_groups import instance_add_security_group as instance_add_security_group
    from rawdb.operations.security_groups import instance_remove_security_group as instance_remove_security_group
    from rawdb.operations.security_groups import security_group_count_by_project as security_group_count_by_project
    from rawdb.operations.security_groups import security_group_create as security_group_create
    from rawdb.operations.security_groups import (
        security_group_default_rule_create as security_group_default_rule_create,
    )
    from rawdb.operations.security_groups import (
        security_group_default_rule_destroy as security_group_default_rule_destroy,
    )
    from rawdb.operations.security_groups import security_group_default_rule_get as security_group_default_rule_get
    from rawdb.operations.security_groups import security_group_default_rule_list as security_group_default_rule_list
    from rawdb.operations.security_groups import security_group_destroy as security_group_destroy
    from rawdb.operations.security_groups import security_group_ensure_default as security_group_ensure_default
    from rawdb.operations.security_groups import security_group_exists as security_group_exists
    from rawdb.operations.security_groups import security_group_get as security_group_get
    from rawdb.operations.security_groups import security_group_get_all as security_group_get_all
    from rawdb.operations.security_groups import security_group_get_by_instance as security_group_get_by_instance
    from rawdb.operations.security_groups import security_group_get_by_name as security_group_get_by_name
    from rawdb.operations.security_groups import security_group_get_by_project as security_group_get_by_project
    from rawdb.operations.security_groups import security_group_in_use as security_group_in_use
    from rawdb.operations.security_groups import (
        security_group_rule_count_by_group as security_group_rule_count_by_group,
    )
    from rawdb.operations.security_groups import security_group_rule_create as security_group_rule_create
    from rawdb.operations.security_groups import security_group_rule_destroy as security_group_rule_destroy
    from rawdb.operations.security_groups import security_group_rule_get as security_group_rule_get
    from rawdb.operations.security_groups import (
        security_group_rule_get_by_security_group as security_group_rule_get_by_security_group,
    )
    from rawdb.operations.security_groups import (
        security_group_rule_get_by_security_group_grantee as security_group_rule_get_by_security_group_grantee,
    )
    from rawdb.operations.security_groups import security_group_update as security_group_update
    from rawdb.operations.services import service_create as service_create
    from rawdb.operations.services import service_destroy as service_destroy
    from rawdb.operations.services import service_get as service_get
    from rawdb.operations.services import service_get_all as service_get_all
    from rawdb.operations.services import service_get_all_by_host as service_get_all_by_host
    from rawdb.operations.services import service_get_all_by_topic as service_get_all_by_topic
    from rawdb.operations.services import service_get_all_share_sorted as service_get_all_share_sorted
    from rawdb.operations.services import service_get_by_args as service_get_by_args
    from rawdb.operations.services import service_get_by_compute_host as service_get_by_compute_host
    from rawdb.operations.services import service_get_by_host_and_topic as service_get_by_host_and_topic
    from rawdb.operations.services import service_update as service_update
    from rawdb.operations.share_networks import security_service_create as security_service_create
    from rawdb.operations.share_networks import security_service_delete as security_service_delete
    from rawdb.operations.share_networks import security_service_get as security_service_get
    from rawdb.operations.share_networks import security_service_get_all as security_service_get_all
    from rawdb.operations.share_networks import (
        security_service_get_all_by_project as security_service_get_all_by_project,
    )
    from rawdb.operations.share_networks import security_service_update as security_service_update
    from rawdb.operations.share_networks import share_network_add_security_service as share_network_add_security_service
    from rawdb.operations.share_networks import share_network_create as share_network_create
    from rawdb.operations.share_networks import share_network_delete as share_network_delete
    from rawdb.operations.share_networks import share_network_get as share_network_get
    from rawdb.operations.share_networks import share_network_get_all as share_network_get_all
    from rawdb.operations.share_networks import share_network_get_all_by_project as share_network_get_all_by_project
    from rawdb.operations.share_networks import (
        share_network_get_all_by_security_service as share_network_get_all_by_security_service,
    )
    from rawdb.operations.share_networks import (
        share_network_remove_security_service as share_network_remove_security_service,
    )
    from rawdb.operations.share_networks import share_network_update as share_network_update
    from rawdb.operations.share_servers import network_allocation_create as network_allocation_create
    from rawdb.operations.share_servers import network_allocation_delete as network_allocation_delete
    from rawdb.operations.share_servers import network_allocation_update as network_allocation_update
    from rawdb.operations.share_servers import (
        network_allocations_get_for_share_server as network_allocations_get_for_share_server,
    )
    from rawdb.operations.share_servers import share_server_backend_details_get as share_server_backend_details_get
    from rawdb.operations.share_servers import share_server_backend_details_set as share_server_backend_details_set
    from rawdb.operations.share_servers import share_server_create as share_server_create
    from rawdb.operations.share_servers import share_server_delete as share_server_delete
    from rawdb.operations.share_servers import share_server_get as share_server_get
    from rawdb.operations.share_servers import share_server_get_all as share_server_get_all
    from rawdb.operations.share_servers import share_server_get_by_host as share_server_get_by_host
    from rawdb.operations.share_servers import (
        share_server_get_by_host_and_share_net as share_server_get_by_host_and_share_net,
    )
    from rawdb.operations.share_servers import (
        share_server_get_by_host_and_share_net_valid as share_server_get_by_host_and_share_net_valid,
    )
    from rawdb.operations.share_servers import share_server_update as share_server_update
    from rawdb.operations.share_snapshots import share_snapshot_create as share_snapshot_create
    from rawdb.operations.share_snapshots import (
        share_snapshot_data_get_for_project as share_snapshot_data_get_for_project,
    )
    from rawdb.operations.share_snapshots import share_snapshot_destroy as share_snapshot_destroy
    from rawdb.operations.share_snapshots import share_snapshot_get as share_snapshot_get
    from rawdb.operations.share_snapshots import share_snapshot_get_all as share_snapshot_get_all
    from rawdb.operations.share_snapshots import share_snapshot_get_all_by_project as share_snapshot_get_all_by_project
    from rawdb.operations.share_snapshots import share_snapshot_get_all_for_share as share_snapshot_get_all_for_share
    from rawdb.operations.share_snapshots import share_snapshot_update as share_snapshot_update
    from rawdb.operations.share_snapshots import snapshot_data_get_for_project as snapshot_data_get_for_project
    from rawdb.operations.shares import share_access_create as share_access_create
    from rawdb.operations.shares import share_access_delete as share_access_delete
    from rawdb.operations.shares import share_access_get as share_access_get
    from rawdb.operations.shares import (
        share_access_get_all_by_type_and_access as share_access_get_all_by_type_and_access,
    )
    from rawdb.operations.shares import share_access_get_all_for_share as share_access_get_all_for_share
    from rawdb.operations.shares import share_access_update as share_access_update
    from rawdb.operations.shares import share_create as share_create
    from rawdb.operations.shares import share_data_get_for_project as share_data_get_for_project
    from rawdb.operations.shares import share_delete as share_delete
    from rawdb.operations.shares import share_get as share_get
    from rawdb.operations.shares import share_get_all as share_get_all
    from rawdb.operations.shares import share_get_all_by_host as share_get_all_by_host
    from rawdb.operations.shares import share_get_all_by_project as share_get_all_by_project
    from rawdb.operations.shares import share_get_all_by_share_server as share_get_all_by_share_server
    from rawdb.operations.shares import share_metadata_delete as share_metadata_delete
    from rawdb.operations.shares import share_metadata_get as share_metadata_get
    from rawdb.operations.shares import share_metadata_update as share_metadata_update
    from rawdb.operations.shares import share_update as share_update
    from rawdb.operations.task_logs import task_log_begin_task as task_log_begin_task
    from rawdb.operations.task_logs import task_log_end_task as task_log_end_task
    from rawdb.operations.task_logs import task_log_get as task_log_get
    from rawdb.operations.task_logs import task_log_get_all as task_log_get_all
    from rawdb.operations.usage import bw_usage_get as bw_usage_get
    from rawdb.operations.usage import bw_usage_get_by_uuids as bw_usage_get_by_uuids
    from rawdb.operations.usage import bw_usage_update as bw_usage_update
    from rawdb.operations.usage import vol_get_usage_by_time as vol_get_usage_by_time
    from rawdb.operations.usage import vol_usage_update as vol_usage_update
    from rawdb.operations.virtual_interfaces import virtual_interface_create as virtual_interface_create
    from rawdb.operations.virtual_interfaces import (
        virtual_interface_delete_by_instance as virtual_interface_delete_by_instance,
    )
    from rawdb.operations.virtual_interfaces import virtual_interface_get as virtual_interface_get
    from rawdb.operations.virtual_interfaces import virtual_interface_get_all as virtual_interface_get_all
    from rawdb.operations.virtual_interfaces import virtual_interface_get_by_address as virtual_interface_get_by_address
    from rawdb.operations.virtual_interfaces import (
        virtual_interface_get_by_instance as virtual_interface_get_by_instance,
    )
    from rawdb.operations.virtual_interfaces import (
        virtual_interface_get_by_instance_and_network as virtual_interface_get_by_instance_and_network,
    )
    from rawdb.operations.virtual_interfaces import virtual_interface_get_by_uuid as virtual_interface_get_by_uuid
    from rawdb.operations.volume_types import volume_get_active_by_window as volume_get_active_by_window
    from rawdb.operations.volume_types import volume_type_create as volume_type_create
    from rawdb.operations.volume_types import volume_type_destroy as volume_type_destroy
    from rawdb.operations.volume_types import volume_type_extra_specs_delete as volume_type_extra_specs_delete
    from rawdb.operations.volume_types import volume_type_extra_specs_get as volume_type_extra_specs_get
    from rawdb.operations.volume_types import (
        volume_type_extra_specs_update_or_create as volume_type_extra_specs_update_or_create,
    )
    from rawdb.operations.volume_types import volume_type_get as volume_type_get
    from rawdb.operations.volume_types import volume_type_get_all as volume_type_get_all
    from rawdb.operations.volume_types import volume_type_get_by_name as volume_type_get_by_name
    from rawdb.operations.volume_types import volume_type_qos_specs_get as volume_type_qos_specs_get

#: The operations of each domain, which is a module of `rawdb.operations`.
_DOMAINS = {
    "actions": (
        "action_event_finish",
        "action_event_get_by_id",
        "action_event_start",
        "action_events_get",
        "action_finish",
        "action_get_by_request_id",
        "action_start",
        "actions_get",
    ),
    "agent_builds": (
        "agent_build_create",
        "agent_build_destroy",
        "agent_build_get_all",
        "agent_build_get_by_triple",
        "agent_build_update",
    ),
    "aggregates": (
        "aggregate_create",
        "aggregate_delete",
        "aggregate_get",
        "aggregate_get_all",
        "aggregate_get_by_host",
        "aggregate_get_by_metadata_key",
        "aggregate_host_add",
        "aggregate_host_delete",
        "aggregate_host_get_all",
        "aggregate_host_get_by_metadata_key",
        "aggregate_metadata_add",
        "aggregate_metadata_delete",
        "aggregate_metadata_get",
        "aggregate_metadata_get_by_host",
        "aggregate_metadata_get_by_metadata_key",
        "aggregate_update",
    ),
    "archive": (
        "archive_deleted_rows",
        "archive_deleted_rows_for_table",
    ),
    "block_device_mappings": (
        "block_device_mapping_create",
        "block_device_mapping_destroy",
        "block_device_mapping_destroy_by_instance_and_device",
        "block_device_mapping_destroy_by_instance_and_volume",
        "block_device_mapping_get_all_by_instance",
        "block_device_mapping_get_by_volume_id",
        "block_device_mapping_update",
        "block_device_mapping_update_or_create",
    ),
    "cells": (
        "cell_create",
        "cell_delete",
        "cell_get",
        "cell_get_all",
        "cell_update",
    ),
    "certificates": (
        "certificate_create",
        "certificate_get_all_by_project",
        "certificate_get_all_by_user",
        "certificate_get_all_by_user_and_project",
    ),
    "compute_nodes": (
        "compute_node_create",
        "compute_node_delete",
        "compute_node_get",
        "compute_node_get_all",
        "compute_node_get_by_service_id",
        "compute_node_search_by_hypervisor",
        "compute_node_statistics",
        "compute_node_update",
    ),
    "consoles": (
        "console_create",
        "console_delete",
        "console_get",
        "console_get_all_by_instance",
        "console_get_by_pool_instance",
        "console_pool_create",
        "console_pool_get_all_by_host_type",
        "console_pool_get_by_host_type",
    ),
    "constraints": (
        "constraint",
        "equal_any",
        "not_equal",
    ),
    "dns_domains": (
        "dnsdomain_get",
        "dnsdomain_get_all",
        "dnsdomain_list",
        "dnsdomain_register_for_project",
        "dnsdomain_register_for_zone",
        "dnsdomain_unregister",
    ),
    "ec2_ids": (
        "ec2_instance_create",
        "ec2_instance_get_by_id",
        "ec2_instance_get_by_uuid",
        "ec2_snapshot_create",
        "ec2_volume_create",
        "ec2_volume_get_by_id",
        "ec2_volume_get_by_uuid",
        "get_ec2_instance_id_by_uuid",
        "get_ec2_snapshot_id_by_uuid",
        "get_ec2_volume_id_by_uuid",
        "get_instance_uuid_by_ec2_id",
        "get_snapshot_uuid_by_ec2_id",
        "get_volume_uuid_by_ec2_id",
        "s3_image_create",
        "s3_image_get",
        "s3_image_get_by_uuid",
    ),
    "fixed_ips": (
        "fixed_ip_associate",
        "fixed_ip_associate_pool",
        "fixed_ip_bulk_create",
        "fixed_ip_count_by_project",
        "fixed_ip_create",
        "fixed_ip_disassociate",
        "fixed_ip_disassociate_all_by_timeout",
        "fixed_ip_get",
        "fixed_ip_get_all",
        "fixed_ip_get_by_address",
        "fixed_ip_get_by_address_detailed",
        "fixed_ip_get_by_floating_address",
        "fixed_ip_get_by_host",
        "fixed_ip_get_by_instance",
        "fixed_ip_get_by_network_host",
        "fixed_ip_update",
        "fixed_ips_by_virtual_interface",
    ),
    "flavors": (
        "flavor_access_add",
        "flavor_access_get_by_flavor_id",
        "flavor_access_remove",
        "flavor_create",
        "flavor_destroy",
        "flavor_extra_specs_delete",
        "flavor_extra_specs_get",
        "flavor_extra_specs_get_item",
        "flavor_extra_specs_update_or_create",
        "flavor_get",
        "flavor_get_all",
        "flavor_get_by_flavor_id",
        "flavor_get_by_name",
        "instance_type_access_add",
        "instance_type_access_get_by_flavor_id",
        "instance_type_access_remove",
        "instance_type_create",
        "instance_type_destroy",
        "instance_type_extra_specs_delete",
        "instance_type_extra_specs_get",
        "instance_type_extra_specs_update_or_create",
        "instance_type_get",
        "instance_type_get_all",
        "instance_type_get_by_flavor_id",
        "instance_type_get_by_name",
    ),
    "floating_ips": (
        "floating_ip_allocate_address",
        "floating_ip_bulk_create",
        "floating_ip_bulk_destroy",
        "floating_ip_count_by_project",
        "floating_ip_create",
        "floating_ip_deallocate",
        "floating_ip_destroy",
        "floating_ip_disassociate",
        "floating_ip_fixed_ip_associate",
        "floating_ip_get",
        "floating_ip_get_all",
        "floating_ip_get_all_by_host",
        "floating_ip_get_all_by_project",
        "floating_ip_get_by_address",
        "floating_ip_get_by_fixed_address",
        "floating_ip_get_by_fixed_ip_id",
        "floating_ip_get_pools",
        "floating_ip_set_auto_assigned",
        "floating_ip_update",
        "instance_floating_address_get_all",
        "instance_get_floating_address",
    ),
    "instance_faults": (
        "instance_fault_create",
        "instance_fault_get_by_instance_uuids",
    ),
    "instance_groups": (
        "instance_group_create",
        "instance_group_delete",
        "instance_group_get",
        "instance_group_get_all",
        "instance_group_get_all_by_project_id",
        "instance_group_member_delete",
        "instance_group_members_add",
        "instance_group_members_get",
        "instance_group_metadata_add",
        "instance_group_metadata_delete",
        "instance_group_metadata_get",
        "instance_group_policies_add",
        "instance_group_policies_get",
        "instance_group_policy_delete",
        "instance_group_update",
    ),
    "instance_info_caches": (
        "instance_info_cache_delete",
        "instance_info_cache_get",
        "instance_info_cache_update",
    ),
    "instance_metadata": (
        "instance_metadata_delete",
        "instance_metadata_get",
        "instance_metadata_update",
        "instance_system_metadata_get",
        "instance_system_metadata_update",
    ),
    "instance_migrations": (
        "migration_create",
        "migration_get",
        "migration_get_all_by_filters",
        "migration_get_by_instance_and_status",
        "migration_get_in_progress_by_host_and_node",
        "migration_get_unconfirmed_by_dest_compute",
        "migration_update",
    ),
    "instances": (
        "instance_create",
        "instance_data_get_for_project",
        "instance_destroy",
        "instance_get",
        "instance_get_active_by_window_joined",
        "instance_get_all",
        "instance_get_all_by_filters",
        "instance_get_all_by_host",
        "instance_get_all_by_host_and_node",
        "instance_get_all_by_host_and_not_type",
        "instance_get_all_hung_in_rebooting",
        "instance_get_by_uuid",
        "instance_test_and_set",
        "instance_update",
        "instance_update_and_get_original",
    ),
    "key_pairs": (
        "key_pair_count_by_user",
        "key_pair_create",
        "key_pair_destroy",
        "key_pair_get",
        "key_pair_get_all_by_user",
    ),
    "networks": (
        "network_associate",
        "network_count_reserved_ips",
        "network_create_safe",
        "network_delete_safe",
        "network_disassociate",
        "network_get",
        "network_get_all",
        "network_get_all_by_host",
        "network_get_all_by_instance",
        "network_get_all_by_uuids",
        "network_get_associated_fixed_ips",
        "network_get_by_cidr",
        "network_get_by_uuid",
        "network_in_use_on_host",
        "network_set_host",
        "network_update",
        "project_get_networks",
    ),
    "pci_devices": (
        "pci_device_destroy",
        "pci_device_get_all_by_instance_uuid",
        "pci_device_get_all_by_node",
        "pci_device_get_by_addr",
        "pci_device_get_by_id",
        "pci_device_update",
    ),
    "provider_firewall": (
        "provider_fw_rule_create",
        "provider_fw_rule_destroy",
        "provider_fw_rule_get_all",
    ),
    "quotas": (
        "PER_PROJECT_QUOTAS",
        "QUOTA_SYNC_FUNCTIONS",
        "quota_class_create",
        "quota_class_get",
        "quota_class_get_all_by_name",
        "quota_class_get_default",
        "quota_class_update",
        "quota_create",
        "quota_destroy_all_by_project",
        "quota_destroy_all_by_project_and_user",
        "quota_get",
        "quota_get_all",
        "quota_get_all_by_project",
        "quota_get_all_by_project_and_user",
        "quota_reserve",
        "quota_update",
        "quota_usage_get",
        "quota_usage_get_all_by_project",
        "quota_usage_get_all_by_project_and_user",
        "quota_usage_update",
        "reservation_commit",
        "reservation_create",
        "reservation_expire",
        "reservation_get",
        "reservation_rollback",
    ),
    "security_groups": (
        "instance_add_security_group",
        "instance_remove_security_group",
        "security_group_count_by_project",
        "security_group_create",
        "security_group_default_rule_create",
        "security_group_default_rule_destroy",
        "security_group_default_rule_get",
        "security_group_default_rule_list",
        "security_group_destroy",
        "security_group_ensure_default",
        "security_group_exists",
        "security_group_get",
        "security_group_get_all",
        "security_group_get_by_instance",
        "security_group_get_by_name",
        "security_group_get_by_project",
        "security_group_in_use",
        "security_group_rule_count_by_group",
        "security_group_rule_create",
        "security_group_rule_destroy",
        "security_group_rule_get",
        "security_group_rule_get_by_security_group",
        "security_group_rule_get_by_security_group_grantee",
        "security_group_update",
    ),
    "services": (
        "service_create",
        "service_destroy",
        "service_get",
        "service_get_all",
        "service_get_all_by_host",
        "service_get_all_by_topic",
        "service_get_all_share_sorted",
        "service_get_by_args",
        "service_get_by_compute_host",
        "service_get_by_host_and_topic",
        "service_update",
    ),
    "share_networks": (
        "security_service_create",
        "security_service_delete",
        "security_service_get",
        "security_service_get_all",
        "security_service_get_all_by_project",
        "security_service_update",
        "share_network_add_security_service",
        "share_network_create",
        "share_network_delete",
        "share_network_get",
        "share_network_get_all",
        "share_network_get_all_by_project",
        "share_network_get_all_by_security_service",
        "share_network_remove_security_service",
        "share_network_update",
    ),
    "share_servers": (
        "network_allocation_create",
        "network_allocation_delete",
        "network_allocation_update",
        "network_allocations_get_for_share_server",
        "share_server_backend_details_get",
        "share_server_backend_details_set",
        "share_server_create",
        "share_server_delete",
        "share_server_get",
        "share_server_get_all",
        "share_server_get_by_host",
        "share_server_get_by_host_and_share_net",
        "share_server_get_by_host_and_share_net_valid",
        "share_server_update",
    ),
    "share_snapshots": (
        "share_snapshot_create",
        "share_snapshot_data_get_for_project",
        "share_snapshot_destroy",
        "share_snapshot_get",
        "share_snapshot_get_all",
        "share_snapshot_get_all_by_project",
        "share_snapshot_get_all_for_share",
        "share_snapshot_update",
        "snapshot_data_get_for_project",
    ),
    "shares": (
        "share_access_create",
        "share_access_delete",
        "share_access_get",
        "share_access_get_all_by_type_and_access",
        "share_access_get_all_for_share",
        "share_access_update",
        "share_create",
        "share_data_get_for_project",
        "share_delete",
        "share_get",
        "share_get_all",
        "share_get_all_by_host",
        "share_get_all_by_project",
        "share_get_all_by_share_server",
        "share_metadata_delete",
        "share_metadata_get",
        "share_metadata_update",
        "share_update",
    ),
    "task_logs": (
        "task_log_begin_task",
        "task_log_end_task",
        "task_log_get",
        "task_log_get_all",
    ),
    "usage": (
        "bw_usage_get",
        "bw_usage_get_by_uuids",
        "bw_usage_update",
        "vol_get_usage_by_time",
        "vol_usage_update",
    ),
    "virtual_interfaces": (
        "virtual_interface_create",
        "virtual_interface_delete_by_instance",
        "virtual_interface_get",
        "virtual_interface_get_all",
        "virtual_interface_get_by_address",
        "virtual_interface_get_by_instance",
        "virtual_interface_get_by_instance_and_network",
        "virtual_interface_get_by_uuid",
    ),
    "volume_types": (
        "volume_get_active_by_window",
        "volume_type_create",
        "volume_type_destroy",
        "volume_type_extra_specs_delete",
        "volume_type_extra_specs_get",
        "volume_type_extra_specs_update_or_create",
        "volume_type_get",
        "volume_type_get_all",
        "volume_type_get_by_name",
        "volume_type_qos_specs_get",
    ),
}
_HOME = {name: domain for domain, names in _DOMAINS.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    """The operation of that name, from its domain."""
    if name not in _HOME:
        raise AttributeError(f"module 'rawdb.api' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(f"rawdb.operations.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return __all__
