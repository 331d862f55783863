-- transactional: false
--
-- Undoes 0021.task_logs.sql, last statement first.

DROP TABLE shadow_task_log;
DROP TABLE task_log;
