-- Undoes 0002.actions.sql, last statement first.

DROP TABLE shadow_instance_actions_events;
DROP INDEX instance_actions_events_action_id_event_idx;
DROP TABLE instance_actions_events;

DROP TABLE shadow_instance_actions;
DROP INDEX instance_actions_instance_uuid_request_id_idx;
DROP TABLE instance_actions;
