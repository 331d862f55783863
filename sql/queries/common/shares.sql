-- Shares: shared file systems, their metadata, and who may mount them. Live shares have deleted = 'False', live
-- metadata have deleted = 0. The upsert of metadata is each dialect's own.

-- name: share_create(id, project_id)<!
-- A new share.
-- Index: the primary key refuses a second one of the id. Locks: the new row.
INSERT INTO shares (/*{columns}*/ id, project_id /*{}*/)
VALUES /*{rows}*/ (:id, :project_id) /*{}*/;

-- name: share_create__metadata(share_id, value, key)!
-- The metadata of a new share, all in one statement.
-- Index: uniq_share_metadata0share_id0key0deleted. Locks: the new rows.
INSERT INTO share_metadata (/*{columns}*/ share_id, value, key /*{}*/)
VALUES /*{rows}*/ (:share_id, :value, :key) /*{}*/;

-- name: share_get(id)^
-- One share, with its live metadata and its type as far as that is live.
-- Index: the primary key; uniq_share_metadata0share_id0key0deleted, the primary key of volume_types. Locks: none.
SELECT s.*,
       /*{part share_relations}*/ (SELECT /*{json m as share_metadata}*/ COUNT(*) /*{}*/
          FROM share_metadata AS m
         WHERE m.share_id = s.id
           AND m.deleted = 0) AS share_metadata,
       (SELECT /*{one t as volume_type}*/ COUNT(*) /*{}*/
          FROM volume_types AS t
         WHERE t.id = s.volume_type_id
           AND t.deleted = '0') AS volume_type /*{}*/
  FROM shares AS s
 WHERE s.id = :id
   AND /*{visibility}*/ s.deleted = 'False' /*{}*/;

-- name: share_get_all()
-- All shares, each as share_get.
-- Index: none, the table is read whole and sorted; those of share_get for the relations. Locks: none.
SELECT s.*,
       /*{same share_relations}*/ NULL AS share_metadata /*{}*/
  FROM shares AS s
 WHERE /*{visibility}*/ s.deleted = 'False' /*{}*/
 ORDER BY s.created_at, s.id;

-- name: share_get_all_by_host(host)
-- The shares of a host, each as share_get.
-- Index: shares_host_deleted_idx, and those of share_get. Locks: none.
SELECT s.*,
       /*{same share_relations}*/ NULL AS share_metadata /*{}*/
  FROM shares AS s
 WHERE s.host = :host
   AND /*{visibility}*/ s.deleted = 'False' /*{}*/
 ORDER BY s.created_at, s.id;

-- name: share_get_all_by_project(project_id)
-- The shares of a project, each as share_get.
-- Index: shares_project_id_deleted_user_id_idx, and those of share_get. Locks: none.
SELECT s.*,
       /*{same share_relations}*/ NULL AS share_metadata /*{}*/
  FROM shares AS s
 WHERE s.project_id = :project_id
   AND /*{visibility}*/ s.deleted = 'False' /*{}*/
 ORDER BY s.created_at, s.id;

-- name: share_get_all_by_share_server(share_server_id)
-- The shares on a share server, each as share_get.
-- Index: shares_share_server_id_deleted_idx, and those of share_get. Locks: none.
SELECT s.*,
       /*{same share_relations}*/ NULL AS share_metadata /*{}*/
  FROM shares AS s
 WHERE s.share_server_id = :share_server_id
   AND /*{visibility}*/ s.deleted = 'False' /*{}*/
 ORDER BY s.created_at, s.id;

-- name: share_update(id, status)!
-- New values for columns of one share.
-- Index: the primary key. Locks: the row.
UPDATE shares
   SET /*{set}*/ status = :status /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: share_delete(id, now)!
-- Soft delete of one live share, if it may be seen.
-- Index: the primary key. Locks: the row.
UPDATE shares
   SET status = 'deleted',
       deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :id
   AND deleted = 'False'
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: share_delete__metadata(share_id, now)!
-- Soft delete of the live metadata of a share.
-- Index: uniq_share_metadata0share_id0key0deleted. Locks: the rows; the share is locked before.
UPDATE share_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE share_id = :share_id
   AND deleted = 0;

-- name: share_data_get_for_project(project_id, user_id)^
-- How many live shares a project has, or one user of it, and their gigabytes.
-- Index: shares_project_id_deleted_user_id_idx. Locks: none.
SELECT COUNT(*) AS shares,
       COALESCE(SUM(s.size), 0) AS gigabytes
  FROM shares AS s
 WHERE s.project_id = :project_id
   AND /*{when of_user}*/ s.user_id = :user_id /*{}*/
   AND s.deleted = 'False';

-- name: share_access_create(id, share_id)<!
-- A new access rule.
-- Index: the primary key refuses a second one of the id. Locks: the new row.
INSERT INTO share_access_map (/*{columns}*/ id, share_id /*{}*/)
VALUES /*{rows}*/ (:id, :share_id) /*{}*/;

-- name: share_access_get(id)^
-- One access rule.
-- Index: the primary key. Locks: none.
SELECT a.*
  FROM share_access_map AS a
 WHERE a.id = :id
   AND /*{visibility}*/ a.deleted = 'False' /*{}*/;

-- name: share_access_get_all_for_share(share_id)
-- The access rules of a share.
-- Index: share_access_map_share_id_idx. Locks: none.
SELECT a.*
  FROM share_access_map AS a
 WHERE a.share_id = :share_id
   AND /*{visibility}*/ a.deleted = 'False' /*{}*/
 ORDER BY a.created_at, a.id;

-- name: share_access_get_all_by_type_and_access(share_id, access_type, access)
-- The access rules of a share that let a certain somebody in.
-- Index: share_access_map_share_id_idx. Locks: none.
SELECT a.*
  FROM share_access_map AS a
 WHERE a.share_id = :share_id
   AND a.access_type = :access_type
   AND a.access_to = :access
   AND /*{visibility}*/ a.deleted = 'False' /*{}*/
 ORDER BY a.created_at, a.id;

-- name: share_access_update(id, state)!
-- New values for columns of one access rule.
-- Index: the primary key. Locks: the row.
UPDATE share_access_map
   SET /*{set}*/ state = :state /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: share_access_delete(id, now)!
-- Soft delete of one live access rule, if it may be seen.
-- Index: the primary key. Locks: the row.
UPDATE share_access_map
   SET state = 'deleted',
       deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :id
   AND deleted = 'False'
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: share_metadata_get(share_id)
-- The live metadata of a share that may be seen; one row of NULLs for a share without any.
-- Index: the primary key, uniq_share_metadata0share_id0key0deleted. Locks: none.
SELECT m.key,
       m.value
  FROM shares AS s
  LEFT JOIN share_metadata AS m
    ON m.share_id = s.id
   AND m.deleted = 0
 WHERE s.id = :share_id
   AND /*{visibility}*/ s.deleted = 'False' /*{}*/
 ORDER BY m.key;

-- name: share_metadata_update__lock(share_id, now)!
-- Lets no other update of the metadata of a share in, and nobody delete the share, until the transaction ends; matches
-- nothing when the share may not be seen. It changes a live share, which has no deleted_at, and __unlock changes it
-- back: a Galera node sends changed rows alone to the others, so that neither SELECT ... FOR UPDATE nor an UPDATE to
-- the same value would stop a writer there. A deleted share stays as it is.
-- Index: the primary key. Locks: the share.
UPDATE shares
   SET deleted_at = CASE WHEN deleted = 'False' THEN :now ELSE deleted_at END
 WHERE id = :share_id
   AND /*{visibility}*/ deleted = 'False' /*{}*/;

-- name: share_metadata_update__unlock(share_id)!
-- Makes the locked share as it was; the lock itself lasts until the transaction ends.
-- Index: the primary key. Locks: the share, locked already.
UPDATE shares
   SET deleted_at = NULL
 WHERE id = :share_id
   AND deleted = 'False';

-- name: share_metadata_update__remove(share_id, key, now)!
-- Soft delete of the live metadata of a locked share, but for the keys that stay; an edit, so updated_at moves.
-- Index: uniq_share_metadata0share_id0key0deleted. Locks: the rows.
UPDATE share_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = :now
 WHERE share_id = :share_id
   AND deleted = 0
   AND /*{when some_stay}*/ share_metadata.key NOT IN (/*{list keys}*/ :key /*{}*/) /*{}*/;

-- name: share_metadata_delete(share_id, key, now)!
-- Soft delete of one live key of a share that may be seen.
-- Index: uniq_share_metadata0share_id0key0deleted, the primary key of shares. Locks: the row; on MySQL also the share,
-- against change.
UPDATE share_metadata
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE share_id = :share_id
   AND share_metadata.key = :key
   AND deleted = 0
   AND EXISTS (SELECT 1
                 FROM shares AS s
                WHERE s.id = :share_id
                  AND /*{visibility}*/ s.deleted = 'False' /*{}*/);
