"""The applications that rawdb shows, under type checkers: they are right, and each line that is not is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rawdb import migrate
from rawdb.cli import main
from rawdb.dialects import DIALECTS
from rawdb.testing.databases import create_database
from scripts.follow import blocks
from tests.support.checkers import refused, told_by_basedpyright, told_by_mypy

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
WAREHOUSE = ROOT / "examples" / "own_sql"


def test_statements_are_what_the_command_writes(
    rawdb_servers: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """If not, the command is that of the README, without its last word."""
    if rawdb_servers.keys() < set(DIALECTS):
        pytest.skip("the types are those of all three dialects")
    command = ["sql", "types", str(WAREHOUSE / "warehouse" / "queries"), "--async"]
    for server in rawdb_servers.values():
        url = str(create_database(server))
        migrate.upgrade(url, migrations=WAREHOUSE / "warehouse" / "migrations")
        command += ["--url", url]
    code = main([*command, "-o", str(WAREHOUSE / "warehouse" / "statements.py"), "--check"])
    assert code == 0, capsys.readouterr().err


@pytest.fixture
def applications(tmp_path: Path) -> Path:
    """A folder with the warehouse and the shop as it is before the last chapter, each with lines that are wrong."""
    shutil.copytree(WAREHOUSE, tmp_path / "warehouse", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    shutil.copy(HERE / "refused_own_sql.py", tmp_path / "warehouse")
    shop = tmp_path / "shop"
    for block in blocks(ROOT / "docs" / "tutorial.md"):
        if block.title is not None:
            (shop / block.title).parent.mkdir(parents=True, exist_ok=True)
            (shop / block.title).write_text(block.text)
    shutil.copy(HERE / "refused_shop.py", shop)
    url = f"sqlite:///{shop / 'shop.db'}"
    migrate.upgrade(url, migrations=shop / "migrations")
    assert main(["sql", "types", str(shop / "queries"), "--url", url, "-o", str(shop / "statements.py")]) == 0
    return tmp_path


def programs(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))


def refused_of_shop(folder: Path) -> set[tuple[str, int]]:
    """The page has a program that is wrong, to show what is said of it."""
    lines = (folder / "wrong.py").read_text().splitlines()
    return refused(folder, ["refused_shop.py"]) | {("wrong.py", lines.index("        shop.deliver(None, [wrong])") + 1)}


@pytest.mark.slow
def test_mypy(applications: Path) -> None:
    cache = applications / "cache"
    warehouse, shop = applications / "warehouse", applications / "shop"
    assert len(programs(warehouse)) > 10
    assert told_by_mypy(warehouse, programs(warehouse), cache) == refused(warehouse, ["refused_own_sql.py"])
    assert len(programs(shop)) == 7
    assert told_by_mypy(shop, programs(shop), cache) == refused_of_shop(shop)


@pytest.mark.slow
def test_basedpyright(applications: Path) -> None:
    told = told_by_basedpyright(applications, ["warehouse", "shop"], roots=["warehouse", "shop"])
    wrong = {"warehouse": refused(applications / "warehouse", ["refused_own_sql.py"])}
    wrong["shop"] = refused_of_shop(applications / "shop")
    assert told == {(f"{folder}/{name}", line) for folder, lines in wrong.items() for name, line in lines}
