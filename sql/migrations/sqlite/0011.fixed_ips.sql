-- depends: 0010.networks
--
-- Addresses of networks, given to instances.

-- One address of a network. An address is unique among live rows.
CREATE TABLE fixed_ips (
    id                    INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    address               VARCHAR(39),
    network_id            BIGINT,
    virtual_interface_id  BIGINT,
    instance_uuid         VARCHAR(36),
    allocated             BOOLEAN,
    leased                BOOLEAN,
    reserved              BOOLEAN,
    host                  VARCHAR(255),
    created_at            DATETIME,
    updated_at            DATETIME,
    deleted_at            DATETIME,
    deleted               BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_fixed_ips0address0deleted
    ON fixed_ips (address, deleted);
CREATE INDEX fixed_ips_network_id_host_deleted_idx
    ON fixed_ips (network_id, host, deleted);
CREATE INDEX fixed_ips_network_id_deleted_instance_uuid_reserved_host_id_idx
    ON fixed_ips (network_id, deleted, instance_uuid, reserved, host, id);
CREATE INDEX fixed_ips_allocated_deleted_updated_at_idx
    ON fixed_ips (allocated, deleted, updated_at);
CREATE INDEX fixed_ips_instance_uuid_deleted_idx
    ON fixed_ips (instance_uuid, deleted);
CREATE INDEX fixed_ips_virtual_interface_id_idx
    ON fixed_ips (virtual_interface_id);
CREATE INDEX fixed_ips_host_idx
    ON fixed_ips (host);

-- Archived rows of fixed_ips.
CREATE TABLE shadow_fixed_ips (
    id                    INTEGER       NOT NULL PRIMARY KEY,
    address               VARCHAR(39),
    network_id            BIGINT,
    virtual_interface_id  BIGINT,
    instance_uuid         VARCHAR(36),
    allocated             BOOLEAN,
    leased                BOOLEAN,
    reserved              BOOLEAN,
    host                  VARCHAR(255),
    created_at            DATETIME,
    updated_at            DATETIME,
    deleted_at            DATETIME,
    deleted               BIGINT
);
