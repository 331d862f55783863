-- Share servers on MySQL and MariaDB: an upsert by ON DUPLICATE KEY.

-- name: share_server_backend_details_set(share_server_id, key, value, now)!
-- Backend details of a share server: new keys come in, live ones get the new value, and updated_at where it differs.
-- A soft-deleted row has another `deleted` and is left alone. The server's row is locked already.
-- The assignments run from left to right: updated_at compares with the value before.
-- VALUES() because MariaDB has no row alias.
-- Index: uniq_share_server_backend_details0share_server_id0key0deleted. Locks: these rows.
INSERT INTO share_server_backend_details (/*{columns}*/ share_server_id, `key`, value /*{}*/)
VALUES /*{rows}*/ (:share_server_id, :key, :value) /*{}*/
    ON DUPLICATE KEY UPDATE
       updated_at = CASE WHEN value = VALUES(value) THEN updated_at ELSE :now END,
       value = VALUES(value);
