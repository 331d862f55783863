-- depends: 0013.dns_domains
-- transactional: false
--
-- Security groups, their rules, and the firewall rules of the provider.

-- A group. Its name is unique in a project among live rows.
CREATE TABLE security_groups (
    id           INT           NOT NULL AUTO_INCREMENT,
    name         VARCHAR(255),
    description  VARCHAR(255),
    user_id      VARCHAR(255),
    project_id   VARCHAR(255),
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      INT,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_security_groups0project_id0name0deleted (project_id, name, deleted)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of security_groups.
CREATE TABLE shadow_security_groups (
    id           INT           NOT NULL,
    name         VARCHAR(255),
    description  VARCHAR(255),
    user_id      VARCHAR(255),
    project_id   VARCHAR(255),
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      INT,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- What a group lets in: an address range, or the members of another group.
CREATE TABLE security_group_rules (
    id               INT           NOT NULL AUTO_INCREMENT,
    parent_group_id  INT,
    protocol         VARCHAR(255),
    from_port        INT,
    to_port          INT,
    cidr             VARCHAR(43),
    group_id         INT,
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          INT,
    PRIMARY KEY (id),
    KEY security_group_rules_parent_group_id_idx (parent_group_id),
    KEY security_group_rules_group_id_idx (group_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of security_group_rules.
CREATE TABLE shadow_security_group_rules (
    id               INT           NOT NULL,
    parent_group_id  INT,
    protocol         VARCHAR(255),
    from_port        INT,
    to_port          INT,
    cidr             VARCHAR(43),
    group_id         INT,
    created_at       DATETIME(6),
    updated_at       DATETIME(6),
    deleted_at       DATETIME(6),
    deleted          INT,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Rules copied into each new default group.
CREATE TABLE security_group_default_rules (
    id          INT          NOT NULL AUTO_INCREMENT,
    protocol    VARCHAR(5),
    from_port   INT,
    to_port     INT,
    cidr        VARCHAR(43),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     INT,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of security_group_default_rules.
CREATE TABLE shadow_security_group_default_rules (
    id          INT          NOT NULL,
    protocol    VARCHAR(5),
    from_port   INT,
    to_port     INT,
    cidr        VARCHAR(43),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     INT,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Which instance is in which group.
CREATE TABLE security_group_instance_association (
    id                 INT          NOT NULL AUTO_INCREMENT,
    security_group_id  INT,
    instance_uuid      VARCHAR(36),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            INT,
    PRIMARY KEY (id),
    KEY security_group_instance_association_instance_uuid_idx (instance_uuid),
    KEY security_group_instance_association_security_group_id_idx (security_group_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of security_group_instance_association.
CREATE TABLE shadow_security_group_instance_association (
    id                 INT          NOT NULL,
    security_group_id  INT,
    instance_uuid      VARCHAR(36),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            INT,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Rules that the provider sets for all instances.
CREATE TABLE provider_fw_rules (
    id          INT          NOT NULL AUTO_INCREMENT,
    protocol    VARCHAR(5),
    from_port   INT,
    to_port     INT,
    cidr        VARCHAR(43),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     INT,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of provider_fw_rules.
CREATE TABLE shadow_provider_fw_rules (
    id          INT          NOT NULL,
    protocol    VARCHAR(5),
    from_port   INT,
    to_port     INT,
    cidr        VARCHAR(43),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     INT,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
