-- Quotas: the anchor of every transaction that changes usages or reservations, and what the planner needs a hint for.

-- name: quota_reserve__lock(project_id, version)!
-- The project's lock, always the first statement of its transaction and a statement of its own: what is read after
-- it is current. It writes, so that it also holds between the nodes of a cluster. Several projects go in ascending
-- order. MySQL spells the upsert in another way.
-- Index: the primary key. Locks: the rows, until the end of the transaction.
INSERT INTO quota_locks (/*{columns}*/ project_id, version /*{}*/)
VALUES /*{rows}*/ (:project_id, :version) /*{}*/
    ON CONFLICT (project_id) DO UPDATE
   SET version = quota_locks.version + 1;

-- name: quota_reserve__write_usages(id, in_use, reserved, seen_in_use, seen_reserved, now)!
-- New figures of some usages, in one statement, each only where it still holds the figures that were read. Fewer
-- matched rows than given means that somebody wrote without the project's lock: the transaction starts over. OR
-- ROLLBACK: to undo a statement that fails in the middle the library would copy every page first, which takes longer
-- than the update. None can fail there: what must not be NULL gets a number.
-- Index: the primary key. Locks: the database, as ever here.
UPDATE OR ROLLBACK quota_usages
   SET /*{part usage_figures}*/ in_use = CASE id /*{repeat usages}*/ WHEN :id THEN :in_use /*{}*/ ELSE in_use END,
       reserved = CASE id /*{repeat usages}*/ WHEN :id THEN :reserved /*{}*/ ELSE reserved END,
       updated_at = :now /*{}*/
 WHERE deleted = 0
   AND /*{any usages}*/ (id = :id AND in_use = :seen_in_use AND reserved = :seen_reserved) /*{}*/;

-- name: reservation_commit__projects(uuid)
-- The projects of some live reservations, where the caller names none to lock. Here + keeps the planner from the
-- index led by `deleted`, which it takes for nearly unique.
-- Index: reservations_uuid_idx. Locks: none.
SELECT DISTINCT r.project_id
  FROM reservations AS r
 WHERE r.uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND +r.deleted = 0
 ORDER BY r.project_id;

-- name: reservation_commit__open(uuid)
-- Some live reservations, each with its usage as far as that is live; in no order. Here + keeps the planner from the
-- index led by `deleted`, which it takes for nearly unique.
-- Index: reservations_uuid_idx, the primary key of quota_usages. Locks: none; the project is locked before.
SELECT r.id,
       r.project_id,
       r.delta,
       u.id AS usage_id,
       u.project_id AS usage_project_id,
       u.in_use,
       u.reserved
  FROM reservations AS r
  LEFT JOIN quota_usages AS u
    ON u.id = r.usage_id
   AND u.deleted = 0
 WHERE r.uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND +r.deleted = 0;

-- name: reservation_commit__close(id, now)!
-- Soft delete of some reservations. The number of matched rows tells that this transaction alone applies them. Here +
-- keeps the planner from the index led by `deleted`, which it takes for nearly unique.
-- Index: the primary key. Locks: the database, as ever here; the project and the usages are locked before.
UPDATE reservations
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND +deleted = 0;

-- name: quota_reserve__sync_fixed_ips(project_id)$
-- Refresh: the fixed addresses of a project's instances, deleted instances that still hold one included. Here +
-- keeps the planner from the index led by `deleted`, which it takes for nearly unique.
-- Index: instances_project_id_deleted_created_at_id_idx, fixed_ips_instance_uuid_deleted_idx. Locks: none.
SELECT COUNT(*) AS fixed_ips
  FROM instances AS i
  JOIN fixed_ips AS f
    ON f.instance_uuid = i.uuid
   AND +f.deleted = 0
 WHERE i.project_id = :project_id;
