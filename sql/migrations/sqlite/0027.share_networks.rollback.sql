-- Undoes 0027.share_networks.sql, last statement first.

DROP INDEX share_network_services_security_service_id_deleted_idx;
DROP INDEX uniq_share_network_services0network_id0service_id0deleted;
DROP TABLE share_network_security_service_association;

DROP INDEX security_services_project_id_deleted_idx;
DROP TABLE security_services;

DROP INDEX share_networks_project_id_deleted_idx;
DROP TABLE share_networks;
