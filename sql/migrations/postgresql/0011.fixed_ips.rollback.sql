-- Undoes 0011.fixed_ips.sql, last statement first.

DROP TABLE shadow_fixed_ips;
DROP INDEX fixed_ips_host_idx;
DROP INDEX fixed_ips_virtual_interface_id_idx;
DROP INDEX fixed_ips_instance_uuid_deleted_idx;
DROP INDEX fixed_ips_allocated_deleted_updated_at_idx;
DROP INDEX fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx;
DROP INDEX fixed_ips_network_id_host_deleted_idx;
DROP TABLE fixed_ips;
