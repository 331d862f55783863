-- Fixed addresses: the reads of what is written next. The transaction has the database to itself from its beginning.
-- INDEXED BY, since the planner else goes through the table by id, past all that is taken, to what is free.

-- name: fixed_ip_associate__row(address, reserved, network_id)^
-- The live row of an address, if it is of the network or of none; the first of several without an address.
-- Index: uniq_fixed_ips0address0deleted. Locks: none of its own; the writer has the database.
SELECT f.*
  FROM fixed_ips AS f
 WHERE f.address = :address
   AND f.reserved = :reserved
   AND (f.network_id = :network_id OR f.network_id IS NULL)
   AND f.deleted = 0
 ORDER BY f.id
 LIMIT 1;

-- name: fixed_ip_associate_pool__free(network_id, start)
-- The first free address of a network, and the first that is of no network; from `start` on where one is given.
-- Ordered by the whole index: its order is that of ids, and needs no sort.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx.
-- Locks: none of its own; the writer has the database.
SELECT a.*
  FROM (SELECT f.*
          FROM fixed_ips AS f
       INDEXED BY fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx
         WHERE f.network_id = :network_id
           AND f.deleted = 0
           AND f.instance_uuid IS NULL
           AND f.reserved = FALSE
           AND f.host IS NULL
           AND /*{when spread}*/ f.id >= :start /*{}*/
         ORDER BY f.network_id, f.deleted, f.instance_uuid, f.reserved, f.host, f.id
         LIMIT 1) AS a
 UNION ALL
SELECT b.*
  FROM (SELECT f.*
          FROM fixed_ips AS f
       INDEXED BY fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx
         WHERE f.network_id IS NULL
           AND f.deleted = 0
           AND f.instance_uuid IS NULL
           AND f.reserved = FALSE
           AND f.host IS NULL
           AND /*{when spread}*/ f.id >= :start /*{}*/
         ORDER BY f.network_id, f.deleted, f.instance_uuid, f.reserved, f.host, f.id
         LIMIT 1) AS b;

-- name: fixed_ip_associate_pool__first(network_id)
-- The same once more: elsewhere it waits for other claims, of which there are none here.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx.
-- Locks: none of its own; the writer has the database.
SELECT a.*
  FROM (SELECT f.*
          FROM fixed_ips AS f
       INDEXED BY fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx
         WHERE f.network_id = :network_id
           AND f.deleted = 0
           AND f.instance_uuid IS NULL
           AND f.reserved = FALSE
           AND f.host IS NULL
         ORDER BY f.network_id, f.deleted, f.instance_uuid, f.reserved, f.host, f.id
         LIMIT 1) AS a
 UNION ALL
SELECT b.*
  FROM (SELECT f.*
          FROM fixed_ips AS f
       INDEXED BY fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx
         WHERE f.network_id IS NULL
           AND f.deleted = 0
           AND f.instance_uuid IS NULL
           AND f.reserved = FALSE
           AND f.host IS NULL
         ORDER BY f.network_id, f.deleted, f.instance_uuid, f.reserved, f.host, f.id
         LIMIT 1) AS b;

-- name: fixed_ip_disassociate_all_by_timeout(id, time, host, now)!
-- Takes some addresses from their instances, those of which all that was asked for is true in this moment. NOT INDEXED,
-- since else more than one id is looked for among all addresses that are not allocated.
-- Index: the primary key, that of networks, uniq_instances0uuid. Locks: the database.
UPDATE fixed_ips NOT INDEXED
   SET instance_uuid = NULL,
       leased = FALSE,
       updated_at = :now
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND deleted = 0
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND allocated = FALSE
   AND fixed_ips.updated_at < :time
   AND EXISTS (SELECT n.id
                 FROM networks AS n
                 JOIN instances AS i
                   ON i.uuid = fixed_ips.instance_uuid
                WHERE n.id = fixed_ips.network_id
                  AND (n.host = :host OR (n.multi_host = TRUE AND i.host = :host)));
