-- Instance groups with their policies, members and metadata as JSON aggregates: one statement, whatever a group has.

-- name: instance_group_get(group_uuid)^
-- The first visible group of a uuid.
-- Index: uniq_instance_groups0uuid0deleted; the children by their group_id_deleted_idx. Locks: none.
SELECT g.*,
       /*{part group_relations}*/ (SELECT json_agg(json_build_object('id', p.id, 'policy', p.policy))
          FROM instance_group_policy AS p
         WHERE p.group_id = g.id
           AND p.deleted = 0) AS policies,
       (SELECT json_agg(json_build_object('id', m.id, 'instance_id', m.instance_id))
          FROM instance_group_member AS m
         WHERE m.group_id = g.id
           AND m.deleted = 0) AS members,
       (SELECT json_agg(json_build_object('id', d.id, 'key', d.key, 'value', d.value))
          FROM instance_group_metadata AS d
         WHERE d.group_id = g.id
           AND d.deleted = 0) AS metadetails /*{}*/
  FROM instance_groups AS g
 WHERE g.uuid = :group_uuid
   AND /*{visibility}*/ g.deleted = 0 /*{}*/
 ORDER BY g.id
 LIMIT 1;
