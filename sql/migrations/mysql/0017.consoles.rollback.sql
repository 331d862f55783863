-- transactional: false
--
-- Undoes 0017.consoles.sql, last statement first.

DROP TABLE shadow_consoles;
DROP TABLE consoles;

DROP TABLE shadow_console_pools;
DROP TABLE console_pools;
