-- Compute nodes: what each hypervisor has and what of it is in use. A service may have several.

-- name: compute_node_create(service_id, vcpus, memory_mb, local_gb, vcpus_used, memory_mb_used, local_gb_used, hypervisor_type, hypervisor_version, cpu_info)<!
-- A new compute node.
-- Index: none, nothing is unique but the id. Locks: the new row.
INSERT INTO compute_nodes (/*{columns}*/ service_id, vcpus, memory_mb, local_gb, vcpus_used,
       memory_mb_used, local_gb_used, hypervisor_type, hypervisor_version, cpu_info /*{}*/)
VALUES /*{rows}*/ (:service_id, :vcpus, :memory_mb, :local_gb, :vcpus_used,
       :memory_mb_used, :local_gb_used, :hypervisor_type, :hypervisor_version, :cpu_info) /*{}*/;

-- name: compute_node_get(compute_id)^
-- One compute node with its service, deleted or not; a deleted node has none.
-- Index: the primary keys. Locks: none.
SELECT c.*,
       /*{part node_service}*/ (SELECT /*{one s as service}*/ COUNT(*) /*{}*/
          FROM services AS s
         WHERE s.id = c.service_id
           AND c.deleted = 0) AS service /*{}*/
  FROM compute_nodes AS c
 WHERE c.id = :compute_id
   AND /*{visibility}*/ c.deleted = 0 /*{}*/;

-- name: compute_node_get_by_service_id(service_id)^
-- The oldest live compute node of a service.
-- Index: compute_nodes_service_id_deleted_idx. Locks: none.
SELECT c.*
  FROM compute_nodes AS c
 WHERE c.service_id = :service_id
   AND c.deleted = 0
 ORDER BY c.id
 LIMIT 1;

-- name: compute_node_get_all()
-- The live compute nodes by service, each with its service as long as that is a live nova-compute.
-- Index: none, all live nodes are read; the primary key of services. Locks: none.
SELECT c.*,
       (SELECT /*{one s as service}*/ COUNT(*) /*{}*/
          FROM services AS s
         WHERE s.id = c.service_id
           AND s.binary = 'nova-compute'
           AND s.deleted = 0) AS service
  FROM compute_nodes AS c
 WHERE c.deleted = 0
 ORDER BY c.service_id, c.id;

-- name: compute_node_search_by_hypervisor(pattern)
-- The compute nodes whose hypervisor has a name like the pattern, as compute_node_get.
-- Index: none, the pattern begins with a wildcard; the primary key of services. Locks: none.
SELECT c.*,
       /*{same node_service}*/ NULL AS service /*{}*/
  FROM compute_nodes AS c
 WHERE c.hypervisor_hostname LIKE :pattern ESCAPE '!'
   AND /*{visibility}*/ c.deleted = 0 /*{}*/
 ORDER BY c.id;

-- name: compute_node_update(compute_id, vcpus_used)!
-- New values for columns of one compute node.
-- Index: primary key. Locks: the row.
UPDATE compute_nodes
   SET /*{set}*/ vcpus_used = :vcpus_used /*{}*/
 WHERE id = :compute_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: compute_node_delete(compute_id, now)!
-- Soft delete of one compute node.
-- Index: primary key. Locks: the row.
UPDATE compute_nodes
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :compute_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: compute_node_statistics()^
-- Sums over the live compute nodes: all, or those whose service is enabled, be it deleted or not. NULL counts as
-- nothing.
-- Index: none, all live nodes are read; the primary key of services. Locks: none.
SELECT COUNT(*) AS nodes,
       COALESCE(SUM(c.vcpus), 0) AS vcpus,
       COALESCE(SUM(c.memory_mb), 0) AS memory_mb,
       COALESCE(SUM(c.local_gb), 0) AS local_gb,
       COALESCE(SUM(c.vcpus_used), 0) AS vcpus_used,
       COALESCE(SUM(c.memory_mb_used), 0) AS memory_mb_used,
       COALESCE(SUM(c.local_gb_used), 0) AS local_gb_used,
       COALESCE(SUM(c.free_ram_mb), 0) AS free_ram_mb,
       COALESCE(SUM(c.free_disk_gb), 0) AS free_disk_gb,
       COALESCE(SUM(c.current_workload), 0) AS current_workload,
       COALESCE(SUM(c.running_vms), 0) AS running_vms,
       COALESCE(SUM(c.disk_available_least), 0) AS disk_available_least
  FROM compute_nodes AS c
 WHERE c.deleted = 0
   AND /*{when of_enabled_services}*/ EXISTS (SELECT 1
                 FROM services AS s
                WHERE s.id = c.service_id
                  AND s.disabled = FALSE) /*{}*/;

-- name: compute_node_get__with_statistics(compute_id)^
-- One compute node as compute_node_get gives it, with the live rows of compute_node_stats.
-- Index: the primary keys, compute_node_stats_compute_node_id_deleted_idx. Locks: none.
SELECT c.*,
       /*{same node_service}*/ NULL AS service /*{}*/,
       /*{part node_statistics}*/ (SELECT /*{json t as statistics}*/ COUNT(*) /*{}*/
          FROM compute_node_stats AS t
         WHERE t.compute_node_id = c.id
           AND t.deleted = 0) AS statistics /*{}*/
  FROM compute_nodes AS c
 WHERE c.id = :compute_id
   AND /*{visibility}*/ c.deleted = 0 /*{}*/;

-- name: compute_node_get_all__with_statistics()
-- All compute nodes, each as compute_node_get__with_statistics gives it.
-- Index: none, all are read; the primary key of services, compute_node_stats_compute_node_id_deleted_idx. Locks: none.
SELECT c.*,
       /*{same node_service}*/ NULL AS service /*{}*/,
       /*{same node_statistics}*/ NULL AS statistics /*{}*/
  FROM compute_nodes AS c
 WHERE /*{visibility}*/ c.deleted = 0 /*{}*/
 ORDER BY c.id;

-- name: compute_node_update__statistics(compute_id)
-- The live statistics of a compute node that is written already.
-- Index: compute_node_stats_compute_node_id_deleted_idx. Locks: none.
SELECT t.*
  FROM compute_node_stats AS t
 WHERE t.compute_node_id = :compute_id
   AND t.deleted = 0
 ORDER BY t.id;

-- name: compute_node_update__add_statistics(compute_node_id, value, key)!
-- New statistics of a compute node that is written already, all in one statement.
-- Index: none, nothing is unique but the id. Locks: the new rows.
INSERT INTO compute_node_stats (/*{columns}*/ compute_node_id, value, key /*{}*/)
VALUES /*{rows}*/ (:compute_node_id, :value, :key) /*{}*/;

-- name: compute_node_update__change_statistics(id, value, now)!
-- New values for statistics of a compute node that is written already, all at once.
-- Index: the primary key. Locks: the rows.
UPDATE compute_node_stats
   SET value = CASE id /*{repeat changes_by_id}*/ WHEN :id THEN :value /*{}*/ END,
       updated_at = :now
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND deleted = 0;

-- name: compute_node_update__prune_statistics(id, now)!
-- Soft delete of statistics of a compute node that is written already.
-- Index: the primary key. Locks: the rows.
UPDATE compute_node_stats
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND deleted = 0;
