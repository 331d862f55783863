-- Actions: what was asked of an instance, and the events that carrying it out consists of.

-- name: action_start(action, instance_uuid, request_id)<!
-- A new action.
-- Index: none, nothing is unique but the id. Locks: the new row.
INSERT INTO instance_actions (/*{columns}*/ action, instance_uuid, request_id /*{}*/)
VALUES /*{rows}*/ (:action, :instance_uuid, :request_id) /*{}*/;

-- name: action_finish(id, message)!
-- Changes of one action.
-- Index: the primary key. Locks: the row.
UPDATE instance_actions
   SET /*{set}*/ message = :message /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: actions_get(instance_uuid)
-- The actions of an instance, newest first.
-- Index: instance_actions_instance_uuid_request_id_idx. Locks: none.
SELECT a.*
  FROM instance_actions AS a
 WHERE /*{filters}*/ a.instance_uuid = :instance_uuid /*{}*/
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
 ORDER BY a.created_at DESC, a.id DESC;

-- name: action_get_by_request_id(instance_uuid, request_id)^
-- The action that a request is for an instance; the oldest if there are several.
-- Index: instance_actions_instance_uuid_request_id_idx. Locks: none.
SELECT a.*
  FROM instance_actions AS a
 WHERE /*{filters}*/ a.instance_uuid = :instance_uuid AND a.request_id = :request_id /*{}*/
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
 ORDER BY a.id
 LIMIT 1;

-- name: action_event_start(action_id, event)<!
-- A new event of an action.
-- Index: none, nothing is unique but the id. Locks: the new row.
INSERT INTO instance_actions_events (/*{columns}*/ action_id, event /*{}*/)
VALUES /*{rows}*/ (:action_id, :event) /*{}*/;

-- name: action_event_finish(id, result)!
-- Changes of one event.
-- Index: the primary key. Locks: the row.
UPDATE instance_actions_events
   SET /*{set}*/ result = :result /*{}*/
 WHERE id = :id
   AND /*{visibility}*/ deleted = 0 /*{}*/;

-- name: action_event_finish__event(instance_uuid, request_id, event)^
-- The action of a request with its oldest event of that name; the columns of the event are NULL where there is none.
-- Index: instance_actions_instance_uuid_request_id_idx, instance_actions_events_action_id_event_idx. Locks: none.
SELECT a.id AS found_action_id, a.message AS found_message, e.*
  FROM instance_actions AS a
  LEFT JOIN instance_actions_events AS e
    ON e.action_id = a.id
   AND e.event = :event
   AND /*{visibility}*/ e.deleted = 0 /*{}*/
 WHERE /*{filters}*/ a.instance_uuid = :instance_uuid AND a.request_id = :request_id /*{}*/
   AND /*{visibility}*/ a.deleted = 0 /*{}*/
 ORDER BY a.id, e.id
 LIMIT 1;

-- name: action_events_get(action_id)
-- The events of an action, newest first.
-- Index: instance_actions_events_action_id_event_idx. Locks: none.
SELECT e.*
  FROM instance_actions_events AS e
 WHERE /*{filters}*/ e.action_id = :action_id /*{}*/
   AND /*{visibility}*/ e.deleted = 0 /*{}*/
 ORDER BY e.created_at DESC, e.id DESC;

-- name: action_event_get_by_id(action_id, event_id)^
-- One event, if it belongs to the action.
-- Index: the primary key. Locks: none.
SELECT e.*
  FROM instance_actions_events AS e
 WHERE e.id = :event_id
   AND /*{filters}*/ e.action_id = :action_id /*{}*/
   AND /*{visibility}*/ e.deleted = 0 /*{}*/;
