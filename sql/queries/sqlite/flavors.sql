-- Flavors on SQLite: an upsert by ON CONFLICT. Writers are alone here: no row locks.

-- name: flavor_get_by_name__lock(name)$
-- The id of a flavor that is about to be destroyed; the oldest where deleted ones are asked for.
-- Index: uniq_instance_types0name0deleted. Locks: none; the transaction holds the database's write lock.
SELECT f.id
  FROM instance_types AS f
 WHERE /*{filters}*/ f.name = :name /*{}*/
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 ORDER BY f.id
 LIMIT 1;

-- name: flavor_get_by_flavor_id__lock(flavor_id)$
-- The id of the live flavor that is about to get rows of its own: it cannot be destroyed meanwhile; the oldest of
-- those without a flavorid.
-- Index: uniq_instance_types0flavorid0deleted. Locks: none; the transaction holds the database's write lock.
SELECT f.id
  FROM instance_types AS f
 WHERE f.flavorid = :flavor_id
   AND f.deleted = 0
 ORDER BY f.id
 LIMIT 1;

-- name: flavor_extra_specs_update_or_create(instance_type_id, now)!
-- Extra specs of a flavor: new keys come in, live ones get the new value, and updated_at where it differs.
-- A soft-deleted row has another `deleted` and is left alone.
-- Index: uniq_instance_type_extra_specs0instance_type_id0key0deleted. Locks: these rows.
INSERT INTO instance_type_extra_specs AS es (/*{columns}*/ instance_type_id /*{}*/)
VALUES /*{rows}*/ (:instance_type_id) /*{}*/
    ON CONFLICT (instance_type_id, key, deleted) DO UPDATE
   SET value = excluded.value,
       updated_at = :now
 WHERE es.value IS NOT excluded.value;
