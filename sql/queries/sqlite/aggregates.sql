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

-- name: aggregate_metadata_get_by_host(host, key)
-- The metadata of the live aggregates of a host; `by_key` those of one key. The + keeps that condition from leading to
-- every aggregate that has the key, as most have that of the zone.
-- Index: uniq_aggregate_hosts0host0aggregate_id0deleted, primary key, uniq_aggregate_metadata0aggregate_id0key0deleted.
-- Locks: none.
SELECT m.key, m.value
  FROM aggregate_hosts AS h
  JOIN aggregates AS a
    ON a.id = h.aggregate_id
  JOIN aggregate_metadata AS m
    ON m.aggregate_id = a.id
 WHERE h.host = :host
   AND h.deleted = 0
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
   AND a.deleted = 0
   AND /*{when by_key}*/ +m.key = :key /*{}*/
   AND m.deleted = 0
 ORDER BY m.id;
