-- Undoes 0015.aggregates.sql, last statement first.

DROP TABLE shadow_aggregate_metadata;
DROP INDEX aggregate_metadata_key_idx;
DROP INDEX uniq_aggregate_metadata0aggregate_id0key0deleted;
DROP TABLE aggregate_metadata;

DROP TABLE shadow_aggregate_hosts;
DROP INDEX aggregate_hosts_aggregate_id_deleted_idx;
DROP INDEX uniq_aggregate_hosts0host0aggregate_id0deleted;
DROP TABLE aggregate_hosts;

DROP TABLE shadow_aggregates;
DROP INDEX aggregates_name_deleted_idx;
DROP TABLE aggregates;
