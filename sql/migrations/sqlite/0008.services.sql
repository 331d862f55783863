-- depends: 0007.instance_migrations
--
-- Services that run on hosts, and the capacity of compute nodes.

-- One row per service and host. Host with binary, and host with topic, are unique among live rows.
CREATE TABLE services (
    id                 INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    host               VARCHAR(255),
    binary             VARCHAR(255),
    topic              VARCHAR(255),
    report_count       INTEGER       NOT NULL,
    disabled           BOOLEAN,
    disabled_reason    VARCHAR(255),
    availability_zone  VARCHAR(255),
    created_at         DATETIME,
    updated_at         DATETIME,
    deleted_at         DATETIME,
    deleted            BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_services0host0binary0deleted
    ON services (host, binary, deleted);
CREATE UNIQUE INDEX uniq_services0host0topic0deleted
    ON services (host, topic, deleted);
CREATE INDEX services_topic_deleted_idx
    ON services (topic, deleted);

-- Archived rows of services.
CREATE TABLE shadow_services (
    id                 INTEGER       NOT NULL PRIMARY KEY,
    host               VARCHAR(255),
    binary             VARCHAR(255),
    topic              VARCHAR(255),
    report_count       INTEGER       NOT NULL,
    disabled           BOOLEAN,
    disabled_reason    VARCHAR(255),
    availability_zone  VARCHAR(255),
    created_at         DATETIME,
    updated_at         DATETIME,
    deleted_at         DATETIME,
    deleted            BIGINT
);

-- Capacity and use of one hypervisor node; belongs to a service.
CREATE TABLE compute_nodes (
    id                    INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    service_id            BIGINT        NOT NULL,
    vcpus                 INTEGER       NOT NULL,
    memory_mb             INTEGER       NOT NULL,
    local_gb              INTEGER       NOT NULL,
    vcpus_used            INTEGER       NOT NULL,
    memory_mb_used        INTEGER       NOT NULL,
    local_gb_used         INTEGER       NOT NULL,
    hypervisor_type       TEXT          NOT NULL,
    hypervisor_version    INTEGER       NOT NULL,
    hypervisor_hostname   VARCHAR(255),
    free_ram_mb           INTEGER,
    free_disk_gb          INTEGER,
    current_workload      INTEGER,
    running_vms           INTEGER,
    cpu_info              TEXT          NOT NULL,
    disk_available_least  INTEGER,
    host_ip               VARCHAR(39),
    supported_instances   TEXT,
    metrics               TEXT,
    pci_stats             TEXT,
    extra_resources       TEXT,
    stats                 TEXT,
    created_at            DATETIME,
    updated_at            DATETIME,
    deleted_at            DATETIME,
    deleted               BIGINT        DEFAULT 0
);

CREATE INDEX compute_nodes_service_id_deleted_idx
    ON compute_nodes (service_id, deleted);

-- Archived rows of compute_nodes.
CREATE TABLE shadow_compute_nodes (
    id                    INTEGER       NOT NULL PRIMARY KEY,
    service_id            BIGINT        NOT NULL,
    vcpus                 INTEGER       NOT NULL,
    memory_mb             INTEGER       NOT NULL,
    local_gb              INTEGER       NOT NULL,
    vcpus_used            INTEGER       NOT NULL,
    memory_mb_used        INTEGER       NOT NULL,
    local_gb_used         INTEGER       NOT NULL,
    hypervisor_type       TEXT          NOT NULL,
    hypervisor_version    INTEGER       NOT NULL,
    hypervisor_hostname   VARCHAR(255),
    free_ram_mb           INTEGER,
    free_disk_gb          INTEGER,
    current_workload      INTEGER,
    running_vms           INTEGER,
    cpu_info              TEXT          NOT NULL,
    disk_available_least  INTEGER,
    host_ip               VARCHAR(39),
    supported_instances   TEXT,
    metrics               TEXT,
    pci_stats             TEXT,
    extra_resources       TEXT,
    stats                 TEXT,
    created_at            DATETIME,
    updated_at            DATETIME,
    deleted_at            DATETIME,
    deleted               BIGINT
);

-- Statistics of a compute node, one key and value per row (the older form of compute_nodes.stats).
CREATE TABLE compute_node_stats (
    id               INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"            VARCHAR(255)  NOT NULL,
    value            VARCHAR(255),
    compute_node_id  BIGINT        NOT NULL,
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          BIGINT        DEFAULT 0
);

CREATE INDEX compute_node_stats_compute_node_id_deleted_idx
    ON compute_node_stats (compute_node_id, deleted);

-- Archived rows of compute_node_stats.
CREATE TABLE shadow_compute_node_stats (
    id               INTEGER       NOT NULL PRIMARY KEY,
    "key"            VARCHAR(255)  NOT NULL,
    value            VARCHAR(255),
    compute_node_id  BIGINT        NOT NULL,
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          BIGINT
);

-- Nodes of share services. No operation uses it.
CREATE TABLE manila_nodes (
    id          INTEGER   NOT NULL PRIMARY KEY AUTOINCREMENT,
    service_id  BIGINT,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT    DEFAULT 0
);
