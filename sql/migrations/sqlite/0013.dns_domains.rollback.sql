-- Undoes 0013.dns_domains.sql, last statement first.

DROP TABLE shadow_dns_domains;
DROP INDEX dns_domains_project_id_idx;
DROP TABLE dns_domains;
