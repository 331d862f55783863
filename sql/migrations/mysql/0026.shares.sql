-- depends: 0025.volume_types
-- transactional: false
--
-- Shared file systems, who may mount them, and their snapshots. Live rows have deleted = 'False'.

-- A shared file system.
CREATE TABLE shares (
    id                   VARCHAR(36)   NOT NULL,
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    host                 VARCHAR(255),
    size                 INT,
    availability_zone    VARCHAR(255),
    status               VARCHAR(255),
    scheduled_at         DATETIME(6),
    launched_at          DATETIME(6),
    terminated_at        DATETIME(6),
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    snapshot_id          VARCHAR(36),
    share_proto          VARCHAR(255),
    export_location      VARCHAR(255),
    share_network_id     VARCHAR(36),
    volume_type_id       VARCHAR(36),
    share_server_id      VARCHAR(36),
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              VARCHAR(36)   DEFAULT 'False',
    PRIMARY KEY (id),
    KEY shares_project_id_deleted_user_id_idx (project_id, deleted, user_id),
    KEY shares_host_deleted_idx (host, deleted),
    KEY shares_share_network_id_deleted_idx (share_network_id, deleted),
    KEY shares_share_server_id_deleted_idx (share_server_id, deleted),
    KEY shares_volume_type_id_deleted_idx (volume_type_id, deleted),
    KEY shares_deleted_at_idx (deleted_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Free-form keys and values of a share (deleted is a number here).
CREATE TABLE share_metadata (
    id          BIGINT         NOT NULL AUTO_INCREMENT,
    `key`       VARCHAR(255)   NOT NULL,
    value       VARCHAR(1023)  NOT NULL,
    share_id    VARCHAR(36)    NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT         DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_share_metadata0share_id0key0deleted (share_id, `key`, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Who may mount a share.
CREATE TABLE share_access_map (
    id           VARCHAR(36)   NOT NULL,
    share_id     VARCHAR(36)   NOT NULL,
    access_type  VARCHAR(255),
    access_to    VARCHAR(255),
    state        VARCHAR(255),
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      VARCHAR(36)   DEFAULT 'False',
    PRIMARY KEY (id),
    KEY share_access_map_share_id_idx (share_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- A snapshot of a share.
CREATE TABLE share_snapshots (
    id                   VARCHAR(36)   NOT NULL,
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    share_id             VARCHAR(36)   NOT NULL,
    size                 INT,
    status               VARCHAR(255),
    progress             VARCHAR(255),
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    share_size           INT,
    share_proto          VARCHAR(255),
    export_location      VARCHAR(255),
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              VARCHAR(36)   DEFAULT 'False',
    PRIMARY KEY (id),
    KEY share_snapshots_share_id_deleted_project_id_idx (share_id, deleted, project_id),
    KEY share_snapshots_project_id_deleted_user_id_idx (project_id, deleted, user_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
