-- transactional: false
--
-- Undoes 0011.fixed_ips.sql, last statement first.

DROP TABLE shadow_fixed_ips;
DROP TABLE fixed_ips;
