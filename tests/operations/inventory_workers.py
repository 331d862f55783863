"""Contests over aggregates and compute nodes: jobs of quota_workers, with what comes before and after them.

Each is made with a number of rounds, gets its rows by `prepare()`, and looks by `check(results)` at what all workers
together have left. The workers may be threads, processes, or clients of the several nodes of a cluster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import (
    AggregateHostExists,
    AggregateHostNotFound,
    AggregateMetadataNotFound,
    AggregateNameExists,
    AggregateNotFound,
)
from tests.operations.factories import stored
from tests.operations.inventory_helpers import node_values
from tests.operations.quota_workers import PATIENCE, WORKERS, Barrier
from tests.support.rows import Row


def caller() -> RequestContext:
    return RequestContext(None, None, is_admin=False, overwrite=False)


def succeeds(call: Callable[..., Any], *args: Any, unless: type[Exception]) -> bool:
    """Whether a call went through; it did not if it raised the one error that is allowed."""
    try:
        call(caller(), *args)
    except unless:
        return False
    return True


def aggregates(prefix: str, number: int, metadata: dict[str, str] | None = None) -> list[int]:
    """The ids of that many new aggregates."""
    made = [api.aggregate_create(caller(), {"name": f"{prefix}-{n}"}, metadata) for n in range(number)]
    return [row["id"] for row in made]


def live_pairs(aggregate_id: int) -> dict[str, str]:
    """The live metadata as it is stored; no key is there twice."""
    rows = [row for row in stored("aggregate_metadata") if row["aggregate_id"] == aggregate_id and not row["deleted"]]
    found = {row["key"]: row["value"] for row in rows}
    assert len(found) == len(rows), rows
    return found


class Contest:
    """What the contests share: rounds that all workers begin at the same moment."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    def prepare(self) -> None:
        """Make the rows that are fought over."""

    def __call__(self, worker: int, barrier: Barrier) -> list[Any]:
        results = []
        for number in range(self.rounds):
            barrier.wait(PATIENCE)
            results.append(self.turn(worker, number))
        return results

    def turn(self, worker: int, number: int) -> Any:
        """What a worker does in a round."""
        raise NotImplementedError

    def check(self, results: dict[int, list[Any]]) -> None:
        """Look at the results by worker and round, and at the rows."""
        raise NotImplementedError


class Names(Contest):
    """One name a round, wanted for a new aggregate by some and for their own one by others: one of all gets it."""

    def prepare(self) -> None:
        self.own = aggregates("own", WORKERS)

    @staticmethod
    def name(number: int) -> str | None:
        return f"name-{number}" if number else None

    def turn(self, worker: int, number: int) -> bool:
        values = {"name": self.name(number)}
        if worker % 3:
            return succeeds(api.aggregate_create, values, {"k": "v"}, unless=AggregateNameExists)
        return succeeds(api.aggregate_update, self.own[worker], values, unless=AggregateNameExists)

    def check(self, results: dict[int, list[bool]]) -> None:
        winners = [[worker for worker, won in results.items() if won[number]] for number in range(self.rounds)]
        assert [len(names) for names in winners] == [1] * self.rounds
        rows = [row for row in stored("aggregates") if (row["name"] or "name-0").startswith(("name-", "own-"))]
        live = Counter(row["name"] for row in rows)
        assert max(live.values()) == 1
        created = [self.name(number) for number, [winner] in enumerate(winners) if winner % 3]
        assert set(created) <= set(live)
        # Who lost has left nothing.
        assert len(rows) == WORKERS + len(created)
        assert sum(len(live_pairs(row["id"])) for row in rows) == len(created)


class Hosts(Contest):
    """One host a round for one aggregate: one caller puts it in, and then one takes it out."""

    def prepare(self) -> None:
        [self.id] = aggregates("hosts", 1)

    def __call__(self, worker: int, barrier: Barrier) -> list[tuple[bool, bool]]:
        results = []
        for number in range(self.rounds):
            # Every other round the host of the one before: put in, taken out, put in again.
            host = f"host-{number // 2}"
            barrier.wait(PATIENCE)
            added = succeeds(api.aggregate_host_add, self.id, host, unless=AggregateHostExists)
            barrier.wait(PATIENCE)
            removed = succeeds(api.aggregate_host_delete, self.id, host, unless=AggregateHostNotFound)
            results.append((added, removed))
        return results

    def check(self, results: dict[int, list[tuple[bool, bool]]]) -> None:
        for number in range(self.rounds):
            added, removed = (sum(column) for column in zip(*(mine[number] for mine in results.values()), strict=True))
            assert (added, removed) == (1, 1), f"round {number}"
        rows = [row for row in stored("aggregate_hosts") if row["aggregate_id"] == self.id]
        assert len(rows) == self.rounds
        assert all(row["deleted"] == row["id"] for row in rows)


class Pairs(Contest):
    """Whole metadata of one aggregate a round, by turns replaced and added to: in the end they are one caller's."""

    def prepare(self) -> None:
        self.ids = aggregates("pairs", self.rounds, {"k0": "old", "gone": "old"})

    def turn(self, worker: int, number: int) -> None:
        api.aggregate_metadata_add(caller(), self.ids[number], self.pairs(worker, number), number % 2 == 0)

    @staticmethod
    def pairs(worker: int, number: int) -> dict[str, str]:
        first = 0 if number % 2 else worker
        return {f"k{key}": f"{worker}" for key in range(first, first + 4)}

    def check(self, results: dict[int, list[Any]]) -> None:
        for number, aggregate_id in enumerate(self.ids):
            found = live_pairs(aggregate_id)
            kept = {"gone": "old"} if number % 2 else {}
            assert found in [{**self.pairs(worker, number), **kept} for worker in results], f"round {number}: {found}"


class Comings(Contest):
    """One pair that comes and goes: every row but the live one was taken away by somebody who was told so."""

    def prepare(self) -> None:
        [self.id] = aggregates("comings", 1)

    def turn(self, worker: int, number: int) -> bool:
        api.aggregate_metadata_add(caller(), self.id, {"k": f"{worker}-{number}"})
        return succeeds(api.aggregate_metadata_delete, self.id, "k", unless=AggregateMetadataNotFound)

    def check(self, results: dict[int, list[bool]]) -> None:
        assert live_pairs(self.id).keys() <= {"k"}
        rows = [row for row in stored("aggregate_metadata") if row["aggregate_id"] == self.id]
        assert sum(row["deleted"] != 0 for row in rows) == sum(sum(mine) for mine in results.values())


class Deletion(Contest):
    """An aggregate a round that one worker deletes while the others add to it: nothing live stays in it."""

    def prepare(self) -> None:
        self.ids = aggregates("deletion", self.rounds, {"k": "v"})

    def turn(self, worker: int, number: int) -> bool:
        if worker == number % 4:
            api.aggregate_delete(caller(), self.ids[number])
            return True
        values = {"metadata": {f"k{worker}": "v"}}
        if worker % 2:
            return succeeds(api.aggregate_update, self.ids[number], values, unless=AggregateNotFound)
        return succeeds(
            api.aggregate_metadata_add, self.ids[number], values["metadata"], worker % 4 == 0, unless=AggregateNotFound
        )

    def check(self, results: dict[int, list[bool]]) -> None:
        assert [row["deleted"] for row in stored("aggregates") if row["id"] in self.ids] == self.ids
        assert [live_pairs(aggregate_id) for aggregate_id in self.ids] == [{}] * self.rounds
        keys = Counter(row["aggregate_id"] for row in stored("aggregate_metadata"))
        for number, aggregate_id in enumerate(self.ids):
            # One row of each caller who was in time, and the first one.
            assert keys[aggregate_id] == sum(mine[number] for mine in results.values()), f"round {number}"


class Figures(Contest):
    """The figures of one compute node, written by all: each caller's stay together, and the last ones stay."""

    COLUMNS = ("vcpus_used", "memory_mb_used", "local_gb_used", "free_ram_mb", "running_vms")

    def prepare(self) -> None:
        self.id = api.compute_node_create(get_admin_context(), node_values())["id"]

    def turn(self, worker: int, number: int) -> int:
        figure = worker * 1000 + number
        values = dict.fromkeys(self.COLUMNS, figure)
        admin = RequestContext(None, None, is_admin=True, overwrite=False)
        row: Row = api.compute_node_update(admin, self.id, values)
        assert {row[column] for column in self.COLUMNS} == {figure}, row
        return figure

    def check(self, results: dict[int, list[int]]) -> None:
        [row] = [row for row in stored("compute_nodes") if row["id"] == self.id]
        assert len({row[column] for column in self.COLUMNS}) == 1
        assert row["vcpus_used"] in [mine[-1] for mine in results.values()]


CONTESTS = (Names, Hosts, Pairs, Comings, Deletion, Figures)


class All(Contest):
    """All contests, one after the other: processes are slow to start."""

    def prepare(self) -> None:
        self.contests = [contest(self.rounds) for contest in CONTESTS]
        for contest in self.contests:
            contest.prepare()

    def __call__(self, worker: int, barrier: Barrier) -> list[list[Any]]:
        return [contest(worker, barrier) for contest in self.contests]

    def check(self, results: dict[int, list[list[Any]]]) -> None:
        for number, contest in enumerate(self.contests):
            contest.check({worker: mine[number] for worker, mine in results.items()})
