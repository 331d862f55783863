-- transactional: false
--
-- Undoes 0009.pci_devices.sql, last statement first.

DROP TABLE shadow_pci_devices;
DROP TABLE pci_devices;
