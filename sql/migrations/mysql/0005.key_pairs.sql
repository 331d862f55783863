-- depends: 0004.flavors
-- transactional: false
--
-- Public keys that users put on their instances.

-- A key pair, named by its user.
CREATE TABLE key_pairs (
    id           BIGINT        NOT NULL AUTO_INCREMENT,
    name         VARCHAR(255),
    user_id      VARCHAR(255),
    fingerprint  VARCHAR(255),
    public_key   MEDIUMTEXT,
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_key_pairs0user_id0name0deleted (user_id, name, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of key_pairs.
CREATE TABLE shadow_key_pairs (
    id           BIGINT        NOT NULL,
    name         VARCHAR(255),
    user_id      VARCHAR(255),
    fingerprint  VARCHAR(255),
    public_key   MEDIUMTEXT,
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
