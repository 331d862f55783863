"""No limit is ever exceeded and nothing is lost, whoever fights over a quota, on every dialect."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import OverQuota
from tests.operations.factories import stored, together
from tests.operations.quota_helpers import PAST, live_reservations, mine, reserve, usages
from tests.operations.quota_workers import (
    COMMIT,
    CONTEND,
    RESOURCES,
    WORKERS,
    Brawl,
    Race,
    as_processes,
    as_threads,
    checked,
    configure,
)
from tests.operations.share_workers import COUNTED, ShareRace, real_usage
from tests.operations.share_workers import RESOURCES as SHARE_RESOURCES

ROUNDS = 50
#: Rounds of a race for four resources at once, and everything that is done with them.
SHARE_ROUNDS = 8


@pytest.fixture
def arena(db: str) -> str:
    """The database with a connection for every worker; SQLite need not wait for the disk at every COMMIT."""
    rawdb.dispose()
    configure(db)
    return db


both_ways = pytest.mark.parametrize("run", [as_threads, as_processes], ids=["threads", "processes"])


@both_ways
def test_exactly_the_limit_is_granted(arena: str, run: Any) -> None:
    race = Race(ROUNDS)
    granted = checked(run(arena, race))
    least: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for number in range(ROUNDS):
        winners = [worker for worker in range(WORKERS) if granted[worker][number]]
        assert len(winners) == race.limit(number), f"round {number}"
        least[f"project-{number}"] = sum(worker % 4 == COMMIT for worker in winners)
        most[f"project-{number}"] = sum(worker % 4 in (COMMIT, CONTEND) for worker in winners)
    in_use: Counter[str] = Counter()
    for (project, user, resource), figures in usages().items():
        assert figures[1] == 0
        assert resource == RESOURCES[int(project.partition("-")[2]) % 2]
        assert (user is None) is (resource == "fixed_ips")
        in_use[project] += figures[0]
    for project, amount in in_use.items():
        assert least[project] <= amount <= most[project]
    assert live_reservations() == []
    assert len(stored("reservations")) == sum(race.limit(number) for number in range(ROUNDS))


@both_ways
def test_exactly_the_limit_of_the_scarcest_of_many_is_granted(arena: str, run: Any) -> None:
    race = ShareRace(SHARE_ROUNDS)
    granted = checked(run(arena, race))
    for number in range(SHARE_ROUNDS):
        assert sum(granted[worker][number] for worker in range(WORKERS)) == race.granted(number, WORKERS), number
    assert live_reservations() == []
    recorded = usages()
    there = real_usage({table: stored(table) for table in COUNTED})
    assert {key: in_use for key, (in_use, _) in recorded.items() if in_use} == there
    assert {reserved for _, reserved in recorded.values()} == {0}
    # The counts that refresh usages come to the same.
    for project, user, resource in recorded:
        context = RequestContext(user, project, is_admin=False, overwrite=False)
        api.quota_usage_update(get_admin_context(), project, user, resource, in_use=-1)
        reserve(context, {resource: 0}, resources=SHARE_RESOURCES, quotas={resource: -1})
    assert usages() == recorded


@both_ways
def test_nothing_is_lost_when_everything_happens_at_once(arena: str, run: Any) -> None:
    results = checked(run(arena, Brawl(12)))
    assert max(most for committed, most in results.values()) <= Brawl.LIMIT
    recorded = usages()
    assert sum(in_use for in_use, reserved in recorded.values()) == sum(committed for committed, _ in results.values())
    reserved: Counter[int] = Counter()
    for row in live_reservations():
        reserved[row["usage_id"]] += max(row["delta"], 0)
    for row in stored("quota_usages"):
        assert row["reserved"] == reserved[row["id"]]


def test_newcomers_share_the_projects_limit(arena: str) -> None:
    """None of them has a row that somebody else could lock."""

    def ask(number: int) -> bool:
        try:
            reserve(
                RequestContext(f"u{number}", "p", is_admin=False, overwrite=False), {"cores": 1}, quotas={"cores": 4}
            )
        except OverQuota:
            return False
        return True

    results = together(*[lambda number=number: ask(number) for number in range(12)])
    assert sorted(results) == [False] * 8 + [True] * 4


def test_many_ends_of_one_reservation(context: RequestContext) -> None:
    reserve(context, {"cores": 0})
    for _ in range(5):
        before = mine("cores")
        uuids = reserve(context, {"cores": 2}, expire=PAST)
        commit = partial(api.reservation_commit, context, uuids)
        roll_back = partial(api.reservation_rollback, context, uuids)
        expire = partial(api.reservation_expire, get_admin_context())
        assert together(*[commit, roll_back, expire] * 3) == [None] * 9
        assert mine("cores") in (before, (before[0] + 2, 0))
    assert len(live_reservations()) == 1


def test_destroying_while_others_reserve(context: RequestContext) -> None:
    def destroy() -> None:
        for _ in range(5):
            api.quota_destroy_all_by_project(get_admin_context(), "fake-project")

    def use() -> None:
        for _ in range(5):
            uuids = reserve(context, {"cores": 1, "fixed_ips": 1}, quotas={"cores": -1, "fixed_ips": -1})
            api.reservation_commit(context, uuids)

    assert together(destroy, *[use] * 6) == [None] * 7
    # Whatever is live belongs together.
    live = {row["id"] for row in stored("quota_usages") if row["deleted"] == 0}
    assert {row["usage_id"] for row in live_reservations()} <= live
    assert {reserved for _, reserved in usages().values()} <= {0}


def test_forcing_a_refresh_while_others_reserve(context: RequestContext) -> None:
    reserve(context, {"cores": 0})

    def force() -> None:
        for _ in range(5):
            api.quota_usage_update(get_admin_context(), "fake-project", "fake-user", "cores", in_use=-1)

    def use() -> None:
        for _ in range(5):
            api.reservation_rollback(context, reserve(context, {"cores": 1}))

    assert together(force, *[use] * 6) == [None] * 7
    assert mine("cores")[1] == 0


def test_reservations_that_cross_projects_in_opposite_orders(arena: str) -> None:
    projects = [f"p{number}" for number in range(6)]

    def use(start: int) -> None:
        mixed = projects[start:] + projects[:start]
        context = RequestContext("u", mixed[0], is_admin=False, overwrite=False)
        for _ in range(3):
            uuids = [uuid for project in mixed for uuid in reserve(context, {"cores": 1}, project_id=project)]
            api.reservation_commit(context, uuids)

    assert together(*[lambda start=start: use(start) for start in range(6)]) == [None] * 6
    assert usages() == {(project, "u", "cores"): (18, 0) for project in projects}
