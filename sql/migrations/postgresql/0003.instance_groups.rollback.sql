-- Undoes 0003.instance_groups.sql, last statement first.

DROP TABLE shadow_instance_group_policy;
DROP INDEX instance_group_policy_group_id_deleted_idx;
DROP TABLE instance_group_policy;

DROP TABLE shadow_instance_group_metadata;
DROP INDEX instance_group_metadata_group_id_deleted_idx;
DROP TABLE instance_group_metadata;

DROP TABLE shadow_instance_group_member;
DROP INDEX instance_group_member_group_id_deleted_idx;
DROP TABLE instance_group_member;

DROP TABLE shadow_instance_groups;
DROP INDEX instance_groups_project_id_deleted_idx;
DROP TABLE instance_groups;
