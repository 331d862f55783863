-- Fixed addresses: the reads that lock what is written next.

-- name: fixed_ip_associate__row(address, reserved, network_id)^
-- The live row of an address, if it is of the network or of none; the first of several without an address.
-- Index: uniq_fixed_ips0address0deleted. Locks: the row.
SELECT f.*
  FROM fixed_ips AS f
 WHERE f.address = :address
   AND f.reserved = :reserved
   AND (f.network_id = :network_id OR f.network_id IS NULL)
   AND f.deleted = 0
 ORDER BY f.id
 LIMIT 1
   FOR UPDATE;

-- name: fixed_ip_associate_pool__free(network_id, start)
-- The first free address of a network, and the first that is of no network, leaving out those in the hands of other
-- claims; from `start` on where one is given. Ordered by the whole index: its order is that of ids, and needs no sort.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx.
-- Locks: these two rows; waits for none.
SELECT a.*
  FROM (SELECT f.*
          FROM fixed_ips AS f
         WHERE f.network_id = :network_id
           AND f.deleted = 0
           AND f.instance_uuid IS NULL
           AND f.reserved = FALSE
           AND f.host IS NULL
           AND /*{when spread}*/ f.id >= :start /*{}*/
         ORDER BY f.network_id, f.deleted, f.instance_uuid, f.reserved, f.host, f.id
         LIMIT 1
           FOR UPDATE SKIP LOCKED) AS a
 UNION ALL
SELECT b.*
  FROM (SELECT f.*
          FROM fixed_ips AS f
         WHERE f.network_id IS NULL
           AND f.deleted = 0
           AND f.instance_uuid IS NULL
           AND f.reserved = FALSE
           AND f.host IS NULL
           AND /*{when spread}*/ f.id >= :start /*{}*/
         ORDER BY f.network_id, f.deleted, f.instance_uuid, f.reserved, f.host, f.id
         LIMIT 1
           FOR UPDATE SKIP LOCKED) AS b;

-- name: fixed_ip_associate_pool__first(network_id)
-- The same when no address is free at once: waits for what becomes of those in the hands of other claims.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx.
-- Locks: these two rows.
SELECT a.*
  FROM (SELECT f.*
          FROM fixed_ips AS f
         WHERE f.network_id = :network_id
           AND f.deleted = 0
           AND f.instance_uuid IS NULL
           AND f.reserved = FALSE
           AND f.host IS NULL
         ORDER BY f.network_id, f.deleted, f.instance_uuid, f.reserved, f.host, f.id
         LIMIT 1
           FOR UPDATE) AS a
 UNION ALL
SELECT b.*
  FROM (SELECT f.*
          FROM fixed_ips AS f
         WHERE f.network_id IS NULL
           AND f.deleted = 0
           AND f.instance_uuid IS NULL
           AND f.reserved = FALSE
           AND f.host IS NULL
         ORDER BY f.network_id, f.deleted, f.instance_uuid, f.reserved, f.host, f.id
         LIMIT 1
           FOR UPDATE) AS b;
