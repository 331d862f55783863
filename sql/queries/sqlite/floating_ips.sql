-- Floating addresses: the reads of what is written next. The transaction has the database to itself from its beginning.
-- INDEXED BY, since the planner else goes through the table by id, past all that is taken, to what is free.

-- name: floating_ip_allocate_address__free(pool, start)
-- The first free address of a pool; from `start` on where one is given.
-- Ordered by the whole index: its order is that of ids, and needs no sort.
-- Index: floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx. Locks: none of its own; the writer has the database.
SELECT f.id, f.address
  FROM floating_ips AS f
INDEXED BY floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx
 WHERE f.pool = :pool
   AND f.deleted = 0
   AND f.fixed_ip_id IS NULL
   AND f.project_id IS NULL
   AND /*{when spread}*/ f.id >= :start /*{}*/
 ORDER BY f.pool, f.deleted, f.fixed_ip_id, f.project_id, f.id
 LIMIT 1;

-- name: floating_ip_allocate_address__first(pool)
-- The same once more: elsewhere it waits for other claims, of which there are none here.
-- Index: floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx. Locks: none of its own; the writer has the database.
SELECT f.id, f.address
  FROM floating_ips AS f
INDEXED BY floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx
 WHERE f.pool = :pool
   AND f.deleted = 0
   AND f.fixed_ip_id IS NULL
   AND f.project_id IS NULL
 ORDER BY f.pool, f.deleted, f.fixed_ip_id, f.project_id, f.id
 LIMIT 1;

-- name: floating_ip_deallocate__row(address)^
-- The first row of an address that a project has.
-- Index: uniq_floating_ips0address0deleted. Locks: none of its own; the writer has the database.
SELECT f.*
  FROM floating_ips AS f
 WHERE f.address = :address
   AND f.project_id IS NOT NULL
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
 LIMIT 1;

-- name: floating_ip_bulk_destroy__rows(address)
-- Some addresses that are to go, with what tells whose quota they count for.
-- Index: uniq_floating_ips0address0deleted. Locks: none of its own; the writer has the database.
SELECT f.id, f.project_id, f.auto_assigned
  FROM floating_ips AS f
 WHERE f.address IN (/*{list addresses}*/ :address /*{}*/)
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id;
