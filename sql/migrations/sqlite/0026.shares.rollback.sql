-- Undoes 0026.shares.sql, last statement first.

DROP INDEX share_snapshots_project_id_deleted_user_id_idx;
DROP INDEX share_snapshots_share_id_deleted_project_id_idx;
DROP TABLE share_snapshots;

DROP INDEX share_access_map_share_id_idx;
DROP TABLE share_access_map;

DROP INDEX uniq_share_metadata0share_id0key0deleted;
DROP TABLE share_metadata;

DROP INDEX shares_deleted_at_idx;
DROP INDEX shares_volume_type_id_deleted_idx;
DROP INDEX shares_share_server_id_deleted_idx;
DROP INDEX shares_share_network_id_deleted_idx;
DROP INDEX shares_host_deleted_idx;
DROP INDEX shares_project_id_deleted_user_id_idx;
DROP TABLE shares;
