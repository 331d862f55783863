-- transactional: false
--
-- Undoes 0008.services.sql, last statement first.

DROP TABLE manila_nodes;

DROP TABLE shadow_compute_node_stats;
DROP TABLE compute_node_stats;

DROP TABLE shadow_compute_nodes;
DROP TABLE compute_nodes;

DROP TABLE shadow_services;
DROP TABLE services;
