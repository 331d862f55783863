"""docs/oslo-db.md holds every documented name of oslo_db.sqlalchemy, and what it names here exists."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.names import found

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "oslo-db.md"
#: How many names the documentation has in each of its modules.
DOCUMENTED = {
    "enginefacade": 12,
    "engines": 1,
    "exc_filters": 3,
    "migration": 3,
    "models": 8,
    "ndb": 4,
    "orm": 6,
    "provision": 40,
    "session": 8,
    "test_base": 23,
    "test_fixtures": 30,
    "test_migrations": 17,
    "types": 18,
    "update_match": 8,
    "utils": 28,
}

with (ROOT / "tests" / "data" / "oslo_db.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def test_the_table_is_current() -> None:
    command = [sys.executable, "scripts/oslo_db_table.py"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert printed == PAGE.read_text(encoding="utf-8"), "run: python scripts/oslo_db_table.py > docs/oslo-db.md"


def test_it_is_complete() -> None:
    names = [(row["module"], row["symbol"]) for row in ROWS]
    assert len(set(names)) == len(names) == 209
    assert Counter(module for module, _ in names) == DOCUMENTED
    shown = re.findall(r"(?m)^\| `([\w.]+)` \| (\w+) \|", PAGE.read_text(encoding="utf-8"))
    assert shown == [(row["symbol"], row["state"]) for row in ROWS]


def test_a_name_that_leads_nowhere_is_found_out() -> None:
    for path in ("rawdb.zork", "zork", "rawdb.Database.zork", "rawdb.migrate.upgrade.zork"):
        with pytest.raises(LookupError):
            found(path)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['module']}.{row['symbol']}" for row in ROWS])
def test_what_it_names_exists(row: dict[str, str]) -> None:
    assert row["state"] in ("present", "partly", "absent")
    needed = row["state"] != "present" and not (row["state"] == "absent" and row["remark"].startswith("not needed: "))
    assert bool(row["docs"]) or not needed, "name the page that says more"
    assert not row["docs"] or (ROOT / "docs" / row["docs"]).is_file()
    if row["state"] == "absent":
        assert not row["counterpart"]
        assert row["remark"], "say how it is done today, or why it is not needed"
        return
    for path in row["counterpart"].split():
        found(path)
    assert row["counterpart"]
    assert (ROOT / row["test"]).is_file()


@pytest.mark.parametrize(
    "name", sorted({name for row in ROWS for name in re.findall(r"`rawdb\.([\w.]+)", row["remark"])})
)
def test_what_a_remark_points_to_exists(name: str) -> None:
    found(f"rawdb.{name}")
