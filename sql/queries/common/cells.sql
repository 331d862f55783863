-- Cells: neighbours of a divided installation, and how to reach them.

-- name: cell_create(name, transport_url)<!
-- A new cell.
-- Index: uniq_cells0name0deleted refuses a second live one of the name. Locks: the new row.
INSERT INTO cells (/*{columns}*/ name, transport_url /*{}*/)
VALUES /*{rows}*/ (:name, :transport_url) /*{}*/;

-- name: cell_update(cell_name, api_url)!
-- New values for columns of the cell of a name, the name itself included.
-- Index: uniq_cells0name0deleted, which also refuses a name that another live cell has. Locks: the row.
UPDATE cells
   SET /*{set}*/ api_url = :api_url /*{}*/
 WHERE name = :cell_name
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: cell_update__renamed(id)^
-- The cell that has got a name.
-- Index: primary key. Locks: none.
SELECT c.*
  FROM cells AS c
 WHERE c.id = :id
   AND /*{visibility}*/ c.deleted = 0 /*{}*/;

-- name: cell_delete(cell_name, now)!
-- Soft delete of the cell of a name.
-- Index: uniq_cells0name0deleted. Locks: the row.
UPDATE cells
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE name = :cell_name
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: cell_get(cell_name)^
-- The cell of a name; the oldest where deleted ones are asked for.
-- Index: uniq_cells0name0deleted. Locks: none.
SELECT c.*
  FROM cells AS c
 WHERE c.name = :cell_name
   AND /*{visibility}*/ c.deleted = 0 /*{}*/
 ORDER BY c.id
 LIMIT 1;

-- name: cell_get_all()
-- All live cells.
-- Index: none; a row for each neighbour, and deleted ones. Locks: none.
SELECT c.*
  FROM cells AS c
 WHERE c.deleted = 0
 ORDER BY c.id;
