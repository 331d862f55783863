-- depends: 0025.volume_types
--
-- Shared file systems, who may mount them, and their snapshots. Live rows have deleted = 'False'.

-- A shared file system.
CREATE TABLE shares (
    id                   VARCHAR(36)   NOT NULL,
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    host                 VARCHAR(255),
    size                 INTEGER,
    availability_zone    VARCHAR(255),
    status               VARCHAR(255),
    scheduled_at         DATETIME,
    launched_at          DATETIME,
    terminated_at        DATETIME,
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    snapshot_id          VARCHAR(36),
    share_proto          VARCHAR(255),
    export_location      VARCHAR(255),
    share_network_id     VARCHAR(36),
    volume_type_id       VARCHAR(36),
    share_server_id      VARCHAR(36),
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              VARCHAR(36)   DEFAULT 'False',
    CONSTRAINT shares_pkey PRIMARY KEY (id)
);

CREATE INDEX shares_project_id_deleted_user_id_idx
    ON shares (project_id, deleted, user_id);
CREATE INDEX shares_host_deleted_idx
    ON shares (host, deleted);
CREATE INDEX shares_share_network_id_deleted_idx
    ON shares (share_network_id, deleted);
CREATE INDEX shares_share_server_id_deleted_idx
    ON shares (share_server_id, deleted);
CREATE INDEX shares_volume_type_id_deleted_idx
    ON shares (volume_type_id, deleted);
CREATE INDEX shares_deleted_at_idx
    ON shares (deleted_at);

-- Free-form keys and values of a share (deleted is a number here).
CREATE TABLE share_metadata (
    id          INTEGER        NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"       VARCHAR(255)   NOT NULL,
    value       VARCHAR(1023)  NOT NULL,
    share_id    VARCHAR(36)    NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT         DEFAULT 0
);

CREATE UNIQUE INDEX uniq_share_metadata0share_id0key0deleted
    ON share_metadata (share_id, "key", deleted);

-- Who may mount a share.
CREATE TABLE share_access_map (
    id           VARCHAR(36)   NOT NULL,
    share_id     VARCHAR(36)   NOT NULL,
    access_type  VARCHAR(255),
    access_to    VARCHAR(255),
    state        VARCHAR(255),
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      VARCHAR(36)   DEFAULT 'False',
    CONSTRAINT share_access_map_pkey PRIMARY KEY (id)
);

CREATE INDEX share_access_map_share_id_idx
    ON share_access_map (share_id);

-- A snapshot of a share.
CREATE TABLE share_snapshots (
    id                   VARCHAR(36)   NOT NULL,
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    share_id             VARCHAR(36)   NOT NULL,
    size                 INTEGER,
    status               VARCHAR(255),
    progress             VARCHAR(255),
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    share_size           INTEGER,
    share_proto          VARCHAR(255),
    export_location      VARCHAR(255),
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              VARCHAR(36)   DEFAULT 'False',
    CONSTRAINT share_snapshots_pkey PRIMARY KEY (id)
);

CREATE INDEX share_snapshots_share_id_deleted_project_id_idx
    ON share_snapshots (share_id, deleted, project_id);
CREATE INDEX share_snapshots_project_id_deleted_user_id_idx
    ON share_snapshots (project_id, deleted, user_id);
