-- Task log: which periodic task was run on which host for which period.

-- name: task_log_begin_task(task_name, host, period_beginning, period_ending, state, message)!
-- A task that begins.
-- Index: uniq_task_log0task_name0host0period_beginning0period_ending refuses a second one, ever. Locks: the new row.
INSERT INTO task_log (/*{columns}*/ task_name, host, period_beginning, period_ending, state, message /*{}*/)
VALUES /*{rows}*/ (:task_name, :host, :period_beginning, :period_ending, :state, :message) /*{}*/;

-- name: task_log_end_task(task_name, host, period_beginning, period_ending, state)!
-- The end of a task, on one host or on all of them.
-- Index: uniq_task_log0task_name0host0period_beginning0period_ending for one host, else
-- task_log_period_beginning_idx. Locks: the rows.
UPDATE task_log
   SET /*{set}*/ state = :state /*{}*/
 WHERE task_name = :task_name
   AND period_beginning = :period_beginning
   AND period_ending = :period_ending
   AND /*{when on_host}*/ host = :host /*{}*/
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: task_log_get(task_name, period_beginning, period_ending, host, state)^
-- One run of a task; the oldest of several.
-- Index: uniq_task_log0task_name0host0period_beginning0period_ending for one host, else
-- task_log_period_beginning_idx. Locks: none.
SELECT t.*
  FROM task_log AS t
 WHERE t.task_name = :task_name
   AND t.period_beginning = :period_beginning
   AND t.period_ending = :period_ending
   AND /*{when on_host}*/ t.host = :host /*{}*/
   AND /*{when in_state}*/ t.state = :state /*{}*/
   AND /*{visibility}*/ t.deleted = 0 /*{}*/
 ORDER BY t.id
 LIMIT 1;

-- name: task_log_get_all(task_name, period_beginning, period_ending, host, state)
-- The runs of a task for one period.
-- Index: uniq_task_log0task_name0host0period_beginning0period_ending for one host, else
-- task_log_period_beginning_idx. Locks: none.
SELECT t.*
  FROM task_log AS t
 WHERE t.task_name = :task_name
   AND t.period_beginning = :period_beginning
   AND t.period_ending = :period_ending
   AND /*{when on_host}*/ t.host = :host /*{}*/
   AND /*{when in_state}*/ t.state = :state /*{}*/
   AND /*{visibility}*/ t.deleted = 0 /*{}*/
 ORDER BY t.id;
