-- transactional: false
--
-- Undoes 0005.key_pairs.sql, last statement first.

DROP TABLE shadow_key_pairs;
DROP TABLE key_pairs;
