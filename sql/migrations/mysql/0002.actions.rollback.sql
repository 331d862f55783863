-- transactional: false
--
-- Undoes 0002.actions.sql, last statement first.

DROP TABLE shadow_instance_actions_events;
DROP TABLE instance_actions_events;

DROP TABLE shadow_instance_actions;
DROP TABLE instance_actions;
