-- Undoes 0024.quotas.sql, last statement first.

DROP TABLE quota_locks;

DROP TABLE shadow_reservations;
DROP INDEX reservations_project_id_deleted_expire_idx;
DROP INDEX reservations_deleted_expire_idx;
DROP INDEX reservations_uuid_idx;
DROP TABLE reservations;

DROP TABLE shadow_quota_usages;
DROP INDEX uniq_quota_usages0project_id0user_id0resource0deleted;
DROP TABLE quota_usages;

DROP TABLE shadow_quota_classes;
DROP INDEX quota_classes_class_name_resource_idx;
DROP TABLE quota_classes;

DROP TABLE shadow_project_user_quotas;
DROP INDEX project_user_quotas_project_id_deleted_idx;
DROP INDEX uniq_project_user_quotas0user_id0project_id0resource0deleted;
DROP TABLE project_user_quotas;

DROP TABLE shadow_quotas;
DROP INDEX uniq_quotas0project_id0resource0deleted;
DROP TABLE quotas;
