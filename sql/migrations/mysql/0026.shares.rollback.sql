-- transactional: false
--
-- Undoes 0026.shares.sql, last statement first.

DROP TABLE share_snapshots;

DROP TABLE share_access_map;

DROP TABLE share_metadata;

DROP TABLE shares;
