-- depends: 0006.block_device_mappings
--
-- Resizes and moves of instances between hosts.

-- One row per resize or move, with its status.
CREATE TABLE migrations (
    id                    INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    source_compute        VARCHAR(255),
    dest_compute          VARCHAR(255),
    source_node           VARCHAR(255),
    dest_node             VARCHAR(255),
    dest_host             VARCHAR(255),
    old_instance_type_id  BIGINT,
    new_instance_type_id  BIGINT,
    instance_uuid         VARCHAR(36),
    status                VARCHAR(255),
    created_at            DATETIME,
    updated_at            DATETIME,
    deleted_at            DATETIME,
    deleted               BIGINT        DEFAULT 0
);

CREATE INDEX migrations_instance_uuid_status_idx
    ON migrations (instance_uuid, status);
CREATE INDEX migrations_dest_compute_status_idx
    ON migrations (dest_compute, status);
CREATE INDEX migrations_source_compute_status_idx
    ON migrations (source_compute, status);
CREATE INDEX migrations_status_idx
    ON migrations (status);

-- Archived rows of migrations.
CREATE TABLE shadow_migrations (
    id                    INTEGER       NOT NULL PRIMARY KEY,
    source_compute        VARCHAR(255),
    dest_compute          VARCHAR(255),
    source_node           VARCHAR(255),
    dest_node             VARCHAR(255),
    dest_host             VARCHAR(255),
    old_instance_type_id  BIGINT,
    new_instance_type_id  BIGINT,
    instance_uuid         VARCHAR(36),
    status                VARCHAR(255),
    created_at            DATETIME,
    updated_at            DATETIME,
    deleted_at            DATETIME,
    deleted               BIGINT
);
