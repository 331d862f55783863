-- transactional: false
--
-- Undoes 0024.quotas.sql, last statement first.

DROP TABLE quota_locks;

DROP TABLE shadow_reservations;
DROP TABLE reservations;

DROP TABLE shadow_quota_usages;
DROP TABLE quota_usages;

DROP TABLE shadow_quota_classes;
DROP TABLE quota_classes;

DROP TABLE shadow_project_user_quotas;
DROP TABLE project_user_quotas;

DROP TABLE shadow_quotas;
DROP TABLE quotas;
