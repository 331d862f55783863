-- Provider firewall: rules that hold for all instances of the cloud.

-- name: provider_fw_rule_create(protocol, cidr)<!
-- A new rule.
-- Index: none. Locks: the new row.
INSERT INTO provider_fw_rules (/*{columns}*/ protocol, cidr /*{}*/)
VALUES /*{rows}*/ (:protocol, :cidr) /*{}*/;

-- name: provider_fw_rule_destroy(rule_id, now)!
-- Soft delete of one rule, also of a deleted one.
-- Index: the primary key. Locks: the row.
UPDATE provider_fw_rules
   SET deleted = id,
       deleted_at = :now,
       updated_at = updated_at
 WHERE id = :rule_id;

-- name: provider_fw_rule_get_all()
-- All visible rules.
-- Index: none, all are read. Locks: none.
SELECT r.*
  FROM provider_fw_rules AS r
 WHERE /*{visibility}*/ r.deleted = 0 /*{}*/
 ORDER BY r.id;
