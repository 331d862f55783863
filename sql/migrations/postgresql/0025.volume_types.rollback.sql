-- Undoes 0025.volume_types.sql, last statement first.

DROP TABLE volume_type_extra_specs;

DROP TABLE volume_types;
