-- Undoes 0021.task_logs.sql, last statement first.

DROP TABLE shadow_task_log;
DROP INDEX task_log_period_beginning_idx;
DROP INDEX uniq_task_log0task_name0host0period_beginning0period_ending;
DROP TABLE task_log;
