-- Compute nodes on MySQL and MariaDB.

-- name: compute_node_update__add_statistics(compute_node_id, value, key)!
-- New statistics of a compute node that is written already, all in one statement.
-- The word key is reserved here alone.
-- Index: none, nothing is unique but the id. Locks: the new rows.
INSERT INTO compute_node_stats (/*{columns}*/ compute_node_id, value, `key` /*{}*/)
VALUES /*{rows}*/ (:compute_node_id, :value, :key) /*{}*/;
