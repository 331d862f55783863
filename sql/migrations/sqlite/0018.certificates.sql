-- depends: 0017.consoles
--
-- Certificates of users and projects.

-- A certificate, kept in a file.
CREATE TABLE certificates (
    id          INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id     VARCHAR(255),
    project_id  VARCHAR(255),
    file_name   VARCHAR(255),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT        DEFAULT 0
);

CREATE INDEX certificates_project_id_deleted_idx
    ON certificates (project_id, deleted);
CREATE INDEX certificates_user_id_deleted_idx
    ON certificates (user_id, deleted);

-- Archived rows of certificates.
CREATE TABLE shadow_certificates (
    id          INTEGER       NOT NULL PRIMARY KEY,
    user_id     VARCHAR(255),
    project_id  VARCHAR(255),
    file_name   VARCHAR(255),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     BIGINT
);
