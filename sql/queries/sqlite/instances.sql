-- Instances: the same without row locks. One writer at a time holds the whole database.

-- name: instance_get_by_uuid__locked(uuid, project_id)^
-- The same, for a transaction that goes on to write the instance or what belongs to it.
-- Index: uniq_instances0uuid; the relations by instance_uuid.
-- Locks: none of its own; the transaction began as the only writer.
SELECT i.*,
       /*{same instance_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i
 WHERE i.uuid = :uuid
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/;

-- name: instance_update__lock(uuid)$
-- Keeps other writers of the metadata of one instance waiting.
-- Index: uniq_instances0uuid. Locks: none of its own; the transaction began as the only writer.
SELECT i.id
  FROM instances AS i
 WHERE i.uuid = :uuid;

-- name: instance_get_all_hung_in_rebooting(threshold)
-- Instances in a soft reboot that nobody has touched since the threshold.
-- The planner takes an index led by `deleted` for nearly unique, so it is told which one to go by.
-- Index: instances_task_state_idx; the relations by instance_uuid. Locks: none.
SELECT i.*,
       /*{same listed_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i INDEXED BY instances_task_state_idx
 WHERE i.task_state = 'rebooting'
   AND i.updated_at <= :threshold
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
 ORDER BY i.id;
