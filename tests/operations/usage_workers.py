"""Workers that contend for usage rows and tasks, in threads of this process or of others."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import rawdb
from rawdb import api
from rawdb.context import get_admin_context
from rawdb.exceptions import TaskAlreadyRunning

#: How long one worker waits for the others: longer than any server takes.
PATIENCE = 120.0
PERIOD = datetime.fromisoformat("2026-11-01")
ENDING = datetime.fromisoformat("2026-12-01")

Attempt = Callable[[int, int], bool]


def bandwidth(worker: int, number: int) -> bool:
    """Set the counters of interface `number`, which has none yet."""
    api.bw_usage_update(get_admin_context(), f"vm-{number}", "fa:16", PERIOD, worker, worker, worker, worker)
    return True


def volume(worker: int, number: int) -> bool:
    """Close the counters of volume `number`, which has none yet: each call adds 1 to the totals."""
    api.vol_usage_update(get_admin_context(), f"vol-{number}", 1, 1, 1, 1, "vm", "p", "u", "az", update_totals=True)
    return True


def task(worker: int, number: int) -> bool:
    """Begin task `number`; whether it was the first."""
    try:
        api.task_log_begin_task(get_admin_context(), f"task-{number}", PERIOD, ENDING, "host")
    except TaskAlreadyRunning:
        return False
    return True


ATTEMPTS: dict[str, Attempt] = {"bandwidth": bandwidth, "volume": volume, "task": task}


def contend(name: str, worker: int, rounds: int, barrier: Any, outcomes: list[Any]) -> None:
    """One worker: in each round it tries at the same moment as the others. Adds what it got, or its error."""
    got = []
    try:
        for number in range(rounds):
            barrier.wait(PATIENCE)
            got.append(ATTEMPTS[name](worker, number))
    except BaseException as error:
        outcomes.append(repr(error))
        barrier.abort()
    else:
        outcomes.append(got)


def in_threads(name: str, workers: list[int], rounds: int, barrier: Any) -> list[Any]:
    """Run workers in threads of this process; what each of them got."""
    outcomes: list[Any] = []
    threads = [
        threading.Thread(target=contend, args=(name, worker, rounds, barrier, outcomes), daemon=True)
        for worker in workers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


def process(url: str, name: str, workers: list[int], rounds: int, barrier: Any, queue: Any) -> None:
    """What another process runs."""
    rawdb.configure(connection=url, max_pool_size=len(workers))
    queue.put(in_threads(name, workers, rounds, barrier))
    rawdb.dispose()


def in_processes(urls: list[str], name: str, rounds: int, workers: int) -> list[Any]:
    """Run workers in threads of a process for each URL; what each of them got."""
    spawned = multiprocessing.get_context("spawn")
    barrier, queue = spawned.Barrier(workers), spawned.Queue()
    running = [
        spawned.Process(
            target=process,
            args=(url, name, list(range(place, workers, len(urls))), rounds, barrier, queue),
            daemon=True,
        )
        for place, url in enumerate(urls)
    ]
    for one in running:
        one.start()
    outcomes = [outcome for _ in running for outcome in queue.get(timeout=PATIENCE)]
    for one in running:
        one.join(PATIENCE)
    queue.close()
    queue.join_thread()
    return outcomes


def check(name: str, outcomes: list[Any], rounds: int, workers: int) -> None:
    """Nothing failed, and what is stored is what one caller after the other would have left."""
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == []
    assert len(outcomes) == workers
    table = {"bandwidth": "bw_usage_cache", "volume": "volume_usage_cache", "task": "task_log"}[name]
    with rawdb.reader.using() as sql:
        rows = sql.execute(f"SELECT * FROM {table} ORDER BY id").dicts()
    assert len(rows) == rounds
    if name == "bandwidth":
        assert all(len({row["bw_in"], row["bw_out"], row["last_ctr_in"], row["last_ctr_out"]}) == 1 for row in rows)
        assert all(0 <= row["bw_in"] < workers for row in rows)
    if name == "volume":
        counters = ("tot_reads", "tot_read_bytes", "tot_writes", "tot_write_bytes")
        assert [[row[counter] for counter in counters] for row in rows] == [[workers] * 4] * rounds
    if name == "task":
        assert [sum(got[number] for got in outcomes) for number in range(rounds)] == [1] * rounds
