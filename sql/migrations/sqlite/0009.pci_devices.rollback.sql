-- Undoes 0009.pci_devices.sql, last statement first.

DROP TABLE shadow_pci_devices;
DROP INDEX pci_devices_instance_uuid_deleted_idx;
DROP INDEX uniq_pci_devices0compute_node_id0address0deleted;
DROP TABLE pci_devices;
