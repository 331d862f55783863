"""Where the SQL is found: inside an installed package, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from rawdb import _house


def lay_out(folder: Path) -> Path:
    (folder / "schema").mkdir(parents=True)
    (folder / "schema" / "columns.csv").touch()
    return folder


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a package that is installed elsewhere."""
    monkeypatch.setattr(_house, "__file__", str(tmp_path / "lib" / "rawdb" / "_house.py"))
    return tmp_path / "lib" / "rawdb"


def test_this_installation_is_complete() -> None:
    root = _house.sql_root()
    assert {"migrations", "queries", "schema"} <= {path.name for path in root.iterdir()}
    for dialect in ("postgresql", "mysql", "sqlite"):
        assert (root / "migrations" / dialect / "MANIFEST").is_file()


def test_the_inner_folder_comes_first(package: Path) -> None:
    beside = lay_out(package.parent / "sql")
    assert _house.sql_root.__wrapped__() == beside
    inside = lay_out(package / "sql")
    assert _house.sql_root.__wrapped__() == inside


def test_a_stranger_of_the_same_name_is_passed_over(package: Path) -> None:
    (package.parent / "sql").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="reinstall"):
        _house.sql_root.__wrapped__()
