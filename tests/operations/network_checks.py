"""What must hold after the jobs of network_workers, on one server and on a cluster.

`results` are those of the workers. Nobody else has made networks; groups and usages of other projects do not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rawdb import api
from rawdb.context import get_admin_context
from tests.operations.factories import stored
from tests.operations.network_workers import OWNER, PROJECT, TAKER


def all_in_turn(results: Mapping[int, list[Any]], rounds: int, network_ids: list[int]) -> None:
    """What must hold after AllInTurn, who started with these networks and no others."""
    hosts, groups, owned, taken, made = (
        {worker: result[place] for worker, result in results.items()} for place in range(5)
    )
    each_network_has_one_host(hosts, network_ids[:rounds])
    each_project_has_one_default_group(groups, rounds)
    each_project_has_one_network(owned, rounds)
    each_network_has_one_taker(taken)
    each_vlan_has_one_network(made, rounds)


def each_network_has_one_taker(results: Mapping[int, list[int]]) -> None:
    """Nothing was taken twice, the rows say so, and of the networks without a vlan nothing is left."""
    taken = {
        network_id: TAKER.format(worker, number)
        for worker, ids in results.items()
        for number, network_id in enumerate(ids)
    }
    assert taken
    assert sum(len(ids) for ids in results.values()) == len(taken)
    rows = {row["id"]: row["project_id"] for row in stored("networks") if row["vlan"] is None}
    assert {network_id: rows[network_id] for network_id in taken} == taken
    assert None not in rows.values()


def each_project_has_one_network(results: Mapping[int, list[int]], rounds: int) -> None:
    """All workers of a round got the same one, and the project has no other."""
    assert len({tuple(got) for got in results.values()}) == 1
    [got, *_] = results.values()
    projects = [OWNER.format(number) for number in range(rounds)]
    owned = {row["id"]: row["project_id"] for row in stored("networks") if row["project_id"] in projects}
    assert owned == dict(zip(got, projects, strict=True))


def each_network_has_one_host(results: Mapping[int, list[str]], network_ids: list[int]) -> None:
    """All workers of a round got the same answer, which is the stored one."""
    assert len({tuple(hosts) for hosts in results.values()}) == 1
    [hosts, *_] = results.values()
    assert [api.network_get(get_admin_context(), number)["host"] for number in network_ids] == hosts
    assert None not in hosts


def each_vlan_has_one_network(results: Mapping[int, list[bool]], rounds: int) -> None:
    """One worker of a round made it."""
    assert [sum(made) for made in zip(*results.values(), strict=True)] == [1] * rounds
    assert Counter(row["vlan"] for row in stored("networks") if row["vlan"] is not None) == Counter(range(rounds))


def each_project_has_one_default_group(results: Mapping[int, list[tuple[bool, int]]], rounds: int) -> None:
    """One worker of a round made it, all others found the same; one usage and one copy of each rule."""
    groups = []
    for answers in zip(*results.values(), strict=True):
        assert sum(not existed for existed, _ in answers) == 1
        [group] = {group for _, group in answers}
        groups.append(group)
    projects = [PROJECT.format(number) for number in range(rounds)]
    rows = [row for row in stored("security_groups") if row["project_id"] in projects]
    assert {row["id"]: row["project_id"] for row in rows} == dict(zip(groups, projects, strict=True))
    assert {row["name"] for row in rows} == {"default"}
    usages = [row for row in stored("quota_usages") if row["project_id"] in projects]
    assert Counter((row["project_id"], row["in_use"]) for row in usages) == Counter((name, 1) for name in projects)
    copies = Counter(row["parent_group_id"] for row in stored("security_group_rules"))
    assert copies == Counter(groups * len(stored("security_group_default_rules")))
