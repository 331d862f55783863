-- depends: 0022.ec2_ids
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
    size                 INTEGER,
    availability_zone    VARCHAR(255),
    instance_uuid        VARCHAR(36),
    mountpoint           VARCHAR(255),
    attach_time          DATETIME,
    status               VARCHAR(255),
    attach_status        VARCHAR(255),
    scheduled_at         DATETIME,
    launched_at          DATETIME,
    terminated_at        DATETIME,
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    provider_location    VARCHAR(256),
    provider_auth        VARCHAR(256),
    volume_type_id       BIGINT,
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              VARCHAR(36)   DEFAULT '',
    CONSTRAINT volumes_pkey PRIMARY KEY (id)
);

CREATE INDEX volumes_instance_uuid_idx
    ON volumes (instance_uuid);

-- Archived rows of volumes.
CREATE TABLE shadow_volumes (
    id                   VARCHAR(36)   NOT NULL,
    ec2_id               VARCHAR(255),
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    snapshot_id          VARCHAR(36),
    host                 VARCHAR(255),
    size                 INTEGER,
    availability_zone    VARCHAR(255),
    instance_uuid        VARCHAR(36),
    mountpoint           VARCHAR(255),
    attach_time          DATETIME,
    status               VARCHAR(255),
    attach_status        VARCHAR(255),
    scheduled_at         DATETIME,
    launched_at          DATETIME,
    terminated_at        DATETIME,
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    provider_location    VARCHAR(256),
    provider_auth        VARCHAR(256),
    volume_type_id       BIGINT,
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              VARCHAR(36),
    CONSTRAINT shadow_volumes_pkey PRIMARY KEY (id)
);

-- A snapshot of a volume. Live rows have deleted = ''.
CREATE TABLE snapshots (
    id                   VARCHAR(36)   NOT NULL,
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    volume_id            VARCHAR(36)   NOT NULL,
    status               VARCHAR(255),
    progress             VARCHAR(255),
    volume_size          INTEGER,
    scheduled_at         DATETIME,
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              VARCHAR(36)   DEFAULT '',
    CONSTRAINT snapshots_pkey PRIMARY KEY (id)
);

-- Archived rows of snapshots.
CREATE TABLE shadow_snapshots (
    id                   VARCHAR(36)   NOT NULL,
    user_id              VARCHAR(255),
    project_id           VARCHAR(255),
    volume_id            VARCHAR(36)   NOT NULL,
    status               VARCHAR(255),
    progress             VARCHAR(255),
    volume_size          INTEGER,
    scheduled_at         DATETIME,
    display_name         VARCHAR(255),
    display_description  VARCHAR(255),
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              VARCHAR(36),
    CONSTRAINT shadow_snapshots_pkey PRIMARY KEY (id)
);

-- iSCSI targets of a host, and the volume each carries.
CREATE TABLE iscsi_targets (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    target_num  INTEGER,
    host        VARCHAR(255),
    volume_id   VARCHAR(36),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE INDEX iscsi_targets_host_volume_id_deleted_idx
    ON iscsi_targets (host, volume_id, deleted);
CREATE INDEX iscsi_targets_volume_id_idx
    ON iscsi_targets (volume_id);

-- Archived rows of iscsi_targets.
CREATE TABLE shadow_iscsi_targets (
    id          INTEGER       NOT NULL PRIMARY KEY,
    target_num  INTEGER,
    host        VARCHAR(255),
    volume_id   VARCHAR(36),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);
