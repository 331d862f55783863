-- depends: 0017.consoles
-- transactional: false
--
-- Certificates of users and projects.

-- A certificate, kept in a file.
CREATE TABLE certificates (
    id          BIGINT        NOT NULL AUTO_INCREMENT,
    user_id     VARCHAR(255),
    project_id  VARCHAR(255),
    file_name   VARCHAR(255),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY certificates_project_id_deleted_idx (project_id, deleted),
    KEY certificates_user_id_deleted_idx (user_id, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of certificates.
CREATE TABLE shadow_certificates (
    id          BIGINT        NOT NULL,
    user_id     VARCHAR(255),
    project_id  VARCHAR(255),
    file_name   VARCHAR(255),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
