-- depends: 0020.usage
-- transactional: false
--
-- Periodic tasks that were run.

-- One run of a task on a host for a period; a period can be begun once, ever.
CREATE TABLE task_log (
    id                BIGINT        NOT NULL AUTO_INCREMENT,
    task_name         VARCHAR(255)  NOT NULL,
    state             VARCHAR(255)  NOT NULL,
    host              VARCHAR(255)  NOT NULL,
    period_beginning  DATETIME(6)   NOT NULL,
    period_ending     DATETIME(6)   NOT NULL,
    message           VARCHAR(255)  NOT NULL,
    task_items        INT,
    errors            INT,
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY uniq_task_log0task_name0host0period_beginning0period_ending (task_name, host, period_beginning, period_ending),
    KEY task_log_period_beginning_idx (period_beginning)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of task_log.
CREATE TABLE shadow_task_log (
    id                BIGINT        NOT NULL,
    task_name         VARCHAR(255)  NOT NULL,
    state             VARCHAR(255)  NOT NULL,
    host              VARCHAR(255)  NOT NULL,
    period_beginning  DATETIME(6)   NOT NULL,
    period_ending     DATETIME(6)   NOT NULL,
    message           VARCHAR(255)  NOT NULL,
    task_items        INT,
    errors            INT,
    created_at        DATETIME(6),
    updated_at        DATETIME(6),
    deleted_at        DATETIME(6),
    deleted           BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
