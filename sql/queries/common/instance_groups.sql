-- Instance groups: instances that are placed by a policy, with their policies, members and metadata.
-- Nothing but the lock below keeps a member, policy or key from standing twice in a group. The reads of whole
-- groups are each dialect's own.

-- name: instance_group_create(uuid, name)<!
-- A new group.
-- Index: uniq_instance_groups0uuid0deleted refuses a live twin. Locks: the new row.
INSERT INTO instance_groups (/*{columns}*/ uuid, name /*{}*/)
VALUES /*{rows}*/ (:uuid, :name) /*{}*/;

-- name: instance_group_get(group_uuid)^
-- The first visible group of a uuid.
-- Index: uniq_instance_groups0uuid0deleted; the children by the indexes of group_id and deleted. Locks: none.
SELECT g.*,
       /*{part group_relations}*/ (SELECT /*{json p as policies}*/ COUNT(*) /*{}*/
          FROM instance_group_policy AS p
         WHERE p.group_id = g.id
           AND p.deleted = 0) AS policies,
       (SELECT /*{json m as members}*/ COUNT(*) /*{}*/
          FROM instance_group_member AS m
         WHERE m.group_id = g.id
           AND m.deleted = 0) AS members,
       (SELECT /*{json d as metadetails}*/ COUNT(*) /*{}*/
          FROM instance_group_metadata AS d
         WHERE d.group_id = g.id
           AND d.deleted = 0) AS metadetails /*{}*/
  FROM instance_groups AS g
 WHERE g.uuid = :group_uuid
   AND /*{visibility}*/ g.deleted = 0 /*{}*/
 ORDER BY g.id
 LIMIT 1;

-- name: instance_group_get__id(group_uuid)$
-- The id of the first visible group of a uuid: tells why a statement below matched nothing.
-- Index: uniq_instance_groups0uuid0deleted. Locks: none.
SELECT MIN(g.id) AS id
  FROM instance_groups AS g
 WHERE g.uuid = :group_uuid
   AND /*{visibility}*/ g.deleted = 0 /*{}*/;

-- name: instance_group_update(id, name)!
-- Changes of one group.
-- Index: the primary key. Locks: the row.
UPDATE instance_groups
   SET /*{set}*/ name = :name /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_group_update__lock(group_uuid, now)!
-- Lets no other writer into a live group until the transaction ends; comes before anything is read.
-- It changes the row, and __unlock changes it back: a Galera node sends changed rows alone to the others, so that
-- neither SELECT ... FOR UPDATE nor an UPDATE to the same value would stop a writer there.
-- Index: uniq_instance_groups0uuid0deleted. Locks: the row.
UPDATE instance_groups
   SET deleted_at = :now
 WHERE uuid = :group_uuid
   AND deleted = 0;

-- name: instance_group_update__unlock(group_uuid)!
-- Makes the locked group as it was; the lock itself lasts until the transaction ends.
-- Index: uniq_instance_groups0uuid0deleted. Locks: the row, locked already.
UPDATE instance_groups
   SET deleted_at = NULL
 WHERE uuid = :group_uuid
   AND deleted = 0;

-- name: instance_group_delete(id, now)!
-- Soft delete of groups.
-- Index: the primary key. Locks: the rows.
UPDATE instance_groups
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_group_delete__ids(group_uuid)
-- The ids of the visible groups of a uuid: one live group, and deleted ones.
-- Index: uniq_instance_groups0uuid0deleted. Locks: none.
SELECT g.id
  FROM instance_groups AS g
 WHERE g.uuid = :group_uuid
   AND /*{visibility}*/ g.deleted = 0 /*{}*/
 ORDER BY g.id;

-- name: instance_group_delete__policies(group_id, now)!
-- Soft delete of the policies of deleted groups.
-- Index: instance_group_policy_group_id_deleted_idx. Locks: the rows.
UPDATE instance_group_policy
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE group_id IN (/*{list group_ids}*/ :group_id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_group_delete__metadata(group_id, now)!
-- Soft delete of the metadata of deleted groups.
-- Index: instance_group_metadata_group_id_deleted_idx. Locks: the rows.
UPDATE instance_group_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE group_id IN (/*{list group_ids}*/ :group_id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_group_delete__members(group_id, now)!
-- Soft delete of the members of deleted groups.
-- Index: instance_group_member_group_id_deleted_idx. Locks: the rows.
UPDATE instance_group_member
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE group_id IN (/*{list group_ids}*/ :group_id /*{}*/)
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: instance_group_policies_add(group_id, policy)!
-- New policies of a locked group, all in one statement.
-- Index: none, nothing is unique but the id. Locks: the new rows.
INSERT INTO instance_group_policy (/*{columns}*/ group_id, policy /*{}*/)
VALUES /*{rows}*/ (:group_id, :policy) /*{}*/;

-- name: instance_group_policies_add__remove(id, now)!
-- Soft delete of policies that a locked group is to have no more.
-- Index: the primary key. Locks: the rows.
UPDATE instance_group_policy
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND deleted = 0;

-- name: instance_group_policy_delete(group_uuid, policy, now)!
-- Soft delete of one policy of a group, every row of it.
-- Index: uniq_instance_groups0uuid0deleted, instance_group_policy_group_id_deleted_idx. Locks: the rows.
UPDATE instance_group_policy
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_group_policy.policy = :policy
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND group_id = (SELECT MIN(g.id)
                     FROM instance_groups AS g
                    WHERE g.uuid = :group_uuid
                      AND /*{visibility}*/ g.deleted = 0 /*{}*/);

-- name: instance_group_policies_get(group_uuid)
-- The visible policies of a group, in the order they were added; one row of NULLs for a group without any.
-- Index: uniq_instance_groups0uuid0deleted, the primary key, instance_group_policy_group_id_deleted_idx. Locks: none.
SELECT p.id, p.policy
  FROM instance_groups AS g
  LEFT JOIN instance_group_policy AS p
    ON p.group_id = g.id
   AND /*{visibility}*/ p.deleted = 0 /*{}*/
 WHERE g.id = (SELECT MIN(o.id)
                 FROM instance_groups AS o
                WHERE o.uuid = :group_uuid
                  AND /*{visibility}*/ o.deleted = 0 /*{}*/)
 ORDER BY p.id;

-- name: instance_group_metadata_add(group_id, value)!
-- New pairs of a locked group, all in one statement.
-- Index: none, nothing is unique but the id. Locks: the new rows.
INSERT INTO instance_group_metadata (/*{columns}*/ group_id, value /*{}*/)
VALUES /*{rows}*/ (:group_id, :value) /*{}*/;

-- name: instance_group_metadata_add__change(id, value, now)!
-- New values for pairs of a locked group, all at once.
-- Index: the primary key. Locks: the rows.
UPDATE instance_group_metadata
   SET value = CASE id /*{repeat changes_by_id}*/ WHEN :id THEN :value /*{}*/ END,
       updated_at = :now
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND deleted = 0;

-- name: instance_group_metadata_add__remove(id, now)!
-- Soft delete of pairs that a locked group is to have no more.
-- Index: the primary key. Locks: the rows.
UPDATE instance_group_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND deleted = 0;

-- name: instance_group_metadata_delete(group_uuid, key, now)!
-- Soft delete of one pair of a group, every row of it.
-- Index: uniq_instance_groups0uuid0deleted, instance_group_metadata_group_id_deleted_idx. Locks: the rows.
UPDATE instance_group_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_group_metadata.key = :key
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND group_id = (SELECT MIN(g.id)
                     FROM instance_groups AS g
                    WHERE g.uuid = :group_uuid
                      AND /*{visibility}*/ g.deleted = 0 /*{}*/);

-- name: instance_group_metadata_get(group_uuid)
-- The visible pairs of a group, in the order they were added; one row of NULLs for a group without any.
-- Index: uniq_instance_groups0uuid0deleted, the primary key, instance_group_metadata_group_id_deleted_idx. Locks: none.
SELECT m.id, m.key, m.value
  FROM instance_groups AS g
  LEFT JOIN instance_group_metadata AS m
    ON m.group_id = g.id
   AND /*{visibility}*/ m.deleted = 0 /*{}*/
 WHERE g.id = (SELECT MIN(o.id)
                 FROM instance_groups AS o
                WHERE o.uuid = :group_uuid
                  AND /*{visibility}*/ o.deleted = 0 /*{}*/)
 ORDER BY m.id;

-- name: instance_group_members_add(group_id, instance_id)!
-- New members of a locked group, all in one statement.
-- Index: none, nothing is unique but the id. Locks: the new rows.
INSERT INTO instance_group_member (/*{columns}*/ group_id, instance_id /*{}*/)
VALUES /*{rows}*/ (:group_id, :instance_id) /*{}*/;

-- name: instance_group_members_add__remove(id, now)!
-- Soft delete of members that a locked group is to have no more.
-- Index: the primary key. Locks: the rows.
UPDATE instance_group_member
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND deleted = 0;

-- name: instance_group_member_delete(group_uuid, instance_id, now)!
-- Soft delete of one member of a group, every row of it.
-- Index: uniq_instance_groups0uuid0deleted, instance_group_member_group_id_deleted_idx. Locks: the rows.
UPDATE instance_group_member
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE instance_group_member.instance_id = :instance_id
   AND /*{visibility}*/ deleted = 0 /*{}*/
   AND group_id = (SELECT MIN(g.id)
                     FROM instance_groups AS g
                    WHERE g.uuid = :group_uuid
                      AND /*{visibility}*/ g.deleted = 0 /*{}*/);

-- name: instance_group_members_get(group_uuid)
-- The visible members of a group, in the order they were added; one row of NULLs for a group without any.
-- Index: uniq_instance_groups0uuid0deleted, the primary key, instance_group_member_group_id_deleted_idx. Locks: none.
SELECT m.id, m.instance_id
  FROM instance_groups AS g
  LEFT JOIN instance_group_member AS m
    ON m.group_id = g.id
   AND /*{visibility}*/ m.deleted = 0 /*{}*/
 WHERE g.id = (SELECT MIN(o.id)
                 FROM instance_groups AS o
                WHERE o.uuid = :group_uuid
                  AND /*{visibility}*/ o.deleted = 0 /*{}*/)
 ORDER BY m.id;

-- name: instance_group_get_all()
-- All visible groups.
-- Index: none, all are read; the children by the indexes of group_id and deleted. Locks: none.
SELECT g.*,
       /*{same group_relations}*/ NULL AS policies /*{}*/
  FROM instance_groups AS g
 WHERE /*{visibility}*/ g.deleted = 0 /*{}*/
 ORDER BY g.id;

-- name: instance_group_get_all_by_project_id(project_id)
-- The visible groups of a project.
-- Index: instance_groups_project_id_deleted_idx; the children by the indexes of group_id and deleted. Locks: none.
SELECT g.*,
       /*{same group_relations}*/ NULL AS policies /*{}*/
  FROM instance_groups AS g
 WHERE /*{filters}*/ g.project_id = :project_id /*{}*/
   AND /*{visibility}*/ g.deleted = 0 /*{}*/
 ORDER BY g.id;
