-- Undoes 0013.dns_domains.sql, last statement first.

DROP TABLE shadow_dns_domains;
DROP TABLE dns_domains;
