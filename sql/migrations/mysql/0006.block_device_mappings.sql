-- depends: 0005.key_pairs
-- transactional: false
--
-- Disks of instances.

-- One disk of an instance: a volume, a snapshot, an image or a blank disk.
CREATE TABLE block_device_mapping (
    id                     BIGINT        NOT NULL AUTO_INCREMENT,
    instance_uuid          VARCHAR(36),
    source_type            VARCHAR(255),
    destination_type       VARCHAR(255),
    guest_format           VARCHAR(255),
    device_type            VARCHAR(255),
    disk_bus               VARCHAR(255),
    boot_index             INT,
    device_name            VARCHAR(255),
    delete_on_termination  TINYINT(1),
    snapshot_id            VARCHAR(36),
    volume_id              VARCHAR(36),
    volume_size            INT,
    image_id               VARCHAR(36),
    no_device              TINYINT(1),
    connection_info        MEDIUMTEXT,
    virtual_name           VARCHAR(255),
    created_at             DATETIME(6),
    updated_at             DATETIME(6),
    deleted_at             DATETIME(6),
    deleted                BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY block_device_mapping_instance_uuid_device_name_idx (instance_uuid, device_name),
    KEY block_device_mapping_volume_id_idx (volume_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of block_device_mapping.
CREATE TABLE shadow_block_device_mapping (
    id                     BIGINT        NOT NULL,
    instance_uuid          VARCHAR(36),
    source_type            VARCHAR(255),
    destination_type       VARCHAR(255),
    guest_format           VARCHAR(255),
    device_type            VARCHAR(255),
    disk_bus               VARCHAR(255),
    boot_index             INT,
    device_name            VARCHAR(255),
    delete_on_termination  TINYINT(1),
    snapshot_id            VARCHAR(36),
    volume_id              VARCHAR(36),
    volume_size            INT,
    image_id               VARCHAR(36),
    no_device              TINYINT(1),
    connection_info        MEDIUMTEXT,
    virtual_name           VARCHAR(255),
    created_at             DATETIME(6),
    updated_at             DATETIME(6),
    deleted_at             DATETIME(6),
    deleted                BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
