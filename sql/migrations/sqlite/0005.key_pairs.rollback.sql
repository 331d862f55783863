-- Undoes 0005.key_pairs.sql, last statement first.

DROP TABLE shadow_key_pairs;
DROP INDEX uniq_key_pairs0user_id0name0deleted;
DROP TABLE key_pairs;
