-- Floating addresses, each given to a fixed address at most. What locks a row before it is written stands in the
-- dialects' own files; the write repeats what it rests on all the same, since row locks do not reach other nodes of a
-- cluster.

-- name: floating_ip_create(address, pool)<!
-- A new address.
-- Index: uniq_floating_ips0address0deleted refuses a second live one. Locks: the new row.
INSERT INTO floating_ips (/*{columns}*/ address, pool /*{}*/)
VALUES /*{rows}*/ (:address, :pool) /*{}*/;

-- name: floating_ip_bulk_create(address, pool)!
-- Some hundred new addresses in one statement.
-- Index: uniq_floating_ips0address0deleted refuses them all when one is there already. Locks: the new rows.
INSERT INTO floating_ips (/*{columns}*/ address, pool /*{}*/)
VALUES /*{rows}*/ (:address, :pool) /*{}*/;

-- name: floating_ip_bulk_create__rows(address)
-- The rows that were just stored; their ids are in the order in which they were given.
-- Index: uniq_floating_ips0address0deleted. Locks: none.
SELECT f.*
  FROM floating_ips AS f
 WHERE f.address IN (/*{list addresses}*/ :address /*{}*/)
   AND f.deleted = 0
 ORDER BY f.id;

-- name: floating_ip_bulk_destroy(id, now)!
-- Soft delete of some addresses.
-- Index: the primary key. Locks: the rows.
UPDATE floating_ips
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: floating_ip_allocate_address(id, project_id, auto_assigned, pool, now)!
-- Gives a free address of a pool to a project, if it is still free.
-- Index: the primary key. Locks: the row.
UPDATE floating_ips
   SET project_id = :project_id,
       auto_assigned = :auto_assigned,
       updated_at = :now
 WHERE id = :id
   AND deleted = 0
   AND fixed_ip_id IS NULL
   AND project_id IS NULL
   AND pool = :pool;

-- name: floating_ip_deallocate(id, now)!
-- Takes one address from its project; the fixed address it leads to stays.
-- Index: the primary key. Locks: the row.
UPDATE floating_ips
   SET project_id = NULL,
       host = NULL,
       auto_assigned = FALSE,
       updated_at = :now
 WHERE id = :id
   AND project_id IS NOT NULL
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: floating_ip_fixed_ip_associate__fixed_ip(address)^
-- The first row of a fixed address, with its network.
-- Index: uniq_fixed_ips0address0deleted, the primary key of networks. Locks: none.
SELECT x.*,
       (SELECT /*{one n as network}*/ COUNT(*) /*{}*/
          FROM networks AS n
         WHERE n.id = x.network_id
           AND n.deleted = 0
           AND x.deleted = 0) AS network
  FROM fixed_ips AS x
 WHERE x.address = :address
   AND /*{visibility}*/ x.deleted = 0 /*{}*/
 ORDER BY x.id
 LIMIT 1;

-- name: floating_ip_fixed_ip_associate(id, fixed_ip_id, host, bound_to, project_id, deleted, now)!
-- Has one address lead to a fixed one, if it still leads where it did and still is the same project's.
-- Index: the primary key. Locks: the row.
UPDATE floating_ips
   SET fixed_ip_id = :fixed_ip_id,
       host = :host,
       updated_at = :now
 WHERE id = :id
   AND fixed_ip_id = :bound_to
   AND project_id = :project_id
   AND deleted = :deleted;

-- name: floating_ip_disassociate__row(address)^
-- The first row of an address, and the visible fixed one it leads to with its network.
-- Index: uniq_floating_ips0address0deleted, the primary keys of fixed_ips and networks. Locks: none.
SELECT f.id,
       f.fixed_ip_id,
       f.deleted,
       (SELECT /*{one x as fixed_ip}*/ COUNT(*) + COUNT((
               SELECT /*{one n as network}*/ COUNT(*) /*{}*/
                 FROM networks AS n
                WHERE n.id = x.network_id
                  AND n.deleted = 0
                  AND x.deleted = 0)) /*{}*/
          FROM fixed_ips AS x
         WHERE x.id = f.fixed_ip_id
           AND /*{visibility}*/ x.deleted = 0 /*{}*/) AS fixed_ip
  FROM floating_ips AS f
 WHERE f.address = :address
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
 LIMIT 1;

-- name: floating_ip_disassociate(id, fixed_ip_id, deleted, now)!
-- Has one address lead to no fixed one, if it still leads where it did.
-- Index: the primary key. Locks: the row.
UPDATE floating_ips
   SET fixed_ip_id = NULL,
       host = NULL,
       updated_at = :now
 WHERE id = :id
   AND fixed_ip_id = :fixed_ip_id
   AND deleted = :deleted;

-- name: floating_ip_destroy(address)!
-- Removes an address for good.
-- Index: uniq_floating_ips0address0deleted. Locks: the rows.
DELETE FROM floating_ips
 WHERE address = :address
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: floating_ip_get(id, project_id)^
-- One address, with the fixed one it leads to and the instance of that.
-- Index: the primary key, that of fixed_ips, uniq_instances0uuid. Locks: none.
SELECT f.*,
       /*{part floating_ip_relations}*/ (SELECT /*{one x as fixed_ip}*/ COUNT(*) + COUNT((
               SELECT /*{one i as instance}*/ COUNT(*) /*{}*/
                 FROM instances AS i
                WHERE i.uuid = x.instance_uuid
                  AND i.deleted = 0
                  AND x.deleted = 0)) /*{}*/
          FROM fixed_ips AS x
         WHERE x.id = f.fixed_ip_id
           AND x.deleted = 0
           AND f.deleted = 0) AS fixed_ip /*{}*/
  FROM floating_ips AS f
 WHERE f.id = :id
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
   AND /*{scope}*/ f.project_id = :project_id /*{}*/;

-- name: floating_ip_get_pools()
-- The pools that addresses belong to, each once; NULL is one. From each pool the index leads to the next: they are few,
-- and have many addresses, all of which DISTINCT would look at.
-- Index: floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx. Locks: none.
  WITH RECURSIVE pools (pool) AS (
       SELECT MIN(f.pool) AS pool
         FROM floating_ips AS f
        WHERE /*{visibility}*/ f.deleted = 0 /*{}*/
        UNION ALL
       SELECT (SELECT MIN(g.pool)
                 FROM floating_ips AS g
                WHERE g.pool > p.pool
                  AND /*{visibility}*/ g.deleted = 0 /*{}*/) AS pool
         FROM pools AS p
        WHERE p.pool IS NOT NULL)
SELECT o.pool
  FROM pools AS o
 WHERE o.pool IS NOT NULL
    OR EXISTS (SELECT 1
                 FROM floating_ips AS h
                WHERE h.pool IS NULL
                  AND /*{visibility}*/ h.deleted = 0 /*{}*/)
 ORDER BY CASE WHEN o.pool IS NULL THEN 0 ELSE 1 END, o.pool;

-- name: floating_ip_get_all()
-- All live addresses.
-- Index: none, the table is read as a whole. Locks: none.
SELECT f.*
  FROM floating_ips AS f
 WHERE f.deleted = 0
 ORDER BY f.id;

-- name: floating_ip_get_all_by_host(host)
-- The live addresses that a host carries.
-- Index: floating_ips_host_idx. Locks: none.
SELECT f.*
  FROM floating_ips AS f
 WHERE f.host = :host
   AND f.deleted = 0
 ORDER BY f.id;

-- name: floating_ip_get_all_by_project(project_id)
-- The live addresses of a project that were not assigned by themselves, each with its fixed address and instance.
-- Index: floating_ips_project_id_idx, the primary key of fixed_ips, uniq_instances0uuid. Locks: none.
SELECT f.*,
       /*{same floating_ip_relations}*/ NULL AS fixed_ip /*{}*/
  FROM floating_ips AS f
 WHERE f.project_id = :project_id
   AND f.auto_assigned = FALSE
   AND f.deleted = 0
 ORDER BY f.id;

-- name: floating_ip_count_by_project(project_id)$
-- How many live addresses of a project were not assigned by themselves.
-- Index: floating_ips_project_id_idx. Locks: none.
SELECT COUNT(*) AS floating_ips
  FROM floating_ips AS f
 WHERE f.project_id = :project_id
   AND f.auto_assigned = FALSE
   AND f.deleted = 0;

-- name: floating_ip_get_by_address(address)^
-- The first row of an address, with the fixed one it leads to and the instance of that.
-- Index: uniq_floating_ips0address0deleted, the primary key of fixed_ips, uniq_instances0uuid. Locks: none.
SELECT f.*,
       /*{same floating_ip_relations}*/ NULL AS fixed_ip /*{}*/
  FROM floating_ips AS f
 WHERE f.address = :address
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
 LIMIT 1;

-- name: floating_ip_get_by_fixed_address(fixed_address)
-- The addresses that lead to a fixed one, even to a deleted row of it.
-- Index: uniq_fixed_ips0address0deleted, floating_ips_fixed_ip_id_idx. Locks: none.
SELECT f.*
  FROM fixed_ips AS x
  JOIN floating_ips AS f
    ON f.fixed_ip_id = x.id
 WHERE x.address = :fixed_address
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id;

-- name: floating_ip_get_by_fixed_ip_id(fixed_ip_id)
-- The addresses that lead to one row of a fixed address.
-- Index: floating_ips_fixed_ip_id_idx. Locks: none.
SELECT f.*
  FROM floating_ips AS f
 WHERE f.fixed_ip_id = :fixed_ip_id
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id;

-- name: floating_ip_update(id, project_id, deleted, pool)!
-- New values for columns of one address, if it still is the same project's.
-- Index: the primary key; uniq_floating_ips0address0deleted refuses an address that is taken. Locks: the row.
UPDATE floating_ips
   SET /*{set}*/ pool = :pool /*{}*/
 WHERE id = :id
   AND project_id = :project_id
   AND deleted = :deleted;

-- name: floating_ip_set_auto_assigned(address, now)!
-- Marks an address as one that was assigned by itself.
-- Index: uniq_floating_ips0address0deleted. Locks: the rows.
UPDATE floating_ips
   SET auto_assigned = TRUE,
       updated_at = :now
 WHERE address = :address
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_get_floating_address(instance_id, project_id)^
-- The first live fixed address of an instance, and the first visible floating address that leads to it.
-- Index: the primary key of instances, fixed_ips_instance_uuid_deleted_idx, uniq_fixed_ips0address0deleted,
-- floating_ips_fixed_ip_id_idx. Locks: none.
SELECT i.uuid,
       x.id AS fixed_ip_id,
       (SELECT f.address
          FROM fixed_ips AS o
          JOIN floating_ips AS f
            ON f.fixed_ip_id = o.id
         WHERE o.address = x.address
           AND /*{visibility}*/ f.deleted = 0 /*{}*/
         ORDER BY f.id
         LIMIT 1) AS address
  FROM instances AS i
  LEFT JOIN fixed_ips AS x
    ON x.instance_uuid = i.uuid
   AND x.deleted = 0
 WHERE i.id = :instance_id
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/
 ORDER BY x.id
 LIMIT 1;

-- name: instance_floating_address_get_all__rows(instance_uuid)
-- The live fixed addresses of an instance (`of_fixed_ip`) with the rows of the visible floating ones that lead to them.
-- Index: fixed_ips_instance_uuid_deleted_idx, floating_ips_fixed_ip_id_idx. Locks: none.
SELECT x.id AS of_fixed_ip,
       f.*
  FROM fixed_ips AS x
  LEFT JOIN floating_ips AS f
    ON f.fixed_ip_id = x.id
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 WHERE x.instance_uuid = :instance_uuid
   AND x.deleted = 0
 ORDER BY f.id;

-- name: instance_floating_address_get_all(instance_uuid)
-- The visible fixed addresses of an instance with the visible floating addresses that lead to them.
-- Index: fixed_ips_instance_uuid_deleted_idx, floating_ips_fixed_ip_id_idx. Locks: none.
SELECT x.id AS fixed_ip_id,
       f.id AS floating_ip_id,
       f.address
  FROM fixed_ips AS x
  LEFT JOIN floating_ips AS f
    ON f.fixed_ip_id = x.id
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 WHERE x.instance_uuid = :instance_uuid
   AND /*{visibility}*/ x.deleted = 0 /*{}*/
 ORDER BY f.id;
