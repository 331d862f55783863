-- Undoes 0004.flavors.sql, last statement first.

DROP TABLE shadow_instance_type_extra_specs;
DROP INDEX uniq_instance_type_extra_specs0instance_type_id0key0deleted;
DROP TABLE instance_type_extra_specs;

DROP TABLE shadow_instance_type_projects;
DROP INDEX uniq_instance_type_projects0instance_type_id0project_id0deleted;
DROP TABLE instance_type_projects;

DROP TABLE shadow_instance_types;
DROP INDEX uniq_instance_types0name0deleted;
DROP INDEX uniq_instance_types0flavorid0deleted;
DROP TABLE instance_types;
