-- depends: 0012.floating_ips
--
-- DNS domains of availability zones and projects.

-- One domain. Rows are removed, not marked, so deleted stays false.
CREATE TABLE dns_domains (
    domain             varchar(255) COLLATE "C"  NOT NULL,
    scope              varchar(255) COLLATE "C",
    availability_zone  varchar(255) COLLATE "C",
    project_id         varchar(255) COLLATE "C",
    created_at         timestamp(6),
    updated_at         timestamp(6),
    deleted_at         timestamp(6),
    deleted            boolean                   DEFAULT false,
    CONSTRAINT dns_domains_pkey PRIMARY KEY (domain)
);

-- Archived rows of dns_domains.
CREATE TABLE shadow_dns_domains (
    domain             varchar(255) COLLATE "C"  NOT NULL,
    scope              varchar(255) COLLATE "C",
    availability_zone  varchar(255) COLLATE "C",
    project_id         varchar(255) COLLATE "C",
    created_at         timestamp(6),
    updated_at         timestamp(6),
    deleted_at         timestamp(6),
    deleted            boolean,
    CONSTRAINT shadow_dns_domains_pkey PRIMARY KEY (domain)
);
