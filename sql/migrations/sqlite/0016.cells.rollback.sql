-- Undoes 0016.cells.sql, last statement first.

DROP TABLE shadow_cells;
DROP INDEX uniq_cells0name0deleted;
DROP TABLE cells;
