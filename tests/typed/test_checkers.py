"""Type checkers accept what is right and refuse what is misspelt: statements, arguments, columns."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rawdb.cli import main
from rawdb.testing.databases import create_database
from tests.typed.shop import make_tables, write_queries

ROOT = Path(__file__).parents[2]
APPLICATION = Path(__file__).with_name("application.py")

pytestmark = pytest.mark.slow


@pytest.fixture(params=["py", "pyi"])
def application(request: pytest.FixtureRequest, tmp_path: Path, rawdb_servers: dict[str, str]) -> Path:
    """A folder with the program and the module that it imports, or its stub."""
    urls = [str(create_database(server)) for server in rawdb_servers.values()]
    for url in urls:
        make_tables(url)
    queries = write_queries(tmp_path / "queries")
    given = [word for url in urls for word in ("--url", url)]
    assert (
        main(["sql", "types", str(queries), *given, "--async", "-o", str(tmp_path / f"statements.{request.param}")])
        == 0
    )
    shutil.copy(APPLICATION, tmp_path)
    return tmp_path


def refused() -> set[int]:
    lines = APPLICATION.read_text().splitlines()
    return {number for number, line in enumerate(lines, 1) if line.endswith("# refused")}


def told(command: list[str], folder: Path) -> set[int]:
    """The lines of the program that a type checker has something against."""
    environment = {**os.environ, "MYPYPATH": str(ROOT), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found = re.findall(r"(\w+\.pyi?):(\d+)(?::\d+)*:? (?:- )?error", done.stdout)
    assert {name for name, _ in found} == {APPLICATION.name}, done.stdout + done.stderr
    return {int(line) for _, line in found}


def test_mypy(application: Path) -> None:
    files = ["application.py", *(path.name for path in application.glob("statements.py*"))]
    assert told([sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *files], application) == refused()


def test_pyright(application: Path) -> None:
    pyright = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    if pyright is None:
        pytest.skip("pyright is not installed: pip install pyright")
    (application / "pyrightconfig.json").write_text(f'{{"typeCheckingMode": "strict", "extraPaths": ["{ROOT}"]}}')
    files = [path.name for path in application.glob("*.py*")]
    assert told([pyright, "--pythonpath", sys.executable, *files], application) == refused()
