-- transactional: false
--
-- Undoes 0006.block_device_mappings.sql, last statement first.

DROP TABLE shadow_block_device_mapping;
DROP TABLE block_device_mapping;
