-- depends: 0004.flavors
--
-- Public keys that users put on their instances.

-- A key pair, named by its user.
CREATE TABLE key_pairs (
    id           INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    name         VARCHAR(255),
    user_id      VARCHAR(255),
    fingerprint  VARCHAR(255),
    public_key   TEXT,
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_key_pairs0user_id0name0deleted
    ON key_pairs (user_id, name, deleted);

-- Archived rows of key_pairs.
CREATE TABLE shadow_key_pairs (
    id           INTEGER       NOT NULL PRIMARY KEY,
    name         VARCHAR(255),
    user_id      VARCHAR(255),
    fingerprint  VARCHAR(255),
    public_key   TEXT,
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      BIGINT
);
