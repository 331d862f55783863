-- depends: 0024.quotas
-- transactional: false
--
-- Volume types, which shares use too. The deleted column of volume_types is text.

-- A type. Live rows have deleted = '0'.
CREATE TABLE volume_types (
    id          VARCHAR(36)   NOT NULL,
    name        VARCHAR(255),
    created_at  DATETIME(6),
    updated_at  DATETIME(6),
    deleted_at  DATETIME(6),
    deleted     VARCHAR(36)   DEFAULT '0',
    PRIMARY KEY (id),
    UNIQUE KEY uniq_volume_types0name0deleted (name, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Free-form keys and values of a type.
CREATE TABLE volume_type_extra_specs (
    id              BIGINT        NOT NULL AUTO_INCREMENT,
    `key`           VARCHAR(255),
    value           VARCHAR(255),
    volume_type_id  VARCHAR(36)   NOT NULL,
    created_at      DATETIME(6),
    updated_at      DATETIME(6),
    deleted_at      DATETIME(6),
    deleted         BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_volume_type_extra_specs0volume_type_id0key0deleted (volume_type_id, `key`, deleted)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
