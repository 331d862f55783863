-- Quotas: the anchor of every transaction that changes usages or reservations, and usages found by the column that
-- their unique key holds in place of an expression. FORCE INDEX, since of a project that owns much of a table the
-- planner else reads the whole of it, and so locks the rows of all other projects.

-- name: quota_reserve__lock(project_id, version)!
-- The project's lock, always the first statement of its transaction: the snapshot of REPEATABLE READ is taken by the
-- first SELECT after it. It writes, since row locks alone do not reach the other nodes of a Galera cluster: there
-- the loser's COMMIT is refused. Several projects go in ascending order. Only MySQL spells the upsert like this.
-- Index: the primary key. Locks: the rows, until the end of the transaction.
INSERT INTO quota_locks (/*{columns}*/ project_id, version /*{}*/)
VALUES /*{rows}*/ (:project_id, :version) /*{}*/
    ON DUPLICATE KEY UPDATE version = version + 1;

-- name: quota_destroy_all_by_project__quotas(project_id, now)!
-- Soft delete of the limits of a project.
-- Index: uniq_quotas0project_id0resource0deleted. Locks: the rows.
UPDATE quotas FORCE INDEX (uniq_quotas0project_id0resource0deleted)
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE project_id = :project_id
   AND deleted = 0;

-- name: quota_destroy_all_by_project__user_quotas(project_id, user_id, now)!
-- Soft delete of the limits of users within a project, of all of them or of one.
-- Index: project_user_quotas_project_id_deleted_idx, for one user
-- uniq_project_user_quotas0user_id0project_id0resource0deleted. Locks: the rows.
UPDATE project_user_quotas FORCE INDEX (
           project_user_quotas_project_id_deleted_idx, uniq_project_user_quotas0user_id0project_id0resource0deleted)
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE project_id = :project_id
   AND /*{when of_user}*/ user_id = :user_id /*{}*/
   AND deleted = 0;

-- name: quota_destroy_all_by_project__usages(project_id, user_key, user_id, now)!
-- Soft delete of the usages of a project, of all of them or of one user's: by the key for the index, and by the
-- user, since the key of a user '' is that of the project as a whole.
-- By user_key, which the unique key holds: neither server finds the expression that stands for it elsewhere.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: the rows; the project is locked before.
UPDATE quota_usages FORCE INDEX (uniq_quota_usages0project_id0user_id0resource0deleted)
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE project_id = :project_id
   AND /*{when of_user}*/ user_key = :user_key /*{}*/
   AND /*{when of_user}*/ user_id = :user_id /*{}*/
   AND deleted = 0;

-- name: quota_destroy_all_by_project__reservations(project_id, user_id, now)!
-- Soft delete of the reservations of a project, of all of them or of one user's.
-- Index: reservations_project_id_deleted_expire_idx. Locks: the rows; the project is locked before.
UPDATE reservations FORCE INDEX (reservations_project_id_deleted_expire_idx)
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE project_id = :project_id
   AND /*{when of_user}*/ user_id = :user_id /*{}*/
   AND deleted = 0;

-- name: quota_reserve__usages(project_id, user_key)
-- What a reserve needs of a project: the rows of the user and those of the project as a whole, each by itself, and
-- the sums over everybody else's, one row a resource, without an id; in no order. `user_key` is '' for no user; `aged`
-- asks for when a row was written, which few services look at.
-- By user_key, which the unique key holds: neither server finds the expression that stands for it elsewhere.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: none; the project is locked before.
SELECT u.id,
       u.user_id,
       u.resource,
       u.in_use,
       u.reserved,
       u.until_refresh,
       /*{when aged}*/ u.updated_at /*{}*/ AS updated_at
  FROM quota_usages AS u
 WHERE u.project_id = :project_id
   AND u.deleted = 0
   AND u.user_key IN (:user_key, '')
 UNION ALL
SELECT NULL,
       NULL,
       o.resource,
       SUM(o.in_use),
       SUM(o.reserved),
       NULL,
       NULL
  FROM quota_usages AS o
 WHERE o.project_id = :project_id
   AND o.deleted = 0
   AND o.user_key NOT IN (:user_key, '')
 GROUP BY o.resource;

-- name: quota_usage_get(project_id, resource, user_key)^
-- One usage of a project: of one user, of the project as a whole (`user_key` is ''), or the oldest of all.
-- By user_key, which the unique key holds: neither server finds the expression that stands for it elsewhere.
-- + 0 keeps MariaDB from walking the primary key until the first row of the project comes.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: none.
SELECT u.*
  FROM quota_usages AS u
 WHERE u.project_id = :project_id
   AND u.resource = :resource
   AND u.deleted = 0
   AND /*{when of_user}*/ u.user_key = :user_key /*{}*/
 ORDER BY u.id + 0
 LIMIT 1;

-- name: quota_usage_get_all_by_project_and_user(project_id, user_key)
-- What a user of a project uses and has reserved, together with what counts for the project as a whole.
-- By user_key, which the unique key holds: neither server finds the expression that stands for it elsewhere.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: none.
SELECT u.resource,
       SUM(u.in_use) AS in_use,
       SUM(u.reserved) AS reserved
  FROM quota_usages AS u
 WHERE u.project_id = :project_id
   AND u.user_key IN (:user_key, '')
   AND u.deleted = 0
 GROUP BY u.resource
 ORDER BY u.resource;

-- name: quota_usage_update(project_id, resource, user_key, in_use)!
-- New figures for the usages of a resource: a user's and the project's as a whole, or everybody's.
-- By user_key, which the unique key holds: neither server finds the expression that stands for it elsewhere.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: the rows; the project is locked before.
UPDATE quota_usages FORCE INDEX (uniq_quota_usages0project_id0user_id0resource0deleted)
   SET /*{set}*/ in_use = :in_use /*{}*/
 WHERE project_id = :project_id
   AND resource = :resource
   AND /*{when of_user}*/ user_key IN (:user_key, '') /*{}*/
   AND deleted = 0;
