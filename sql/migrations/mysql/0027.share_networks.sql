-- depends: 0026.shares
-- transactional: false
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
    segmentation_id    INT,
    cidr               VARCHAR(64),
    ip_version         INT,
    name               VARCHAR(255),
    description        VARCHAR(255),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            VARCHAR(36)   DEFAULT 'False',
    PRIMARY KEY (id),
    KEY share_networks_project_id_deleted_idx (project_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

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
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      VARCHAR(36)   DEFAULT 'False',
    PRIMARY KEY (id),
    KEY security_services_project_id_deleted_idx (project_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Which security service is used on which network (deleted is a number here).
CREATE TABLE share_network_security_service_association (
    id                   BIGINT       NOT NULL AUTO_INCREMENT,
    share_network_id     VARCHAR(36)  NOT NULL,
    security_service_id  VARCHAR(36)  NOT NULL,
    created_at           DATETIME(6),
    updated_at           DATETIME(6),
    deleted_at           DATETIME(6),
    deleted              BIGINT       DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_share_network_services0network_id0service_id0deleted (share_network_id, security_service_id, deleted),
    KEY share_network_services_security_service_id_deleted_idx (security_service_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
