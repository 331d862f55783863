-- depends: 0019.agent_builds
--
-- Counters of network and volume use.

-- Bytes in and out of one interface in one period.
CREATE TABLE bw_usage_cache (
    id              INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid            VARCHAR(36),
    mac             VARCHAR(255),
    start_period    DATETIME      NOT NULL,
    last_refreshed  DATETIME,
    bw_in           BIGINT,
    bw_out          BIGINT,
    last_ctr_in     BIGINT,
    last_ctr_out    BIGINT,
    created_at      DATETIME,
    updated_at      DATETIME,
    deleted_at      DATETIME,
    deleted         BIGINT        DEFAULT 0
);

CREATE INDEX bw_usage_cache_uuid_start_period_idx
    ON bw_usage_cache (uuid, start_period);

-- Archived rows of bw_usage_cache.
CREATE TABLE shadow_bw_usage_cache (
    id              INTEGER       NOT NULL PRIMARY KEY,
    uuid            VARCHAR(36),
    mac             VARCHAR(255),
    start_period    DATETIME      NOT NULL,
    last_refreshed  DATETIME,
    bw_in           BIGINT,
    bw_out          BIGINT,
    last_ctr_in     BIGINT,
    last_ctr_out    BIGINT,
    created_at      DATETIME,
    updated_at      DATETIME,
    deleted_at      DATETIME,
    deleted         BIGINT
);

-- Reads and writes of a volume, in total and since it was attached.
CREATE TABLE volume_usage_cache (
    id                   INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    volume_id            VARCHAR(36)   NOT NULL,
    instance_uuid        VARCHAR(36),
    project_id           VARCHAR(36),
    user_id              VARCHAR(64),
    availability_zone    VARCHAR(255),
    tot_last_refreshed   DATETIME,
    tot_reads            BIGINT,
    tot_read_bytes       BIGINT,
    tot_writes           BIGINT,
    tot_write_bytes      BIGINT,
    curr_last_refreshed  DATETIME,
    curr_reads           BIGINT,
    curr_read_bytes      BIGINT,
    curr_writes          BIGINT,
    curr_write_bytes     BIGINT,
    instance_id          BIGINT,
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              BIGINT        DEFAULT 0
);

CREATE INDEX volume_usage_cache_volume_id_idx
    ON volume_usage_cache (volume_id);

-- Archived rows of volume_usage_cache.
CREATE TABLE shadow_volume_usage_cache (
    id                   INTEGER       NOT NULL PRIMARY KEY,
    volume_id            VARCHAR(36)   NOT NULL,
    instance_uuid        VARCHAR(36),
    project_id           VARCHAR(36),
    user_id              VARCHAR(64),
    availability_zone    VARCHAR(255),
    tot_last_refreshed   DATETIME,
    tot_reads            BIGINT,
    tot_read_bytes       BIGINT,
    tot_writes           BIGINT,
    tot_write_bytes      BIGINT,
    curr_last_refreshed  DATETIME,
    curr_reads           BIGINT,
    curr_read_bytes      BIGINT,
    curr_writes          BIGINT,
    curr_write_bytes     BIGINT,
    instance_id          BIGINT,
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              BIGINT
);
