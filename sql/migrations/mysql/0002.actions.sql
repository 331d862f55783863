-- depends: 0001.instances
-- transactional: false
--
-- What was done to instances, and the steps of each action.

-- One row per request that acted on an instance.
CREATE TABLE instance_actions (
    id             BIGINT        NOT NULL AUTO_INCREMENT,
    action         VARCHAR(255),
    instance_uuid  VARCHAR(36),
    request_id     VARCHAR(255),
    user_id        VARCHAR(255),
    project_id     VARCHAR(255),
    start_time     DATETIME(6),
    finish_time    DATETIME(6),
    message        VARCHAR(255),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_actions_instance_uuid_request_id_idx (instance_uuid, request_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_actions.
CREATE TABLE shadow_instance_actions (
    id             BIGINT        NOT NULL,
    action         VARCHAR(255),
    instance_uuid  VARCHAR(36),
    request_id     VARCHAR(255),
    user_id        VARCHAR(255),
    project_id     VARCHAR(255),
    start_time     DATETIME(6),
    finish_time    DATETIME(6),
    message        VARCHAR(255),
    created_at     DATETIME(6),
    updated_at     DATETIME(6),
    deleted_at     DATETIME(6),
    deleted        BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Steps of an action, with their result and traceback.
CREATE TABLE instance_actions_events (
    id           BIGINT        NOT NULL AUTO_INCREMENT,
    event        VARCHAR(255),
    action_id    BIGINT,
    start_time   DATETIME(6),
    finish_time  DATETIME(6),
    result       VARCHAR(255),
    traceback    TEXT,
    host         VARCHAR(255),
    details      TEXT,
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      BIGINT        DEFAULT 0,
    PRIMARY KEY (id),
    KEY instance_actions_events_action_id_event_idx (action_id, event)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;

-- Archived rows of instance_actions_events.
CREATE TABLE shadow_instance_actions_events (
    id           BIGINT        NOT NULL,
    event        VARCHAR(255),
    action_id    BIGINT,
    start_time   DATETIME(6),
    finish_time  DATETIME(6),
    result       VARCHAR(255),
    traceback    TEXT,
    host         VARCHAR(255),
    details      TEXT,
    created_at   DATETIME(6),
    updated_at   DATETIME(6),
    deleted_at   DATETIME(6),
    deleted      BIGINT,
    PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4
  /*!80017 COLLATE utf8mb4_0900_bin */ /*M!100600 COLLATE utf8mb4_nopad_bin */;
