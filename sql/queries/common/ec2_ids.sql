-- EC2 and S3 ids: the numbers that those interfaces use for uuids. The number is the id of the row; a uuid that has
-- several is known by the lowest. Rows are only added.

-- name: ec2_instance_create(uuid)<!
-- A number for an instance: the next one, or the one that the values name.
-- Index: the primary key refuses a number that is taken. Locks: the new row.
INSERT INTO instance_id_mappings (/*{columns}*/ uuid /*{}*/)
VALUES /*{rows}*/ (:uuid) /*{}*/;

-- name: ec2_instance_create__after(id)$
-- The highest number, once one was given by hand: from there the server goes on counting.
-- Index: the primary key. Locks: none.
SELECT MAX(m.id) AS last_id
  FROM instance_id_mappings AS m
 WHERE m.id >= :id;

-- name: ec2_instance_get_by_id(id)^
-- One number of an instance.
-- Index: primary key. Locks: none.
SELECT m.*
  FROM instance_id_mappings AS m
 WHERE m.id = :id;

-- name: ec2_instance_get_by_uuid(uuid)^
-- The lowest number of one instance.
-- Index: instance_id_mappings_uuid_idx. Locks: none.
SELECT m.*
  FROM instance_id_mappings AS m
 WHERE m.uuid = :uuid
 ORDER BY m.id
 LIMIT 1;

-- name: get_ec2_instance_id_by_uuid(uuid)$
-- The lowest number of one instance, alone.
-- Index: instance_id_mappings_uuid_idx. Locks: none.
SELECT m.id
  FROM instance_id_mappings AS m
 WHERE m.uuid = :uuid
 ORDER BY m.id
 LIMIT 1;

-- name: get_instance_uuid_by_ec2_id(id)$
-- The instance behind one number.
-- Index: primary key. Locks: none.
SELECT m.uuid
  FROM instance_id_mappings AS m
 WHERE m.id = :id;

-- name: ec2_volume_create(uuid)<!
-- A number for a volume: the next one, or the one that the values name.
-- Index: the primary key refuses a number that is taken. Locks: the new row.
INSERT INTO volume_id_mappings (/*{columns}*/ uuid /*{}*/)
VALUES /*{rows}*/ (:uuid) /*{}*/;

-- name: ec2_volume_create__after(id)$
-- The highest number, once one was given by hand: from there the server goes on counting.
-- Index: the primary key. Locks: none.
SELECT MAX(m.id) AS last_id
  FROM volume_id_mappings AS m
 WHERE m.id >= :id;

-- name: ec2_volume_get_by_id(id)^
-- One number of a volume.
-- Index: primary key. Locks: none.
SELECT m.*
  FROM volume_id_mappings AS m
 WHERE m.id = :id;

-- name: ec2_volume_get_by_uuid(uuid)^
-- The lowest number of one volume.
-- Index: volume_id_mappings_uuid_idx. Locks: none.
SELECT m.*
  FROM volume_id_mappings AS m
 WHERE m.uuid = :uuid
 ORDER BY m.id
 LIMIT 1;

-- name: get_ec2_volume_id_by_uuid(uuid)$
-- The lowest number of one volume, alone.
-- Index: volume_id_mappings_uuid_idx. Locks: none.
SELECT m.id
  FROM volume_id_mappings AS m
 WHERE m.uuid = :uuid
 ORDER BY m.id
 LIMIT 1;

-- name: get_volume_uuid_by_ec2_id(id)$
-- The volume behind one number.
-- Index: primary key. Locks: none.
SELECT m.uuid
  FROM volume_id_mappings AS m
 WHERE m.id = :id;

-- name: ec2_snapshot_create(uuid)<!
-- A number for a snapshot: the next one, or the one that the values name.
-- Index: the primary key refuses a number that is taken. Locks: the new row.
INSERT INTO snapshot_id_mappings (/*{columns}*/ uuid /*{}*/)
VALUES /*{rows}*/ (:uuid) /*{}*/;

-- name: ec2_snapshot_create__after(id)$
-- The highest number, once one was given by hand: from there the server goes on counting.
-- Index: the primary key. Locks: none.
SELECT MAX(m.id) AS last_id
  FROM snapshot_id_mappings AS m
 WHERE m.id >= :id;

-- name: get_ec2_snapshot_id_by_uuid(uuid)$
-- The lowest number of one snapshot, alone.
-- Index: snapshot_id_mappings_uuid_idx. Locks: none.
SELECT m.id
  FROM snapshot_id_mappings AS m
 WHERE m.uuid = :uuid
 ORDER BY m.id
 LIMIT 1;

-- name: get_snapshot_uuid_by_ec2_id(id)$
-- The snapshot behind one number.
-- Index: primary key. Locks: none.
SELECT m.uuid
  FROM snapshot_id_mappings AS m
 WHERE m.id = :id;

-- name: s3_image_create(uuid)<!
-- A number for an image.
-- Index: none is unique but the primary key. Locks: the new row.
INSERT INTO s3_images (/*{columns}*/ uuid /*{}*/)
VALUES /*{rows}*/ (:uuid) /*{}*/;

-- name: s3_image_get(id)^
-- One number of an image.
-- Index: primary key. Locks: none.
SELECT i.*
  FROM s3_images AS i
 WHERE i.id = :id;

-- name: s3_image_get_by_uuid(uuid)^
-- The lowest number of one image.
-- Index: s3_images_uuid_idx. Locks: none.
SELECT i.*
  FROM s3_images AS i
 WHERE i.uuid = :uuid
 ORDER BY i.id
 LIMIT 1;
