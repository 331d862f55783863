-- The statements that the tests of the engine run.

-- name: thing_create(name, size)<!
-- A new thing.
INSERT INTO things (/*{columns}*/ name, size /*{}*/)
VALUES /*{rows}*/ (:name, :size) /*{}*/;

-- name: things_create(name, size)!
-- Many new things.
INSERT INTO things (/*{columns}*/ name, size /*{}*/)
VALUES /*{rows}*/ (:name, :size) /*{}*/;

-- name: thing_get(name)^
-- One thing by its name.
SELECT t.*
  FROM things AS t
 WHERE t.name = :name
   AND /*{visibility}*/ t.deleted = 0 /*{}*/
 ORDER BY t.id
 LIMIT 1;

-- name: thing_count()$
-- How many things there are.
SELECT COUNT(*) AS things
  FROM things AS t;

-- name: thing_names()
-- The names of all things.
SELECT t.name
  FROM things AS t
 ORDER BY t.id;

-- name: thing_update(name, size)!
-- Change columns of one thing.
UPDATE things
   SET /*{set}*/ size = :size /*{}*/
 WHERE name = :name
   AND deleted = 0;

-- name: thing_grow(name, by)!
-- Add to the size of a thing.
UPDATE things
   SET size = size + :by
 WHERE name = :name;

-- name: thing_delete(name, now)!
-- Soft delete of one thing.
UPDATE things
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE name = :name
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: thing_list(name, size, marker, project_id, limit)
-- Things by filters, a page at a time.
SELECT t.*
  FROM things AS t
 WHERE /*{visibility}*/ t.deleted = 0 /*{}*/
   AND /*{scope}*/ t.project_id = :project_id /*{}*/
   AND /*{filters}*/ t.name = :name /*{}*/
   AND /*{when by_size}*/ t.size = :size /*{}*/
   AND /*{after}*/ t.id > :marker /*{}*/
 ORDER BY /*{order}*/ t.id /*{}*/
 LIMIT :limit;

-- name: thing_ids_of(name)
-- The ids of the things of some names.
SELECT t.id, t.name
  FROM things AS t
 WHERE t.name IN (/*{list names}*/ :name /*{}*/);

-- name: thing_names_except(name)
-- The names that are not among some.
SELECT t.name
  FROM things AS t
 WHERE t.name NOT IN (/*{list names}*/ :name /*{}*/)
 ORDER BY t.name;

-- name: thing_resize(name, now)!
-- A new time for the things of some names.
UPDATE things
   SET seen_at = :now
 WHERE name IN (/*{list names}*/ :name /*{}*/);

-- name: things_with_parts(part)
-- Things that have all of some parts.
SELECT t.name
  FROM things AS t
 WHERE /*{each parts}*/ EXISTS (SELECT 1 FROM parts AS p WHERE p.thing_id = t.id AND p.name = :part) /*{}*/
 ORDER BY t.name;

-- name: things_with_any(part, size)
-- Things that have one of some parts, or one of some sizes.
SELECT t.name
  FROM things AS t
 WHERE /*{any parts}*/ EXISTS (SELECT 1 FROM parts AS p WHERE p.thing_id = t.id AND p.name = :part) /*{}*/
    OR t.size IN (/*{list sizes}*/ :size /*{}*/)
 ORDER BY t.name;

-- name: things_of_pairs(size, name)
-- Things of one of some sizes that have one of some names.
SELECT t.name
  FROM things AS t
 WHERE /*{any pairs}*/ (t.size = :size AND t.name IN (/*{list names}*/ :name /*{}*/)) /*{}*/
 ORDER BY t.name;

-- name: things_set_sizes(name, size)!
-- Sizes by name, in one statement.
UPDATE things
   SET size = CASE name /*{repeat sizes}*/ WHEN :name THEN :size /*{}*/ ELSE size END;

-- name: part_create(thing_id, name)!
-- A new part.
INSERT INTO parts (/*{columns}*/ thing_id, name /*{}*/)
VALUES /*{rows}*/ (:thing_id, :name) /*{}*/;
