-- PCI devices on PostgreSQL: a device is locked before it is edited.

-- name: pci_device_update__find(node_id, address)^
-- The live device at an address of a node, about to be edited.
-- Index: uniq_pci_devices0compute_node_id0address0deleted. Locks: the row, until the transaction ends.
SELECT d.*
  FROM pci_devices AS d
 WHERE d.compute_node_id = :node_id
   AND d.address = :address
   AND d.deleted = 0
   FOR UPDATE;
