-- Block device mappings: the disks of instances.

-- name: block_device_mapping_create(instance_uuid, device_name)<!
-- A new disk.
-- Index: primary key. Locks: the new row.
INSERT INTO block_device_mapping (/*{columns}*/ instance_uuid, device_name /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :device_name) /*{}*/;

-- name: block_device_mapping_update(bdm_id, volume_id)!
-- New values for columns of one disk, whatever it holds now.
-- Index: primary key. Locks: the row.
UPDATE block_device_mapping
   SET /*{set}*/ volume_id = :volume_id /*{}*/
 WHERE id = :bdm_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: block_device_mapping_update__row(bdm_id)^
-- One disk by its id, as an update has left it.
-- Index: primary key. Locks: none.
SELECT b.*
  FROM block_device_mapping AS b
 WHERE b.id = :bdm_id
   AND /*{visibility}*/ b.deleted = 0 /*{}*/;

-- name: block_device_mapping_update_or_create__find(instance_uuid, device_name)^
-- The disk of an instance that has a device name; the oldest of several. It is about to be edited.
-- Index: block_device_mapping_instance_uuid_device_name_idx. Locks: none; on a server, the row.
SELECT b.*
  FROM block_device_mapping AS b
 WHERE /*{filters}*/ b.instance_uuid = :instance_uuid AND b.device_name = :device_name /*{}*/
   AND /*{visibility}*/ b.deleted = 0 /*{}*/
 ORDER BY b.id
 LIMIT 1;

-- name: block_device_mapping_update_or_create__edit(id, volume_id)!
-- The values of one disk that differ.
-- Index: primary key. Locks: the row.
UPDATE block_device_mapping
   SET /*{set}*/ volume_id = :volume_id /*{}*/
 WHERE id = :id;

-- name: block_device_mapping_update_or_create__other_swaps(instance_uuid, id, now)!
-- Soft delete of all swap disks of an instance but one.
-- Index: block_device_mapping_instance_uuid_device_name_idx. Locks: these rows.
UPDATE block_device_mapping
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE /*{filters}*/ instance_uuid = :instance_uuid /*{}*/
   AND source_type = 'blank'
   AND guest_format = 'swap'
   AND id <> :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: block_device_mapping_get_all_by_instance(instance_uuid)
-- The disks of an instance.
-- Index: block_device_mapping_instance_uuid_device_name_idx. Locks: none.
SELECT b.*
  FROM block_device_mapping AS b
 WHERE /*{filters}*/ b.instance_uuid = :instance_uuid /*{}*/
   AND /*{visibility}*/ b.deleted = 0 /*{}*/
 ORDER BY b.id;

-- name: block_device_mapping_get_by_volume_id(volume_id)^
-- The disk that is a volume; the oldest of several.
-- Index: block_device_mapping_volume_id_idx. Locks: none.
SELECT b.*
  FROM block_device_mapping AS b
 WHERE /*{filters}*/ b.volume_id = :volume_id /*{}*/
   AND /*{visibility}*/ b.deleted = 0 /*{}*/
 ORDER BY b.id
 LIMIT 1;

-- name: block_device_mapping_get_by_volume_id__instance(uuid)^
-- The instance of a disk, deleted or not.
-- Index: uniq_instances0uuid. Locks: none.
SELECT i.*
  FROM instances AS i
 WHERE i.uuid = :uuid;

-- name: block_device_mapping_destroy(bdm_id, now)!
-- Soft delete of one disk.
-- Index: primary key. Locks: the row.
UPDATE block_device_mapping
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :bdm_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: block_device_mapping_destroy_by_instance_and_volume(instance_uuid, volume_id, now)!
-- Soft delete of the disks of an instance that are a volume.
-- Index: block_device_mapping_volume_id_idx or block_device_mapping_instance_uuid_device_name_idx, whichever leads to
-- fewer rows. Locks: these rows.
UPDATE block_device_mapping
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE /*{filters}*/ instance_uuid = :instance_uuid AND volume_id = :volume_id /*{}*/
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: block_device_mapping_destroy_by_instance_and_device(instance_uuid, device_name, now)!
-- Soft delete of the disks of an instance that have a device name.
-- Index: block_device_mapping_instance_uuid_device_name_idx. Locks: these rows.
UPDATE block_device_mapping
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE /*{filters}*/ instance_uuid = :instance_uuid AND device_name = :device_name /*{}*/
   AND /*{visibility}*/ deleted = 0 /*{}*/;
