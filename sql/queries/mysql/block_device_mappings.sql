-- Block device mappings on MySQL and MariaDB: a disk is locked before it is edited.

-- name: block_device_mapping_update_or_create__find(instance_uuid, device_name)^
-- The disk of an instance that has a device name; the oldest of several. It is about to be edited.
-- Index: block_device_mapping_instance_uuid_device_name_idx. Locks: the row, until the transaction ends.
SELECT b.*
  FROM block_device_mapping AS b
 WHERE /*{filters}*/ b.instance_uuid = :instance_uuid AND b.device_name = :device_name /*{}*/
   AND /*{visibility}*/ b.deleted = 0 /*{}*/
 ORDER BY b.id
 LIMIT 1
   FOR UPDATE;
