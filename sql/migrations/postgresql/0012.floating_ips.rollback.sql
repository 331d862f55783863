-- Undoes 0012.floating_ips.sql, last statement first.

DROP TABLE shadow_floating_ips;
DROP INDEX floating_ips_project_id_idx;
DROP INDEX floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx;
DROP INDEX floating_ips_host_idx;
DROP INDEX floating_ips_fixed_ip_id_idx;
DROP TABLE floating_ips;
