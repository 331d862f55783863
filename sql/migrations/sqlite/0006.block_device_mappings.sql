-- depends: 0005.key_pairs
--
-- Disks of instances.

-- One disk of an instance: a volume, a snapshot, an image or a blank disk.
CREATE TABLE block_device_mapping (
    id                     INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    instance_uuid          VARCHAR(36),
    source_type            VARCHAR(255),
    destination_type       VARCHAR(255),
    guest_format           VARCHAR(255),
    device_type            VARCHAR(255),
    disk_bus               VARCHAR(255),
    boot_index             INTEGER,
    device_name            VARCHAR(255),
    delete_on_termination  BOOLEAN,
    snapshot_id            VARCHAR(36),
    volume_id              VARCHAR(36),
    volume_size            INTEGER,
    image_id               VARCHAR(36),
    no_device              BOOLEAN,
    connection_info        TEXT,
    virtual_name           VARCHAR(255),
    created_at             DATETIME,
    updated_at             DATETIME,
    deleted_at             DATETIME,
    deleted                BIGINT        DEFAULT 0
);

CREATE INDEX block_device_mapping_instance_uuid_device_name_idx
    ON block_device_mapping (instance_uuid, device_name);
CREATE INDEX block_device_mapping_volume_id_idx
    ON block_device_mapping (volume_id);

-- Archived rows of block_device_mapping.
CREATE TABLE shadow_block_device_mapping (
    id                     INTEGER       NOT NULL PRIMARY KEY,
    instance_uuid          VARCHAR(36),
    source_type            VARCHAR(255),
    destination_type       VARCHAR(255),
    guest_format           VARCHAR(255),
    device_type            VARCHAR(255),
    disk_bus               VARCHAR(255),
    boot_index             INTEGER,
    device_name            VARCHAR(255),
    delete_on_termination  BOOLEAN,
    snapshot_id            VARCHAR(36),
    volume_id              VARCHAR(36),
    volume_size            INTEGER,
    image_id               VARCHAR(36),
    no_device              BOOLEAN,
    connection_info        TEXT,
    virtual_name           VARCHAR(255),
    created_at             DATETIME,
    updated_at             DATETIME,
    deleted_at             DATETIME,
    deleted                BIGINT
);
