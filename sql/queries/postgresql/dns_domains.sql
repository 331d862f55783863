-- DNS domains: registering is one upsert, so that of two callers none fails and none is lost. MySQL spells it in
-- another way.

-- name: dnsdomain_register_for_project(domain, scope, project_id, now)!
-- Gives a domain to a project; its zone stays. A row that was marked deleted is alive again.
-- Index: the primary key decides between insert and update. Locks: the row.
INSERT INTO dns_domains (/*{columns}*/ domain, scope, project_id /*{}*/)
VALUES /*{rows}*/ (:domain, :scope, :project_id) /*{}*/
    ON CONFLICT (domain) DO UPDATE
   SET scope = excluded.scope,
       project_id = excluded.project_id,
       updated_at = :now,
       deleted_at = NULL,
       deleted = FALSE;

-- name: dnsdomain_register_for_zone(domain, scope, availability_zone, now)!
-- Gives a domain to an availability zone; its project stays. A row that was marked deleted is alive again.
-- Index: the primary key decides between insert and update. Locks: the row.
INSERT INTO dns_domains (/*{columns}*/ domain, scope, availability_zone /*{}*/)
VALUES /*{rows}*/ (:domain, :scope, :availability_zone) /*{}*/
    ON CONFLICT (domain) DO UPDATE
   SET scope = excluded.scope,
       availability_zone = excluded.availability_zone,
       updated_at = :now,
       deleted_at = NULL,
       deleted = FALSE;
