-- depends: 0018.certificates
-- transactional: false
--
-- Builds of the guest agent.

-- One build per hypervisor, system and architecture among live rows.
CREATE TABLE agent_builds (
    id            BIGINT        NOT NULL AUTO_INCREMENT,
    hypervisor    VARCHAR(255),
    os            VARCHAR(255),
    architecture  VARCHAR(255),
    version       VARCHAR(255),
    url           VARCHAR(255),
    md5hash       VARCHAR(255),
    created_at    DATETIME(6),
    updated_at    DATETIME(6),
    deleted_at    DATETIME(6),
    deleted       BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_agent_builds0hypervisor0os0architecture0deleted (hypervisor, os, architecture, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of agent_builds.
CREATE TABLE shadow_agent_builds (
    id            BIGINT        NOT NULL,
    hypervisor    VARCHAR(255),
    os            VARCHAR(255),
    architecture  VARCHAR(255),
    version       VARCHAR(255),
    url           VARCHAR(255),
    md5hash       VARCHAR(255),
    created_at    DATETIME(6),
    updated_at    DATETIME(6),
    deleted_at    DATETIME(6),
    deleted       BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
