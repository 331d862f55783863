-- Statements of the conformance suite. All of them are common SQL.

-- name: box_add(name, size)<!
-- A new box, or several.
INSERT INTO boxes (/*{columns}*/ name, size /*{}*/)
VALUES /*{rows}*/ (:name, :size) /*{}*/;

-- name: box_load(name, size)!
-- New boxes.
INSERT INTO boxes (/*{columns}*/ name, size /*{}*/)
VALUES /*{rows}*/ (:name, :size) /*{}*/;

-- name: box_new(name, size)<!
-- A new box, by plain parameters.
INSERT INTO boxes (name, size)
VALUES (:name, :size);

-- name: box_get(name)^
-- One box.
SELECT b.*
  FROM boxes AS b
 WHERE b.name = :name;

-- name: box_get_labelled(name)^
-- One box with its labels.
SELECT b.id, b.name,
       (SELECT /*{json l as labels}*/ COUNT(*) /*{}*/
          FROM labels AS l
         WHERE l.box_id = b.id) AS labels
  FROM boxes AS b
 WHERE b.name = :name;

-- name: box_names()
-- The names of all boxes.
SELECT b.name
  FROM boxes AS b
 ORDER BY b.name;

-- name: box_count()$
-- How many boxes there are.
SELECT COUNT(*) AS boxes
  FROM boxes AS b;

-- name: box_find(name, size, id, limit)
-- A page of boxes.
SELECT b.id, b.name, b.size
  FROM boxes AS b
 WHERE /*{when by_name}*/ b.name = :name /*{}*/
   AND /*{filters}*/ b.size = :size /*{}*/
   AND /*{after}*/ b.id > :id /*{}*/
 ORDER BY /*{order}*/ b.id /*{}*/
 LIMIT :limit;

-- name: box_get_all(names, not_names)
-- Boxes by name, and without some.
SELECT b.name
  FROM boxes AS b
 WHERE b.name IN (/*{list names}*/ :names /*{}*/)
   AND /*{when without}*/ b.name NOT IN (/*{list not_names}*/ :not_names /*{}*/) /*{}*/
 ORDER BY b.name;

-- name: box_change(size, name)!
-- Other columns.
UPDATE boxes
   SET /*{set}*/ size = :size /*{}*/
 WHERE name = :name;

-- name: box_take(name, pieces)!
-- Take from a box, if so much is in it.
UPDATE boxes
   SET size = size - :pieces
 WHERE name = :name
   AND size >= :pieces;

-- name: box_remove(name)!
-- Remove a box.
DELETE FROM boxes
 WHERE name = :name;

-- name: label_add(box_id, word)!
-- New labels.
INSERT INTO labels (/*{columns}*/ box_id, word /*{}*/)
VALUES /*{rows}*/ (:box_id, :word) /*{}*/;
