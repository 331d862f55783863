-- Undoes 0014.security_groups.sql, last statement first.

DROP TABLE shadow_provider_fw_rules;
DROP TABLE provider_fw_rules;

DROP TABLE shadow_security_group_instance_association;
DROP INDEX security_group_instance_association_security_group_id_idx;
DROP INDEX security_group_association_instance_uuid_deleted_group_id_idx;
DROP TABLE security_group_instance_association;

DROP TABLE shadow_security_group_default_rules;
DROP TABLE security_group_default_rules;

DROP TABLE shadow_security_group_rules;
DROP INDEX security_group_rules_group_id_idx;
DROP INDEX security_group_rules_parent_group_id_idx;
DROP TABLE security_group_rules;

DROP TABLE shadow_security_groups;
DROP TABLE security_groups;
