-- Key pairs: the public SSH keys of users.

-- name: key_pair_create(user_id, name)<!
-- A new key pair.
-- Index: uniq_key_pairs0user_id0name0deleted refuses a second live one of the user. Locks: the new row.
INSERT INTO key_pairs (/*{columns}*/ user_id, name /*{}*/)
VALUES /*{rows}*/ (:user_id, :name) /*{}*/;

-- name: key_pair_destroy(user_id, name, now)!
-- Soft delete of one key pair of a user.
-- Index: uniq_key_pairs0user_id0name0deleted. Locks: the row.
UPDATE key_pairs
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE user_id = :user_id
   AND name = :name
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: key_pair_get(user_id, name)^
-- One key pair of a user; the oldest where deleted ones are asked for.
-- Index: uniq_key_pairs0user_id0name0deleted. Locks: none.
SELECT k.*
  FROM key_pairs AS k
 WHERE k.user_id = :user_id
   AND k.name = :name
   AND /*{visibility}*/ k.deleted = 0 /*{}*/
 ORDER BY k.id
 LIMIT 1;

-- name: key_pair_get_all_by_user(user_id)
-- All live key pairs of a user.
-- Index: uniq_key_pairs0user_id0name0deleted. Locks: none.
SELECT k.*
  FROM key_pairs AS k
 WHERE k.user_id = :user_id
   AND k.deleted = 0
 ORDER BY k.id;

-- name: key_pair_count_by_user(user_id)$
-- How many live key pairs a user has.
-- Index: uniq_key_pairs0user_id0name0deleted. Locks: none.
SELECT COUNT(*) AS key_pairs
  FROM key_pairs AS k
 WHERE k.user_id = :user_id
   AND k.deleted = 0;
