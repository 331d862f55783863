-- Networks: the address ranges that projects own and hosts serve.

-- name: network_associate(project_id)^
-- The first live network of a project. Under the project's lock (quota_reserve__lock) it says for sure that there is
-- none: a row that is not there cannot be locked by itself.
-- Index: networks_project_id_deleted_id_idx. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id = :project_id
   AND n.deleted = 0
 ORDER BY n.id
 LIMIT 1;

-- name: network_associate__owned(project_id)^
-- The same under the project's lock, where it must show what is committed by now. A plain read does; not on MySQL.
-- Index: networks_project_id_deleted_id_idx. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id = :project_id
   AND n.deleted = 0
 ORDER BY n.id
 LIMIT 1;

-- name: network_associate__free(network_id)^
-- A live network that no project owns, the first one or one given. Here writers take turns; the others lock the row.
-- Index: networks_project_id_deleted_id_idx, or the primary key of the one given. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id IS NULL
   AND n.deleted = 0
   AND /*{when by_id}*/ n.id = :network_id /*{}*/
 ORDER BY n.id
 LIMIT 1;

-- name: network_associate__taken(network_id)^
-- The same, after another caller that holds the row has decided: no shortage is reported before. Here nobody holds any.
-- Index: networks_project_id_deleted_id_idx, or the primary key of the one given. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id IS NULL
   AND n.deleted = 0
   AND /*{when by_id}*/ n.id = :network_id /*{}*/
 ORDER BY n.id
 LIMIT 1;

-- name: network_associate__claim(id, project_id, now)!
-- Gives a network to a project unless another one has it. That decides: row locks do not reach other Galera nodes.
-- Index: the primary key. Locks: the row.
UPDATE networks
   SET project_id = :project_id,
       updated_at = :now
 WHERE id = :id
   AND project_id IS NULL
   AND deleted = 0;

-- name: network_count_reserved_ips(network_id)$
-- How many live fixed addresses of a network are reserved.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx, or
-- fixed_ips_network_id_host_deleted_idx. Locks: none.
SELECT COUNT(*) AS reserved_ips
  FROM fixed_ips AS f
 WHERE f.network_id = :network_id
   AND f.deleted = 0
   AND f.reserved = TRUE;

-- name: network_create_safe(label, vlan)<!
-- A new network.
-- Index: uniq_networks0vlan0deleted refuses a vlan that a live network has. Locks: the new row.
INSERT INTO networks (/*{columns}*/ label, vlan /*{}*/)
VALUES /*{rows}*/ (:label, :vlan) /*{}*/;

-- name: network_delete_safe__in_use(network_id)$
-- Whether a live fixed address of a network is allocated. Not `= TRUE`, by which SQLite would look among all networks'.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx, or
-- fixed_ips_network_id_host_deleted_idx. Locks: none.
SELECT f.id
  FROM fixed_ips AS f
 WHERE f.network_id = :network_id
   AND f.deleted = 0
   AND f.allocated <> FALSE
 LIMIT 1;

-- name: network_delete_safe__fixed_ips(network_id, now)!
-- Soft delete of the fixed addresses of a network, but for those that were allocated in the meantime.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx, or
-- fixed_ips_network_id_host_deleted_idx. Locks: the rows.
UPDATE fixed_ips
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE network_id = :network_id
   AND deleted = 0
   AND (allocated = FALSE OR allocated IS NULL);

-- name: network_delete_safe(network_id)!
-- Removes a network for good, unless it has a live fixed address: one that was allocated or made in the meantime.
-- Index: the primary key; fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx or
-- fixed_ips_network_id_host_deleted_idx. Locks: the row; on MySQL also the addresses that are read, shared.
DELETE FROM networks
 WHERE networks.id = :network_id
   AND /*{visibility}*/ networks.deleted = 0 /*{}*/
   AND NOT EXISTS (SELECT 1
                     FROM fixed_ips AS f
                    WHERE f.network_id = :network_id
                      AND f.deleted = 0);

-- name: network_disassociate(network_id, host)!
-- Takes a network from its host, its project, or both.
-- Index: the primary key. Locks: the row.
UPDATE networks
   SET /*{set}*/ host = :host /*{}*/
 WHERE id = :network_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: network_get(network_id, project_id)^
-- One network by its id.
-- Index: the primary key. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.id = :network_id
   AND /*{visibility}*/ n.deleted = 0 /*{}*/
   AND /*{scope}*/ n.project_id = :project_id /*{}*/;

-- name: network_get_all(project_id)
-- All live networks.
-- Index: networks_project_id_deleted_id_idx for users, none for admins. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.deleted = 0
   AND /*{scope}*/ n.project_id = :project_id /*{}*/
 ORDER BY n.id;

-- name: network_get_all_by_uuids(uuid, project_id)
-- The live networks of some uuids.
-- Index: networks_uuid_project_id_deleted_idx; or networks_project_id_deleted_id_idx, since a project has few.
-- Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND n.deleted = 0
   AND /*{scope}*/ n.project_id = :project_id /*{}*/
 ORDER BY n.id;

-- name: network_get_associated_fixed_ips(network_id, host)
-- The fixed addresses of a network that are on an interface of an instance, of one host or of all. All live.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx or
-- fixed_ips_network_id_host_deleted_idx, uniq_instances0uuid, the primary key of virtual_interfaces; for one host
-- instances_host_deleted_cleaned_idx, fixed_ips_instance_uuid_deleted_idx or the same. Locks: none.
SELECT f.address,
       f.instance_uuid,
       f.network_id,
       f.virtual_interface_id AS vif_id,
       v.address AS vif_address,
       i.hostname AS instance_hostname,
       i.updated_at AS instance_updated,
       i.created_at AS instance_created,
       f.allocated,
       f.leased
  FROM fixed_ips AS f
  JOIN virtual_interfaces AS v
    ON v.id = f.virtual_interface_id
   AND v.deleted = 0
  JOIN instances AS i
    ON i.uuid = f.instance_uuid
   AND i.deleted = 0
 WHERE f.network_id = :network_id
   AND f.deleted = 0
   AND /*{when on_host}*/ i.host = :host /*{}*/
 ORDER BY f.id;

-- name: network_in_use_on_host(network_id, host)$
-- Whether network_get_associated_fixed_ips would find an address.
-- Index: fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx or
-- fixed_ips_network_id_host_deleted_idx, uniq_instances0uuid, the primary key of virtual_interfaces; for one host
-- instances_host_deleted_cleaned_idx, fixed_ips_instance_uuid_deleted_idx or the same. Locks: none.
SELECT f.id
  FROM fixed_ips AS f
  JOIN virtual_interfaces AS v
    ON v.id = f.virtual_interface_id
   AND v.deleted = 0
  JOIN instances AS i
    ON i.uuid = f.instance_uuid
   AND i.deleted = 0
 WHERE f.network_id = :network_id
   AND f.deleted = 0
   AND /*{when on_host}*/ i.host = :host /*{}*/
 LIMIT 1;

-- name: network_get_by_uuid(uuid)^
-- The first live network of a uuid.
-- Index: networks_uuid_project_id_deleted_idx. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.uuid = :uuid
   AND n.deleted = 0
 ORDER BY n.id
 LIMIT 1;

-- name: network_get_by_cidr(cidr)^
-- The first live network with an address range, of IPv4 or IPv6. A branch for each: an OR would lead planners into
-- reading the primary key until one fits.
-- Index: networks_cidr_idx, networks_cidr_v6_idx, the primary key. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.id = (SELECT MIN(fitting.id)
                 FROM (SELECT a.id
                         FROM networks AS a
                        WHERE a.cidr = :cidr
                          AND a.deleted = 0
                        UNION ALL
                       SELECT b.id
                         FROM networks AS b
                        WHERE b.cidr_v6 = :cidr
                          AND b.deleted = 0) AS fitting);

-- name: network_get_all_by_host(host)
-- The live networks that a host serves, or has visible fixed addresses of, or instances with interfaces that have
-- some. A deleted interface or instance counts. A branch for each way, that starts from the host; a derived table,
-- since MariaDB would carry out a UNION behind IN once for each network.
-- Index: networks_host_idx, fixed_ips_host_idx, instances_host_deleted_cleaned_idx,
-- virtual_interfaces_instance_uuid_idx, fixed_ips_virtual_interface_id_idx, the primary key; none where a host has to
-- do with many networks: PostgreSQL then reads them once, as a whole. Locks: none.
SELECT n.*
  FROM (SELECT o.id AS network_id
          FROM networks AS o
         WHERE o.host = :host
         UNION
        SELECT f.network_id
          FROM fixed_ips AS f
         WHERE f.host = :host
           AND /*{visibility}*/ f.deleted = 0 /*{}*/
         UNION
        SELECT g.network_id
          FROM instances AS i
          JOIN virtual_interfaces AS v
            ON v.instance_uuid = i.uuid
          JOIN fixed_ips AS g
            ON g.virtual_interface_id = v.id
           AND /*{visibility}*/ g.deleted = 0 /*{}*/
         WHERE i.host = :host) AS concerned
  JOIN networks AS n
    ON n.id = concerned.network_id
   AND n.deleted = 0
 ORDER BY n.id;

-- name: network_get_all_by_instance(instance_uuid)
-- The live networks on which an instance, given by its uuid, has a live interface or a live fixed address.
-- Index: virtual_interfaces_instance_uuid_idx, fixed_ips_instance_uuid_deleted_idx, the primary key.
-- Locks: none.
SELECT n.*
  FROM (SELECT v.network_id
          FROM virtual_interfaces AS v
         WHERE v.instance_uuid = :instance_uuid
           AND v.deleted = 0
         UNION
        SELECT f.network_id
          FROM fixed_ips AS f
         WHERE f.instance_uuid = :instance_uuid
           AND f.deleted = 0) AS concerned
  JOIN networks AS n
    ON n.id = concerned.network_id
   AND n.deleted = 0
 ORDER BY n.id;

-- name: network_get_all_by_instance__by_id(instance_id)
-- The same for an instance that is given by its number.
-- Index: virtual_interfaces_instance_uuid_idx, fixed_ips_instance_uuid_deleted_idx, the primary keys.
-- Locks: none.
SELECT n.*
  FROM (SELECT v.network_id
          FROM virtual_interfaces AS v
         WHERE v.instance_uuid = (SELECT i.uuid
                                    FROM instances AS i
                                   WHERE i.id = :instance_id)
           AND v.deleted = 0
         UNION
        SELECT f.network_id
          FROM fixed_ips AS f
         WHERE f.instance_uuid = (SELECT j.uuid
                                    FROM instances AS j
                                   WHERE j.id = :instance_id)
           AND f.deleted = 0) AS concerned
  JOIN networks AS n
    ON n.id = concerned.network_id
   AND n.deleted = 0
 ORDER BY n.id;

-- name: network_set_host(network_id, host, now)!
-- Gives a network to a host unless it has one: of several callers the first.
-- Index: the primary key. Locks: the row.
UPDATE networks
   SET host = :host,
       updated_at = :now
 WHERE id = :network_id
   AND deleted = 0
   AND (host IS NULL OR host = '');

-- name: network_set_host__stored(network_id)^
-- The host that a live network has.
-- Index: the primary key. Locks: none.
SELECT n.host
  FROM networks AS n
 WHERE n.id = :network_id
   AND n.deleted = 0;

-- name: network_update(id, project_id, label)!
-- Changes of one network, for users one of their project or of none still.
-- Index: the primary key. Locks: the row.
UPDATE networks
   SET /*{set}*/ label = :label /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND /*{scope}*/ project_id = :project_id /*{}*/;

-- name: project_get_networks(project_id)
-- The live networks of a project.
-- Index: networks_project_id_deleted_id_idx. Locks: none.
SELECT n.*
  FROM networks AS n
 WHERE n.project_id = :project_id
   AND n.deleted = 0
 ORDER BY n.id;
