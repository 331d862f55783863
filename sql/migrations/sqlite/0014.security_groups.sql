-- depends: 0013.dns_domains
--
-- Security groups, their rules, and the firewall rules of the provider.

-- A group. Its name is unique in a project among live rows.
CREATE TABLE security_groups (
    id           INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    name         VARCHAR(255),
    description  VARCHAR(255),
    user_id      VARCHAR(255),
    project_id   VARCHAR(255),
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_security_groups0project_id0name0deleted
    ON security_groups (project_id, name, deleted);

-- Archived rows of security_groups.
CREATE TABLE shadow_security_groups (
    id           INTEGER       NOT NULL PRIMARY KEY,
    name         VARCHAR(255),
    description  VARCHAR(255),
    user_id      VARCHAR(255),
    project_id   VARCHAR(255),
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      BIGINT
);

-- What a group lets in: an address range, or the members of another group.
CREATE TABLE security_group_rules (
    id               INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    parent_group_id  BIGINT,
    protocol         VARCHAR(255),
    from_port        INTEGER,
    to_port          INTEGER,
    cidr             VARCHAR(43),
    group_id         BIGINT,
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          BIGINT        DEFAULT 0
);

CREATE INDEX security_group_rules_parent_group_id_idx
    ON security_group_rules (parent_group_id);
CREATE INDEX security_group_rules_group_id_idx
    ON security_group_rules (group_id);

-- Archived rows of security_group_rules.
CREATE TABLE shadow_security_group_rules (
    id               INTEGER       NOT NULL PRIMARY KEY,
    parent_group_id  BIGINT,
    protocol         VARCHAR(255),
    from_port        INTEGER,
    to_port          INTEGER,
    cidr             VARCHAR(43),
    group_id         BIGINT,
    created_at       DATETIME,
    updated_at       DATETIME,
    deleted_at       DATETIME,
    deleted          BIGINT
);

-- Rules copied into each new default group.
CREATE TABLE security_group_default_rules (
    id          INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    protocol    VARCHAR(5),
    from_port   INTEGER,
    to_port     INTEGER,
    cidr        VARCHAR(43),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT       DEFAULT 0
);

-- Archived rows of security_group_default_rules.
CREATE TABLE shadow_security_group_default_rules (
    id          INTEGER      NOT NULL PRIMARY KEY,
    protocol    VARCHAR(5),
    from_port   INTEGER,
    to_port     INTEGER,
    cidr        VARCHAR(43),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);

-- Which instance is in which group.
CREATE TABLE security_group_instance_association (
    id                 INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    security_group_id  BIGINT,
    instance_uuid      VARCHAR(36),
    created_at         DATETIME,
    updated_at         DATETIME,
    deleted_at         DATETIME,
    deleted            BIGINT       DEFAULT 0
);

CREATE INDEX security_group_association_instance_uuid_deleted_group_id_idx
    ON security_group_instance_association (instance_uuid, deleted, security_group_id);
CREATE INDEX security_group_instance_association_security_group_id_idx
    ON security_group_instance_association (security_group_id);

-- Archived rows of security_group_instance_association.
CREATE TABLE shadow_security_group_instance_association (
    id                 INTEGER      NOT NULL PRIMARY KEY,
    security_group_id  BIGINT,
    instance_uuid      VARCHAR(36),
    created_at         DATETIME,
    updated_at         DATETIME,
    deleted_at         DATETIME,
    deleted            BIGINT
);

-- Rules that the provider sets for all instances.
CREATE TABLE provider_fw_rules (
    id          INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    protocol    VARCHAR(5),
    from_port   INTEGER,
    to_port     INTEGER,
    cidr        VARCHAR(43),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT       DEFAULT 0
);

-- Archived rows of provider_fw_rules.
CREATE TABLE shadow_provider_fw_rules (
    id          INTEGER      NOT NULL PRIMARY KEY,
    protocol    VARCHAR(5),
    from_port   INTEGER,
    to_port     INTEGER,
    cidr        VARCHAR(43),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);
