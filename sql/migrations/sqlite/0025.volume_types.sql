-- depends: 0024.quotas
--
-- Volume types, which shares use too. The deleted column of volume_types is text.

-- A type. Live rows have deleted = '0'.
CREATE TABLE volume_types (
    id          VARCHAR(36)   NOT NULL,
    name        VARCHAR(255),
    created_at  DATETIME,
    updated_at  DATETIME,
    deleted_at  DATETIME,
    deleted     VARCHAR(36)   DEFAULT '0',
    CONSTRAINT volume_types_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX uniq_volume_types0name0deleted
    ON volume_types (name, deleted);

-- Free-form keys and values of a type.
CREATE TABLE volume_type_extra_specs (
    id              INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key"           VARCHAR(255),
    value           VARCHAR(255),
    volume_type_id  VARCHAR(36)   NOT NULL,
    created_at      DATETIME,
    updated_at      DATETIME,
    deleted_at      DATETIME,
    deleted         BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_volume_type_extra_specs0volume_type_id0key0deleted
    ON volume_type_extra_specs (volume_type_id, "key", deleted);
