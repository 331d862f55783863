"""Workers that contend for one instance, in threads of this process or of others. Imported by the other processes."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.exceptions import InstanceInvalidState, UnexpectedTaskStateError

#: How long one worker waits for the others: longer than any server takes.
PATIENCE = 120.0

Attempt = Callable[[RequestContext, str, int], None]


def test_and_set(context: RequestContext, uuid: str, number: int) -> None:
    """Go from state number to the next; InstanceInvalidState when another one did."""
    api.instance_test_and_set(context, uuid, "task_state", [str(number)], str(number + 1))


def update(context: RequestContext, uuid: str, number: int) -> None:
    """The same by instance_update; UnexpectedTaskStateError when another one did."""
    values = {"expected_task_state": str(number), "task_state": str(number + 1)}
    api.instance_update(context, uuid, values)


ATTEMPTS: dict[str, tuple[Attempt, type[Exception]]] = {
    "instance_test_and_set": (test_and_set, InstanceInvalidState),
    "instance_update": (update, UnexpectedTaskStateError),
}


def contend(name: str, uuid: str, rounds: int, barrier: Any, outcomes: list[Any]) -> None:
    """One worker: in each round it tries at the same moment as the others. Adds the rounds it won, or its error."""
    attempt, lost = ATTEMPTS[name]
    context = RequestContext("fake-user", "fake-project", is_admin=False)
    won = []
    try:
        for number in range(rounds):
            barrier.wait(PATIENCE)
            try:
                attempt(context, uuid, number)
            except lost:
                continue
            won.append(number)
    except BaseException as error:
        outcomes.append(repr(error))
        barrier.abort()
    else:
        outcomes.append(won)


def in_threads(name: str, uuid: str, rounds: int, workers: int, barrier: Any) -> list[Any]:
    """Run workers in threads of this process; what each of them added."""
    outcomes: list[Any] = []
    threads = [
        threading.Thread(target=contend, args=(name, uuid, rounds, barrier, outcomes), daemon=True)
        for _ in range(workers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


def process(url: str, name: str, uuid: str, rounds: int, workers: int, barrier: Any, queue: Any) -> None:
    """What another process runs."""
    rawdb.configure(connection=url, max_pool_size=workers)
    queue.put(in_threads(name, uuid, rounds, workers, barrier))
    rawdb.dispose()


def in_processes(url: str, name: str, uuid: str, rounds: int, workers: int, processes: int) -> list[Any]:
    """Run workers in threads of several processes; what each of them added."""
    spawned = multiprocessing.get_context("spawn")
    barrier, queue = spawned.Barrier(workers), spawned.Queue()
    args = (url, name, uuid, rounds, workers // processes, barrier, queue)
    running = [spawned.Process(target=process, args=args, daemon=True) for _ in range(processes)]
    for one in running:
        one.start()
    outcomes = [outcome for _ in running for outcome in queue.get(timeout=PATIENCE)]
    for one in running:
        one.join(PATIENCE)
    queue.close()
    queue.join_thread()
    return outcomes
