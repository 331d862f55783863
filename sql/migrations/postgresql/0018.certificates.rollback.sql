-- Undoes 0018.certificates.sql, last statement first.

DROP TABLE shadow_certificates;
DROP INDEX certificates_user_id_deleted_idx;
DROP INDEX certificates_project_id_deleted_idx;
DROP TABLE certificates;
