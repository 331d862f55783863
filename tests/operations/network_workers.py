"""What workers do who contend for networks and security groups: jobs for the runners of quota_workers."""

from __future__ import annotations

from typing import Any

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import DuplicateVlan, NoMoreNetworks
from tests.operations.quota_workers import PATIENCE, Barrier

#: The projects that take a network of their own, that share one, and whose default group is asked for.
TAKER = "taker-{}-{}"
OWNER = "owner-{}"
PROJECT = "default-{}"


class AllInTurn:
    """Every job here, one after the other: the results of each. Networks that nobody owns must be there.

    One after the other, and not in processes of their own: starting those takes longer than all they do.
    """

    def __init__(self, rounds: int, network_ids: list[int]) -> None:
        self.jobs = (
            SetHost(network_ids[:rounds]),
            EnsureDefault(rounds),
            OneProject(rounds),
            Claim(),
            Create(rounds),
        )

    def __call__(self, worker: int, barrier: Barrier) -> list[Any]:
        return [job(worker, barrier) for job in self.jobs]


class Claim:
    """Take networks, each for a project of its own, until there are no more: the ids of those taken."""

    def __call__(self, worker: int, barrier: Barrier) -> list[int]:
        context = get_admin_context()
        taken: list[int] = []
        barrier.wait(PATIENCE)
        while True:
            try:
                row = api.network_associate(context, TAKER.format(worker, len(taken)))
            except NoMoreNetworks:
                return taken
            taken.append(row["id"])


class OneProject:
    """In each round get the network of one project: the ids, by round."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def __call__(self, worker: int, barrier: Barrier) -> list[int]:
        context = get_admin_context()
        got = []
        for number in range(self.rounds):
            barrier.wait(PATIENCE)
            got.append(api.network_associate(context, OWNER.format(number))["id"])
        return got


class SetHost:
    """In each round set the host of one network: the hosts it has then, by round."""

    def __init__(self, network_ids: list[int]) -> None:
        self.network_ids = network_ids

    def __call__(self, worker: int, barrier: Barrier) -> list[str | None]:
        context = get_admin_context()
        hosts = []
        for network_id in self.network_ids:
            barrier.wait(PATIENCE)
            hosts.append(api.network_set_host(context, network_id, f"host-{worker}"))
        return hosts


class Create:
    """In each round make a network on one vlan: whether the worker did, by round."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def __call__(self, worker: int, barrier: Barrier) -> list[bool]:
        return [self._round(number, barrier) for number in range(self.rounds)]

    def _round(self, number: int, barrier: Barrier) -> bool:
        barrier.wait(PATIENCE)
        try:
            api.network_create_safe(get_admin_context(), {"vlan": number})
        except DuplicateVlan:
            return False
        return True


class EnsureDefault:
    """In each round ask for the default group of one project: whether it was there, and its id, by round."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def __call__(self, worker: int, barrier: Barrier) -> list[tuple[bool, int]]:
        got = []
        for number in range(self.rounds):
            context = RequestContext(f"user-{worker % 3}", PROJECT.format(number), is_admin=False)
            barrier.wait(PATIENCE)
            existed, group = api.security_group_ensure_default(context)
            got.append((existed, group["id"]))
        return got
