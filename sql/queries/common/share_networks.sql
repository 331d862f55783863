-- Share networks: networks of projects that shares are offered on, and the security services used there.
-- Live networks and services have deleted = 'False', a live association of the two deleted = 0.

-- name: security_service_create(id, type, project_id)<!
-- A new security service.
-- Index: primary key. Locks: the new row.
INSERT INTO security_services (/*{columns}*/ id, type, project_id /*{}*/)
VALUES /*{rows}*/ (:id, :type, :project_id) /*{}*/;

-- name: security_service_get(id)^
-- One security service.
-- Index: primary key. Locks: none.
SELECT v.*
  FROM security_services AS v
 WHERE v.id = :id
   AND /*{visibility}*/ v.deleted = 'False' /*{}*/;

-- name: security_service_get_all()
-- All security services, the oldest first.
-- Index: none; all are asked for. Locks: none.
SELECT v.*
  FROM security_services AS v
 WHERE /*{visibility}*/ v.deleted = 'False' /*{}*/
 ORDER BY v.created_at, v.id;

-- name: security_service_get_all_by_project(project_id)
-- The security services of a project, the oldest first.
-- Index: security_services_project_id_deleted_idx. Locks: none.
SELECT v.*
  FROM security_services AS v
 WHERE v.project_id = :project_id
   AND /*{visibility}*/ v.deleted = 'False' /*{}*/
 ORDER BY v.created_at, v.id;

-- name: security_service_update(id, name)!
-- Changes of one security service.
-- Index: primary key. Locks: the row.
UPDATE security_services
   SET /*{set}*/ name = :name /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: security_service_delete(id, now)!
-- Soft delete of one live security service; its associations stay.
-- Index: primary key. Locks: the row.
UPDATE security_services
   SET deleted = id,
       deleted_at = :now,
       updated_at = :now
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/
   AND deleted = 'False';

-- name: share_network_create(id, project_id)<!
-- A new share network.
-- Index: primary key. Locks: the new row.
INSERT INTO share_networks (/*{columns}*/ id, project_id /*{}*/)
VALUES /*{rows}*/ (:id, :project_id) /*{}*/;

-- name: share_network_get(id)^
-- One share network with its live shares and servers and, unless it is deleted, the live services associated with it.
-- Index: primary key; shares_share_network_id_deleted_idx, uniq_share_network_services0network_id0service_id0deleted,
-- share_servers_share_network_id_deleted_idx. Locks: none.
SELECT n.*,
       /*{part share_network_relations}*/ (SELECT /*{json s as shares}*/ COUNT(*) /*{}*/
          FROM shares AS s
         WHERE s.share_network_id = n.id
           AND s.deleted = 'False') AS shares,
       (SELECT /*{json v as security_services}*/ COUNT(*) /*{}*/
          FROM share_network_security_service_association AS a
          JOIN security_services AS v
            ON v.id = a.security_service_id
           AND v.deleted = 'False'
         WHERE a.share_network_id = n.id
           AND a.deleted = 0
           AND n.deleted = 'False') AS security_services,
       (SELECT /*{json e as share_servers}*/ COUNT(*) /*{}*/
          FROM share_servers AS e
         WHERE e.share_network_id = n.id
           AND e.deleted = 'False') AS share_servers /*{}*/
  FROM share_networks AS n
 WHERE n.id = :id
   AND /*{visibility}*/ n.deleted = 'False' /*{}*/;

-- name: share_network_get__id(id)$
-- The id of a visible share network: tells why a delete matched nothing.
-- Index: primary key. Locks: none.
SELECT n.id
  FROM share_networks AS n
 WHERE n.id = :id
   AND /*{visibility}*/ n.deleted = 'False' /*{}*/;

-- name: share_network_get_all()
-- All share networks as share_network_get gives them, the oldest first.
-- Index: none, all are asked for; the relations by those of share_network_get. Locks: none.
SELECT n.*,
       /*{same share_network_relations}*/ NULL AS shares, NULL AS security_services, NULL AS share_servers /*{}*/
  FROM share_networks AS n
 WHERE /*{visibility}*/ n.deleted = 'False' /*{}*/
 ORDER BY n.created_at, n.id;

-- name: share_network_get_all_by_project(project_id, user_id)
-- The share networks of a project, or of one user of it, as share_network_get gives them, the oldest first.
-- Index: share_networks_project_id_deleted_idx; the relations by those of share_network_get. Locks: none.
SELECT n.*,
       /*{same share_network_relations}*/ NULL AS shares, NULL AS security_services, NULL AS share_servers /*{}*/
  FROM share_networks AS n
 WHERE n.project_id = :project_id
   AND /*{when of_user}*/ n.user_id = :user_id /*{}*/
   AND /*{visibility}*/ n.deleted = 'False' /*{}*/
 ORDER BY n.created_at, n.id;

-- name: share_network_get_all_by_security_service(security_service_id)
-- The share networks with a live association with a service, whether the service is live or not; the oldest first.
-- A service is associated with a network once, so no network comes twice.
-- Index: share_network_services_security_service_id_deleted_idx, primary key; the relations by those of
-- share_network_get, uniq_share_network_services0network_id0service_id0deleted among them. Locks: none.
SELECT n.*,
       /*{same share_network_relations}*/ NULL AS shares, NULL AS security_services, NULL AS share_servers /*{}*/
  FROM share_network_security_service_association AS b
  JOIN share_networks AS n
    ON n.id = b.share_network_id
   AND /*{visibility}*/ n.deleted = 'False' /*{}*/
 WHERE b.security_service_id = :security_service_id
   AND b.deleted = 0
 ORDER BY n.created_at, n.id;

-- name: share_network_update(id, name)!
-- Changes of one share network.
-- Index: primary key. Locks: the row.
UPDATE share_networks
   SET /*{set}*/ name = :name /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: share_network_delete(id, now)!
-- Soft delete of one live share network; its associations, servers and shares stay.
-- Index: primary key. Locks: the row.
UPDATE share_networks
   SET deleted = id,
       deleted_at = :now,
       updated_at = :now
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/
   AND deleted = 'False';

-- name: share_network_add_security_service(id, security_service_id, now)!
-- An association of a visible network with a visible service; no row where one of the two is not visible.
-- Index: primary keys of both; uniq_share_network_services0network_id0service_id0deleted refuses a live twin.
-- Locks: the new row; on MySQL the network and the service are locked against change until the end, too.
INSERT INTO share_network_security_service_association (share_network_id, security_service_id, created_at, deleted)
SELECT n.id, v.id, :now, 0
  FROM share_networks AS n
  JOIN security_services AS v
    ON v.id = :security_service_id
   AND /*{visibility}*/ v.deleted = 'False' /*{}*/
 WHERE n.id = :id
   AND /*{visibility}*/ n.deleted = 'False' /*{}*/;

-- name: share_network_add_security_service__why(id, security_service_id)^
-- Whether a network, a service and a live association of the two are there: tells why adding or removing matched
-- nothing.
-- Index: primary keys; uniq_share_network_services0network_id0service_id0deleted. Locks: none.
SELECT (SELECT COUNT(*)
          FROM share_networks AS n
         WHERE n.id = :id
           AND /*{visibility}*/ n.deleted = 'False' /*{}*/) AS networks,
       (SELECT COUNT(*)
          FROM security_services AS v
         WHERE v.id = :security_service_id
           AND /*{visibility}*/ v.deleted = 'False' /*{}*/) AS services,
       (SELECT COUNT(*)
          FROM share_network_security_service_association AS a
         WHERE a.share_network_id = :id
           AND a.security_service_id = :security_service_id
           AND a.deleted = 0) AS associations;

-- name: share_network_remove_security_service(id, security_service_id, now)!
-- Soft delete of the live association of a visible network with a visible service.
-- Index: uniq_share_network_services0network_id0service_id0deleted, primary keys of both. Locks: the row.
UPDATE share_network_security_service_association
   SET deleted = id,
       deleted_at = :now,
       updated_at = :now
 WHERE share_network_id = :id
   AND security_service_id = :security_service_id
   AND deleted = 0
   AND EXISTS (SELECT 1
                 FROM share_networks AS n
                WHERE n.id = :id
                  AND /*{visibility}*/ n.deleted = 'False' /*{}*/)
   AND EXISTS (SELECT 1
                 FROM security_services AS v
                WHERE v.id = :security_service_id
                  AND /*{visibility}*/ v.deleted = 'False' /*{}*/);
