-- Instance info caches: the network information of an instance, kept as text. One row per instance, ever.

-- name: instance_info_cache_get(instance_uuid)^
-- The cache of an instance.
-- Index: uniq_instance_info_caches0instance_uuid. Locks: none.
SELECT c.*
  FROM instance_info_caches AS c
 WHERE c.instance_uuid = :instance_uuid
   AND /*{visibility}*/ c.deleted = 0 /*{}*/;

-- name: instance_info_cache_update(id, network_info)!
-- Changes of a live cache.
-- Index: the primary key. Locks: the row.
UPDATE instance_info_caches
   SET /*{set}*/ network_info = :network_info /*{}*/
 WHERE id = :id
   AND deleted = 0;

-- name: instance_info_cache_update__insert(instance_uuid, network_info)<!
-- The cache of an instance that has none.
-- Index: uniq_instance_info_caches0instance_uuid refuses a second one, beside a deleted one too. Locks: the new row.
INSERT INTO instance_info_caches (/*{columns}*/ instance_uuid, network_info /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :network_info) /*{}*/;

-- name: instance_info_cache_delete(instance_uuid, now)!
-- Soft delete of the cache of an instance.
-- Index: uniq_instance_info_caches0instance_uuid. Locks: the row.
UPDATE instance_info_caches
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_uuid = :instance_uuid
   AND /*{visibility}*/ deleted = 0 /*{}*/;
