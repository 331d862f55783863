"""Security groups, their rules, and the instances in them. SQL: sql/queries/*/security_groups.sql."""

from __future__ import annotations

from typing import Any

from rawdb.operations._operation import ANY, NOBODY_IN_PARTICULAR, lone_write, sql


@lone_write(NOBODY_IN_PARTICULAR)
def instance_add_security_group(context: Any, instance_id: str, security_group_id: int) -> None:
    """Put an instance, given by its uuid, into a security group.

    Neither of them need exist, and a pair that is there already gets another row; reads show the group once.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    values = {"instance_uuid": instance_id, "security_group_id": security_group_id}
    sql(context).instance_add_security_group(values=values)


@lone_write(ANY)
def instance_remove_security_group(context: Any, instance_id: str, security_group_id: int) -> None:
    """Take an instance, given by its uuid, out of a security group: every visible row of the pair is soft deleted.

    A pair that is not there is no error. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    sql(context).instance_remove_security_group(instance_uuid=instance_id, security_group_id=security_group_id)
