-- depends: 0018.certificates
--
-- Builds of the guest agent.

-- One build per hypervisor, system and architecture among live rows.
CREATE TABLE agent_builds (
    id            INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    hypervisor    VARCHAR(255),
    os            VARCHAR(255),
    architecture  VARCHAR(255),
    version       VARCHAR(255),
    url           VARCHAR(255),
    md5hash       VARCHAR(255),
    created_at    DATETIME,
    updated_at    DATETIME,
    deleted_at    DATETIME,
    deleted       BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_agent_builds0hypervisor0os0architecture0deleted
    ON agent_builds (hypervisor, os, architecture, deleted);

-- Archived rows of agent_builds.
CREATE TABLE shadow_agent_builds (
    id            INTEGER       NOT NULL PRIMARY KEY,
    hypervisor    VARCHAR(255),
    os            VARCHAR(255),
    architecture  VARCHAR(255),
    version       VARCHAR(255),
    url           VARCHAR(255),
    md5hash       VARCHAR(255),
    created_at    DATETIME,
    updated_at    DATETIME,
    deleted_at    DATETIME,
    deleted       BIGINT
);
