-- Undoes 0021.task_logs.sql, last statement first.

DROP TABLE shadow_task_log;
DROP INDEX task_log_period_beginning_idx;
DROP TABLE task_log;
