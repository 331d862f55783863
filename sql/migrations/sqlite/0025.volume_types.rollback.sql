-- Undoes 0025.volume_types.sql, last statement first.

DROP INDEX uniq_volume_type_extra_specs0volume_type_id0key0deleted;
DROP TABLE volume_type_extra_specs;

DROP INDEX uniq_volume_types0name0deleted;
DROP TABLE volume_types;
