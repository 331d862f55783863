"""Commands on a project of one's own: what pyproject.toml, options and the environment say, and what is explained."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rawdb
from rawdb import migrate
from rawdb.cli import main
from rawdb.cli.output import Output
from tests.cli.test_archive import Terminal
from tests.typed.shop import make_tables, write_queries

ROOT = Path(__file__).parents[2]
STATEMENTS = """
-- name: note_get(id)^
-- One note.
SELECT n.id, n.title FROM notes AS n WHERE n.id = :id;

-- name: note_titles()
-- All titles.
SELECT n.title FROM notes AS n ORDER BY n.id;
"""
TABLE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL);\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that the current folder is in, its database migrated."""
    monkeypatch.delenv("RAWDB_URL", raising=False)
    rawdb.dispose()
    folder = tmp_path / "project"
    (folder / "sql").mkdir(parents=True)
    (folder / "sql" / "notes.sql").write_text(STATEMENTS)
    (folder / "steps").mkdir()
    (folder / "steps" / "0001.notes.sql").write_text(TABLE)
    (folder / "steps" / "0001.notes.rollback.sql").write_text("DROP TABLE notes;\n")
    settings = 'url = "sqlite:///notes.db"\nqueries = "sql"\nmigrations = "steps"\ntypes = "typed.py"\n'
    (folder / "pyproject.toml").write_text(f"[tool.rawdb]\n{settings}")
    monkeypatch.chdir(folder)
    assert main(["migrate", "upgrade"]) == 0
    return folder


def output(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main(arguments) == status
    return capsys.readouterr().out


def error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence that a command fails with."""
    capsys.readouterr()
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("rawdb: ")
    assert told.err.count("\n") == 1
    return told.err


def test_commands_read_the_project_from_any_folder_in_it(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "deep" / "down").mkdir(parents=True)
    monkeypatch.chdir(project / "deep" / "down")
    assert output(capsys, "migrate", "version") == "1\n"
    assert (project / "notes.db").exists()
    assert "note_titles" in output(capsys, "sql", "list")
    assert "SELECT n.title" in output(capsys, "sql", "show", "note_titles")
    assert output(capsys, "sql", "types") == f"{project / 'typed.py'}\n"
    assert "CREATE" not in output(capsys, "schema", "dump")
    assert list((project / "deep" / "down").iterdir()) == []


def test_columns_that_no_catalog_tells(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output(capsys, "migrate", "version")
    output(capsys, "sql", "types")
    assert "title: str" in (project / "typed.py").read_text()
    with (project / "pyproject.toml").open("a") as file:
        file.write('columns = {"notes.title" = "json_dict"}\n')
    output(capsys, "sql", "check")
    output(capsys, "sql", "types")
    assert "title: dict[str, Any]" in (project / "typed.py").read_text()


def test_options_and_environment_count_for_more(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "more.sql").write_text("-- name: other()$\n-- Another one.\nSELECT 1;\n")
    assert "other" in output(capsys, "sql", "list", "--queries", str(other))
    monkeypatch.setenv("RAWDB_URL", f"sqlite:///{tmp_path / 'environment.db'}")
    assert output(capsys, "migrate", "version") == "0\n"
    assert output(capsys, "migrate", "version", "--url", f"sqlite:///{project / 'notes.db'}") == "1\n"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert output(capsys, "migrate", "upgrade", "--migrations", str(empty)) == "nothing to do\n"


def test_rawdb_s_own_sql_is_reached_by_name(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "key_pair_get" in output(capsys, "sql", "list", "--cloud")
    assert "key_pair_get" not in output(capsys, "sql", "list")
    assert "FROM key_pairs" in output(capsys, "sql", "show", "--cloud", "key_pair_get")
    capsys.readouterr()
    # Its history is another's: nothing of the cloud comes into a database of one's own by mistake.
    assert main(["migrate", "upgrade", "--cloud", "--url", f"sqlite:///{project / 'notes.db'}"]) == 1
    assert "--foreign" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        (["sql", "list"], "queries"),
        (["sql", "check"], "queries"),
        (["sql", "show", "x"], "queries"),
        (["migrate", "status", "--url", "sqlite://"], "migrations"),
        (["schema", "diff", "--url", "sqlite://"], "tables"),
    ],
)
def test_what_a_project_does_not_name_is_explained(
    command: list[str], missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "pyproject.toml").write_text("[tool.rawdb]\n")
    monkeypatch.chdir(tmp_path)
    told = error(capsys, *command)
    assert f"which {missing}? Give --" in told
    assert f"under [tool.rawdb] of {tmp_path / 'pyproject.toml'}; --cloud" in told


def test_folders_without_a_project_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "mine"\n')
    monkeypatch.chdir(tmp_path)
    assert "key_pair_get" in output(capsys, "sql", "list")
    (tmp_path / "queries").mkdir()
    (tmp_path / "migrations").mkdir()
    assert "[tool.rawdb] of a pyproject.toml in" in error(capsys, "sql", "list")
    assert "--migrations FOLDER" in error(capsys, "migrate", "upgrade", "--url", "sqlite:///x.db")
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tool.rawdb]\nurl = 7\n", "url under [tool.rawdb] is a text, not 7"),
        ('[tool.rawdb]\nurls = ["sqlite://", 1]\n', "urls under [tool.rawdb] is a list of texts"),
        ('[tool]\nrawdb = "x"\n', "[tool.rawdb] is a table, not 'x'"),
        ("[tool.rawdb]\ncolumns = 7\n", "columns under [tool.rawdb] is a table of types by table.column, not 7"),
        ('[tool.rawdb]\nqueries = "q"\ncolumns = {"a.b" = "zork"}\n', "columns: a.b is of no type 'zork'"),
        ("[tool.rawdb\n", "pyproject.toml: "),
        ("tool = 7\n", "tool is a table, not 7"),
        ('[tool.rawdb]\nurl = "\xff\xfe"\n', "pyproject.toml: byte 20 is no UTF-8; save the file as UTF-8"),
    ],
)
def test_a_file_that_says_nothing_usable(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="latin-1")
    monkeypatch.chdir(tmp_path)
    assert told in error(capsys, "sql", "list")


def test_a_missing_url_says_where_one_is_named(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "pyproject.toml").write_text('[tool.rawdb]\nmigrations = "steps"\nqueries = "sql"\n')
    assert "--url, set RAWDB_URL, or name a url under [tool.rawdb]" in error(capsys, "migrate", "status")
    assert "give --url, a database that has them" in error(capsys, "sql", "types", "-o", "x.py")
    assert "no database was asked" in output(capsys, "sql", "check", "--dialect", "sqlite")


def test_what_cannot_be_written_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "file").touch()
    assert "file" in error(capsys, "sql", "types", "-o", str(project / "file" / "x.py"))
    assert "file" in error(capsys, "init", str(project / "file" / "new"))


def test_json_is_for_programs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(output(capsys, "sql", "list", "--json"))
    assert [one["name"] for one in listed] == ["note_get", "note_titles"]
    assert listed[0]["signature"] == "(id)"
    assert listed[0]["location"].endswith("notes.sql:2")
    shown = json.loads(output(capsys, "sql", "show", "note_get", "--json"))
    assert shown["doc"] == "One note."
    assert shown["text"].startswith("-- name: note_get(id)^")
    [step] = json.loads(output(capsys, "migrate", "status", "--json"))
    assert (step["migration"], step["state"]) == ("0001.notes", "applied")
    checked = json.loads(output(capsys, "sql", "check", "--dialect", "sqlite", "--json"))
    assert checked == {"faults": [], "statements": 2, "dialects": ["sqlite"], "prepared_on": ["sqlite"]}
    (project / "schema").mkdir()
    (project / "schema" / "columns.csv").write_text("table,column,type,nullable\nnotes,id,bigint,no\n")
    differences = json.loads(output(capsys, "schema", "diff", "--schema", "schema", "--json", status=1))
    assert any("title" in one for one in differences)


def test_a_check_tells_every_fault(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "sql" / "notes.sql").write_text(STATEMENTS.replace("n.id, n.title", "n.id, n.titel"))
    told = output(capsys, "sql", "check", "--dialect", "sqlite", status=1)
    assert "notes.sql:2:1 - note_get on sqlite: " in told
    assert "titel" in told
    (project / "sql" / "notes.sql").write_text(STATEMENTS.replace("-- One note.\n", "").replace(":id", ":other"))
    told = output(capsys, "sql", "check", status=1)
    assert told.count("notes.sql:2:") == len(told.splitlines())
    assert len(told.splitlines()) == len(set(told.splitlines()))


def test_a_check_prepares_what_only_some_calls_send(
    database_url: str, dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with rawdb.Database(database_url) as database, database.writer.autocommit.using() as sql:
        sql.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL)")
    right = (
        "-- name: find(title)\n-- Some.\nSELECT n.id FROM notes AS n WHERE /*{when named}*/ n.title = :title /*{}*/;\n"
    )
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "notes.sql").write_text(right)
    command = ("sql", "check", "--queries", str(queries), "--url", database_url, "--dialect", dialect)
    assert f"1 statements agree on {dialect}; prepared on {dialect}" in output(capsys, *command)
    (queries / "notes.sql").write_text(right.replace("n.title =", "n.name ="))
    assert f"find on {dialect}: " in output(capsys, *command, status=1)


def test_a_plain_folder_is_for_the_project_s_database(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "sql" / "notes.sql").write_text("-- name: one()$\n-- One.\nSELECT 1::int;\n")
    (project / "pyproject.toml").write_text('[tool.rawdb]\nurl = "postgresql://localhost/x"\nqueries = "sql"\n')
    assert "SELECT 1::int" in output(capsys, "sql", "show", "one")
    assert "one " in output(capsys, "sql", "list")
    assert "`::` is PostgreSQL's own" in error(capsys, "sql", "list", "--dialect", "mysql")
    (project / "pyproject.toml").write_text('[tool.rawdb]\nurl = "sqlite:///notes.db"\nqueries = "sql"\n')
    assert "`::` is PostgreSQL's own" in output(capsys, "sql", "check", status=1)


def test_a_check_has_samples_for_every_type(
    database_url: str, dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_tables(database_url)
    queries = write_queries(tmp_path / "queries")
    assert main(["sql", "check", "--queries", str(queries), "--url", database_url]) == 0, capsys.readouterr().out


def test_wrong_usage_is_2(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["zork"], ["sql", "show"], ["sql", "list", "--dialect", "oracle"], ["migrate", "--zork"]):
        with pytest.raises(SystemExit) as stopped:
            main(arguments)
        assert stopped.value.code == 2
        assert capsys.readouterr().err.startswith("Usage: rawdb")
    assert main(["--help"]) == 0


def in_a_shell(words: str, folder: Path) -> list[str]:
    """What bash would offer to complete the last word with."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_RAWDB_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    command = [sys.executable, "-m", "rawdb"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line]


def test_a_shell_completes_commands_options_and_statements(project: Path) -> None:
    assert in_a_shell("rawdb mig", project) == ["migrate"]
    assert {"list", "show", "check", "types", "export"} == {*in_a_shell("rawdb sql ", project)}
    assert "--queries" in in_a_shell("rawdb sql list --q", project)
    assert in_a_shell("rawdb sql show note_", project) == ["note_get", "note_titles"]
    (project / "sql" / "notes.sql").write_text("nonsense")
    assert in_a_shell("rawdb sql show note_", project) == []


def test_a_table_in_a_terminal_is_drawn_by_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    Output(stream).table(["name", "rows"], [["[bold]x[/bold]", 7]])
    assert "[bold]x[/bold]" in stream.getvalue()
    assert "───" in stream.getvalue()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    plain = Terminal()
    Output(plain).table(["name", "rows"], [["x", 7]])
    assert plain.getvalue().endswith("  x         7\n")


def test_the_library_does_without_click_and_rich() -> None:
    script = "import sys, rawdb.api, rawdb.testing.plugin\nprint({'click', 'rich', 'rawdb.cli'} & set(sys.modules))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_list_loads_nothing_of_the_cloud(project: Path) -> None:
    script = (
        "import sys\nfrom rawdb.cli import main\nassert main(['sql', 'list']) == 0\n"
        "print([name for name in sys.modules if name.startswith(('rawdb.api', 'rawdb.operations', 'yoyo'))])"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n[]\n")


def test_migrations_are_those_of_the_project(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{project / 'notes.db'}"
    assert migrate.version(url, migrations=project / "steps") == 1
    assert output(capsys, "migrate", "downgrade", "0") == "undone 0001.notes\n"
    assert migrate.version(url, migrations=project / "steps") == 0
    assert output(capsys, "migrate", "upgrade") == "applied 0001.notes\n"
    assert output(capsys, "migrate", "stamp", "1") == "nothing to do\n"
    assert output(capsys, "migrate", "repair", "apply") == "nothing to do\n"


def test_a_check_of_a_database_that_was_not_migrated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "notes.sql").write_text(
        "-- name: note_add(title)!\n-- New ones.\n"
        "INSERT INTO notes (/*{columns}*/ title /*{}*/) VALUES /*{rows}*/ (:title) /*{}*/;\n"
    )
    (tmp_path / "empty.db").touch()
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    told = output(capsys, "sql", "check", "--queries", str(queries), "--url", url, "--dialect", "sqlite", status=1)
    assert "the table notes is not in the database; was it migrated?" in told


def test_a_parameter_at_two_places_has_a_sample_of_its_column(
    database_url: str, dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with rawdb.Database(database_url) as database, database.writer.autocommit.using() as sql:
        sql.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, size INTEGER)")
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "notes.sql").write_text(
        "-- name: find(low)\n-- Some.\n"
        "SELECT n.id FROM notes AS n WHERE n.size > :low AND COALESCE(n.size, :low) > 0;\n"
    )
    command = ("sql", "check", "--queries", str(queries), "--url", database_url, "--dialect", dialect)
    assert f"prepared on {dialect}" in output(capsys, *command)
