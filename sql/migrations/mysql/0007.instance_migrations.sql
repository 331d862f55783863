-- depends: 0006.block_device_mappings
-- transactional: false
--
-- Resizes and moves of instances between hosts.

-- One row per resize or move, with its status.
CREATE TABLE migrations (
    id                    BIGINT        NOT NULL AUTO_INCREMENT,
    source_compute        VARCHAR(255),
    dest_compute          VARCHAR(255),
    source_node           VARCHAR(255),
    dest_node             VARCHAR(255),
    dest_host             VARCHAR(255),
    old_instance_type_id  BIGINT,
    new_instance_type_id  BIGINT,
    instance_uuid         VARCHAR(36),
    status                VARCHAR(255),
    created_at            DATETIME(6),
    updated_at            DATETIME(6),
    deleted_at            DATETIME(6),
    deleted               BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY migrations_instance_uuid_status_idx (instance_uuid, status),
    KEY migrations_dest_compute_status_idx (dest_compute, status),
    KEY migrations_source_compute_status_idx (source_compute, status),
    KEY migrations_status_idx (status)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of migrations.
CREATE TABLE shadow_migrations (
    id                    BIGINT        NOT NULL,
    source_compute        VARCHAR(255),
    dest_compute          VARCHAR(255),
    source_node           VARCHAR(255),
    dest_node             VARCHAR(255),
    dest_host             VARCHAR(255),
    old_instance_type_id  BIGINT,
    new_instance_type_id  BIGINT,
    instance_uuid         VARCHAR(36),
    status                VARCHAR(255),
    created_at            DATETIME(6),
    updated_at            DATETIME(6),
    deleted_at            DATETIME(6),
    deleted               BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
