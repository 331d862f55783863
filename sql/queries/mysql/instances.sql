-- Instances: locks, which SQLite has not: there one writer at a time holds them all.

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
