-- transactional: false
--
-- Undoes 0022.ec2_ids.sql, last statement first.

DROP TABLE shadow_s3_images;
DROP TABLE s3_images;

DROP TABLE shadow_volume_id_mappings;
DROP TABLE volume_id_mappings;

DROP TABLE shadow_snapshot_id_mappings;
DROP TABLE snapshot_id_mappings;

DROP TABLE shadow_instance_id_mappings;
DROP TABLE instance_id_mappings;
