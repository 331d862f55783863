-- Undoes 0010.networks.sql, last statement first.

DROP TABLE shadow_virtual_interfaces;
DROP INDEX virtual_interfaces_uuid_idx;
DROP INDEX virtual_interfaces_instance_uuid_idx;
DROP INDEX uniq_virtual_interfaces0address0deleted;
DROP TABLE virtual_interfaces;

DROP TABLE shadow_networks;
DROP INDEX networks_uuid_project_id_deleted_idx;
DROP INDEX networks_project_id_deleted_id_idx;
DROP INDEX networks_host_idx;
DROP INDEX networks_cidr_v6_idx;
DROP INDEX networks_cidr_idx;
DROP INDEX uniq_networks0vlan0deleted;
DROP TABLE networks;
