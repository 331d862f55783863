"""`rawdb init`: the project that it writes runs, on every dialect."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rawdb
from rawdb.cli import main
from rawdb.dialects import DIALECTS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project, the current folder."""
    monkeypatch.delenv("RAWDB_URL", raising=False)
    rawdb.dispose()
    folder = tmp_path / "My Shop"
    assert main(["init", str(folder)]) == 0
    monkeypatch.chdir(folder)
    return folder


def test_the_project_runs_as_its_readme_says(
    shop: Path, rawdb_servers: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "upgrade"]) == 0
    assert (shop / "my-shop.db").exists()
    assert main(["sql", "check"]) == 0
    assert "5 statements agree on postgresql, mysql, sqlite; prepared on sqlite" in capsys.readouterr().out
    assert main(["sql", "types"]) == 0
    assert main(["sql", "types", "--check"]) == 0
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment |= {f"RAWDB_TEST_{name.upper()}_URL": url for name, url in rawdb_servers.items() if name != "sqlite"}
    dialects = ",".join(rawdb_servers)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rawdb-dialects", dialects]
    done = subprocess.run(command, cwd=shop, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{3 * len(rawdb_servers)} passed" in done.stdout


def test_its_statements_are_right_on_each_server(
    shop: Path, database_url: str, dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "upgrade", "--url", database_url]) == 0
    assert main(["sql", "check", "--url", database_url]) == 0
    assert f"prepared on {dialect}" in capsys.readouterr().out
    assert main(["sql", "types", "--url", database_url]) == 0
    assert "def note_get(self, id: int) -> NoteGetRow | None:" in (shop / "statements.py").read_text()


@pytest.mark.slow
def test_its_program_is_typed(shop: Path) -> None:
    assert main(["migrate", "upgrade"]) == 0
    assert main(["sql", "types"]) == 0
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    command = [sys.executable, "-m", "mypy", "--strict", "notes.py", "statements.py"]
    done = subprocess.run(command, cwd=shop, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_nothing_is_written_over(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "README.md").write_text("mine")
    (shop / "notes.py").unlink()
    capsys.readouterr()
    assert main(["init", "."]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert re.match(r"rawdb: there already: .+ and \d+ more; nothing was written\n", told.err)
    assert (shop / "README.md").read_text() == "mine"
    assert not (shop / "notes.py").exists()


@pytest.mark.parametrize("name", DIALECTS)
def test_some_dialects_alone(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    assert main(["init", str(folder), "--dialect", name]) == 0
    assert [path.name for path in (folder / "migrations").iterdir()] == [name]
    own = {path.name for path in (folder / "queries").iterdir()} - {"common"}
    assert own == ({"mysql"} if name == "mysql" else set())
    settings = tomllib.loads((folder / "pyproject.toml").read_text())["tool"]
    assert settings["rawdb"]["url"].startswith(f"{name}://")
    assert settings["pytest"]["ini_options"]["rawdb_dialects"] == name


def test_no_word_of_the_template_is_left(shop: Path) -> None:
    for path in shop.rglob("*"):
        if path.is_file():
            assert not re.search(r"PROJECT|DIALECTS|\.template", f"{path} {path.read_text()}"), path
