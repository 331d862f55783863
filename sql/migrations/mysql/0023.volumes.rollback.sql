-- transactional: false
--
-- Undoes 0023.volumes.sql, last statement first.

DROP TABLE shadow_iscsi_targets;
DROP TABLE iscsi_targets;

DROP TABLE shadow_snapshots;
DROP TABLE snapshots;

DROP TABLE shadow_volumes;
DROP TABLE volumes;
