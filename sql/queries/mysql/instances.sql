-- Instances: locks, which SQLite has not: there one writer at a time holds them all; and a page that MariaDB can plan.

-- name: instance_get_by_uuid__locked(uuid, project_id)^
-- The same, for a transaction that goes on to write the instance or what belongs to it.
-- Index: uniq_instances0uuid; the relations by instance_uuid.
-- Locks: the instance; the relations are read without locks.
SELECT i.*,
       /*{same instance_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i
 WHERE i.uuid = :uuid
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/
   FOR UPDATE;

-- name: instance_update__lock(uuid)$
-- Keeps other writers of the metadata of one instance waiting.
-- Index: uniq_instances0uuid. Locks: the instance.
SELECT i.id
  FROM instances AS i
 WHERE i.uuid = :uuid
   FOR UPDATE;

-- name: instance_update__metadata_add(instance_uuid, key, value)!
-- New rows. The word key is reserved here alone.
-- Index: none. Locks: the new rows.
INSERT INTO instance_metadata (/*{columns}*/ instance_uuid, `key`, value /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :key, :value) /*{}*/;

-- name: instance_update__system_metadata_add(instance_uuid, key, value)!
-- New rows. The word key is reserved here alone.
-- Index: none. Locks: the new rows.
INSERT INTO instance_system_metadata (/*{columns}*/ instance_uuid, `key`, value /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :key, :value) /*{}*/;

-- name: instance_get_all_by_filters(project_id, host, key, value, after, limit)
-- A page of instances: filtered, ordered and cut on instances alone, then read with their relations.
-- The keys are read apart from the rows, as k, by an index that holds all of them: MySQL and MariaDB begin behind the
-- marker only there. Where filters name a few instances, + 0 keeps planners from reading all the live ones in order.
-- IS TRUE, or MariaDB makes joins of EXISTS too: to find an order for those of ten pairs of metadata takes it a minute.
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
