-- Bandwidth and volume usage on MySQL and MariaDB.

-- name: vol_usage_update(volume_id, reads, read_bytes, writes, write_bytes, instance_uuid, project_id, user_id, availability_zone, now)!
-- New counters of one volume since it was attached; the oldest row of several. A counter that is lower than before
-- tells that the guest has started anew: then what all four had reached goes to the totals.
-- The totals stand first since MySQL assigns from left to right.
-- A row named by a subquery would be looked for in, and lock, the whole table here.
-- Index: volume_usage_cache_volume_id_idx. Locks: the rows of the volume.
UPDATE volume_usage_cache
   SET tot_reads = COALESCE(tot_reads, 0)
                 + CASE WHEN (curr_reads > :reads OR curr_read_bytes > :read_bytes
                               OR curr_writes > :writes OR curr_write_bytes > :write_bytes)
                        THEN COALESCE(curr_reads, 0) ELSE 0 END,
       tot_read_bytes = COALESCE(tot_read_bytes, 0)
                 + CASE WHEN (curr_reads > :reads OR curr_read_bytes > :read_bytes
                               OR curr_writes > :writes OR curr_write_bytes > :write_bytes)
                        THEN COALESCE(curr_read_bytes, 0) ELSE 0 END,
       tot_writes = COALESCE(tot_writes, 0)
                 + CASE WHEN (curr_reads > :reads OR curr_read_bytes > :read_bytes
                               OR curr_writes > :writes OR curr_write_bytes > :write_bytes)
                        THEN COALESCE(curr_writes, 0) ELSE 0 END,
       tot_write_bytes = COALESCE(tot_write_bytes, 0)
                 + CASE WHEN (curr_reads > :reads OR curr_read_bytes > :read_bytes
                               OR curr_writes > :writes OR curr_write_bytes > :write_bytes)
                        THEN COALESCE(curr_write_bytes, 0) ELSE 0 END,
       curr_reads = :reads,
       curr_read_bytes = :read_bytes,
       curr_writes = :writes,
       curr_write_bytes = :write_bytes,
       curr_last_refreshed = :now,
       instance_uuid = :instance_uuid,
       project_id = :project_id,
       user_id = :user_id,
       availability_zone = :availability_zone,
       updated_at = :now
 WHERE volume_id = :volume_id
 ORDER BY id
 LIMIT 1;

-- name: vol_usage_update__totals(volume_id, reads, read_bytes, writes, write_bytes, instance_uuid, project_id, user_id, availability_zone, now)!
-- The same where the counters are final: they go to the totals, and the volume counts from nothing again.
-- A row named by a subquery would be looked for in, and lock, the whole table here.
-- Index: volume_usage_cache_volume_id_idx. Locks: the rows of the volume.
UPDATE volume_usage_cache
   SET tot_reads = COALESCE(tot_reads, 0) + :reads
                 + CASE WHEN (curr_reads > :reads OR curr_read_bytes > :read_bytes
                               OR curr_writes > :writes OR curr_write_bytes > :write_bytes)
                        THEN COALESCE(curr_reads, 0) ELSE 0 END,
       tot_read_bytes = COALESCE(tot_read_bytes, 0) + :read_bytes
                 + CASE WHEN (curr_reads > :reads OR curr_read_bytes > :read_bytes
                               OR curr_writes > :writes OR curr_write_bytes > :write_bytes)
                        THEN COALESCE(curr_read_bytes, 0) ELSE 0 END,
       tot_writes = COALESCE(tot_writes, 0) + :writes
                 + CASE WHEN (curr_reads > :reads OR curr_read_bytes > :read_bytes
                               OR curr_writes > :writes OR curr_write_bytes > :write_bytes)
                        THEN COALESCE(curr_writes, 0) ELSE 0 END,
       tot_write_bytes = COALESCE(tot_write_bytes, 0) + :write_bytes
                 + CASE WHEN (curr_reads > :reads OR curr_read_bytes > :read_bytes
                               OR curr_writes > :writes OR curr_write_bytes > :write_bytes)
                        THEN COALESCE(curr_write_bytes, 0) ELSE 0 END,
       curr_reads = 0,
       curr_read_bytes = 0,
       curr_writes = 0,
       curr_write_bytes = 0,
       tot_last_refreshed = :now,
       instance_uuid = :instance_uuid,
       project_id = :project_id,
       user_id = :user_id,
       availability_zone = :availability_zone,
       updated_at = :now
 WHERE volume_id = :volume_id
 ORDER BY id
 LIMIT 1;
