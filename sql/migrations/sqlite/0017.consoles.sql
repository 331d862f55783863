-- depends: 0016.cells
--
-- Consoles of instances.

-- One console proxy and the compute host it serves.
CREATE TABLE console_pools (
    id               INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    address          VARCHAR(39),
    username         VARCHAR(255),
    password         VARCHAR(255),
    console_type     VARCHAR(255),
    public_hostname  VARCHAR(255),
    host             VARCHAR(255),
    compute_host     VARCHAR(255),
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_console_pools0host0console_type0compute_host0deleted
    ON console_pools (host, console_type, compute_host, deleted);

-- Archived rows of console_pools.
CREATE TABLE shadow_console_pools (
    id               INTEGER       NOT NULL PRIMARY KEY,
    address          VARCHAR(39),
    username         VARCHAR(255),
    password         VARCHAR(255),
    console_type     VARCHAR(255),
    public_hostname  VARCHAR(255),
    host             VARCHAR(255),
    compute_host     VARCHAR(255),
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          BIGINT
);

-- An open console; belongs to a pool.
CREATE TABLE consoles (
    id             INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    instance_name  VARCHAR(255),
    instance_uuid  VARCHAR(36),
    password       VARCHAR(255),
    port           INTEGER,
    pool_id        BIGINT,
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT        DEFAULT 0
);

CREATE INDEX consoles_instance_uuid_idx
    ON consoles (instance_uuid);
CREATE INDEX consoles_pool_id_idx
    ON consoles (pool_id);

-- Archived rows of consoles.
CREATE TABLE shadow_consoles (
    id             INTEGER       NOT NULL PRIMARY KEY,
    instance_name  VARCHAR(255),
    instance_uuid  VARCHAR(36),
    password       VARCHAR(255),
    port           INTEGER,
    pool_id        BIGINT,
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);
