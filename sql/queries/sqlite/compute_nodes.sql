-- Compute nodes on SQLite: LIKE is blind to case there, so patterns are matched by GLOB.

-- name: compute_node_search_by_hypervisor(pattern)
-- The compute nodes whose hypervisor has a name like the pattern, as compute_node_get. The pattern is one of LIKE with
-- `!` doubled: what means something to GLOB is put in brackets, then the wildcards (37 is the percent sign) are
-- exchanged.
-- Index: none, the pattern begins with a wildcard; the primary key of services. Locks: none.
SELECT c.*,
       /*{same node_service}*/ NULL AS service /*{}*/
  FROM compute_nodes AS c
 WHERE c.hypervisor_hostname
       GLOB REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(:pattern, '!!', '!'),
                    '[', '[[]'), '*', '[*]'), '?', '[?]'), CHAR(37), '*'), '_', '?')
   AND /*{visibility}*/ c.deleted = 0 /*{}*/
 ORDER BY c.id;
