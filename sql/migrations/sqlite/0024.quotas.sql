-- depends: 0023.volumes
--
-- Limits of projects, users and quota classes, what is used, and what is reserved.

-- Limits of a project. NULL or a negative number means no limit.
CREATE TABLE quotas (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    project_id  VARCHAR(255),
    resource    VARCHAR(255)  NOT NULL,
    hard_limit  INTEGER,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_quotas0project_id0resource0deleted
    ON quotas (project_id, resource, deleted);

-- Archived rows of quotas.
CREATE TABLE shadow_quotas (
    id          INTEGER       NOT NULL PRIMARY KEY,
    project_id  VARCHAR(255),
    resource    VARCHAR(255)  NOT NULL,
    hard_limit  INTEGER,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Limits of a user within a project.
CREATE TABLE project_user_quotas (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    project_id  VARCHAR(255)  NOT NULL,
    user_id     VARCHAR(255)  NOT NULL,
    resource    VARCHAR(255)  NOT NULL,
    hard_limit  INTEGER,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_project_user_quotas0user_id0project_id0resource0deleted
    ON project_user_quotas (user_id, project_id, resource, deleted);
CREATE INDEX project_user_quotas_project_id_deleted_idx
    ON project_user_quotas (project_id, deleted);

-- Archived rows of project_user_quotas.
CREATE TABLE shadow_project_user_quotas (
    id          INTEGER       NOT NULL PRIMARY KEY,
    project_id  VARCHAR(255)  NOT NULL,
    user_id     VARCHAR(255)  NOT NULL,
    resource    VARCHAR(255)  NOT NULL,
    hard_limit  INTEGER,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Limits by quota class.
CREATE TABLE quota_classes (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    class_name  VARCHAR(255),
    resource    VARCHAR(255),
    hard_limit  INTEGER,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE INDEX quota_classes_class_name_resource_idx
    ON quota_classes (class_name, resource);

-- Archived rows of quota_classes.
CREATE TABLE shadow_quota_classes (
    id          INTEGER       NOT NULL PRIMARY KEY,
    class_name  VARCHAR(255),
    resource    VARCHAR(255),
    hard_limit  INTEGER,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- What is in use and reserved. Rows without a user count for the project as a whole.
CREATE TABLE quota_usages (
    id             INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    project_id     VARCHAR(255),
    user_id        VARCHAR(255),
    resource       VARCHAR(255),
    in_use         INTEGER       NOT NULL,
    reserved       INTEGER       NOT NULL,
    until_refresh  INTEGER,
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_quota_usages0project_id0user_id0resource0deleted
    ON quota_usages (project_id, COALESCE(user_id, ''), resource, deleted);

-- Archived rows of quota_usages.
CREATE TABLE shadow_quota_usages (
    id             INTEGER       NOT NULL PRIMARY KEY,
    project_id     VARCHAR(255),
    user_id        VARCHAR(255),
    resource       VARCHAR(255),
    in_use         INTEGER       NOT NULL,
    reserved       INTEGER       NOT NULL,
    until_refresh  INTEGER,
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);

-- Open reservations against quota_usages.
CREATE TABLE reservations (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid        VARCHAR(36)   NOT NULL,
    usage_id    BIGINT        NOT NULL,
    project_id  VARCHAR(255),
    user_id     VARCHAR(255),
    resource    VARCHAR(255),
    delta       INTEGER       NOT NULL,
    expire      DATETIME,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE INDEX reservations_uuid_idx
    ON reservations (uuid);
CREATE INDEX reservations_deleted_expire_idx
    ON reservations (deleted, expire);
CREATE INDEX reservations_project_id_deleted_expire_idx
    ON reservations (project_id, deleted, expire);

-- Archived rows of reservations.
CREATE TABLE shadow_reservations (
    id          INTEGER       NOT NULL PRIMARY KEY,
    uuid        VARCHAR(36)   NOT NULL,
    usage_id    BIGINT        NOT NULL,
    project_id  VARCHAR(255),
    user_id     VARCHAR(255),
    resource    VARCHAR(255),
    delta       INTEGER       NOT NULL,
    expire      DATETIME,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- One row per project; every transaction that changes usages raises its version first.
CREATE TABLE quota_locks (
    project_id  VARCHAR(255)  NOT NULL,
    version     BIGINT        NOT NULL,
    CONSTRAINT quota_locks_pkey PRIMARY KEY (project_id)
);
