"""docs/performance.md and its plot, from the results alone: `python -m bench --dialects ''` writes them anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench import plot
from bench.startup import OWN_STATEMENTS
from bench.targets import DIALECTS, PEERS, Verdict, verdicts

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
            rates = [
                f"{way['per second']:,.0f} ({min(way['rates']):,.0f} to {max(way['rates']):,.0f})"
                for way in (ours, floor)
            ]
            counts = [f"{ours[what]}; {floor[what]}" for what in ("commits", "refused")]
            counts.append(f"{len(ours['errors'])}; {len(floor['errors'])}")
            rows.append([NAMES[dialect], kind, *rates, ratio, *counts])
    head = ["server", "eight processes", "rawdb, answers/s", "floor", "ratio", "commits", "refused", "errors"]
    text = (
        "## Eight processes at once\n\n"
        "Rawdb and the floor take turns; a rate is the median of theirs, and in brackets their range. Answers are\n"
        "commits and refusals, of which the last three columns tell the numbers (rawdb; floor): the flips\n"
        "that find the other state are refused, and how many do hangs on who comes in between. `errors` are what\n"
        "callers saw beside that. What is stored at the end is compared with what the processes were told: flips of a\n"
        "state balance, a quota's use is the sum of what was granted, and under a limit exactly the limit is granted.\n"
        "A run in which that fails stops.\n\n"
    )
    return text + _conditions(results, "contention") + _table(head, rows) if rows else ""


def _conditions(results: Mapping[str, Any], part: str) -> str:
    return _lines({dialect: results.get(dialect, {}).get(f"{part} conditions") for dialect in DIALECTS})


def _lines(conditions: Mapping[str, Any]) -> str:
    """A line for each server: when, and beside what load, it was measured."""
    lines = []
    for dialect in DIALECTS:
        one = conditions.get(dialect)
        if one:
            what = [f"{one['instances']:,} instances"] if "instances" in one else []
            what += [f"{one['processors']} processors", f"load {one['load']} at the start", one["date"]]
            what += [one["versions"]] if "versions" in one else []
            lines.append(f"- {NAMES[dialect]}: {', '.join(what)}\n")
    return "".join(lines) + "\n" if lines else ""


def _growth(results: Mapping[str, Any]) -> str:
    found = {dialect: one for dialect in DIALECTS if (one := results.get(dialect, {}).get("growth"))}
    sizes = sorted({size for pages in found.values() for by_size in pages.values() for size in by_size}, key=int)
    rows = [
        [NAMES[dialect], page, *(_times(by_size[size]) if size in by_size else "-" for size in sizes)]
        for dialect, pages in found.items()
        for page, by_size in pages.items()
    ]
    head = ["server", "page of 50", *(f"{int(size):,}, µs of CPU; wall" for size in sizes)]
    text = (
        "## A page while the table grows\n\n"
        "The instances of the large project lie side by side. The small one has 100, all over the table: each of\n"
        "them, and each row that belongs to one, is on a page of its own in its table and in each index. These pages\n"
        "are in memory, but no more in the processor's cache; the floor's rows tell what that alone costs.\n\n"
    )
    return text + _conditions(results, "growth") + _table(head, rows) if rows else ""


def _times(one: Mapping[str, Mapping[str, float]]) -> str:
    return f"{one['cpu']['median']:,.0f}; {one['wall']['median']:,.0f}"


def _startup(results: Mapping[str, Any]) -> str:
    names = ("driver", "import", "first call", "second call", "own, whole, first call", "own, lazy, first call")
    rows = [
        [NAMES[dialect], *(f"{one[name]:.1f}" if name in one else "-" for name in names)]
        for dialect in DIALECTS
        if (one := results.get(dialect, {}).get("startup"))
    ]
    head = [
        "server",
        "the driver alone, ms of CPU",
        "`import rawdb.api`",
        "first call",
        "second call",
        f"{OWN_STATEMENTS} statements of one's own",
        "the same, `lazy=True`",
    ]
    text = (
        "## Start of a process\n\n"
        "CPU of a fresh process whose byte code is there. The driver alone: imported, connected, the same row read.\n"
        "The last two are an application with a folder of its own over declared tables, from the import to the end\n"
        "of its first call.\n\n"
    )
    return text + _conditions(results, "startup") + _table(head, rows) if rows else ""


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
    for dialect in DIALECTS:
        for name, one in results.get("peers", {}).get(dialect, {}).items():
            peer = next(way for way in one if way in ("nova", "manila"))
            times = [f"{one[way]['cpu']['median']:,.0f}; {one[way]['wall']['median']:,.0f}" for way in ("rawdb", peer)]
            faster = [_range(one[f"{peer}/rawdb"][kind]) for kind in ("cpu", "wall")]
            target = f"{PEERS[name][DIALECTS.index(dialect)]:g}" if name in PEERS and peer == "nova" else ""
            rows.append([NAMES[dialect], name, peer, *times, *faster, target])
    head = [
        "server",
        "operation",
        "beside",
        "rawdb, µs of CPU; wall",
        "peer",
        "times faster, CPU",
        "wall",
        "target, wall",
    ]
    text = (
        "## Beside nova and manila\n\n"
        "Their own database interfaces on SQLAlchemy, in one process with rawdb and in turns, each on a database\n"
        "of its own with the same rows; what they return is compared before it is timed. They return objects; to make\n"
        "dicts of them would cost more. nova's `instance_update` returns no relations, rawdb's does.\n\n"
    )
    return text + _lines(results.get("peer settings", {})) + _table(head, rows) if rows else ""


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
