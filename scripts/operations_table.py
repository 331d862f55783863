"""Prints docs/operations.md: every operation with its result, its round trips and where its SQL stands.

python scripts/operations_table.py > docs/operations.md
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from rawdb import api  # noqa: E402 - the checkout beside this file, not an installed rawdb

_HEADING = """# Operations

Written by `scripts/operations_table.py` from the docstrings; a test holds it to them. Each operation is a function of
`rawdb.api` with the request context first; `context` is left out below. Its SQL stands in `sql/queries/*/<domain>.sql`
under the same name, its function in `rawdb/operations/<domain>.py`. Round trips are messages to
PostgreSQL: BEGIN goes out with the first statement, what need not be waited for with the next one, COMMIT comes on top
where it is named; on MySQL and MariaDB each statement is one (docs/transactions.md). What rows hold say the signatures,
by the TypedDicts of `rawdb.rows`.
"""
_ROUND_TRIPS = re.compile(r"Round trips: (.*?)[.;](?:\s+(?:Source|see)|\s*$)", re.DOTALL)


def operations() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Domain, name and function of every operation, by domain and name."""
    found = []
    for name in api.__all__:
        function = getattr(api, name)
        if inspect.isfunction(function):
            found.append((function.__module__.rpartition(".")[2], name, function))
    return iter(sorted(found, key=lambda one: one[:2]))


def table() -> str:
    """The whole document."""
    lines = [_HEADING]
    for domain, members in groupby(operations(), key=lambda one: one[0]):
        lines += [f"## {domain}", "", "| operation | does | round trips |", "|---|---|---|"]
        lines += [_row(name, function) for _, name, function in members]
        lines.append("")
    return "\n".join(lines)


def _row(name: str, function: Callable[..., Any]) -> str:
    doc = inspect.getdoc(function) or ""
    found = _ROUND_TRIPS.search(doc)
    trips = " ".join(found[1].split()) if found else "none"
    parameters = list(inspect.signature(function).parameters.values())
    shown = ", ".join(_parameter(each) for each in parameters if each.name != "context")
    summary = doc.partition("\n")[0].partition(" Round trips:")[0].replace("|", "\\|")
    return f"| `{name}({shown})` | {summary} | {trips} |"


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.kind is parameter.VAR_KEYWORD:
        return f"**{parameter.name}"
    if parameter.kind is parameter.VAR_POSITIONAL:
        return f"*{parameter.name}"
    if parameter.default is parameter.empty:
        return parameter.name
    return f"{parameter.name}={parameter.default!r}"


if __name__ == "__main__":
    sys.stdout.write(table())
