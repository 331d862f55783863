"""What docs/testing.md shows of the kit, run as the suite of somebody else, whose tables are made up here."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.follow import blocks
from tests.migrate.cases import write

ROOT = Path(__file__).resolve().parents[2]
_COUNTRIES = """
import pytest

import rawdb

COUNTRIES = [{"name": "Norway"}, {"name": "Chad"}]
"""
_SEEDED = """
from rawdb.testing.databases import connected


def test_seeded(rawdb_schema):
    with connected(rawdb_schema) as run:
        assert run("SELECT name FROM countries ORDER BY name").rows == [("Chad",), ("Norway",)]
"""


@pytest.fixture
def shown() -> list[str]:
    """The page's Python."""
    return [block.text for block in blocks(ROOT / "docs" / "testing.md") if block.language == "python"]


@pytest.mark.dialects("sqlite")
def test_fixtures_and_walks(
    dialect: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, shown: list[str]
) -> None:
    monkeypatch.delenv("RAWDB_TEST_DIALECTS", raising=False)
    history = pytester.path / "warehouse" / "migrations"
    write(
        history,
        "0001.notes",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, text VARCHAR(20));\n"
        "CREATE TABLE countries (name VARCHAR(20) NOT NULL);\n"
        "CREATE TABLE tags (id INTEGER PRIMARY KEY, name VARCHAR(20));\n",
        "DROP TABLE tags;\nDROP TABLE countries;\nDROP TABLE notes;\n",
    )
    write(
        history,
        "0004.labels",
        "-- depends: 0001.notes\n\nALTER TABLE tags RENAME COLUMN name TO label;\n",
        "ALTER TABLE tags RENAME COLUMN label TO name;\n",
    )
    (pytester.path / "migrations").symlink_to(history)
    statement = "-- name: {}\n-- It.\n{}\n"
    write(
        pytester.path / "queries",
        "notes",
        statement.format("note_add(text)!", "INSERT INTO notes (text) VALUES (:text);\n")
        + statement.format("note_get_all()", "SELECT n.id, n.text FROM notes AS n ORDER BY n.id;"),
    )
    write(
        pytester.path / "seeds",
        "countries",
        statement.format(
            "country_add(name)!",
            "INSERT INTO countries (/*{columns}*/ name /*{}*/) VALUES /*{rows}*/ (:name) /*{}*/;",
        ),
    )
    pytester.makeini("[pytest]\nrawdb_migrations = warehouse/migrations\nrawdb_queries = queries\n")
    note, seeds, walks, hooks, _ = shown
    pytester.makepyfile(test_notes=note, test_walks=walks, test_hooks="from rawdb.testing import walk\n\n\n" + hooks)
    folder = pytester.mkpydir("seeded")
    (folder / "conftest.py").write_text(_COUNTRIES + "\n\n" + seeds)
    (folder / "test_seeded.py").write_text(_SEEDED)
    result = pytester.runpytest_subprocess("-p", "rawdb.testing.plugin", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=5)


@pytest.mark.dialects("postgresql")
@pytest.mark.usefixtures("dialect")
def test_without_pytest(pytester: pytest.Pytester, shown: list[str]) -> None:
    script = pytester.makepyfile(script="import rawdb\n\n" + shown[-1])
    assert pytester.runpython(script).ret == 0
