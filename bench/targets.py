"""The targets, and why those that are missed are missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DIALECTS = ("postgresql", "mysql", "sqlite")
_LISTS = ("instance_get_all_by_host", "instance_get_all_by_filters", "service_get_all")
_ONE_ROW = ("key_pair_get", "instance_get_by_uuid", "quota_get_all_by_project")
_PEERS = {
    "instance_get_by_uuid, metadata": (10, 5, 60),
    "instance_get_all_by_filters, first 100": (4.5, 4, 6.5),
    "instance_create, 33 metadata": (9, 5.5, 20),
    "instance_update, 1 column": (4, 3, 30),
    "instance_destroy": (14, 5.5, 60),
}
_STARTUP = 150

#: Why a target is missed, by the beginning of its name and, where it differs, the dialect.
REASONS: Mapping[tuple[str, str], str] = {
    (
        "key_pair_get",
        "",
    ): "a scope, a checkout, the key of the call's choices and its look-up: some 75 calls of Python, about 12 by hand",
    ("quota_get_all_by_project", ""): "as key_pair_get",
    ("instance_get_by_uuid", "postgresql"): "as key_pair_get, and six flags of relations in the key of the call",
    ("instance_get_by_uuid", ""): "as key_pair_get; relations come as JSON, whose datetimes are parsed one by one",
    (
        "instance_get_all_by_",
        "postgresql",
    ): "JSON costs more than the rows of a second statement, which would see another snapshot",
    ("instance_get_all_by_", ""): "relations come as JSON, whose datetimes are parsed one by one",
    (
        "instance_create",
        "",
    ): "eight statements, and 36 rows whose values are checked one by one",
    ("instance_destroy", ""): "six statements, each with a key, checked values and a look-up of its text",
    ("instance_metadata_update", ""): "values are checked when compared with the rows, and again when bound",
    ("instance_update", ""): "values are checked when compared with the row, and again when bound",
    ("service_get_all", ""): "as key_pair_get",
    (
        "quota_reserve",
        "",
    ): "values are checked when the ledger makes them, and again when bound; the guard has all figures twice",
    ("eight processes, quota", ""): "the lock of the project is held over the Python between four statements",
    ("eight processes", ""): "the row is locked while the relations are read; and the operation's own cost",
    ("import", ""): "Python's own modules are more than a third of it, and the driver",
    ("page: last", "sqlite"): "where NULLs come last SQLite reads the index from its start: docs/schema.md",
    ("page", ""): "not yet explained",
}


@dataclass(frozen=True)
class Verdict:
    """A target beside what was measured."""

    name: str
    dialect: str
    what: str
    target: float
    measured: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the target was reached."""
        return self.measured >= self.target if self.at_least else self.measured <= self.target

    @property
    def reason(self) -> str:
        """Why it was not."""
        for (beginning, dialect), text in REASONS.items():
            if self.name.startswith(beginning) and dialect in ("", self.dialect):
                return text
        return "not yet explained"


def verdicts(results: Mapping[str, Any]) -> Iterator[Verdict]:
    """Every target for which there is a measurement."""
    for dialect in DIALECTS:
        found = results.get(dialect, {})
        for name, one in found.get("operations", {}).items():
            yield from _operation(dialect, name, one)
        for kind, one in found.get("contention", {}).items():
            if kind != "over-commit" and one["floor"]["per second"]:
                ratio = one["rawdb"]["per second"] / one["floor"]["per second"]
                yield Verdict(
                    f"eight processes, {kind}", dialect, "rate to floor's", 0.8, round(ratio, 2), at_least=True
                )
        yield from _growth(dialect, found.get("growth", {}))
        if "startup" in found:
            both = found["startup"]["import"] + found["startup"]["first call"]
            yield Verdict("import and first call", dialect, "ms of CPU", _STARTUP, round(both, 1))
    for dialect, found in results.get("peers", {}).items():
        for name, one in found.items():
            if name in _PEERS and "nova/rawdb" in one:
                target = _PEERS[name][DIALECTS.index(dialect)]
                measured = one["nova/rawdb"]["wall"]["median"]
                yield Verdict(name, dialect, "times faster than nova, wall", target, measured, at_least=True)


def _operation(dialect: str, name: str, one: Mapping[str, Any]) -> Iterator[Verdict]:
    floor, naive = one["rawdb/floor"]["cpu"]["median"], one["rawdb/naive"]["cpu"]["median"]
    if not name.startswith(_ONE_ROW):
        limit = 1.15
        yield Verdict(name, dialect, "CPU to floor", limit, floor)
        return
    if dialect == "sqlite":
        above = one["rawdb"]["cpu"]["median"] - one["naive"]["cpu"]["median"]
        yield Verdict(name, dialect, "µs of CPU above naive", 8, round(above, 1))
        return
    instance = name.startswith("instance")
    limit = 1.0 if dialect == "mysql" else 0.5 if instance else 0.9
    yield Verdict(name, dialect, "CPU to naive", limit, naive)
    yield Verdict(name, dialect, "CPU to floor", 1.1, floor)


def _growth(dialect: str, found: Mapping[str, Any]) -> Iterator[Verdict]:
    for page, by_size in found.items():
        sizes = sorted(by_size, key=int)
        if len(sizes) > 1 and not page.startswith("floor"):
            ratio = by_size[sizes[-1]]["wall"]["median"] / by_size[sizes[0]]["wall"]["median"]
            what = f"wall at {int(sizes[-1]):,} to that at {int(sizes[0]):,}"
            yield Verdict(f"page: {page}", dialect, what, 1.2, round(ratio, 2))
