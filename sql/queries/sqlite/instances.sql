-- Instances with their relations, as JSON aggregates: one statement, whatever is joined.
-- A relation that is not asked for is not read: CASE evaluates the branch that is taken, and no other.

-- name: instance_get(instance_id, project_id, with_metadata, with_system_metadata, with_pci_devices, with_block_device_mapping)^
-- One instance by id, with its relations.
-- Index: the primary key; the relations by instance_uuid. Locks: none.
SELECT i.*,
       /*{part instance_relations}*/ (SELECT json_group_array(json_object(
           'id', c.id, 'network_info', c.network_info, 'instance_uuid', c.instance_uuid,
           'created_at', c.created_at, 'updated_at', c.updated_at, 'deleted_at', c.deleted_at,
           'deleted', c.deleted))
          FROM instance_info_caches AS c
         WHERE c.instance_uuid = i.uuid) AS info_cache,
       (SELECT json_group_array(json_object(
           'id', g.id, 'name', g.name, 'description', g.description, 'user_id', g.user_id,
           'project_id', g.project_id, 'created_at', g.created_at, 'updated_at', g.updated_at,
           'deleted_at', g.deleted_at, 'deleted', g.deleted,
           'rules', json((SELECT json_group_array(json_object(
                 'id', r.id, 'parent_group_id', r.parent_group_id, 'protocol', r.protocol,
                 'from_port', r.from_port, 'to_port', r.to_port, 'cidr', r.cidr, 'group_id', r.group_id,
                 'created_at', r.created_at, 'updated_at', r.updated_at, 'deleted_at', r.deleted_at,
                 'deleted', r.deleted))
                FROM security_group_rules AS r
               WHERE r.parent_group_id = g.id
                 AND r.deleted = 0))))
          FROM security_groups AS g
         WHERE g.deleted = 0
           AND i.deleted = 0
           AND g.id IN (SELECT a.security_group_id
                          FROM security_group_instance_association AS a
                         WHERE a.instance_uuid = i.uuid
                           AND a.deleted = 0)) AS security_groups,
       CASE WHEN :with_metadata
            THEN (SELECT json_group_array(json_object(
                     'id', m.id, 'key', m.key, 'value', m.value, 'instance_uuid', m.instance_uuid,
                     'created_at', m.created_at, 'updated_at', m.updated_at, 'deleted_at', m.deleted_at,
                     'deleted', m.deleted))
                    FROM instance_metadata AS m
                   WHERE m.instance_uuid = i.uuid
                     AND m.deleted = 0)
             END AS metadata,
       CASE WHEN :with_system_metadata
            THEN (SELECT json_group_array(json_object(
                     'id', s.id, 'key', s.key, 'value', s.value, 'instance_uuid', s.instance_uuid,
                     'created_at', s.created_at, 'updated_at', s.updated_at, 'deleted_at', s.deleted_at,
                     'deleted', s.deleted))
                    FROM instance_system_metadata AS s
                   WHERE s.instance_uuid = i.uuid
                     AND s.deleted = 0)
             END AS system_metadata,
       CASE WHEN :with_pci_devices
            THEN (SELECT json_group_array(json_object(
                     'id', p.id, 'compute_node_id', p.compute_node_id, 'address', p.address,
                     'vendor_id', p.vendor_id, 'product_id', p.product_id, 'dev_type', p.dev_type,
                     'dev_id', p.dev_id, 'label', p.label, 'status', p.status, 'extra_info', p.extra_info,
                     'instance_uuid', p.instance_uuid, 'created_at', p.created_at, 'updated_at', p.updated_at,
                     'deleted_at', p.deleted_at, 'deleted', p.deleted))
                    FROM pci_devices AS p
                   WHERE p.instance_uuid = i.uuid
                     AND p.deleted = 0)
             END AS pci_devices,
       CASE WHEN :with_block_device_mapping
            THEN (SELECT json_group_array(json_object(
                     'id', b.id, 'instance_uuid', b.instance_uuid, 'source_type', b.source_type,
                     'destination_type', b.destination_type, 'guest_format', b.guest_format,
                     'device_type', b.device_type, 'disk_bus', b.disk_bus, 'boot_index', b.boot_index,
                     'device_name', b.device_name, 'delete_on_termination', b.delete_on_termination,
                     'snapshot_id', b.snapshot_id, 'volume_id', b.volume_id, 'volume_size', b.volume_size,
                     'image_id', b.image_id, 'no_device', b.no_device, 'connection_info', b.connection_info,
                     'virtual_name', b.virtual_name, 'created_at', b.created_at, 'updated_at', b.updated_at,
                     'deleted_at', b.deleted_at, 'deleted', b.deleted))
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
-- Index: uniq_instances0uuid; the relations by instance_uuid.
-- Locks: none of its own; the transaction began as the only writer.
SELECT i.*,
       /*{same instance_relations}*/ NULL AS info_cache /*{}*/
  FROM instances AS i
 WHERE i.uuid = :uuid
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/;

-- name: instance_update__lock(uuid)$
-- Keeps other writers of the metadata of one instance waiting.
-- Index: uniq_instances0uuid. Locks: none of its own; the transaction began as the only writer.
SELECT i.id
  FROM instances AS i
 WHERE i.uuid = :uuid;

-- name: instance_get_all(project_id, with_info_cache, with_security_groups, with_metadata, with_system_metadata, with_pci_devices, with_block_device_mapping)
-- All instances, of the caller's project where it is a user.
-- Index: instances_project_id_deleted_created_at_id_idx for users, the primary key for admins. Locks: none.
SELECT i.*,
       /*{part listed_relations}*/ CASE WHEN :with_info_cache
            THEN (SELECT json_group_array(json_object(
                     'id', c.id, 'network_info', c.network_info, 'instance_uuid', c.instance_uuid,
                     'created_at', c.created_at, 'updated_at', c.updated_at, 'deleted_at', c.deleted_at,
                     'deleted', c.deleted))
                    FROM instance_info_caches AS c
                   WHERE c.instance_uuid = i.uuid)
             END AS info_cache,
       CASE WHEN :with_security_groups
            THEN (SELECT json_group_array(json_object(
                     'id', g.id, 'name', g.name, 'description', g.description, 'user_id', g.user_id,
                     'project_id', g.project_id, 'created_at', g.created_at, 'updated_at', g.updated_at,
                     'deleted_at', g.deleted_at, 'deleted', g.deleted))
                    FROM security_groups AS g
                   WHERE g.deleted = 0
                     AND i.deleted = 0
                     AND g.id IN (SELECT a.security_group_id
                                    FROM security_group_instance_association AS a
                                   WHERE a.instance_uuid = i.uuid
                                     AND a.deleted = 0))
             END AS security_groups,
       CASE WHEN :with_metadata
            THEN (SELECT json_group_array(json_object(
                     'id', m.id, 'key', m.key, 'value', m.value, 'instance_uuid', m.instance_uuid,
                     'created_at', m.created_at, 'updated_at', m.updated_at, 'deleted_at', m.deleted_at,
                     'deleted', m.deleted))
                    FROM instance_metadata AS m
                   WHERE m.instance_uuid = i.uuid
                     AND /*{visibility}*/ m.deleted = 0 /*{}*/)
             END AS metadata,
       CASE WHEN :with_system_metadata
            THEN (SELECT json_group_array(json_object(
                     'id', s.id, 'key', s.key, 'value', s.value, 'instance_uuid', s.instance_uuid,
                     'created_at', s.created_at, 'updated_at', s.updated_at, 'deleted_at', s.deleted_at,
                     'deleted', s.deleted))
                    FROM instance_system_metadata AS s
                   WHERE s.instance_uuid = i.uuid
                     AND /*{visibility}*/ s.deleted = 0 /*{}*/)
             END AS system_metadata,
       CASE WHEN :with_pci_devices
            THEN (SELECT json_group_array(json_object(
                     'id', p.id, 'compute_node_id', p.compute_node_id, 'address', p.address,
                     'vendor_id', p.vendor_id, 'product_id', p.product_id, 'dev_type', p.dev_type,
                     'dev_id', p.dev_id, 'label', p.label, 'status', p.status, 'extra_info', p.extra_info,
                     'instance_uuid', p.instance_uuid, 'created_at', p.created_at, 'updated_at', p.updated_at,
                     'deleted_at', p.deleted_at, 'deleted', p.deleted))
                    FROM pci_devices AS p
                   WHERE p.instance_uuid = i.uuid
                     AND /*{visibility}*/ p.deleted = 0 /*{}*/
                     AND p.status = 'allocated')
             END AS pci_devices,
       CASE WHEN :with_block_device_mapping
            THEN (SELECT json_group_array(json_object(
                     'id', b.id, 'instance_uuid', b.instance_uuid, 'source_type', b.source_type,
                     'destination_type', b.destination_type, 'guest_format', b.guest_format,
                     'device_type', b.device_type, 'disk_bus', b.disk_bus, 'boot_index', b.boot_index,
                     'device_name', b.device_name, 'delete_on_termination', b.delete_on_termination,
                     'snapshot_id', b.snapshot_id, 'volume_id', b.volume_id, 'volume_size', b.volume_size,
                     'image_id', b.image_id, 'no_device', b.no_device, 'connection_info', b.connection_info,
                     'virtual_name', b.virtual_name, 'created_at', b.created_at, 'updated_at', b.updated_at,
                     'deleted_at', b.deleted_at, 'deleted', b.deleted))
                    FROM block_device_mapping AS b
                   WHERE b.instance_uuid = i.uuid
                     AND b.deleted = 0)
             END AS block_device_mapping /*{}*/
  FROM instances AS i
 WHERE /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/
 ORDER BY i.id;
