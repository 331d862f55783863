-- Volume usage on MySQL and MariaDB: how the row of a volume is found, also by those who write it. One that a subquery
-- names would be looked for in, and lock, the whole table.

-- name: vol_usage_update__stored(volume_id)^
-- The counters of one volume; the oldest row of several.
-- Index: volume_usage_cache_volume_id_idx. Locks: none; the row was written before.
SELECT v.*
  FROM volume_usage_cache AS v
 WHERE /*{part oldest_of_volume}*/ volume_id = :volume_id
 ORDER BY id
 LIMIT 1 /*{}*/;
