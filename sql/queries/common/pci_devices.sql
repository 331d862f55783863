-- PCI devices of compute nodes, and the instances they are given to.

-- name: pci_device_get_by_addr(node_id, dev_addr)^
-- The device at an address of a node; the oldest where deleted ones are asked for.
-- Index: uniq_pci_devices0compute_node_id0address0deleted. Locks: none.
SELECT d.*
  FROM pci_devices AS d
 WHERE d.compute_node_id = :node_id
   AND d.address = :dev_addr
   AND /*{visibility}*/ d.deleted = 0 /*{}*/
 ORDER BY d.id
 LIMIT 1;

-- name: pci_device_get_by_id(id)^
-- One device by its id.
-- Index: primary key. Locks: none.
SELECT d.*
  FROM pci_devices AS d
 WHERE d.id = :id
   AND /*{visibility}*/ d.deleted = 0 /*{}*/;

-- name: pci_device_get_all_by_node(node_id)
-- The devices of a node.
-- Index: uniq_pci_devices0compute_node_id0address0deleted. Locks: none.
SELECT d.*
  FROM pci_devices AS d
 WHERE d.compute_node_id = :node_id
   AND /*{visibility}*/ d.deleted = 0 /*{}*/
 ORDER BY d.id;

-- name: pci_device_get_all_by_instance_uuid(instance_uuid)
-- The devices that an instance holds.
-- Index: pci_devices_instance_uuid_deleted_idx. Locks: none.
SELECT d.*
  FROM pci_devices AS d
 WHERE /*{filters}*/ d.instance_uuid = :instance_uuid /*{}*/
   AND d.status = 'allocated'
   AND /*{visibility}*/ d.deleted = 0 /*{}*/
 ORDER BY d.id;

-- name: pci_device_destroy(node_id, address, now)!
-- Soft delete of the device at an address of a node.
-- Index: uniq_pci_devices0compute_node_id0address0deleted. Locks: the row.
UPDATE pci_devices
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE compute_node_id = :node_id
   AND address = :address
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: pci_device_update__find(node_id, address)^
-- The live device at an address of a node, about to be edited.
-- Index: uniq_pci_devices0compute_node_id0address0deleted. Locks: none; on a server, the row.
SELECT d.*
  FROM pci_devices AS d
 WHERE d.compute_node_id = :node_id
   AND d.address = :address
   AND d.deleted = 0;

-- name: pci_device_update(id, status)!
-- The values of one device that differ.
-- Index: primary key. Locks: the row.
UPDATE pci_devices
   SET /*{set}*/ status = :status /*{}*/
 WHERE id = :id;

-- name: pci_device_update__insert(compute_node_id, address, label, status)<!
-- A device that the node did not have.
-- Index: uniq_pci_devices0compute_node_id0address0deleted refuses a live twin. Locks: the new row.
INSERT INTO pci_devices (/*{columns}*/ compute_node_id, address, label, status /*{}*/)
VALUES /*{rows}*/ (:compute_node_id, :address, :label, :status) /*{}*/;
