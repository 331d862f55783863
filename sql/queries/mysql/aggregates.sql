-- Aggregates on MySQL and MariaDB: an upsert by ON DUPLICATE KEY, and a read that is current in a caller's transaction.

-- name: aggregate_create__named(name)
-- The ids of the live aggregates of a name that is about to be given, behind the lock. FOR UPDATE, because a plain
-- read shows the state at the first read of the transaction, which a caller may have begun long before.
-- Index: aggregates_name_deleted_idx. Locks: the rows and the gap behind them, until the transaction ends.
SELECT a.id
  FROM aggregates AS a
 WHERE a.name = :name
   AND a.deleted = 0
 ORDER BY a.id
   FOR UPDATE;

-- name: aggregate_metadata_add(aggregate_id, key, value, now)!
-- Pairs of an aggregate, behind the lock: new keys come in, live ones get the new value, and updated_at where it
-- differs. A soft-deleted row has another `deleted` and is left alone.
-- The assignments run from left to right: updated_at compares with the value before.
-- VALUES() because MariaDB has no row alias.
-- Index: uniq_aggregate_metadata0aggregate_id0key0deleted. Locks: these rows.
INSERT INTO aggregate_metadata (/*{columns}*/ aggregate_id, `key`, value /*{}*/)
VALUES /*{rows}*/ (:aggregate_id, :key, :value) /*{}*/
    ON DUPLICATE KEY UPDATE
       updated_at = CASE WHEN value = VALUES(value) THEN updated_at ELSE :now END,
       value = VALUES(value);
