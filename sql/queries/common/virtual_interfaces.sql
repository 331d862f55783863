-- Virtual interfaces: the network cards of instances.

-- name: virtual_interface_create(address, network_id)<!
-- A new interface.
-- Index: uniq_virtual_interfaces0address0deleted refuses an address that a live one has. Locks: the new row.
INSERT INTO virtual_interfaces (/*{columns}*/ address, network_id /*{}*/)
VALUES /*{rows}*/ (:address, :network_id) /*{}*/;

-- name: virtual_interface_delete_by_instance(instance_id, now)!
-- Soft delete of the live interfaces of an instance.
-- Index: virtual_interfaces_instance_uuid_idx. Locks: the rows.
UPDATE virtual_interfaces
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_uuid = :instance_id
   AND deleted = 0;

-- name: virtual_interface_get(vif_id)^
-- One live interface by its id.
-- Index: the primary key. Locks: none.
SELECT v.*
  FROM virtual_interfaces AS v
 WHERE v.id = :vif_id
   AND v.deleted = 0;

-- name: virtual_interface_get_all()
-- All live interfaces.
-- Index: none, all are read. Locks: none.
SELECT v.*
  FROM virtual_interfaces AS v
 WHERE v.deleted = 0
 ORDER BY v.id;

-- name: virtual_interface_get_by_address(address)^
-- The live interface of an address.
-- Index: uniq_virtual_interfaces0address0deleted. Locks: none.
SELECT v.*
  FROM virtual_interfaces AS v
 WHERE v.address = :address
   AND v.deleted = 0
 ORDER BY v.id
 LIMIT 1;

-- name: virtual_interface_get_by_instance(instance_id, project_id)
-- The live interfaces of a visible instance, oldest first; one row of NULLs for an instance without any.
-- Index: uniq_instances0uuid, virtual_interfaces_instance_uuid_idx. Locks: none.
SELECT v.*
  FROM instances AS i
  LEFT JOIN virtual_interfaces AS v
    ON v.instance_uuid = i.uuid
   AND v.deleted = 0
 WHERE i.uuid = :instance_id
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/
 ORDER BY v.created_at, v.id;

-- name: virtual_interface_get_by_instance_and_network(instance_id, network_id)^
-- The first live interface of an instance on a network.
-- Index: virtual_interfaces_instance_uuid_idx. Locks: none.
SELECT v.*
  FROM virtual_interfaces AS v
 WHERE v.instance_uuid = :instance_id
   AND v.network_id = :network_id
   AND v.deleted = 0
 ORDER BY v.id
 LIMIT 1;

-- name: virtual_interface_get_by_uuid(vif_uuid)^
-- The first live interface of a uuid.
-- Index: virtual_interfaces_uuid_idx. Locks: none.
SELECT v.*
  FROM virtual_interfaces AS v
 WHERE v.uuid = :vif_uuid
   AND v.deleted = 0
 ORDER BY v.id
 LIMIT 1;
