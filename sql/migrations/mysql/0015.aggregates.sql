-- depends: 0014.security_groups
-- transactional: false
--
-- Aggregates: named sets of hosts with metadata.

-- An aggregate. Names are not unique.
CREATE TABLE aggregates (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    name        VARCHAR(255),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY aggregates_name_deleted_idx (name, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of aggregates.
CREATE TABLE shadow_aggregates (
    id          BIGINT        NOT NULL,
    name        VARCHAR(255),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Hosts of an aggregate.
CREATE TABLE aggregate_hosts (
    id            BIGINT        NOT NULL AUTO_INCREMENT,
    host          VARCHAR(255),
    aggregate_id  BIGINT        NOT NULL,
    created_at    DATETIME(6),
    updated_at    DATETIME(6),
    deleted_at    DATETIME(6),
    deleted       BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_aggregate_hosts0host0aggregate_id0deleted (host, aggregate_id, deleted),
    KEY aggregate_hosts_aggregate_id_deleted_idx (aggregate_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of aggregate_hosts.
CREATE TABLE shadow_aggregate_hosts (
    id            BIGINT        NOT NULL,
    host          VARCHAR(255),
    aggregate_id  BIGINT        NOT NULL,
    created_at    DATETIME(6),
    updated_at    DATETIME(6),
    deleted_at    DATETIME(6),
    deleted       BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Keys and values of an aggregate; availability_zone is one of them.
CREATE TABLE aggregate_metadata (
    id            BIGINT        NOT NULL AUTO_INCREMENT,
    `key`         VARCHAR(255)  NOT NULL,
    value         VARCHAR(255)  NOT NULL,
    aggregate_id  BIGINT        NOT NULL,
    created_at    DATETIME(6),
    updated_at    DATETIME(6),
    deleted_at    DATETIME(6),
    deleted       BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_aggregate_metadata0aggregate_id0key0deleted (aggregate_id, `key`, deleted),
    KEY aggregate_metadata_key_idx (`key`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of aggregate_metadata.
CREATE TABLE shadow_aggregate_metadata (
    id            BIGINT        NOT NULL,
    `key`         VARCHAR(255)  NOT NULL,
    value         VARCHAR(255)  NOT NULL,
    aggregate_id  BIGINT        NOT NULL,
    created_at    DATETIME(6),
    updated_at    DATETIME(6),
    deleted_at    DATETIME(6),
    deleted       BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
