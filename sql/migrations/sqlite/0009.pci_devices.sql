-- depends: 0008.services
--
-- PCI devices of compute nodes.

-- One device, and the instance it is given to.
CREATE TABLE pci_devices (
    id               INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
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
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          BIGINT        NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX uniq_pci_devices0compute_node_id0address0deleted
    ON pci_devices (compute_node_id, address, deleted);
CREATE INDEX pci_devices_instance_uuid_deleted_idx
    ON pci_devices (instance_uuid, deleted);

-- Archived rows of pci_devices.
CREATE TABLE shadow_pci_devices (
    id               INTEGER       NOT NULL PRIMARY KEY,
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
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          BIGINT        NOT NULL
);
