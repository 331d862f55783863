-- Undoes 0022.ec2_ids.sql, last statement first.

DROP TABLE shadow_s3_images;
DROP INDEX s3_images_uuid_idx;
DROP TABLE s3_images;

DROP TABLE shadow_volume_id_mappings;
DROP INDEX volume_id_mappings_uuid_idx;
DROP TABLE volume_id_mappings;

DROP TABLE shadow_snapshot_id_mappings;
DROP INDEX snapshot_id_mappings_uuid_idx;
DROP TABLE snapshot_id_mappings;

DROP TABLE shadow_instance_id_mappings;
DROP INDEX instance_id_mappings_uuid_idx;
DROP TABLE instance_id_mappings;
