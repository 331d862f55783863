"""What is right on one node must be right on three: the atomic operations on a Galera cluster, a process per node."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

import rawdb
from rawdb import api, migrate
from rawdb.context import RequestContext, get_admin_context
from rawdb.dialects import parse_url
from rawdb.testing.databases import create_database
from rawdb.testing.galera import GaleraCluster
from tests.operations import (
    address_workers,
    archive_helpers,
    archive_workers,
    instance_workers,
    inventory_workers,
    network_checks,
    network_workers,
    quota_workers,
    usage_workers,
)
from tests.operations.factories import stored
from tests.operations.quota_helpers import live_reservations, usages
from tests.operations.quota_workers import Brawl, Race
from tests.operations.share_network_workers import ShareServerRace, check
from tests.operations.share_workers import COUNTED, MetadataRace, ShareRace, real_usage

pytestmark = [pytest.mark.slow, pytest.mark.dialects("mysql"), pytest.mark.usefixtures("dialect")]

WORKERS = 12
ROUNDS = 12
#: Rounds of a race for four resources at once, and everything that is done with them.
SHARE_ROUNDS = 8


class Nodes(NamedTuple):
    """URLs of one migrated database on each node."""

    first: str
    second: str
    third: str


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """A cluster of three nodes with a migrated database."""
    if os.environ.get("RAWDB_TEST_MYSQL_URL"):
        pytest.skip("this run uses a given server")
    with GaleraCluster() as cluster:
        database = parse_url(create_database(cluster.urls[0])).database
        urls = [parse_url(url).with_database(str(database)).render() for url in cluster.urls]
        migrate.upgrade(urls[0])
        yield Nodes(*urls)


@pytest.fixture
def admin(nodes: Nodes) -> Iterator[RequestContext]:
    """An administrator on the first node; reads wait for what the other nodes committed."""
    rawdb.dispose()
    rawdb.configure(connection=nodes.first, mysql_wsrep_sync_wait=1)
    yield get_admin_context()
    rawdb.dispose()


def on_each_node(nodes: Nodes, body: Callable[..., None], arguments: Callable[[int, Any, Any], tuple[Any, ...]]) -> Any:
    """Run `body(url, *arguments(node, barrier, queue))` in a process for each node; what they put into the queue."""
    spawned = multiprocessing.get_context("spawn")
    barrier, queue = spawned.Barrier(WORKERS), spawned.Queue()
    processes = [
        spawned.Process(target=body, args=(url, *arguments(number, barrier, queue)), daemon=True)
        for number, url in enumerate(nodes)
    ]
    for process in processes:
        process.start()
    results = [queue.get(timeout=quota_workers.PATIENCE) for _ in processes]
    for process in processes:
        process.join(30)
    queue.close()
    queue.join_thread()
    return results


def fight(nodes: Nodes, job: Any) -> dict[int, Any]:
    """The results of a quota job, its workers spread over the nodes."""

    def arguments(node: int, barrier: Any, queue: Any) -> tuple[Any, ...]:
        return job, list(range(node, WORKERS, len(nodes))), barrier, queue

    results: dict[int, Any] = {}
    for part in on_each_node(nodes, quota_workers.run_process, arguments):
        results.update(part)
    errors = [result for result in results.values() if isinstance(result, BaseException)]
    assert not errors, errors
    return results


def recount(project_id: str) -> dict[str, tuple[int, int]]:
    """in_use and reserved of a project's resources, as the usages have them."""
    usages = api.quota_usage_get_all_by_project(get_admin_context(), project_id)
    return {name: (row["in_use"], row["reserved"]) for name, row in usages.items() if name != "project_id"}


def test_quota_is_granted_exactly(nodes: Nodes, admin: RequestContext) -> None:
    race = Race(ROUNDS)
    granted = fight(nodes, race)
    for number in range(ROUNDS):
        winners = sum(granted[worker][number] for worker in range(WORKERS))
        assert winners == min(race.limit(number), WORKERS), f"round {number}"
        assert all(reserved == 0 for _, reserved in recount(f"project-{number}").values())


def test_usage_equals_what_was_committed(nodes: Nodes, admin: RequestContext) -> None:
    results = fight(nodes, Brawl(6))
    assert max(most for _, most in results.values()) <= Brawl.LIMIT
    api.reservation_expire(admin)
    in_use, reserved = recount("project").get("cores", (0, 0))
    assert in_use == sum(committed for committed, _ in results.values())
    assert 0 <= reserved <= Brawl.LIMIT - in_use


def test_quotas_of_all_that_belongs_to_a_share(nodes: Nodes, admin: RequestContext) -> None:
    race = ShareRace(SHARE_ROUNDS)
    before = len(live_reservations())
    granted = fight(nodes, race)
    there = real_usage({table: stored(table) for table in COUNTED})
    assert there
    for number in range(SHARE_ROUNDS):
        assert sum(granted[worker][number] for worker in range(WORKERS)) == race.granted(number, WORKERS), number
    recorded = {
        key: figures for key, figures in usages().items() if key[2] in COUNTED.values() or key[2] == "gigabytes"
    }
    assert {key: in_use for key, (in_use, _) in recorded.items() if in_use} == there
    assert {reserved for _, reserved in recorded.values()} == {0}
    assert len(live_reservations()) == before


def test_metadata_are_replaced_whole(nodes: Nodes, admin: RequestContext) -> None:
    """And go with the share, whichever node deletes it."""
    race = MetadataRace(ROUNDS)
    made = fight(nodes, race)
    live = [row for row in stored("share_metadata") if row["deleted"] == 0]
    for number in range(ROUNDS):
        name = race.name(number)
        if race.is_deleted(number):
            assert api.share_get(admin.elevated("only"), name)["status"] == "deleted"
            assert [row for row in live if row["share_id"] == name] == []
        else:
            assert None not in [outcomes[number] for outcomes in made.values()]
            assert api.share_metadata_get(admin, name) in [outcomes[number] for outcomes in made.values()]


def test_share_servers_and_associations(nodes: Nodes, admin: RequestContext) -> None:
    """Details go with their server, whichever node deletes it, and of many changes of an association one passes."""
    race = ShareServerRace(ROUNDS)
    outcomes = fight(nodes, race)
    rows = {
        "details": stored("share_server_backend_details"),
        "associations": stored("share_network_security_service_association"),
    }
    check(race, outcomes, rows)


@pytest.mark.parametrize("name", ["instance_test_and_set", "instance_update"])
def test_one_worker_passes_a_round(nodes: Nodes, admin: RequestContext, name: str) -> None:
    owner = RequestContext("fake-user", "fake-project", is_admin=False)
    values = {"project_id": "fake-project", "user_id": "fake-user", "task_state": "0"}
    row = api.instance_create(owner, values)

    def arguments(node: int, barrier: Any, queue: Any) -> tuple[Any, ...]:
        return name, row["uuid"], ROUNDS, WORKERS // len(nodes), barrier, queue

    outcomes = [won for part in on_each_node(nodes, instance_workers.process, arguments) for won in part]
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == []
    assert sorted(number for won in outcomes for number in won) == list(range(ROUNDS))
    assert api.instance_get(owner, row["id"])["task_state"] == str(ROUNDS)


@pytest.mark.parametrize("name", ["bandwidth", "volume", "task"])
def test_usage_is_kept_once(nodes: Nodes, admin: RequestContext, name: str) -> None:
    outcomes = usage_workers.in_processes(list(nodes), name, ROUNDS, WORKERS)
    usage_workers.check(name, outcomes, ROUNDS, WORKERS)


def test_a_row_is_archived_once(nodes: Nodes, admin: RequestContext) -> None:
    """A run on each node at the same time, while the rows are written."""
    rows = archive_helpers.deleted_rows("certificates", *range(1, 121))
    outcomes = archive_workers.in_processes(list(nodes))
    archive_workers.check(outcomes, len(rows))


def test_an_address_is_given_once(nodes: Nodes, admin: RequestContext) -> None:
    names = list(address_workers.CLAIMS)
    count = WORKERS * ROUNDS * 3 // 4
    address_workers.provide(ROUNDS, count)

    def arguments(node: int, barrier: Any, queue: Any) -> tuple[Any, ...]:
        return names, ROUNDS, WORKERS // len(nodes), barrier, queue

    parts = on_each_node(nodes, address_workers.process, arguments)
    for name in names:
        outcomes = [outcome for part in parts for outcome in part[name]]
        address_workers.check(name, outcomes, WORKERS, ROUNDS if name == "fixed_ip_associate" else count)


def test_networks_and_groups_are_given_once(nodes: Nodes, admin: RequestContext) -> None:
    for protocol in ("tcp", "udp"):
        api.security_group_default_rule_create(admin, {"protocol": protocol})
    ids = [api.network_create_safe(admin, {})["id"] for _ in range(WORKERS + ROUNDS + 7)]
    results = fight(nodes, network_workers.AllInTurn(ROUNDS, ids))
    network_checks.all_in_turn(results, ROUNDS, ids)


def test_nothing_of_the_inventory_is_given_twice(nodes: Nodes, admin: RequestContext) -> None:
    job = inventory_workers.All(ROUNDS)
    job.prepare()
    job.check(fight(nodes, job))
