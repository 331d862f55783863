-- Migrations on PostgreSQL: a migration is locked before it is edited.

-- name: migration_update__find(id)^
-- One migration, deleted or not, that is about to be edited.
-- Index: primary key. Locks: the row, until the transaction ends.
SELECT m.*
  FROM migrations AS m
 WHERE m.id = :id
   FOR UPDATE;
