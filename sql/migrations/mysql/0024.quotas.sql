-- depends: 0023.volumes
-- transactional: false
--
-- Limits of projects, users and quota classes, what is used, and what is reserved.

-- Limits of a project. NULL or a negative number means no limit.
CREATE TABLE quotas (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    project_id  VARCHAR(255),
    resource    VARCHAR(255)  NOT NULL,
    hard_limit  INT,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_quotas0project_id0resource0deleted (project_id, resource, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of quotas.
CREATE TABLE shadow_quotas (
    id          BIGINT        NOT NULL,
    project_id  VARCHAR(255),
    resource    VARCHAR(255)  NOT NULL,
    hard_limit  INT,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Limits of a user within a project.
CREATE TABLE project_user_quotas (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    project_id  VARCHAR(255)  NOT NULL,
    user_id     VARCHAR(255)  NOT NULL,
    resource    VARCHAR(255)  NOT NULL,
    hard_limit  INT,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_project_user_quotas0user_id0project_id0resource0deleted (user_id, project_id, resource, deleted),
    KEY project_user_quotas_project_id_deleted_idx (project_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of project_user_quotas.
CREATE TABLE shadow_project_user_quotas (
    id          BIGINT        NOT NULL,
    project_id  VARCHAR(255)  NOT NULL,
    user_id     VARCHAR(255)  NOT NULL,
    resource    VARCHAR(255)  NOT NULL,
    hard_limit  INT,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Limits by quota class.
CREATE TABLE quota_classes (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    class_name  VARCHAR(255),
    resource    VARCHAR(255),
    hard_limit  INT,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY quota_classes_class_name_resource_idx (class_name, resource)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of quota_classes.
CREATE TABLE shadow_quota_classes (
    id          BIGINT        NOT NULL,
    class_name  VARCHAR(255),
    resource    VARCHAR(255),
    hard_limit  INT,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- What is in use and reserved. Rows without a user count for the project as a whole.
CREATE TABLE quota_usages (
    id             BIGINT        NOT NULL AUTO_INCREMENT,
    project_id     VARCHAR(255),
    user_id        VARCHAR(255),
    resource       VARCHAR(255),
    in_use         INT           NOT NULL,
    reserved       INT           NOT NULL,
    until_refresh  INT,
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT        DEFAULT 0,
    user_key       VARCHAR(255)  GENERATED ALWAYS AS (COALESCE(user_id, '')) STORED INVISIBLE,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_quota_usages0project_id0user_id0resource0deleted (project_id, user_key, resource, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of quota_usages.
CREATE TABLE shadow_quota_usages (
    id             BIGINT        NOT NULL,
    project_id     VARCHAR(255),
    user_id        VARCHAR(255),
    resource       VARCHAR(255),
    in_use         INT           NOT NULL,
    reserved       INT           NOT NULL,
    until_refresh  INT,
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Open reservations against quota_usages.
CREATE TABLE reservations (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    uuid        VARCHAR(36)   NOT NULL,
    usage_id    BIGINT        NOT NULL,
    project_id  VARCHAR(255),
    user_id     VARCHAR(255),
    resource    VARCHAR(255),
    delta       INT           NOT NULL,
    expire      DATETIME(6),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY reservations_uuid_idx (uuid),
    KEY reservations_deleted_expire_idx (deleted, expire),
    KEY reservations_project_id_deleted_expire_idx (project_id, deleted, expire)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of reservations.
CREATE TABLE shadow_reservations (
    id          BIGINT        NOT NULL,
    uuid        VARCHAR(36)   NOT NULL,
    usage_id    BIGINT        NOT NULL,
    project_id  VARCHAR(255),
    user_id     VARCHAR(255),
    resource    VARCHAR(255),
    delta       INT           NOT NULL,
    expire      DATETIME(6),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- One row per project; every transaction that changes usages raises its version first.
CREATE TABLE quota_locks (
    project_id  VARCHAR(255)  NOT NULL,
    version     BIGINT        NOT NULL,
    PRIMARY KEY (project_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
