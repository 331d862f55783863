-- depends: 0010.networks
-- transactional: false
--
-- Addresses of networks, given to instances.

-- One address of a network. An address is unique among live rows.
CREATE TABLE fixed_ips (
    id                    BIGINT        NOT NULL AUTO_INCREMENT,
    address               VARCHAR(39),
    network_id            BIGINT,
    virtual_interface_id  BIGINT,
    instance_uuid         VARCHAR(36),
    allocated             TINYINT(1),
    leased                TINYINT(1),
    reserved              TINYINT(1),
    host                  VARCHAR(255),
    created_at            DATETIME(6),
    updated_at            DATETIME(6),
    deleted_at            DATETIME(6),
    deleted               BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_fixed_ips0address0deleted (address, deleted),
    KEY fixed_ips_network_id_host_deleted_idx (network_id, host, deleted),
    KEY fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx (network_id, deleted, instance_uuid, reserved, host, id),
    KEY fixed_ips_allocated_deleted_updated_at_idx (allocated, deleted, updated_at),
    KEY fixed_ips_instance_uuid_deleted_idx (instance_uuid, deleted),
    KEY fixed_ips_virtual_interface_id_idx (virtual_interface_id),
    KEY fixed_ips_host_idx (host)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of fixed_ips.
CREATE TABLE shadow_fixed_ips (
    id                    BIGINT        NOT NULL,
    address               VARCHAR(39),
    network_id            BIGINT,
    virtual_interface_id  BIGINT,
    instance_uuid         VARCHAR(36),
    allocated             TINYINT(1),
    leased                TINYINT(1),
    reserved              TINYINT(1),
    host                  VARCHAR(255),
    created_at            DATETIME(6),
    updated_at            DATETIME(6),
    deleted_at            DATETIME(6),
    deleted               BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
