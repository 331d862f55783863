-- Flavors: the sizes of instances, their extra specs, and the projects that may use the private ones.
-- The reads of whole flavors, the locks and the upsert of extra specs are each dialect's own.

-- name: flavor_create(name, flavorid, memory_mb, vcpus, swap)<!
-- A new flavor.
-- Index: uniq_instance_types0flavorid0deleted and uniq_instance_types0name0deleted refuse a live twin.
-- Locks: the new row.
INSERT INTO instance_types (/*{columns}*/ name, flavorid, memory_mb, vcpus, swap /*{}*/)
VALUES /*{rows}*/ (:name, :flavorid, :memory_mb, :vcpus, :swap) /*{}*/;

-- name: flavor_create__extra_specs(instance_type_id)!
-- The extra specs of a new flavor, all in one statement.
-- Index: uniq_instance_type_extra_specs0instance_type_id0key0deleted. Locks: the new rows.
INSERT INTO instance_type_extra_specs (/*{columns}*/ instance_type_id /*{}*/)
VALUES /*{rows}*/ (:instance_type_id) /*{}*/;

-- name: flavor_create__access(instance_type_id, project_id)!
-- The projects that may use a new flavor, all in one statement.
-- Index: uniq_instance_type_projects0instance_type_id0project_id0deleted. Locks: the new rows.
INSERT INTO instance_type_projects (/*{columns}*/ instance_type_id, project_id /*{}*/)
VALUES /*{rows}*/ (:instance_type_id, :project_id) /*{}*/;

-- name: flavor_destroy(id, now)!
-- Soft delete of one flavor, as an edit: updated_at moves.
-- Index: primary key. Locks: the row.
UPDATE instance_types
   SET deleted = id,
       deleted_at = :now,
       updated_at = :now
 WHERE id = :id;

-- name: flavor_destroy__extra_specs(instance_type_id, now)!
-- Soft delete of the live extra specs of a flavor.
-- Index: uniq_instance_type_extra_specs0instance_type_id0key0deleted. Locks: these rows.
UPDATE instance_type_extra_specs
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_type_id = :instance_type_id
   AND deleted = 0;

-- name: flavor_destroy__access(instance_type_id, now)!
-- Soft delete of the live access rows of a flavor.
-- Index: uniq_instance_type_projects0instance_type_id0project_id0deleted. Locks: these rows.
UPDATE instance_type_projects
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_type_id = :instance_type_id
   AND deleted = 0;

-- name: flavor_access_get_by_flavor_id(flavor_id)
-- The live access rows of a live flavor.
-- Index: uniq_instance_types0flavorid0deleted, uniq_instance_type_projects0instance_type_id0project_id0deleted.
-- Locks: none.
SELECT p.*
  FROM instance_type_projects AS p
  JOIN instance_types AS f
    ON f.id = p.instance_type_id
 WHERE f.flavorid = :flavor_id
   AND f.deleted = 0
   AND p.deleted = 0
 ORDER BY p.id;

-- name: flavor_access_add(instance_type_id, project_id)<!
-- A project that may use a flavor.
-- Index: uniq_instance_type_projects0instance_type_id0project_id0deleted refuses a live twin. Locks: the new row.
INSERT INTO instance_type_projects (/*{columns}*/ instance_type_id, project_id /*{}*/)
VALUES /*{rows}*/ (:instance_type_id, :project_id) /*{}*/;

-- name: flavor_access_remove(flavor_id, project_id, now)!
-- Soft delete of one project's access to a live flavor; without a flavorid, which several may lack, to the first.
-- Index: uniq_instance_types0flavorid0deleted, uniq_instance_type_projects0instance_type_id0project_id0deleted.
-- Locks: the access row.
UPDATE instance_type_projects AS p
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE p.instance_type_id = (SELECT MIN(f.id)
                               FROM instance_types AS f
                              WHERE f.flavorid = :flavor_id
                                AND f.deleted = 0)
   AND p.project_id = :project_id
   AND p.deleted = 0;

-- name: flavor_access_remove__flavor(flavor_id)$
-- The id of a live flavor: asked for when there was no access to remove.
-- Index: uniq_instance_types0flavorid0deleted. Locks: none.
SELECT f.id
  FROM instance_types AS f
 WHERE f.flavorid = :flavor_id
   AND f.deleted = 0;

-- name: flavor_extra_specs_get(flavor_id)
-- The live extra specs of a live flavor.
-- Index: uniq_instance_types0flavorid0deleted, uniq_instance_type_extra_specs0instance_type_id0key0deleted.
-- Locks: none.
SELECT es.key,
       es.value
  FROM instance_type_extra_specs AS es
  JOIN instance_types AS f
    ON f.id = es.instance_type_id
 WHERE f.flavorid = :flavor_id
   AND f.deleted = 0
   AND es.deleted = 0
 ORDER BY es.key;

-- name: flavor_extra_specs_get_item(flavor_id, key)^
-- One live extra spec of a live flavor, the oldest of those without a flavorid.
-- Index: uniq_instance_types0flavorid0deleted, uniq_instance_type_extra_specs0instance_type_id0key0deleted.
-- Locks: none.
SELECT es.key,
       es.value
  FROM instance_type_extra_specs AS es
  JOIN instance_types AS f
    ON f.id = es.instance_type_id
 WHERE f.flavorid = :flavor_id
   AND f.deleted = 0
   AND es.key = :key
   AND es.deleted = 0
 ORDER BY f.id
 LIMIT 1;

-- name: flavor_extra_specs_delete(flavor_id, key, now)!
-- Soft delete of one extra spec of a live flavor; without a flavorid, which several may lack, of the first.
-- Index: uniq_instance_types0flavorid0deleted, uniq_instance_type_extra_specs0instance_type_id0key0deleted.
-- Locks: the spec's row.
UPDATE instance_type_extra_specs AS es
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE es.instance_type_id = (SELECT MIN(f.id)
                                FROM instance_types AS f
                               WHERE f.flavorid = :flavor_id
                                 AND f.deleted = 0)
   AND es.key = :key
   AND es.deleted = 0;

-- name: instance_type_destroy(id, now)!
-- Soft delete of one flavor; updated_at stays.
-- Index: primary key. Locks: the row.
UPDATE instance_types
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :id;

-- name: flavor_get(id)^
-- One flavor by its id, with its live extra specs; `restricted` to the public ones and a project's own.
-- Index: primary key, uniq_instance_type_extra_specs0instance_type_id0key0deleted,
-- uniq_instance_type_projects0instance_type_id0project_id0deleted. Locks: none.
SELECT f.*,
       /*{part extra_specs}*/ (SELECT /*{map es.key es.value as extra_specs}*/ COUNT(*) /*{}*/
          FROM instance_type_extra_specs AS es
         WHERE es.instance_type_id = f.id
           AND es.deleted = 0
           AND es.key IS NOT NULL) AS extra_specs /*{}*/
  FROM instance_types AS f
 WHERE f.id = :id
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
   AND /*{same accessible}*/ 1 = 1 /*{}*/;

-- name: flavor_get_by_name(name, project_id)^
-- One flavor by its name, as flavor_get; the oldest where deleted ones are asked for.
-- Index: uniq_instance_types0name0deleted, and those of flavor_get. Locks: none.
SELECT f.*,
       /*{same extra_specs}*/ NULL AS extra_specs /*{}*/
  FROM instance_types AS f
 WHERE /*{filters}*/ f.name = :name /*{}*/
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
   AND /*{part accessible}*/ /*{when restricted}*/ (f.is_public = TRUE
       OR EXISTS (SELECT 1
                    FROM instance_type_projects AS p
                   WHERE p.instance_type_id = f.id
                     AND p.project_id = :project_id
                     AND p.deleted = 0)) /*{}*/ /*{}*/
 ORDER BY f.id
 LIMIT 1;

-- name: flavor_get_by_flavor_id(flavor_id)^
-- One flavor by its flavorid, as flavor_get; the live one or else the first deleted where those are asked for.
-- Index: uniq_instance_types0flavorid0deleted, and those of flavor_get. Locks: none.
SELECT f.*,
       /*{same extra_specs}*/ NULL AS extra_specs /*{}*/
  FROM instance_types AS f
 WHERE /*{filters}*/ f.flavorid = :flavor_id /*{}*/
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
   AND /*{same accessible}*/ 1 = 1 /*{}*/
 ORDER BY f.deleted,
          f.id
 LIMIT 1;

-- name: flavor_get_all(memory_mb, id, limit)
-- A page of flavors, each as flavor_get.
-- Index: none, the table is read whole and sorted, it has a row for each size; those of flavor_get. Locks: none.
SELECT f.*,
       /*{same extra_specs}*/ NULL AS extra_specs /*{}*/
  FROM instance_types AS f
 WHERE /*{visibility}*/ f.deleted = 0 /*{}*/
   AND /*{filters}*/ f.memory_mb >= :memory_mb /*{}*/
   AND /*{same accessible}*/ 1 = 1 /*{}*/
   AND /*{after}*/ f.id > :id /*{}*/
 ORDER BY /*{order}*/ f.flavorid, f.id /*{}*/
 LIMIT :limit;
