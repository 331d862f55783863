"""docs/performance.md and its plot, from the results alone: `python -m bench --dialects ''` writes them anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import plot
from bench.startup import OWN_STATEMENTS
from bench.targets import DIALECTS, Verdict, verdicts

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PLOT = PAGE.with_name("performance.svg")
NAMES = {"postgresql": "PostgreSQL", "mysql": "MariaDB", "sqlite": "SQLite"}

_HEAD = """# Performance

What the operations cost, beside hand-written code on the bare drivers. `make bench` measures it and writes this page
and `bench/results.json`; `make bench ARGS='--instances 1000 --rounds 5 --seconds 1 --sizes 1000,10000 --dry'` is a
quick look that changes nothing. `make bench-peers` adds nova and manila on SQLAlchemy, in an environment of their own.

Three ways to do the same, in one process and in turns, so that what disturbs the machine disturbs all of them:

- **naive**: the driver as its manual shows it. A cursor for each statement, `fetchall`, names from `description`,
  dicts;
- **floor**: one cursor kept, names of columns cached by text, the server's own placeholders on PostgreSQL. No checks,
  no scopes, no retry, no translated errors;
- **rawdb**: `rawdb.api`, whole.

Both hand-written ones (`bench/bare.py`) return the same nested dicts, which is checked before they are timed. CPU is
the client's process; a server's work shows in the wall time. Durability is relaxed for all alike. Each figure is the
median of the rounds, and in brackets their range; a ratio is made within a round.
"""


def write(results: Mapping[str, Any]) -> None:
    """Write the page and its plot."""
    PLOT.write_text(plot.bars(_bars(results)))
    parts = [_HEAD, _settings(results), "![CPU of a call, rawdb to floor](performance.svg)\n"]
    judged = list(verdicts(results))
    parts += [_operations(dialect, results) for dialect in DIALECTS if "operations" in results.get(dialect, {})]
    parts += [
        _contention(results),
        _growth(results),
        _startup(results),
        _shapes(results),
        _peers(results),
        _targets(judged),
    ]
    PAGE.write_text("\n".join(part for part in parts if part))


def _bars(results: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for dialect in DIALECTS:
        for name, one in results.get(dialect, {}).get("operations", {}).items():
            found.setdefault(name, {})[NAMES[dialect]] = one["rawdb/floor"]["cpu"]["median"]
    return found


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _settings(results: Mapping[str, Any]) -> str:
    rows = []
    for dialect in DIALECTS:
        one = results.get(dialect, {}).get("settings")
        if one:
            held = ", ".join(f"{name} {value}" for name, value in one["settings"].items())
            machine = f"{one['processors']} processors, load {one['load']} at the start"
            rows.append(
                [one["server"], one["driver"], one["python"], held, f"{one['instances']:,}", machine, one["date"]]
            )
    head = ["server", "driver", "Python", "settings", "instances", "machine", "date"]
    return "## Versions and settings\n\n" + _table(head, rows)


def _operations(dialect: str, results: Mapping[str, Any]) -> str:
    rows = []
    for name, one in results[dialect]["operations"].items():
        times = [
            f"{one[way]['cpu']['median']:,.0f}; {one[way]['wall']['median']:,.0f}"
            for way in ("rawdb", "floor", "naive")
        ]
        rows.append([name, *times, *(_range(one[f"rawdb/{way}"]["cpu"]) for way in ("floor", "naive"))])
    head = ["operation", "rawdb, µs of CPU; wall", "floor", "naive", "CPU to floor", "CPU to naive"]
    return f"## Operations on {NAMES[dialect]}\n\n" + _table(head, rows)


def _range(one: Mapping[str, float]) -> str:
    return f"**{one['median']:.2f}** ({one['low']:.2f} to {one['high']:.2f})"


def _contention(results: Mapping[str, Any]) -> str:
    rows = []
    for dialect in DIALECTS:
        for kind, one in results.get(dialect, {}).get("contention", {}).items():
            ours, floor = one["rawdb"], one["floor"]
            ratio = f"{ours['per second'] / floor['per second']:.2f}" if floor["per second"] else "-"
            rates = [f"{way['per second']:,.0f}" for way in (ours, floor)]
            counts = [f"{ours[what]}; {floor[what]}" for what in ("commits", "refused")]
            counts.append(f"{len(ours['errors'])}; {len(floor['errors'])}")
            rows.append([NAMES[dialect], kind, *rates, ratio, *counts])
    head = ["server", "eight processes", "rawdb, answers/s", "floor", "ratio", "commits", "refused", "errors"]
    text = (
        "## Eight processes at once\n\n"
        "Answers are commits and refusals, of which the last three columns tell the numbers (rawdb; floor): the flips\n"
        "that find the other state are refused, and how many do hangs on who comes in between. `errors` are what\n"
        "callers saw beside that. What is stored at the end is compared with what the processes were told: flips of a\n"
        "state balance, a quota's use is the sum of what was granted, and under a limit exactly the limit is granted.\n"
        "A run in which that fails stops.\n\n"
    )
    return text + _table(head, rows) if rows else ""


def _growth(results: Mapping[str, Any]) -> str:
    rows = []
    sizes: list[str] = []
    for dialect in DIALECTS:
        for page, by_size in results.get(dialect, {}).get("growth", {}).items():
            sizes = sorted(by_size, key=int)
            times = [f"{by_size[size]['cpu']['median']:,.0f}; {by_size[size]['wall']['median']:,.0f}" for size in sizes]
            rows.append([NAMES[dialect], page, *times])
    head = ["server", "page of 50", *(f"{int(size):,}, µs of CPU; wall" for size in sizes)]
    text = "## A page while the table grows\n\nThree system metadata rows an instance here.\n\n"
    return text + _table(head, rows) if rows else ""


def _startup(results: Mapping[str, Any]) -> str:
    rows = []
    for dialect in DIALECTS:
        one = results.get(dialect, {}).get("startup")
        if one:
            rows.append([NAMES[dialect], *(f"{one[name]:.1f}" for name in ("import", "first call", "second call"))])
    if not rows:
        return ""
    head = ["server", "`import rawdb.api`, ms of CPU", "first call", "second call"]
    return f"## Start of a process\n\n{_table(head, rows)}{_own(results)}"


def _own(results: Mapping[str, Any]) -> str:
    """What it takes to load a folder of one's own."""
    found = [one for dialect in DIALECTS if "own, whole" in (one := results.get(dialect, {}).get("startup", {}))]
    if not found:
        return ""
    whole, lazy = (" / ".join(f"{one[f'own, {way}']:.0f}" for one in found) for way in ("whole", "lazy"))
    return (
        f"\nA folder of one's own with {OWN_STATEMENTS} statements over declared tables is read and checked in {whole} "
        f"ms of CPU, with `Database(..., lazy=True)` in {lazy} ms.\n"
    )


def _shapes(results: Mapping[str, Any]) -> str:
    one = results.get("shapes")
    if not one:
        return ""
    sizes = [f"{int(kilobytes):,} kB after {int(count):,} shapes" for count, kilobytes in one["kilobytes"].items()]
    return (
        "## Ever new shapes\n\nEach call has another combination of filters, so another text. The newest "
        f"{one['kept']:,} are kept: {', '.join(sizes)}.\n"
    )


def _peers(results: Mapping[str, Any]) -> str:
    rows = []
    for dialect, found in results.get("peers", {}).items():
        for name, one in found.items():
            peer = next(way for way in one if way in ("nova", "manila"))
            times = [f"{one[way]['cpu']['median']:,.0f}; {one[way]['wall']['median']:,.0f}" for way in ("rawdb", peer)]
            faster = [_range(one[f"{peer}/rawdb"][kind]) for kind in ("cpu", "wall")]
            rows.append([NAMES[dialect], name, peer, *times, *faster])
    head = ["server", "operation", "peer", "rawdb, µs of CPU; wall", "peer", "times faster, CPU", "wall"]
    text = (
        "## Beside nova 34.0.0 and manila 23.0.1\n\n"
        "Their own database interfaces on SQLAlchemy, in one process with rawdb and in turns, each on a database\n"
        "of its own with the same rows. They return objects; to make dicts of them would cost more. nova's\n"
        "`instance_update` returns no relations, rawdb's does.\n\n"
    )
    return text + _table(head, rows) if rows else ""


def _targets(judged: Sequence[Verdict]) -> str:
    missed = [one for one in judged if not one.met]
    rows = [
        [
            one.name,
            NAMES[one.dialect],
            one.what,
            f"{'≥' if one.at_least else '≤'} {one.target:g}",
            f"{one.measured:g}",
            one.reason,
        ]
        for one in missed
    ]
    head = ["missed", "server", "what", "target", "measured", "why"]
    met = [
        [one.name, NAMES[one.dialect], one.what, f"{'≥' if one.at_least else '≤'} {one.target:g}", f"{one.measured:g}"]
        for one in judged
        if one.met
    ]
    text = f"## Targets\n\n{len(met)} of {len(judged)} are met.\n\n{_table(head, rows)}\n"
    return text + _table(["met", *head[1:5]], met)
