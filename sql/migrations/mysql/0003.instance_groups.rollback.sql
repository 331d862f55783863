-- transactional: false
--
-- Undoes 0003.instance_groups.sql, last statement first.

DROP TABLE shadow_instance_group_policy;
DROP TABLE instance_group_policy;

DROP TABLE shadow_instance_group_metadata;
DROP TABLE instance_group_metadata;

DROP TABLE shadow_instance_group_member;
DROP TABLE instance_group_member;

DROP TABLE shadow_instance_groups;
DROP TABLE instance_groups;
