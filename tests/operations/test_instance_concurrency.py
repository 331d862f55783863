"""Instances under contention, on every dialect: one winner, nothing lost, nothing twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import (
    ConstraintNotMet,
    InstanceExists,
    InstanceInvalidState,
    InstanceNotFound,
    UnexpectedTaskStateError,
)
from tests.operations.factories import stored, together
from tests.operations.instance_helpers import insert, make, option, pairs
from tests.operations.instance_workers import in_processes, in_threads
from tests.support.rows import Row

WORKERS = 24


@pytest.fixture(autouse=True)
def _enough_connections(db: str) -> None:
    """A connection kept for each worker: opening one costs more than what these tests do with it."""
    rawdb.dispose()
    rawdb.configure(connection=db, max_pool_size=WORKERS)


def caller() -> RequestContext:
    """A context of its own for each thread."""
    return RequestContext("fake-user", "fake-project", is_admin=False)


def one_winner_a_round(outcomes: list[Any], rounds: int) -> None:
    """Nothing but lost races went wrong, and each round was won once."""
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == []
    assert len(outcomes) == WORKERS
    assert sorted(number for won in outcomes for number in won) == list(range(rounds))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "rounds"), [("instance_test_and_set", 200), ("instance_update", 40)])
def test_one_thread_passes_a_round(context: RequestContext, name: str, rounds: int) -> None:
    row = make(context, task_state="0")
    outcomes = in_threads(name, row["uuid"], rounds, WORKERS, threading.Barrier(WORKERS))
    one_winner_a_round(outcomes, rounds)
    assert api.instance_get(context, row["id"])["task_state"] == str(rounds)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "rounds"), [("instance_test_and_set", 200), ("instance_update", 40)])
def test_one_process_passes_a_round(db: str, context: RequestContext, name: str, rounds: int) -> None:
    row = make(context, task_state="0")
    outcomes = in_processes(db, name, row["uuid"], rounds, WORKERS, processes=4)
    one_winner_a_round(outcomes, rounds)
    assert api.instance_get(context, row["id"])["task_state"] == str(rounds)


def test_updates_of_different_columns_are_all_kept(context: RequestContext) -> None:
    row = make(context)
    columns = ("host", "node", "vm_state", "task_state", "display_name", "hostname", "os_type", "vm_mode")
    shown: list[Row] = []

    def write(column: str) -> Callable[[], None]:
        def run() -> None:
            mine = caller()
            for number in range(8):
                new: Row = api.instance_update(mine, row["uuid"], {column: str(number), "locked": None})
                shown.append(new)
                assert new[column] == str(number)

        return run

    assert together(*[write(column) for column in columns]) == [None] * len(columns)
    got: Row = api.instance_get(context, row["id"])
    assert {column: got[column] for column in columns} == dict.fromkeys(columns, "7")
    # Each result is a state that the row had: no two of them go back on each other.
    progress = sorted(shown, key=lambda new: sum(int(new[column] or -1) for column in columns))
    for earlier, later in pairwise(progress):
        assert all(int(earlier[column] or -1) <= int(later[column] or -1) for column in columns)


def test_originals_are_a_chain(context: RequestContext) -> None:
    row = make(context, task_state="start")
    links: list[tuple[Any, Any]] = []

    def write(worker: int) -> Callable[[], None]:
        def run() -> None:
            mine = caller()
            for number in range(6):
                old, new = api.instance_update_and_get_original(mine, row["uuid"], {"task_state": f"{worker}-{number}"})
                links.append((old["task_state"], new["task_state"]))

        return run

    assert together(*[write(worker) for worker in range(8)]) == [None] * 8
    following = dict(links)
    assert len(following) == len(links) == 48
    state = "start"
    for _ in links:
        state = following[state]
    assert state == api.instance_get(context, row["id"])["task_state"]


@pytest.mark.parametrize("kind", ["metadata", "system_metadata"])
def test_metadata_are_one_callers(context: RequestContext, kind: str) -> None:
    row = make(context, **{kind: {"k0": "old", "gone": "old"}})

    def write(worker: int) -> Callable[[], None]:
        def run() -> None:
            mine = caller()
            for number in range(4):
                values = {f"k{key}": f"{worker}-{number}" for key in range(worker, worker + 4)}
                new: Row = api.instance_update(mine, row["uuid"], {kind: values})
                assert pairs(new[kind]) == values
                assert len(new[kind]) == len(values)

        return run

    assert together(*[write(worker) for worker in range(8)]) == [None] * 8
    got: Row = api.instance_get(context, row["id"])
    assert len(got[kind]) == len(pairs(got[kind])) == 4
    assert len({one["value"] for one in got[kind]}) == 1
    live = [one for one in stored(f"instance_{kind}") if one["deleted"] == 0]
    assert {one["id"] for one in live} == {one["id"] for one in got[kind]}


def test_one_caller_destroys(context: RequestContext) -> None:
    for _ in range(5):
        row = make(context, metadata={"k": "v"})
        outcomes = together(*[lambda uuid=row["uuid"]: api.instance_destroy(caller(), uuid)] * 8)
        gone = [outcome for outcome in outcomes if isinstance(outcome, dict)]
        assert len(gone) == 1
        assert Counter(type(outcome) for outcome in outcomes) == {dict: 1, InstanceNotFound: 7}


def test_a_constraint_and_a_state_exclude_each_other(context: RequestContext) -> None:
    idle = api.constraint(task_state=api.equal_any(None))
    for _ in range(15):
        row = make(context)
        uuid = row["uuid"]
        outcomes = together(
            lambda uuid=uuid: api.instance_destroy(caller(), uuid, idle),
            lambda uuid=uuid: api.instance_test_and_set(caller(), uuid, "task_state", [None], "building"),
            lambda uuid=uuid: api.instance_update(
                caller(), uuid, {"task_state": "rebuilding", "expected_task_state": [None]}
            ),
        )
        allowed: tuple[tuple[type, ...], ...] = (
            (dict, ConstraintNotMet),
            (type(None), InstanceInvalidState, InstanceNotFound),
            (dict, UnexpectedTaskStateError, InstanceNotFound),
        )
        assert all(isinstance(outcome, kinds) for outcome, kinds in zip(outcomes, allowed, strict=True)), outcomes
        passed = [place for place, outcome in enumerate(outcomes) if not isinstance(outcome, Exception)]
        assert len(passed) == 1, outcomes
        [after] = [one for one in stored("instances") if one["id"] == row["id"]]
        expected = [(row["id"], None), (0, "building"), (0, "rebuilding")][passed[0]]
        assert (after["deleted"], after["task_state"]) == expected


def test_a_project_gets_one_default_group(context: RequestContext) -> None:
    insert("security_group_default_rules", protocol="tcp", from_port=22, to_port=22)
    outcomes = together(*[lambda: make(caller(), security_groups=["default"])] * 8)
    assert [type(outcome) for outcome in outcomes] == [dict] * 8, outcomes
    assert [one["name"] for one in stored("security_groups")] == ["default"]
    assert len(stored("security_group_rules")) == 1
    assert [(usage["in_use"], usage["reserved"]) for usage in stored("quota_usages")] == [(1, 0)]
    assert len(api.instance_get_all(context)) == 8


@pytest.mark.parametrize("scope", ["project", "global"])
def test_a_hostname_is_given_once(context: RequestContext, scope: str) -> None:
    spare = make(context)
    with option(osapi_compute_unique_server_name_scope=scope):
        for number in range(3):
            name = f"web{number}"
            outcomes = together(
                *[lambda name=name: make(caller(), hostname=name)] * 6,
                lambda name=name: api.instance_update(caller(), spare["uuid"], {"hostname": name.upper()}),
            )
            assert Counter(type(outcome) for outcome in outcomes) == {dict: 1, InstanceExists: 6}, outcomes
    names = [row["hostname"].lower() for row in api.instance_get_all(context) if row["hostname"]]
    assert len(names) == len(set(names))


def test_one_uuid_is_given_once(context: RequestContext) -> None:
    make(context)
    outcomes = together(*[lambda: make(caller(), uuid="the same", metadata={"k": "v"})] * 6)
    assert [type(outcome).__name__ for outcome in outcomes if not isinstance(outcome, dict)] == ["DBDuplicateEntry"] * 5
    assert len(api.instance_get_by_uuid(context, "the same")["metadata"]) == 1
    assert len(stored("instance_metadata")) == 1
