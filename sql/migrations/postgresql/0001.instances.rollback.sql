-- Undoes 0001.instances.sql, last statement first.

DROP TABLE shadow_instance_faults;
DROP INDEX instance_faults_instance_uuid_deleted_created_at_idx;
DROP TABLE instance_faults;

DROP TABLE shadow_instance_info_caches;
DROP TABLE instance_info_caches;

DROP TABLE shadow_instance_system_metadata;
DROP INDEX instance_system_metadata_value_instance_uuid_idx;
DROP INDEX instance_system_metadata_instance_uuid_idx;
DROP TABLE instance_system_metadata;

DROP TABLE shadow_instance_metadata;
DROP INDEX instance_metadata_value_instance_uuid_idx;
DROP INDEX instance_metadata_instance_uuid_idx;
DROP TABLE instance_metadata;

DROP TABLE shadow_instances;
DROP INDEX instances_task_state_idx;
DROP INDEX instances_host_deleted_cleaned_idx;
DROP INDEX instances_created_at_id_idx;
DROP INDEX instances_deleted_created_at_id_idx;
DROP INDEX instances_project_id_deleted_created_at_id_idx;
DROP TABLE instances;
