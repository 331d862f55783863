-- depends: 0003.instance_groups
-- transactional: false
--
-- Flavors: the sizes that an instance may have, and who may use a private one.

-- A flavor. Name and flavorid are each unique among live rows.
CREATE TABLE instance_types (
    id            BIGINT        NOT NULL AUTO_INCREMENT,
    name          VARCHAR(255),
    memory_mb     INT           NOT NULL,
    vcpus         INT           NOT NULL,
    root_gb       INT,
    ephemeral_gb  INT,
    flavorid      VARCHAR(255),
    swap          INT           NOT NULL,
    rxtx_factor   DOUBLE,
    vcpu_weight   INT,
    disabled      TINYINT(1),
    is_public     TINYINT(1),
    created_at    DATETIME(6),
    updated_at    DATETIME(6),
    deleted_at    DATETIME(6),
    deleted       BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_instance_types0flavorid0deleted (flavorid, deleted),
    UNIQUE KEY uniq_instance_types0name0deleted (name, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_types.
CREATE TABLE shadow_instance_types (
    id            BIGINT        NOT NULL,
    name          VARCHAR(255),
    memory_mb     INT           NOT NULL,
    vcpus         INT           NOT NULL,
    root_gb       INT,
    ephemeral_gb  INT,
    flavorid      VARCHAR(255),
    swap          INT           NOT NULL,
    rxtx_factor   DOUBLE,
    vcpu_weight   INT,
    disabled      TINYINT(1),
    is_public     TINYINT(1),
    created_at    DATETIME(6),
    updated_at    DATETIME(6),
    deleted_at    DATETIME(6),
    deleted       BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Projects that may use a flavor which is not public.
CREATE TABLE instance_type_projects (
    id                BIGINT        NOT NULL AUTO_INCREMENT,
    instance_type_id  BIGINT        NOT NULL,
    project_id        VARCHAR(255),
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_instance_type_projects0instance_type_id0project_id0deleted (instance_type_id, project_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_type_projects.
CREATE TABLE shadow_instance_type_projects (
    id                BIGINT        NOT NULL,
    instance_type_id  BIGINT        NOT NULL,
    project_id        VARCHAR(255),
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Free-form keys and values of a flavor.
CREATE TABLE instance_type_extra_specs (
    id                BIGINT        NOT NULL AUTO_INCREMENT,
    `key`             VARCHAR(255),
    value             VARCHAR(255),
    instance_type_id  BIGINT        NOT NULL,
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_instance_type_extra_specs0instance_type_id0key0deleted (instance_type_id, `key`, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_type_extra_specs.
CREATE TABLE shadow_instance_type_extra_specs (
    id                BIGINT        NOT NULL,
    `key`             VARCHAR(255),
    value             VARCHAR(255),
    instance_type_id  BIGINT        NOT NULL,
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
