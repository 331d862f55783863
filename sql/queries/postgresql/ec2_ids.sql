-- EC2 and S3 ids: here a number given by hand does not move the sequence by itself, and the next number would collide.

-- name: ec2_instance_create__after(id)$
-- The sequence goes on behind a number that was given by hand, unless it is further already. A number that was drawn
-- while it moves may be drawn once more; who gets it collides, and draws again.
-- Index: none; a sequence is one row. Locks: none.
SELECT SETVAL('instance_id_mappings_id_seq', :id) AS last_id
  FROM instance_id_mappings_id_seq AS q
 WHERE q.last_value <= :id;

-- name: ec2_volume_create__after(id)$
-- The sequence goes on behind a number that was given by hand, unless it is further already. A number that was drawn
-- while it moves may be drawn once more; who gets it collides, and draws again.
-- Index: none; a sequence is one row. Locks: none.
SELECT SETVAL('volume_id_mappings_id_seq', :id) AS last_id
  FROM volume_id_mappings_id_seq AS q
 WHERE q.last_value <= :id;

-- name: ec2_snapshot_create__after(id)$
-- The sequence goes on behind a number that was given by hand, unless it is further already. A number that was drawn
-- while it moves may be drawn once more; who gets it collides, and draws again.
-- Index: none; a sequence is one row. Locks: none.
SELECT SETVAL('snapshot_id_mappings_id_seq', :id) AS last_id
  FROM snapshot_id_mappings_id_seq AS q
 WHERE q.last_value <= :id;
