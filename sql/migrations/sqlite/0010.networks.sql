-- depends: 0009.pci_devices
--
-- Networks and the virtual interfaces on them.

-- A network with its address ranges, gateways and name servers. A vlan is used by one live network.
CREATE TABLE networks (
    id                   INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    label                VARCHAR(255),
    injected             BOOLEAN,
    cidr                 VARCHAR(43),
    cidr_v6              VARCHAR(43),
    multi_host           BOOLEAN,
    gateway_v6           VARCHAR(39),
    netmask_v6           VARCHAR(39),
    netmask              VARCHAR(39),
    bridge               VARCHAR(255),
    bridge_interface     VARCHAR(255),
    gateway              VARCHAR(39),
    broadcast            VARCHAR(39),
    dns1                 VARCHAR(39),
    dns2                 VARCHAR(39),
    vlan                 INTEGER,
    vpn_public_address   VARCHAR(39),
    vpn_public_port      INTEGER,
    vpn_private_address  VARCHAR(39),
    dhcp_start           VARCHAR(39),
    rxtx_base            INTEGER,
    project_id           VARCHAR(255),
    priority             INTEGER,
    host                 VARCHAR(255),
    uuid                 VARCHAR(36),
    mtu                  INTEGER,
    dhcp_server          VARCHAR(39),
    enable_dhcp          BOOLEAN,
    share_address        BOOLEAN,
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_networks0vlan0deleted
    ON networks (vlan, deleted);
CREATE INDEX networks_cidr_idx
    ON networks (cidr);
CREATE INDEX networks_cidr_v6_idx
    ON networks (cidr_v6);
CREATE INDEX networks_host_idx
    ON networks (host);
CREATE INDEX networks_project_id_deleted_id_idx
    ON networks (project_id, deleted, id);
CREATE INDEX networks_uuid_project_id_deleted_idx
    ON networks (uuid, project_id, deleted);

-- Archived rows of networks.
CREATE TABLE shadow_networks (
    id                   INTEGER       NOT NULL PRIMARY KEY,
    label                VARCHAR(255),
    injected             BOOLEAN,
    cidr                 VARCHAR(43),
    cidr_v6              VARCHAR(43),
    multi_host           BOOLEAN,
    gateway_v6           VARCHAR(39),
    netmask_v6           VARCHAR(39),
    netmask              VARCHAR(39),
    bridge               VARCHAR(255),
    bridge_interface     VARCHAR(255),
    gateway              VARCHAR(39),
    broadcast            VARCHAR(39),
    dns1                 VARCHAR(39),
    dns2                 VARCHAR(39),
    vlan                 INTEGER,
    vpn_public_address   VARCHAR(39),
    vpn_public_port      INTEGER,
    vpn_private_address  VARCHAR(39),
    dhcp_start           VARCHAR(39),
    rxtx_base            INTEGER,
    project_id           VARCHAR(255),
    priority             INTEGER,
    host                 VARCHAR(255),
    uuid                 VARCHAR(36),
    mtu                  INTEGER,
    dhcp_server          VARCHAR(39),
    enable_dhcp          BOOLEAN,
    share_address        BOOLEAN,
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              BIGINT
);

-- Network interfaces of instances. A MAC address is unique among live rows.
CREATE TABLE virtual_interfaces (
    id             INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    address        VARCHAR(255),
    network_id     BIGINT,
    instance_uuid  VARCHAR(36),
    uuid           VARCHAR(36),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_virtual_interfaces0address0deleted
    ON virtual_interfaces (address, deleted);
CREATE INDEX virtual_interfaces_instance_uuid_idx
    ON virtual_interfaces (instance_uuid);
CREATE INDEX virtual_interfaces_uuid_idx
    ON virtual_interfaces (uuid);

-- Archived rows of virtual_interfaces.
CREATE TABLE shadow_virtual_interfaces (
    id             INTEGER       NOT NULL PRIMARY KEY,
    address        VARCHAR(255),
    network_id     BIGINT,
    instance_uuid  VARCHAR(36),
    uuid           VARCHAR(36),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);
