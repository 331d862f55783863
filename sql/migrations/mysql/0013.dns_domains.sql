-- depends: 0012.floating_ips
-- transactional: false
--
-- DNS domains of availability zones and projects.

-- One domain. Rows are removed, not marked, so deleted stays false.
CREATE TABLE dns_domains (
    domain             VARCHAR(255)  NOT NULL,
    scope              VARCHAR(255),
    availability_zone  VARCHAR(255),
    project_id         VARCHAR(255),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            TINYINT(1)    DEFAULT 0,
    PRIMARY KEY (domain)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of dns_domains.
CREATE TABLE shadow_dns_domains (
    domain             VARCHAR(255)  NOT NULL,
    scope              VARCHAR(255),
    availability_zone  VARCHAR(255),
    project_id         VARCHAR(255),
    created_at         DATETIME(6),
    updated_at         DATETIME(6),
    deleted_at         DATETIME(6),
    deleted            TINYINT(1),
    PRIMARY KEY (domain)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
