-- Volume types: kinds of shares, with extra specs. Live types have deleted = '0', live specs deleted = 0.
-- The upsert of extra specs is each dialect's own.

-- name: volume_type_create(id, name)<!
-- A new type.
-- Index: the primary key refuses a second one of the id, uniq_volume_types0name0deleted a live one of the name.
-- Locks: the new row.
INSERT INTO volume_types (/*{columns}*/ id, name /*{}*/)
VALUES /*{rows}*/ (:id, :name) /*{}*/;

-- name: volume_type_get(id)^
-- One type, with its live extra specs.
-- Index: the primary key, uniq_volume_type_extra_specs0volume_type_id0key0deleted. Locks: none.
SELECT t.*,
       /*{part type_specs}*/ (SELECT /*{map e.key e.value as extra_specs}*/ COUNT(*) /*{}*/
          FROM volume_type_extra_specs AS e
         WHERE e.volume_type_id = t.id
           AND e.deleted = 0
           AND e.key IS NOT NULL) AS extra_specs /*{}*/
  FROM volume_types AS t
 WHERE t.id = :id
   AND /*{visibility}*/ t.deleted = '0' /*{}*/;

-- name: volume_type_get_by_name(name)^
-- One type by its name, as volume_type_get; where deleted ones are asked for, a live one first, then the oldest.
-- Index: uniq_volume_types0name0deleted, and those of volume_type_get. Locks: none.
SELECT t.*,
       /*{same type_specs}*/ NULL AS extra_specs /*{}*/
  FROM volume_types AS t
 WHERE t.name = :name
   AND /*{visibility}*/ t.deleted = '0' /*{}*/
 ORDER BY CASE WHEN t.deleted = '0' THEN 0 ELSE 1 END,
          CASE WHEN t.created_at IS NULL THEN 0 ELSE 1 END, t.created_at, t.id
 LIMIT 1;

-- name: volume_type_get_all()
-- All types by name, each as volume_type_get. Of those of one name the live one comes last, before it the one that
-- was deleted last.
-- Index: none, the table is read whole and sorted, it has a row for each kind of share; those of volume_type_get.
-- Locks: none.
SELECT t.*,
       /*{same type_specs}*/ NULL AS extra_specs /*{}*/
  FROM volume_types AS t
 WHERE /*{visibility}*/ t.deleted = '0' /*{}*/
 ORDER BY CASE WHEN t.name IS NULL THEN 0 ELSE 1 END, t.name,
          CASE WHEN t.deleted = '0' THEN 1 ELSE 0 END,
          CASE WHEN t.deleted_at IS NULL THEN 0 ELSE 1 END, t.deleted_at, t.id;

-- name: volume_type_destroy(id, now)!
-- Soft delete of one live type that no live share is of, tested and done in one statement. A share that gets the type
-- later finds it deleted, as it would had it come after.
-- Index: the primary key, shares_volume_type_id_deleted_idx. Locks: the row; on MySQL also the shares looked at.
UPDATE volume_types
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE volume_types.id = :id
   AND deleted = '0'
   AND NOT EXISTS (SELECT 1
                     FROM shares AS s
                    WHERE s.volume_type_id = :id
                      AND s.deleted = 'False');

-- name: volume_type_destroy__extra_specs(volume_type_id, now)!
-- Soft delete of the live extra specs of a type.
-- Index: uniq_volume_type_extra_specs0volume_type_id0key0deleted. Locks: the rows; the type is locked before.
UPDATE volume_type_extra_specs
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE volume_type_id = :volume_type_id
   AND deleted = 0;

-- name: volume_type_extra_specs_get(volume_type_id)
-- The live extra specs of a type.
-- Index: uniq_volume_type_extra_specs0volume_type_id0key0deleted. Locks: none.
SELECT e.key,
       e.value
  FROM volume_type_extra_specs AS e
 WHERE e.volume_type_id = :volume_type_id
   AND e.deleted = 0
   AND e.key IS NOT NULL
 ORDER BY e.key;

-- name: volume_type_extra_specs_delete(volume_type_id, key, now)!
-- Soft delete of one live extra spec of a type.
-- Index: uniq_volume_type_extra_specs0volume_type_id0key0deleted. Locks: the row.
UPDATE volume_type_extra_specs
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE volume_type_id = :volume_type_id
   AND volume_type_extra_specs.key = :key
   AND deleted = 0;

-- name: volume_type_qos_specs_get(type_id)$
-- Whether there is a live type.
-- Index: the primary key. Locks: none.
SELECT COUNT(*) AS types
  FROM volume_types AS t
 WHERE t.id = :type_id
   AND t.deleted = '0';

-- name: volume_get_active_by_window(begin, end, project_id)
-- The shares that were not deleted before a window, of all projects or one, deleted or not; each as share_get.
-- Index: shares_project_id_deleted_user_id_idx for one project; for all of them shares_deleted_at_idx, or none where
-- most shares are live, and so in the answer; those of share_get. Locks: none.
SELECT s.*,
       /*{same share_relations}*/ NULL AS share_metadata /*{}*/
  FROM shares AS s
 WHERE (s.deleted_at IS NULL OR s.deleted_at > :begin)
   AND /*{when ended}*/ s.created_at < :end /*{}*/
   AND /*{when of_project}*/ s.project_id = :project_id /*{}*/
 ORDER BY s.created_at, s.id;
