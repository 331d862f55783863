-- Migrations: instances that move to another host or another flavor.

-- name: migration_create(instance_uuid, status)<!
-- A new migration.
-- Index: primary key. Locks: the new row.
INSERT INTO migrations (/*{columns}*/ instance_uuid, status /*{}*/)
VALUES /*{rows}*/ (:instance_uuid, :status) /*{}*/;

-- name: migration_update__find(id)^
-- One migration, deleted or not, that is about to be edited.
-- Index: primary key. Locks: none; on a server, the row.
SELECT m.*
  FROM migrations AS m
 WHERE m.id = :id;

-- name: migration_update(id, status)!
-- The values of one migration that differ.
-- Index: primary key. Locks: the row.
UPDATE migrations
   SET /*{set}*/ status = :status /*{}*/
 WHERE id = :id;

-- name: migration_get(migration_id)^
-- One migration, deleted or not.
-- Index: primary key. Locks: none.
SELECT m.*
  FROM migrations AS m
 WHERE m.id = :migration_id;

-- name: migration_get_by_instance_and_status(instance_uuid, status)^
-- The oldest migration of an instance that has a status, deleted or not.
-- Index: migrations_instance_uuid_status_idx. Locks: none.
SELECT m.*
  FROM migrations AS m
 WHERE /*{filters}*/ m.instance_uuid = :instance_uuid AND m.status = :status /*{}*/
 ORDER BY m.id
 LIMIT 1;

-- name: migration_get_unconfirmed_by_dest_compute(dest_compute, last_update)
-- Migrations into a host that finished long ago, deleted or not. One that was never updated has no such moment.
-- Index: migrations_dest_compute_status_idx. Locks: none.
SELECT m.*
  FROM migrations AS m
 WHERE /*{filters}*/ m.dest_compute = :dest_compute /*{}*/
   AND m.status = 'finished'
   AND m.updated_at <= :last_update
 ORDER BY m.id;

-- name: migration_get_in_progress_by_host_and_node(host, node)
-- Migrations from or to a node of a host that have not come to an end; an error is one, unless told otherwise. A NULL
-- status is neither.
-- Index: migrations_source_compute_status_idx, migrations_dest_compute_status_idx. Locks: none.
SELECT m.*
  FROM migrations AS m
 WHERE ((m.source_compute = :host AND m.source_node = :node)
        OR (m.dest_compute = :host AND m.dest_node = :node))
   AND m.status NOT IN ('confirmed', 'reverted')
   AND /*{when errors_end}*/ m.status <> 'error' /*{}*/
   AND /*{visibility}*/ m.deleted = 0 /*{}*/
 ORDER BY m.id;

-- name: migration_get_in_progress_by_host_and_node__instances(uuid)
-- The live instances of some migrations.
-- Index: uniq_instances0uuid. Locks: none.
SELECT i.*
  FROM instances AS i
 WHERE i.uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND i.deleted = 0;

-- name: migration_get_in_progress_by_host_and_node__system_metadata(uuid)
-- The live system metadata of some instances.
-- Index: instance_system_metadata_instance_uuid_idx. Locks: none.
SELECT sm.*
  FROM instance_system_metadata AS sm
 WHERE sm.instance_uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND sm.deleted = 0
 ORDER BY sm.id;

-- name: migration_get_all_by_filters(status)
-- Migrations that pass the filters.
-- Index: migrations_status_idx; for a host migrations_source_compute_status_idx and
-- migrations_dest_compute_status_idx. Locks: none.
SELECT m.*
  FROM migrations AS m
 WHERE /*{filters}*/ m.status = :status /*{}*/
   AND /*{visibility}*/ m.deleted = 0 /*{}*/
 ORDER BY m.id;
