-- Undoes 0020.usage.sql, last statement first.

DROP TABLE shadow_volume_usage_cache;
DROP INDEX volume_usage_cache_volume_id_idx;
DROP TABLE volume_usage_cache;

DROP TABLE shadow_bw_usage_cache;
DROP INDEX bw_usage_cache_uuid_start_period_idx;
DROP TABLE bw_usage_cache;
