-- Instances with their relations, as JSON aggregates of whole rows: one statement, whatever is joined.
-- A relation that is not asked for is not read: CASE evaluates the branch that is taken, and no other.

-- name: instance_get(instance_id, project_id, with_metadata, with_system_metadata, with_pci_devices, with_block_device_mapping)^
-- One instance by id, with its relations.
-- Index: the primary key; the relations by instance_uuid. Locks: none.
SELECT i.*,
       /*{part instance_relations}*/ (SELECT json_agg(c)
          FROM instance_info_caches AS c
         WHERE c.instance_uuid = i.uuid) AS info_cache,
       (SELECT json_agg(t)
          FROM (SELECT g.*,
                       (SELECT json_agg(r)
                          FROM security_group_rules AS r
                         WHERE r.parent_group_id = g.id
                           AND r.deleted = 0) AS rules
                  FROM security_groups AS g
                 WHERE g.deleted = 0
                   AND i.deleted = 0
                   AND g.id IN (SELECT a.security_group_id
                                  FROM security_group_instance_association AS a
                                 WHERE a.instance_uuid = i.uuid
                                   AND a.deleted = 0)) AS t) AS security_groups,
       CASE WHEN :with_metadata
            THEN (SELECT json_agg(m)
                    FROM instance_metadata AS m
                   WHERE m.instance_uuid = i.uuid
                     AND m.deleted = 0)
             END AS metadata,
       CASE WHEN :with_system_metadata
            THEN (SELECT json_agg(s)
                    FROM instance_system_metadata AS s
                   WHERE s.instance_uuid = i.uuid
                     AND s.deleted = 0)
             END AS system_metadata,
       CASE WHEN :with_pci_devices
            THEN (SELECT json_agg(p)
                    FROM pci_devices AS p
                   WHERE p.instance_uuid = i.uuid
                     AND p.deleted = 0)
             END AS pci_devices,
       CASE WHEN :with_block_device_mapping
            THEN (SELECT json_agg(b)
                    FROM block_device_mapping AS b
                   WHERE b.instance_uuid = i.uuid
                     AND b.deleted = 0)
             END AS block_device_mapping /*{}*/
  FROM instances AS i
 WHERE i.id = :instance_id
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/;

-- name: instance_get_by_uuid__locked(uuid, project_id)^
-- The same, for a transaction that goes on to write the instance or what belongs to it.
-- Index: uniq_instances0uuid; the relations by instance_uuid. Locks: the instance.
SELECT i.*,
       /*{same instance_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i
 WHERE i.uuid = :uuid
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/
   FOR UPDATE OF i;

-- name: instance_update__lock(uuid)$
-- Keeps other writers of the metadata of one instance waiting.
-- Index: uniq_instances0uuid. Locks: the instance.
SELECT i.id
  FROM instances AS i
 WHERE i.uuid = :uuid
   FOR UPDATE;

-- name: instance_get_all(project_id, with_info_cache, with_security_groups, with_metadata, with_system_metadata, with_pci_devices, with_block_device_mapping)
-- All instances, of the caller's project where it is a user.
-- Index: instances_project_id_deleted_created_at_id_idx for users, the primary key for admins. Locks: none.
SELECT i.*,
       /*{part listed_relations}*/ CASE WHEN :with_info_cache
            THEN (SELECT json_agg(c)
                    FROM instance_info_caches AS c
                   WHERE c.instance_uuid = i.uuid)
             END AS info_cache,
       CASE WHEN :with_security_groups
            THEN (SELECT json_agg(g)
                    FROM security_groups AS g
                   WHERE g.deleted = 0
                     AND i.deleted = 0
                     AND g.id IN (SELECT a.security_group_id
                                    FROM security_group_instance_association AS a
                                   WHERE a.instance_uuid = i.uuid
                                     AND a.deleted = 0))
             END AS security_groups,
       CASE WHEN :with_metadata
            THEN (SELECT json_agg(m)
                    FROM instance_metadata AS m
                   WHERE m.instance_uuid = i.uuid
                     AND /*{visibility}*/ m.deleted = 0 /*{}*/)
             END AS metadata,
       CASE WHEN :with_system_metadata
            THEN (SELECT json_agg(s)
                    FROM instance_system_metadata AS s
                   WHERE s.instance_uuid = i.uuid
                     AND /*{visibility}*/ s.deleted = 0 /*{}*/)
             END AS system_metadata,
       CASE WHEN :with_pci_devices
            THEN (SELECT json_agg(p)
                    FROM pci_devices AS p
                   WHERE p.instance_uuid = i.uuid
                     AND /*{visibility}*/ p.deleted = 0 /*{}*/
                     AND p.status = 'allocated')
             END AS pci_devices,
       CASE WHEN :with_block_device_mapping
            THEN (SELECT json_agg(b)
                    FROM block_device_mapping AS b
                   WHERE b.instance_uuid = i.uuid
                     AND b.deleted = 0)
             END AS block_device_mapping /*{}*/
  FROM instances AS i
 WHERE /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/
 ORDER BY i.id;
