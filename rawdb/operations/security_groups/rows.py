"""What security groups and their rules carry: relations by path, and the instances in groups.

A path names relations in a row, as `grantee_group.instances.info_cache`. The instances of all groups of a result come
by one statement, each with the relations of its own that were asked for and with its derived `name`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from rawdb import rows as shapes
from rawdb.operations._operation import sql
from rawdb.operations._rows import Row, unshared
from rawdb.operations.instances.rows import RELATIONS, flags, instance_name

#: What the rules of a group carry where nobody says anything.
DEFAULT_RULE_PATHS = ("grantee_group.instances.system_metadata", "grantee_group.instances.info_cache")


class RuleRelations(NamedTuple):
    """What rules carry: `instances` are the relations of the instances in the group, None for no instances."""

    grantee_group: bool
    instances: frozenset[str] | None


def first_steps(paths: Iterable[str]) -> dict[str, list[str]]:
    """The relations that paths begin with, each with what is asked for below it."""
    steps: dict[str, list[str]] = {}
    for path in paths:
        relation, _, rest = path.partition(".")
        steps.setdefault(relation, []).extend([rest] if rest else [])
    return steps


def check(names: Iterable[str], known: Collection[str], whose: str) -> None:
    """Raise ValueError for a name that is no relation."""
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"{whose} has no relation {', '.join(unknown)}; it has {', '.join(sorted(known))}")


def instance_relations(paths: Iterable[str] | None) -> frozenset[str] | None:
    """The relations of instances that are asked for, None for no instances. Raises ValueError for one unknown."""
    if paths is None:
        return None
    check(paths, RELATIONS, "an instance in a group")
    return frozenset(paths)


def rule_relations(paths: Iterable[str]) -> RuleRelations:
    """What rules are to carry. Raises ValueError for an unknown path."""
    steps = first_steps(paths)
    check(steps, ("grantee_group",), "a rule")
    below = first_steps(steps.get("grantee_group", ()))
    check(below, ("instances",), "a group that a rule lets in")
    return RuleRelations("grantee_group" in steps, instance_relations(below.get("instances")))


def add_instances(context: Any, groups: Collection[Any], relations: frozenset[str] = frozenset()) -> None:
    """Give each group the key `instances`: its live instances, by id; none for a deleted group. Round trips: 1."""
    found: dict[int, list[shapes.RelatedInstance]] = {group["id"]: [] for group in groups}
    rows = sql(context).security_group_get__instances(group_ids=sorted(found), **flags(relations, RELATIONS))
    for row in rows:
        found[row["security_group_id"]].append(_shown(row, relations))
    # A group that several rules let in comes several times.
    for group, instances in zip(groups, unshared(found[group["id"]] for group in groups), strict=True):
        group["instances"] = instances


def _shown(row: Row, relations: frozenset[str]) -> Any:
    hidden = {"security_group_id", *RELATIONS} - relations
    shown = {key: value for key, value in row.items() if key not in hidden}
    return {**shown, "name": instance_name(shown)}


def rule_rows(
    context: Any, group_id: int, relations: RuleRelations, **visibility: str
) -> list[shapes.SecurityGroupRule]:
    """The visible rules of a group, by id, with what is asked for. Round trips: 1, with instances 2."""
    rules = sql(context).security_group_rule_get_by_security_group(
        security_group_id=group_id, with_grantee_group=relations.grantee_group, **visibility
    )
    if not relations.grantee_group:
        for rule in rules:
            del rule["grantee_group"]
        return rules
    groups = [rule["grantee_group"] for rule in rules if rule["grantee_group"] is not None]
    if groups and relations.instances is not None:
        add_instances(context, groups, relations.instances)
    return rules
