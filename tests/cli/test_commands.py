"""The other commands: migrations, schema checks, and the SQL of a dialect."""

from __future__ import annotations

from pathlib import Path

import aiosql
import pytest

import rawdb
from rawdb import migrate
from rawdb.cli import main

ADAPTERS = {"sqlite": "sqlite3", "postgresql": "psycopg", "mysql": "pymysql"}


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


def test_the_dialects_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "schema", "check") == ""


@pytest.mark.parametrize("name", ["sqlite", "postgresql", "mysql"])
def test_the_export_loads_into_stock_aiosql(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output(capsys, "sql", "export", "--dialect", name, str(tmp_path))
    queries = aiosql.from_path(tmp_path, ADAPTERS[name])
    assert {"key_pair_get", "instance_get_by_uuid", "quota_reserve__lock"} <= set(queries.available_queries)


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
