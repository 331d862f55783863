-- transactional: false
--
-- Instances (virtual machines) and what belongs to one instance alone.

-- One row per virtual machine. The uuid is unique over deleted rows too.
CREATE TABLE instances (
    id                        BIGINT        NOT NULL AUTO_INCREMENT,
    user_id                   VARCHAR(255),
    project_id                VARCHAR(255),
    image_ref                 VARCHAR(255),
    kernel_id                 VARCHAR(255),
    ramdisk_id                VARCHAR(255),
    hostname                  VARCHAR(255),
    launch_index              INT,
    key_name                  VARCHAR(255),
    key_data                  MEDIUMTEXT,
    power_state               INT,
    vm_state                  VARCHAR(255),
    task_state                VARCHAR(255),
    memory_mb                 INT,
    vcpus                     INT,
    root_gb                   INT,
    ephemeral_gb              INT,
    ephemeral_key_uuid        VARCHAR(36),
    host                      VARCHAR(255),
    node                      VARCHAR(255),
    instance_type_id          BIGINT,
    user_data                 MEDIUMTEXT,
    reservation_id            VARCHAR(255),
    scheduled_at              DATETIME(6),
    launched_at               DATETIME(6),
    terminated_at             DATETIME(6),
    availability_zone         VARCHAR(255),
    display_name              VARCHAR(255),
    display_description       VARCHAR(255),
    launched_on               MEDIUMTEXT,
    locked                    TINYINT(1),
    locked_by                 VARCHAR(5),
    os_type                   VARCHAR(255),
    architecture              VARCHAR(255),
    vm_mode                   VARCHAR(255),
    uuid                      VARCHAR(36),
    root_device_name          VARCHAR(255),
    default_ephemeral_device  VARCHAR(255),
    default_swap_device       VARCHAR(255),
    config_drive              VARCHAR(255),
    access_ip_v4              VARCHAR(39),
    access_ip_v6              VARCHAR(39),
    auto_disk_config          TINYINT(1),
    progress                  INT,
    shutdown_terminate        TINYINT(1),
    disable_terminate         TINYINT(1),
    cell_name                 VARCHAR(255),
    internal_id               BIGINT,
    cleaned                   INT,
    created_at                DATETIME(6),
    updated_at                DATETIME(6),
    deleted_at                DATETIME(6),
    deleted                   BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_instances0uuid (uuid),
    KEY instances_project_id_deleted_created_at_id_idx (project_id, deleted, created_at, id),
    KEY instances_deleted_created_at_id_idx (deleted, created_at, id),
    KEY instances_created_at_id_idx (created_at, id),
    KEY instances_host_deleted_cleaned_idx (host, deleted, cleaned),
    KEY instances_task_state_idx (task_state),
    CONSTRAINT ck_instances_locked_by CHECK (locked_by IN ('owner', 'admin'))
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instances.
CREATE TABLE shadow_instances (
    id                        BIGINT        NOT NULL,
    user_id                   VARCHAR(255),
    project_id                VARCHAR(255),
    image_ref                 VARCHAR(255),
    kernel_id                 VARCHAR(255),
    ramdisk_id                VARCHAR(255),
    hostname                  VARCHAR(255),
    launch_index              INT,
    key_name                  VARCHAR(255),
    key_data                  MEDIUMTEXT,
    power_state               INT,
    vm_state                  VARCHAR(255),
    task_state                VARCHAR(255),
    memory_mb                 INT,
    vcpus                     INT,
    root_gb                   INT,
    ephemeral_gb              INT,
    ephemeral_key_uuid        VARCHAR(36),
    host                      VARCHAR(255),
    node                      VARCHAR(255),
    instance_type_id          BIGINT,
    user_data                 MEDIUMTEXT,
    reservation_id            VARCHAR(255),
    scheduled_at              DATETIME(6),
    launched_at               DATETIME(6),
    terminated_at             DATETIME(6),
    availability_zone         VARCHAR(255),
    display_name              VARCHAR(255),
    display_description       VARCHAR(255),
    launched_on               MEDIUMTEXT,
    locked                    TINYINT(1),
    locked_by                 VARCHAR(5),
    os_type                   VARCHAR(255),
    architecture              VARCHAR(255),
    vm_mode                   VARCHAR(255),
    uuid                      VARCHAR(36),
    root_device_name          VARCHAR(255),
    default_ephemeral_device  VARCHAR(255),
    default_swap_device       VARCHAR(255),
    config_drive              VARCHAR(255),
    access_ip_v4              VARCHAR(39),
    access_ip_v6              VARCHAR(39),
    auto_disk_config          TINYINT(1),
    progress                  INT,
    shutdown_terminate        TINYINT(1),
    disable_terminate         TINYINT(1),
    cell_name                 VARCHAR(255),
    internal_id               BIGINT,
    cleaned                   INT,
    created_at                DATETIME(6),
    updated_at                DATETIME(6),
    deleted_at                DATETIME(6),
    deleted                   BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- What the owner noted about an instance, one key and value per row.
CREATE TABLE instance_metadata (
    id             BIGINT        NOT NULL AUTO_INCREMENT,
    `key`          VARCHAR(255),
    value          VARCHAR(255),
    instance_uuid  VARCHAR(36),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_metadata_instance_uuid_idx (instance_uuid),
    KEY instance_metadata_value_instance_uuid_idx (value, instance_uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_metadata.
CREATE TABLE shadow_instance_metadata (
    id             BIGINT        NOT NULL,
    `key`          VARCHAR(255),
    value          VARCHAR(255),
    instance_uuid  VARCHAR(36),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- What the services noted about an instance, one key and value per row.
CREATE TABLE instance_system_metadata (
    id             BIGINT        NOT NULL AUTO_INCREMENT,
    `key`          VARCHAR(255)  NOT NULL,
    value          VARCHAR(255),
    instance_uuid  VARCHAR(36)   NOT NULL,
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_system_metadata_instance_uuid_idx (instance_uuid),
    KEY instance_system_metadata_value_instance_uuid_idx (value, instance_uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_system_metadata.
CREATE TABLE shadow_instance_system_metadata (
    id             BIGINT        NOT NULL,
    `key`          VARCHAR(255)  NOT NULL,
    value          VARCHAR(255),
    instance_uuid  VARCHAR(36)   NOT NULL,
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Cached network information (JSON), at most one row per instance, ever.
CREATE TABLE instance_info_caches (
    id             BIGINT       NOT NULL AUTO_INCREMENT,
    network_info   MEDIUMTEXT,
    instance_uuid  VARCHAR(36)  NOT NULL,
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT       DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_instance_info_caches0instance_uuid (instance_uuid)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_info_caches.
CREATE TABLE shadow_instance_info_caches (
    id             BIGINT       NOT NULL,
    network_info   MEDIUMTEXT,
    instance_uuid  VARCHAR(36)  NOT NULL,
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Errors that an instance ran into, newest read first.
CREATE TABLE instance_faults (
    id             BIGINT        NOT NULL AUTO_INCREMENT,
    instance_uuid  VARCHAR(36),
    code           INT           NOT NULL,
    message        VARCHAR(255),
    details        MEDIUMTEXT,
    host           VARCHAR(255),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_faults_instance_uuid_deleted_created_at_idx (instance_uuid, deleted, created_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_faults.
CREATE TABLE shadow_instance_faults (
    id             BIGINT        NOT NULL,
    instance_uuid  VARCHAR(36),
    code           INT           NOT NULL,
    message        VARCHAR(255),
    details        MEDIUMTEXT,
    host           VARCHAR(255),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
