-- Agent builds: the agent for the guests of a hypervisor, operating system and architecture (together: the triple).

-- name: agent_build_create(hypervisor, os)<!
-- A new agent build.
-- Index: uniq_agent_builds0hypervisor0os0architecture0deleted refuses a live twin. Locks: the new row.
INSERT INTO agent_builds (/*{columns}*/ hypervisor, os /*{}*/)
VALUES /*{rows}*/ (:hypervisor, :os) /*{}*/;

-- name: agent_build_get_by_triple(hypervisor, os, architecture)^
-- The live agent build of a triple; the oldest where a part of it is NULL, which no unique key counts.
-- Index: uniq_agent_builds0hypervisor0os0architecture0deleted. Locks: none.
SELECT b.*
  FROM agent_builds AS b
 WHERE b.hypervisor = :hypervisor
   AND b.os = :os
   AND b.architecture = :architecture
   AND b.deleted = 0
 ORDER BY b.id
 LIMIT 1;

-- name: agent_build_get_all(hypervisor)
-- The live agent builds, all of them or those of a hypervisor.
-- Index: uniq_agent_builds0hypervisor0os0architecture0deleted where the hypervisor has few of all; for all, none.
-- Locks: none.
SELECT b.*
  FROM agent_builds AS b
 WHERE /*{when by_hypervisor}*/ b.hypervisor = :hypervisor /*{}*/
   AND b.deleted = 0
 ORDER BY b.id;

-- name: agent_build_destroy(id, now)!
-- Soft delete of one agent build.
-- Index: primary key. Locks: the row.
UPDATE agent_builds
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: agent_build_update(id, version)!
-- New values for columns of one agent build.
-- Index: primary key; uniq_agent_builds0hypervisor0os0architecture0deleted refuses a live twin. Locks: the row.
UPDATE agent_builds
   SET /*{set}*/ version = :version /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;
