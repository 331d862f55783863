"""The targets, and why those that are missed are missed, as far as the measurements themselves tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DIALECTS = ("postgresql", "mysql", "sqlite")
_LISTS = ("instance_get_all_by_host", "instance_get_all_by_filters", "service_get_all")
_ONE_ROW = ("key_pair_get", "instance_get_by_uuid", "quota_get_all_by_project")
#: Times faster than nova, wall: PostgreSQL, MariaDB, SQLite.
PEERS = {
    "instance_get_by_uuid, metadata": (10, 5, 60),
    "instance_get_all_by_filters, first 100": (4.5, 4, 6.5),
    "instance_create, 33 metadata": (9, 5.5, 20),
    "instance_update, 1 column": (4, 3, 30),
    "instance_destroy": (14, 5.5, 60),
}
_STARTUP = 150

#: The operation that eight processes repeat.
_REPEATED = {
    "one row": "instance_update, 1 column",
    "1,000 rows": "instance_update, 1 column",
    "two states flipped": "instance_update, 1 column",
    "quota cycles, one project": "quota_reserve and reservation_commit",
    "quota cycles, 1,000 projects": "quota_reserve and reservation_commit",
}


@dataclass(frozen=True)
class Verdict:
    """A target beside what was measured."""

    name: str
    dialect: str
    what: str
    target: float
    measured: float
    #: What else was measured that tells why, where it is missed.
    reason: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the target was reached."""
        return self.measured >= self.target if self.at_least else self.measured <= self.target


def verdicts(results: Mapping[str, Any]) -> Iterator[Verdict]:
    """Every target for which there is a measurement."""
    for dialect in DIALECTS:
        found = results.get(dialect, {})
        operations = found.get("operations", {})
        for name, one in operations.items():
            yield from _operation(dialect, name, one)
        for kind, one in found.get("contention", {}).items():
            if kind in _REPEATED and one["floor"]["per second"]:
                ratio = one["rawdb"]["per second"] / one["floor"]["per second"]
                reason = _alone(_REPEATED[kind], operations)
                yield Verdict(
                    f"eight processes, {kind}", dialect, "rate to floor's", 0.8, round(ratio, 2), reason, at_least=True
                )
        yield from _growth(dialect, found.get("growth", {}))
        if "startup" in found:
            one = found["startup"]
            both = one["import"] + one["first call"]
            reason = f"the driver alone takes {one['driver']:.0f} of them" if "driver" in one else ""
            yield Verdict("import and first call", dialect, "ms of CPU", _STARTUP, round(both, 1), reason)
        for name, one in results.get("peers", {}).get(dialect, {}).items():
            if name in PEERS and "nova/rawdb" in one:
                target = PEERS[name][DIALECTS.index(dialect)]
                measured = one["nova/rawdb"]["wall"]["median"]
                what, reason = "times faster than nova, wall", _bound(one)
                yield Verdict(name, dialect, what, target, measured, reason, at_least=True)


def _functions(one: Mapping[str, Any]) -> str:
    """What an operation does more than the code by hand."""
    found = one.get("functions")
    more = one["rawdb"]["cpu"]["median"] - one["floor"]["cpu"]["median"]
    counted = f"{found['rawdb']:,} functions run, by hand {found['floor']:,}; " if found else ""
    return f"{counted}{abs(more):,.0f} µs of CPU {'above' if more > 0 else 'below'} the floor"


def _alone(name: str, operations: Mapping[str, Any]) -> str:
    """What the operation costs when nobody else is there."""
    one = operations.get(name)
    if one is None:
        return "not measured alone"
    kinds = [f"{one['rawdb/floor'][kind]['median']:.2f} of its {kind_name}" for kind, kind_name in _KINDS.items()]
    return f"alone, one {name.split(',')[0]} takes, beside the floor, {' and '.join(kinds)}"


_KINDS = {"cpu": "CPU", "wall": "wall time"}


def _bound(one: Mapping[str, Any]) -> str:
    """How far a faster client alone would get."""
    ours, theirs = (one[way]["wall"]["median"] for way in ("rawdb", "nova"))
    waiting = ours - one["rawdb"]["cpu"]["median"]
    share = f"rawdb waits for the server in {max(0.0, waiting) / ours:.0%} of its {ours:,.0f} µs"
    return (
        share if waiting <= ours / 50 else f"{share}: without any CPU it would be {theirs / waiting:.1f} times faster"
    )


def _operation(dialect: str, name: str, one: Mapping[str, Any]) -> Iterator[Verdict]:
    floor, naive = one["rawdb/floor"]["cpu"]["median"], one["rawdb/naive"]["cpu"]["median"]
    reason = _functions(one)
    if not name.startswith(_ONE_ROW):
        yield Verdict(name, dialect, "CPU to floor", 1.15, floor, reason)
        return
    if dialect == "sqlite":
        above = one["rawdb"]["cpu"]["median"] - one["naive"]["cpu"]["median"]
        yield Verdict(name, dialect, "µs of CPU above naive", 8, round(above, 1), reason)
        return
    instance = name.startswith("instance")
    limit = 1.0 if dialect == "mysql" else 0.5 if instance else 0.9
    yield Verdict(name, dialect, "CPU to naive", limit, naive, reason)
    yield Verdict(name, dialect, "CPU to floor", 1.1, floor, reason)


def _growth(dialect: str, found: Mapping[str, Any]) -> Iterator[Verdict]:
    for page, by_size in found.items():
        sizes = sorted(by_size, key=int)
        if len(sizes) > 1 and not page.startswith("floor"):
            small, large = by_size[sizes[0]], by_size[sizes[-1]]
            walls, cpus = (large[kind]["median"] / small[kind]["median"] for kind in ("wall", "cpu"))
            what = f"wall at {int(sizes[-1]):,} to that at {int(sizes[0]):,}"
            lowest = large["wall"]["low"] / small["wall"]["low"]
            reason = f"{cpus:.2f} of the client's CPU; the fastest rounds beside each other: {lowest:.2f}"
            floor = found.get(f"floor: {page.removesuffix(' project')}", {})
            if floor.keys() >= {sizes[0], sizes[-1]}:
                theirs = floor[sizes[-1]]["wall"]["median"] / floor[sizes[0]]["wall"]["median"]
                reason += f"; the floor's page costs {theirs:.2f} times as much"
            yield Verdict(f"page: {page}", dialect, what, 1.2, round(walls, 2), reason)
