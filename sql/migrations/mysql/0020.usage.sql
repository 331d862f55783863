-- depends: 0019.agent_builds
-- transactional: false
--
-- Counters of network and volume use.

-- Bytes in and out of one interface in one period.
CREATE TABLE bw_usage_cache (
    id              BIGINT        NOT NULL AUTO_INCREMENT,
    uuid            VARCHAR(36),
    mac             VARCHAR(255),
    start_period    DATETIME(6)   NOT NULL,
    last_refreshed  DATETIME(6),
    bw_in           BIGINT,
    bw_out          BIGINT,
    last_ctr_in     BIGINT,
    last_ctr_out    BIGINT,
    created_at      DATETIME(6),
    updated_at      DATETIME(6),
    deleted_at      DATETIME(6),
    deleted         BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY bw_usage_cache_uuid_start_period_idx (uuid, start_period)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of bw_usage_cache.
CREATE TABLE shadow_bw_usage_cache (
    id              BIGINT        NOT NULL,
    uuid            VARCHAR(36),
    mac             VARCHAR(255),
    start_period    DATETIME(6)   NOT NULL,
    last_refreshed  DATETIME(6),
    bw_in           BIGINT,
    bw_out          BIGINT,
    last_ctr_in     BIGINT,
    last_ctr_out    BIGINT,
    created_at      DATETIME(6),
    updated_at      DATETIME(6),
    deleted_at      DATETIME(6),
    deleted         BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Reads and writes of a volume, in total and since it was attached.
CREATE TABLE volume_usage_cache (
    id                   BIGINT        NOT NULL AUTO_INCREMENT,
    volume_id            VARCHAR(36)   NOT NULL,
    instance_uuid        VARCHAR(36),
    project_id           VARCHAR(36),
    user_id              VARCHAR(64),
    availability_zone    VARCHAR(255),
    tot_last_refreshed   DATETIME(6),
    tot_reads            BIGINT,
    tot_read_bytes       BIGINT,
    tot_writes           BIGINT,
    tot_write_bytes      BIGINT,
    curr_last_refreshed  DATETIME(6),
    curr_reads           BIGINT,
    curr_read_bytes      BIGINT,
    curr_writes          BIGINT,
    curr_write_bytes     BIGINT,
    instance_id          BIGINT,
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY volume_usage_cache_volume_id_idx (volume_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of volume_usage_cache.
CREATE TABLE shadow_volume_usage_cache (
    id                   BIGINT        NOT NULL,
    volume_id            VARCHAR(36)   NOT NULL,
    instance_uuid        VARCHAR(36),
    project_id           VARCHAR(36),
    user_id              VARCHAR(64),
    availability_zone    VARCHAR(255),
    tot_last_refreshed   DATETIME(6),
    tot_reads            BIGINT,
    tot_read_bytes       BIGINT,
    tot_writes           BIGINT,
    tot_write_bytes      BIGINT,
    curr_last_refreshed  DATETIME(6),
    curr_reads           BIGINT,
    curr_read_bytes      BIGINT,
    curr_writes          BIGINT,
    curr_write_bytes     BIGINT,
    instance_id          BIGINT,
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
