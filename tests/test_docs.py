"""The README and docs/: Python runs, SQL loads, links lead somewhere, and no option, slot or command is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from rawdb.dialects import ConnectionOptions, get_dialect
from rawdb.engine.options import DatabaseOptions
from rawdb.statements.loading import load_statements
from rawdb.statements.slots import SLOT_KINDS
from scripts import reference
from tests.support.names import found

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
#: Pages whose Python shows the inside of a module, or needs servers of its own. Those that are followed step by step
#: name their blocks: tests/test_tutorial.py.
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


def spans(page: Path) -> str:
    """The code spans of a page; blocks are none."""
    text = re.sub(r"(?ms)^```.*?^```$", "", page.read_text(encoding="utf-8"))
    return "\n".join(re.findall(r"`([^`]+)`", text))


def documented(name: str) -> set[str]:
    """The words in the code spans of a page of docs/."""
    return set(re.findall(r"\w+", spans(ROOT / "docs" / name)))


@pytest.mark.parametrize("page", PAGES, ids=named(PAGES))
def test_what_a_page_names_exists(page: Path) -> None:
    for name in sorted(set(re.findall(r"(?m)^(rawdb\.[\w.]*\w)", spans(page)))):
        found(name)
    for path in re.findall(r"(?m)^((?:rawdb|sql|tests|scripts|bench)/[\w./-]+)$", spans(page)):
        assert (ROOT / path).exists(), path


def test_every_option_is_documented() -> None:
    options = {field.name for kind in (DatabaseOptions, ConnectionOptions) for field in fields(kind)} - {"connection"}
    assert options - documented("connections.md") == set()


def test_every_public_name_is_in_the_reference() -> None:
    """The page is what its script writes; which names are public, test_front.py holds to the modules."""
    written = "\n".join(reference.page()).rstrip() + "\n"
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == written, (
        "run: python scripts/reference.py > docs/reference.md"
    )
    for names in reference.public_names().values():
        assert names
    assert sum(map(len, reference.public_names().values())) > 100


def test_every_page_is_in_the_site() -> None:
    configuration = (ROOT / "docs" / "conf.py").read_text(encoding="utf-8")
    listed = re.search(r"(?s)^PAGES = \{(.*?)^\}", configuration, re.MULTILINE)
    assert listed is not None
    pages = {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    assert {name for name in re.findall(r'"([\w-]+)"', listed[1]) if name.islower()} == pages


def test_every_slot_is_documented() -> None:
    assert set(SLOT_KINDS) - documented("writing-operations.md") == set()


def test_every_command_is_documented() -> None:
    named_in_pages = "\n".join(spans(page) for page in PAGES if page.name != "oslo-db.md")
    for group in ("", "migrate", "schema", "sql"):
        command = [sys.executable, "-m", "rawdb", *group.split(), "--help"]
        shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        # So click lists commands: two blanks, the word, its help behind it.
        actions = re.findall(r"(?m)^  ([a-z-]+)(?:  |$)", shown.partition("Commands:")[2])
        assert actions
        for action in actions:
            named = rf"\brawdb {group} .*\b{action}\b" if group else rf"\brawdb {action}\b"
            assert re.search(named, named_in_pages), f"rawdb {group} {action} is in no page"
