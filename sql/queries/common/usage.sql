-- Usage: the counters of network interfaces (bw_usage_cache) and of volumes (volume_usage_cache).
--
-- Neither table has a unique key, and no read can decide that a row is missing. The first row of a key is stored
-- behind a row of quota_locks that all who miss that row write first; every later write is one UPDATE.

-- name: bw_usage_get(uuid, start_period, mac)^
-- The counters of one interface in one period; the oldest row of several.
-- Index: bw_usage_cache_uuid_start_period_idx. Locks: none.
SELECT b.*
  FROM bw_usage_cache AS b
 WHERE b.uuid = :uuid
   AND b.start_period = :start_period
   AND b.mac = :mac
 ORDER BY b.id
 LIMIT 1;

-- name: bw_usage_get_by_uuids(uuid, start_period)
-- The counters of the interfaces of some instances in one period; without an order, so that a long list may be sent
-- in parts.
-- Index: bw_usage_cache_uuid_start_period_idx. Locks: none.
SELECT b.*
  FROM bw_usage_cache AS b
 WHERE b.uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND b.start_period = :start_period;

-- name: bw_usage_update(uuid, mac, start_period, bw_in, bw_out, last_ctr_in, last_ctr_out, last_refreshed, now)!
-- New counters of one interface in one period, in every row there is, deleted ones too.
-- Index: bw_usage_cache_uuid_start_period_idx. Locks: the rows.
UPDATE bw_usage_cache
   SET bw_in = :bw_in,
       bw_out = :bw_out,
       last_ctr_in = :last_ctr_in,
       last_ctr_out = :last_ctr_out,
       last_refreshed = :last_refreshed,
       updated_at = :now
 WHERE uuid = :uuid
   AND start_period = :start_period
   AND mac = :mac;

-- name: bw_usage_update__create(uuid, mac, start_period)!
-- The first counters of one interface in one period.
-- Index: none is unique but the primary key; the lock row of the key is written before. Locks: the new row.
INSERT INTO bw_usage_cache (/*{columns}*/ uuid, mac, start_period /*{}*/)
VALUES /*{rows}*/ (:uuid, :mac, :start_period) /*{}*/;

-- name: vol_get_usage_by_time(begin)
-- The volumes whose counters moved since a time. One that lacks either stamp always belongs to them.
-- Index: none; a volume has one row, and most of them lack a stamp and so are in the answer. Locks: none.
SELECT v.*
  FROM volume_usage_cache AS v
 WHERE v.tot_last_refreshed IS NULL
    OR v.tot_last_refreshed > :begin
    OR v.curr_last_refreshed IS NULL
    OR v.curr_last_refreshed > :begin
 ORDER BY v.id;

-- name: vol_usage_update(volume_id, reads, read_bytes, writes, write_bytes, instance_uuid, project_id, user_id, availability_zone, now)!
-- New counters of one volume since it was attached; the oldest row of several. A counter that is lower than before
-- tells that the guest has started anew: then what all four had reached goes to the totals. These stand first, since
-- MySQL assigns from left to right.
-- Index: volume_usage_cache_volume_id_idx, the primary key. Locks: the row; on MySQL all of the volume's.
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
 WHERE /*{same oldest_of_volume}*/ volume_id = :volume_id /*{}*/;

-- name: vol_usage_update__totals(volume_id, reads, read_bytes, writes, write_bytes, instance_uuid, project_id, user_id, availability_zone, now)!
-- The same where the counters are final: they go to the totals, and the volume counts from nothing again.
-- Index: volume_usage_cache_volume_id_idx, the primary key. Locks: the row; on MySQL all of the volume's.
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
 WHERE /*{same oldest_of_volume}*/ volume_id = :volume_id /*{}*/;

-- name: vol_usage_update__stamp(id, curr_last_refreshed)!
-- Other times, and what else was never told, for the counters of one volume that are written already.
-- Index: the primary key. Locks: the row, locked already.
UPDATE volume_usage_cache
   SET /*{set}*/ curr_last_refreshed = :curr_last_refreshed /*{}*/
 WHERE id = :id;

-- name: vol_usage_update__create(volume_id)!
-- The first counters of one volume.
-- Index: none is unique but the primary key; the lock row of the volume is written before. Locks: the new row.
INSERT INTO volume_usage_cache (/*{columns}*/ volume_id /*{}*/)
VALUES /*{rows}*/ (:volume_id) /*{}*/;

-- name: vol_usage_update__stored(volume_id)^
-- The counters of one volume; the oldest row of several.
-- Index: volume_usage_cache_volume_id_idx, the primary key. Locks: none; the row was written before.
SELECT v.*
  FROM volume_usage_cache AS v
 WHERE /*{part oldest_of_volume}*/ id = (SELECT o.id
               FROM (SELECT MIN(w.id) AS id
                       FROM volume_usage_cache AS w
                      WHERE w.volume_id = :volume_id) AS o) /*{}*/;
