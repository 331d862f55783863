-- Snapshots of shares. Live ones have deleted = 'False'.

-- name: share_snapshot_create(id, share_id)<!
-- A new snapshot.
-- Index: the primary key refuses a second one of the id. Locks: the new row.
INSERT INTO share_snapshots (/*{columns}*/ id, share_id /*{}*/)
VALUES /*{rows}*/ (:id, :share_id) /*{}*/;

-- name: share_snapshot_get(id, project_id)^
-- One snapshot, of the caller's project where it is a user. A live one has its share, which may be deleted.
-- Index: the primary keys of both tables. Locks: none.
SELECT s.*,
       /*{part snapshot_relations}*/ (SELECT /*{one h as share}*/ COUNT(*) /*{}*/
          FROM shares AS h
         WHERE h.id = s.share_id
           AND s.deleted = 'False') AS share /*{}*/
  FROM share_snapshots AS s
 WHERE s.id = :id
   AND /*{visibility}*/ s.deleted = 'False' /*{}*/
   AND /*{scope}*/ s.project_id = :project_id /*{}*/;

-- name: share_snapshot_get_all()
-- All snapshots, each as share_snapshot_get.
-- Index: none, the table is read whole and sorted; the primary key of shares. Locks: none.
SELECT s.*,
       /*{same snapshot_relations}*/ NULL AS share /*{}*/
  FROM share_snapshots AS s
 WHERE /*{visibility}*/ s.deleted = 'False' /*{}*/
 ORDER BY s.created_at, s.id;

-- name: share_snapshot_get_all_by_project(project_id)
-- The snapshots of a project, each as share_snapshot_get.
-- Index: share_snapshots_project_id_deleted_user_id_idx, the primary key of shares. Locks: none.
SELECT s.*,
       /*{same snapshot_relations}*/ NULL AS share /*{}*/
  FROM share_snapshots AS s
 WHERE s.project_id = :project_id
   AND /*{visibility}*/ s.deleted = 'False' /*{}*/
 ORDER BY s.created_at, s.id;

-- name: share_snapshot_get_all_for_share(share_id, project_id)
-- The live snapshots of a share, those of the caller's project where it is a user, each as share_snapshot_get.
-- Index: share_snapshots_share_id_deleted_project_id_idx, the primary key of shares. Locks: none.
SELECT s.*,
       /*{same snapshot_relations}*/ NULL AS share /*{}*/
  FROM share_snapshots AS s
 WHERE s.share_id = :share_id
   AND s.deleted = 'False'
   AND /*{scope}*/ s.project_id = :project_id /*{}*/
 ORDER BY s.created_at, s.id;

-- name: share_snapshot_update(id, project_id, status)!
-- New values for columns of one snapshot, of the caller's project where it is a user.
-- Index: the primary key. Locks: the row.
UPDATE share_snapshots
   SET /*{set}*/ status = :status /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/
   AND /*{scope}*/ project_id = :project_id /*{}*/;

-- name: share_snapshot_destroy(snapshot_id, now)!
-- Soft delete of one live snapshot, of whatever project.
-- Index: the primary key. Locks: the row.
UPDATE share_snapshots
   SET status = 'deleted',
       deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :snapshot_id
   AND deleted = 'False';

-- name: share_snapshot_data_get_for_project(project_id)^
-- How many live snapshots a project has, and the gigabytes of the shares that they are of.
-- Index: share_snapshots_project_id_deleted_user_id_idx. Locks: none.
SELECT COUNT(*) AS snapshots,
       COALESCE(SUM(s.share_size), 0) AS gigabytes
  FROM share_snapshots AS s
 WHERE s.project_id = :project_id
   AND s.deleted = 'False';

-- name: snapshot_data_get_for_project(project_id, user_id)^
-- How many live snapshots a project has, or one user of it, and their own gigabytes.
-- Index: share_snapshots_project_id_deleted_user_id_idx. Locks: none.
SELECT COUNT(*) AS snapshots,
       COALESCE(SUM(s.size), 0) AS gigabytes
  FROM share_snapshots AS s
 WHERE s.project_id = :project_id
   AND /*{when of_user}*/ s.user_id = :user_id /*{}*/
   AND s.deleted = 'False';
