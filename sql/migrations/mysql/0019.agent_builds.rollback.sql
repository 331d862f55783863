-- transactional: false
--
-- Undoes 0019.agent_builds.sql, last statement first.

DROP TABLE shadow_agent_builds;
DROP TABLE agent_builds;
