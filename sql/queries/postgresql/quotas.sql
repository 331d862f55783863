-- Quotas: the anchor of every transaction that changes usages or reservations.

-- name: quota_reserve__lock(project_id, version)!
-- The project's lock, always the first statement of its transaction and a statement of its own: what is read after
-- it is current. It writes, so that it also holds between the nodes of a cluster. Several projects go in ascending
-- order. MySQL spells the upsert in another way.
-- Index: the primary key. Locks: the rows, until the end of the transaction.
INSERT INTO quota_locks (/*{columns}*/ project_id, version /*{}*/)
VALUES /*{rows}*/ (:project_id, :version) /*{}*/
    ON CONFLICT (project_id) DO UPDATE
   SET version = quota_locks.version + 1;
