-- Instance faults: what went wrong with an instance, and when.

-- name: instance_fault_create(instance_uuid, code)<!
-- A new fault.
-- Index: none, nothing is unique but the id. Locks: the new row.
INSERT INTO instance_faults (/*{columns}*/ instance_uuid, code /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :code) /*{}*/;

-- name: instance_fault_get_by_instance_uuids(instance_uuid)
-- The live faults of several instances, newest first.
-- Index: instance_faults_instance_uuid_deleted_created_at_idx. Locks: none.
SELECT f.*
  FROM instance_faults AS f
 WHERE f.instance_uuid IN (/*{list instance_uuids}*/ :instance_uuid /*{}*/)
   AND f.deleted = 0
 ORDER BY f.created_at DESC, f.id DESC;
