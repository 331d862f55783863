"""The cost of finding a free address: the same among 300,000 as among 300, by what the server itself counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

import pytest

from rawdb.dialects import ConnectionOptions, Dialect, get_dialect, parse_url
from rawdb.statements.variants import variants
from tests.sql import house

FEW, MANY = 300, 300_000
CHOOSERS = (
    "fixed_ip_associate_pool__free",
    "fixed_ip_associate_pool__first",
    "floating_ip_allocate_address__free",
    "floating_ip_allocate_address__first",
)
_DIGITS = " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(10))
_NUMBER = "a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d"
_NUMBERS = f"SELECT a.d, {_NUMBER} AS n FROM {', '.join(f'({_DIGITS}) AS {name}' for name in 'abcefg')}"


def load(spoken: Dialect, raw: Any, start: int, end: int) -> None:
    """Addresses of the network and pool that samples name, after those that are there were claimed.

    The first third of the new ones is not free either, in ways that differ.
    """
    text = "CONCAT('n', n)" if spoken.name == "mysql" else "'n' || n"
    third = start + (end - start) // 3
    numbers = f"FROM ({_NUMBERS}) AS numbers WHERE n >= {start} AND n < {end} ORDER BY n"
    fixed = (
        "INSERT INTO fixed_ips (address, network_id, allocated, leased, reserved, host, deleted)"
        f" SELECT {text}, CASE WHEN d < 8 THEN 1 END, FALSE, FALSE, n < {third} AND d < 5,"
        f" CASE WHEN n < {third} AND d >= 5 THEN 'x' END, 0 {numbers}"
    )
    floating = (
        "INSERT INTO floating_ips (address, pool, auto_assigned, fixed_ip_id, project_id, deleted)"
        f" SELECT {text}, 'x', FALSE, CASE WHEN n < {third} AND d < 5 THEN n END,"
        f" CASE WHEN n < {third} AND d >= 5 THEN 'x' END, 0 {numbers}"
    )
    analyze = "ANALYZE TABLE" if spoken.name == "mysql" else "ANALYZE"
    taken = ("UPDATE fixed_ips SET instance_uuid = 'x'", "UPDATE floating_ips SET project_id = 'x'")
    for statement in (*taken, fixed, floating, f"{analyze} fixed_ips", f"{analyze} floating_ips"):
        spoken.run(raw, statement, {})


def _blocks(spoken: Dialect, raw: Any, text: str, parameters: Sequence[Any]) -> int:
    """Blocks that PostgreSQL looks at."""
    [(found,)] = spoken.run(raw, f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}", parameters).rows
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def _reads(spoken: Dialect, raw: Any, text: str, parameters: Sequence[Any]) -> int:
    """Rows and index entries that MySQL reads."""
    spoken.run(raw, "FLUSH STATUS", {})
    spoken.run(raw, text, parameters)
    return sum(
        int(row[1]) for row in spoken.run(raw, spoken.literal("SHOW SESSION STATUS LIKE 'Handler_read%'"), {}).rows
    )


def _instructions(spoken: Dialect, raw: Any, text: str, parameters: Sequence[Any]) -> int:
    """Instructions of SQLite's machine."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    raw.set_progress_handler(step, 1)
    try:
        spoken.run(raw, text, parameters)
    finally:
        raw.set_progress_handler(None, 0)
    return count


COST: dict[str, Callable[[Dialect, Any, str, Sequence[Any]], int]] = {
    "postgresql": _blocks,
    "mysql": _reads,
    "sqlite": _instructions,
}


@pytest.mark.slow
def test_many_cost_what_few_do(migrated_url: str, dialect: str) -> None:
    spoken = get_dialect(dialect)
    with closing(spoken.connect(parse_url(migrated_url), ConnectionOptions(read_timeout=600))) as raw:
        _compare(spoken, raw)


def _compare(spoken: Dialect, raw: Any) -> None:
    def costs() -> dict[tuple[str, str], int]:
        return {
            (name, variant.label): COST[spoken.name](spoken, raw, variant.text, variant.parameters)
            for name in CHOOSERS
            for variant in variants(house.effective(spoken.name)[name])
            if not variant.label.endswith(" None")
        }

    load(spoken, raw, 0, FEW)
    # What is compiled, or read of the catalog, at the first use is no cost of the statement.
    costs()
    few = costs()
    load(spoken, raw, FEW, MANY)
    costs()
    many = costs()
    assert len(few) == 6
    # Deeper indexes, and on PostgreSQL two blocks for a row that lies alone, are all that may come on top.
    assert {key: cost for key, cost in many.items() if cost > few[key] + 12} == {}
    assert max(few.values()) < 200
