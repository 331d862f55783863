-- Floating addresses, each given to a fixed address at most.

-- name: instance_get_floating_address(instance_id, project_id)^
-- The first live fixed address of an instance, and the first visible floating address that leads to it.
-- Index: the primary key of instances, fixed_ips_instance_uuid_deleted_idx, uniq_fixed_ips0address0deleted,
-- floating_ips_fixed_ip_id_idx. Locks: none.
SELECT i.uuid,
       x.id AS fixed_ip_id,
       (SELECT f.address
          FROM fixed_ips AS o
          JOIN floating_ips AS f
            ON f.fixed_ip_id = o.id
         WHERE o.address = x.address
           AND /*{visibility}*/ f.deleted = 0 /*{}*/
         ORDER BY f.id
         LIMIT 1) AS address
  FROM instances AS i
  LEFT JOIN fixed_ips AS x
    ON x.instance_uuid = i.uuid
   AND x.deleted = 0
 WHERE i.id = :instance_id
   AND /*{visibility}*/ i.deleted = 0 /*{}*/
   AND /*{scope}*/ i.project_id = :project_id /*{}*/
 ORDER BY x.id
 LIMIT 1;

-- name: instance_floating_address_get_all(instance_uuid)
-- The visible fixed addresses of an instance with the visible floating addresses that lead to them.
-- Index: fixed_ips_instance_uuid_deleted_idx, floating_ips_fixed_ip_id_idx. Locks: none.
SELECT x.id AS fixed_ip_id,
       f.id AS floating_ip_id,
       f.address
  FROM fixed_ips AS x
  LEFT JOIN floating_ips AS f
    ON f.fixed_ip_id = x.id
   AND /*{visibility}*/ f.deleted = 0 /*{}*/
 WHERE x.instance_uuid = :instance_uuid
   AND /*{visibility}*/ x.deleted = 0 /*{}*/
 ORDER BY f.id;
