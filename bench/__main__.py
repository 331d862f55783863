"""Each operation against its own statements on the bare driver.

Both sides run in one process, on one server, in interleaved rounds; what is printed is the median of the rounds'
ratios (rawdb / driver), with the quartiles, and the bare time for scale.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import rawdb
from bench.operations import prepare
from bench.recording import recorded, replay
from rawdb import migrate
from rawdb.cli.output import Output
from rawdb.dialects import get_dialect, parse_url
from rawdb.testing.databases import temporary_database
from rawdb.testing.servers import MariaDBServer, PostgreSQLServer


def main() -> None:
    """Run the benchmark on each dialect asked for and print a table each."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--dialects", default="sqlite,postgresql,mysql")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--calls", type=int, default=50, help="calls of each side in a round")
    options = parser.parse_args()
    output = Output()
    for dialect in options.dialects.split(","):
        with database(dialect) as url:
            _bench(url, options.rounds, options.calls, output)


@contextmanager
def database(dialect: str) -> Iterator[str]:
    """A migrated throwaway database on a private server."""
    with ExitStack() as stack:
        if dialect == "sqlite":
            server = "sqlite:////tmp"
        else:
            server = stack.enter_context({"postgresql": PostgreSQLServer, "mysql": MariaDBServer}[dialect]()).url
        url = stack.enter_context(temporary_database(server))
        migrate.upgrade(url)
        yield url


def _bench(url: str, rounds: int, calls: int, output: Output) -> None:
    rawdb.dispose()
    rawdb.configure(connection=url)
    parsed = parse_url(url)
    raw = get_dialect(parsed.dialect).connect(parsed, rawdb.default_database().options.connection)
    cursor = raw.cursor()
    try:
        output.heading(rawdb.default_database().server_version())
        rows = []
        for name, operation in prepare().items():
            with recorded() as sent:
                operation()
            ratios, bare = _compare(operation, replay(cursor, sent), rounds, calls)
            low, middle, high = statistics.quantiles(ratios, n=4)
            rows.append([name, len(sent), f"{middle:.2f}", f"{low:.2f} - {high:.2f}", f"{bare * 1e6:.0f}"])
        output.table(["operation", "statements", "ratio", "quartiles", "bare, µs"], rows)
    finally:
        raw.close()
        rawdb.dispose()


def _compare(
    operation: Callable[[], object], bare: Callable[[], None], rounds: int, calls: int
) -> tuple[list[float], float]:
    """The ratio of each round, and the median time of one bare call."""
    for _ in range(calls):
        operation()
        bare()
    ratios, times = [], []
    for _ in range(rounds):
        mine, its = _timed(operation, calls), _timed(bare, calls)
        ratios.append(mine / its)
        times.append(its / calls)
    return ratios, statistics.median(times)


def _timed(function: Callable[[], object], calls: int) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        function()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
