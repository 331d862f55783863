-- transactional: false
--
-- Undoes 0020.usage.sql, last statement first.

DROP TABLE shadow_volume_usage_cache;
DROP TABLE volume_usage_cache;

DROP TABLE shadow_bw_usage_cache;
DROP TABLE bw_usage_cache;
