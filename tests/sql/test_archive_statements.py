"""The statements of archiving are what the declared schema says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.sql import house

SCRIPT = Path("scripts") / "archive_statements.py"


def check(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / SCRIPT), "--check"], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_files_are_current() -> None:
    done = check(house.ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_schema_is_noticed(tmp_path: Path) -> None:
    """Run on a copy in which a table has got a column, the check names every file of its statements."""
    for path in (SCRIPT, *(path.relative_to(house.ROOT) for path in (house.ROOT / "sql" / "schema").glob("*.csv"))):
        copy = tmp_path / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((house.ROOT / path).read_text(encoding="utf-8"), encoding="utf-8")
    for path in house.QUERIES.glob("*/archive.sql"):
        copy = tmp_path / path.relative_to(house.ROOT)
        copy.parent.mkdir(parents=True)
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    assert check(tmp_path).returncode == 0
    with (tmp_path / "sql" / "schema" / "columns.csv").open("a", encoding="utf-8") as columns:
        columns.write("certificates,zork,int,yes,,,no,no\n")
    done = check(tmp_path)
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stderr.splitlines()] == [
        f"sql/queries/{dialect}/archive.sql" for dialect in ("mysql", "postgresql", "sqlite")
    ]
