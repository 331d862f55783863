-- Undoes 0004.flavors.sql, last statement first.

DROP TABLE shadow_instance_type_extra_specs;
DROP TABLE instance_type_extra_specs;

DROP TABLE shadow_instance_type_projects;
DROP TABLE instance_type_projects;

DROP TABLE shadow_instance_types;
DROP TABLE instance_types;
