-- Security groups on MySQL and MariaDB: usages found by the column that their unique key holds in place of an
-- expression; and what would lock the members of all groups.

-- name: security_group_destroy__instances(security_group_id, now)!
-- Takes all instances out of a destroyed group.
-- FORCE INDEX, since of a group that holds much of the table the planner else reads, and so locks, the whole of it.
-- Index: security_group_instance_association_security_group_id_idx. Locks: the rows.
UPDATE security_group_instance_association FORCE INDEX (security_group_instance_association_security_group_id_idx)
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE security_group_id = :security_group_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_ensure_default__usage(project_id, user_key, now)!
-- One security group more in use by a user of a project.
-- By user_key, which the unique key holds: neither server finds the expression that stands for it elsewhere.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: the row; the project's quota lock is held.
UPDATE quota_usages
   SET in_use = in_use + 1,
       updated_at = :now
 WHERE project_id = :project_id
   AND user_key = :user_key
   AND resource = 'security_groups'
   AND deleted = 0;
