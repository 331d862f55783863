-- Archiving: deleted rows move to the shadow table of their table, a batch in each transaction.
--
-- Written by scripts/archive_statements.py from sql/schema/; change that and run it. The tables stand in the order in
-- which they are archived, children before their parents. How a batch of table T moves: __choose_T names the rows,
-- __copy_T (in the dialects' own files) copies those of them that are still deleted, __remove_T removes as many;
-- another number undoes the transaction. The primary key of the shadow table refuses a row that is there already.

-- name: archive_deleted_rows__count()^
-- How many deleted rows each table holds, NULL for a table that was not asked for.
-- Index: none; each table that was asked for is read once, or an index that holds `deleted`, such as
-- instances_deleted_created_at_id_idx and reservations_deleted_expire_idx. Locks: none.
SELECT /*{when agent_builds}*/
       (SELECT COUNT(*) FROM agent_builds AS t WHERE t.deleted <> 0) /*{}*/
       AS agent_builds,
       /*{when aggregate_hosts}*/
       (SELECT COUNT(*) FROM aggregate_hosts AS t WHERE t.deleted <> 0) /*{}*/
       AS aggregate_hosts,
       /*{when aggregate_metadata}*/
       (SELECT COUNT(*) FROM aggregate_metadata AS t WHERE t.deleted <> 0) /*{}*/
       AS aggregate_metadata,
       /*{when aggregates}*/
       (SELECT COUNT(*) FROM aggregates AS t WHERE t.deleted <> 0) /*{}*/
       AS aggregates,
       /*{when block_device_mapping}*/
       (SELECT COUNT(*) FROM block_device_mapping AS t WHERE t.deleted <> 0) /*{}*/
       AS block_device_mapping,
       /*{when bw_usage_cache}*/
       (SELECT COUNT(*) FROM bw_usage_cache AS t WHERE t.deleted <> 0) /*{}*/
       AS bw_usage_cache,
       /*{when cells}*/
       (SELECT COUNT(*) FROM cells AS t WHERE t.deleted <> 0) /*{}*/
       AS cells,
       /*{when certificates}*/
       (SELECT COUNT(*) FROM certificates AS t WHERE t.deleted <> 0) /*{}*/
       AS certificates,
       /*{when compute_node_stats}*/
       (SELECT COUNT(*) FROM compute_node_stats AS t WHERE t.deleted <> 0) /*{}*/
       AS compute_node_stats,
       /*{when consoles}*/
       (SELECT COUNT(*) FROM consoles AS t WHERE t.deleted <> 0) /*{}*/
       AS consoles,
       /*{when console_pools}*/
       (SELECT COUNT(*) FROM console_pools AS t WHERE t.deleted <> 0) /*{}*/
       AS console_pools,
       /*{when dns_domains}*/
       (SELECT COUNT(*) FROM dns_domains AS t WHERE t.deleted <> FALSE) /*{}*/
       AS dns_domains,
       /*{when floating_ips}*/
       (SELECT COUNT(*) FROM floating_ips AS t WHERE t.deleted <> 0) /*{}*/
       AS floating_ips,
       /*{when fixed_ips}*/
       (SELECT COUNT(*) FROM fixed_ips AS t WHERE t.deleted <> 0) /*{}*/
       AS fixed_ips,
       /*{when instance_actions_events}*/
       (SELECT COUNT(*) FROM instance_actions_events AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_actions_events,
       /*{when instance_actions}*/
       (SELECT COUNT(*) FROM instance_actions AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_actions,
       /*{when instance_faults}*/
       (SELECT COUNT(*) FROM instance_faults AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_faults,
       /*{when instance_group_member}*/
       (SELECT COUNT(*) FROM instance_group_member AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_group_member,
       /*{when instance_group_metadata}*/
       (SELECT COUNT(*) FROM instance_group_metadata AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_group_metadata,
       /*{when instance_group_policy}*/
       (SELECT COUNT(*) FROM instance_group_policy AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_group_policy,
       /*{when instance_groups}*/
       (SELECT COUNT(*) FROM instance_groups AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_groups,
       /*{when instance_id_mappings}*/
       (SELECT COUNT(*) FROM instance_id_mappings AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_id_mappings,
       /*{when instance_info_caches}*/
       (SELECT COUNT(*) FROM instance_info_caches AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_info_caches,
       /*{when instance_metadata}*/
       (SELECT COUNT(*) FROM instance_metadata AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_metadata,
       /*{when instance_system_metadata}*/
       (SELECT COUNT(*) FROM instance_system_metadata AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_system_metadata,
       /*{when instance_type_extra_specs}*/
       (SELECT COUNT(*) FROM instance_type_extra_specs AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_type_extra_specs,
       /*{when instance_type_projects}*/
       (SELECT COUNT(*) FROM instance_type_projects AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_type_projects,
       /*{when iscsi_targets}*/
       (SELECT COUNT(*) FROM iscsi_targets AS t WHERE t.deleted <> 0) /*{}*/
       AS iscsi_targets,
       /*{when key_pairs}*/
       (SELECT COUNT(*) FROM key_pairs AS t WHERE t.deleted <> 0) /*{}*/
       AS key_pairs,
       /*{when migrations}*/
       (SELECT COUNT(*) FROM migrations AS t WHERE t.deleted <> 0) /*{}*/
       AS migrations,
       /*{when pci_devices}*/
       (SELECT COUNT(*) FROM pci_devices AS t WHERE t.deleted <> 0) /*{}*/
       AS pci_devices,
       /*{when compute_nodes}*/
       (SELECT COUNT(*) FROM compute_nodes AS t WHERE t.deleted <> 0) /*{}*/
       AS compute_nodes,
       /*{when project_user_quotas}*/
       (SELECT COUNT(*) FROM project_user_quotas AS t WHERE t.deleted <> 0) /*{}*/
       AS project_user_quotas,
       /*{when provider_fw_rules}*/
       (SELECT COUNT(*) FROM provider_fw_rules AS t WHERE t.deleted <> 0) /*{}*/
       AS provider_fw_rules,
       /*{when quota_classes}*/
       (SELECT COUNT(*) FROM quota_classes AS t WHERE t.deleted <> 0) /*{}*/
       AS quota_classes,
       /*{when quotas}*/
       (SELECT COUNT(*) FROM quotas AS t WHERE t.deleted <> 0) /*{}*/
       AS quotas,
       /*{when reservations}*/
       (SELECT COUNT(*) FROM reservations AS t WHERE t.deleted <> 0) /*{}*/
       AS reservations,
       /*{when quota_usages}*/
       (SELECT COUNT(*) FROM quota_usages AS t WHERE t.deleted <> 0) /*{}*/
       AS quota_usages,
       /*{when s3_images}*/
       (SELECT COUNT(*) FROM s3_images AS t WHERE t.deleted <> 0) /*{}*/
       AS s3_images,
       /*{when security_group_default_rules}*/
       (SELECT COUNT(*) FROM security_group_default_rules AS t WHERE t.deleted <> 0) /*{}*/
       AS security_group_default_rules,
       /*{when security_group_instance_association}*/
       (SELECT COUNT(*) FROM security_group_instance_association AS t WHERE t.deleted <> 0) /*{}*/
       AS security_group_instance_association,
       /*{when security_group_rules}*/
       (SELECT COUNT(*) FROM security_group_rules AS t WHERE t.deleted <> 0) /*{}*/
       AS security_group_rules,
       /*{when security_groups}*/
       (SELECT COUNT(*) FROM security_groups AS t WHERE t.deleted <> 0) /*{}*/
       AS security_groups,
       /*{when services}*/
       (SELECT COUNT(*) FROM services AS t WHERE t.deleted <> 0) /*{}*/
       AS services,
       /*{when snapshot_id_mappings}*/
       (SELECT COUNT(*) FROM snapshot_id_mappings AS t WHERE t.deleted <> 0) /*{}*/
       AS snapshot_id_mappings,
       /*{when task_log}*/
       (SELECT COUNT(*) FROM task_log AS t WHERE t.deleted <> 0) /*{}*/
       AS task_log,
       /*{when virtual_interfaces}*/
       (SELECT COUNT(*) FROM virtual_interfaces AS t WHERE t.deleted <> 0) /*{}*/
       AS virtual_interfaces,
       /*{when networks}*/
       (SELECT COUNT(*) FROM networks AS t WHERE t.deleted <> 0) /*{}*/
       AS networks,
       /*{when volume_id_mappings}*/
       (SELECT COUNT(*) FROM volume_id_mappings AS t WHERE t.deleted <> 0) /*{}*/
       AS volume_id_mappings,
       /*{when volume_usage_cache}*/
       (SELECT COUNT(*) FROM volume_usage_cache AS t WHERE t.deleted <> 0) /*{}*/
       AS volume_usage_cache,
       /*{when snapshots}*/
       (SELECT COUNT(*) FROM snapshots AS t WHERE t.deleted <> '') /*{}*/
       AS snapshots,
       /*{when volumes}*/
       (SELECT COUNT(*) FROM volumes AS t WHERE t.deleted <> '') /*{}*/
       AS volumes,
       /*{when instances}*/
       (SELECT COUNT(*) FROM instances AS t WHERE t.deleted <> 0) /*{}*/
       AS instances,
       /*{when instance_types}*/
       (SELECT COUNT(*) FROM instance_types AS t WHERE t.deleted <> 0) /*{}*/
       AS instance_types;

-- name: archive_deleted_rows_for_table__choose_agent_builds(after, limit)
-- Keys of deleted rows of agent_builds, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM agent_builds AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_agent_builds(id)!
-- Remove the deleted ones of some rows of agent_builds, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM agent_builds
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_aggregate_hosts(after, limit)
-- Keys of deleted rows of aggregate_hosts, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM aggregate_hosts AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_aggregate_hosts(id)!
-- Remove the deleted ones of some rows of aggregate_hosts, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM aggregate_hosts
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_aggregate_metadata(after, limit)
-- Keys of deleted rows of aggregate_metadata, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM aggregate_metadata AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_aggregate_metadata(id)!
-- Remove the deleted ones of some rows of aggregate_metadata, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM aggregate_metadata
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_aggregates(after, limit)
-- Keys of deleted rows of aggregates, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM aggregates AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_aggregates(id)!
-- Remove the deleted ones of some rows of aggregates, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM aggregates
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_block_device_mapping(after, limit)
-- Keys of deleted rows of block_device_mapping, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM block_device_mapping AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_block_device_mapping(id)!
-- Remove the deleted ones of some rows of block_device_mapping, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM block_device_mapping
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_bw_usage_cache(after, limit)
-- Keys of deleted rows of bw_usage_cache, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM bw_usage_cache AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_bw_usage_cache(id)!
-- Remove the deleted ones of some rows of bw_usage_cache, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM bw_usage_cache
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_cells(after, limit)
-- Keys of deleted rows of cells, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM cells AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_cells(id)!
-- Remove the deleted ones of some rows of cells, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM cells
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_certificates(after, limit)
-- Keys of deleted rows of certificates, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM certificates AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_certificates(id)!
-- Remove the deleted ones of some rows of certificates, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM certificates
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_compute_node_stats(after, limit)
-- Keys of deleted rows of compute_node_stats, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM compute_node_stats AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_compute_node_stats(id)!
-- Remove the deleted ones of some rows of compute_node_stats, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM compute_node_stats
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_consoles(after, limit)
-- Keys of deleted rows of consoles, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM consoles AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_consoles(id)!
-- Remove the deleted ones of some rows of consoles, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM consoles
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_console_pools(after, limit)
-- Keys of deleted rows of console_pools, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM console_pools AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_console_pools(id)!
-- Remove the deleted ones of some rows of console_pools, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM console_pools
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_dns_domains(after, limit)
-- Keys of deleted rows of dns_domains, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.domain
  FROM dns_domains AS t
 WHERE t.deleted <> FALSE
   AND /*{when go_on}*/ t.domain > :after /*{}*/
 ORDER BY t.domain
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_dns_domains(domain)!
-- Remove the deleted ones of some rows of dns_domains, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM dns_domains
 WHERE domain IN (/*{list keys}*/ :domain /*{}*/)
   AND deleted <> FALSE;

-- name: archive_deleted_rows_for_table__choose_floating_ips(after, limit)
-- Keys of deleted rows of floating_ips, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM floating_ips AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_floating_ips(id)!
-- Remove the deleted ones of some rows of floating_ips, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM floating_ips
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_fixed_ips(after, limit)
-- Keys of deleted rows of fixed_ips, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM fixed_ips AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_fixed_ips(id)!
-- Remove the deleted ones of some rows of fixed_ips, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM fixed_ips
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_actions_events(after, limit)
-- Keys of deleted rows of instance_actions_events, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_actions_events AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_actions_events(id)!
-- Remove the deleted ones of some rows of instance_actions_events, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_actions_events
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_actions(after, limit)
-- Keys of deleted rows of instance_actions, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_actions AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_actions(id)!
-- Remove the deleted ones of some rows of instance_actions, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_actions
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_faults(after, limit)
-- Keys of deleted rows of instance_faults, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_faults AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_faults(id)!
-- Remove the deleted ones of some rows of instance_faults, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_faults
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_group_member(after, limit)
-- Keys of deleted rows of instance_group_member, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_group_member AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_group_member(id)!
-- Remove the deleted ones of some rows of instance_group_member, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_group_member
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_group_metadata(after, limit)
-- Keys of deleted rows of instance_group_metadata, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_group_metadata AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_group_metadata(id)!
-- Remove the deleted ones of some rows of instance_group_metadata, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_group_metadata
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_group_policy(after, limit)
-- Keys of deleted rows of instance_group_policy, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_group_policy AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_group_policy(id)!
-- Remove the deleted ones of some rows of instance_group_policy, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_group_policy
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_groups(after, limit)
-- Keys of deleted rows of instance_groups, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_groups AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_groups(id)!
-- Remove the deleted ones of some rows of instance_groups, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_groups
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_id_mappings(after, limit)
-- Keys of deleted rows of instance_id_mappings, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_id_mappings AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_id_mappings(id)!
-- Remove the deleted ones of some rows of instance_id_mappings, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_id_mappings
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_info_caches(after, limit)
-- Keys of deleted rows of instance_info_caches, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_info_caches AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_info_caches(id)!
-- Remove the deleted ones of some rows of instance_info_caches, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_info_caches
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_metadata(after, limit)
-- Keys of deleted rows of instance_metadata, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_metadata AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_metadata(id)!
-- Remove the deleted ones of some rows of instance_metadata, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_metadata
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_system_metadata(after, limit)
-- Keys of deleted rows of instance_system_metadata, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_system_metadata AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_system_metadata(id)!
-- Remove the deleted ones of some rows of instance_system_metadata, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_system_metadata
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_type_extra_specs(after, limit)
-- Keys of deleted rows of instance_type_extra_specs, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_type_extra_specs AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_type_extra_specs(id)!
-- Remove the deleted ones of some rows of instance_type_extra_specs, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_type_extra_specs
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_type_projects(after, limit)
-- Keys of deleted rows of instance_type_projects, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_type_projects AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_type_projects(id)!
-- Remove the deleted ones of some rows of instance_type_projects, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_type_projects
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_iscsi_targets(after, limit)
-- Keys of deleted rows of iscsi_targets, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM iscsi_targets AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_iscsi_targets(id)!
-- Remove the deleted ones of some rows of iscsi_targets, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM iscsi_targets
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_key_pairs(after, limit)
-- Keys of deleted rows of key_pairs, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM key_pairs AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_key_pairs(id)!
-- Remove the deleted ones of some rows of key_pairs, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM key_pairs
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_migrations(after, limit)
-- Keys of deleted rows of migrations, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM migrations AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_migrations(id)!
-- Remove the deleted ones of some rows of migrations, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM migrations
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_pci_devices(after, limit)
-- Keys of deleted rows of pci_devices, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM pci_devices AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_pci_devices(id)!
-- Remove the deleted ones of some rows of pci_devices, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM pci_devices
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_compute_nodes(after, limit)
-- Keys of deleted rows of compute_nodes, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM compute_nodes AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_compute_nodes(id)!
-- Remove the deleted ones of some rows of compute_nodes, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM compute_nodes
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_project_user_quotas(after, limit)
-- Keys of deleted rows of project_user_quotas, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM project_user_quotas AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_project_user_quotas(id)!
-- Remove the deleted ones of some rows of project_user_quotas, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM project_user_quotas
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_provider_fw_rules(after, limit)
-- Keys of deleted rows of provider_fw_rules, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM provider_fw_rules AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_provider_fw_rules(id)!
-- Remove the deleted ones of some rows of provider_fw_rules, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM provider_fw_rules
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_quota_classes(after, limit)
-- Keys of deleted rows of quota_classes, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM quota_classes AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_quota_classes(id)!
-- Remove the deleted ones of some rows of quota_classes, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM quota_classes
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_quotas(after, limit)
-- Keys of deleted rows of quotas, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM quotas AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_quotas(id)!
-- Remove the deleted ones of some rows of quotas, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM quotas
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_reservations(after, limit)
-- Keys of deleted rows of reservations, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM reservations AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_reservations(id)!
-- Remove the deleted ones of some rows of reservations, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM reservations
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_quota_usages(after, limit)
-- Keys of deleted rows of quota_usages, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM quota_usages AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_quota_usages(id)!
-- Remove the deleted ones of some rows of quota_usages, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM quota_usages
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_s3_images(after, limit)
-- Keys of deleted rows of s3_images, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM s3_images AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_s3_images(id)!
-- Remove the deleted ones of some rows of s3_images, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM s3_images
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_security_group_default_rules(after, limit)
-- Keys of deleted rows of security_group_default_rules, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM security_group_default_rules AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_security_group_default_rules(id)!
-- Remove the deleted ones of some rows of security_group_default_rules, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM security_group_default_rules
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_security_group_instance_association(after, limit)
-- Keys of deleted rows of security_group_instance_association, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM security_group_instance_association AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_security_group_instance_association(id)!
-- Remove the deleted ones of some rows of security_group_instance_association, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM security_group_instance_association
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_security_group_rules(after, limit)
-- Keys of deleted rows of security_group_rules, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM security_group_rules AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_security_group_rules(id)!
-- Remove the deleted ones of some rows of security_group_rules, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM security_group_rules
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_security_groups(after, limit)
-- Keys of deleted rows of security_groups, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM security_groups AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_security_groups(id)!
-- Remove the deleted ones of some rows of security_groups, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM security_groups
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_services(after, limit)
-- Keys of deleted rows of services, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM services AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_services(id)!
-- Remove the deleted ones of some rows of services, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM services
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_snapshot_id_mappings(after, limit)
-- Keys of deleted rows of snapshot_id_mappings, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM snapshot_id_mappings AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_snapshot_id_mappings(id)!
-- Remove the deleted ones of some rows of snapshot_id_mappings, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM snapshot_id_mappings
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_task_log(after, limit)
-- Keys of deleted rows of task_log, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM task_log AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_task_log(id)!
-- Remove the deleted ones of some rows of task_log, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM task_log
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_virtual_interfaces(after, limit)
-- Keys of deleted rows of virtual_interfaces, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM virtual_interfaces AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_virtual_interfaces(id)!
-- Remove the deleted ones of some rows of virtual_interfaces, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM virtual_interfaces
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_networks(after, limit)
-- Keys of deleted rows of networks, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM networks AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_networks(id)!
-- Remove the deleted ones of some rows of networks, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM networks
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_volume_id_mappings(after, limit)
-- Keys of deleted rows of volume_id_mappings, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM volume_id_mappings AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_volume_id_mappings(id)!
-- Remove the deleted ones of some rows of volume_id_mappings, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM volume_id_mappings
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_volume_usage_cache(after, limit)
-- Keys of deleted rows of volume_usage_cache, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM volume_usage_cache AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_volume_usage_cache(id)!
-- Remove the deleted ones of some rows of volume_usage_cache, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM volume_usage_cache
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_snapshots(after, limit)
-- Keys of deleted rows of snapshots, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM snapshots AS t
 WHERE t.deleted <> ''
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_snapshots(id)!
-- Remove the deleted ones of some rows of snapshots, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM snapshots
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> '';

-- name: archive_deleted_rows_for_table__choose_volumes(after, limit)
-- Keys of deleted rows of volumes, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM volumes AS t
 WHERE t.deleted <> ''
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_volumes(id)!
-- Remove the deleted ones of some rows of volumes, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM volumes
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> '';

-- name: archive_deleted_rows_for_table__choose_instances(after, limit)
-- Keys of deleted rows of instances, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instances AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instances(id)!
-- Remove the deleted ones of some rows of instances, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instances
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;

-- name: archive_deleted_rows_for_table__choose_instance_types(after, limit)
-- Keys of deleted rows of instance_types, the lowest first, from a key on.
-- Index: primary key, in its order; none where the server expects few of the rows to be deleted. Locks: none.
SELECT t.id
  FROM instance_types AS t
 WHERE t.deleted <> 0
   AND /*{when go_on}*/ t.id > :after /*{}*/
 ORDER BY t.id
 LIMIT :limit;

-- name: archive_deleted_rows_for_table__remove_instance_types(id)!
-- Remove the deleted ones of some rows of instance_types, which were copied before.
-- Index: primary key. Locks: the rows.
DELETE FROM instance_types
 WHERE id IN (/*{list keys}*/ :id /*{}*/)
   AND deleted <> 0;
