"""Prints docs/oslo-db.md: every documented name of oslo_db.sqlalchemy, and what stands for it here.

python scripts/oslo_db_table.py > docs/oslo-db.md
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_HEADING = """# Beside oslo.db, name by name

Written by `scripts/oslo_db_table.py` from `tests/data/oslo_db.csv`; a test holds it to that, and looks whether what is
named here exists. These are all {total} names that the documentation of `oslo_db.sqlalchemy` 12 has: {present} present,
{partly} partly, {absent} absent.

- **present**: what is documented is there, if in another shape.
- **partly**: some of it; the last column says what is not, or how it is done here, and where to read on.
- **absent**: nothing of rawdb's; the last column says how it is done today, and where to read on, or why it is not
  needed.

The errors (`oslo_db.exception`) are all there under their names: [errors.md](errors.md). So is the retry of
`oslo_db.api` (`rawdb.retry`): [transactions.md](transactions.md). Its options: [connections.md](connections.md).
"""


def table() -> str:
    """The whole document."""
    with (ROOT / "tests" / "data" / "oslo_db.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    counts = Counter(row["state"] for row in rows)
    figures = {state: counts[state] for state in ("present", "partly", "absent")}
    lines = [_HEADING.format(total=len(rows), **figures)]
    for module, members in groupby(rows, key=lambda row: row["module"]):
        lines += [f"## {module}", "", "| name | | here | shown by | |", "|---|---|---|---|---|"]
        lines += [_row(row) for row in members]
        lines.append("")
    return "\n".join(lines)


def _row(row: dict[str, str]) -> str:
    here = ", ".join(f"`{name.removeprefix('builtins.')}`" for name in row["counterpart"].split())
    test = f"[{Path(row['test']).name}](../{row['test']})" if row["test"] else ""
    page = f"[{row['docs']}]({row['docs']})" if row["docs"] else ""
    remark = ": ".join(part for part in (row["remark"], page) if part)
    return f"| `{row['symbol']}` | {row['state']} | {here} | {test} | {remark} |"


if __name__ == "__main__":
    sys.stdout.write(table())
