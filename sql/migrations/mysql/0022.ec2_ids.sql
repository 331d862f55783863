-- depends: 0021.task_logs
-- transactional: false
--
-- Numbers that the EC2 and S3 interfaces use for uuids; the number is the id of the row.

-- Numbers of instances.
CREATE TABLE instance_id_mappings (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT       DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_id_mappings_uuid_idx (uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_id_mappings.
CREATE TABLE shadow_instance_id_mappings (
    id          BIGINT       NOT NULL,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Numbers of snapshots.
CREATE TABLE snapshot_id_mappings (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT       DEFAULT 0,
    PRIMARY KEY (id),
    KEY snapshot_id_mappings_uuid_idx (uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of snapshot_id_mappings.
CREATE TABLE shadow_snapshot_id_mappings (
    id          BIGINT       NOT NULL,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Numbers of volumes.
CREATE TABLE volume_id_mappings (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT       DEFAULT 0,
    PRIMARY KEY (id),
    KEY volume_id_mappings_uuid_idx (uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of volume_id_mappings.
CREATE TABLE shadow_volume_id_mappings (
    id          BIGINT       NOT NULL,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Numbers of images.
CREATE TABLE s3_images (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT       DEFAULT 0,
    PRIMARY KEY (id),
    KEY s3_images_uuid_idx (uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of s3_images.
CREATE TABLE shadow_s3_images (
    id          BIGINT       NOT NULL,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
