-- Certificates of users and projects. The files themselves are elsewhere.

-- name: certificate_create(user_id, project_id)<!
-- A new certificate.
-- Index: none, nothing is unique but the id. Locks: the new row.
INSERT INTO certificates (/*{columns}*/ user_id, project_id /*{}*/)
VALUES /*{rows}*/ (:user_id, :project_id) /*{}*/;

-- name: certificate_get_all_by_project(project_id)
-- The live certificates of a project.
-- Index: certificates_project_id_deleted_idx. Locks: none.
SELECT c.*
  FROM certificates AS c
 WHERE c.project_id = :project_id
   AND c.deleted = 0
 ORDER BY c.id;

-- name: certificate_get_all_by_user(user_id)
-- The live certificates of a user.
-- Index: certificates_user_id_deleted_idx. Locks: none.
SELECT c.*
  FROM certificates AS c
 WHERE c.user_id = :user_id
   AND c.deleted = 0
 ORDER BY c.id;

-- name: certificate_get_all_by_user_and_project(user_id, project_id)
-- The live certificates of a user within a project.
-- Index: certificates_user_id_deleted_idx or certificates_project_id_deleted_idx, whichever leads to fewer rows.
-- Locks: none.
SELECT c.*
  FROM certificates AS c
 WHERE c.user_id = :user_id
   AND c.project_id = :project_id
   AND c.deleted = 0
 ORDER BY c.id;
