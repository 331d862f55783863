-- depends: 0011.fixed_ips
--
-- Public addresses that projects map to fixed ones.

-- One public address of a pool. An address is unique among live rows.
CREATE TABLE floating_ips (
    id             INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    address        VARCHAR(39),
    fixed_ip_id    BIGINT,
    project_id     VARCHAR(255),
    host           VARCHAR(255),
    auto_assigned  BOOLEAN,
    pool           VARCHAR(255),
    interface      VARCHAR(255),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_floating_ips0address0deleted
    ON floating_ips (address, deleted);
CREATE INDEX floating_ips_fixed_ip_id_idx
    ON floating_ips (fixed_ip_id);
CREATE INDEX floating_ips_host_idx
    ON floating_ips (host);
CREATE INDEX floating_ips_pool_deleted_fixed_ip_id_project_id_id_idx
    ON floating_ips (pool, deleted, fixed_ip_id, project_id, id);
CREATE INDEX floating_ips_project_id_idx
    ON floating_ips (project_id);

-- Archived rows of floating_ips.
CREATE TABLE shadow_floating_ips (
    id             INTEGER       NOT NULL PRIMARY KEY,
    address        VARCHAR(39),
    fixed_ip_id    BIGINT,
    project_id     VARCHAR(255),
    host           VARCHAR(255),
    auto_assigned  BOOLEAN,
    pool           VARCHAR(255),
    interface      VARCHAR(255),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);
