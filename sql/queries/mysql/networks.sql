-- Networks: claims, which lock the row that they are about to write; and what would lock the addresses of all networks.

-- name: network_delete_safe__fixed_ips(network_id, now)!
-- Soft delete of the fixed addresses of a network, but for those that were allocated in the meantime.
-- FORCE INDEX, since of a network that holds much of the table the planner else reads, and so locks, the whole of it.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx. Locks: the live rows of the network.
UPDATE fixed_ips FORCE INDEX (fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx)
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE network_id = :network_id
   AND deleted = 0
   AND (allocated = FALSE OR allocated IS NULL);

-- name: network_associate__owned(project_id)^
-- The first live network of a project, under its lock. By a locking read: in a transaction of the caller's a plain one
-- would show the snapshot of its first SELECT, in which the network that another caller got since is missing.
-- Index: networks_project_id_deleted_id_idx. Locks: the rows of the project and the gap behind them.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id = :project_id
   AND n.deleted = 0
 ORDER BY n.id
 LIMIT 1
   FOR UPDATE;

-- name: network_associate__free(network_id)^
-- A live network that no project owns, the first one or one given, and that no other caller is about to take.
-- Index: networks_project_id_deleted_id_idx. Locks: the row; waits for nobody.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id IS NULL
   AND n.deleted = 0
   AND /*{when by_id}*/ n.id = :network_id /*{}*/
 ORDER BY n.id
 LIMIT 1
   FOR UPDATE SKIP LOCKED;

-- name: network_associate__taken(network_id)^
-- The same, after another caller that holds the row has decided: no shortage is reported before.
-- Index: networks_project_id_deleted_id_idx. Locks: the row.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id IS NULL
   AND n.deleted = 0
   AND /*{when by_id}*/ n.id = :network_id /*{}*/
 ORDER BY n.id
 LIMIT 1
   FOR UPDATE;

-- name: network_set_host__stored(network_id)^
-- The host that a live network has. By a locking read: in a transaction of the caller's a plain one would show the
-- snapshot of its first SELECT, in which the host that won may be missing.
-- Index: the primary key. Locks: the row.
SELECT n.host
  FROM networks AS n
 WHERE n.id = :network_id
   AND n.deleted = 0
   FOR UPDATE;
