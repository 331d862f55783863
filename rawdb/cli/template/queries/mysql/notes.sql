-- name: note_put(title, body)!
-- MySQL has no ON CONFLICT.
-- Index: uniq_notes0title. Locks: the row.
INSERT INTO notes (title, body) VALUES (:title, :body)
ON DUPLICATE KEY UPDATE body = VALUES(body);
