"""Agent builds: the agent for the guests of a hypervisor, operating system and architecture.

SQL: sql/queries/*/agent_builds.sql. These three columns together are the triple.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.exceptions import AgentBuildExists, AgentBuildNotFound, DBDuplicateEntry
from rawdb.operations._operation import ADMIN, lone_read, lone_write, sql

_TRIPLE = ("hypervisor", "os", "architecture")


@lone_write(ADMIN)
def agent_build_create(context: Any, values: Mapping[str, Any]) -> shapes.AgentBuildRow:
    """Store an agent build and return its row.

    `values` are columns of agent_builds (hypervisor, os, architecture, version, url, md5hash); other keys are
    ignored. Raises AgentBuildExists when the triple has a live one; a triple with a None in it is never taken.
    Round trips: 1. Source: Nova Juno and Grizzly, which did not look for the other one.
    """
    try:
        row = sql(context).agent_build_create(values=values)
    except DBDuplicateEntry as error:
        if "hypervisor" not in error.columns:
            raise
        raise AgentBuildExists(**{name: values.get(name) for name in _TRIPLE}) from error
    return row


@lone_read(ADMIN)
def agent_build_get_by_triple(context: Any, hypervisor: str, os: str, architecture: str) -> shapes.AgentBuildRow | None:
    """Return the live agent build of a triple, or None.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).agent_build_get_by_triple(hypervisor=hypervisor, os=os, architecture=architecture)


@lone_read(ADMIN)
def agent_build_get_all(context: Any, hypervisor: str | None = None) -> list[shapes.AgentBuildRow]:
    """Return the live agent builds, by id; all of them, or those of a hypervisor (None and '' mean all).

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).agent_build_get_all(by_hypervisor=bool(hypervisor), hypervisor=hypervisor or None)


@lone_write(ADMIN)
def agent_build_destroy(context: Any, agent_update_id: int) -> None:
    """Soft delete an agent build.

    Raises AgentBuildNotFound when no visible one has the id. Round trips: 1.
    Source: Nova Juno; Grizzly also found deleted ones.
    """
    if not sql(context).agent_build_destroy(id=agent_update_id):
        raise AgentBuildNotFound(id=agent_update_id)


@lone_write(ADMIN)
def agent_build_update(context: Any, agent_build_id: int, values: Mapping[str, Any]) -> None:
    """Change columns of an agent build; `updated_at` moves always.

    Raises AgentBuildNotFound when no visible one has the id, DBDuplicateEntry when another live one has the triple,
    DBError for a key of `values` that is no column. Round trips: 1.
    Source: Nova Juno; Grizzly also found deleted ones.
    """
    if not sql(context).agent_build_update(id=agent_build_id, changes=values):
        raise AgentBuildNotFound(id=agent_build_id)
