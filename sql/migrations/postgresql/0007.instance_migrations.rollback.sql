-- Undoes 0007.instance_migrations.sql, last statement first.

DROP TABLE shadow_migrations;
DROP INDEX migrations_status_idx;
DROP INDEX migrations_source_compute_status_idx;
DROP INDEX migrations_dest_compute_status_idx;
DROP INDEX migrations_instance_uuid_status_idx;
DROP TABLE migrations;
