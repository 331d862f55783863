-- transactional: false
--
-- Undoes 0010.networks.sql, last statement first.

DROP TABLE shadow_virtual_interfaces;
DROP TABLE virtual_interfaces;

DROP TABLE shadow_networks;
DROP TABLE networks;
