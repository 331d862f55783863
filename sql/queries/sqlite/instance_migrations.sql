-- Migrations on SQLite: what the planner needs a hint for.

-- name: migration_get_in_progress_by_host_and_node__instances(uuid)
-- The live instances of some migrations. Here + keeps the planner from the index led by `deleted`, which it takes for
-- nearly unique.
-- Index: uniq_instances0uuid. Locks: none.
SELECT i.*
  FROM instances AS i
 WHERE i.uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND +i.deleted = 0;
