-- Metadata and system metadata of instances: pairs of key and value.
-- Whole sets are written by the statements instance_update__*metadata_* of instances.sql, shared with instance_update.

-- name: instance_metadata_get(instance_uuid)
-- The live metadata of an instance.
-- Index: instance_metadata_instance_uuid_idx. Locks: none.
SELECT m.key, m.value
  FROM instance_metadata AS m
 WHERE m.instance_uuid = :instance_uuid
   AND m.deleted = 0
 ORDER BY m.id;

-- name: instance_metadata_delete(instance_uuid, key, now)!
-- Soft delete of one key of an instance, every live row of it.
-- Index: instance_metadata_instance_uuid_idx. Locks: the rows; the instance is locked before.
UPDATE instance_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_uuid = :instance_uuid
   AND instance_metadata.key = :key
   AND deleted = 0;

-- name: instance_system_metadata_get(instance_uuid)
-- The system metadata of an instance.
-- Index: instance_system_metadata_instance_uuid_idx. Locks: none.
SELECT m.key, m.value
  FROM instance_system_metadata AS m
 WHERE m.instance_uuid = :instance_uuid
   AND /*{visibility}*/ m.deleted = 0 /*{}*/
 ORDER BY m.id;
