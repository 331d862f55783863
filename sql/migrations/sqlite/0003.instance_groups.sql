-- depends: 0002.actions
--
-- Groups of instances, and the policies by which they are placed.

-- A group. The uuid is unique among live rows.
CREATE TABLE instance_groups (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id     VARCHAR(255),
    project_id  VARCHAR(255),
    uuid        VARCHAR(36)   NOT NULL,
    name        VARCHAR(255),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_instance_groups0uuid0deleted
    ON instance_groups (uuid, deleted);
CREATE INDEX instance_groups_project_id_deleted_idx
    ON instance_groups (project_id, deleted);

-- Archived rows of instance_groups.
CREATE TABLE shadow_instance_groups (
    id          INTEGER       NOT NULL PRIMARY KEY,
    user_id     VARCHAR(255),
    project_id  VARCHAR(255),
    uuid        VARCHAR(36)   NOT NULL,
    name        VARCHAR(255),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Members; instance_id is free text, normally an instance uuid.
CREATE TABLE instance_group_member (
    id           INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    instance_id  VARCHAR(255),
    group_id     BIGINT        NOT NULL,
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      BIGINT        DEFAULT 0
);

CREATE INDEX instance_group_member_group_id_deleted_idx
    ON instance_group_member (group_id, deleted);

-- Archived rows of instance_group_member.
CREATE TABLE shadow_instance_group_member (
    id           INTEGER       NOT NULL PRIMARY KEY,
    instance_id  VARCHAR(255),
    group_id     BIGINT        NOT NULL,
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      BIGINT
);

-- Free-form keys and values of a group.
CREATE TABLE instance_group_metadata (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"       VARCHAR(255),
    value       VARCHAR(255),
    group_id    BIGINT        NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE INDEX instance_group_metadata_group_id_deleted_idx
    ON instance_group_metadata (group_id, deleted);

-- Archived rows of instance_group_metadata.
CREATE TABLE shadow_instance_group_metadata (
    id          INTEGER       NOT NULL PRIMARY KEY,
    "key"       VARCHAR(255),
    value       VARCHAR(255),
    group_id    BIGINT        NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Placement policies of a group.
CREATE TABLE instance_group_policy (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    policy      VARCHAR(255),
    group_id    BIGINT        NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE INDEX instance_group_policy_group_id_deleted_idx
    ON instance_group_policy (group_id, deleted);

-- Archived rows of instance_group_policy.
CREATE TABLE shadow_instance_group_policy (
    id          INTEGER       NOT NULL PRIMARY KEY,
    policy      VARCHAR(255),
    group_id    BIGINT        NOT NULL,
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);
