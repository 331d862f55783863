-- Floating addresses: the reads that lock what is written next. The lock holds on this node; on a cluster the guarded
-- UPDATE and the certification of its COMMIT decide. FORCE INDEX, since the planner is else content with a shorter one,
-- and then locks what it reads in vain.

-- name: floating_ip_allocate_address__free(pool, start)
-- The first free address of a pool, those in the hands of other claims left out; from `start` on where one is given.
-- Ordered by id, which is the order of the index.
-- Index: floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx. Locks: the row; waits for none.
SELECT f.id, f.address
  FROM floating_ips AS f
 FORCE INDEX (floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx)
 WHERE f.pool = :pool
   AND f.deleted = 0
   AND f.fixed_ip_id IS NULL
   AND f.project_id IS NULL
   AND /*{when spread}*/ f.id >= :start /*{}*/
 ORDER BY f.id
 LIMIT 1
   FOR UPDATE SKIP LOCKED;

-- name: floating_ip_allocate_address__first(pool)
-- The same when no address is free at once: waits for what becomes of those in the hands of other claims.
-- Index: floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx. Locks: the row.
SELECT f.id, f.address
  FROM floating_ips AS f
 FORCE INDEX (floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx)
 WHERE f.pool = :pool
   AND f.deleted = 0
   AND f.fixed_ip_id IS NULL
   AND f.project_id IS NULL
 ORDER BY f.id
 LIMIT 1
   FOR UPDATE;

-- name: floating_ip_deallocate__row(address)^
-- The first row of an address that a project has.
-- Index: uniq_floating_ips0address0deleted. Locks: the row.
SELECT f.*
  FROM floating_ips AS f
 WHERE f.address = :address
   AND f.project_id IS NOT NULL
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
 LIMIT 1
   FOR UPDATE;

-- name: floating_ip_bulk_destroy__rows(address)
-- Some addresses that are to go, with what tells whose quota they count for.
-- Index: uniq_floating_ips0address0deleted. Locks: the rows.
SELECT f.id, f.project_id, f.auto_assigned
  FROM floating_ips AS f
 WHERE f.address IN (/*{list addresses}*/ :address /*{}*/)
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
   FOR UPDATE;

-- name: floating_ip_get_pools()
-- The pools that addresses belong to, each once; NULL is one. Here DISTINCT goes from pool to pool by itself.
-- Index: floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx; none where only deleted ones are asked for, since all
-- of it is read. Locks: none.
SELECT o.pool
  FROM (SELECT DISTINCT f.pool
          FROM floating_ips AS f
         WHERE /*{visibility}*/ f.deleted = 0 /*{}*/) AS o
 ORDER BY o.pool;
