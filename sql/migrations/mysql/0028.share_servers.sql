-- depends: 0027.share_networks
-- transactional: false
--
-- Servers that export shares. Live rows have deleted = 'False'.

-- A share server on a share network.
CREATE TABLE share_servers (
    id                VARCHAR(36)   NOT NULL,
    share_network_id  VARCHAR(36),
    host              VARCHAR(255),
    status            VARCHAR(32),
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           VARCHAR(36)   DEFAULT 'False',
    PRIMARY KEY (id),
    KEY share_servers_share_network_id_deleted_idx (share_network_id, deleted),
    KEY share_servers_host_deleted_idx (host, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- What the backend keeps about a server, one key and value per row.
CREATE TABLE share_server_backend_details (
    id               BIGINT         NOT NULL AUTO_INCREMENT,
    `key`            VARCHAR(255)   NOT NULL,
    value            VARCHAR(1023)  NOT NULL,
    share_server_id  VARCHAR(36)    NOT NULL,
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          VARCHAR(36)    DEFAULT 'False',
    PRIMARY KEY (id),
    UNIQUE KEY uniq_share_server_backend_details0share_server_id0key0deleted (share_server_id, `key`, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Addresses given to share servers.
CREATE TABLE network_allocations (
    id               VARCHAR(36)  NOT NULL,
    ip_address       VARCHAR(64),
    mac_address      VARCHAR(32),
    share_server_id  VARCHAR(36)  NOT NULL,
    status           VARCHAR(32),
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          VARCHAR(36)  DEFAULT 'False',
    PRIMARY KEY (id),
    KEY network_allocations_share_server_id_deleted_idx (share_server_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
