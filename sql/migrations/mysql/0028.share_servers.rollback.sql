-- transactional: false
--
-- Undoes 0028.share_servers.sql, last statement first.

DROP TABLE network_allocations;

DROP TABLE share_server_backend_details;

DROP TABLE share_servers;
