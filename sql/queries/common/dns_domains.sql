-- DNS domains: which names belong to an availability zone, and which to a project. Their key is the name.

-- name: dnsdomain_get(fqdomain)^
-- One live domain.
-- Index: the primary key. Locks: none.
SELECT d.*
  FROM dns_domains AS d
 WHERE d.domain = :fqdomain
   AND d.deleted = FALSE;

-- name: dnsdomain_get_all()
-- All live domains.
-- Index: none, all are read. Locks: none.
SELECT d.*
  FROM dns_domains AS d
 WHERE d.deleted = FALSE
 ORDER BY d.domain;

-- name: dnsdomain_list()
-- The names of all live domains.
-- Index: none, all are read. Locks: none.
SELECT d.domain
  FROM dns_domains AS d
 WHERE d.deleted = FALSE
 ORDER BY d.domain;

-- name: dnsdomain_unregister(fqdomain)!
-- Removes a domain for good.
-- Index: the primary key. Locks: the row.
DELETE FROM dns_domains
 WHERE domain = :fqdomain
   AND /*{visibility}*/ deleted = FALSE /*{}*/;
