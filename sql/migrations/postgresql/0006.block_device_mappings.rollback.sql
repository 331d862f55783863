-- Undoes 0006.block_device_mappings.sql, last statement first.

DROP TABLE shadow_block_device_mapping;
DROP INDEX block_device_mapping_volume_id_idx;
DROP INDEX block_device_mapping_instance_uuid_device_name_idx;
DROP TABLE block_device_mapping;
