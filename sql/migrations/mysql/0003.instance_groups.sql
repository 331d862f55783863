-- depends: 0002.actions
-- transactional: false
--
-- Groups of instances, and the policies by which they are placed.

-- A group. The uuid is unique among live rows.
CREATE TABLE instance_groups (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    user_id     VARCHAR(255),
    project_id  VARCHAR(255),
    uuid        VARCHAR(36)   NOT NULL,
    name        VARCHAR(255),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_instance_groups0uuid0deleted (uuid, deleted),
    KEY instance_groups_project_id_deleted_idx (project_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_groups.
CREATE TABLE shadow_instance_groups (
    id          BIGINT        NOT NULL,
    user_id     VARCHAR(255),
    project_id  VARCHAR(255),
    uuid        VARCHAR(36)   NOT NULL,
    name        VARCHAR(255),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Members; instance_id is free text, normally an instance uuid.
CREATE TABLE instance_group_member (
    id           BIGINT        NOT NULL AUTO_INCREMENT,
    instance_id  VARCHAR(255),
    group_id     BIGINT        NOT NULL,
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_group_member_group_id_deleted_idx (group_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_group_member.
CREATE TABLE shadow_instance_group_member (
    id           BIGINT        NOT NULL,
    instance_id  VARCHAR(255),
    group_id     BIGINT        NOT NULL,
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Free-form keys and values of a group.
CREATE TABLE instance_group_metadata (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    `key`       VARCHAR(255),
    value       VARCHAR(255),
    group_id    BIGINT        NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_group_metadata_group_id_deleted_idx (group_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_group_metadata.
CREATE TABLE shadow_instance_group_metadata (
    id          BIGINT        NOT NULL,
    `key`       VARCHAR(255),
    value       VARCHAR(255),
    group_id    BIGINT        NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Placement policies of a group.
CREATE TABLE instance_group_policy (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    policy      VARCHAR(255),
    group_id    BIGINT        NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_group_policy_group_id_deleted_idx (group_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_group_policy.
CREATE TABLE shadow_instance_group_policy (
    id          BIGINT        NOT NULL,
    policy      VARCHAR(255),
    group_id    BIGINT        NOT NULL,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
