-- Undoes 0019.agent_builds.sql, last statement first.

DROP TABLE shadow_agent_builds;
DROP INDEX uniq_agent_builds0hypervisor0os0architecture0deleted;
DROP TABLE agent_builds;
