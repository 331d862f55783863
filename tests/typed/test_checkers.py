"""Type checkers accept what is right and refuse what is misspelt: statements, arguments, columns."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rawdb.cli import main
from rawdb.testing.databases import create_database
from tests.support.checkers import refused, told_by_basedpyright, told_by_mypy
from tests.typed.shop import make_tables, write_queries

APPLICATION = Path(__file__).with_name("application.py")
#: The program beside the module that it imports, and beside its stub.
PROGRAMS = {"module": "py", "stub": "pyi"}

pytestmark = pytest.mark.slow


@pytest.fixture
def programs(tmp_path: Path, rawdb_servers: dict[str, str]) -> Path:
    """A folder with the program twice, each in a folder of its own."""
    urls = [str(create_database(server)) for server in rawdb_servers.values()]
    for url in urls:
        make_tables(url)
    queries = write_queries(tmp_path / "queries")
    given = [word for url in urls for word in ("--url", url)]
    for folder, ending in PROGRAMS.items():
        (tmp_path / folder).mkdir()
        shutil.copy(APPLICATION, tmp_path / folder)
        output = tmp_path / folder / f"statements.{ending}"
        assert main(["sql", "types", str(queries), *given, "--async", "-o", str(output)]) == 0
    return tmp_path


def files(folder: str) -> list[str]:
    return ["application.py", f"statements.{PROGRAMS[folder]}"]


def test_mypy(programs: Path) -> None:
    for folder in PROGRAMS:
        told = told_by_mypy(programs / folder, files(folder), cache=programs / "cache")
        assert told == refused(programs / folder, files(folder)), folder


def test_basedpyright(programs: Path) -> None:
    names = [f"{folder}/{name}" for folder in PROGRAMS for name in files(folder)]
    assert told_by_basedpyright(programs, names, roots=PROGRAMS) == refused(programs, names)
