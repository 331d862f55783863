-- Security groups, their rules, and the instances in them.

-- name: instance_add_security_group(instance_uuid, security_group_id)!
-- Puts an instance into a group; a second row for the same pair is no error.
-- Index: none. Locks: the new row.
INSERT INTO security_group_instance_association (/*{columns}*/ instance_uuid, security_group_id /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :security_group_id) /*{}*/;

-- name: instance_remove_security_group(instance_uuid, security_group_id, now)!
-- Takes an instance out of a group: soft delete of every row of the pair.
-- Index: security_group_association_instance_uuid_deleted_group_id_idx. Locks: the rows.
UPDATE security_group_instance_association
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_uuid = :instance_uuid
   AND security_group_id = :security_group_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_count_by_project(project_id)$
-- How many live groups a project has.
-- Index: uniq_security_groups0project_id0name0deleted. Locks: none.
SELECT COUNT(*) AS security_groups
  FROM security_groups AS g
 WHERE g.project_id = :project_id
   AND g.deleted = 0;

-- name: security_group_create(project_id, name)<!
-- A new group.
-- Index: uniq_security_groups0project_id0name0deleted refuses a second live one of the project. Locks: the new row.
INSERT INTO security_groups (/*{columns}*/ project_id, name /*{}*/)
VALUES /*{rows}*/ (:project_id, :name) /*{}*/;

-- name: security_group_create__instances(instance_uuid, security_group_id)!
-- Puts instances into a new group.
-- Index: none. Locks: the new rows.
INSERT INTO security_group_instance_association (/*{columns}*/ instance_uuid, security_group_id /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :security_group_id) /*{}*/;

-- name: security_group_default_rule_create(protocol, from_port)<!
-- A new default rule.
-- Index: none. Locks: the new row.
INSERT INTO security_group_default_rules (/*{columns}*/ protocol, from_port /*{}*/)
VALUES /*{rows}*/ (:protocol, :from_port) /*{}*/;

-- name: security_group_default_rule_destroy(id, now)!
-- Soft delete of one default rule.
-- Index: the primary key. Locks: the row.
UPDATE security_group_default_rules
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_default_rule_get(id)^
-- One default rule by its id.
-- Index: the primary key. Locks: none.
SELECT d.*
  FROM security_group_default_rules AS d
 WHERE d.id = :id
   AND /*{visibility}*/ d.deleted = 0 /*{}*/;

-- name: security_group_default_rule_list()
-- All visible default rules.
-- Index: none, all are read. Locks: none.
SELECT d.*
  FROM security_group_default_rules AS d
 WHERE /*{visibility}*/ d.deleted = 0 /*{}*/
 ORDER BY d.id;

-- name: security_group_destroy(security_group_id, now)!
-- Soft delete of one group.
-- Index: the primary key. Locks: the row.
UPDATE security_groups
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :security_group_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_destroy__instances(security_group_id, now)!
-- Takes all instances out of a destroyed group.
-- Index: security_group_instance_association_security_group_id_idx. Locks: the rows.
UPDATE security_group_instance_association
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE security_group_id = :security_group_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_destroy__rules(security_group_id, now)!
-- Soft delete of the rules of a destroyed group.
-- Index: security_group_rules_parent_group_id_idx. Locks: the rows.
UPDATE security_group_rules
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE parent_group_id = :security_group_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_destroy__grants(security_group_id, now)!
-- Soft delete of the rules of other groups that let a destroyed group in.
-- Index: security_group_rules_group_id_idx. Locks: the rows.
UPDATE security_group_rules
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE group_id = :security_group_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_ensure_default__find(project_id)^
-- The live group 'default' of a project.
-- Index: uniq_security_groups0project_id0name0deleted. Locks: none.
SELECT g.*
  FROM security_groups AS g
 WHERE g.project_id = :project_id
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

-- name: security_group_ensure_default__usage(project_id, user_key, now)!
-- One security group more in use by a user of a project.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: the row; the project's quota lock is held.
UPDATE quota_usages
   SET in_use = in_use + 1,
       updated_at = :now
 WHERE project_id = :project_id
   AND COALESCE(user_id, '') = :user_key
   AND resource = 'security_groups'
   AND deleted = 0;

-- name: security_group_exists(project_id, group_name)$
-- Whether a project has a live group of a name.
-- Index: uniq_security_groups0project_id0name0deleted. Locks: none.
SELECT g.id
  FROM security_groups AS g
 WHERE g.project_id = :project_id
   AND g.name = :group_name
   AND g.deleted = 0
 LIMIT 1;

-- name: security_group_get(security_group_id, project_id)^
-- One group with its live rules, each with the group that it lets in, live or not.
-- Index: the primary key; the rules by security_group_rules_parent_group_id_idx and the primary key. Locks: none.
SELECT g.*,
       /*{part group_rules}*/ (SELECT /*{json r as rules}*/ COUNT(*) + COUNT((
               SELECT /*{one o as grantee_group}*/ COUNT(*) /*{}*/
                 FROM security_groups AS o
                WHERE o.id = r.group_id)) /*{}*/
          FROM security_group_rules AS r
         WHERE r.parent_group_id = g.id
           AND r.deleted = 0) AS rules /*{}*/
  FROM security_groups AS g
 WHERE g.id = :security_group_id
   AND /*{visibility}*/ g.deleted = 0 /*{}*/
   AND /*{scope}*/ g.project_id = :project_id /*{}*/;

-- name: security_group_get__instances(security_group_id)
-- The live instances in some live groups, once for each group, with the relations that are asked for. They are rows
-- of their own and no part of the groups' rows: there are many of them, and they are wide.
-- Index: security_group_instance_association_security_group_id_idx, the primary key, uniq_instances0uuid; the
-- relations by instance_uuid, security_group_association_instance_uuid_deleted_group_id_idx among them. Locks: none.
SELECT i.*,
       pairs.security_group_id,
       /*{when with_info_cache}*/ (SELECT /*{one c as info_cache}*/ COUNT(*) /*{}*/
          FROM instance_info_caches AS c
         WHERE c.instance_uuid = i.uuid) /*{}*/ AS info_cache,
       /*{when with_metadata}*/ (SELECT /*{json m as metadata}*/ COUNT(*) /*{}*/
          FROM instance_metadata AS m
         WHERE m.instance_uuid = i.uuid
           AND m.deleted = 0) /*{}*/ AS metadata,
       /*{when with_system_metadata}*/ (SELECT /*{json s as system_metadata}*/ COUNT(*) /*{}*/
          FROM instance_system_metadata AS s
         WHERE s.instance_uuid = i.uuid
           AND s.deleted = 0) /*{}*/ AS system_metadata,
       /*{when with_security_groups}*/ (SELECT /*{json g as security_groups}*/ COUNT(*) /*{}*/
          FROM security_groups AS g
         WHERE g.deleted = 0
           AND g.id IN (SELECT n.security_group_id
                          FROM security_group_instance_association AS n
                         WHERE n.instance_uuid = i.uuid
                           AND n.deleted = 0)) /*{}*/ AS security_groups,
       /*{when with_pci_devices}*/ (SELECT /*{json p as pci_devices}*/ COUNT(*) /*{}*/
          FROM pci_devices AS p
         WHERE p.instance_uuid = i.uuid
           AND p.deleted = 0) /*{}*/ AS pci_devices,
       /*{when with_block_device_mapping}*/ (SELECT /*{json b as block_device_mapping}*/ COUNT(*) /*{}*/
          FROM block_device_mapping AS b
         WHERE b.instance_uuid = i.uuid
           AND b.deleted = 0) /*{}*/ AS block_device_mapping
  FROM (SELECT DISTINCT a.security_group_id,
                        a.instance_uuid
          FROM security_groups AS o
          JOIN security_group_instance_association AS a
            ON a.security_group_id = o.id
           AND a.deleted = 0
         WHERE o.id IN (/*{list group_ids}*/ :security_group_id /*{}*/)
           AND o.deleted = 0) AS pairs
  JOIN instances AS i
    ON i.uuid = pairs.instance_uuid
   AND i.deleted = 0
 ORDER BY i.id;

-- name: security_group_get_all()
-- All visible groups with their rules.
-- Index: none, all are read; the rules by security_group_rules_parent_group_id_idx and the primary key. Locks: none.
SELECT g.*,
       /*{same group_rules}*/ NULL AS rules /*{}*/
  FROM security_groups AS g
 WHERE /*{visibility}*/ g.deleted = 0 /*{}*/
 ORDER BY g.id;

-- name: security_group_get_by_instance(instance_uuid)
-- The live groups that a live instance is in, with their rules.
-- Index: uniq_instances0uuid, security_group_association_instance_uuid_deleted_group_id_idx, the primary key; the rules
-- by security_group_rules_parent_group_id_idx. Locks: none.
SELECT g.*,
       /*{same group_rules}*/ NULL AS rules /*{}*/
  FROM security_groups AS g
 WHERE g.deleted = 0
   AND g.id IN (SELECT a.security_group_id
                  FROM security_group_instance_association AS a
                  JOIN instances AS i
                    ON i.uuid = a.instance_uuid
                   AND i.deleted = 0
                 WHERE a.instance_uuid = :instance_uuid
                   AND a.deleted = 0)
 ORDER BY g.id;

-- name: security_group_get_by_instance__uuid(instance_id)$
-- The uuid of a live instance by its number.
-- Index: the primary key. Locks: none.
SELECT i.uuid
  FROM instances AS i
 WHERE i.id = :instance_id
   AND i.deleted = 0;

-- name: security_group_get_by_name(project_id, group_name)^
-- The live group of a name in a project, with its rules.
-- Index: uniq_security_groups0project_id0name0deleted; the rules by security_group_rules_parent_group_id_idx and the
-- primary key. Locks: none.
SELECT g.*,
       /*{same group_rules}*/ NULL AS rules /*{}*/
  FROM security_groups AS g
 WHERE g.project_id = :project_id
   AND g.name = :group_name
   AND g.deleted = 0
 ORDER BY g.id
 LIMIT 1;

-- name: security_group_get_by_project(project_id)
-- The live groups of a project, with their rules. + 0 keeps PostgreSQL from reading all groups in the order of their
-- ids: beside what it expects of the rules that seems to cost nothing.
-- Index: uniq_security_groups0project_id0name0deleted; the rules by security_group_rules_parent_group_id_idx and the
-- primary key. Locks: none.
SELECT g.*,
       /*{same group_rules}*/ NULL AS rules /*{}*/
  FROM security_groups AS g
 WHERE g.project_id = :project_id
   AND g.deleted = 0
 ORDER BY g.id + 0;

-- name: security_group_in_use(group_id)$
-- Whether a live instance is in a group.
-- Index: security_group_instance_association_security_group_id_idx, uniq_instances0uuid. Locks: none.
SELECT i.id
  FROM security_group_instance_association AS a
  JOIN instances AS i
    ON i.uuid = a.instance_uuid
   AND i.deleted = 0
 WHERE a.security_group_id = :group_id
   AND a.deleted = 0
 LIMIT 1;

-- name: security_group_rule_count_by_group(security_group_id)$
-- How many live rules a group has.
-- Index: security_group_rules_parent_group_id_idx. Locks: none.
SELECT COUNT(*) AS rules
  FROM security_group_rules AS r
 WHERE r.parent_group_id = :security_group_id
   AND r.deleted = 0;

-- name: security_group_rule_create(parent_group_id, protocol)<!
-- A new rule.
-- Index: none. Locks: the new row.
INSERT INTO security_group_rules (/*{columns}*/ parent_group_id, protocol /*{}*/)
VALUES /*{rows}*/ (:parent_group_id, :protocol) /*{}*/;

-- name: security_group_rule_destroy(security_group_rule_id, now)!
-- Soft delete of one rule.
-- Index: the primary key. Locks: the row.
UPDATE security_group_rules
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :security_group_rule_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_rule_get(security_group_rule_id)^
-- One rule by its id.
-- Index: the primary key. Locks: none.
SELECT r.*
  FROM security_group_rules AS r
 WHERE r.id = :security_group_rule_id
   AND /*{visibility}*/ r.deleted = 0 /*{}*/;

-- name: security_group_rule_get_by_security_group(security_group_id)
-- The visible rules of a group; a live one with the group that it lets in, live or not, where that is asked for.
-- Index: security_group_rules_parent_group_id_idx, the primary key of the other group. Locks: none.
SELECT r.*,
       /*{when with_grantee_group}*/ (SELECT /*{one o as grantee_group}*/ COUNT(*) /*{}*/
          FROM security_groups AS o
         WHERE o.id = r.group_id
           AND r.deleted = 0) /*{}*/ AS grantee_group
  FROM security_group_rules AS r
 WHERE r.parent_group_id = :security_group_id
   AND /*{visibility}*/ r.deleted = 0 /*{}*/
 ORDER BY r.id;

-- name: security_group_rule_get_by_security_group_grantee(security_group_id)
-- The visible rules that let a group in.
-- Index: security_group_rules_group_id_idx. Locks: none.
SELECT r.*
  FROM security_group_rules AS r
 WHERE r.group_id = :security_group_id
   AND /*{visibility}*/ r.deleted = 0 /*{}*/
 ORDER BY r.id;

-- name: security_group_update(id, name)!
-- Changes of one group.
-- Index: the primary key. Locks: the row.
UPDATE security_groups
   SET /*{set}*/ name = :name /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: security_group_update__row(security_group_id)^
-- One group by its id, alone.
-- Index: the primary key. Locks: none.
SELECT g.*
  FROM security_groups AS g
 WHERE g.id = :security_group_id
   AND /*{visibility}*/ g.deleted = 0 /*{}*/;
