"""How the servers carry the statements out on skewed tables: by the indexes that the comments name.

A statement may read a whole table only if its comment says `none` under `Index:`, with the reason. Relations and
children may come by any index, if the comment says so; never by reading their table. `make plans` does the same on
300,000 instances, with every variant there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import get_admin_context
from rawdb.dialects import ConnectionOptions, Dialect, get_dialect, parse_url
from rawdb.statements.statement import Statement
from tests.sql import house, plans, skewed
from tests.sql.conftest import LONG
from tests.sql.plans import PRIMARY, Access
from tests.support.recording import recorded

Connected = tuple[Dialect, Any]

#: A statement that some server carries out by another index than the one named, and why that is as it should be.
OTHERWISE: dict[tuple[str, str, str | None], str] = {
    ("postgresql", "services", "services_topic_deleted_idx"): "both lead to the one row, at the same cost",
}
#: Indexes that no comment names, and what they are for.
WAITING = {
    "instance_id_mappings_uuid_idx": "EC2's ids of instances",
    "security_group_instance_association_security_group_id_idx": "the instances of a group",
    "security_group_rules_group_id_idx": "the rules that let a group in",
    "security_group_rules_parent_group_id_idx": "the rules of a group: a relation",
    **dict.fromkeys(
        (
            "dns_domains_project_id_idx",
            "iscsi_targets_host_volume_id_deleted_idx",
            "iscsi_targets_volume_id_idx",
            "networks_bridge_deleted_idx",
            "snapshots_volume_id_idx",
            "task_log_host_idx",
            "task_log_period_beginning_idx",
            "task_log_period_ending_idx",
            "virtual_interfaces_network_id_idx",
            "volumes_instance_uuid_idx",
        ),
        "documented with the table; no statement names it yet",
    ),
}
#: Domains whose tables the skewed rows are not shaped for yet: their plans on them say nothing of real tables.
NOT_SHAPED = frozenset(
    {
        "agent_builds",
        "aggregates",
        "archive",
        "cells",
        "certificates",
        "compute_nodes",
        "consoles",
        "dns_domains",
        "ec2_ids",
        "fixed_ips",
        "floating_ips",
        "networks",
        "provider_firewall",
        "security_groups",
        "share_networks",
        "share_servers",
        "share_snapshots",
        "shares",
        "task_logs",
        "usage",
        "virtual_interfaces",
        "volume_types",
    }
)
#: The filters of the one statement that has many, as operations send them. Each leads to few rows, or to a page.
LISTS: list[dict[str, Any]] = [
    {"deleted": False},
    {"deleted": False, "soft_deleted": True},
    {"deleted": False, "project_id": "x"},
    {"deleted": False, "project_id": "huge"},
    {"project_id": "x"},
    {"deleted": False, "host": "x"},
    {"deleted": False, "uuid": [f"v{number}" for number in range(100)]},
    {"deleted": False, "task_state": "rebooting"},
    {"deleted": False, "metadata": {"owner": "x"}},
    {"deleted": False, "system_metadata": {"owner": "x"}},
    {"deleted": False, "filter": [{"name": "tag:role", "value": "x"}]},
    {"deleted": False, "filter": [{"name": "tag-value", "value": "x"}]},
]


@pytest.fixture
def loaded(loaded_url: Callable[[str], str], dialect: str) -> Iterator[Connected]:
    """A driver connection to a database with skewed rows."""
    spoken = get_dialect(dialect)
    raw = spoken.connect(parse_url(loaded_url(dialect)), ConnectionOptions())
    yield spoken, raw
    spoken.close(raw)


@pytest.fixture
def configured(loaded_url: Callable[[str], str], dialect: str) -> Iterator[None]:
    """rawdb on that database."""
    rawdb.dispose()
    rawdb.configure(connection=loaded_url(dialect))
    yield
    rawdb.dispose()


def unexpected(statement: Statement, used: set[Access], dialect: str) -> Iterator[str]:
    """What a plan does that the comment does not say."""
    names = plans.named(statement)
    own = {skewed.indexes()[name][0] for name in names if name in skewed.indexes()}
    loose = any(word in plans.comment(statement) for word in ("relations", "children", "those of "))
    for access in used:
        whole = access.index is None or (access.whole and access.index == PRIMARY)
        excused = (dialect, access.table, access.index) in OTHERWISE or (loose and access.table not in own)
        if whole and not plans.may_read_whole(statement):
            yield f"reads the whole of {access.table}"
        elif not whole and access.index not in names and not excused:
            yield f"reads {access.table} by {access.index}"


def test_every_statement_goes_by_the_indexes_that_its_comment_names(loaded: Connected) -> None:
    spoken, raw = loaded
    faults: dict[str, str] = {}
    tried = 0
    for statement in house.effective(spoken.name).values():
        if plans.adds_rows(statement) or statement.domain in NOT_SHAPED:
            continue
        for variant in plans.every_variant(statement, spoken):
            if plans.is_free(variant) or not (LONG or plans.is_telling(variant)):
                continue
            tried += 1
            used = plans.accesses(spoken, raw, statement, variant)
            for fault in unexpected(statement, used, spoken.name):
                faults.setdefault(f"{statement.location} {statement.name} {fault}", variant.label)
    assert tried > 150
    assert not faults, "\n" + "\n".join(f"{fault} ({label})" for fault, label in faults.items())


@pytest.mark.usefixtures("configured")
def test_lists_of_instances_go_by_the_indexes_named(loaded: Connected) -> None:
    spoken, raw = loaded
    statement = house.effective(spoken.name)["instance_get_all_by_filters"]
    context = get_admin_context()
    faults = []
    for filters in LISTS:
        for marker in (None, "x"):
            with recorded() as sent:
                api.instance_get_all_by_filters(context, filters, limit=20, marker=marker)
            text, parameters = next((text, bound) for text, bound in sent if "instance_get_all_by_filters" in text)
            variant = plans.Variant(f"{filters} after {marker}", text, parameters)
            used = plans.accesses(spoken, raw, statement, variant)
            faults += [f"{variant.label}: reads the whole of {one.table}" for one in used if one.index is None]
            faults += [
                f"{variant.label}: {one.index} is not named"
                for one in used
                if one.index is not None and one.table == "instances" and one.index not in plans.named(statement)
            ]
    assert not faults, "\n" + "\n".join(faults)


def test_new_rows_are_refused_by_the_keys_that_the_comment_names(dialect: str) -> None:
    faults = []
    for statement in house.effective(dialect).values():
        if not plans.adds_rows(statement) or statement.table is None:
            continue
        unique = {
            name
            for name, (table, is_unique, _) in skewed.indexes().items()
            if is_unique and table == statement.table.name
        }
        if plans.named(statement) - {PRIMARY} != unique:
            faults.append(
                f"{statement.location} {statement.name}: unique are {', '.join(sorted(unique)) or 'ids alone'}"
            )
    assert not faults, "\n" + "\n".join(faults)


def test_reads_say_that_they_lock_nothing_and_writes_what_they_lock(dialect: str) -> None:
    faults = []
    for statement in house.effective(dialect).values():
        says_none = statement.doc.partition("Locks:")[2].strip().startswith("none")
        if says_none is plans.writes(statement):
            faults.append(f"{statement.location} {statement.name}")
    assert not faults, "\n" + "\n".join(faults)


def test_every_index_is_named_by_a_statement_or_waits_for_one(dialect: str) -> None:
    statements = house.effective(dialect).values()
    seen = {name for statement in statements for name in plans.named(statement)}
    domains = {statement.table.name for statement in statements if statement.table is not None}
    idle = {
        name
        for name, (table, unique, _) in skewed.indexes().items()
        if table in domains and not unique and name not in seen
    }
    assert not idle - WAITING.keys(), idle


def test_a_whole_table_is_seen(loaded: Connected) -> None:
    spoken, raw = loaded
    statement = house.effective(spoken.name)["instance_get_by_uuid__row"]
    whole = plans.Variant("", "SELECT i.* FROM instances AS i WHERE i.display_description = 'x'", {})
    assert Access("instances", None) in plans.accesses(spoken, raw, statement, whole)
    assert list(unexpected(statement, {Access("instances", None)}, spoken.name))
    by_key = plans.Variant("", "SELECT i.* FROM instances AS i WHERE i.uuid = 'x'", {})
    used = plans.accesses(spoken, raw, statement, by_key)
    assert {one.index for one in used} == {"uniq_instances0uuid"}
    assert not list(unexpected(statement, used, spoken.name))
    assert list(unexpected(statement, {Access("instances", "instances_task_state_idx")}, spoken.name))


@pytest.mark.dialects("postgresql")
def test_a_plan_made_for_any_value_costs_no_more_than_one_made_for_the_value(loaded: Connected) -> None:
    """What is prepared gets one after some executions. What does not find its rows by equal values is not prepared."""
    spoken, raw = loaded
    dear = []
    for statement in house.effective(spoken.name).values():
        if plans.adds_rows(statement):
            continue
        for variant in plans.every_variant(statement, spoken):
            if not variant.by_key or plans.is_free(variant) or not plans.is_telling(variant):
                continue
            custom, generic = plans.costs(spoken, raw, variant)
            if generic > 10 * custom + 100:
                dear.append(f"{statement.name} ({variant.label}): {custom:.0f} -> {generic:.0f}")
    assert not dear, "\n" + "\n".join(dear)
