-- depends: 0026.shares
--
-- Networks that shares are offered on, and the security services used there.

-- A network of a project. Live rows have deleted = 'False'.
CREATE TABLE share_networks (
    id                 VARCHAR(36)   NOT NULL,
    project_id         VARCHAR(36)   NOT NULL,
    user_id            VARCHAR(36),
    neutron_net_id     VARCHAR(36),
    neutron_subnet_id  VARCHAR(36),
    network_type       VARCHAR(32),
    segmentation_id    INTEGER,
    cidr               VARCHAR(64),
    ip_version         INTEGER,
    name               VARCHAR(255),
    description        VARCHAR(255),
    created_at         DATETIME,
    updated_at         DATETIME,
    deleted_at         DATETIME,
    deleted            VARCHAR(36)   DEFAULT 'False',
    CONSTRAINT share_networks_pkey PRIMARY KEY (id)
);

CREATE INDEX share_networks_project_id_deleted_idx
    ON share_networks (project_id, deleted);

-- An LDAP, Kerberos or Active Directory service. Live rows have deleted = 'False'.
CREATE TABLE security_services (
    id           VARCHAR(36)   NOT NULL,
    project_id   VARCHAR(36)   NOT NULL,
    type         VARCHAR(32)   NOT NULL,
    dns_ip       VARCHAR(64),
    server       VARCHAR(255),
    domain       VARCHAR(255),
    user         VARCHAR(255),
    password     VARCHAR(255),
    name         VARCHAR(255),
    description  VARCHAR(255),
    status       VARCHAR(16),
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      VARCHAR(36)   DEFAULT 'False',
    CONSTRAINT security_services_pkey PRIMARY KEY (id)
);

CREATE INDEX security_services_project_id_deleted_idx
    ON security_services (project_id, deleted);

-- Which security service is used on which network (deleted is a number here).
CREATE TABLE share_network_security_service_association (
    id                   INTEGER      NOT NULL PRIMARY KEY AUTOINCREMENT,
    share_network_id     VARCHAR(36)  NOT NULL,
    security_service_id  VARCHAR(36)  NOT NULL,
    created_at           DATETIME,
    updated_at           DATETIME,
    deleted_at           DATETIME,
    deleted              BIGINT       DEFAULT 0
);

CREATE UNIQUE INDEX uniq_share_network_services0network_id0service_id0deleted
    ON share_network_security_service_association (share_network_id, security_service_id, deleted);
CREATE INDEX share_network_services_security_service_id_deleted_idx
    ON share_network_security_service_association (security_service_id, deleted);
