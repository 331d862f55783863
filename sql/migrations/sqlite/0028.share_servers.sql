-- depends: 0027.share_networks
--
-- Servers that export shares. Live rows have deleted = 'False'.

-- A share server on a share network.
CREATE TABLE share_servers (
    id                VARCHAR(36)   NOT NULL,
    share_network_id  VARCHAR(36),
    host              VARCHAR(255),
    status            VARCHAR(32),
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           VARCHAR(36)   DEFAULT 'False',
    CONSTRAINT share_servers_pkey PRIMARY KEY (id)
);

CREATE INDEX share_servers_share_network_id_deleted_idx
    ON share_servers (share_network_id, deleted);
CREATE INDEX share_servers_host_deleted_idx
    ON share_servers (host, deleted);

-- What the backend keeps about a server, one key and value per row.
CREATE TABLE share_server_backend_details (
    id               INTEGER        NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"            VARCHAR(255)   NOT NULL,
    value            VARCHAR(1023)  NOT NULL,
    share_server_id  VARCHAR(36)    NOT NULL,
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          VARCHAR(36)    DEFAULT 'False'
);

CREATE UNIQUE INDEX uniq_share_server_backend_details0share_server_id0key0deleted
    ON share_server_backend_details (share_server_id, "key", deleted);

-- Addresses given to share servers.
CREATE TABLE network_allocations (
    id               VARCHAR(36)  NOT NULL,
    ip_address       VARCHAR(64),
    mac_address      VARCHAR(32),
    share_server_id  VARCHAR(36)  NOT NULL,
    status           VARCHAR(32),
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          VARCHAR(36)  DEFAULT 'False',
    CONSTRAINT network_allocations_pkey PRIMARY KEY (id)
);

CREATE INDEX network_allocations_share_server_id_deleted_idx
    ON network_allocations (share_server_id, deleted);
