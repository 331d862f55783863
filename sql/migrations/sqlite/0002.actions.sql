-- depends: 0001.instances
--
-- What was done to instances, and the steps of each action.

-- One row per request that acted on an instance.
CREATE TABLE instance_actions (
    id             INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    action         VARCHAR(255),
    instance_uuid  VARCHAR(36),
    request_id     VARCHAR(255),
    user_id        VARCHAR(255),
    project_id     VARCHAR(255),
    start_time     DATETIME,
    finish_time    DATETIME,
    message        VARCHAR(255),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT        DEFAULT 0
);

CREATE INDEX instance_actions_instance_uuid_request_id_idx
    ON instance_actions (instance_uuid, request_id);

-- Archived rows of instance_actions.
CREATE TABLE shadow_instance_actions (
    id             INTEGER       NOT NULL PRIMARY KEY,
    action         VARCHAR(255),
    instance_uuid  VARCHAR(36),
    request_id     VARCHAR(255),
    user_id        VARCHAR(255),
    project_id     VARCHAR(255),
    start_time     DATETIME,
    finish_time    DATETIME,
    message        VARCHAR(255),
    created_at     DATETIME,
    updated_at     DATETIME,
    deleted_at     DATETIME,
    deleted        BIGINT
);

-- Steps of an action, with their result and traceback.
CREATE TABLE instance_actions_events (
    id           INTEGER       NOT NULL PRIMARY KEY AUTOINCREMENT,
    event        VARCHAR(255),
    action_id    BIGINT,
    start_time   DATETIME,
    finish_time  DATETIME,
    result       VARCHAR(255),
    traceback    TEXT,
    host         VARCHAR(255),
    details      TEXT,
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      BIGINT        DEFAULT 0
);

CREATE INDEX instance_actions_events_action_id_event_idx
    ON instance_actions_events (action_id, event);

-- Archived rows of instance_actions_events.
CREATE TABLE shadow_instance_actions_events (
    id           INTEGER       NOT NULL PRIMARY KEY,
    event        VARCHAR(255),
    action_id    BIGINT,
    start_time   DATETIME,
    finish_time  DATETIME,
    result       VARCHAR(255),
    traceback    TEXT,
    host         VARCHAR(255),
    details      TEXT,
    created_at   DATETIME,
    updated_at   DATETIME,
    deleted_at   DATETIME,
    deleted      BIGINT
);
