-- depends: 0007.instance_migrations
-- transactional: false
--
-- Services that run on hosts, and the capacity of compute nodes.

-- One row per service and host. Host with binary, and host with topic, are unique among live rows.
CREATE TABLE services (
    id                 BIGINT        NOT NULL AUTO_INCREMENT,
    host               VARCHAR(255),
    `binary`           VARCHAR(255),
    topic              VARCHAR(255),
    report_count       INT           NOT NULL,
    disabled           TINYINT(1),
    disabled_reason    VARCHAR(255),
    availability_zone  VARCHAR(255),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_services0host0binary0deleted (host, `binary`, deleted),
    UNIQUE KEY uniq_services0host0topic0deleted (host, topic, deleted),
    KEY services_topic_deleted_idx (topic, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of services.
CREATE TABLE shadow_services (
    id                 BIGINT        NOT NULL,
    host               VARCHAR(255),
    `binary`           VARCHAR(255),
    topic              VARCHAR(255),
    report_count       INT           NOT NULL,
    disabled           TINYINT(1),
    disabled_reason    VARCHAR(255),
    availability_zone  VARCHAR(255),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Capacity and use of one hypervisor node; belongs to a service.
CREATE TABLE compute_nodes (
    id                    BIGINT        NOT NULL AUTO_INCREMENT,
    service_id            BIGINT        NOT NULL,
    vcpus                 INT           NOT NULL,
    memory_mb             INT           NOT NULL,
    local_gb              INT           NOT NULL,
    vcpus_used            INT           NOT NULL,
    memory_mb_used        INT           NOT NULL,
    local_gb_used         INT           NOT NULL,
    hypervisor_type       MEDIUMTEXT    NOT NULL,
    hypervisor_version    INT           NOT NULL,
    hypervisor_hostname   VARCHAR(255),
    free_ram_mb           INT,
    free_disk_gb          INT,
    current_workload      INT,
    running_vms           INT,
    cpu_info              MEDIUMTEXT    NOT NULL,
    disk_available_least  INT,
    host_ip               VARCHAR(39),
    supported_instances   TEXT,
    metrics               TEXT,
    pci_stats             TEXT,
    extra_resources       TEXT,
    stats                 TEXT,
    created_at            DATETIME(6),
    updated_at            DATETIME(6),
    deleted_at            DATETIME(6),
    deleted               BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY compute_nodes_service_id_deleted_idx (service_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of compute_nodes.
CREATE TABLE shadow_compute_nodes (
    id                    BIGINT        NOT NULL,
    service_id            BIGINT        NOT NULL,
    vcpus                 INT           NOT NULL,
    memory_mb             INT           NOT NULL,
    local_gb              INT           NOT NULL,
    vcpus_used            INT           NOT NULL,
    memory_mb_used        INT           NOT NULL,
    local_gb_used         INT           NOT NULL,
    hypervisor_type       MEDIUMTEXT    NOT NULL,
    hypervisor_version    INT           NOT NULL,
    hypervisor_hostname   VARCHAR(255),
    free_ram_mb           INT,
    free_disk_gb          INT,
    current_workload      INT,
    running_vms           INT,
    cpu_info              MEDIUMTEXT    NOT NULL,
    disk_available_least  INT,
    host_ip               VARCHAR(39),
    supported_instances   TEXT,
    metrics               TEXT,
    pci_stats             TEXT,
    extra_resources       TEXT,
    stats                 TEXT,
    created_at            DATETIME(6),
    updated_at            DATETIME(6),
    deleted_at            DATETIME(6),
    deleted               BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Statistics of a compute node, one key and value per row (the older form of compute_nodes.stats).
CREATE TABLE compute_node_stats (
    id               BIGINT        NOT NULL AUTO_INCREMENT,
    `key`            VARCHAR(255)  NOT NULL,
    value            VARCHAR(255),
    compute_node_id  BIGINT        NOT NULL,
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY compute_node_stats_compute_node_id_deleted_idx (compute_node_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of compute_node_stats.
CREATE TABLE shadow_compute_node_stats (
    id               BIGINT        NOT NULL,
    `key`            VARCHAR(255)  NOT NULL,
    value            VARCHAR(255),
    compute_node_id  BIGINT        NOT NULL,
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Nodes of share services. No operation uses it.
CREATE TABLE manila_nodes (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    service_id  BIGINT,
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT       DEFAULT 0,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
