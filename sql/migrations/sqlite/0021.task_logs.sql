-- depends: 0020.usage
--
-- Periodic tasks that were run.

-- One run of a task on a host for a period; a period can be begun once, ever.
CREATE TABLE task_log (
    id                INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    task_name         VARCHAR(255)  NOT NULL,
    state             VARCHAR(255)  NOT NULL,
    host              VARCHAR(255)  NOT NULL,
    period_beginning  DATETIME      NOT NULL,
    period_ending     DATETIME      NOT NULL,
    message           VARCHAR(255)  NOT NULL,
    task_items        INTEGER,
    errors            INTEGER,
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           BIGINT        DEFAULT 0
);

CREATE UNIQUE INDEX uniq_task_log0task_name0host0period_beginning0period_ending
    ON task_log (task_name, host, period_beginning, period_ending);
CREATE INDEX task_log_period_beginning_idx
    ON task_log (period_beginning);

-- Archived rows of task_log.
CREATE TABLE shadow_task_log (
    id                INTEGER       NOT NULL PRIMARY KEY,
    task_name         VARCHAR(255)  NOT NULL,
    state             VARCHAR(255)  NOT NULL,
    host              VARCHAR(255)  NOT NULL,
    period_beginning  DATETIME      NOT NULL,
    period_ending     DATETIME      NOT NULL,
    message           VARCHAR(255)  NOT NULL,
    task_items        INTEGER,
    errors            INTEGER,
    created_at        DATETIME,
    updated_at        DATETIME,
    deleted_at        DATETIME,
    deleted           BIGINT
);
