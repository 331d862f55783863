"""`python -m bench.faults`: a private server is killed and restarted under threads that read and write.

Each fault comes while all threads work: kill -9, and a shut-down in good order, in turns; the server is started again
on its data at once. Counted are calls, those that failed though they were not under way when the fault came, the
longest time without an answer, and what became of each write: acknowledged and lost, known to have failed and there,
stored twice. The last three must be 0, or the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from rawdb import Database
from rawdb.exceptions import DBConnectionError, DBError, DBOutcomeUnknown
from rawdb.testing.databases import temporary_database
from rawdb.testing.servers import MariaDBServer, PostgreSQLServer, Server

_SERVERS: dict[str, type[Server]] = {"postgresql": PostgreSQLServer, "mysql": MariaDBServer}
#: What a server has acknowledged must outlive it; servers for tests are told that it need not.
_DURABLE = {
    "postgresql": ("-c", "synchronous_commit=on", "-c", "full_page_writes=on", "-c", "fsync=on"),
    "mysql": ("--innodb-flush-log-at-trx-commit=1", "--innodb-doublewrite=1", "--innodb-flush-method=fsync"),
}
_KINDS = ("transaction", "lone write", "read")
#: No unique key: what is stored twice shall be seen.
_TABLE = "CREATE TABLE marks (name VARCHAR(40))"


class Call(NamedTuple):
    """One call: what it was, when it ran, and how it ended (None: acknowledged)."""

    kind: str
    name: str
    begin: float
    end: float
    error: DBError | None


@dataclass
class Figures:
    """What is counted for one server."""

    calls: int = 0
    under_way: int = 0
    failed_under_way: int = 0
    failed_otherwise: int = 0
    gap: float = 0.0
    down: float = 0.0
    lost: int = 0
    failed_and_there: int = 0
    doubled: int = 0
    classes: Counter[str] = field(default_factory=Counter)

    @property
    def is_right(self) -> bool:
        """Whether each write became what its caller was told."""
        return not (self.lost or self.failed_and_there or self.doubled)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--dialects", default="postgresql,mysql")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--faults", type=int, default=6, help="kill -9 and restart, in turns")
    parser.add_argument("--pause", type=float, default=2.0, help="seconds of work before each of them, and at the end")
    options = parser.parse_args()
    right = True
    for dialect in options.dialects.split(","):
        figures = measure(dialect, options.threads, options.faults, options.pause)
        _show(dialect, figures)
        right = right and figures.is_right
    sys.exit(0 if right else 1)


def measure(dialect: str, threads: int, faults: int, pause: float) -> Figures:
    """The figures of one private server."""
    with (
        _SERVERS[dialect](*_DURABLE[dialect]) as server,
        temporary_database(server.url) as url,
        Database(url) as database,
    ):
        with database.writer.autocommit.using(None) as sql:
            sql.execute(_TABLE)
        figures = Figures()
        moments: list[tuple[float, float]] = []
        with _crowd(database, threads) as calls:
            for number in range(faults):
                time.sleep(pause)
                begin = time.monotonic()
                server.kill() if number % 2 == 0 else server.shut_down()
                moments.append((begin, time.monotonic()))
                server.launch()
                figures.down = max(figures.down, time.monotonic() - begin)
            time.sleep(pause)
        _count(figures, calls, moments)
        with database.reader.autocommit.using(None) as sql:
            _look(figures, calls, Counter(name for (name,) in sql.execute("SELECT m.name FROM marks AS m").rows))
        return figures


@contextmanager
def _crowd(database: Database, threads: int) -> Iterator[list[Call]]:
    """Threads that work until the block is over; then the list holds all their calls."""
    calls: list[Call] = []
    over = threading.Event()
    crowd = [threading.Thread(target=_work, args=(database, number, over, calls)) for number in range(threads)]
    for thread in crowd:
        thread.start()
    try:
        yield calls
    finally:
        over.set()
        for thread in crowd:
            thread.join()


def _work(database: Database, thread: int, over: threading.Event, calls: list[Call]) -> None:
    insert, read = "INSERT INTO marks (name) VALUES (:name)", "SELECT COUNT(*) FROM marks AS m WHERE m.name = :name"

    @database.writer
    def transaction(context: object, name: str) -> None:
        sql = database.sql(context)
        sql.execute(read, {"name": name})
        sql.execute(insert, {"name": name})

    @database.writer.autocommit
    def lone_write(context: object, name: str) -> None:
        database.sql(context).execute(insert, {"name": name})

    @database.reader.autocommit
    def lone_read(context: object, name: str) -> None:
        database.sql(context).execute(read, {"name": name})

    functions = dict(zip(_KINDS, (transaction, lone_write, lone_read), strict=True))
    number = 0
    while not over.is_set():
        kind = _KINDS[number % len(_KINDS)]
        name, begin, error = f"{thread}-{number}", time.monotonic(), None
        try:
            functions[kind](object(), name)
        except DBError as raised:
            error = raised
        calls.append(Call(kind, name, begin, time.monotonic(), error))
        number += 1


def _count(figures: Figures, calls: Sequence[Call], moments: Sequence[tuple[float, float]]) -> None:
    """Count calls; `moments` are the times from the first sign of a fault until the server was gone."""
    figures.calls = len(calls)
    for call in calls:
        under_way = any(call.begin <= gone and begin <= call.end for begin, gone in moments)
        figures.under_way += under_way
        if call.error is None:
            continue
        figures.failed_under_way += under_way
        figures.failed_otherwise += not under_way
        figures.classes[type(call.error).__name__] += 1
        if not isinstance(call.error, DBConnectionError):
            print("unexpected:", repr(call.error))
    ends = sorted(call.end for call in calls if call.error is None)
    figures.gap = max((after - before for before, after in pairwise(ends)), default=0.0)


def _look(figures: Figures, calls: Sequence[Call], stored: Counter[Any]) -> None:
    """What became of each write."""
    figures.doubled = sum(count > 1 for count in stored.values())
    for call in calls:
        if call.kind == "read" or isinstance(call.error, DBOutcomeUnknown):
            continue
        if call.error is None:
            figures.lost += call.name not in stored
        else:
            figures.failed_and_there += call.name in stored


def _show(dialect: str, figures: Figures) -> None:
    classes = ", ".join(f"{name} {count}" for name, count in figures.classes.items()) or "none"
    print(
        f"{dialect}: {figures.calls:,} calls; {figures.under_way} under way at a fault, {figures.failed_under_way} of "
        f"them failed; failed otherwise: {figures.failed_otherwise}; errors: {classes}\n"
        f"  longest time without an answer {figures.gap:.2f} s, longest time of a server down {figures.down:.2f} s\n"
        f"  acknowledged and lost {figures.lost}, failed and there {figures.failed_and_there}, stored twice "
        f"{figures.doubled}"
    )


if __name__ == "__main__":
    main()
