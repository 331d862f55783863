-- transactional: false
--
-- Undoes 0027.share_networks.sql, last statement first.

DROP TABLE share_network_security_service_association;

DROP TABLE security_services;

DROP TABLE share_networks;
