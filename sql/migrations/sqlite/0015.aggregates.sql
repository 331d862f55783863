-- depends: 0014.security_groups
--
-- Aggregates: named sets of hosts with metadata.

-- An aggregate. Names are not unique.
CREATE TABLE aggregates (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    name        VARCHAR(255),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE INDEX aggregates_name_deleted_idx
    ON aggregates (name, deleted);

-- Archived rows of aggregates.
CREATE TABLE shadow_aggregates (
    id          INTEGER       NOT NULL PRIMARY KEY,
    name        VARCHAR(255),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Hosts of an aggregate.
CREATE TABLE aggregate_hosts (
    id            INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    host          VARCHAR(255),
    aggregate_id  BIGINT        NOT NULL,
    created_at    DATETIME,
    updated_at    DATETIME,
    deleted_at    DATETIME,
    deleted       BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_aggregate_hosts0host0aggregate_id0deleted
    ON aggregate_hosts (host, aggregate_id, deleted);
CREATE INDEX aggregate_hosts_aggregate_id_deleted_idx
    ON aggregate_hosts (aggregate_id, deleted);

-- Archived rows of aggregate_hosts.
CREATE TABLE shadow_aggregate_hosts (
    id            INTEGER       NOT NULL PRIMARY KEY,
    host          VARCHAR(255),
    aggregate_id  BIGINT        NOT NULL,
    created_at    DATETIME,
    updated_at    DATETIME,
    deleted_at    DATETIME,
    deleted       BIGINT
);

-- Keys and values of an aggregate; availability_zone is one of them.
CREATE TABLE aggregate_metadata (
    id            INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"         VARCHAR(255)  NOT NULL,
    value         VARCHAR(255)  NOT NULL,
    aggregate_id  BIGINT        NOT NULL,
    created_at    DATETIME,
    updated_at    DATETIME,
    deleted_at    DATETIME,
    deleted       BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_aggregate_metadata0aggregate_id0key0deleted
    ON aggregate_metadata (aggregate_id, "key", deleted);
CREATE INDEX aggregate_metadata_key_idx
    ON aggregate_metadata ("key");

-- Archived rows of aggregate_metadata.
CREATE TABLE shadow_aggregate_metadata (
    id            INTEGER       NOT NULL PRIMARY KEY,
    "key"         VARCHAR(255)  NOT NULL,
    value         VARCHAR(255)  NOT NULL,
    aggregate_id  BIGINT        NOT NULL,
    created_at    DATETIME,
    updated_at    DATETIME,
    deleted_at    DATETIME,
    deleted       BIGINT
);
