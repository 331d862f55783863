-- depends: 0022.ec2_ids
-- transactional: false
--
-- Volumes and snapshots of the older volume service. The deleted column of the first two is text.

-- A volume. Live rows have deleted = ''.
CREATE TABLE volumes (
    id                   VARCHAR(36)   NOT NULL,
    ec2_id               VARCHAR(255),
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    snapshot_id          VARCHAR(36),
    host                 VARCHAR(255),
    size                 INT,
    availability_zone    VARCHAR(255),
    instance_uuid        VARCHAR(36),
    mountpoint           VARCHAR(255),
    attach_time          DATETIME(6),
    status               VARCHAR(255),
    attach_status        VARCHAR(255),
    scheduled_at         DATETIME(6),
    launched_at          DATETIME(6),
    terminated_at        DATETIME(6),
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    provider_location    VARCHAR(256),
    provider_auth        VARCHAR(256),
    volume_type_id       BIGINT,
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              VARCHAR(36)   DEFAULT '',
    PRIMARY KEY (id),
    KEY volumes_instance_uuid_idx (instance_uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of volumes.
CREATE TABLE shadow_volumes (
    id                   VARCHAR(36)   NOT NULL,
    ec2_id               VARCHAR(255),
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    snapshot_id          VARCHAR(36),
    host                 VARCHAR(255),
    size                 INT,
    availability_zone    VARCHAR(255),
    instance_uuid        VARCHAR(36),
    mountpoint           VARCHAR(255),
    attach_time          DATETIME(6),
    status               VARCHAR(255),
    attach_status        VARCHAR(255),
    scheduled_at         DATETIME(6),
    launched_at          DATETIME(6),
    terminated_at        DATETIME(6),
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    provider_location    VARCHAR(256),
    provider_auth        VARCHAR(256),
    volume_type_id       BIGINT,
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              VARCHAR(36),
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- A snapshot of a volume. Live rows have deleted = ''.
CREATE TABLE snapshots (
    id                   VARCHAR(36)   NOT NULL,
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    volume_id            VARCHAR(36)   NOT NULL,
    status               VARCHAR(255),
    progress             VARCHAR(255),
    volume_size          INT,
    scheduled_at         DATETIME(6),
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              VARCHAR(36)   DEFAULT '',
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of snapshots.
CREATE TABLE shadow_snapshots (
    id                   VARCHAR(36)   NOT NULL,
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    volume_id            VARCHAR(36)   NOT NULL,
    status               VARCHAR(255),
    progress             VARCHAR(255),
    volume_size          INT,
    scheduled_at         DATETIME(6),
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              VARCHAR(36),
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- iSCSI targets of a host, and the volume each carries.
CREATE TABLE iscsi_targets (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    target_num  INT,
    host        VARCHAR(255),
    volume_id   VARCHAR(36),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY iscsi_targets_host_volume_id_deleted_idx (host, volume_id, deleted),
    KEY iscsi_targets_volume_id_idx (volume_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of iscsi_targets.
CREATE TABLE shadow_iscsi_targets (
    id          BIGINT        NOT NULL,
    target_num  INT,
    host        VARCHAR(255),
    volume_id   VARCHAR(36),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
