-- Shares on PostgreSQL: the upsert of metadata by ON CONFLICT.

-- name: share_metadata_update(share_id, key, value, now)!
-- Metadata of a locked share: new keys come in, live ones get the new value, and updated_at where it differs. A
-- soft-deleted row has another `deleted` and is left alone.
-- Index: uniq_share_metadata0share_id0key0deleted. Locks: these rows.
INSERT INTO share_metadata AS m (/*{columns}*/ share_id, key, value /*{}*/)
VALUES /*{rows}*/ (:share_id, :key, :value) /*{}*/
    ON CONFLICT (share_id, key, deleted) DO UPDATE
   SET value = excluded.value,
       updated_at = :now
 WHERE m.value <> excluded.value;
