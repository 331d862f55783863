-- transactional: false
--
-- Undoes 0012.floating_ips.sql, last statement first.

DROP TABLE shadow_floating_ips;
DROP TABLE floating_ips;
