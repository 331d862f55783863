"""Security groups, their rules, and the instances in them. SQL: sql/queries/*/security_groups.sql.

What is read of instances beside a group, and where the rows of a rule's group come from, is in
`_security_group_rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import rows as shapes
from rawdb.access import authorize_project
from rawdb.default import reader, writer
from rawdb.exceptions import (
    DBDuplicateEntry,
    SecurityGroupDefaultRuleNotFound,
    SecurityGroupExists,
    SecurityGroupNotFound,
    SecurityGroupNotFoundForProject,
    SecurityGroupNotFoundForRule,
)
from rawdb.operations._cidrs import with_cidrs
from rawdb.operations._default_security_group import ensure_default_group, find_default_group
from rawdb.operations._operation import ADMIN, ANY, NO_GUARD, guarded, lone_read, lone_write, sql, writes
from rawdb.operations._rows import edit_row, merged
from rawdb.operations.security_groups.rows import (
    DEFAULT_RULE_PATHS,
    add_instances,
    check,
    first_steps,
    instance_relations,
    rule_relations,
    rule_rows,
)


@lone_write(NO_GUARD)
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


@lone_read(ANY)
def security_group_count_by_project(context: Any, project_id: str, session: Any = None) -> int:
    """Return how many live groups a project has; `session` has no effect.

    Raises Forbidden for a plain user of another project. Round trips: 1. Source: Nova Grizzly.
    """
    authorize_project(context, project_id)
    return sql(context).security_group_count_by_project(project_id=project_id)


@guarded(ANY)
def security_group_create(context: Any, values: Mapping[str, Any]) -> shapes.SecurityGroupWithRules:
    """Store a group and return its row, with the empty list `rules`.

    `values` are columns of security_groups, and `instances`, a list of rows of instances that are put into the
    group: the result then has the key `instances`, the live ones among them. Other keys are ignored. Neither the
    default group nor quotas are touched. Raises SecurityGroupExists when the project has a live group of the name.
    Round trips: 1, with instances 2, and COMMIT. Source: Nova Juno; Grizzly's did not say what a duplicate
    was.
    """
    if "instances" not in values:
        return _create(context, values)
    return _create_with_instances(context, values, [one["uuid"] for one in values["instances"] or ()])


@writer.autocommit.savepoint
def _create(context: Any, values: Mapping[str, Any]) -> shapes.SecurityGroupWithRules:
    return _insert(context, values)


def _insert(context: Any, values: Mapping[str, Any]) -> shapes.SecurityGroupWithRules:
    try:
        row = sql(context).security_group_create(values=values)
    except DBDuplicateEntry as error:
        raise _duplicate(error, values) from error
    return merged(row, {"rules": []})


@writer.savepoint
def _create_with_instances(
    context: Any, values: Mapping[str, Any], uuids: Iterable[str]
) -> shapes.SecurityGroupWithRules:
    row = _insert(context, values)
    pairs = [{"instance_uuid": uuid, "security_group_id": row["id"]} for uuid in dict.fromkeys(uuids)]
    if pairs:
        sql(context).security_group_create__instances.ahead(values=pairs)
    add_instances(context, [row])
    return row


@writes(ANY)
def security_group_destroy(context: Any, security_group_id: int) -> None:
    """Soft delete a visible group, the membership of its instances, its rules, and those that let it in elsewhere.

    A group that is not there is no error. Quotas are not touched. Round trips: 1, and COMMIT.
    Source: Nova Juno and Grizzly.
    """
    statements = sql(context)
    statements.security_group_destroy.ahead(security_group_id=security_group_id)
    statements.security_group_destroy__instances.ahead(security_group_id=security_group_id)
    statements.security_group_destroy__rules.ahead(security_group_id=security_group_id)
    statements.security_group_destroy__grants(security_group_id=security_group_id)


@guarded(NO_GUARD)
def security_group_ensure_default(context: Any) -> tuple[bool, shapes.SecurityGroup]:
    """Return whether the context's project had a group 'default', and its row; one is made where there was none.

    A new one belongs to the context's user, gets a copy of the visible default rules (the key `rules` is an empty
    list nevertheless), and counts as one security group in use by that user. Of callers at the same time one makes
    it and the others find it. Round trips: 1; for a new group 4 or 5, and COMMIT.
    Source: Nova Juno and Grizzly; Juno's returned the group alone, against its documentation.
    """
    found = _default_group(context)
    if found is not None:
        return True, found
    existed, group = ensure_default_group(context)
    return existed, group if existed else {**group, "rules": []}


@reader.autocommit
def _default_group(context: Any) -> shapes.SecurityGroup | None:
    return find_default_group(context)


@lone_read(ANY)
def security_group_exists(context: Any, project_id: str, group_name: str) -> bool:
    """Tell whether a project has a live group of a name. Round trips: 1. Source: Nova Grizzly."""
    return sql(context).security_group_exists(project_id=project_id, group_name=group_name) is not None


@lone_read(ANY)
def security_group_get(
    context: Any, security_group_id: int, columns_to_join: Iterable[str] | None = None
) -> shapes.SecurityGroupWithRules:
    """Return the visible group of an id, within the project of a plain user, with its `rules`.

    `rules` are live and by id, each with `grantee_group`, the group that it lets in, or None. An entry `instances` of
    `columns_to_join` adds the live instances, `instances.info_cache` and their like with relations of their own
    (also metadata, system_metadata, security_groups, pci_devices, block_device_mapping); other entries are ignored.
    Raises SecurityGroupNotFound, ValueError for an unknown relation of instances. Round trips: 1, with instances 2.
    Source: Nova Juno; Grizzly's always had the instances.
    """
    steps = first_steps(path for path in columns_to_join or () if path.startswith("instances"))
    relations = instance_relations(steps.get("instances", ())) or frozenset()
    row = sql(context).security_group_get(security_group_id=security_group_id)
    if row is None:
        raise SecurityGroupNotFound(security_group_id=security_group_id)
    if steps:
        add_instances(context, [row], relations)
    return row


@lone_read(ANY)
def security_group_get_all(context: Any) -> list[shapes.SecurityGroupGetRow]:
    """Return the visible groups of all projects, by id, each with its `rules` as `security_group_get` has them.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).security_group_get_all()


@lone_read(ANY)
def security_group_get_by_instance(context: Any, instance_uuid: str) -> list[shapes.SecurityGroupGetRow]:
    """Return the live groups that a live instance is in, each once, by id, with `rules` as in `security_group_get`.

    Round trips: 1. Source: Nova Juno; Grizzly took the number of the instance.
    """
    return sql(context).security_group_get_by_instance(instance_uuid=instance_uuid)


@lone_read(ANY)
def security_group_get_by_name(
    context: Any, project_id: str, group_name: str, columns_to_join: Iterable[str] | None = None
) -> shapes.SecurityGroupWithInstances:
    """Return the live group of a name in a project, with `rules` as in `security_group_get`, and `instances`.

    Anybody may ask. `columns_to_join` has no effect: both are always there. Raises SecurityGroupNotFoundForProject
    (its security_group_id is the name). Round trips: 2. Source: Nova Juno and Grizzly.
    """
    row = sql(context).security_group_get_by_name(project_id=project_id, group_name=group_name)
    if row is None:
        raise SecurityGroupNotFoundForProject(project_id=project_id, security_group_id=group_name)
    add_instances(context, [row])
    return row


@lone_read(ANY)
def security_group_get_by_project(context: Any, project_id: str) -> list[shapes.SecurityGroupGetRow]:
    """Return the live groups of a project, by id, with `rules` as in `security_group_get`. Anybody may ask.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).security_group_get_by_project(project_id=project_id)


@lone_read(ANY)
def security_group_in_use(context: Any, group_id: int) -> bool:
    """Tell whether a live instance is in a group. Round trips: 1. Source: Nova Juno and Grizzly."""
    return sql(context).security_group_in_use(group_id=group_id) is not None


@writes(ANY)
def security_group_update(
    context: Any, security_group_id: int, values: Mapping[str, Any], columns_to_join: Iterable[str] | None = None
) -> shapes.SecurityGroup:
    """Change columns of a visible group of whatever project, and return its row; unknown keys are ignored.

    `columns_to_join` adds relations by path: `rules` and `rules.grantee_group`, `instances`, and those of
    `security_group_get` below instances; none by default. `updated_at` moves only if something changes.
    Raises SecurityGroupNotFound, SecurityGroupExists when the project has another live group of the name, ValueError
    for an unknown path. Round trips: 1 or 2, 1 more for rules, 1 for each list of instances, and COMMIT.
    Source: Nova Juno.
    """
    steps = first_steps(columns_to_join or ())
    check(steps, ("instances", "rules"), "a security group")
    rules, instances = rule_relations(steps.get("rules", ())), instance_relations(steps.get("instances"))
    row = sql(context).security_group_update__row(security_group_id=security_group_id)
    lost = SecurityGroupNotFound(security_group_id=security_group_id)
    if row is None:
        raise lost
    try:
        row = edit_row(sql(context).security_group_update, "security_groups", row, values, lost=lost)
    except DBDuplicateEntry as error:
        raise _duplicate(error, {**row, **values}) from error
    if "rules" in steps:
        row["rules"] = rule_rows(context, row["id"], rules, read_deleted="no")
    if instances is not None:
        add_instances(context, [row], instances)
    return row


@lone_write(ANY)
def security_group_rule_create(context: Any, values: Mapping[str, Any]) -> shapes.SecurityGroupRuleRow:
    """Store a rule and return its row.

    `values` are columns of security_group_rules (parent_group_id, protocol, from_port, to_port, cidr, group_id);
    other keys are ignored. The groups need not exist, and equal rules may stand beside each other.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).security_group_rule_create(values=with_cidrs(values, "cidr"))


@lone_write(ANY)
def security_group_rule_destroy(context: Any, security_group_rule_id: int) -> None:
    """Soft delete a visible rule.

    Raises SecurityGroupNotFoundForRule. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    if not sql(context).security_group_rule_destroy(security_group_rule_id=security_group_rule_id):
        raise SecurityGroupNotFoundForRule(rule_id=security_group_rule_id)


@lone_read(ANY)
def security_group_rule_get(context: Any, security_group_rule_id: int) -> shapes.SecurityGroupRuleRow:
    """Return the visible rule of an id, without relations.

    Raises SecurityGroupNotFoundForRule. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).security_group_rule_get(security_group_rule_id=security_group_rule_id)
    if row is None:
        raise SecurityGroupNotFoundForRule(rule_id=security_group_rule_id)
    return row


@lone_read(ANY)
def security_group_rule_get_by_security_group(
    context: Any, security_group_id: int, columns_to_join: Iterable[str] | None = None
) -> list[shapes.SecurityGroupRule]:
    """Return the visible rules of a group, by id.

    `columns_to_join` names what they carry: `grantee_group` (the group that a live rule lets in, live or not, or
    None), `grantee_group.instances` (its live instances) and what `security_group_get` knows below instances. None
    means the instances with info_cache and system_metadata, an empty list nothing. Raises ValueError for an unknown
    path. Round trips: 1, with instances 2. Source: Nova Juno; Grizzly's always carried the defaults.
    """
    paths = DEFAULT_RULE_PATHS if columns_to_join is None else columns_to_join
    return rule_rows(context, security_group_id, rule_relations(paths))


@lone_read(ANY)
def security_group_rule_get_by_security_group_grantee(
    context: Any, security_group_id: int
) -> list[shapes.SecurityGroupRuleRow]:
    """Return the visible rules that let a group in, by id, without relations.

    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).security_group_rule_get_by_security_group_grantee(security_group_id=security_group_id)


@lone_read(ANY)
def security_group_rule_count_by_group(context: Any, security_group_id: int) -> int:
    """Return how many live rules a group has. Round trips: 1. Source: Nova Juno and Grizzly."""
    return sql(context).security_group_rule_count_by_group(security_group_id=security_group_id)


@lone_write(ADMIN)
def security_group_default_rule_create(context: Any, values: Mapping[str, Any]) -> shapes.SecurityGroupDefaultRuleRow:
    """Store a rule that every new default group gets a copy of, and return its row.

    `values` are columns of security_group_default_rules (protocol, from_port, to_port, cidr); other keys are ignored.
    Round trips: 1. Source: Nova Juno and Grizzly.
    """
    return sql(context).security_group_default_rule_create(values=with_cidrs(values, "cidr"))


@lone_write(ADMIN)
def security_group_default_rule_destroy(context: Any, security_group_rule_default_id: int) -> None:
    """Soft delete a visible default rule; groups keep their copies.

    Raises SecurityGroupDefaultRuleNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    if not sql(context).security_group_default_rule_destroy(id=security_group_rule_default_id):
        raise SecurityGroupDefaultRuleNotFound(rule_id=security_group_rule_default_id)


@lone_read(ANY)
def security_group_default_rule_get(
    context: Any, security_group_rule_default_id: int
) -> shapes.SecurityGroupDefaultRuleRow:
    """Return the visible default rule of an id.

    Raises SecurityGroupDefaultRuleNotFound. Round trips: 1. Source: Nova Juno and Grizzly.
    """
    row = sql(context).security_group_default_rule_get(id=security_group_rule_default_id)
    if row is None:
        raise SecurityGroupDefaultRuleNotFound(rule_id=security_group_rule_default_id)
    return row


@lone_read(ANY)
def security_group_default_rule_list(context: Any) -> list[shapes.SecurityGroupDefaultRuleRow]:
    """Return the visible default rules, by id. Round trips: 1. Source: Nova Juno and Grizzly."""
    return sql(context).security_group_default_rule_list()


def _duplicate(error: DBDuplicateEntry, values: Mapping[str, Any]) -> Exception:
    """What a refused group means to the caller: its name is taken in the project, or another key is."""
    if "name" not in error.columns:
        return error
    return SecurityGroupExists(project_id=values.get("project_id"), security_group_name=values.get("name"))
