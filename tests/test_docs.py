"""The examples in the README and in docs/: Python runs, SQL loads, links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rawdb.dialects import get_dialect
from rawdb.statements.loading import load_statements

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
#: Pages whose Python shows the inside of a module, or needs servers of its own.
FRAGMENTS = {"writing-operations.md", "testing.md"}


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"))


def statements(page: Path) -> list[str]:
    """The SQL blocks that hold statements; migrations are another kind of file."""
    return [text for text in blocks(page, "sql") if "-- name:" in text]


def named(pages: list[Path]) -> list[str]:
    return [page.name for page in pages]


WITH_PYTHON = [page for page in PAGES if blocks(page, "python") and page.name not in FRAGMENTS]
WITH_SQL = [page for page in PAGES if statements(page)]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=named(WITH_PYTHON))
def test_python_runs(page: Path, tmp_path: Path) -> None:
    """All blocks of a page, one after the other, in one process and an empty folder."""
    queries = tmp_path / "queries"
    queries.mkdir()
    for index, text in enumerate(statements(page)):
        (queries / f"example{index}.sql").write_text(text)
    script = "import sys\nsys.path.insert(0, sys.argv[1])\n" + "\n".join(blocks(page, "python"))
    command = [sys.executable, "-W", "error", "-c", script, str(ROOT)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", WITH_SQL, ids=named(WITH_SQL))
def test_sql_loads(page: Path, tmp_path: Path) -> None:
    for index, text in enumerate(statements(page)):
        (tmp_path / f"example{index}.sql").write_text(text)
    assert load_statements(tmp_path, get_dialect("sqlite"))


@pytest.mark.parametrize("page", PAGES, ids=named(PAGES))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    missing = [target for target in targets if "://" not in target and not (page.parent / target).exists()]
    assert not missing
