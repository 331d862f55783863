-- Instances. A relation that a call does not ask for is not read.

-- name: instance_create(uuid, project_id)<!
-- A new instance.
-- Index: uniq_instances0uuid refuses a uuid that was ever used. Locks: the new row.
INSERT INTO instances (/*{columns}*/ uuid, project_id /*{}*/)
VALUES /*{rows}*/ (:uuid, :project_id) /*{}*/;

-- name: instance_create__same_hostname(pattern, project_id)
-- The hostnames of visible instances, of one project or of all, that may be one in another case. Servers agree about
-- the case of ASCII letters alone: in the pattern a wildcard stands for every other one.
-- Index: instances_project_id_deleted_created_at_id_idx for one project, none for all. Locks: none.
SELECT DISTINCT i.hostname
  FROM instances AS i
 WHERE LOWER(i.hostname) LIKE :pattern ESCAPE '!'
   AND /*{filters}*/ i.project_id = :project_id /*{}*/
   AND /*{visibility}*/ i.deleted = 0 /*{}*/;

-- name: instance_create__groups(name, project_id)
-- The live security groups of some names in a project, with their rules where a new instance shows them.
-- Index: uniq_security_groups0project_id0name0deleted; the rules by security_group_rules_parent_group_id_idx.
-- Locks: none.
SELECT g.*,
       /*{when with_rules}*/ (SELECT /*{json r as rules}*/ COUNT(*) /*{}*/
          FROM security_group_rules AS r
         WHERE r.parent_group_id = g.id
           AND r.deleted = 0) /*{}*/ AS rules
  FROM security_groups AS g
 WHERE g.project_id = :project_id
   AND g.name IN (/*{list names}*/ :name /*{}*/)
   AND g.deleted = 0
 ORDER BY g.id;

-- name: instance_create__info_cache(instance_uuid, network_info)<!
-- The network cache of a new instance.
-- Index: uniq_instance_info_caches0instance_uuid refuses a second one. Locks: the new row.
INSERT INTO instance_info_caches (/*{columns}*/ instance_uuid, network_info /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :network_info) /*{}*/;

-- name: instance_create__security_groups(instance_uuid, security_group_id)!
-- Puts a new instance into its groups.
-- Index: none. Locks: the new rows.
INSERT INTO security_group_instance_association (/*{columns}*/ instance_uuid, security_group_id /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :security_group_id) /*{}*/;

-- name: instance_create__id_mapping(uuid)!
-- The number by which EC2 knows a new instance.
-- Index: none. Locks: the new row.
INSERT INTO instance_id_mappings (/*{columns}*/ uuid /*{}*/)
VALUES /*{rows}*/ (:uuid) /*{}*/;

-- name: instance_create__ids(uuid)^
-- The ids that the server gave to what a new instance has, each with its key, and of how many groups it is: more than
-- it was given where its uuid had some before.
-- Index: instance_metadata_instance_uuid_idx, instance_system_metadata_instance_uuid_idx,
-- security_group_association_instance_uuid_deleted_group_id_idx. Locks: none.
SELECT (SELECT /*{map m.id m.key as metadata}*/ COUNT(*) /*{}*/
          FROM instance_metadata AS m
         WHERE m.instance_uuid = :uuid
           AND m.deleted = 0) AS metadata,
       (SELECT /*{map s.id s.key as system_metadata}*/ COUNT(*) /*{}*/
          FROM instance_system_metadata AS s
         WHERE s.instance_uuid = :uuid
           AND s.deleted = 0) AS system_metadata,
       (SELECT COUNT(*)
          FROM security_group_instance_association AS a
         WHERE a.instance_uuid = :uuid
           AND a.deleted = 0) AS groups_held;

-- name: instance_data_get_for_project(project_id)^
-- How many visible instances a project has, with their virtual CPUs and memory.
-- Index: instances_project_id_deleted_created_at_id_idx. Locks: none.
SELECT COUNT(*) AS instances,
       COALESCE(SUM(i.vcpus), 0) AS vcpus,
       COALESCE(SUM(i.memory_mb), 0) AS memory_mb
  FROM instances AS i
 WHERE i.project_id = :project_id
   AND /*{visibility}*/ i.deleted = 0 /*{}*/;

-- name: instance_destroy(uuid, project_id, vm_state, now)!
-- Soft delete of one instance that meets the caller's constraint.
-- Index: uniq_instances0uuid. Locks: the row.
UPDATE instances
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE uuid = :uuid
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND /*{scope}*/ project_id = :project_id /*{}*/
   AND /*{filters}*/ vm_state = :vm_state /*{}*/;

-- name: instance_destroy__security_groups(uuid, now)!
-- Takes a destroyed instance out of its groups.
-- Index: security_group_association_instance_uuid_deleted_group_id_idx. Locks: the rows.
UPDATE security_group_instance_association
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_uuid = :uuid
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_destroy__metadata(uuid, now)!
-- Soft delete of the metadata of a destroyed instance; its system metadata stay.
-- Index: instance_metadata_instance_uuid_idx. Locks: the rows.
UPDATE instance_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_uuid = :uuid
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_destroy__faults(uuid, now)!
-- Soft delete of the faults of a destroyed instance.
-- Index: instance_faults_instance_uuid_deleted_created_at_idx. Locks: the rows.
UPDATE instance_faults
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_uuid = :uuid
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_get_by_uuid__row(uuid, project_id)^
-- The bare row of one instance: the marker of a page, or the state that an update did not expect.
-- Index: uniq_instances0uuid. Locks: none.
SELECT i.*
  FROM instances AS i
 WHERE i.uuid = :uuid
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/;

-- name: instance_get_all_by_host_and_node(host)
-- Instances of a host and node, without relations.
-- Index: instances_host_deleted_cleaned_idx. Locks: none.
SELECT i.*
  FROM instances AS i
 WHERE /*{filters}*/ i.host = :host /*{}*/
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
 ORDER BY i.id;

-- name: instance_get_all_hung_in_rebooting(threshold)
-- Instances in a soft reboot that nobody has touched since the threshold.
-- Index: instances_task_state_idx; the relations by instance_uuid. Locks: none.
SELECT i.*,
       /*{same listed_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i
 WHERE i.task_state = 'rebooting'
   AND i.updated_at <= :threshold
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
 ORDER BY i.id;

-- name: instance_test_and_set(uuid, project_id, task_state)!
-- Sets a column of one instance if its present value is an expected one.
-- Index: uniq_instances0uuid. Locks: the row.
UPDATE instances
   SET /*{set}*/ task_state = :task_state /*{}*/
 WHERE uuid = :uuid
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND /*{scope}*/ project_id = :project_id /*{}*/
   AND /*{filters}*/ task_state = :task_state /*{}*/;

-- name: instance_update(id, task_state)!
-- Changes columns of one instance if the values that the decision rested on are still there.
-- Index: the primary key; InnoDB may come by instances_task_state_idx, which ends in it. Locks: the row.
UPDATE instances
   SET /*{set}*/ task_state = :task_state /*{}*/
 WHERE id = :id
   AND /*{filters}*/ task_state = :task_state /*{}*/;

-- name: instance_update__columns(uuid, project_id, task_state, vm_state, now)!
-- Changes columns of one instance that is in an expected state; updated_at moves if one of them gets another value.
-- Index: uniq_instances0uuid. Locks: the row.
UPDATE instances
   SET updated_at = CASE WHEN /*{changed}*/ task_state <> :task_state /*{}*/ THEN :now ELSE updated_at END,
       /*{set}*/ task_state = :task_state /*{}*/
 WHERE uuid = :uuid
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND /*{scope}*/ project_id = :project_id /*{}*/
   AND /*{filters}*/ vm_state = :vm_state /*{}*/;

-- name: instance_update__metadata_rows(uuid)
-- Metadata of an instance, to be compared with what they are to become.
-- Index: instance_metadata_instance_uuid_idx. Locks: none; the instance is locked already.
SELECT m.id, m.key, m.value
  FROM instance_metadata AS m
 WHERE m.instance_uuid = :uuid
   AND /*{visibility}*/ m.deleted = 0 /*{}*/
 ORDER BY m.id;

-- name: instance_update__metadata_result(uuid)
-- Metadata of an instance when they were replaced.
-- Index: instance_metadata_instance_uuid_idx. Locks: none; the instance is locked already.
SELECT m.*
  FROM instance_metadata AS m
 WHERE m.instance_uuid = :uuid
   AND m.deleted = 0
 ORDER BY m.id;

-- name: instance_update__metadata_change(id, value, now)!
-- New values for some rows, all at once.
-- Index: the primary key. Locks: the rows.
UPDATE instance_metadata
   SET value = CASE id /*{repeat changes_by_id}*/ WHEN :id THEN :value /*{}*/ END,
       updated_at = :now
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_update__metadata_remove(id, touched, now)!
-- Soft delete of some rows; `touched` is their new updated_at, or null to keep it.
-- Index: the primary key. Locks: the rows.
UPDATE instance_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = COALESCE(:touched, updated_at)
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_update__metadata_add(instance_uuid, key, value)!
-- New rows.
-- Index: none. Locks: the new rows.
INSERT INTO instance_metadata (/*{columns}*/ instance_uuid, key, value /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :key, :value) /*{}*/;

-- name: instance_update__system_metadata_rows(uuid)
-- System metadata of an instance, to be compared with what they are to become.
-- Index: instance_system_metadata_instance_uuid_idx. Locks: none; the instance is locked already.
SELECT m.id, m.key, m.value
  FROM instance_system_metadata AS m
 WHERE m.instance_uuid = :uuid
   AND /*{visibility}*/ m.deleted = 0 /*{}*/
 ORDER BY m.id;

-- name: instance_update__system_metadata_result(uuid)
-- System metadata of an instance when they were replaced.
-- Index: instance_system_metadata_instance_uuid_idx. Locks: none; the instance is locked already.
SELECT m.*
  FROM instance_system_metadata AS m
 WHERE m.instance_uuid = :uuid
   AND m.deleted = 0
 ORDER BY m.id;

-- name: instance_update__system_metadata_change(id, value, now)!
-- New values for some rows, all at once.
-- Index: the primary key. Locks: the rows.
UPDATE instance_system_metadata
   SET value = CASE id /*{repeat changes_by_id}*/ WHEN :id THEN :value /*{}*/ END,
       updated_at = :now
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_update__system_metadata_remove(id, touched, now)!
-- Soft delete of some rows; `touched` is their new updated_at, or null to keep it.
-- Index: the primary key. Locks: the rows.
UPDATE instance_system_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = COALESCE(:touched, updated_at)
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_update__system_metadata_add(instance_uuid, key, value)!
-- New rows.
-- Index: none. Locks: the new rows.
INSERT INTO instance_system_metadata (/*{columns}*/ instance_uuid, key, value /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :key, :value) /*{}*/;

-- name: instance_get(instance_id, project_id)^
-- One instance by id, with its relations.
-- Index: the primary key; the relations by instance_uuid. Locks: none.
SELECT i.*,
       /*{part instance_relations}*/ (SELECT /*{one c as info_cache}*/ COUNT(*) /*{}*/
          FROM instance_info_caches AS c
         WHERE c.instance_uuid = i.uuid) AS info_cache,
       (SELECT /*{json g as security_groups}*/ COUNT(*) + COUNT((
               SELECT /*{json r as rules}*/ COUNT(*) /*{}*/
                 FROM security_group_rules AS r
                WHERE r.parent_group_id = g.id
                  AND r.deleted = 0)) /*{}*/
          FROM security_groups AS g
         WHERE g.deleted = 0
           AND i.deleted = 0
           AND g.id IN (SELECT a.security_group_id
                          FROM security_group_instance_association AS a
                         WHERE a.instance_uuid = i.uuid
                           AND a.deleted = 0)) AS security_groups,
       /*{when with_metadata}*/ (SELECT /*{json m as metadata}*/ COUNT(*) /*{}*/
          FROM instance_metadata AS m
         WHERE m.instance_uuid = i.uuid
           AND m.deleted = 0) /*{}*/ AS metadata,
       /*{when with_system_metadata}*/ (SELECT /*{json s as system_metadata}*/ COUNT(*) /*{}*/
          FROM instance_system_metadata AS s
         WHERE s.instance_uuid = i.uuid
           AND s.deleted = 0) /*{}*/ AS system_metadata,
       /*{when with_pci_devices}*/ (SELECT /*{json p as pci_devices}*/ COUNT(*) /*{}*/
          FROM pci_devices AS p
         WHERE p.instance_uuid = i.uuid
           AND p.deleted = 0) /*{}*/ AS pci_devices,
       /*{when with_block_device_mapping}*/ (SELECT /*{json b as block_device_mapping}*/ COUNT(*) /*{}*/
          FROM block_device_mapping AS b
         WHERE b.instance_uuid = i.uuid
           AND b.deleted = 0) /*{}*/ AS block_device_mapping /*{}*/
  FROM instances AS i
 WHERE i.id = :instance_id
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/;

-- name: instance_get_by_uuid(uuid, project_id)^
-- One instance by uuid, with its relations.
-- Index: uniq_instances0uuid; the relations by instance_uuid. Locks: none.
SELECT i.*,
       /*{same instance_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i
 WHERE i.uuid = :uuid
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/;

-- name: instance_get_all(project_id)
-- All instances, of the caller's project where it is a user.
-- Index: instances_project_id_deleted_created_at_id_idx for users, instances_deleted_created_at_id_idx or none for
-- admins, who see all; the relations by instance_uuid. Locks: none.
SELECT i.*,
       /*{part listed_relations}*/ /*{when with_info_cache}*/ (SELECT /*{one c as info_cache}*/ COUNT(*) /*{}*/
          FROM instance_info_caches AS c
         WHERE c.instance_uuid = i.uuid) /*{}*/ AS info_cache,
       /*{when with_security_groups}*/ (SELECT /*{json g as security_groups}*/ COUNT(*) /*{}*/
          FROM security_groups AS g
         WHERE g.deleted = 0
           AND i.deleted = 0
           AND g.id IN (SELECT a.security_group_id
                          FROM security_group_instance_association AS a
                         WHERE a.instance_uuid = i.uuid
                           AND a.deleted = 0)) /*{}*/ AS security_groups,
       /*{when with_metadata}*/ (SELECT /*{json m as metadata}*/ COUNT(*) /*{}*/
          FROM instance_metadata AS m
         WHERE m.instance_uuid = i.uuid
           AND /*{visibility}*/ m.deleted = 0 /*{}*/) /*{}*/ AS metadata,
       /*{when with_system_metadata}*/ (SELECT /*{json s as system_metadata}*/ COUNT(*) /*{}*/
          FROM instance_system_metadata AS s
         WHERE s.instance_uuid = i.uuid
           AND /*{visibility}*/ s.deleted = 0 /*{}*/) /*{}*/ AS system_metadata,
       /*{when with_pci_devices}*/ (SELECT /*{json p as pci_devices}*/ COUNT(*) /*{}*/
          FROM pci_devices AS p
         WHERE p.instance_uuid = i.uuid
           AND /*{visibility}*/ p.deleted = 0 /*{}*/
           AND p.status = 'allocated') /*{}*/ AS pci_devices,
       /*{when with_block_device_mapping}*/ (SELECT /*{json b as block_device_mapping}*/ COUNT(*) /*{}*/
          FROM block_device_mapping AS b
         WHERE b.instance_uuid = i.uuid
           AND b.deleted = 0) /*{}*/ AS block_device_mapping /*{}*/
  FROM instances AS i
 WHERE /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/
 ORDER BY i.id;

-- name: instance_get_all_by_filters(project_id, host, key, value, after, limit)
-- A page of instances: filtered, ordered and cut on instances alone, then read with their relations.
-- The keys are read apart from the rows, as k, by an index that holds all of them: MySQL and MariaDB begin behind the
-- marker only there. Where NULLs may follow the marker, SQLite and PostgreSQL are sent the inner SELECT twice, for
-- the rows without NULL and for the others. Where filters name a few instances, + 0 keeps planners from reading all
-- the live ones in order. IS TRUE keeps them from making joins of EXISTS, whose best order MariaDB sought for a minute
-- with ten pairs of metadata, and PostgreSQL for seconds with twenty.
-- Index: instances_deleted_created_at_id_idx, instances_project_id_deleted_created_at_id_idx or
-- instances_created_at_id_idx in the default order; instances_host_deleted_cleaned_idx, instances_task_state_idx,
-- uniq_instances0uuid for few, found by instance_metadata_value_instance_uuid_idx,
-- instance_system_metadata_value_instance_uuid_idx too; the primary key for the other half of each; none in an order
-- that has no index; instance_metadata_instance_uuid_idx, instance_system_metadata_instance_uuid_idx and the relations
-- by instance_uuid. Locks: none.
SELECT i.*,
       /*{same listed_relations}*/ NULL AS info_cache /*{}*/
  FROM (SELECT k.id
          FROM instances AS k
          JOIN instances AS f
            ON f.id = k.id
         WHERE /*{when live}*/ k.deleted = 0 /*{}*/
           AND /*{when live_of_few}*/ k.deleted + 0 = 0 /*{}*/
           AND /*{when of_project}*/ k.project_id = :project_id /*{}*/
           AND /*{when not_soft_deleted}*/ (f.vm_state <> 'soft-delete' OR f.vm_state IS NULL) /*{}*/
           AND /*{when deleted_or_soft_deleted}*/ (f.deleted = f.id OR f.vm_state = 'soft-delete') /*{}*/
           AND /*{when deleted_only}*/ f.deleted = f.id /*{}*/
           AND /*{filters}*/ f.host = :host /*{}*/
           AND /*{each metadata_keys}*/ EXISTS (
               SELECT 1
                 FROM instance_metadata AS mk
                WHERE mk.instance_uuid = f.uuid
                  AND mk.deleted = 0
                  AND mk.key = :key) IS TRUE /*{}*/
           AND /*{each metadata_values}*/ f.uuid IN (
               SELECT mv.instance_uuid
                 FROM instance_metadata AS mv
                WHERE mv.value = :value
                  AND mv.deleted = 0) /*{}*/
           AND /*{when metadata_null}*/ f.uuid IN (
               SELECT mn.instance_uuid
                 FROM instance_metadata AS mn
                WHERE mn.value IS NULL
                  AND mn.deleted = 0) /*{}*/
           AND /*{each system_metadata_keys}*/ EXISTS (
               SELECT 1
                 FROM instance_system_metadata AS sk
                WHERE sk.instance_uuid = f.uuid
                  AND sk.deleted = 0
                  AND sk.key = :key) IS TRUE /*{}*/
           AND /*{each system_metadata_values}*/ f.uuid IN (
               SELECT sv.instance_uuid
                 FROM instance_system_metadata AS sv
                WHERE sv.value = :value
                  AND sv.deleted = 0) /*{}*/
           AND /*{when system_metadata_null}*/ f.uuid IN (
               SELECT sn.instance_uuid
                 FROM instance_system_metadata AS sn
                WHERE sn.value IS NULL
                  AND sn.deleted = 0) /*{}*/
           AND /*{each tags}*/ f.uuid IN (
               SELECT tv.instance_uuid
                 FROM instance_metadata AS tv
                WHERE tv.value IN (/*{list values}*/ :value /*{}*/)
                  AND tv.key = :key
                  AND /*{visibility}*/ tv.deleted = 0 /*{}*/) /*{}*/
           AND /*{when tagged_by_value}*/ f.uuid IN (
               SELECT tw.instance_uuid
                 FROM instance_metadata AS tw
                WHERE tw.value IN (/*{list tag_values}*/ :value /*{}*/)
                  AND /*{visibility}*/ tw.deleted = 0 /*{}*/) /*{}*/
           AND /*{when tagged}*/ EXISTS (
               SELECT 1
                 FROM instance_metadata AS t
                WHERE t.instance_uuid = f.uuid
                  AND /*{visibility}*/ t.deleted = 0 /*{}*/
                  AND (t.key IN (/*{list tag_keys}*/ :key /*{}*/)
                   OR t.value IN (/*{list tag_values}*/ :value /*{}*/))) /*{}*/
           AND /*{after}*/ k.created_at < :after /*{}*/
         ORDER BY /*{order}*/ k.created_at DESC, k.id DESC /*{}*/
         LIMIT :limit) AS page
  JOIN instances AS i
    ON i.id = page.id
 ORDER BY /*{order}*/ i.created_at DESC, i.id DESC /*{}*/;

-- name: instance_get_active_by_window_joined(begin, end, project_id)
-- Instances that were not terminated before the window, deleted or not.
-- Index: instances_project_id_deleted_created_at_id_idx for a project, instances_host_deleted_cleaned_idx for a host,
-- none without them: what lives was not terminated, and that is most of the table. The relations by instance_uuid.
-- Locks: none.
SELECT i.*,
       /*{same listed_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i
 WHERE (i.terminated_at IS NULL OR i.terminated_at > :begin)
   AND /*{when ended}*/ i.launched_at < :end /*{}*/
   AND /*{filters}*/ i.project_id = :project_id /*{}*/
 ORDER BY i.id;

-- name: instance_get_all_by_host(host)
-- Instances of a host, of every type or of all but one.
-- Index: instances_host_deleted_cleaned_idx; the relations by instance_uuid. Locks: none.
SELECT i.*,
       /*{same listed_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i
 WHERE /*{filters}*/ i.host = :host /*{}*/
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
 ORDER BY i.id;
