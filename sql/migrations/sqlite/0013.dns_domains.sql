-- depends: 0012.floating_ips
--
-- DNS domains of availability zones and projects.

-- One domain. Rows are removed, not marked, so deleted stays false.
CREATE TABLE dns_domains (
    domain             VARCHAR(255)  NOT NULL,
    scope              VARCHAR(255),
    availability_zone  VARCHAR(255),
    project_id         VARCHAR(255),
    created_at         DATETIME,
    updated_at         DATETIME,
    deleted_at         DATETIME,
    deleted            BOOLEAN       DEFAULT FALSE,
    CONSTRAINT dns_domains_pkey PRIMARY KEY (domain)
);

-- Archived rows of dns_domains.
CREATE TABLE shadow_dns_domains (
    domain             VARCHAR(255)  NOT NULL,
    scope              VARCHAR(255),
    availability_zone  VARCHAR(255),
    project_id         VARCHAR(255),
    created_at         DATETIME,
    updated_at         DATETIME,
    deleted_at         DATETIME,
    deleted            BOOLEAN,
    CONSTRAINT shadow_dns_domains_pkey PRIMARY KEY (domain)
);
