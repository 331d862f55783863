-- name: note_get(id)^
-- One note.
-- Index: primary key. Locks: none.
SELECT n.id, n.title, n.body, n.is_done
  FROM notes AS n
 WHERE n.id = :id;

-- name: note_find(is_done, id, limit)
-- A page of notes, oldest first, as filters say.
-- Index: primary key. Locks: none.
SELECT n.id, n.title, n.is_done
  FROM notes AS n
 WHERE /*{filters}*/ n.is_done = :is_done /*{}*/
   AND /*{after}*/ n.id > :id /*{}*/
 ORDER BY /*{order}*/ n.id /*{}*/
 LIMIT :limit;

-- name: note_add(title, body)<!
-- A new note; gives it back with its id.
-- Index: none. Locks: the new row.
INSERT INTO notes (/*{columns}*/ title, body /*{}*/) VALUES /*{rows}*/ (:title, :body) /*{}*/;

-- name: note_put(title, body)!
-- A note under its title, whether that is there or not.
-- Index: uniq_notes0title. Locks: the row.
INSERT INTO notes (title, body) VALUES (:title, :body)
ON CONFLICT (title) DO UPDATE SET body = excluded.body;

-- name: note_finish(id)!
-- Marks a note as done: 1 for whoever does it, 0 for everybody who comes later.
-- Index: primary key. Locks: the row.
UPDATE notes
   SET is_done = TRUE
 WHERE id = :id
   AND is_done = FALSE;
