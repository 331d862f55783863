-- depends: 0008.services
-- transactional: false
--
-- PCI devices of compute nodes.

-- One device, and the instance it is given to.
CREATE TABLE pci_devices (
    id               BIGINT        NOT NULL AUTO_INCREMENT,
    compute_node_id  BIGINT        NOT NULL,
    address          VARCHAR(12)   NOT NULL,
    vendor_id        VARCHAR(4),
    product_id       VARCHAR(4),
    dev_type         VARCHAR(8),
    dev_id           VARCHAR(255),
    label            VARCHAR(255)  NOT NULL,
    status           VARCHAR(36)   NOT NULL,
    extra_info       TEXT,
    instance_uuid    VARCHAR(36),
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          BIGINT        NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_pci_devices0compute_node_id0address0deleted (compute_node_id, address, deleted),
    KEY pci_devices_instance_uuid_deleted_idx (instance_uuid, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of pci_devices.
CREATE TABLE shadow_pci_devices (
    id               BIGINT        NOT NULL,
    compute_node_id  BIGINT        NOT NULL,
    address          VARCHAR(12)   NOT NULL,
    vendor_id        VARCHAR(4),
    product_id       VARCHAR(4),
    dev_type         VARCHAR(8),
    dev_id           VARCHAR(255),
    label            VARCHAR(255)  NOT NULL,
    status           VARCHAR(36)   NOT NULL,
    extra_info       TEXT,
    instance_uuid    VARCHAR(36),
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          BIGINT        NOT NULL,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
