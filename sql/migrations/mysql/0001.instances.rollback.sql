-- transactional: false
--
-- Undoes 0001.instances.sql, last statement first.

DROP TABLE shadow_instance_faults;
DROP TABLE instance_faults;

DROP TABLE shadow_instance_info_caches;
DROP TABLE instance_info_caches;

DROP TABLE shadow_instance_system_metadata;
DROP TABLE instance_system_metadata;

DROP TABLE shadow_instance_metadata;
DROP TABLE instance_metadata;

DROP TABLE shadow_instances;
DROP TABLE instances;
