-- Archiving: how rows are copied and removed. FOR UPDATE keeps a row as it was copied until it is removed, on every
-- isolation level. On a cluster the COMMIT of who comes second is refused, since both remove the row.
-- FORCE INDEX: where the keys are many of the table's, the server would read, and so lock, the live rows too; only a
-- DELETE of the longer form takes it. Of 1,000 keys and more MariaDB makes a join that locks all rows: they are fewer.
--
-- Written by scripts/archive_statements.py from sql/schema/; change that and run it. Columns are named, since a shadow
-- table may have them in another order.

-- name: archive_deleted_rows_for_table__copy_agent_builds(id)!
-- Copy the deleted ones of some rows of agent_builds.
-- Index: primary key; that of shadow_agent_builds refuses a row it has. Locks: the rows.
INSERT INTO shadow_agent_builds (
       id, hypervisor, os, architecture, version, url, md5hash, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.hypervisor, t.os, t.architecture, t.version, t.url, t.md5hash, t.created_at, t.updated_at,
       t.deleted_at, t.deleted
  FROM agent_builds AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_agent_builds(id)!
-- Remove the deleted ones of some rows of agent_builds, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM agent_builds AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_aggregate_hosts(id)!
-- Copy the deleted ones of some rows of aggregate_hosts.
-- Index: primary key; that of shadow_aggregate_hosts refuses a row it has. Locks: the rows.
INSERT INTO shadow_aggregate_hosts (
       id, host, aggregate_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.host, t.aggregate_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM aggregate_hosts AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_aggregate_hosts(id)!
-- Remove the deleted ones of some rows of aggregate_hosts, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM aggregate_hosts AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_aggregate_metadata(id)!
-- Copy the deleted ones of some rows of aggregate_metadata.
-- Index: primary key; that of shadow_aggregate_metadata refuses a row it has. Locks: the rows.
INSERT INTO shadow_aggregate_metadata (
       id, `key`, value, aggregate_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.key, t.value, t.aggregate_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM aggregate_metadata AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_aggregate_metadata(id)!
-- Remove the deleted ones of some rows of aggregate_metadata, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM aggregate_metadata AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_aggregates(id)!
-- Copy the deleted ones of some rows of aggregates.
-- Index: primary key; that of shadow_aggregates refuses a row it has. Locks: the rows.
INSERT INTO shadow_aggregates (
       id, name, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.name, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM aggregates AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_aggregates(id)!
-- Remove the deleted ones of some rows of aggregates, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM aggregates AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_block_device_mapping(id)!
-- Copy the deleted ones of some rows of block_device_mapping.
-- Index: primary key; that of shadow_block_device_mapping refuses a row it has. Locks: the rows.
INSERT INTO shadow_block_device_mapping (
       id, instance_uuid, source_type, destination_type, guest_format, device_type, disk_bus, boot_index, device_name,
       delete_on_termination, snapshot_id, volume_id, volume_size, image_id, no_device, connection_info, virtual_name,
       created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.instance_uuid, t.source_type, t.destination_type, t.guest_format, t.device_type, t.disk_bus,
       t.boot_index, t.device_name, t.delete_on_termination, t.snapshot_id, t.volume_id, t.volume_size, t.image_id,
       t.no_device, t.connection_info, t.virtual_name, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM block_device_mapping AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_block_device_mapping(id)!
-- Remove the deleted ones of some rows of block_device_mapping, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM block_device_mapping AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_bw_usage_cache(id)!
-- Copy the deleted ones of some rows of bw_usage_cache.
-- Index: primary key; that of shadow_bw_usage_cache refuses a row it has. Locks: the rows.
INSERT INTO shadow_bw_usage_cache (
       id, uuid, mac, start_period, last_refreshed, bw_in, bw_out, last_ctr_in, last_ctr_out, created_at, updated_at,
       deleted_at, deleted)
SELECT t.id, t.uuid, t.mac, t.start_period, t.last_refreshed, t.bw_in, t.bw_out, t.last_ctr_in, t.last_ctr_out,
       t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM bw_usage_cache AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_bw_usage_cache(id)!
-- Remove the deleted ones of some rows of bw_usage_cache, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM bw_usage_cache AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_cells(id)!
-- Copy the deleted ones of some rows of cells.
-- Index: primary key; that of shadow_cells refuses a row it has. Locks: the rows.
INSERT INTO shadow_cells (
       id, name, api_url, transport_url, weight_offset, weight_scale, is_parent, username, password, rpc_host,
       rpc_port, rpc_virtual_host, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.name, t.api_url, t.transport_url, t.weight_offset, t.weight_scale, t.is_parent, t.username, t.password,
       t.rpc_host, t.rpc_port, t.rpc_virtual_host, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM cells AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_cells(id)!
-- Remove the deleted ones of some rows of cells, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM cells AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_certificates(id)!
-- Copy the deleted ones of some rows of certificates.
-- Index: primary key; that of shadow_certificates refuses a row it has. Locks: the rows.
INSERT INTO shadow_certificates (
       id, user_id, project_id, file_name, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.user_id, t.project_id, t.file_name, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM certificates AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_certificates(id)!
-- Remove the deleted ones of some rows of certificates, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM certificates AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_compute_node_stats(id)!
-- Copy the deleted ones of some rows of compute_node_stats.
-- Index: primary key; that of shadow_compute_node_stats refuses a row it has. Locks: the rows.
INSERT INTO shadow_compute_node_stats (
       id, `key`, value, compute_node_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.key, t.value, t.compute_node_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM compute_node_stats AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_compute_node_stats(id)!
-- Remove the deleted ones of some rows of compute_node_stats, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM compute_node_stats AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_consoles(id)!
-- Copy the deleted ones of some rows of consoles.
-- Index: primary key; that of shadow_consoles refuses a row it has. Locks: the rows.
INSERT INTO shadow_consoles (
       id, instance_name, instance_uuid, password, port, pool_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.instance_name, t.instance_uuid, t.password, t.port, t.pool_id, t.created_at, t.updated_at,
       t.deleted_at, t.deleted
  FROM consoles AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_consoles(id)!
-- Remove the deleted ones of some rows of consoles, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM consoles AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_console_pools(id)!
-- Copy the deleted ones of some rows of console_pools.
-- Index: primary key; that of shadow_console_pools refuses a row it has. Locks: the rows.
INSERT INTO shadow_console_pools (
       id, address, username, password, console_type, public_hostname, host, compute_host, created_at, updated_at,
       deleted_at, deleted)
SELECT t.id, t.address, t.username, t.password, t.console_type, t.public_hostname, t.host, t.compute_host,
       t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM console_pools AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_console_pools(id)!
-- Remove the deleted ones of some rows of console_pools, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM console_pools AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_dns_domains(domain)!
-- Copy the deleted ones of some rows of dns_domains.
-- Index: primary key; that of shadow_dns_domains refuses a row it has. Locks: the rows.
INSERT INTO shadow_dns_domains (
       domain, scope, availability_zone, project_id, created_at, updated_at, deleted_at, deleted)
SELECT t.domain, t.scope, t.availability_zone, t.project_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM dns_domains AS t FORCE INDEX (PRIMARY)
 WHERE t.domain IN (/*{list keys}*/ :domain /*{}*/)
   AND t.deleted <> FALSE
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_dns_domains(domain)!
-- Remove the deleted ones of some rows of dns_domains, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM dns_domains AS t FORCE INDEX (PRIMARY)
 WHERE t.domain IN (/*{list keys}*/ :domain /*{}*/)
   AND t.deleted <> FALSE;

-- name: archive_deleted_rows_for_table__copy_floating_ips(id)!
-- Copy the deleted ones of some rows of floating_ips.
-- Index: primary key; that of shadow_floating_ips refuses a row it has. Locks: the rows.
INSERT INTO shadow_floating_ips (
       id, address, fixed_ip_id, project_id, host, auto_assigned, pool, interface, created_at, updated_at, deleted_at,
       deleted)
SELECT t.id, t.address, t.fixed_ip_id, t.project_id, t.host, t.auto_assigned, t.pool, t.interface, t.created_at,
       t.updated_at, t.deleted_at, t.deleted
  FROM floating_ips AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_floating_ips(id)!
-- Remove the deleted ones of some rows of floating_ips, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM floating_ips AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_fixed_ips(id)!
-- Copy the deleted ones of some rows of fixed_ips.
-- Index: primary key; that of shadow_fixed_ips refuses a row it has. Locks: the rows.
INSERT INTO shadow_fixed_ips (
       id, address, network_id, virtual_interface_id, instance_uuid, allocated, leased, reserved, host, created_at,
       updated_at, deleted_at, deleted)
SELECT t.id, t.address, t.network_id, t.virtual_interface_id, t.instance_uuid, t.allocated, t.leased, t.reserved,
       t.host, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM fixed_ips AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_fixed_ips(id)!
-- Remove the deleted ones of some rows of fixed_ips, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM fixed_ips AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_actions_events(id)!
-- Copy the deleted ones of some rows of instance_actions_events.
-- Index: primary key; that of shadow_instance_actions_events refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_actions_events (
       id, event, action_id, start_time, finish_time, result, traceback, host, details, created_at, updated_at,
       deleted_at, deleted)
SELECT t.id, t.event, t.action_id, t.start_time, t.finish_time, t.result, t.traceback, t.host, t.details,
       t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_actions_events AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_actions_events(id)!
-- Remove the deleted ones of some rows of instance_actions_events, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_actions_events AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_actions(id)!
-- Copy the deleted ones of some rows of instance_actions.
-- Index: primary key; that of shadow_instance_actions refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_actions (
       id, action, instance_uuid, request_id, user_id, project_id, start_time, finish_time, message, created_at,
       updated_at, deleted_at, deleted)
SELECT t.id, t.action, t.instance_uuid, t.request_id, t.user_id, t.project_id, t.start_time, t.finish_time, t.message,
       t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_actions AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_actions(id)!
-- Remove the deleted ones of some rows of instance_actions, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_actions AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_faults(id)!
-- Copy the deleted ones of some rows of instance_faults.
-- Index: primary key; that of shadow_instance_faults refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_faults (
       id, instance_uuid, code, message, details, host, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.instance_uuid, t.code, t.message, t.details, t.host, t.created_at, t.updated_at, t.deleted_at,
       t.deleted
  FROM instance_faults AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_faults(id)!
-- Remove the deleted ones of some rows of instance_faults, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_faults AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_group_member(id)!
-- Copy the deleted ones of some rows of instance_group_member.
-- Index: primary key; that of shadow_instance_group_member refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_group_member (
       id, instance_id, group_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.instance_id, t.group_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_group_member AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_group_member(id)!
-- Remove the deleted ones of some rows of instance_group_member, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_group_member AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_group_metadata(id)!
-- Copy the deleted ones of some rows of instance_group_metadata.
-- Index: primary key; that of shadow_instance_group_metadata refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_group_metadata (
       id, `key`, value, group_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.key, t.value, t.group_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_group_metadata AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_group_metadata(id)!
-- Remove the deleted ones of some rows of instance_group_metadata, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_group_metadata AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_group_policy(id)!
-- Copy the deleted ones of some rows of instance_group_policy.
-- Index: primary key; that of shadow_instance_group_policy refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_group_policy (
       id, policy, group_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.policy, t.group_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_group_policy AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_group_policy(id)!
-- Remove the deleted ones of some rows of instance_group_policy, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_group_policy AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_groups(id)!
-- Copy the deleted ones of some rows of instance_groups.
-- Index: primary key; that of shadow_instance_groups refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_groups (
       id, user_id, project_id, uuid, name, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.user_id, t.project_id, t.uuid, t.name, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_groups AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_groups(id)!
-- Remove the deleted ones of some rows of instance_groups, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_groups AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_id_mappings(id)!
-- Copy the deleted ones of some rows of instance_id_mappings.
-- Index: primary key; that of shadow_instance_id_mappings refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_id_mappings (
       id, uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_id_mappings AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_id_mappings(id)!
-- Remove the deleted ones of some rows of instance_id_mappings, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_id_mappings AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_info_caches(id)!
-- Copy the deleted ones of some rows of instance_info_caches.
-- Index: primary key; that of shadow_instance_info_caches refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_info_caches (
       id, network_info, instance_uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.network_info, t.instance_uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_info_caches AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_info_caches(id)!
-- Remove the deleted ones of some rows of instance_info_caches, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_info_caches AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_metadata(id)!
-- Copy the deleted ones of some rows of instance_metadata.
-- Index: primary key; that of shadow_instance_metadata refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_metadata (
       id, `key`, value, instance_uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.key, t.value, t.instance_uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_metadata AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_metadata(id)!
-- Remove the deleted ones of some rows of instance_metadata, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_metadata AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_system_metadata(id)!
-- Copy the deleted ones of some rows of instance_system_metadata.
-- Index: primary key; that of shadow_instance_system_metadata refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_system_metadata (
       id, `key`, value, instance_uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.key, t.value, t.instance_uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_system_metadata AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_system_metadata(id)!
-- Remove the deleted ones of some rows of instance_system_metadata, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_system_metadata AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_type_extra_specs(id)!
-- Copy the deleted ones of some rows of instance_type_extra_specs.
-- Index: primary key; that of shadow_instance_type_extra_specs refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_type_extra_specs (
       id, `key`, value, instance_type_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.key, t.value, t.instance_type_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_type_extra_specs AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_type_extra_specs(id)!
-- Remove the deleted ones of some rows of instance_type_extra_specs, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_type_extra_specs AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_type_projects(id)!
-- Copy the deleted ones of some rows of instance_type_projects.
-- Index: primary key; that of shadow_instance_type_projects refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_type_projects (
       id, instance_type_id, project_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.instance_type_id, t.project_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_type_projects AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_type_projects(id)!
-- Remove the deleted ones of some rows of instance_type_projects, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_type_projects AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_iscsi_targets(id)!
-- Copy the deleted ones of some rows of iscsi_targets.
-- Index: primary key; that of shadow_iscsi_targets refuses a row it has. Locks: the rows.
INSERT INTO shadow_iscsi_targets (
       id, target_num, host, volume_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.target_num, t.host, t.volume_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM iscsi_targets AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_iscsi_targets(id)!
-- Remove the deleted ones of some rows of iscsi_targets, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM iscsi_targets AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_key_pairs(id)!
-- Copy the deleted ones of some rows of key_pairs.
-- Index: primary key; that of shadow_key_pairs refuses a row it has. Locks: the rows.
INSERT INTO shadow_key_pairs (
       id, name, user_id, fingerprint, public_key, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.name, t.user_id, t.fingerprint, t.public_key, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM key_pairs AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_key_pairs(id)!
-- Remove the deleted ones of some rows of key_pairs, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM key_pairs AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_migrations(id)!
-- Copy the deleted ones of some rows of migrations.
-- Index: primary key; that of shadow_migrations refuses a row it has. Locks: the rows.
INSERT INTO shadow_migrations (
       id, source_compute, dest_compute, source_node, dest_node, dest_host, old_instance_type_id,
       new_instance_type_id, instance_uuid, status, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.source_compute, t.dest_compute, t.source_node, t.dest_node, t.dest_host, t.old_instance_type_id,
       t.new_instance_type_id, t.instance_uuid, t.status, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM migrations AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_migrations(id)!
-- Remove the deleted ones of some rows of migrations, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM migrations AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_pci_devices(id)!
-- Copy the deleted ones of some rows of pci_devices.
-- Index: primary key; that of shadow_pci_devices refuses a row it has. Locks: the rows.
INSERT INTO shadow_pci_devices (
       id, compute_node_id, address, vendor_id, product_id, dev_type, dev_id, label, status, extra_info,
       instance_uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.compute_node_id, t.address, t.vendor_id, t.product_id, t.dev_type, t.dev_id, t.label, t.status,
       t.extra_info, t.instance_uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM pci_devices AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_pci_devices(id)!
-- Remove the deleted ones of some rows of pci_devices, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM pci_devices AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_compute_nodes(id)!
-- Copy the deleted ones of some rows of compute_nodes.
-- Index: primary key; that of shadow_compute_nodes refuses a row it has. Locks: the rows.
INSERT INTO shadow_compute_nodes (
       id, service_id, vcpus, memory_mb, local_gb, vcpus_used, memory_mb_used, local_gb_used, hypervisor_type,
       hypervisor_version, hypervisor_hostname, free_ram_mb, free_disk_gb, current_workload, running_vms, cpu_info,
       disk_available_least, host_ip, supported_instances, metrics, pci_stats, extra_resources, stats, created_at,
       updated_at, deleted_at, deleted)
SELECT t.id, t.service_id, t.vcpus, t.memory_mb, t.local_gb, t.vcpus_used, t.memory_mb_used, t.local_gb_used,
       t.hypervisor_type, t.hypervisor_version, t.hypervisor_hostname, t.free_ram_mb, t.free_disk_gb,
       t.current_workload, t.running_vms, t.cpu_info, t.disk_available_least, t.host_ip, t.supported_instances,
       t.metrics, t.pci_stats, t.extra_resources, t.stats, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM compute_nodes AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_compute_nodes(id)!
-- Remove the deleted ones of some rows of compute_nodes, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM compute_nodes AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_project_user_quotas(id)!
-- Copy the deleted ones of some rows of project_user_quotas.
-- Index: primary key; that of shadow_project_user_quotas refuses a row it has. Locks: the rows.
INSERT INTO shadow_project_user_quotas (
       id, project_id, user_id, resource, hard_limit, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.project_id, t.user_id, t.resource, t.hard_limit, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM project_user_quotas AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_project_user_quotas(id)!
-- Remove the deleted ones of some rows of project_user_quotas, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM project_user_quotas AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_provider_fw_rules(id)!
-- Copy the deleted ones of some rows of provider_fw_rules.
-- Index: primary key; that of shadow_provider_fw_rules refuses a row it has. Locks: the rows.
INSERT INTO shadow_provider_fw_rules (
       id, protocol, from_port, to_port, cidr, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.protocol, t.from_port, t.to_port, t.cidr, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM provider_fw_rules AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_provider_fw_rules(id)!
-- Remove the deleted ones of some rows of provider_fw_rules, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM provider_fw_rules AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_quota_classes(id)!
-- Copy the deleted ones of some rows of quota_classes.
-- Index: primary key; that of shadow_quota_classes refuses a row it has. Locks: the rows.
INSERT INTO shadow_quota_classes (
       id, class_name, resource, hard_limit, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.class_name, t.resource, t.hard_limit, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM quota_classes AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_quota_classes(id)!
-- Remove the deleted ones of some rows of quota_classes, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM quota_classes AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_quotas(id)!
-- Copy the deleted ones of some rows of quotas.
-- Index: primary key; that of shadow_quotas refuses a row it has. Locks: the rows.
INSERT INTO shadow_quotas (
       id, project_id, resource, hard_limit, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.project_id, t.resource, t.hard_limit, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM quotas AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_quotas(id)!
-- Remove the deleted ones of some rows of quotas, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM quotas AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_reservations(id)!
-- Copy the deleted ones of some rows of reservations.
-- Index: primary key; that of shadow_reservations refuses a row it has. Locks: the rows.
INSERT INTO shadow_reservations (
       id, uuid, usage_id, project_id, user_id, resource, delta, expire, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.uuid, t.usage_id, t.project_id, t.user_id, t.resource, t.delta, t.expire, t.created_at, t.updated_at,
       t.deleted_at, t.deleted
  FROM reservations AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_reservations(id)!
-- Remove the deleted ones of some rows of reservations, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM reservations AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_quota_usages(id)!
-- Copy the deleted ones of some rows of quota_usages.
-- Index: primary key; that of shadow_quota_usages refuses a row it has. Locks: the rows.
INSERT INTO shadow_quota_usages (
       id, project_id, user_id, resource, in_use, reserved, until_refresh, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.project_id, t.user_id, t.resource, t.in_use, t.reserved, t.until_refresh, t.created_at, t.updated_at,
       t.deleted_at, t.deleted
  FROM quota_usages AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_quota_usages(id)!
-- Remove the deleted ones of some rows of quota_usages, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM quota_usages AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_s3_images(id)!
-- Copy the deleted ones of some rows of s3_images.
-- Index: primary key; that of shadow_s3_images refuses a row it has. Locks: the rows.
INSERT INTO shadow_s3_images (
       id, uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM s3_images AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_s3_images(id)!
-- Remove the deleted ones of some rows of s3_images, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM s3_images AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_security_group_default_rules(id)!
-- Copy the deleted ones of some rows of security_group_default_rules.
-- Index: primary key; that of shadow_security_group_default_rules refuses a row it has. Locks: the rows.
INSERT INTO shadow_security_group_default_rules (
       id, protocol, from_port, to_port, cidr, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.protocol, t.from_port, t.to_port, t.cidr, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM security_group_default_rules AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_security_group_default_rules(id)!
-- Remove the deleted ones of some rows of security_group_default_rules, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM security_group_default_rules AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_security_group_instance_association(id)!
-- Copy the deleted ones of some rows of security_group_instance_association.
-- Index: primary key; that of shadow_security_group_instance_association refuses a row it has. Locks: the rows.
INSERT INTO shadow_security_group_instance_association (
       id, security_group_id, instance_uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.security_group_id, t.instance_uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM security_group_instance_association AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_security_group_instance_association(id)!
-- Remove the deleted ones of some rows of security_group_instance_association, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM security_group_instance_association AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_security_group_rules(id)!
-- Copy the deleted ones of some rows of security_group_rules.
-- Index: primary key; that of shadow_security_group_rules refuses a row it has. Locks: the rows.
INSERT INTO shadow_security_group_rules (
       id, parent_group_id, protocol, from_port, to_port, cidr, group_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.parent_group_id, t.protocol, t.from_port, t.to_port, t.cidr, t.group_id, t.created_at, t.updated_at,
       t.deleted_at, t.deleted
  FROM security_group_rules AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_security_group_rules(id)!
-- Remove the deleted ones of some rows of security_group_rules, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM security_group_rules AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_security_groups(id)!
-- Copy the deleted ones of some rows of security_groups.
-- Index: primary key; that of shadow_security_groups refuses a row it has. Locks: the rows.
INSERT INTO shadow_security_groups (
       id, name, description, user_id, project_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.name, t.description, t.user_id, t.project_id, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM security_groups AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_security_groups(id)!
-- Remove the deleted ones of some rows of security_groups, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM security_groups AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_services(id)!
-- Copy the deleted ones of some rows of services.
-- Index: primary key; that of shadow_services refuses a row it has. Locks: the rows.
INSERT INTO shadow_services (
       id, host, `binary`, topic, report_count, disabled, disabled_reason, availability_zone, created_at, updated_at,
       deleted_at, deleted)
SELECT t.id, t.host, t.binary, t.topic, t.report_count, t.disabled, t.disabled_reason, t.availability_zone,
       t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM services AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_services(id)!
-- Remove the deleted ones of some rows of services, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM services AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_snapshot_id_mappings(id)!
-- Copy the deleted ones of some rows of snapshot_id_mappings.
-- Index: primary key; that of shadow_snapshot_id_mappings refuses a row it has. Locks: the rows.
INSERT INTO shadow_snapshot_id_mappings (
       id, uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM snapshot_id_mappings AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_snapshot_id_mappings(id)!
-- Remove the deleted ones of some rows of snapshot_id_mappings, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM snapshot_id_mappings AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_task_log(id)!
-- Copy the deleted ones of some rows of task_log.
-- Index: primary key; that of shadow_task_log refuses a row it has. Locks: the rows.
INSERT INTO shadow_task_log (
       id, task_name, state, host, period_beginning, period_ending, message, task_items, errors, created_at,
       updated_at, deleted_at, deleted)
SELECT t.id, t.task_name, t.state, t.host, t.period_beginning, t.period_ending, t.message, t.task_items, t.errors,
       t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM task_log AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_task_log(id)!
-- Remove the deleted ones of some rows of task_log, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM task_log AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_virtual_interfaces(id)!
-- Copy the deleted ones of some rows of virtual_interfaces.
-- Index: primary key; that of shadow_virtual_interfaces refuses a row it has. Locks: the rows.
INSERT INTO shadow_virtual_interfaces (
       id, address, network_id, instance_uuid, uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.address, t.network_id, t.instance_uuid, t.uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM virtual_interfaces AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_virtual_interfaces(id)!
-- Remove the deleted ones of some rows of virtual_interfaces, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM virtual_interfaces AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_networks(id)!
-- Copy the deleted ones of some rows of networks.
-- Index: primary key; that of shadow_networks refuses a row it has. Locks: the rows.
INSERT INTO shadow_networks (
       id, label, injected, cidr, cidr_v6, multi_host, gateway_v6, netmask_v6, netmask, bridge, bridge_interface,
       gateway, broadcast, dns1, dns2, vlan, vpn_public_address, vpn_public_port, vpn_private_address, dhcp_start,
       rxtx_base, project_id, priority, host, uuid, mtu, dhcp_server, enable_dhcp, share_address, created_at,
       updated_at, deleted_at, deleted)
SELECT t.id, t.label, t.injected, t.cidr, t.cidr_v6, t.multi_host, t.gateway_v6, t.netmask_v6, t.netmask, t.bridge,
       t.bridge_interface, t.gateway, t.broadcast, t.dns1, t.dns2, t.vlan, t.vpn_public_address, t.vpn_public_port,
       t.vpn_private_address, t.dhcp_start, t.rxtx_base, t.project_id, t.priority, t.host, t.uuid, t.mtu,
       t.dhcp_server, t.enable_dhcp, t.share_address, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM networks AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_networks(id)!
-- Remove the deleted ones of some rows of networks, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM networks AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_volume_id_mappings(id)!
-- Copy the deleted ones of some rows of volume_id_mappings.
-- Index: primary key; that of shadow_volume_id_mappings refuses a row it has. Locks: the rows.
INSERT INTO shadow_volume_id_mappings (
       id, uuid, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.uuid, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM volume_id_mappings AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_volume_id_mappings(id)!
-- Remove the deleted ones of some rows of volume_id_mappings, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM volume_id_mappings AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_volume_usage_cache(id)!
-- Copy the deleted ones of some rows of volume_usage_cache.
-- Index: primary key; that of shadow_volume_usage_cache refuses a row it has. Locks: the rows.
INSERT INTO shadow_volume_usage_cache (
       id, volume_id, instance_uuid, project_id, user_id, availability_zone, tot_last_refreshed, tot_reads,
       tot_read_bytes, tot_writes, tot_write_bytes, curr_last_refreshed, curr_reads, curr_read_bytes, curr_writes,
       curr_write_bytes, instance_id, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.volume_id, t.instance_uuid, t.project_id, t.user_id, t.availability_zone, t.tot_last_refreshed,
       t.tot_reads, t.tot_read_bytes, t.tot_writes, t.tot_write_bytes, t.curr_last_refreshed, t.curr_reads,
       t.curr_read_bytes, t.curr_writes, t.curr_write_bytes, t.instance_id, t.created_at, t.updated_at, t.deleted_at,
       t.deleted
  FROM volume_usage_cache AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_volume_usage_cache(id)!
-- Remove the deleted ones of some rows of volume_usage_cache, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM volume_usage_cache AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_snapshots(id)!
-- Copy the deleted ones of some rows of snapshots.
-- Index: primary key; that of shadow_snapshots refuses a row it has. Locks: the rows.
INSERT INTO shadow_snapshots (
       id, user_id, project_id, volume_id, status, progress, volume_size, scheduled_at, display_name,
       display_description, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.user_id, t.project_id, t.volume_id, t.status, t.progress, t.volume_size, t.scheduled_at,
       t.display_name, t.display_description, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM snapshots AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> ''
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_snapshots(id)!
-- Remove the deleted ones of some rows of snapshots, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM snapshots AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> '';

-- name: archive_deleted_rows_for_table__copy_volumes(id)!
-- Copy the deleted ones of some rows of volumes.
-- Index: primary key; that of shadow_volumes refuses a row it has. Locks: the rows.
INSERT INTO shadow_volumes (
       id, ec2_id, user_id, project_id, snapshot_id, host, size, availability_zone, instance_uuid, mountpoint,
       attach_time, status, attach_status, scheduled_at, launched_at, terminated_at, display_name,
       display_description, provider_location, provider_auth, volume_type_id, created_at, updated_at, deleted_at,
       deleted)
SELECT t.id, t.ec2_id, t.user_id, t.project_id, t.snapshot_id, t.host, t.size, t.availability_zone, t.instance_uuid,
       t.mountpoint, t.attach_time, t.status, t.attach_status, t.scheduled_at, t.launched_at, t.terminated_at,
       t.display_name, t.display_description, t.provider_location, t.provider_auth, t.volume_type_id, t.created_at,
       t.updated_at, t.deleted_at, t.deleted
  FROM volumes AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> ''
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_volumes(id)!
-- Remove the deleted ones of some rows of volumes, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM volumes AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> '';

-- name: archive_deleted_rows_for_table__copy_instances(id)!
-- Copy the deleted ones of some rows of instances.
-- Index: primary key; that of shadow_instances refuses a row it has. Locks: the rows.
INSERT INTO shadow_instances (
       id, user_id, project_id, image_ref, kernel_id, ramdisk_id, hostname, launch_index, key_name, key_data,
       power_state, vm_state, task_state, memory_mb, vcpus, root_gb, ephemeral_gb, ephemeral_key_uuid, host, node,
       instance_type_id, user_data, reservation_id, scheduled_at, launched_at, terminated_at, availability_zone,
       display_name, display_description, launched_on, locked, locked_by, os_type, architecture, vm_mode, uuid,
       root_device_name, default_ephemeral_device, default_swap_device, config_drive, access_ip_v4, access_ip_v6,
       auto_disk_config, progress, shutdown_terminate, disable_terminate, cell_name, internal_id, cleaned, created_at,
       updated_at, deleted_at, deleted)
SELECT t.id, t.user_id, t.project_id, t.image_ref, t.kernel_id, t.ramdisk_id, t.hostname, t.launch_index, t.key_name,
       t.key_data, t.power_state, t.vm_state, t.task_state, t.memory_mb, t.vcpus, t.root_gb, t.ephemeral_gb,
       t.ephemeral_key_uuid, t.host, t.node, t.instance_type_id, t.user_data, t.reservation_id, t.scheduled_at,
       t.launched_at, t.terminated_at, t.availability_zone, t.display_name, t.display_description, t.launched_on,
       t.locked, t.locked_by, t.os_type, t.architecture, t.vm_mode, t.uuid, t.root_device_name,
       t.default_ephemeral_device, t.default_swap_device, t.config_drive, t.access_ip_v4, t.access_ip_v6,
       t.auto_disk_config, t.progress, t.shutdown_terminate, t.disable_terminate, t.cell_name, t.internal_id,
       t.cleaned, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instances AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instances(id)!
-- Remove the deleted ones of some rows of instances, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instances AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;

-- name: archive_deleted_rows_for_table__copy_instance_types(id)!
-- Copy the deleted ones of some rows of instance_types.
-- Index: primary key; that of shadow_instance_types refuses a row it has. Locks: the rows.
INSERT INTO shadow_instance_types (
       id, name, memory_mb, vcpus, root_gb, ephemeral_gb, flavorid, swap, rxtx_factor, vcpu_weight, disabled,
       is_public, created_at, updated_at, deleted_at, deleted)
SELECT t.id, t.name, t.memory_mb, t.vcpus, t.root_gb, t.ephemeral_gb, t.flavorid, t.swap, t.rxtx_factor,
       t.vcpu_weight, t.disabled, t.is_public, t.created_at, t.updated_at, t.deleted_at, t.deleted
  FROM instance_types AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0
   FOR UPDATE;

-- name: archive_deleted_rows_for_table__remove_instance_types(id)!
-- Remove the deleted ones of some rows of instance_types, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE t
  FROM instance_types AS t FORCE INDEX (PRIMARY)
 WHERE t.id IN (/*{list keys}*/ :id /*{}*/)
   AND t.deleted <> 0;
