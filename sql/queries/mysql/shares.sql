-- Shares on MySQL and MariaDB: the upsert of metadata by ON DUPLICATE KEY.

-- name: share_metadata_update(share_id, key, value, now)!
-- Metadata of a locked share: new keys come in, live ones get the new value, and updated_at where it differs. A
-- soft-deleted row has another `deleted` and is left alone.
-- The assignments run from left to right: updated_at compares with the value before.
-- VALUES() because MariaDB has no row alias.
-- Index: uniq_share_metadata0share_id0key0deleted. Locks: these rows.
INSERT INTO share_metadata (/*{columns}*/ share_id, `key`, value /*{}*/)
VALUES /*{rows}*/ (:share_id, :key, :value) /*{}*/
    ON DUPLICATE KEY UPDATE
       updated_at = CASE WHEN value = VALUES(value) THEN updated_at ELSE :now END,
       value = VALUES(value);

-- name: share_create__metadata(share_id, value, key)!
-- The metadata of a new share, all in one statement.
-- The word key is reserved here alone.
-- Index: uniq_share_metadata0share_id0key0deleted. Locks: the new rows.
INSERT INTO share_metadata (/*{columns}*/ share_id, value, `key` /*{}*/)
VALUES /*{rows}*/ (:share_id, :value, :key) /*{}*/;
