"""The other commands: migrations, schema checks, and the SQL of a dialect."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import aiosql
import pytest

import rawdb
from rawdb import migrate
from rawdb.cli import main
from rawdb.statements.marks import Operation
from rawdb.statements.stock import ADAPTERS, read_otherwise
from tests.migrate.cases import small_history, write
from tests.sql.house import effective

ROOT = Path(__file__).parents[2]


def output(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert main(arguments) == status
    return capsys.readouterr().out


def test_migrations_up_and_down(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "migrate", "version", "--url", database_url) == "0\n"
    assert output(capsys, "migrate", "upgrade", "--url", database_url, "--version", "2").count("applied ") == 2
    assert output(capsys, "migrate", "version", "--url", database_url) == "2\n"
    status = output(capsys, "migrate", "status", "--url", database_url)
    assert status.count(" applied ") == 3  # two migrations and the heading
    assert output(capsys, "migrate", "downgrade", "--url", database_url, "0").count("undone ") == 2
    assert output(capsys, "migrate", "downgrade", "--url", database_url, "0") == "nothing to do\n"
    assert migrate.version(database_url) == 0


def test_a_migrated_database_has_no_differences(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "schema", "diff", migrated_url) == ""
    assert output(capsys, "schema", "dangling", migrated_url) == ""


def test_a_dump_names_every_table(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    dumped = output(capsys, "schema", "dump", migrated_url)
    assert "instances" in dumped
    assert "shadow_instances" in dumped


def test_breaking_a_lock_that_nobody_holds(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "migrate", "break-lock", "--url", migrated_url) == "no lock is left\n"
    assert output(capsys, "migrate", "upgrade", "--url", migrated_url) == "nothing to do\n"


def test_an_empty_database_lacks_every_table(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "instances" in output(capsys, "schema", "diff", database_url, status=1)


@pytest.mark.dialects("sqlite")
def test_a_check_of_a_folder_of_ones_own(tmp_path: Path, dialect: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "columns.csv").write_text("table,column,type\nnotes,id,int\nnotes,body,string(20)\n")
    small_history(tmp_path / "migrations" / "sqlite", "sqlite")
    found = output(capsys, "schema", "check", "--root", str(tmp_path), status=1)
    assert "sqlite: remove table tags" in found
    assert "postgresql" not in found


@pytest.mark.dialects("postgresql", "mysql")
def test_a_check_on_a_named_server(
    tmp_path: Path, dialect: str, rawdb_servers: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "columns.csv").write_text("table,column,type,nullable\nnotes,id,int,no\nnotes,b,text,yes\n")
    write(tmp_path / "migrations" / dialect, "0001.a", "CREATE TABLE notes (id INTEGER NOT NULL, b TEXT);\n")
    server = rawdb_servers[dialect]
    assert output(capsys, "schema", "check", "--root", str(tmp_path), "--server", server) == ""


def test_migrations_of_ones_own_folder(
    database_url: str, tmp_path: Path, dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(small_history(tmp_path, dialect))
    own = ("--url", database_url, "--migrations", folder)
    assert output(capsys, "migrate", "stamp", *own, "0") == "nothing to do\n"
    how = ("--lock-timeout", "5", "--table-lock-timeout", "1", "--tries", "2")
    assert output(capsys, "migrate", "upgrade", *own, *how, "--version", "2").count("applied ") == 2
    assert output(capsys, "migrate", "version", *own) == "2\n"
    assert main(["migrate", "upgrade", "--url", database_url]) == 1
    assert "--foreign" in capsys.readouterr().err
    assert main(["migrate", "version", "--url", database_url]) == 1
    assert "0001.notes" in capsys.readouterr().err
    assert output(capsys, "migrate", "version", "--url", database_url, "--foreign") == "0\n"
    assert "unknown" in output(capsys, "migrate", "status", "--url", database_url, status=1)
    assert output(capsys, "migrate", "stamp", *own, "1") == "stamped 0002.tags\n"
    assert output(capsys, "migrate", "stamp", *own, "2") == "stamped 0002.tags\n"
    assert output(capsys, "migrate", "repair", *own, "apply") == "nothing to do\n"
    assert output(capsys, "migrate", "downgrade", *own, "0").count("undone ") == 2


@pytest.mark.dialects("sqlite")
def test_what_only_reads_makes_no_file(tmp_path: Path, dialect: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.db"
    url = f"sqlite:///{path}"
    assert output(capsys, "migrate", "version", "--url", url) == "0\n"
    assert "pending" in output(capsys, "migrate", "status", "--url", url)
    assert output(capsys, "migrate", "downgrade", "--url", url, "0") == "nothing to do\n"
    assert output(capsys, "migrate", "repair", "--url", url, "apply") == "nothing to do\n"
    for name in ("diff", "dump", "dangling"):
        assert main(["schema", name, url]) == 1
        assert f"there is no database file at {path}" in capsys.readouterr().err
    assert not path.exists()


def test_the_url_of_the_environment_is_read(
    migrated_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rawdb.dispose()
    monkeypatch.setenv("RAWDB_URL", migrated_url)
    try:
        assert output(capsys, "schema", "diff") == ""
        assert "instances" in output(capsys, "schema", "dump")
    finally:
        rawdb.dispose()
    monkeypatch.delenv("RAWDB_URL")
    assert output(capsys, "schema", "dangling", "--url", migrated_url) == ""
    assert main(["schema", "diff"]) == 1
    assert "RAWDB_URL" in capsys.readouterr().err


def test_an_export_into_what_is_no_folder_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["sql", "export", str(tmp_path / "file" / "sql")]) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_the_version_and_the_module(tmp_path: Path) -> None:
    for name in ("rawdb", "rawdb.cli"):
        command = [sys.executable, "-W", "error", "-m", name, "--version"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout == f"rawdb {rawdb.__version__}\n"


def test_a_reader_that_leaves_is_no_failure() -> None:
    """As `rawdb sql list | head -1` does."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-m", "rawdb", "sql", "list"]
        done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("name", ["sqlite", "postgresql", "mysql"])
def test_the_export_loads_into_stock_aiosql(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output(capsys, "sql", "export", "--dialect", name, str(tmp_path))
    queries = aiosql.from_path(tmp_path, ADAPTERS[name])
    assert {"key_pair_get", "instance_get_by_uuid", "quota_reserve__lock"} <= set(queries.available_queries)
    # aiosql made the header and the comment below it: both are read as it reads them.
    statements = dict(effective(name))
    assert read_otherwise(statements, name) == []
    one = statements["key_pair_get"]
    statements["key_pair_get"] = replace(one, doc="Another.", operation=Operation.SELECT)
    assert read_otherwise(statements, name) == [f"{one.location}:1 - key_pair_get: aiosql takes it for SELECT_ONE"]
    statements["key_pair_get"] = replace(one, doc="Another.")
    assert read_otherwise(statements, name) == [f"{one.location}:1 - key_pair_get: aiosql reads another comment"]


def test_show_prints_the_dialects_own_text(capsys: pytest.CaptureFixture[str]) -> None:
    shown = {
        name: output(capsys, "sql", "show", "--dialect", name, "quota_reserve__lock")
        for name in ("postgresql", "mysql")
    }
    assert "ON CONFLICT" in shown["postgresql"]
    assert "ON DUPLICATE KEY UPDATE" in shown["mysql"]


def test_list_names_the_place_of_each_statement(capsys: pytest.CaptureFixture[str]) -> None:
    assert "sql/queries/common/key_pairs.sql:" in output(capsys, "sql", "list")


def test_an_unknown_statement(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sql", "show", "nothing_like_it"]) == 1
    assert "no statement 'nothing_like_it'" in capsys.readouterr().err


def test_a_bad_url_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "version", "--url", "oracle://scott:tiger@h/x"]) == 1
    error = capsys.readouterr().err
    assert "unknown dialect 'oracle'" in error
    assert "tiger" not in error


def test_a_missing_url_is_explained(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    rawdb.dispose()
    monkeypatch.delenv("RAWDB_URL", raising=False)
    assert main(["migrate", "version"]) == 1
    assert "RAWDB_URL" in capsys.readouterr().err
