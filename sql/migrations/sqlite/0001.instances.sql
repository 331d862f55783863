-- Instances (virtual machines) and what belongs to one instance alone.

-- One row per virtual machine. The uuid is unique over deleted rows too.
CREATE TABLE instances (
    id                        INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id                   VARCHAR(255),
    project_id                VARCHAR(255),
    image_ref                 VARCHAR(255),
    kernel_id                 VARCHAR(255),
    ramdisk_id                VARCHAR(255),
    hostname                  VARCHAR(255),
    launch_index              INTEGER,
    key_name                  VARCHAR(255),
    key_data                  TEXT,
    power_state               INTEGER,
    vm_state                  VARCHAR(255),
    task_state                VARCHAR(255),
    memory_mb                 INTEGER,
    vcpus                     INTEGER,
    root_gb                   INTEGER,
    ephemeral_gb              INTEGER,
    ephemeral_key_uuid        VARCHAR(36),
    host                      VARCHAR(255),
    node                      VARCHAR(255),
    instance_type_id          BIGINT,
    user_data                 TEXT,
    reservation_id            VARCHAR(255),
    scheduled_at              DATETIME,
    launched_at               DATETIME,
    terminated_at             DATETIME,
    availability_zone         VARCHAR(255),
    display_name              VARCHAR(255),
    display_description       VARCHAR(255),
    launched_on               TEXT,
    locked                    BOOLEAN,
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
    auto_disk_config          BOOLEAN,
    progress                  INTEGER,
    shutdown_terminate        BOOLEAN,
    disable_terminate         BOOLEAN,
    cell_name                 VARCHAR(255),
    internal_id               BIGINT,
    cleaned                   INTEGER,
    created_at                DATETIME,
    updated_at                DATETIME,
    deleted_at                DATETIME,
    deleted                   BIGINT        DEFAULT 0,
    CONSTRAINT ck_instances_locked_by CHECK (locked_by IN ('owner', 'admin'))
);

CREATE UNIQUE INDEX uniq_instances0uuid
    ON instances (uuid);
CREATE INDEX instances_project_id_deleted_created_at_id_idx
    ON instances (project_id, deleted, created_at, id);
CREATE INDEX instances_deleted_created_at_id_idx
    ON instances (deleted, created_at, id);
CREATE INDEX instances_created_at_id_idx
    ON instances (created_at, id);
CREATE INDEX instances_host_deleted_cleaned_idx
    ON instances (host, deleted, cleaned);
CREATE INDEX instances_task_state_idx
    ON instances (task_state);

-- Archived rows of instances.
CREATE TABLE shadow_instances (
    id                        INTEGER       NOT NULL PRIMARY KEY,
    user_id                   VARCHAR(255),
    project_id                VARCHAR(255),
    image_ref                 VARCHAR(255),
    kernel_id                 VARCHAR(255),
    ramdisk_id                VARCHAR(255),
    hostname                  VARCHAR(255),
    launch_index              INTEGER,
    key_name                  VARCHAR(255),
    key_data                  TEXT,
    power_state               INTEGER,
    vm_state                  VARCHAR(255),
    task_state                VARCHAR(255),
    memory_mb                 INTEGER,
    vcpus                     INTEGER,
    root_gb                   INTEGER,
    ephemeral_gb              INTEGER,
    ephemeral_key_uuid        VARCHAR(36),
    host                      VARCHAR(255),
    node                      VARCHAR(255),
    instance_type_id          BIGINT,
    user_data                 TEXT,
    reservation_id            VARCHAR(255),
    scheduled_at              DATETIME,
    launched_at               DATETIME,
    terminated_at             DATETIME,
    availability_zone         VARCHAR(255),
    display_name              VARCHAR(255),
    display_description       VARCHAR(255),
    launched_on               TEXT,
    locked                    BOOLEAN,
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
    auto_disk_config          BOOLEAN,
    progress                  INTEGER,
    shutdown_terminate        BOOLEAN,
    disable_terminate         BOOLEAN,
    cell_name                 VARCHAR(255),
    internal_id               BIGINT,
    cleaned                   INTEGER,
    created_at                DATETIME,
    updated_at                DATETIME,
    deleted_at                DATETIME,
    deleted                   BIGINT
);

-- What the owner noted about an instance, one key and value per row.
CREATE TABLE instance_metadata (
    id             INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"          VARCHAR(255),
    value          VARCHAR(255),
    instance_uuid  VARCHAR(36),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT        DEFAULT 0
);

CREATE INDEX instance_metadata_instance_uuid_idx
    ON instance_metadata (instance_uuid);
CREATE INDEX instance_metadata_value_instance_uuid_idx
    ON instance_metadata (value, instance_uuid);

-- Archived rows of instance_metadata.
CREATE TABLE shadow_instance_metadata (
    id             INTEGER       NOT NULL PRIMARY KEY,
    "key"          VARCHAR(255),
    value          VARCHAR(255),
    instance_uuid  VARCHAR(36),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);

-- What the services noted about an instance, one key and value per row.
CREATE TABLE instance_system_metadata (
    id             INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"          VARCHAR(255)  NOT NULL,
    value          VARCHAR(255),
    instance_uuid  VARCHAR(36)   NOT NULL,
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT        DEFAULT 0
);

CREATE INDEX instance_system_metadata_instance_uuid_idx
    ON instance_system_metadata (instance_uuid);
CREATE INDEX instance_system_metadata_value_instance_uuid_idx
    ON instance_system_metadata (value, instance_uuid);

-- Archived rows of instance_system_metadata.
CREATE TABLE shadow_instance_system_metadata (
    id             INTEGER       NOT NULL PRIMARY KEY,
    "key"          VARCHAR(255)  NOT NULL,
    value          VARCHAR(255),
    instance_uuid  VARCHAR(36)   NOT NULL,
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);

-- Cached network information (JSON), at most one row per instance, ever.
CREATE TABLE instance_info_caches (
    id             INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    network_info   TEXT,
    instance_uuid  VARCHAR(36)  NOT NULL,
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT       DEFAULT 0
);

CREATE UNIQUE INDEX uniq_instance_info_caches0instance_uuid
    ON instance_info_caches (instance_uuid);

-- Archived rows of instance_info_caches.
CREATE TABLE shadow_instance_info_caches (
    id             INTEGER      NOT NULL PRIMARY KEY,
    network_info   TEXT,
    instance_uuid  VARCHAR(36)  NOT NULL,
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);

-- Errors that an instance ran into, newest read first.
CREATE TABLE instance_faults (
    id             INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    instance_uuid  VARCHAR(36),
    code           INTEGER       NOT NULL,
    message        VARCHAR(255),
    details        TEXT,
    host           VARCHAR(255),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT        DEFAULT 0
);

CREATE INDEX instance_faults_instance_uuid_deleted_created_at_idx
    ON instance_faults (instance_uuid, deleted, created_at);

-- Archived rows of instance_faults.
CREATE TABLE shadow_instance_faults (
    id             INTEGER       NOT NULL PRIMARY KEY,
    instance_uuid  VARCHAR(36),
    code           INTEGER       NOT NULL,
    message        VARCHAR(255),
    details        TEXT,
    host           VARCHAR(255),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);
