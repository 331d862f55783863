-- transactional: false
--
-- Undoes 0018.certificates.sql, last statement first.

DROP TABLE shadow_certificates;
DROP TABLE certificates;
