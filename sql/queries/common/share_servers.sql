-- Share servers: what exports the shares of a share network, with the addresses they were given (network allocations)
-- and what their backend keeps about them. All live rows have deleted = 'False'.
-- The upsert of backend details is each dialect's own.

-- name: share_server_create(id, host)<!
-- A new share server.
-- Index: primary key. Locks: the new row.
INSERT INTO share_servers (/*{columns}*/ id, host /*{}*/)
VALUES /*{rows}*/ (:id, :host) /*{}*/;

-- name: share_server_get(id)^
-- One share server with its live shares and allocations, its network (deleted or not, but none for a deleted server)
-- and the visible details of its backend.
-- Index: primary keys; shares_share_server_id_deleted_idx, network_allocations_share_server_id_deleted_idx,
-- uniq_share_server_backend_details0share_server_id0key0deleted. Locks: none.
SELECT e.*,
       /*{part share_server_relations}*/ (SELECT /*{json s as shares}*/ COUNT(*) /*{}*/
          FROM shares AS s
         WHERE s.share_server_id = e.id
           AND s.deleted = 'False') AS shares,
       (SELECT /*{json a as network_allocations}*/ COUNT(*) /*{}*/
          FROM network_allocations AS a
         WHERE a.share_server_id = e.id
           AND a.deleted = 'False') AS network_allocations,
       (SELECT /*{one n as share_network}*/ COUNT(*) /*{}*/
          FROM share_networks AS n
         WHERE n.id = e.share_network_id
           AND e.deleted = 'False') AS share_network,
       (SELECT /*{json d as backend_details}*/ COUNT(*) /*{}*/
          FROM share_server_backend_details AS d
         WHERE d.share_server_id = e.id
           AND /*{visibility}*/ d.deleted = 'False' /*{}*/) AS backend_details /*{}*/
  FROM share_servers AS e
 WHERE e.id = :id
   AND /*{visibility}*/ e.deleted = 'False' /*{}*/;

-- name: share_server_get__id(id)$
-- The id of a visible share server: tells why a statement below matched nothing.
-- Index: primary key. Locks: none.
SELECT e.id
  FROM share_servers AS e
 WHERE e.id = :id
   AND /*{visibility}*/ e.deleted = 'False' /*{}*/;

-- name: share_server_get_all()
-- All share servers as share_server_get gives them, the oldest first.
-- Index: none, all are asked for; the relations by those of share_server_get. Locks: none.
SELECT e.*,
       /*{same share_server_relations}*/ NULL AS shares, NULL AS network_allocations, NULL AS share_network,
       NULL AS backend_details /*{}*/
  FROM share_servers AS e
 WHERE /*{visibility}*/ e.deleted = 'False' /*{}*/
 ORDER BY e.created_at, e.id;

-- name: share_server_get_by_host(host)
-- The share servers of a host as share_server_get gives them, the oldest first.
-- Index: share_servers_host_deleted_idx; the relations by those of share_server_get. Locks: none.
SELECT e.*,
       /*{same share_server_relations}*/ NULL AS shares, NULL AS network_allocations, NULL AS share_network,
       NULL AS backend_details /*{}*/
  FROM share_servers AS e
 WHERE e.host = :host
   AND /*{visibility}*/ e.deleted = 'False' /*{}*/
 ORDER BY e.created_at, e.id;

-- name: share_server_get_by_host_and_share_net(host, share_net_id)
-- The share servers of a host on a share network as share_server_get gives them, the oldest first.
-- Index: share_servers_share_network_id_deleted_idx or share_servers_host_deleted_idx; the relations by those of
-- share_server_get. Locks: none.
SELECT e.*,
       /*{same share_server_relations}*/ NULL AS shares, NULL AS network_allocations, NULL AS share_network,
       NULL AS backend_details /*{}*/
  FROM share_servers AS e
 WHERE e.share_network_id = :share_net_id
   AND e.host = :host
   AND /*{visibility}*/ e.deleted = 'False' /*{}*/
 ORDER BY e.created_at, e.id;

-- name: share_server_get_by_host_and_share_net_valid(host, share_net_id)^
-- The oldest share server of a host on a share network that is in use or about to be, as share_server_get gives it.
-- Index: share_servers_share_network_id_deleted_idx or share_servers_host_deleted_idx; the relations by those of
-- share_server_get. Locks: none.
SELECT e.*,
       /*{same share_server_relations}*/ NULL AS shares, NULL AS network_allocations, NULL AS share_network,
       NULL AS backend_details /*{}*/
  FROM share_servers AS e
 WHERE e.share_network_id = :share_net_id
   AND e.host = :host
   AND e.status IN ('CREATING', 'ACTIVE')
   AND /*{visibility}*/ e.deleted = 'False' /*{}*/
 ORDER BY CASE WHEN e.created_at IS NULL THEN 0 ELSE 1 END, e.created_at, e.id
 LIMIT 1;

-- name: share_server_update(id, status)!
-- Changes of one share server.
-- Index: primary key. Locks: the row.
UPDATE share_servers
   SET /*{set}*/ status = :status /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: share_server_delete(id, now)!
-- Soft delete of one live share server; its allocations and shares stay.
-- Index: primary key. Locks: the row, which also keeps writers of its backend details out.
UPDATE share_servers
   SET deleted = id,
       deleted_at = :now,
       updated_at = :now
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/
   AND deleted = 'False';

-- name: share_server_delete__backend_details(share_server_id, now)!
-- Soft delete of the live backend details of a share server.
-- Index: uniq_share_server_backend_details0share_server_id0key0deleted. Locks: the rows.
UPDATE share_server_backend_details
   SET deleted = id,
       deleted_at = :now,
       updated_at = :now
 WHERE share_server_id = :share_server_id
   AND /*{visibility}*/ deleted = 'False' /*{}*/
   AND deleted = 'False';

-- name: share_server_backend_details_set__lock(share_server_id, now)!
-- Lets no other writer of a live share server's details in, nor its deletion, until the transaction ends.
-- It changes the row, and __unlock changes it back: a Galera node sends changed rows alone to the others, so that
-- neither SELECT ... FOR UPDATE nor an UPDATE to the same value would stop a writer there.
-- Index: primary key. Locks: the row.
UPDATE share_servers
   SET deleted_at = :now
 WHERE id = :share_server_id
   AND /*{visibility}*/ deleted = 'False' /*{}*/
   AND deleted = 'False';

-- name: share_server_backend_details_set__unlock(share_server_id)!
-- Makes the locked server as it was; the lock itself lasts until the transaction ends.
-- Index: primary key. Locks: the row, locked already.
UPDATE share_servers
   SET deleted_at = NULL
 WHERE id = :share_server_id
   AND deleted = 'False';

-- name: share_server_backend_details_get(share_server_id)
-- The visible backend details of a share server, the oldest first.
-- Index: uniq_share_server_backend_details0share_server_id0key0deleted. Locks: none.
SELECT d.key, d.value
  FROM share_server_backend_details AS d
 WHERE d.share_server_id = :share_server_id
   AND /*{visibility}*/ d.deleted = 'False' /*{}*/
 ORDER BY d.id;

-- name: network_allocation_create(id, share_server_id)<!
-- A new network allocation.
-- Index: primary key. Locks: the new row.
INSERT INTO network_allocations (/*{columns}*/ id, share_server_id /*{}*/)
VALUES /*{rows}*/ (:id, :share_server_id) /*{}*/;

-- name: network_allocation_update(id, status)!
-- Changes of one network allocation.
-- Index: primary key. Locks: the row.
UPDATE network_allocations
   SET /*{set}*/ status = :status /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: network_allocation_update__row(id)^
-- One visible network allocation.
-- Index: primary key. Locks: none.
SELECT a.*
  FROM network_allocations AS a
 WHERE a.id = :id
   AND /*{visibility}*/ a.deleted = 'False' /*{}*/;

-- name: network_allocation_delete(id, now)!
-- Soft delete of one live network allocation.
-- Index: primary key. Locks: the row.
UPDATE network_allocations
   SET deleted = id,
       deleted_at = :now,
       updated_at = :now
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/
   AND deleted = 'False';

-- name: network_allocations_get_for_share_server(share_server_id)
-- The network allocations of a share server, the oldest first.
-- Index: network_allocations_share_server_id_deleted_idx. Locks: none.
SELECT a.*
  FROM network_allocations AS a
 WHERE a.share_server_id = :share_server_id
   AND /*{visibility}*/ a.deleted = 'False' /*{}*/
 ORDER BY a.created_at, a.id;
