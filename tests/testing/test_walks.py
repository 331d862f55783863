"""Walks over migrations, and drift: what they find, and what they let pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import rawdb
from rawdb import migrate
from rawdb.exceptions import DBMigrationError
from rawdb.schema import Difference
from rawdb.testing import Step, assert_no_drift, walk
from rawdb.testing.databases import Run, connected
from tests.migrate.cases import small_history, write


@pytest.fixture
def folder(tmp_path: Path, dialect: str) -> Path:
    return small_history(tmp_path / "migrations", dialect)


def migration(folder: Path, dialect: str, name: str, apply: str, undo: str) -> None:
    head = "-- transactional: false\n" if dialect == "mysql" else ""
    write(folder, name, head + apply, head + undo)


def test_up_down_and_snake(database_url: str, folder: Path) -> None:
    steps = walk(database_url, folder)
    assert [(step.number, step.direction) for step in steps] == [
        *((n, direction) for n in (1, 2, 3) for direction in ("up", "down", "up")),
        *((n, "down") for n in (3, 2, 1)),
    ]
    assert migrate.version(database_url, migrations=folder) == 0
    steps = walk(database_url, folder, snake=False, down=False)
    assert [(step.id, step.direction) for step in steps] == [
        ("0001.notes", "up"),
        ("0002.tags", "up"),
        ("0003.colours", "up"),
    ]
    assert migrate.version(database_url, migrations=folder) == 3


def test_hooks_see_rows_before_and_after(database_url: str, folder: Path, dialect: str) -> None:
    """A step that must keep what is there: the hooks put it in, and look at what became of it."""
    migration(
        folder,
        dialect,
        "0007.names",
        "ALTER TABLE tags ADD COLUMN label VARCHAR(20);\nUPDATE tags SET label = name;\n",
        "UPDATE tags SET name = label;\nALTER TABLE tags DROP COLUMN label;\n",
    )
    seen = []

    def before(step: Step, run: Run) -> None:
        if (step.number, step.direction) == (7, "up"):
            run("DELETE FROM tags")
            run("INSERT INTO tags (id, name) VALUES (1, 'red'), (2, NULL)")

    def after(step: Step, run: Run) -> None:
        if step.number == 7:
            column = "label" if step.direction == "up" else "name"
            seen.append((step.direction, run(f"SELECT {column} FROM tags ORDER BY id").rows))

    walk(database_url, folder, before=before, after=after)
    assert [(direction, list(rows)) for direction, rows in seen] == [
        (direction, [("red",), (None,)]) for direction in ("up", "down", "up", "down")
    ]


def test_rows_are_in_every_table_before_a_step(database_url: str, folder: Path, dialect: str) -> None:
    """A step that an empty table would take, and one with rows does not."""
    undo = "ALTER TABLE notes DROP COLUMN more;\n"
    clash = "ALTER TABLE notes ADD COLUMN more INTEGER;\nINSERT INTO notes (id) VALUES (1);\n"
    migration(folder, dialect, "0004.strict", clash, f"DELETE FROM notes WHERE id = 1;\n{undo}")
    with pytest.raises(DBMigrationError, match=r"0004\.strict"):
        walk(database_url, folder)


def test_no_rows_are_made_up(database_url: str, folder: Path) -> None:
    counts: list[int] = []

    def look(step: Step, run: Run) -> None:
        if step.number == 2:
            counts.append(run("SELECT COUNT(*) FROM notes").rows[0][0])

    walk(
        database_url,
        folder,
        after=look,
        rows=0,
    )
    assert counts == [0, 0, 0, 0]


def test_a_way_down_that_leads_elsewhere(database_url: str, folder: Path, dialect: str) -> None:
    migration(folder, dialect, "0004.wrong", "ALTER TABLE tagged ADD COLUMN more INTEGER;\n", "SELECT 1;\n")
    with pytest.raises(AssertionError, match=r"0004\.wrong, down, does not lead where it should:(?s:.*)\+  more "):
        walk(database_url, folder)


def test_parents_come_before_children_and_samples_where_a_check_asks(
    database_url: str, tmp_path: Path, dialect: str
) -> None:
    folder = tmp_path / "own"
    migration(
        folder,
        dialect,
        "0001.both",
        "CREATE TABLE parents (id INTEGER NOT NULL PRIMARY KEY, price NUMERIC(6, 2), day DATE, at TIME);\n"
        "CREATE TABLE kids (id INTEGER NOT NULL PRIMARY KEY, state VARCHAR(4) NOT NULL, parent_id INTEGER NOT NULL,"
        " CONSTRAINT kids_state_check CHECK (state IN ('good', 'it''s')),"
        " CONSTRAINT kids_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES parents (id));\n",
        "DROP TABLE kids;\nDROP TABLE parents;\n",
    )
    with pytest.raises(AssertionError, match=r"no row could be made up for kids: (?s:.*)samples=\{'kids\.<column>'"):
        walk(database_url, folder)
    migrate.downgrade(database_url, 0, migrations=folder)
    walk(database_url, folder, samples={"kids.state": "it's"})


class TestDrift:
    def test_none(self, database_url: str, folder: Path) -> None:
        migrate.upgrade(database_url, migrations=folder)
        assert_no_drift(database_url, folder)
        with rawdb.Database(database_url) as database:
            assert_no_drift(database, folder)

    def test_by_hand(self, database_url: str, folder: Path) -> None:
        migrate.upgrade(database_url, migrations=folder)
        with connected(database_url) as run:
            run("ALTER TABLE tags ADD COLUMN hasty INTEGER")
            run("CREATE TABLE scratch (id INTEGER)")
        with pytest.raises(
            AssertionError, match=r"is not what it should be(?s:.*)remove table scratch(?s:.*)tags\.hasty"
        ):
            assert_no_drift(database_url, folder)
        seen = []

        def may_be(entry: Difference) -> bool:
            seen.append(entry[0])
            return entry[0] == "remove_table"

        with pytest.raises(AssertionError, match=r"tags\.hasty") as raised:
            assert_no_drift(database_url, folder, ignore=may_be)
        assert "scratch" not in str(raised.value)
        assert sorted(map(str, seen)) == ["remove_column", "remove_table"]
        assert_no_drift(database_url, folder, ignore=lambda entry: entry[0] in ("remove_table", "remove_column"))

    def test_a_migration_that_was_edited(self, database_url: str, folder: Path) -> None:
        migrate.upgrade(database_url, migrations=folder)
        third = folder / "0003.colours.sql"
        third.write_text(third.read_text().replace("VARCHAR(20)", "VARCHAR(30)"))
        with pytest.raises(AssertionError, match=r"tags\.colour: it is .*20.*, declared is .*30"):
            assert_no_drift(database_url, folder)

    def test_against_declared_tables(self, database_url: str, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "columns.csv").write_text("table,column,type\ntagged,id,int\nnotes,id,int\nnotes,body,string(20)\n")
        migrate.upgrade(database_url, 1, migrations=folder)
        with pytest.raises(AssertionError, match="add table tagged"):
            assert_no_drift(database_url, tables=tmp_path)
        with pytest.raises(TypeError, match="against what"):
            assert_no_drift(database_url)


@pytest.mark.dialects("sqlite")
def test_a_database_in_use_is_left_alone(database_url: str, folder: Path) -> None:
    migrate.upgrade(database_url, migrations=folder)
    with pytest.raises(ValueError, match="a walk needs an empty database"):
        walk(database_url, folder)
    with connected(database_url) as run:
        assert run("SELECT COUNT(*) FROM notes").rows == [(0,)]


@pytest.mark.dialects("sqlite")
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rows": -1}, ValueError, "rows is a number of rows for each table, from 0, not -1"),
        ({"rows": "2"}, ValueError, "rows is a number of rows for each table, from 0, not '2'"),
        ({"rows": True}, ValueError, "rows is a number of rows"),
        ({"samples": ["notes.text"]}, TypeError, "samples takes a dict of values by 'table.column', not "),
        ({"samples": {"text": 1}}, ValueError, "samples takes values by 'table.column', not 'text'"),
        ({"before": 1}, TypeError, "before takes a function of a step and run, not 1"),
        ({"after": "x"}, TypeError, "after takes a function of a step and run, not 'x'"),
        ({"migrations": ""}, TypeError, "migrations takes a folder, not ''"),
        ({"migrations": None}, TypeError, "migrations takes a folder, not None"),
    ],
)
def test_what_nothing_can_be_done_with(
    database_url: str, folder: Path, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        walk(database_url, **{"migrations": folder, **arguments})
    assert migrate.version(database_url, migrations=folder) == 0


@pytest.mark.dialects("sqlite")
def test_a_sample_for_no_column_is_told(database_url: str, folder: Path) -> None:
    with pytest.raises(
        ValueError, match=r"samples names tags\.nmae, and no table of these migrations has such a column"
    ):
        walk(database_url, folder, samples={"tags.nmae": "red", "tags.name": "blue"})


@pytest.mark.dialects("sqlite")
def test_python_that_is_no_migration_is_not_run(database_url: str, folder: Path, tmp_path: Path) -> None:
    (folder / "tool.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')\n")
    with pytest.raises(DBMigrationError, match=r"tool\.py: the name of a migration begins with its number"):
        walk(database_url, folder)
    assert not (tmp_path / "run").exists()


@pytest.mark.dialects("postgresql", "mysql")
def test_a_column_of_single_precision_gets_rows(database_url: str, folder: Path, dialect: str) -> None:
    kind = {"postgresql": "REAL", "mysql": "FLOAT"}[dialect]
    migration(
        folder,
        dialect,
        "0008.weight",
        f"CREATE TABLE weights (id INTEGER PRIMARY KEY, kg {kind} NOT NULL);\n",
        "DROP TABLE weights;\n",
    )
    assert walk(database_url, folder)[-1].direction == "down"
