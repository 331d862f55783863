-- depends: 0015.aggregates
--
-- Cells of a divided installation.

-- A neighbouring cell and how to reach it.
CREATE TABLE cells (
    id                INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    name              VARCHAR(255),
    api_url           VARCHAR(255),
    transport_url     VARCHAR(255),
    weight_offset     DOUBLE,
    weight_scale      DOUBLE,
    is_parent         BOOLEAN,
    username          VARCHAR(255),
    password          VARCHAR(255),
    rpc_host          VARCHAR(255),
    rpc_port          INTEGER,
    rpc_virtual_host  VARCHAR(255),
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_cells0name0deleted
    ON cells (name, deleted);

-- Archived rows of cells.
CREATE TABLE shadow_cells (
    id                INTEGER       NOT NULL PRIMARY KEY,
    name              VARCHAR(255),
    api_url           VARCHAR(255),
    transport_url     VARCHAR(255),
    weight_offset     DOUBLE,
    weight_scale      DOUBLE,
    is_parent         BOOLEAN,
    username          VARCHAR(255),
    password          VARCHAR(255),
    rpc_host          VARCHAR(255),
    rpc_port          INTEGER,
    rpc_virtual_host  VARCHAR(255),
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           BIGINT
);
