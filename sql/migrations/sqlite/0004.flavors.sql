-- depends: 0003.instance_groups
--
-- Flavors: the sizes that an instance may have, and who may use a private one.

-- A flavor. Name and flavorid are each unique among live rows.
CREATE TABLE instance_types (
    id            INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    name          VARCHAR(255),
    memory_mb     INTEGER       NOT NULL,
    vcpus         INTEGER       NOT NULL,
    root_gb       INTEGER,
    ephemeral_gb  INTEGER,
    flavorid      VARCHAR(255),
    swap          INTEGER       NOT NULL,
    rxtx_factor   DOUBLE,
    vcpu_weight   INTEGER,
    disabled      BOOLEAN,
    is_public     BOOLEAN,
    created_at    DATETIME,
    updated_at    DATETIME,
    deleted_at    DATETIME,
    deleted       BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_instance_types0flavorid0deleted
    ON instance_types (flavorid, deleted);
CREATE UNIQUE INDEX uniq_instance_types0name0deleted
    ON instance_types (name, deleted);

-- Archived rows of instance_types.
CREATE TABLE shadow_instance_types (
    id            INTEGER       NOT NULL PRIMARY KEY,
    name          VARCHAR(255),
    memory_mb     INTEGER       NOT NULL,
    vcpus         INTEGER       NOT NULL,
    root_gb       INTEGER,
    ephemeral_gb  INTEGER,
    flavorid      VARCHAR(255),
    swap          INTEGER       NOT NULL,
    rxtx_factor   DOUBLE,
    vcpu_weight   INTEGER,
    disabled      BOOLEAN,
    is_public     BOOLEAN,
    created_at    DATETIME,
    updated_at    DATETIME,
    deleted_at    DATETIME,
    deleted       BIGINT
);

-- Projects that may use a flavor which is not public.
CREATE TABLE instance_type_projects (
    id                INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    instance_type_id  BIGINT        NOT NULL,
    project_id        VARCHAR(255),
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_instance_type_projects0instance_type_id0project_id0deleted
    ON instance_type_projects (instance_type_id, project_id, deleted);

-- Archived rows of instance_type_projects.
CREATE TABLE shadow_instance_type_projects (
    id                INTEGER       NOT NULL PRIMARY KEY,
    instance_type_id  BIGINT        NOT NULL,
    project_id        VARCHAR(255),
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           BIGINT
);

-- Free-form keys and values of a flavor.
CREATE TABLE instance_type_extra_specs (
    id                INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"             VARCHAR(255),
    value             VARCHAR(255),
    instance_type_id  BIGINT        NOT NULL,
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_instance_type_extra_specs0instance_type_id0key0deleted
    ON instance_type_extra_specs (instance_type_id, "key", deleted);

-- Archived rows of instance_type_extra_specs.
CREATE TABLE shadow_instance_type_extra_specs (
    id                INTEGER       NOT NULL PRIMARY KEY,
    "key"             VARCHAR(255),
    value             VARCHAR(255),
    instance_type_id  BIGINT        NOT NULL,
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           BIGINT
);
