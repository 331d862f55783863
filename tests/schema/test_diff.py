"""Drift of a live database, and of the migration files, against the declared schema."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rawdb import migrate
from rawdb._house import sql_root
from rawdb.schema import check, declared, describe, diff
from rawdb.testing.databases import connected


@pytest.fixture
def drifting_url(database_url: str) -> str:
    """A migrated database that the test may change."""
    migrate.upgrade(database_url)
    return database_url


def changes(url: str) -> list[str]:
    return [describe(entry) for entry in diff(url)]


def test_a_migrated_database_does_not_differ(migrated_url: str) -> None:
    assert diff(migrated_url) == []


def test_an_empty_database_lacks_every_table(database_url: str, dialect: str) -> None:
    entries = diff(database_url)
    assert [entry[0] for entry in entries] == ["add_table"] * len(declared(dialect))
    assert describe(entries[0]) == "add table agent_builds"


def test_tables_columns_and_indexes_are_named(drifting_url: str, dialect: str) -> None:
    of = " ON cells" if dialect == "mysql" else ""
    with connected(drifting_url) as run:
        run("CREATE TABLE surplus (id INTEGER PRIMARY KEY)")
        run("DROP TABLE s3_images")
        run("ALTER TABLE key_pairs ADD COLUMN surplus INTEGER")
        run("ALTER TABLE key_pairs DROP COLUMN fingerprint")
        run("CREATE INDEX surplus_idx ON cells (api_url)")
        if dialect == "postgresql":
            run("ALTER TABLE cells DROP CONSTRAINT uniq_cells0name0deleted")
        else:
            run(f"DROP INDEX uniq_cells0name0deleted{of}")
    assert changes(drifting_url) == [
        "remove index surplus_idx on cells (api_url)",
        "add constraint unique uniq_cells0name0deleted on cells (name, deleted)",
        "add column key_pairs.fingerprint (string(255))",
        "remove column key_pairs.surplus (int)",
        "add table s3_images",
        "remove table surplus",
    ]


def test_a_unique_key_that_became_an_index_is_seen(drifting_url: str, dialect: str) -> None:
    drop = {
        "postgresql": "ALTER TABLE cells DROP CONSTRAINT uniq_cells0name0deleted",
        "mysql": "DROP INDEX uniq_cells0name0deleted ON cells",
        "sqlite": "DROP INDEX uniq_cells0name0deleted",
    }
    with connected(drifting_url) as run:
        run(drop[dialect])
        run("CREATE INDEX uniq_cells0name0deleted ON cells (name, deleted)")
    assert [entry[0] for entry in diff(drifting_url)] == ["remove_index", "add_constraint"]


@pytest.mark.dialects("postgresql", "mysql")
def test_changed_columns_say_what_is_and_what_was_declared(drifting_url: str, dialect: str) -> None:
    texts = {
        "postgresql": [
            "ALTER TABLE cells ALTER COLUMN name TYPE varchar(100)",
            "ALTER TABLE cells ALTER COLUMN name SET NOT NULL",
            "ALTER TABLE cells ALTER COLUMN api_url SET DEFAULT 'x'",
        ],
        "mysql": [
            "ALTER TABLE cells MODIFY COLUMN name VARCHAR(100) COLLATE utf8mb4_general_ci NOT NULL",
            "ALTER TABLE cells ALTER COLUMN api_url SET DEFAULT 'x'",
        ],
    }
    with connected(drifting_url) as run:
        for text in texts[dialect]:
            run(text)
    entries = diff(drifting_url)
    assert [[change[:4] for change in entry] for entry in entries] == [
        [("modify_type", None, "cells", "name"), ("modify_nullable", None, "cells", "name")],
        [("modify_default", None, "cells", "api_url")],
    ]
    kind, nullable = entries[0]
    found = {"postgresql": "string(100), default comparison", "mysql": "string(100), utf8mb4_general_ci comparison"}
    assert kind[5:] == (found[dialect], "string(255), exact comparison")
    assert nullable[5:] == (False, True)
    assert nullable[4]["existing_nullable"] is False
    assert "modify nullable of cells.name: it is False, declared is True" in describe(entries[0])


@pytest.mark.dialects("postgresql", "mysql")
def test_foreign_keys_are_not_wanted(drifting_url: str) -> None:
    with connected(drifting_url) as run:
        run("ALTER TABLE consoles ADD CONSTRAINT fk_pool FOREIGN KEY (pool_id) REFERENCES console_pools (id)")
    assert changes(drifting_url) == ["remove fk foreign key fk_pool on consoles"]


@pytest.mark.dialects("mysql")
def test_the_column_behind_the_key_of_quota_usages_does_not_show(drifting_url: str) -> None:
    with connected(drifting_url) as run:
        row = run("SELECT u.* FROM quota_usages AS u")
        assert "user_key" not in row.columns
        insert = (
            "INSERT INTO quota_usages (project_id, user_id, resource, in_use, reserved, deleted)"
            " VALUES ('p', {}, 'r', 0, 0, 0)"
        )
        run(insert.format("NULL"))
        run(insert.format("'u'"))
        with pytest.raises(Exception, match="uniq_quota_usages0project_id0user_id0resource0deleted"):
            run(insert.format("NULL"))


@pytest.fixture
def copied_root(tmp_path: Path) -> Path:
    for name in ("schema", "migrations"):
        shutil.copytree(sql_root() / name, tmp_path / name)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_migrations_of_all_dialects_make_the_declared_schema() -> None:
    assert check() == []


def test_check_compares_live_databases_too(migrated_url: str) -> None:
    assert check([migrated_url]) == []


def test_check_names_dialect_and_difference(copied_root: Path) -> None:
    folder = copied_root / "migrations"
    replace(folder / "mysql" / "0005.key_pairs.sql", "VARCHAR(255)", "VARCHAR(25)")
    replace(folder / "sqlite" / "0005.key_pairs.sql", "TEXT", "INTEGER")
    replace(folder / "postgresql" / "0005.key_pairs.sql", ' COLLATE "C"', "")
    replace(folder / "postgresql" / "0016.cells.sql", "name, deleted", "deleted, name")
    lines = check(root=copied_root)
    assert [line.partition(":")[0] for line in lines] == ["postgresql"] * 3 + ["mysql", "sqlite"]
    assert "key_pairs.name: it is string(25)" in lines[3]
    assert "key_pairs.public_key: it is int, declared is text" in lines[4]
    assert "another comparison" in lines[2]


def test_check_says_what_it_does_not_understand(copied_root: Path) -> None:
    path = copied_root / "migrations" / "sqlite" / "9999.more.sql"
    path.write_text("-- More.\nUPDATE cells SET name = 'x';\nALTER TABLE cells RENAME TO cellar;\n")
    assert check(root=copied_root) == [
        "sqlite: not understood: 9999.more.sql: UPDATE cells SET name = 'x'",
        "sqlite: not understood: 9999.more.sql: ALTER TABLE cells RENAME TO cellar",
    ]
