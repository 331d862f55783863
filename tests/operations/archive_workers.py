"""Runs of archiving that contend with one another and with writers, each in a process. Imported by those processes."""

from __future__ import annotations

import multiprocessing
from typing import Any

import rawdb
from rawdb import api
from rawdb.context import get_admin_context
from rawdb.exceptions import DBDeadlock
from rawdb.operations.archive import archive_tables
from tests.operations.archive_helpers import found, numbers

TABLE = "certificates"
#: How long one process waits for the others: longer than any server takes.
PATIENCE = 120.0
#: Rows in one transaction, few so that the runs meet often.
BATCH = 7


def mark(number: int) -> bool:
    """Write a row of the table, deleted or not; whether it was there."""
    while True:
        try:
            with rawdb.writer.using() as sql:
                # CONCAT keeps every mark, so that a lost one is missed.
                text = f"UPDATE {TABLE} SET project_id = CONCAT(project_id, 'x') WHERE id = {number}"
                return bool(sql.execute(text).matched)
        except DBDeadlock:
            continue


def contend(url: str, rows: range, barrier: Any, queue: Any) -> None:
    """What a process runs: it marks its rows and archives; how many it has marked and moved, or its error."""
    rawdb.configure(connection=url)
    moved: list[int] = []
    try:
        barrier.wait(PATIENCE)
        marked = 0
        for number in rows:
            marked += mark(number)
            if number % 10 == rows[0] % 10:
                moved.append(archive_tables(get_admin_context(), [TABLE], max_rows=2 * BATCH, batch_size=BATCH))
    except BaseException as error:
        queue.put(repr(error))
    else:
        queue.put((marked, sum(moved)))
    rawdb.dispose()


def in_processes(urls: list[str], rows: int = 120) -> list[Any]:
    """Run a process for each URL; what each of them has marked and moved."""
    spawned = multiprocessing.get_context("spawn")
    barrier, queue = spawned.Barrier(len(urls)), spawned.Queue()
    running = [
        spawned.Process(target=contend, args=(url, range(place + 1, rows + 1, len(urls)), barrier, queue), daemon=True)
        for place, url in enumerate(urls)
    ]
    for one in running:
        one.start()
    outcomes = [queue.get(timeout=PATIENCE) for _ in running]
    for one in running:
        one.join(PATIENCE)
    queue.close()
    queue.join_thread()
    return outcomes


def check(outcomes: list[Any], rows: int) -> None:
    """Each row moved once, and every mark is in the copies."""
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == []
    moved = sum(moved for _, moved in outcomes) + api.archive_deleted_rows_for_table(get_admin_context(), TABLE)
    assert moved == rows
    assert (numbers(TABLE), numbers(TABLE, shadow=True)) == ([], list(range(1, rows + 1)))
    marks = sum(row["project_id"].count("x") for row in found(TABLE, shadow=True))
    assert marks == sum(marked for marked, _ in outcomes)
