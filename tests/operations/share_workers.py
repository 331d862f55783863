"""Workers that fight over shares: over the quotas of all that belongs to one, and over the metadata of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import NotFound, OverQuota
from tests.operations.quota_helpers import Resource, reserve
from tests.operations.quota_workers import PATIENCE, USERS, WORKERS, Barrier

RESOURCES = {name: Resource(f"_sync_{name}") for name in ("shares", "snapshots", "gigabytes", "share_networks")}
SIZE = 3
#: What one worker wants, in one reservation: a share, a snapshot as large, and a network.
WANTED = {"shares": 1, "snapshots": 1, "gigabytes": 2 * SIZE, "share_networks": 1}
ENOUGH = 1000
#: For each user of a round by turns: keep what was granted; give it back; use it and give it up again.
KEEP, GIVE_BACK, GIVE_UP = range(3)


class ShareRace:
    """Rounds in which every worker wants four resources of a new project at once, one of which is scarce.

    The project has some shares before. What is granted becomes rows, which the counts that refresh usages find. Gives
    whether the worker was granted its wish, by round.
    """

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    @staticmethod
    def before(number: int) -> int:
        """How many shares the project has at the beginning, all the first user's."""
        return number % 3

    @staticmethod
    def limit(number: int) -> int:
        """For how many wishes the scarce resource of the project suffices."""
        return number * 5 % 11 + 1

    @staticmethod
    def limit_of_user(number: int) -> int:
        """For how many it suffices for each user: one in every other round."""
        return 1 if number % 2 else ENOUGH

    @classmethod
    def granted(cls, number: int, workers: int) -> int:
        """How many wishes are to be granted in a round."""
        by_user = Counter(worker % USERS for worker in range(workers)).values()
        return min(cls.limit(number), sum(min(cls.limit_of_user(number), wishes) for wishes in by_user))

    def __call__(self, worker: int, barrier: Barrier) -> list[bool]:
        return [self._round(number, worker, barrier) for number in range(self.rounds)]

    def _round(self, number: int, worker: int, barrier: Barrier) -> bool:
        user = worker % USERS
        context = RequestContext(f"user-{user}", f"project-{number}", is_admin=False, overwrite=False)
        if worker == 0:
            self._begin(context, number)
        barrier.wait(PATIENCE)
        uuids = self._try(context, number, worker)
        barrier.wait(PATIENCE)
        if uuids:
            self._end(context, uuids, user % 3)
        return bool(uuids)

    def _begin(self, context: RequestContext, number: int) -> None:
        for _ in range(self.before(number) + 1):
            share = api.share_create(context, _owned(context, size=SIZE))
        api.share_delete(context, share["id"])
        uuids = reserve(context, dict.fromkeys(WANTED, 0), resources=RESOURCES, quotas=dict.fromkeys(WANTED, ENOUGH))
        api.reservation_commit(context, uuids)

    def _try(self, context: RequestContext, number: int, worker: int) -> list[str]:
        """The reservations in a list, an empty one for a refusal."""
        scarce = list(WANTED)[number % len(WANTED)]
        seeds = {"shares": self.before(number), "gigabytes": SIZE * self.before(number)}
        used = seeds.get(scarce, 0)
        # One less than what would suffice for one more.
        enough = {name: used + (self.limit(number) + 1) * WANTED[name] - 1 for name in (scarce,)}
        quotas = {**dict.fromkeys(WANTED, ENOUGH), **enough}
        user_quotas = {**quotas, "snapshots": min(self.limit_of_user(number), quotas["snapshots"])}
        try:
            return reserve(
                context, _turned(WANTED, worker), resources=RESOURCES, quotas=quotas, user_quotas=user_quotas
            )
        except OverQuota:
            return []

    @staticmethod
    def _end(context: RequestContext, uuids: list[str], way: int) -> None:
        if way == GIVE_BACK:
            api.reservation_rollback(context, uuids)
            return
        share = api.share_create(context, _owned(context, size=SIZE, metadata={"k": "v"}))
        snapshot = api.share_snapshot_create(context, _owned(context, size=SIZE, share_id=share["id"]))
        network = api.share_network_create(context, _owned(context))
        api.reservation_commit(context, uuids)
        if way == GIVE_UP:
            freed = {name: -amount for name, amount in WANTED.items()}
            uuids = reserve(context, freed, resources=RESOURCES, quotas=dict.fromkeys(WANTED, ENOUGH))
            api.share_network_delete(context, network["id"])
            api.share_snapshot_destroy(context, snapshot["id"])
            api.share_delete(context, share["id"])
            api.reservation_commit(context, uuids)


def _owned(context: RequestContext, **values: Any) -> dict[str, Any]:
    return {"project_id": context.project_id, "user_id": context.user_id, **values}


def _turned(deltas: Mapping[str, int], start: int) -> dict[str, int]:
    """The same deltas in another order."""
    names = list(deltas)
    start %= len(names)
    return {name: deltas[name] for name in names[start:] + names[:start]}


#: The tables of what is counted, each with the resource that it is.
COUNTED = {"shares": "shares", "share_snapshots": "snapshots", "share_networks": "share_networks"}


def real_usage(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[tuple[str, str, str], int]:
    """What is really there, by project, user and resource, from the rows of the tables in COUNTED."""
    found: Counter[tuple[str, str, str]] = Counter()
    for table, resource in COUNTED.items():
        for row in rows[table]:
            if row["deleted"] == "False":
                owner = (row["project_id"], row["user_id"])
                found[*owner, resource] += 1
                if "size" in row:
                    found[*owner, "gigabytes"] += row["size"]
    return dict(found)


class MetadataRace:
    """Rounds in which workers replace the metadata of one share at the same moment; in every other one it is deleted.

    Gives by round what the worker made of it: the metadata, or None where the share was gone.
    """

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    @staticmethod
    def name(number: int) -> str:
        return f"share-{number}"

    @staticmethod
    def is_deleted(number: int) -> bool:
        return number % 2 == 1

    def __call__(self, worker: int, barrier: Barrier) -> list[Mapping[str, Any] | None]:
        return [self._round(number, worker, barrier) for number in range(self.rounds)]

    def _round(self, number: int, worker: int, barrier: Barrier) -> Mapping[str, Any] | None:
        context = get_admin_context()
        if worker == 0:
            api.share_create(context, {"id": self.name(number)})
        barrier.wait(PATIENCE)
        while not self._is_there(context, number):
            # Another node has not heard of it yet.
            continue
        barrier.wait(PATIENCE)
        # No key of another worker's: nothing but the share itself brings them together.
        given = {f"{worker}-{key}": "x" for key in range(3)}
        try:
            if self.is_deleted(number) and worker == WORKERS // 4:
                api.share_delete(context, self.name(number))
                return None
            return api.share_metadata_update(context, self.name(number), given, True)
        except NotFound:
            return None
        finally:
            barrier.wait(PATIENCE)

    def _is_there(self, context: RequestContext, number: int) -> bool:
        try:
            api.share_get(context, self.name(number))
        except NotFound:
            return False
        return True
