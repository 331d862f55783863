"""Workers that fight over quotas, as threads of one process or of several."""

from __future__ import annotations

import multiprocessing
import random
import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

import rawdb
from rawdb import api
from rawdb.context import RequestContext, get_admin_context
from rawdb.exceptions import OverQuota
from tests.operations.quota_helpers import FAR, PAST, counting, reserve

WORKERS = 24
USERS = 6
RESOURCES = ("cores", "fixed_ips")
#: For each worker of a round by turns: commit; roll back; commit what also expires; let expire.
COMMIT, ROLL_BACK, CONTEND, EXPIRE = range(4)
PATIENCE = 120
PROCESSES = 8


class Barrier(Protocol):
    """What threads and processes wait at for each other."""

    def wait(self, timeout: float | None = None) -> int: ...

    def abort(self) -> None: ...


Job = Callable[[int, Barrier], Any]


class Race:
    """Rounds in which every worker wants one unit of a new project: exactly the limit is granted in each.

    When all have asked, all give back or commit, in four ways. Gives whether the worker was granted its unit, by
    round.
    """

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds

    @staticmethod
    def limit(number: int) -> int:
        return number * 5 % 14

    def __call__(self, worker: int, barrier: Barrier) -> list[bool]:
        return [self._round(number, worker, barrier) for number in range(self.rounds)]

    def _round(self, number: int, worker: int, barrier: Barrier) -> bool:
        context = RequestContext(f"user-{worker % USERS}", f"project-{number}", is_admin=False, overwrite=False)
        way = worker % 4
        expire = PAST if way in (CONTEND, EXPIRE) else FAR
        barrier.wait(PATIENCE)
        uuids = _try(context, RESOURCES[number % 2], 1, self.limit(number), expire)
        barrier.wait(PATIENCE)
        if way == ROLL_BACK:
            api.reservation_rollback(context, uuids)
        elif way == EXPIRE:
            api.reservation_expire(get_admin_context())
        else:
            api.reservation_commit(context, uuids)
            api.reservation_rollback(context, uuids)
        return bool(uuids)


class Brawl:
    """Everything at once in one project: what the worker committed in the end, and the highest total it ever saw."""

    LIMIT = 9

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def __call__(self, worker: int, barrier: Barrier) -> tuple[int, int]:
        dice = random.Random(worker)
        context = RequestContext(f"user-{worker % USERS}", "project", is_admin=False, overwrite=False)
        committed = most = 0
        barrier.wait(PATIENCE)
        for _ in range(self.steps):
            delta = dice.choice([1, 1, 2, 3])
            uuids = _try(context, "cores", delta, self.LIMIT, FAR)
            end = dice.choice(["commit", "roll back", "expire", "leave"])
            if uuids and end == "commit":
                api.reservation_commit(context, uuids)
                committed += delta
                if dice.random() < 0.7:
                    api.reservation_commit(context, _try(context, "cores", -delta, self.LIMIT, FAR))
                    committed -= delta
            elif end == "roll back":
                api.reservation_rollback(context, uuids)
            elif end == "expire":
                _try(context, "cores", delta, self.LIMIT, PAST)
                api.reservation_expire(get_admin_context())
                api.reservation_rollback(context, uuids)
            elif dice.random() < 0.8:
                api.reservation_rollback(context, uuids)
            usage = api.quota_usage_get_all_by_project(context, "project").get("cores", {"in_use": 0, "reserved": 0})
            most = max(most, usage["in_use"] + usage["reserved"])
        return committed, most


def _try(context: RequestContext, resource: str, delta: int, limit: int, expire: Any) -> list[str]:
    """The reservation's uuid in a list, an empty one for a refusal."""
    quotas = {resource: limit}
    try:
        return reserve(
            context, {resource: delta}, resources={resource: counting(**{resource: 0})}, quotas=quotas, expire=expire
        )
    except OverQuota:
        return []


def configure(url: str) -> None:
    """A connection for every worker: a pool that is too small would spend its time on opening them."""
    rawdb.configure(connection=url, max_pool_size=WORKERS, sqlite_synchronous=False)


def run_threads(job: Job, workers: Iterable[int], barrier: Barrier) -> dict[int, Any]:
    """The results, or exceptions, of a job done by some workers, each a thread."""
    results: dict[int, Any] = {}

    def run(worker: int) -> None:
        try:
            results[worker] = job(worker, barrier)
        except BaseException as error:
            results[worker] = error
            barrier.abort()

    threads = [threading.Thread(target=run, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def run_process(url: str, job: Job, workers: list[int], barrier: Barrier, results: Any) -> None:
    """The body of a process: the same with pools of its own."""
    configure(url)
    try:
        results.put(run_threads(job, workers, barrier))
    finally:
        rawdb.dispose()


def as_threads(url: str, job: Job) -> dict[int, Any]:
    """The results of a job done by threads of this process."""
    return run_threads(job, range(WORKERS), threading.Barrier(WORKERS))


def as_processes(url: str, job: Job) -> dict[int, Any]:
    """Eight processes of three threads each. Forked by a server without threads, after which pools open anew."""
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(["pytest", "rawdb.api"])
    barrier, queue = start.Barrier(WORKERS), start.Queue()
    processes = [
        start.Process(target=run_process, args=(url, job, list(range(first, WORKERS, PROCESSES)), barrier, queue))
        for first in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    results: dict[int, Any] = {}
    for _ in processes:
        results.update(queue.get(timeout=180))
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
        process.close()
    queue.close()
    queue.join_thread()
    return results


def checked(results: dict[int, Any]) -> dict[int, Any]:
    """The results of all workers; raises the error of one that failed."""
    errors = [result for result in results.values() if isinstance(result, BaseException)]
    # A broken barrier is only another worker's error come round.
    errors.sort(key=lambda error: isinstance(error, threading.BrokenBarrierError))
    if errors:
        raise errors[0]
    assert len(results) == WORKERS
    return results
