-- depends: 0013.dns_domains
-- transactional: false
--
-- Security groups, their rules, and the firewall rules of the provider.

-- A group. Its name is unique in a project among live rows.
CREATE TABLE security_groups (
    id           BIGINT        NOT NULL AUTO_INCREMENT,
    name         VARCHAR(255),
    description  VARCHAR(255),
    user_id      VARCHAR(255),
    project_id   VARCHAR(255),
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_security_groups0project_id0name0deleted (project_id, name, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of security_groups.
CREATE TABLE shadow_security_groups (
    id           BIGINT        NOT NULL,
    name         VARCHAR(255),
    description  VARCHAR(255),
    user_id      VARCHAR(255),
    project_id   VARCHAR(255),
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- What a group lets in: an address range, or the members of another group.
CREATE TABLE security_group_rules (
    id               BIGINT        NOT NULL AUTO_INCREMENT,
    parent_group_id  BIGINT,
    protocol         VARCHAR(255),
    from_port        INT,
    to_port          INT,
    cidr             VARCHAR(43),
    group_id         BIGINT,
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY security_group_rules_parent_group_id_idx (parent_group_id),
    KEY security_group_rules_group_id_idx (group_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of security_group_rules.
CREATE TABLE shadow_security_group_rules (
    id               BIGINT        NOT NULL,
    parent_group_id  BIGINT,
    protocol         VARCHAR(255),
    from_port        INT,
    to_port          INT,
    cidr             VARCHAR(43),
    group_id         BIGINT,
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Rules copied into each new default group.
CREATE TABLE security_group_default_rules (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    protocol    VARCHAR(5),
    from_port   INT,
    to_port     INT,
    cidr        VARCHAR(43),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT       DEFAULT 0,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of security_group_default_rules.
CREATE TABLE shadow_security_group_default_rules (
    id          BIGINT       NOT NULL,
    protocol    VARCHAR(5),
    from_port   INT,
    to_port     INT,
    cidr        VARCHAR(43),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Which instance is in which group.
CREATE TABLE security_group_instance_association (
    id                 BIGINT       NOT NULL AUTO_INCREMENT,
    security_group_id  BIGINT,
    instance_uuid      VARCHAR(36),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            BIGINT       DEFAULT 0,
    PRIMARY KEY (id),
    KEY security_group_instance_association_security_group_id_idx (security_group_id),
    KEY security_group_association_instance_uuid_deleted_group_id_idx (instance_uuid, deleted, security_group_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of security_group_instance_association.
CREATE TABLE shadow_security_group_instance_association (
    id                 BIGINT       NOT NULL,
    security_group_id  BIGINT,
    instance_uuid      VARCHAR(36),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Rules that the provider sets for all instances.
CREATE TABLE provider_fw_rules (
    id          BIGINT       NOT NULL AUTO_INCREMENT,
    protocol    VARCHAR(5),
    from_port   INT,
    to_port     INT,
    cidr        VARCHAR(43),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT       DEFAULT 0,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of provider_fw_rules.
CREATE TABLE shadow_provider_fw_rules (
    id          BIGINT       NOT NULL,
    protocol    VARCHAR(5),
    from_port   INT,
    to_port     INT,
    cidr        VARCHAR(43),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
