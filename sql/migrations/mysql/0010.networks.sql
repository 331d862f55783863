-- depends: 0009.pci_devices
-- transactional: false
--
-- Networks and the virtual interfaces on them.

-- A network with its address ranges, gateways and name servers. A vlan is used by one live network.
CREATE TABLE networks (
    id                   BIGINT        NOT NULL AUTO_INCREMENT,
    label                VARCHAR(255),
    injected             TINYINT(1),
    cidr                 VARCHAR(43),
    cidr_v6              VARCHAR(43),
    multi_host           TINYINT(1),
    gateway_v6           VARCHAR(39),
    netmask_v6           VARCHAR(39),
    netmask              VARCHAR(39),
    bridge               VARCHAR(255),
    bridge_interface     VARCHAR(255),
    gateway              VARCHAR(39),
    broadcast            VARCHAR(39),
    dns1                 VARCHAR(39),
    dns2                 VARCHAR(39),
    vlan                 INT,
    vpn_public_address   VARCHAR(39),
    vpn_public_port      INT,
    vpn_private_address  VARCHAR(39),
    dhcp_start           VARCHAR(39),
    rxtx_base            INT,
    project_id           VARCHAR(255),
    priority             INT,
    host                 VARCHAR(255),
    uuid                 VARCHAR(36),
    mtu                  INT,
    dhcp_server          VARCHAR(39),
    enable_dhcp          TINYINT(1),
    share_address        TINYINT(1),
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_networks0vlan0deleted (vlan, deleted),
    KEY networks_cidr_idx (cidr),
    KEY networks_cidr_v6_idx (cidr_v6),
    KEY networks_host_idx (host),
    KEY networks_project_id_deleted_id_idx (project_id, deleted, id),
    KEY networks_uuid_project_id_deleted_idx (uuid, project_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of networks.
CREATE TABLE shadow_networks (
    id                   BIGINT        NOT NULL,
    label                VARCHAR(255),
    injected             TINYINT(1),
    cidr                 VARCHAR(43),
    cidr_v6              VARCHAR(43),
    multi_host           TINYINT(1),
    gateway_v6           VARCHAR(39),
    netmask_v6           VARCHAR(39),
    netmask              VARCHAR(39),
    bridge               VARCHAR(255),
    bridge_interface     VARCHAR(255),
    gateway              VARCHAR(39),
    broadcast            VARCHAR(39),
    dns1                 VARCHAR(39),
    dns2                 VARCHAR(39),
    vlan                 INT,
    vpn_public_address   VARCHAR(39),
    vpn_public_port      INT,
    vpn_private_address  VARCHAR(39),
    dhcp_start           VARCHAR(39),
    rxtx_base            INT,
    project_id           VARCHAR(255),
    priority             INT,
    host                 VARCHAR(255),
    uuid                 VARCHAR(36),
    mtu                  INT,
    dhcp_server          VARCHAR(39),
    enable_dhcp          TINYINT(1),
    share_address        TINYINT(1),
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Network interfaces of instances. A MAC address is unique among live rows.
CREATE TABLE virtual_interfaces (
    id             BIGINT        NOT NULL AUTO_INCREMENT,
    address        VARCHAR(255),
    network_id     BIGINT,
    instance_uuid  VARCHAR(36),
    uuid           VARCHAR(36),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_virtual_interfaces0address0deleted (address, deleted),
    KEY virtual_interfaces_instance_uuid_idx (instance_uuid),
    KEY virtual_interfaces_uuid_idx (uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of virtual_interfaces.
CREATE TABLE shadow_virtual_interfaces (
    id             BIGINT        NOT NULL,
    address        VARCHAR(255),
    network_id     BIGINT,
    instance_uuid  VARCHAR(36),
    uuid           VARCHAR(36),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
