-- Undoes 0008.services.sql, last statement first.

DROP TABLE manila_nodes;

DROP TABLE shadow_compute_node_stats;
DROP INDEX compute_node_stats_compute_node_id_deleted_idx;
DROP TABLE compute_node_stats;

DROP TABLE shadow_compute_nodes;
DROP INDEX compute_nodes_service_id_deleted_idx;
DROP TABLE compute_nodes;

DROP TABLE shadow_services;
DROP INDEX services_topic_deleted_idx;
DROP INDEX uniq_services0host0topic0deleted;
DROP INDEX uniq_services0host0binary0deleted;
DROP TABLE services;
