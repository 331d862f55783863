"""Times of several ways to do the same, taken in turns: what disturbs the machine disturbs all of them."""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

#: Seconds that the calls of one way shall take in a round.
ROUND = 0.02


def in_turns(ways: Mapping[str, Callable[[], Any]], rounds: int, most: int = 400) -> dict[str, dict[str, list[float]]]:
    """Microseconds of CPU and of wall time a call, by way: the median of the rounds, and their range.

    The CPU time is this process's: what a server does for it is seen in the wall time alone.
    """
    calls = _calibrated(ways, most)
    taken: dict[str, dict[str, list[float]]] = {name: {"cpu": [], "wall": []} for name in ways}
    names = list(ways)
    for number in range(rounds):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            cpu, wall = timed(ways[name], calls)
            taken[name]["cpu"].append(cpu)
            taken[name]["wall"].append(wall)
    return taken


def summary(values: list[float]) -> dict[str, float]:
    """Median and range."""
    return {
        "median": round(statistics.median(values), 2),
        "low": round(min(values), 2),
        "high": round(max(values), 2),
    }


def ratio(ours: list[float], theirs: list[float]) -> dict[str, float]:
    """Median and range of the ratios of the rounds."""
    return summary([a / b for a, b in zip(ours, theirs, strict=True)])


def calls_of(way: Callable[[], Any]) -> int:
    """How many functions one call runs, Python's own and the drivers' included: a measure that no load disturbs."""
    count = 0

    def seen(_: Any, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        way()
    finally:
        sys.setprofile(None)
    return count


def _calibrated(ways: Mapping[str, Callable[[], Any]], most: int) -> int:
    """How many calls a round has, the same for all ways. Warms all of them up: plans, caches, prepared statements."""
    slowest = 0.0
    for way in ways.values():
        for _ in range(min(12, most)):
            way()
        slowest = max(slowest, timed(way, 2)[1] / 1e6)
    return max(2, min(most, round(ROUND / slowest)))


def timed(way: Callable[[], Any], calls: int) -> tuple[float, float]:
    """Microseconds of CPU and of wall time a call."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(calls):
        way()
    return (time.process_time() - cpu) / calls * 1e6, (time.perf_counter() - wall) / calls * 1e6
