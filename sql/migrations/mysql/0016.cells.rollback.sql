-- transactional: false
--
-- Undoes 0016.cells.sql, last statement first.

DROP TABLE shadow_cells;
DROP TABLE cells;
