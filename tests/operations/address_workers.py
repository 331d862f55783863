"""Workers that claim addresses at the same moment, in threads of this process or of others. Imported by those."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import FixedIpAlreadyInUse, NoMoreFixedIps, NoMoreFloatingIps
from tests.operations.instance_helpers import new_uuid
from tests.operations.instance_workers import PATIENCE

#: The network whose addresses are claimed one by one, the one of which any is, and the pool.
SINGLE = 5
NETWORK = 7
POOL = "pool"

#: A claim in a round; gives what was got.
Claim = Callable[[RequestContext, int], Any]


def associate(context: RequestContext, number: int) -> Any:
    """Claim the one address of the round."""
    return api.fixed_ip_associate(context, f"192.168.0.{number}", new_uuid(), SINGLE)["id"]


def from_network(context: RequestContext, number: int) -> Any:
    """Claim any address of the network."""
    return api.fixed_ip_associate_pool(context, NETWORK, new_uuid())["id"]


def from_pool(context: RequestContext, number: int) -> Any:
    """Claim any floating address."""
    return api.floating_ip_allocate_address(context, "fake-project", POOL)


#: Each claim with the error that means: nothing left.
CLAIMS: dict[str, tuple[Claim, type[Exception]]] = {
    "fixed_ip_associate": (associate, FixedIpAlreadyInUse),
    "fixed_ip_associate_pool": (from_network, NoMoreFixedIps),
    "floating_ip_allocate_address": (from_pool, NoMoreFloatingIps),
}


def address(number: int) -> str:
    """The address of a number."""
    return f"10.{number // 65536}.{number // 256 % 256}.{number % 256}"


def provide(rounds: int, count: int) -> None:
    """An address for each round, `count` of either kind that any claim may get, and others that nobody must get."""
    context = get_admin_context()
    api.fixed_ip_bulk_create(
        context,
        [
            *({"address": f"192.168.0.{n}", "network_id": SINGLE} for n in range(rounds)),
            *({"address": address(n), "network_id": None if n % 5 == 4 else NETWORK} for n in range(count)),
            *({"address": f"172.16.0.{n}", "network_id": NETWORK, "reserved": True} for n in range(3)),
            *({"address": f"172.16.1.{n}", "network_id": NETWORK + 1} for n in range(3)),
            *({"address": address(n), "network_id": NETWORK, "deleted": 10**6 + n} for n in range(3)),
        ],
    )
    api.floating_ip_bulk_create(
        context,
        [
            *({"address": address(n), "pool": POOL} for n in range(count)),
            *({"address": f"172.16.0.{n}", "pool": POOL, "project_id": "another"} for n in range(3)),
            *({"address": f"172.16.1.{n}", "pool": "another"} for n in range(3)),
        ],
    )


def contend(name: str, rounds: int, barrier: Any, outcomes: list[Any]) -> None:
    """One worker: all begin together, each claims so many times. Adds what it got, None for nothing, or its error."""
    claim, none_left = CLAIMS[name]
    context = get_admin_context()
    got: list[Any] = []
    try:
        barrier.wait(PATIENCE)
        for number in range(rounds):
            try:
                got.append(claim(context, number))
            except none_left:
                got.append(None)
    except BaseException as error:
        outcomes.append(repr(error))
        barrier.abort()
    else:
        outcomes.append(got)


def in_threads(name: str, rounds: int, workers: int, barrier: Any) -> list[Any]:
    """Run workers in threads of this process; what each of them added."""
    outcomes: list[Any] = []
    threads = [
        threading.Thread(target=contend, args=(name, rounds, barrier, outcomes), daemon=True) for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


def process(url: str, names: list[str], rounds: int, workers: int, barrier: Any, queue: Any) -> None:
    """What another process runs: each claim in turn. Puts the outcomes by the claims' names into the queue."""
    rawdb.configure(connection=url, max_pool_size=workers)
    queue.put({name: in_threads(name, rounds, workers, barrier) for name in names})
    rawdb.dispose()


def in_processes(url: str, names: list[str], rounds: int, workers: int, processes: int) -> list[dict[str, list[Any]]]:
    """Run workers in threads of several processes; what each of these put into the queue."""
    spawned = multiprocessing.get_context("spawn")
    barrier, queue = spawned.Barrier(workers), spawned.Queue()
    args = (url, names, rounds, workers // processes, barrier, queue)
    running = [spawned.Process(target=process, args=args, daemon=True) for _ in range(processes)]
    for one in running:
        one.start()
    outcomes = [queue.get(timeout=PATIENCE) for _ in running]
    for one in running:
        one.join(PATIENCE)
    queue.close()
    queue.join_thread()
    return outcomes


def check(name: str, outcomes: list[Any], workers: int, free: int) -> None:
    """No error; as many claims went well as could, each for an address of its own, and the rows say so too."""
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == []
    assert len(outcomes) == workers
    claims = [claim for outcome in outcomes for claim in outcome]
    got = [claim for claim in claims if claim is not None]
    assert len(got) == min(free, len(claims))
    assert len(set(got)) == len(got)
    context = get_admin_context()
    if name == "floating_ip_allocate_address":
        owned: list[Any] = [
            row["address"] for row in api.floating_ip_get_all(context) if row["project_id"] == "fake-project"
        ]
    else:
        network_id = SINGLE if name == "fixed_ip_associate" else NETWORK
        rows = [row for row in api.fixed_ip_get_all(context) if row["instance_uuid"] is not None]
        owned = [row["id"] for row in rows if row["network_id"] == network_id]
    assert sorted(owned) == sorted(got)
