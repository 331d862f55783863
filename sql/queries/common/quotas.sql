-- Quotas: limits of projects, users and classes; what is used and reserved; the counts that refresh it.
--
-- Every transaction that changes usages or reservations starts with quota_reserve__lock (in the dialects' own
-- files): it writes the one row of quota_locks that all writers of a project share. Behind that row nothing of
-- the project can change, so the reads that follow take no locks: FOR UPDATE would add nothing but gap locks on
-- MySQL, on which reserves of different projects then deadlock.

-- name: quota_create(project_id, resource, hard_limit)<!
-- A new limit of a project.
-- Index: uniq_quotas0project_id0resource0deleted refuses a second live one. Locks: the new row.
INSERT INTO quotas (/*{columns}*/ project_id, resource, hard_limit /*{}*/)
VALUES /*{rows}*/ (:project_id, :resource, :hard_limit) /*{}*/;

-- name: quota_create__user(project_id, user_id, resource, hard_limit)<!
-- A new limit of a user within a project.
-- Index: uniq_project_user_quotas0user_id0project_id0resource0deleted refuses a second live one. Locks: the new row.
INSERT INTO project_user_quotas (/*{columns}*/ project_id, user_id, resource, hard_limit /*{}*/)
VALUES /*{rows}*/ (:project_id, :user_id, :resource, :hard_limit) /*{}*/;

-- name: quota_get(project_id, resource)^
-- One limit of a project; where deleted ones are asked for, a live one first, then the oldest.
-- Index: uniq_quotas0project_id0resource0deleted. Locks: none.
SELECT q.*
  FROM quotas AS q
 WHERE q.project_id = :project_id
   AND q.resource = :resource
   AND /*{visibility}*/ q.deleted = 0 /*{}*/
 ORDER BY CASE WHEN q.deleted = 0 THEN 0 ELSE 1 END, q.id
 LIMIT 1;

-- name: quota_get__user(project_id, user_id, resource)^
-- One limit of a user within a project; where deleted ones are asked for, a live one first, then the oldest.
-- Index: uniq_project_user_quotas0user_id0project_id0resource0deleted. Locks: none.
SELECT q.*
  FROM project_user_quotas AS q
 WHERE q.user_id = :user_id
   AND q.project_id = :project_id
   AND q.resource = :resource
   AND /*{visibility}*/ q.deleted = 0 /*{}*/
 ORDER BY CASE WHEN q.deleted = 0 THEN 0 ELSE 1 END, q.id
 LIMIT 1;

-- name: quota_get_all(project_id)
-- The limits of all users within a project.
-- Index: project_user_quotas_project_id_deleted_idx. Locks: none.
SELECT q.*
  FROM project_user_quotas AS q
 WHERE q.project_id = :project_id
   AND /*{visibility}*/ q.deleted = 0 /*{}*/
 ORDER BY q.id;

-- name: quota_get_all_by_project(project_id)
-- The live limits of a project.
-- Index: uniq_quotas0project_id0resource0deleted. Locks: none.
SELECT q.resource,
       q.hard_limit
  FROM quotas AS q
 WHERE q.project_id = :project_id
   AND q.deleted = 0
 ORDER BY q.id;

-- name: quota_get_all_by_project_and_user(project_id, user_id)
-- The limits of one user within a project.
-- Index: uniq_project_user_quotas0user_id0project_id0resource0deleted; SQLite takes
-- project_user_quotas_project_id_deleted_idx for as good. Locks: none.
SELECT q.resource,
       q.hard_limit
  FROM project_user_quotas AS q
 WHERE q.user_id = :user_id
   AND q.project_id = :project_id
   AND /*{visibility}*/ q.deleted = 0 /*{}*/
 ORDER BY q.id;

-- name: quota_update(project_id, resource, hard_limit, now)!
-- Another limit for a project.
-- Index: uniq_quotas0project_id0resource0deleted. Locks: the row.
UPDATE quotas
   SET hard_limit = :hard_limit,
       updated_at = :now
 WHERE project_id = :project_id
   AND resource = :resource
   AND deleted = 0;

-- name: quota_update__user(project_id, user_id, resource, hard_limit, now)!
-- Another limit for a user within a project.
-- Index: uniq_project_user_quotas0user_id0project_id0resource0deleted. Locks: the row.
UPDATE project_user_quotas
   SET hard_limit = :hard_limit,
       updated_at = :now
 WHERE user_id = :user_id
   AND project_id = :project_id
   AND resource = :resource
   AND deleted = 0;

-- name: quota_destroy_all_by_project__quotas(project_id, now)!
-- Soft delete of the limits of a project.
-- Index: uniq_quotas0project_id0resource0deleted. Locks: the rows.
UPDATE quotas
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE project_id = :project_id
   AND deleted = 0;

-- name: quota_destroy_all_by_project__user_quotas(project_id, user_id, now)!
-- Soft delete of the limits of users within a project, of all of them or of one.
-- Index: project_user_quotas_project_id_deleted_idx, for one user
-- uniq_project_user_quotas0user_id0project_id0resource0deleted. Locks: the rows.
UPDATE project_user_quotas
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE project_id = :project_id
   AND /*{when of_user}*/ user_id = :user_id /*{}*/
   AND deleted = 0;

-- name: quota_destroy_all_by_project__usages(project_id, user_key, user_id, now)!
-- Soft delete of the usages of a project, of all of them or of one user's: by the key for the index, and by the
-- user, since the key of a user '' is that of the project as a whole.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: the rows; the project is locked before.
UPDATE quota_usages
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE project_id = :project_id
   AND /*{when of_user}*/ COALESCE(user_id, '') = :user_key /*{}*/
   AND /*{when of_user}*/ user_id = :user_id /*{}*/
   AND deleted = 0;

-- name: quota_destroy_all_by_project__reservations(project_id, user_id, now)!
-- Soft delete of the reservations of a project, of all of them or of one user's.
-- Index: reservations_project_id_deleted_expire_idx. Locks: the rows; the project is locked before.
UPDATE reservations
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE project_id = :project_id
   AND /*{when of_user}*/ user_id = :user_id /*{}*/
   AND deleted = 0;

-- name: quota_reserve__usages(project_id, user_key)
-- What a reserve needs of a project: the rows of the user and those of the project as a whole, each by itself, and
-- the sums over everybody else's, one row a resource, without an id; in no order. `user_key` is '' for no user; `aged`
-- asks for when a row was written, which few services look at.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: none; the project is locked before.
SELECT u.id,
       u.user_id,
       u.resource,
       u.in_use,
       u.reserved,
       u.until_refresh,
       /*{when aged}*/ u.updated_at /*{}*/ AS updated_at
  FROM quota_usages AS u
 WHERE u.project_id = :project_id
   AND u.deleted = 0
   AND COALESCE(u.user_id, '') IN (:user_key, '')
 UNION ALL
SELECT NULL,
       NULL,
       o.resource,
       SUM(o.in_use),
       SUM(o.reserved),
       NULL,
       NULL
  FROM quota_usages AS o
 WHERE o.project_id = :project_id
   AND o.deleted = 0
   AND COALESCE(o.user_id, '') NOT IN (:user_key, '')
 GROUP BY o.resource;

-- name: quota_reserve__create_usage(project_id, user_id, resource, in_use, reserved)<!
-- The first usage of a resource by a project, or by a user of it.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted refuses a second one. Locks: the new row; the project
-- is locked before.
INSERT INTO quota_usages (/*{columns}*/ project_id, user_id, resource, in_use, reserved /*{}*/)
VALUES /*{rows}*/ (:project_id, :user_id, :resource, :in_use, :reserved) /*{}*/;

-- name: quota_reserve__write_usages(id, in_use, reserved, seen_in_use, seen_reserved, now)!
-- New figures of some usages, in one statement, each only where it still holds the figures that were read. Fewer
-- matched rows than given means that somebody wrote without the project's lock: the transaction starts over.
-- Index: the primary key. Locks: the rows; the project is locked before.
UPDATE quota_usages
   SET /*{part usage_figures}*/ in_use = CASE id /*{repeat usages}*/ WHEN :id THEN :in_use /*{}*/ ELSE in_use END,
       reserved = CASE id /*{repeat usages}*/ WHEN :id THEN :reserved /*{}*/ ELSE reserved END,
       updated_at = :now /*{}*/
 WHERE deleted = 0
   AND /*{any usages}*/ (id = :id AND in_use = :seen_in_use AND reserved = :seen_reserved) /*{}*/;

-- name: quota_reserve__write_countdowns(id, until_refresh, seen_in_use, seen_reserved)!
-- The same, where reserves are counted down to the next count as well, which most services do not ask for.
-- Index: the primary key. Locks: the rows; the project is locked before.
UPDATE quota_usages
   SET until_refresh = CASE id /*{repeat usages}*/ WHEN :id THEN :until_refresh /*{}*/ ELSE until_refresh END,
       /*{same usage_figures}*/ updated_at = NULL /*{}*/
 WHERE deleted = 0
   AND /*{any usages}*/ (id = :id AND in_use = :seen_in_use AND reserved = :seen_reserved) /*{}*/;

-- name: quota_reserve__create_reservations(uuid, usage_id, project_id, user_id, resource, delta, expire)!
-- The reservations of one request.
-- Index: none is unique but the primary key. Locks: the new rows; the project is locked before.
INSERT INTO reservations (/*{columns}*/ uuid, usage_id, project_id, user_id, resource, delta, expire /*{}*/)
VALUES /*{rows}*/ (:uuid, :usage_id, :project_id, :user_id, :resource, :delta, :expire) /*{}*/;

-- name: quota_reserve__granted(uuid)$
-- Whether a reserve whose COMMIT was never answered took effect, whatever has become of the reservation since.
-- Index: reservations_uuid_idx. Locks: none; the project is locked before, which waits for that COMMIT.
SELECT COUNT(*) AS granted
  FROM reservations AS r
 WHERE r.uuid = :uuid;

-- name: quota_class_create(class_name, resource, hard_limit)<!
-- A new limit of a quota class.
-- Index: none is unique but the primary key. Locks: the new row.
INSERT INTO quota_classes (/*{columns}*/ class_name, resource, hard_limit /*{}*/)
VALUES /*{rows}*/ (:class_name, :resource, :hard_limit) /*{}*/;

-- name: quota_class_get(class_name, resource)^
-- One limit of a class; the oldest of several.
-- Index: quota_classes_class_name_resource_idx. Locks: none.
SELECT c.*
  FROM quota_classes AS c
 WHERE c.class_name = :class_name
   AND c.resource = :resource
   AND c.deleted = 0
 ORDER BY c.id
 LIMIT 1;

-- name: quota_class_get_all_by_name(class_name)
-- The limits of a class, the newest of several last.
-- Index: quota_classes_class_name_resource_idx. Locks: none.
SELECT c.resource,
       c.hard_limit
  FROM quota_classes AS c
 WHERE c.class_name = :class_name
   AND c.deleted = 0
 ORDER BY c.id;

-- name: quota_class_get_default()
-- The limits of the class 'default', the newest of several last.
-- Index: quota_classes_class_name_resource_idx. Locks: none.
SELECT c.resource,
       c.hard_limit
  FROM quota_classes AS c
 WHERE c.class_name = 'default'
   AND c.deleted = 0
 ORDER BY c.id;

-- name: quota_class_update(class_name, resource, hard_limit, now)!
-- Another limit for a class, in all rows of that resource.
-- Index: quota_classes_class_name_resource_idx. Locks: the rows.
UPDATE quota_classes
   SET hard_limit = :hard_limit,
       updated_at = :now
 WHERE class_name = :class_name
   AND resource = :resource
   AND deleted = 0;

-- name: quota_usage_get(project_id, resource, user_key)^
-- One usage of a project: of one user, of the project as a whole (`user_key` is ''), or the oldest of all.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: none.
SELECT u.*
  FROM quota_usages AS u
 WHERE u.project_id = :project_id
   AND u.resource = :resource
   AND u.deleted = 0
   AND /*{when of_user}*/ COALESCE(u.user_id, '') = :user_key /*{}*/
 ORDER BY u.id
 LIMIT 1;

-- name: quota_usage_get_all_by_project(project_id)
-- What a project uses and has reserved, summed over its users.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: none.
SELECT u.resource,
       SUM(u.in_use) AS in_use,
       SUM(u.reserved) AS reserved
  FROM quota_usages AS u
 WHERE u.project_id = :project_id
   AND u.deleted = 0
 GROUP BY u.resource
 ORDER BY u.resource;

-- name: quota_usage_get_all_by_project_and_user(project_id, user_key)
-- What a user of a project uses and has reserved, together with what counts for the project as a whole.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: none.
SELECT u.resource,
       SUM(u.in_use) AS in_use,
       SUM(u.reserved) AS reserved
  FROM quota_usages AS u
 WHERE u.project_id = :project_id
   AND COALESCE(u.user_id, '') IN (:user_key, '')
   AND u.deleted = 0
 GROUP BY u.resource
 ORDER BY u.resource;

-- name: quota_usage_update(project_id, resource, user_key, in_use)!
-- New figures for the usages of a resource: a user's and the project's as a whole, or everybody's.
-- Index: uniq_quota_usages0project_id0user_id0resource0deleted. Locks: the rows; the project is locked before.
UPDATE quota_usages
   SET /*{set}*/ in_use = :in_use /*{}*/
 WHERE project_id = :project_id
   AND resource = :resource
   AND /*{when of_user}*/ COALESCE(user_id, '') IN (:user_key, '') /*{}*/
   AND deleted = 0;

-- name: reservation_create(uuid, usage_id, project_id, user_id, resource, delta, expire)<!
-- A new reservation, unchecked.
-- Index: none is unique but the primary key. Locks: the new row.
INSERT INTO reservations (/*{columns}*/ uuid, usage_id, project_id, user_id, resource, delta, expire /*{}*/)
VALUES /*{rows}*/ (:uuid, :usage_id, :project_id, :user_id, :resource, :delta, :expire) /*{}*/;

-- name: reservation_get(uuid)^
-- One live reservation.
-- Index: reservations_uuid_idx. Locks: none.
SELECT r.*
  FROM reservations AS r
 WHERE r.uuid = :uuid
   AND r.deleted = 0
 ORDER BY r.id
 LIMIT 1;

-- name: reservation_commit__projects(uuid)
-- The projects of some live reservations, where the caller names none to lock.
-- Index: reservations_uuid_idx. Locks: none.
SELECT DISTINCT r.project_id
  FROM reservations AS r
 WHERE r.uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND r.deleted = 0
 ORDER BY r.project_id;

-- name: reservation_commit__open(uuid)
-- Some live reservations, each with its usage as far as that is live; in no order.
-- Index: reservations_uuid_idx, the primary key of quota_usages. Locks: none; the project is locked before.
SELECT r.id,
       r.project_id,
       r.delta,
       u.id AS usage_id,
       u.project_id AS usage_project_id,
       u.in_use,
       u.reserved
  FROM reservations AS r
  LEFT JOIN quota_usages AS u
    ON u.id = r.usage_id
   AND u.deleted = 0
 WHERE r.uuid IN (/*{list uuids}*/ :uuid /*{}*/)
   AND r.deleted = 0;

-- name: reservation_commit__close(id, now)!
-- Soft delete of some reservations. The number of matched rows tells that this transaction alone applies them.
-- Index: the primary key. Locks: the rows; the project and the usages are locked before.
UPDATE reservations
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id IN (/*{list ids}*/ :id /*{}*/)
   AND deleted = 0;

-- name: reservation_expire__projects(now)
-- The projects that hold expired reservations.
-- Index: reservations_deleted_expire_idx. Locks: none.
SELECT DISTINCT r.project_id
  FROM reservations AS r
 WHERE r.deleted = 0
   AND r.expire < :now
 ORDER BY r.project_id;

-- name: reservation_expire__open(project_id, now, limit)
-- Expired reservations of a project, a batch of them, each with its usage as far as that is live. The batch is cut in
-- the order of the index: of many that are open no more are read than belong to it.
-- Index: reservations_project_id_deleted_expire_idx, the primary key of quota_usages. Locks: none; the project is
-- locked before.
SELECT r.id,
       r.project_id,
       r.delta,
       u.id AS usage_id,
       u.project_id AS usage_project_id,
       u.in_use,
       u.reserved
  FROM (SELECT e.id,
               e.project_id,
               e.delta,
               e.usage_id
          FROM reservations AS e
         WHERE e.deleted = 0
           AND e.expire < :now
           AND e.project_id = :project_id
         ORDER BY e.expire, e.id
         LIMIT :limit) AS r
  LEFT JOIN quota_usages AS u
    ON u.id = r.usage_id
   AND u.deleted = 0
 ORDER BY r.id;

-- name: quota_reserve__sync_instances(project_id, user_id)^
-- Refresh: the live instances of a project, or of one user of it, with their cores and memory.
-- Index: instances_project_id_deleted_created_at_id_idx. Locks: none.
SELECT COUNT(*) AS instances,
       COALESCE(SUM(i.vcpus), 0) AS cores,
       COALESCE(SUM(i.memory_mb), 0) AS ram
  FROM instances AS i
 WHERE i.project_id = :project_id
   AND i.deleted = 0
   AND /*{when of_user}*/ i.user_id = :user_id /*{}*/;

-- name: quota_reserve__sync_floating_ips(project_id)$
-- Refresh: the floating addresses that a project asked for.
-- Index: floating_ips_project_id_idx. Locks: none.
SELECT COUNT(*) AS floating_ips
  FROM floating_ips AS f
 WHERE f.project_id = :project_id
   AND f.auto_assigned = FALSE
   AND f.deleted = 0;

-- name: quota_reserve__sync_fixed_ips(project_id)$
-- Refresh: the fixed addresses of a project's instances, deleted instances that still hold one included.
-- Index: instances_project_id_deleted_created_at_id_idx, fixed_ips_instance_uuid_deleted_idx. Locks: none.
SELECT COUNT(*) AS fixed_ips
  FROM instances AS i
  JOIN fixed_ips AS f
    ON f.instance_uuid = i.uuid
   AND f.deleted = 0
 WHERE i.project_id = :project_id;

-- name: quota_reserve__sync_security_groups(project_id, user_id)$
-- Refresh: the security groups of a project, or of one user of it.
-- Index: uniq_security_groups0project_id0name0deleted. Locks: none.
SELECT COUNT(*) AS security_groups
  FROM security_groups AS g
 WHERE g.project_id = :project_id
   AND /*{when of_user}*/ g.user_id = :user_id /*{}*/
   AND g.deleted = 0;

-- name: quota_reserve__sync_shares(project_id, user_id)$
-- Refresh: the shares of a project, or of one user of it.
-- Index: shares_project_id_deleted_user_id_idx. Locks: none.
SELECT COUNT(*) AS shares
  FROM shares AS s
 WHERE s.project_id = :project_id
   AND /*{when of_user}*/ s.user_id = :user_id /*{}*/
   AND s.deleted = 'False';

-- name: quota_reserve__sync_snapshots(project_id, user_id)$
-- Refresh: the share snapshots of a project, or of one user of it.
-- Index: share_snapshots_project_id_deleted_user_id_idx. Locks: none.
SELECT COUNT(*) AS snapshots
  FROM share_snapshots AS s
 WHERE s.project_id = :project_id
   AND /*{when of_user}*/ s.user_id = :user_id /*{}*/
   AND s.deleted = 'False';

-- name: quota_reserve__sync_gigabytes(project_id, user_id)^
-- Refresh: the gigabytes of the shares and of the snapshots of a project, or of one user of it.
-- Index: shares_project_id_deleted_user_id_idx, share_snapshots_project_id_deleted_user_id_idx. Locks: none.
SELECT (SELECT COALESCE(SUM(s.size), 0)
          FROM shares AS s
         WHERE s.project_id = :project_id
           AND /*{when of_user}*/ s.user_id = :user_id /*{}*/
           AND s.deleted = 'False') AS shares,
       (SELECT COALESCE(SUM(p.size), 0)
          FROM share_snapshots AS p
         WHERE p.project_id = :project_id
           AND /*{when of_user}*/ p.user_id = :user_id /*{}*/
           AND p.deleted = 'False') AS snapshots;

-- name: quota_reserve__sync_share_networks(project_id, user_id)$
-- Refresh: the share networks of a project, or of one user of it.
-- Index: share_networks_project_id_deleted_idx. Locks: none.
SELECT COUNT(*) AS share_networks
  FROM share_networks AS n
 WHERE n.project_id = :project_id
   AND /*{when of_user}*/ n.user_id = :user_id /*{}*/
   AND n.deleted = 'False';
