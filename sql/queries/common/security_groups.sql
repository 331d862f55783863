-- Security groups, their rules, and the instances in them.

-- name: instance_add_security_group(instance_uuid, security_group_id)!
-- Puts an instance into a group; a second row for the same pair is no error.
-- Index: none. Locks: the new row.
INSERT INTO security_group_instance_association (/*{columns}*/ instance_uuid, security_group_id /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :security_group_id) /*{}*/;

-- name: instance_remove_security_group(instance_uuid, security_group_id, now)!
-- Takes an instance out of a group: soft delete of every row of the pair.
-- Index: security_group_instance_association_instance_uuid_idx. Locks: the rows.
UPDATE security_group_instance_association
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_uuid = :instance_uuid
   AND security_group_id = :security_group_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_ensure_default__find(project_id)^
-- The live group 'default' of a project.
-- Index: uniq_security_groups0project_id0name0deleted. Locks: none.
SELECT g.*
  FROM security_groups AS g
 WHERE /*{filters}*/ g.project_id = :project_id /*{}*/
   AND g.name = 'default'
   AND g.deleted = 0
 ORDER BY g.id
 LIMIT 1;

-- name: security_group_ensure_default__create(project_id, name)<!
-- The group 'default' of a project.
-- Index: uniq_security_groups0project_id0name0deleted refuses a second live one. Locks: the new row; the project's
-- quota lock is held.
INSERT INTO security_groups (/*{columns}*/ project_id, name /*{}*/)
VALUES /*{rows}*/ (:project_id, :name) /*{}*/;

-- name: security_group_ensure_default__rules(security_group_id, now)!
-- Copies the visible default rules into a new group.
-- Index: none, the table holds a handful of rows. Locks: the new rows; MySQL also the rows read.
INSERT INTO security_group_rules (parent_group_id, protocol, from_port, to_port, cidr, created_at, deleted)
SELECT :security_group_id, d.protocol, d.from_port, d.to_port, d.cidr, :now, 0
  FROM security_group_default_rules AS d
 WHERE /*{visibility}*/ d.deleted = 0 /*{}*/
 ORDER BY d.id;

-- name: security_group_ensure_default__usage(project_id, now)!
-- One security group more in use by a user of a project.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: the row; the project's quota lock is held.
UPDATE quota_usages
   SET in_use = in_use + 1,
       updated_at = :now
 WHERE /*{filters}*/ project_id = :project_id /*{}*/
   AND resource = 'security_groups'
   AND deleted = 0;
