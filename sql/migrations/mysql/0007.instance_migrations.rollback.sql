-- transactional: false
--
-- Undoes 0007.instance_migrations.sql, last statement first.

DROP TABLE shadow_migrations;
DROP TABLE migrations;
