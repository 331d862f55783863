-- Volume types on MySQL and MariaDB: the upsert of extra specs by ON DUPLICATE KEY.

-- name: volume_type_extra_specs_update_or_create(volume_type_id, now)!
-- Extra specs of a type: new keys come in, live ones get the new value, and updated_at where it differs. A soft-deleted
-- row has another `deleted` and is left alone.
-- The assignments run from left to right: updated_at compares with the value before.
-- VALUES() because MariaDB has no row alias.
-- Index: uniq_volume_type_extra_specs0volume_type_id0key0deleted. Locks: these rows.
INSERT INTO volume_type_extra_specs (/*{columns}*/ volume_type_id /*{}*/)
VALUES /*{rows}*/ (:volume_type_id) /*{}*/
    ON DUPLICATE KEY UPDATE
       updated_at = CASE WHEN value <=> VALUES(value) THEN updated_at ELSE :now END,
       value = VALUES(value);
