-- Fixed addresses: those of networks, given to instances. What locks a row before it is written stands in the dialects'
-- own files; the write repeats what it rests on all the same, since row locks do not reach other nodes of a cluster.

-- name: fixed_ip_create(address, network_id)<!
-- A new address.
-- Index: uniq_fixed_ips0address0deleted refuses a second live one. Locks: the new row.
INSERT INTO fixed_ips (/*{columns}*/ address, network_id /*{}*/)
VALUES /*{rows}*/ (:address, :network_id) /*{}*/;

-- name: fixed_ip_bulk_create(address, network_id)!
-- Some hundred new addresses in one statement.
-- Index: uniq_fixed_ips0address0deleted refuses them all when one is there already. Locks: the new rows.
INSERT INTO fixed_ips (/*{columns}*/ address, network_id /*{}*/)
VALUES /*{rows}*/ (:address, :network_id) /*{}*/;

-- name: fixed_ip_associate(id, instance_uuid, network_id, reserved, now)!
-- Gives one address to an instance, if it is still free; `network_id` is its own network, or the one it gets.
-- Index: the primary key. Locks: the row.
UPDATE fixed_ips
   SET instance_uuid = :instance_uuid,
       network_id = :network_id,
       updated_at = :now
 WHERE id = :id
   AND deleted = 0
   AND instance_uuid IS NULL
   AND reserved = :reserved
   AND (network_id = :network_id OR network_id IS NULL);

-- name: fixed_ip_associate_pool(id, instance_uuid, host, network_id, now)!
-- Gives a free address of a network to an instance, or to a host, if it is still free.
-- Index: the primary key. Locks: the row.
UPDATE fixed_ips
   SET instance_uuid = :instance_uuid,
       host = :host,
       network_id = :network_id,
       updated_at = :now
 WHERE id = :id
   AND deleted = 0
   AND instance_uuid IS NULL
   AND host IS NULL
   AND reserved = FALSE
   AND (network_id = :network_id OR network_id IS NULL);

-- name: fixed_ip_disassociate(id, instance_uuid, deleted, now)!
-- Takes one address from its instance, if it still is that instance's.
-- Index: the primary key. Locks: the row.
UPDATE fixed_ips
   SET instance_uuid = NULL,
       virtual_interface_id = NULL,
       updated_at = :now
 WHERE id = :id
   AND deleted = :deleted
   AND instance_uuid = :instance_uuid;

-- name: fixed_ip_disassociate_all_by_timeout__ids(time, host)
-- The live addresses that instances do not use any more, the longest unused first: of networks of a host, and of
-- instances on it where a network has many hosts. Deleted networks and instances count.
-- Index: fixed_ips_allocated_deleted_updated_at_idx, the primary key of networks (none where many addresses are found:
-- PostgreSQL then reads the networks once, as a whole), uniq_instances0uuid. Locks: none, so that the free addresses
-- read on the way stay claimable.
SELECT f.id
  FROM fixed_ips AS f
  JOIN networks AS n
    ON n.id = f.network_id
  JOIN instances AS i
    ON i.uuid = f.instance_uuid
 WHERE f.deleted = 0
   AND f.allocated = FALSE
   AND f.updated_at < :time
   AND (n.host = :host OR (n.multi_host = TRUE AND i.host = :host))
 ORDER BY f.updated_at, f.id;

-- name: fixed_ip_disassociate_all_by_timeout(id, time, host, now)!
-- Takes some addresses from their instances, those of which all that was asked for is true in this moment.
-- Index: the primary key, that of networks, uniq_instances0uuid. Locks: the rows; on MySQL their networks and instances
-- too, shared.
UPDATE fixed_ips
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

-- name: fixed_ip_get(id)^
-- One address, with what tells whose its instance is: that may be deleted.
-- Index: the primary key, uniq_instances0uuid, the primary key of networks. Locks: none.
SELECT f.*,
       o.id AS owner_id,
       o.project_id AS owner_project_id,
       /*{when with_network}*/ (SELECT /*{one n as network}*/ COUNT(*) /*{}*/
          FROM networks AS n
         WHERE n.id = f.network_id
           AND n.deleted = 0
           AND f.deleted = 0) /*{}*/ AS network
  FROM fixed_ips AS f
  LEFT JOIN instances AS o
    ON o.uuid = f.instance_uuid
 WHERE f.id = :id
   AND /*{visibility}*/ f.deleted = 0 /*{}*/;

-- name: fixed_ip_get_all()
-- All addresses, deleted ones too.
-- Index: none, the table is read as a whole. Locks: none.
SELECT f.*
  FROM fixed_ips AS f
 ORDER BY f.id;

-- name: fixed_ip_get_by_address(address)^
-- The first row of an address, with what tells whose its instance is, and the relations asked for.
-- Index: uniq_fixed_ips0address0deleted, uniq_instances0uuid, the primary key of networks,
-- floating_ips_fixed_ip_id_idx. Locks: none.
SELECT f.*,
       o.id AS owner_id,
       o.project_id AS owner_project_id,
       /*{when with_network}*/ (SELECT /*{one n as network}*/ COUNT(*) /*{}*/
          FROM networks AS n
         WHERE n.id = f.network_id
           AND n.deleted = 0
           AND f.deleted = 0) /*{}*/ AS network,
       /*{when with_instance}*/ (SELECT /*{one i as instance}*/ COUNT(*) /*{}*/
          FROM instances AS i
         WHERE i.uuid = f.instance_uuid
           AND i.deleted = 0
           AND f.deleted = 0) /*{}*/ AS instance,
       /*{when with_floating_ips}*/ (SELECT /*{json p as floating_ips}*/ COUNT(*) /*{}*/
          FROM floating_ips AS p
         WHERE p.fixed_ip_id = f.id
           AND p.deleted = 0
           AND f.deleted = 0) /*{}*/ AS floating_ips
  FROM fixed_ips AS f
  LEFT JOIN instances AS o
    ON o.uuid = f.instance_uuid
 WHERE f.address = :address
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
 LIMIT 1;

-- name: fixed_ip_get_by_address_detailed(address)^
-- The first row of an address, its network and its instance, deleted ones too.
-- Index: uniq_fixed_ips0address0deleted, the primary key of networks, uniq_instances0uuid. Locks: none.
SELECT f.*,
       (SELECT /*{one n as network}*/ COUNT(*) /*{}*/
          FROM networks AS n
         WHERE n.id = f.network_id) AS network,
       (SELECT /*{one i as instance}*/ COUNT(*) /*{}*/
          FROM instances AS i
         WHERE i.uuid = f.instance_uuid) AS instance
  FROM fixed_ips AS f
 WHERE f.address = :address
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
 LIMIT 1;

-- name: fixed_ip_get_by_floating_address(floating_address)^
-- The first address that a floating one leads to, even a deleted floating one.
-- Index: uniq_floating_ips0address0deleted, the primary key of fixed_ips. Locks: none.
SELECT f.*
  FROM floating_ips AS p
  JOIN fixed_ips AS f
    ON f.id = p.fixed_ip_id
 WHERE p.address = :floating_address
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
 LIMIT 1;

-- name: fixed_ip_get_by_host(host)
-- The addresses of the live instances on a host.
-- Index: instances_host_deleted_cleaned_idx, fixed_ips_instance_uuid_deleted_idx. Locks: none.
SELECT f.*
  FROM instances AS i
  JOIN fixed_ips AS f
    ON f.instance_uuid = i.uuid
 WHERE i.host = :host
   AND i.deleted = 0
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id;

-- name: fixed_ip_get_by_instance(instance_uuid)
-- The live addresses of an instance.
-- Index: fixed_ips_instance_uuid_deleted_idx. Locks: none.
SELECT f.*
  FROM fixed_ips AS f
 WHERE f.instance_uuid = :instance_uuid
   AND f.deleted = 0
 ORDER BY f.id;

-- name: fixed_ip_get_by_network_host(network_id, host)^
-- The first live address of a network that a host holds.
-- Index: fixed_ips_network_id_host_deleted_idx. Locks: none.
SELECT f.*
  FROM fixed_ips AS f
 WHERE f.network_id = :network_id
   AND f.host = :host
   AND f.deleted = 0
 ORDER BY f.id
 LIMIT 1;

-- name: fixed_ips_by_virtual_interface(vif_id)
-- The live addresses of a virtual interface.
-- Index: fixed_ips_virtual_interface_id_idx. Locks: none.
SELECT f.*
  FROM fixed_ips AS f
 WHERE f.virtual_interface_id = :vif_id
   AND f.deleted = 0
 ORDER BY f.id;

-- name: fixed_ip_update(id, instance_uuid, deleted, host)!
-- New values for columns of one address, if it still is the same instance's.
-- Index: the primary key. Locks: the row.
UPDATE fixed_ips
   SET /*{set}*/ host = :host /*{}*/
 WHERE id = :id
   AND deleted = :deleted
   AND instance_uuid = :instance_uuid;

-- name: fixed_ip_count_by_project(project_id)$
-- How many live addresses the instances of a project have, deleted instances included.
-- Index: instances_project_id_deleted_created_at_id_idx, fixed_ips_instance_uuid_deleted_idx. Locks: none.
SELECT COUNT(*) AS fixed_ips
  FROM instances AS i
  JOIN fixed_ips AS f
    ON f.instance_uuid = i.uuid
 WHERE i.project_id = :project_id
   AND f.deleted = 0;
