"""Provider firewall: rules that hold for all instances of the cloud. SQL: sql/queries/*/provider_firewall.sql."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.operations._cidrs import with_cidrs
from rawdb.operations._operation import ADMIN, lone_read, lone_write, sql


@lone_write(ADMIN)
def provider_fw_rule_create(context: Any, rule: Mapping[str, Any]) -> shapes.ProviderFwRuleRow:
    """Store a rule and return its row.

    `rule` has columns of provider_fw_rules (protocol, from_port, to_port, cidr); other keys are ignored.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).provider_fw_rule_create(values=with_cidrs(rule, "cidr"))


@lone_write(ADMIN)
def provider_fw_rule_destroy(context: Any, rule_id: int) -> None:
    """Soft delete a rule, a deleted one once more; one that is not there is no error.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    sql(context).provider_fw_rule_destroy(rule_id=rule_id)


@lone_read(ADMIN)
def provider_fw_rule_get_all(context: Any) -> list[shapes.ProviderFwRuleRow]:
    """Return the visible rules, by id. Round trips: 1. Source: Nova Juno and Grizzly."""
    return sql(context).provider_fw_rule_get_all()
