-- Consoles of instances, and the pools they belong to: one for each proxy host, type and compute host.

-- name: console_pool_create(host, console_type)<!
-- A new console pool.
-- Index: uniq_console_pools0host0console_type0compute_host0deleted refuses a live twin. Locks: the new row.
INSERT INTO console_pools (/*{columns}*/ host, console_type /*{}*/)
VALUES /*{rows}*/ (:host, :console_type) /*{}*/;

-- name: console_pool_get_by_host_type(compute_host, proxy_host, console_type)^
-- The live pool of a proxy host, type and compute host, with its consoles; the oldest where one of these is NULL,
-- which no unique key counts.
-- Index: uniq_console_pools0host0console_type0compute_host0deleted, consoles_pool_id_idx. Locks: none.
SELECT p.*,
       /*{part pool_consoles}*/ (SELECT /*{json c as consoles}*/ COUNT(*) /*{}*/
          FROM consoles AS c
         WHERE c.pool_id = p.id) AS consoles /*{}*/
  FROM console_pools AS p
 WHERE p.host = :proxy_host
   AND p.console_type = :console_type
   AND p.compute_host = :compute_host
   AND p.deleted = 0
 ORDER BY p.id
 LIMIT 1;

-- name: console_pool_get_all_by_host_type(host, console_type)
-- The live pools of a proxy host and type, with their consoles.
-- Index: uniq_console_pools0host0console_type0compute_host0deleted, consoles_pool_id_idx. Locks: none.
SELECT p.*,
       /*{same pool_consoles}*/ NULL AS consoles /*{}*/
  FROM console_pools AS p
 WHERE p.host = :host
   AND p.console_type = :console_type
   AND p.deleted = 0
 ORDER BY p.id;

-- name: console_create(instance_uuid, pool_id)<!
-- A new console.
-- Index: none, nothing is unique but the id. Locks: the new row.
INSERT INTO consoles (/*{columns}*/ instance_uuid, pool_id /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :pool_id) /*{}*/;

-- name: console_delete(console_id)!
-- Removes one console for good.
-- Index: primary key. Locks: the row.
DELETE FROM consoles
 WHERE id = :console_id;

-- name: console_get(console_id, instance_uuid)^
-- One console with its pool, deleted or not, as long as it belongs to the instance (where one is given).
-- Index: the primary keys. Locks: none.
SELECT c.*,
       /*{part console_pool}*/ (SELECT /*{one p as pool}*/ COUNT(*) /*{}*/
          FROM console_pools AS p
         WHERE p.id = c.pool_id) AS pool /*{}*/
  FROM consoles AS c
 WHERE c.id = :console_id
   AND /*{when of_instance}*/ c.instance_uuid = :instance_uuid /*{}*/;

-- name: console_get_by_pool_instance(pool_id, instance_uuid)^
-- The oldest console of an instance in a pool, with the pool, deleted or not.
-- Index: consoles_instance_uuid_idx or consoles_pool_id_idx, whichever leads to fewer rows; the primary key of
-- console_pools. Locks: none.
SELECT c.*,
       /*{same console_pool}*/ NULL AS pool /*{}*/
  FROM consoles AS c
 WHERE c.pool_id = :pool_id
   AND c.instance_uuid = :instance_uuid
 ORDER BY c.id
 LIMIT 1;

-- name: console_get_all_by_instance(instance_uuid)
-- The consoles of an instance, deleted or not, with their pools where they are asked for.
-- Index: consoles_instance_uuid_idx, the primary key of console_pools. Locks: none.
SELECT c.*,
       /*{when with_pool}*/ (SELECT /*{one p as pool}*/ COUNT(*) /*{}*/
          FROM console_pools AS p
         WHERE p.id = c.pool_id) /*{}*/ AS pool
  FROM consoles AS c
 WHERE c.instance_uuid = :instance_uuid
 ORDER BY c.id;
