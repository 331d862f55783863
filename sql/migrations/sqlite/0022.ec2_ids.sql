-- depends: 0021.task_logs
--
-- Numbers that the EC2 and S3 interfaces use for uuids; the number is the id of the row.

-- Numbers of instances.
CREATE TABLE instance_id_mappings (
    id          INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT       DEFAULT 0
);

CREATE INDEX instance_id_mappings_uuid_idx
    ON instance_id_mappings (uuid);

-- Archived rows of instance_id_mappings.
CREATE TABLE shadow_instance_id_mappings (
    id          INTEGER      NOT NULL PRIMARY KEY,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Numbers of snapshots.
CREATE TABLE snapshot_id_mappings (
    id          INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT       DEFAULT 0
);

CREATE INDEX snapshot_id_mappings_uuid_idx
    ON snapshot_id_mappings (uuid);

-- Archived rows of snapshot_id_mappings.
CREATE TABLE shadow_snapshot_id_mappings (
    id          INTEGER      NOT NULL PRIMARY KEY,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Numbers of volumes.
CREATE TABLE volume_id_mappings (
    id          INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT       DEFAULT 0
);

CREATE INDEX volume_id_mappings_uuid_idx
    ON volume_id_mappings (uuid);

-- Archived rows of volume_id_mappings.
CREATE TABLE shadow_volume_id_mappings (
    id          INTEGER      NOT NULL PRIMARY KEY,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Numbers of images.
CREATE TABLE s3_images (
    id          INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT       DEFAULT 0
);

CREATE INDEX s3_images_uuid_idx
    ON s3_images (uuid);

-- Archived rows of s3_images.
CREATE TABLE shadow_s3_images (
    id          INTEGER      NOT NULL PRIMARY KEY,
    uuid        VARCHAR(36)  NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);
