-- Quotas: the anchor of every transaction that changes usages or reservations.

-- name: quota_reserve__lock(project_id, version)!
-- The project's lock, always the first statement of its transaction: the snapshot of REPEATABLE READ is taken by the
-- first SELECT after it. It writes, since row locks alone do not reach the other nodes of a Galera cluster: there
-- the loser's COMMIT is refused. Several projects go in ascending order. Only MySQL spells the upsert like this.
-- Index: the primary key. Locks: the rows, until the end of the transaction.
INSERT INTO quota_locks (/*{columns}*/ project_id, version /*{}*/)
VALUES /*{rows}*/ (:project_id, :version) /*{}*/
    ON DUPLICATE KEY UPDATE version = version + 1;
