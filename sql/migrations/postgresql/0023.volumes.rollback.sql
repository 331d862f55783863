-- Undoes 0023.volumes.sql, last statement first.

DROP TABLE shadow_iscsi_targets;
DROP INDEX iscsi_targets_volume_id_idx;
DROP INDEX iscsi_targets_host_volume_id_deleted_idx;
DROP TABLE iscsi_targets;

DROP TABLE shadow_snapshots;
DROP TABLE snapshots;

DROP TABLE shadow_volumes;
DROP INDEX volumes_instance_uuid_idx;
DROP TABLE volumes;
