-- Undoes 0017.consoles.sql, last statement first.

DROP TABLE shadow_consoles;
DROP INDEX consoles_pool_id_idx;
DROP INDEX consoles_instance_uuid_idx;
DROP TABLE consoles;

DROP TABLE shadow_console_pools;
DROP TABLE console_pools;
