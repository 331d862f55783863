-- depends: 0011.fixed_ips
-- transactional: false
--
-- Public addresses that projects map to fixed ones.

-- One public address of a pool. An address is unique among live rows.
CREATE TABLE floating_ips (
    id             BIGINT        NOT NULL AUTO_INCREMENT,
    address        VARCHAR(39),
    fixed_ip_id    BIGINT,
    project_id     VARCHAR(255),
    host           VARCHAR(255),
    auto_assigned  TINYINT(1),
    pool           VARCHAR(255),
    interface      VARCHAR(255),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_floating_ips0address0deleted (address, deleted),
    KEY floating_ips_fixed_ip_id_idx (fixed_ip_id),
    KEY floating_ips_host_idx (host),
    KEY floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx (pool, deleted, fixed_ip_id, project_id, id),
    KEY floating_ips_project_id_idx (project_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of floating_ips.
CREATE TABLE shadow_floating_ips (
    id             BIGINT        NOT NULL,
    address        VARCHAR(39),
    fixed_ip_id    BIGINT,
    project_id     VARCHAR(255),
    host           VARCHAR(255),
    auto_assigned  TINYINT(1),
    pool           VARCHAR(255),
    interface      VARCHAR(255),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
