-- Undoes 0028.share_servers.sql, last statement first.

DROP INDEX network_allocations_share_server_id_deleted_idx;
DROP TABLE network_allocations;

DROP TABLE share_server_backend_details;

DROP INDEX share_servers_host_deleted_idx;
DROP INDEX share_servers_share_network_id_deleted_idx;
DROP TABLE share_servers;
