-- depends: 0015.aggregates
-- transactional: false
--
-- Cells of a divided installation.

-- A neighbouring cell and how to reach it.
CREATE TABLE cells (
    id                BIGINT        NOT NULL AUTO_INCREMENT,
    name              VARCHAR(255),
    api_url           VARCHAR(255),
    transport_url     VARCHAR(255),
    weight_offset     DOUBLE,
    weight_scale      DOUBLE,
    is_parent         TINYINT(1),
    username          VARCHAR(255),
    password          VARCHAR(255),
    rpc_host          VARCHAR(255),
    rpc_port          INT,
    rpc_virtual_host  VARCHAR(255),
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_cells0name0deleted (name, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of cells.
CREATE TABLE shadow_cells (
    id                BIGINT        NOT NULL,
    name              VARCHAR(255),
    api_url           VARCHAR(255),
    transport_url     VARCHAR(255),
    weight_offset     DOUBLE,
    weight_scale      DOUBLE,
    is_parent         TINYINT(1),
    username          VARCHAR(255),
    password          VARCHAR(255),
    rpc_host          VARCHAR(255),
    rpc_port          INT,
    rpc_virtual_host  VARCHAR(255),
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
