-- transactional: false
--
-- Undoes 0015.aggregates.sql, last statement first.

DROP TABLE shadow_aggregate_metadata;
DROP TABLE aggregate_metadata;

DROP TABLE shadow_aggregate_hosts;
DROP TABLE aggregate_hosts;

DROP TABLE shadow_aggregates;
DROP TABLE aggregates;
