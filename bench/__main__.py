"""`python -m bench`: measures rawdb beside the bare drivers, and writes results.json and docs/performance.md."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import rawdb
from bench import contention, growth, report, settings, shapes, startup
from bench.bare import Bare
from bench.databases import loaded, server, use
from bench.dataset import Dataset
from bench.operations import cases
from bench.sessions import Floor, Naive
from bench.timing import calls_of, in_turns, ratio, summary

RESULTS = Path(__file__).with_name("results.json")
PARTS = ("operations", "contention", "growth", "startup", "shapes")


def main() -> None:
    """Measure what is asked for; what was measured before stays in the results."""
    options = _options()
    for dialect in options.dialects.split(",") if options.dialects else []:
        with server(dialect) as url:
            found = _measure(dialect, url, options)
        if not options.dry:
            keep({dialect: found})
    if "shapes" in options.parts.split(","):
        measured = shapes.measure()
        if not options.dry:
            keep({"shapes": measured})
    if not options.dry:
        report.write(kept())


def kept() -> dict[str, Any]:
    """What was measured so far."""
    return dict(json.loads(RESULTS.read_text())) if RESULTS.exists() else {}


def keep(found: dict[str, dict[str, Any]]) -> None:
    """Put what was measured in the place of what was measured before."""
    results = kept()
    for name, parts in found.items():
        results.setdefault(name, {}).update(parts)
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--dialects", default="sqlite,postgresql,mysql")
    parser.add_argument("--parts", default=",".join(PARTS), help="of " + ", ".join(PARTS))
    parser.add_argument("--instances", type=int, default=10_000, help="at least 1,000")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=7.5, help="of each kind and way of the eight processes")
    parser.add_argument(
        "--sizes", default="1000,10000,100000", help="of the growing database; add 1000000 for the whole"
    )
    parser.add_argument("--only", default="", help="operations whose names contain this")
    parser.add_argument("--dry", action="store_true", help="only print: leave the results and the page as they are")
    return parser.parse_args()


def _measure(dialect: str, url: str, options: argparse.Namespace) -> dict[str, Any]:
    parts = options.parts.split(",")
    found: dict[str, Any] = {}
    if {"operations", "contention", "startup"} & set(parts):
        data = Dataset(options.instances, doomed=3 * 10 * (options.rounds + 4) + 10)
        with loaded(url, data) as database:
            if "operations" in parts:
                found["settings"] = settings.of(dialect, database, data)
                found["operations"] = _operations(database, data, options)
            if "contention" in parts:
                found["contention conditions"] = settings.conditions(data.size)
                found["contention"] = contention.measure(database, data, options.seconds)
            if "startup" in parts:
                found["startup conditions"] = settings.conditions()
                found["startup"] = startup.measure(database)
    if "growth" in parts:
        found["growth conditions"] = settings.conditions()
        found["growth"] = growth.measure(url, [int(size) for size in options.sizes.split(",")])
    return found


def _operations(url: str, data: Dataset, options: argparse.Namespace) -> dict[str, Any]:
    use(url)
    floor, naive = Bare(Floor(url)), Bare(Naive(url))
    found = {}
    print(f"\n{rawdb.default_database().server_version()}, {data.size} instances: microseconds of CPU; wall")
    try:
        for case in cases(data):
            if options.only not in case.name:
                continue
            case.check(floor)
            case.check(naive)
            ways = {"rawdb": case.rawdb, "floor": case.bare(floor), "naive": case.bare(naive)}
            taken = in_turns(ways, options.rounds, case.most)
            found[case.name] = one = _summarised(taken)
            one["functions"] = {name: calls_of(way) for name, way in ways.items()}
            print(_line(case.name, one), flush=True)
    finally:
        floor.session.close()
        naive.session.close()
        rawdb.dispose()
    return found


def _summarised(taken: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    one: dict[str, Any] = {
        name: {kind: summary(values) for kind, values in kinds.items()} for name, kinds in taken.items()
    }
    for other in taken.keys() - {"rawdb"}:
        one[f"rawdb/{other}"] = {kind: ratio(taken["rawdb"][kind], taken[other][kind]) for kind in ("cpu", "wall")}
    return one


def _line(name: str, one: dict[str, Any]) -> str:
    times = [
        f"{way} {one[way]['cpu']['median']:.0f}; {one[way]['wall']['median']:.0f}"
        for way in ("rawdb", "floor", "naive")
    ]
    ratios = [f"{one[f'rawdb/{way}'][kind]['median']:.2f}" for way in ("floor", "naive") for kind in ("cpu", "wall")]
    return f"{name:40} {'   '.join(times)}   to floor {ratios[0]}; {ratios[1]}, to naive {ratios[2]}; {ratios[3]}"


if __name__ == "__main__":
    main()
