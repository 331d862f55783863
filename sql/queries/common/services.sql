-- Services: the daemons of the control plane, one row for each binary on each host.

-- name: service_create(host, topic, report_count)<!
-- A new service.
-- Index: uniq_services0host0topic0deleted and uniq_services0host0binary0deleted refuse a live twin. Locks: the new row.
INSERT INTO services (/*{columns}*/ host, topic, report_count /*{}*/)
VALUES /*{rows}*/ (:host, :topic, :report_count) /*{}*/;

-- name: service_destroy(service_id, now)!
-- Soft delete of one service.
-- Index: primary key. Locks: the row.
UPDATE services
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :service_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: service_destroy__compute_nodes(service_id, now)!
-- Soft delete of the compute nodes of a service.
-- Index: compute_nodes_service_id_deleted_idx. Locks: these rows.
UPDATE compute_nodes
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE service_id = :service_id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: service_get(service_id)^
-- One service by its id, with its live compute nodes where they are asked for.
-- Index: primary key, compute_nodes_service_id_deleted_idx. Locks: none.
SELECT s.*,
       /*{when with_nodes}*/ (SELECT /*{json c as compute_node}*/ COUNT(*) /*{}*/
          FROM compute_nodes AS c
         WHERE c.service_id = s.id
           AND c.deleted = 0) /*{}*/ AS compute_node
  FROM services AS s
 WHERE s.id = :service_id
   AND /*{visibility}*/ s.deleted = 0 /*{}*/;

-- name: service_get_all(disabled)
-- Services by id; all of them, or those that are (not) disabled. NULL is neither.
-- Index: none; the table has a row for each daemon. Locks: none.
SELECT s.*
  FROM services AS s
 WHERE /*{visibility}*/ s.deleted = 0 /*{}*/
   AND /*{when by_disabled}*/ s.disabled = :disabled /*{}*/
 ORDER BY s.id;

-- name: service_get_all_by_topic(topic)
-- The live, enabled services of a topic.
-- Index: services_topic_deleted_idx. Locks: none.
SELECT s.*
  FROM services AS s
 WHERE s.topic = :topic
   AND s.deleted = 0
   AND s.disabled = FALSE
 ORDER BY s.id;

-- name: service_get_all_by_host(host)
-- The live services of a host, disabled ones included.
-- Index: uniq_services0host0topic0deleted or uniq_services0host0binary0deleted. Locks: none.
SELECT s.*
  FROM services AS s
 WHERE s.host = :host
   AND s.deleted = 0
 ORDER BY s.id;

-- name: service_get_by_host_and_topic(host, topic)^
-- The live, enabled service of a host and topic; the oldest where one of them is NULL, which no unique key counts.
-- Index: uniq_services0host0topic0deleted. Locks: none.
SELECT s.*
  FROM services AS s
 WHERE s.host = :host
   AND s.topic = :topic
   AND s.deleted = 0
   AND s.disabled = FALSE
 ORDER BY s.id
 LIMIT 1;

-- name: service_get_by_compute_host(host, topic)^
-- The live compute service of a host, disabled or not, with its live compute nodes; the oldest where the host or the
-- topic is NULL, which no unique key counts.
-- Index: uniq_services0host0topic0deleted, compute_nodes_service_id_deleted_idx. Locks: none.
SELECT s.*,
       (SELECT /*{json c as compute_node}*/ COUNT(*) /*{}*/
          FROM compute_nodes AS c
         WHERE c.service_id = s.id
           AND c.deleted = 0) AS compute_node
  FROM services AS s
 WHERE s.host = :host
   AND s.topic = :topic
   AND s.deleted = 0
 ORDER BY s.id
 LIMIT 1;

-- name: service_get_by_args(host, binary)^
-- The service that a binary runs on a host; the oldest where deleted ones are asked for.
-- Index: uniq_services0host0binary0deleted or uniq_services0host0topic0deleted: a host has a few. Locks: none.
SELECT s.*
  FROM services AS s
 WHERE s.host = :host
   AND s.binary = :binary
   AND /*{visibility}*/ s.deleted = 0 /*{}*/
 ORDER BY s.id
 LIMIT 1;

-- name: service_update(id, report_count)!
-- New values for columns of one service.
-- Index: primary key; uniq_services0host0topic0deleted and uniq_services0host0binary0deleted refuse a live twin.
-- Locks: the row.
UPDATE services
   SET /*{set}*/ report_count = :report_count /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: service_get_all_share_sorted(topic)
-- The live, enabled share services, the host with the fewest gigabytes of live shares first.
-- Index: services_topic_deleted_idx, shares_host_deleted_idx. Locks: none.
SELECT s.*,
       (SELECT COALESCE(SUM(h.size), 0)
          FROM shares AS h
         WHERE h.host = s.host
           AND h.deleted = 'False') AS share_gigabytes
  FROM services AS s
 WHERE s.topic = :topic
   AND s.deleted = 0
   AND s.disabled = FALSE
 ORDER BY share_gigabytes, s.id;
