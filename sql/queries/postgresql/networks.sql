-- Networks: claims, which lock the row that they are about to write. All columns of the index stand behind ORDER BY,
-- though two of them have one value: the planner does not see that IS NULL is one value, and would otherwise go along
-- the primary key, through every network that is owned.

-- name: network_associate__free(network_id)^
-- A live network that no project owns, the first one or one given, and that no other caller is about to take.
-- Index: networks_project_id_deleted_id_idx. Locks: the row; waits for nobody.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id IS NULL
   AND n.deleted = 0
   AND /*{when by_id}*/ n.id = :network_id /*{}*/
 ORDER BY n.project_id, n.deleted, n.id
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
 ORDER BY n.project_id, n.deleted, n.id
 LIMIT 1
   FOR UPDATE;
