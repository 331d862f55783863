-- Share servers on PostgreSQL: an upsert by ON CONFLICT.

-- name: share_server_backend_details_set(share_server_id, key, value, now)!
-- Backend details of a share server: new keys come in, live ones get the new value, and updated_at where it differs.
-- A soft-deleted row has another `deleted` and is left alone. The server's row is locked already.
-- Index: uniq_share_server_backend_details0share_server_id0key0deleted. Locks: these rows.
INSERT INTO share_server_backend_details AS d (/*{columns}*/ share_server_id, key, value /*{}*/)
VALUES /*{rows}*/ (:share_server_id, :key, :value) /*{}*/
    ON CONFLICT (share_server_id, key, deleted) DO UPDATE
   SET value = excluded.value,
       updated_at = :now
 WHERE d.value <> excluded.value;
