-- depends: 0016.cells
-- transactional: false
--
-- Consoles of instances.

-- One console proxy and the compute host it serves.
CREATE TABLE console_pools (
    id               BIGINT        NOT NULL AUTO_INCREMENT,
    address          VARCHAR(39),
    username         VARCHAR(255),
    password         VARCHAR(255),
    console_type     VARCHAR(255),
    public_hostname  VARCHAR(255),
    host             VARCHAR(255),
    compute_host     VARCHAR(255),
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_console_pools0host0console_type0compute_host0deleted (host, console_type, compute_host, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of console_pools.
CREATE TABLE shadow_console_pools (
    id               BIGINT        NOT NULL,
    address          VARCHAR(39),
    username         VARCHAR(255),
    password         VARCHAR(255),
    console_type     VARCHAR(255),
    public_hostname  VARCHAR(255),
    host             VARCHAR(255),
    compute_host     VARCHAR(255),
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- An open console; belongs to a pool.
CREATE TABLE consoles (
    id             BIGINT        NOT NULL AUTO_INCREMENT,
    instance_name  VARCHAR(255),
    instance_uuid  VARCHAR(36),
    password       VARCHAR(255),
    port           INT,
    pool_id        BIGINT,
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY consoles_instance_uuid_idx (instance_uuid),
    KEY consoles_pool_id_idx (pool_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of consoles.
CREATE TABLE shadow_consoles (
    id             BIGINT        NOT NULL,
    instance_name  VARCHAR(255),
    instance_uuid  VARCHAR(36),
    password       VARCHAR(255),
    port           INT,
    pool_id        BIGINT,
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
