"""Eight processes at once: rates beside the floor's, and whether what is stored is exactly what was answered.

- `one row`: `instance_update` with an expected state that holds, on one instance;
- `1,000 rows`: the same on 1,000 instances, chosen at random;
- `two states flipped`: compare-and-set, each process tries to flip the task state of one instance;
- `quota cycles, one project` and `1,000 projects`: reserve and commit;
- `over-commit`: the same under a limit, until nothing is granted any more.
"""

from __future__ import annotations

import multiprocessing
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import rawdb
from bench.bare import Bare, UnexpectedStateError
from bench.bare_quotas import OverLimitError
from bench.databases import use
from bench.dataset import QUOTA_PROJECTS, Dataset, uuid_of
from bench.operations import DELTAS, UNLIMITED, bare_quota_cycle, quota_cycle, user_of
from bench.sessions import Floor
from rawdb import api
from rawdb.exceptions import OverQuota, UnexpectedTaskStateError

PROCESSES = 8
ROWS = 1000
LIMIT = 60
#: Seconds after which something hangs.
_LONG = 60.0
KINDS = (
    "one row",
    "1,000 rows",
    "two states flipped",
    "quota cycles, one project",
    "quota cycles, 1,000 projects",
    "over-commit",
)
WAYS = ("rawdb", "floor")
#: How often the two take turns: who gets which processor, and whose lock is next, differs from run to run.
TURNS = 5
_HOT = uuid_of(0)
_LIMITS = {**UNLIMITED, "instances": LIMIT}
_STATES = ("spawning", "deleting_files")

#: Does one step; returns what it achieved: 1 for a commit, -1 for a flip back, 0 for a refusal.
Step = Callable[[], int]


def measure(url: str, data: Dataset, seconds: float) -> dict[str, Any]:
    """Answers per second of all processes together, by kind and way, each of which runs for so many seconds in all.

    Raises AssertionError where a count is wrong.
    """
    seconds /= TURNS
    spawn = multiprocessing.get_context("spawn")
    barrier, answers = spawn.Barrier(PROCESSES + 1), spawn.Queue()
    workers = [
        spawn.Process(target=_work, args=(url, data.size, seconds, number, barrier, answers), daemon=True)
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    session = Floor(url)
    found: dict[str, Any] = {}
    try:
        # All are up and warm; what they wrote is undone.
        barrier.wait(2 * _LONG)
        for kind in KINDS:
            turns: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS}
            for way in WAYS * TURNS:
                _reset(session)
                barrier.wait(2 * _LONG)
                barrier.wait(seconds + 2 * _LONG)
                outcomes = [answers.get(timeout=_LONG) for _ in workers]
                _check(session, kind, outcomes)
                turns[way].append(_rates(outcomes))
            found[kind] = {way: _together(turns[way]) for way in WAYS}
            ours, floor = (found[kind][way]["per second"] for way in WAYS)
            print(
                f"eight processes, {kind:30} rawdb {ours:8.0f}/s  floor {floor:8.0f}/s  ratio {ours / floor:.2f}",
                flush=True,
            )
    finally:
        barrier.abort()
        for worker in workers:
            worker.join(30)
        session.close()
    return found


def _rates(outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    longest = max(one["seconds"] for one in outcomes)
    commits, refused = (sum(one[name] for one in outcomes) for name in ("commits", "refused"))
    return {
        # A refusal is an answer too: which flips are refused is decided by who comes in between.
        "per second": round((commits + refused) / longest, 1),
        "commits": commits,
        "refused": refused,
        "errors": [error for one in outcomes for error in one["errors"]],
    }


def _together(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """What all turns of one way came to; the rate is the median of theirs, of which `rates` are all."""
    rates = [turn["per second"] for turn in turns]
    return {
        "per second": statistics.median(rates),
        "rates": rates,
        "commits": sum(turn["commits"] for turn in turns),
        "refused": sum(turn["refused"] for turn in turns),
        "errors": [error for turn in turns for error in turn["errors"]],
    }


def _reset(session: Floor) -> None:
    session.run(session.text("UPDATE instances SET task_state = ?, progress = 0 WHERE uuid = ?"), (_STATES[0], _HOT))
    session.run("UPDATE quota_usages SET in_use = 0, reserved = 0")
    session.run("DELETE FROM reservations")


def _check(session: Floor, kind: str, outcomes: list[dict[str, Any]]) -> None:
    """What is stored must follow from what the processes were told."""
    commits = sum(one["commits"] for one in outcomes)
    if kind == "two states flipped":
        state = session.rows(session.text("SELECT task_state FROM instances WHERE uuid = ?"), [_HOT])[0]["task_state"]
        flips = sum(one["net"] for one in outcomes)
        assert flips == _STATES.index(state), f"{kind}: {flips} flips from the first state, and it is {state}"
    elif kind == "one row":
        row = session.rows(session.text("SELECT progress FROM instances WHERE uuid = ?"), [_HOT])[0]
        assert row["progress"] in [one["last"] for one in outcomes], f"{kind}: nobody's last value is there"
    elif kind != "1,000 rows":
        text = "SELECT resource, SUM(in_use) AS used, SUM(reserved) AS held FROM quota_usages GROUP BY resource"
        figures = {row["resource"]: (int(row["used"]), int(row["held"])) for row in session.rows(text)}
        wanted = {name: (commits * delta, 0) for name, delta in DELTAS.items()}
        assert figures == wanted, f"{kind}: {figures} is stored, {wanted} was granted"
        if kind == "over-commit":
            assert commits == LIMIT, f"{kind}: {commits} granted under a limit of {LIMIT}"


def _work(url: str, size: int, seconds: float, number: int, barrier: Any, answers: Any) -> None:
    """One process: all kinds, one after the other, each beginning when all are ready."""
    use(url)
    floor = Bare(Floor(url))
    source = random.Random(number)
    outcome: dict[str, Any] = {}
    steps = {"rawdb": _with_rawdb(source, outcome, number), "floor": _with_floor(floor, source, outcome, number)}
    # What a process does once, such as reading statements, is no part of a rate. What this writes is reset.
    outcome |= {"commits": 0}
    for kind in KINDS:
        for way in WAYS:
            steps[way][kind]()
    barrier.wait(2 * _LONG)
    for kind in KINDS:
        for way in WAYS * TURNS:
            outcome |= {"commits": 0, "refused": 0, "net": 0, "last": None, "errors": []}
            barrier.wait(2 * _LONG)
            began = time.perf_counter()
            greedy = kind == "over-commit"
            _repeat(steps[way][kind], outcome, began + (_LONG if greedy else seconds), until_refused=greedy)
            outcome["seconds"] = time.perf_counter() - began
            barrier.wait(seconds + 2 * _LONG)
            answers.put(dict(outcome))
    rawdb.dispose()


def _repeat(step: Step, outcome: dict[str, Any], end: float, *, until_refused: bool) -> None:
    while time.perf_counter() < end:
        try:
            done = step()
        except Exception as error:
            # Counted and shown: neither side may hand a deadlock or a lost race to its caller.
            outcome["errors"].append(f"{type(error).__name__}: {str(error)[:100]}")
            done = 0
        outcome["commits"] += abs(done)
        outcome["refused"] += not done
        outcome["net"] += done
        if until_refused and not done:
            return


def _with_rawdb(source: random.Random, outcome: dict[str, Any], number: int) -> dict[str, Step]:
    user, hot = user_of("large"), user_of("hot")
    state = [0]

    def set_on(uuid: str) -> int:
        outcome["last"] = value = number * 10**6 + outcome["commits"]
        api.instance_update(user, uuid, {"progress": value, "expected_vm_state": "active"})
        return 1

    def flip() -> int:
        old = state[0]
        state[0] = 1 - old
        try:
            api.instance_update(user, _HOT, {"task_state": _STATES[1 - old], "expected_task_state": _STATES[old]})
        except UnexpectedTaskStateError:
            return 0
        return 1 - 2 * old

    def cycle(user: Any, limits: Any = UNLIMITED) -> int:
        try:
            return int(quota_cycle(user, limits) > 0)
        except OverQuota:
            return 0

    return {
        "one row": lambda: set_on(_HOT),
        "1,000 rows": lambda: set_on(uuid_of(2 * source.randrange(ROWS // 2))),
        "two states flipped": flip,
        "quota cycles, one project": lambda: cycle(hot),
        "quota cycles, 1,000 projects": lambda: cycle(user_of(f"q{source.randrange(QUOTA_PROJECTS)}")),
        "over-commit": lambda: cycle(hot, _LIMITS),
    }


def _with_floor(bare: Bare, source: random.Random, outcome: dict[str, Any], number: int) -> dict[str, Step]:
    state = [0]

    def set_on(uuid: str) -> int:
        outcome["last"] = value = number * 10**6 + outcome["commits"]
        bare.instance_update(uuid, "large", "progress", value, vm_state="active")
        return 1

    def flip() -> int:
        old = state[0]
        state[0] = 1 - old
        try:
            bare.instance_update(_HOT, "large", "task_state", _STATES[1 - old], task_state=_STATES[old])
        except UnexpectedStateError:
            return 0
        return 1 - 2 * old

    def cycle(project: str, limits: Any = UNLIMITED) -> int:
        try:
            return int(bare_quota_cycle(bare, project, limits) > 0)
        except OverLimitError:
            return 0

    return {
        "one row": lambda: set_on(_HOT),
        "1,000 rows": lambda: set_on(uuid_of(2 * source.randrange(ROWS // 2))),
        "two states flipped": flip,
        "quota cycles, one project": lambda: cycle("hot"),
        "quota cycles, 1,000 projects": lambda: cycle(f"q{source.randrange(QUOTA_PROJECTS)}"),
        "over-commit": lambda: cycle("hot", _LIMITS),
    }
