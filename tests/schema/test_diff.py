"""Drift of a live database, and of the migration files, against the declared schema."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from rawdb import migrate
from rawdb._house import sql_root
from rawdb.dialects import DIALECTS
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
    assert changes(drifting_url) == ["remove fk foreign key fk_pool on consoles (pool_id) to console_pools (id)"]


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


def checked(root: Path, dialect: str, servers: Mapping[str, str]) -> list[str]:
    """The findings of one dialect."""
    for other in DIALECTS:
        if other != dialect:
            shutil.rmtree(root / "migrations" / other, ignore_errors=True)
    return check(root=root, servers=servers)


def test_the_migrations_make_the_declared_schema(
    copied_root: Path, dialect: str, rawdb_servers: Mapping[str, str]
) -> None:
    assert checked(copied_root, dialect, rawdb_servers) == []


@pytest.mark.dialects("sqlite")
def test_check_compares_live_databases_too(database_url: str, copied_root: Path, dialect: str) -> None:
    lines = [line for line in check([database_url], copied_root, servers={}) if "not checked" not in line]
    assert len(lines) >= len(declared(dialect))
    assert all(": add table " in line for line in lines if database_url in line)


@pytest.mark.dialects("sqlite")
def test_a_dialect_without_a_server_is_said_to_be_unchecked(copied_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("POSTGRESQL", "MYSQL"):
        monkeypatch.delenv(f"RAWDB_TEST_{name}_URL", raising=False)
    lines = check(root=copied_root)
    assert lines == [
        f"{name}: not checked: no server to try the migrations out on; name one in RAWDB_TEST_{name.upper()}_URL"
        for name in ("postgresql", "mysql")
    ]


def test_check_names_dialect_and_difference(copied_root: Path, dialect: str, rawdb_servers: Mapping[str, str]) -> None:
    folder = copied_root / "migrations" / dialect
    old, new, found = {
        "mysql": ("VARCHAR(255)", "VARCHAR(25)", "it is string(25), exact comparison, declared is string(255)"),
        "sqlite": ("TEXT", "INTEGER", "it is int, declared is text"),
        "postgresql": (' COLLATE "C"', "", "default comparison, declared is string(255), exact comparison"),
    }[dialect]
    replace(folder / "0005.key_pairs.sql", old, new)
    replace(folder / "0016.cells.sql", "name, deleted", "deleted, name")
    lines = checked(copied_root, dialect, rawdb_servers)
    assert {line.partition(":")[0] for line in lines} == {dialect}
    assert len(lines) == 3
    assert found in lines[2]
    assert "(deleted, name)" in lines[0]


SECOND = {
    "postgresql": """-- transactional: false
SET lock_timeout = '5s';
ALTER TABLE cells ADD COLUMN zone varchar(20) COLLATE "C", ADD COLUMN draft integer;
ALTER TABLE cells RENAME COLUMN draft TO weight;
UPDATE cells SET weight = 1 WHERE weight IS NULL;
ALTER TABLE cells ALTER COLUMN weight SET NOT NULL;
CREATE INDEX CONCURRENTLY cells_zone_idx ON cells (zone);
COMMENT ON COLUMN cells.zone IS 'where it stands';
ALTER TABLE s3_images RENAME TO images_of_s3;
ALTER TABLE key_pairs DROP COLUMN fingerprint;
""",
    "mysql": """-- transactional: false
SET SESSION lock_wait_timeout = 5;
ALTER TABLE cells ADD COLUMN zone VARCHAR(20), ADD COLUMN draft INT;
ALTER TABLE cells CHANGE COLUMN draft weight INT;
UPDATE cells SET weight = 1 WHERE weight IS NULL;
ALTER TABLE cells MODIFY COLUMN weight INT NOT NULL COMMENT 'of it', COMMENT = 'cells';
CREATE INDEX cells_zone_idx ON cells (zone);
RENAME TABLE s3_images TO images_of_s3;
ALTER TABLE key_pairs DROP COLUMN fingerprint;
""",
    "sqlite": """
ALTER TABLE cells ADD COLUMN zone VARCHAR(20);
ALTER TABLE cells ADD COLUMN draft INTEGER NOT NULL DEFAULT 1;
ALTER TABLE cells RENAME COLUMN draft TO weight;
UPDATE cells SET weight = 1 WHERE weight IS NULL;
CREATE INDEX cells_zone_idx ON cells (zone);
ALTER TABLE s3_images RENAME TO images_of_s3;
ALTER TABLE key_pairs DROP COLUMN fingerprint;
""",
}


def test_a_second_generation_passes(
    copied_root: Path, dialect: str, rawdb_servers: Mapping[str, str], database_url: str
) -> None:
    folder = copied_root / "migrations" / dialect
    (folder / "0900.second.sql").write_text(f"{SECOND[dialect]}")
    schema = copied_root / "schema"
    columns = (schema / "columns.csv").read_text().splitlines()
    columns = [line.replace("s3_images", "images_of_s3") for line in columns if "key_pairs,fingerprint" not in line]
    weight = "1" if dialect == "sqlite" else ""
    columns += ["cells,zone,string(20),yes,,,no,no,", f"cells,weight,int,no,,,no,no,{weight}"]
    (schema / "columns.csv").write_text("\n".join(columns))
    with (schema / "indexes.csv").open("a") as text:
        text.write("cells,cells_zone_idx,no,zone,cells of a zone\n")
    for name in ("indexes", "shadow_tables", "references"):
        path = schema / f"{name}.csv"
        path.write_text(path.read_text().replace("\ns3_images,", "\nimages_of_s3,"))
    lines = checked(copied_root, dialect, rawdb_servers)
    # What the shadows of the three tables lack is a difference, as it should be.
    assert [line for line in lines if "shadow_" not in line] == []


def test_a_migration_that_fails_is_named(copied_root: Path, dialect: str, rawdb_servers: Mapping[str, str]) -> None:
    (copied_root / "migrations" / dialect / "0900.broken.sql").write_text("ALTER TABLE nowhere ADD COLUMN a INTEGER;\n")
    (line,) = checked(copied_root, dialect, rawdb_servers)
    assert line.startswith(f"{dialect}: 0900.broken.sql failed at 'ALTER TABLE nowhere ADD COLUMN a INTEGER;': ")
