-- Undoes 0009.pci_devices.sql, last statement first.

DROP TABLE shadow_pci_devices;
DROP INDEX pci_devices_instance_uuid_deleted_idx;
DROP TABLE pci_devices;
