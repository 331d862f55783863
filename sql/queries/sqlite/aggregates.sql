-- Aggregates on SQLite: an upsert by ON CONFLICT.

-- name: aggregate_metadata_add(aggregate_id, key, value, now)!
-- Pairs of an aggregate, behind the lock: new keys come in, live ones get the new value, and updated_at where it
-- differs. A soft-deleted row has another `deleted` and is left alone.
-- Index: uniq_aggregate_metadata0aggregate_id0key0deleted. Locks: these rows.
INSERT INTO aggregate_metadata AS m (/*{columns}*/ aggregate_id, key, value /*{}*/)
VALUES /*{rows}*/ (:aggregate_id, :key, :value) /*{}*/
    ON CONFLICT (aggregate_id, key, deleted) DO UPDATE
   SET value = excluded.value,
       updated_at = :now
 WHERE m.value <> excluded.value;
