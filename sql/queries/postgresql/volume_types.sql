-- Volume types on PostgreSQL: the upsert of extra specs by ON CONFLICT.

-- name: volume_type_extra_specs_update_or_create(volume_type_id, now)!
-- Extra specs of a type: new keys come in, live ones get the new value, and updated_at where it differs. A soft-deleted
-- row has another `deleted` and is left alone.
-- Index: uniq_volume_type_extra_specs0volume_type_id0key0deleted. Locks: these rows.
INSERT INTO volume_type_extra_specs AS e (/*{columns}*/ volume_type_id /*{}*/)
VALUES /*{rows}*/ (:volume_type_id) /*{}*/
    ON CONFLICT (volume_type_id, key, deleted) DO UPDATE
   SET value = excluded.value,
       updated_at = :now
 WHERE e.value IS DISTINCT FROM excluded.value;
