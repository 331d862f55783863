"""Options from files, mappings and the environment: where they are looked for, what texts become, what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, ClassVar

import pytest

import rawdb
from rawdb.engine.config import from_environment, read_options
from rawdb.engine.database import Database
from rawdb.engine.retry import RetryPolicy
from rawdb.exceptions import CantStartEngineError

pytestmark = pytest.mark.dialects("sqlite")

TOML = """
[tool.shop.database]
connection = "sqlite:///shop.db"
queries = "sql/queries"
max_pool_size = 3
connection_trace = true
retry = { first = 0.5, limit = 10 }
"""
INI = """
[DEFAULT]
pool_timeout = 7

[database]
connection = postgresql://shop:p%40ss%w@db/shop
slave_connection =
max_pool_size = 3
connection_trace = yes
sqlite_fk = off
retry = 20
idle_timeout = 60
use_db_reconnect = true
"""


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RAWDB_URL", "RAWDB_CONNECTION"):
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_toml(tmp_path: Path) -> None:
    path = written(tmp_path, "pyproject.toml", TOML)
    (tmp_path / "sql" / "queries").mkdir(parents=True)
    database = Database.from_config(path, "tool.shop.database", environ={})
    assert (database.url.dialect, database.queries) == ("sqlite", tmp_path / "sql" / "queries")
    options = database.options
    assert (options.max_pool_size, options.connection_trace) == (3, True)
    assert options.retry == RetryPolicy(first=0.5, limit=10)


@pytest.mark.filterwarnings("ignore::rawdb.exceptions.OsloDBDeprecationWarning")
def test_ini(tmp_path: Path) -> None:
    database = Database.from_config(str(written(tmp_path, "shop.conf", INI)), environ={})
    options = database.options
    assert (options.max_pool_size, options.connection_trace, options.pool_timeout) == (3, True, 7.0)
    assert (options.connection.sqlite_fk, options.retry.limit, options.connection_recycle_time) == (False, 20.0, 60.0)
    assert (database.url.password, database.replica_url) == ("p@ss%w", None)
    assert "p@ss" not in repr(database)


def test_a_mapping_is_a_configuration_too() -> None:
    found = read_options({"a": {"b": {"connection": "sqlite://", "max_pool_size": "4"}}}, "a.b", {})
    assert found == {"connection": "sqlite://", "max_pool_size": "4"}
    assert Database(**found).options.max_pool_size == 4
    assert read_options({"a.b": {"max_pool_size": 1}}, "a.b", {}) == {"max_pool_size": 1}


def test_who_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(
        tmp_path, "a.toml", '[database]\nconnection = "sqlite:///file.db"\nmax_pool_size = 1\npool_timeout = 1'
    )
    monkeypatch.setenv("RAWDB_MAX_POOL_SIZE", "2")
    monkeypatch.setenv("RAWDB_POOL_TIMEOUT", "2")
    monkeypatch.setenv("RAWDB_CONNECTION", "sqlite:///environment.db")
    database = Database.from_config(path, pool_timeout=3)
    assert (database.options.max_pool_size, database.options.pool_timeout) == (2, 3)
    assert database.url.database == "environment.db"


def test_the_environment() -> None:
    environ = {
        "RAWDB_URL": "sqlite:///url.db",
        "RAWDB_ISOLATION_LEVEL": "",
        "RAWDB_RETRY": "3.5",
        "RAWDB_TEST_MYSQL_URL": "mysql://elsewhere",
        "PATH": "/bin",
    }
    expected = {"connection": "sqlite:///url.db", "isolation_level": None, "retry": RetryPolicy(limit=3.5)}
    assert from_environment(environ) == expected
    assert from_environment({**environ, "RAWDB_CONNECTION": "sqlite://"})["connection"] == "sqlite://"
    # What takes objects is not looked for.
    assert from_environment({"RAWDB_ON_CONNECT": "x"}) == {}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("max_pool_sise = 3", r"a.toml \[database\]: unknown option 'max_pool_sise'; did you mean max_pool_size\?"),
        ("conection = 'postgresql://u:secret@h/d'", "unknown option 'conection'; did you mean connection"),
        ("on_connect = 'print'", "on_connect takes objects of Python"),
        ("retry = 'often'", "retry takes a number of seconds"),
        ("retry = { zork = 1 }", "retry takes a number of seconds"),
        ("max_pool_size = 'many'", "max_pool_size takes a number"),
        ("connection_trace = 'perhaps'", "connection_trace takes True or False"),
        ("connection = 1", "connection: expected a database URL"),
    ],
)
def test_options_that_are_refused(tmp_path: Path, text: str, what: str) -> None:
    lines = text if text.startswith("connection =") else f"connection = 'sqlite://'\n{text}"
    path = written(tmp_path, "a.toml", f"[database]\n{lines}\n")
    with pytest.raises(TypeError, match=what) as caught:
        Database.from_config(path, environ={})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.toml", "[databas]\n", "has no section 'database'; there are: databas"),
        ("a.toml", "", "has no section 'database'; there are: none"),
        ("a.toml", "database = 1", "'database' is no section, but a value"),
        ("a.toml", "[database\nconnection = 'u:secret@h'", "a.toml is no TOML"),
        ("a.ini", "[database]\nzork secret\n", "a.ini:2 is no INI"),
        ("a.ini", "x = 1\n", "a.ini:1 is no INI"),
        ("a.ini", "[database]\na = 1\na = secret\n", "a.ini:3 is no INI"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, name: str, text: str, what: str) -> None:
    path = written(tmp_path, name, text)
    with pytest.raises(ValueError, match=what) as caught:
        Database.from_config(path, environ={})
    assert "secret" not in str(caught.value)
    with pytest.raises(FileNotFoundError):
        Database.from_config(tmp_path / "zork.ini")


def test_no_url(tmp_path: Path) -> None:
    with pytest.raises(CantStartEngineError, match=r"write connection = ... into \[database\], or set RAWDB_URL"):
        Database.from_config(written(tmp_path, "a.ini", "[database]\nmax_pool_size = 1\n"), environ={})


@pytest.fixture
def default() -> Any:
    rawdb.dispose()
    yield
    rawdb.dispose()


@pytest.mark.usefixtures("default")
def test_the_default_database_has_them_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    rawdb.configure(max_overflow=3)
    rawdb.configure_defaults(connection="sqlite:///defaults.db", max_pool_size=1, max_overflow=1, pool_timeout=1)
    monkeypatch.setenv("RAWDB_MAX_POOL_SIZE", "2")
    monkeypatch.setenv("RAWDB_MAX_OVERFLOW", "2")
    database = rawdb.default_database()
    options = database.options
    assert (options.pool_timeout, options.max_pool_size, options.max_overflow) == (1, 2, 3)
    assert database.url.database == "defaults.db"
    monkeypatch.setenv("RAWDB_URL", "sqlite:///environment.db")
    rawdb.dispose()
    rawdb.configure_defaults(connection="sqlite:///defaults.db")
    assert rawdb.default_database().url.database == "environment.db"
    rawdb.configure(**rawdb.read_options({"database": {"connection": "sqlite:///configured.db"}}, environ={}))
    assert rawdb.default_database().url.database == "configured.db"


@pytest.mark.usefixtures("default")
def test_defaults_that_are_none() -> None:
    with pytest.raises(TypeError, match="instance_name_template is a service option"):
        rawdb.configure_defaults(instance_name_template="x")
    with pytest.warns(rawdb.exceptions.NotSupportedWarning, match="'zork'") as caught:
        rawdb.configure_defaults(zork=1)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("suffix", [".toml", ".ini"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, suffix: str) -> None:
    binary, nul, folder = tmp_path / f"binary{suffix}", tmp_path / f"nul{suffix}", tmp_path / f"folder{suffix}"
    binary.write_bytes(b"[database]\nconnection = \xff\xfe")
    nul.write_bytes(b"[database]\nconnection = \x00")
    folder.mkdir()
    for path, error, message in (
        (tmp_path / f"none{suffix}", FileNotFoundError, rf"there is no configuration file .*none\{suffix}"),
        (binary, ValueError, rf"binary\{suffix}: byte 24 is no UTF-8; a configuration is text, saved as UTF-8"),
        (nul, ValueError, rf"nul\{suffix}: byte 24 is NUL; a configuration is text"),
        (folder, ValueError, rf"the configuration .*folder\{suffix} cannot be read: Is a directory"),
        (f"a\0b{suffix}", ValueError, r"the configuration 'a\\x00b.* cannot be read: embedded null"),
    ):
        with pytest.raises(error, match=message):
            Database.from_config(path)


@pytest.mark.parametrize("source", [None, 1, b"rawdb.ini", "", ["rawdb.ini"]])
def test_what_is_no_configuration(source: Any) -> None:
    with pytest.raises(TypeError, match="a configuration is the path of a file, or a mapping of sections, not "):
        Database.from_config(source)


class TestColumns:
    TYPES: ClassVar = {"notes.labels": "json_list", "notes.deleted": "soft_delete"}

    def test_in_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "app.toml").write_text(
            '[database]\nconnection = "sqlite://"\n'
            '[database.columns]\n"notes.labels" = "json_list"\n"notes.deleted" = "soft_delete"\n'
        )
        assert read_options(tmp_path / "app.toml", environ={})["columns"] == self.TYPES
        (tmp_path / "app.ini").write_text(
            "[database]\nconnection = sqlite://\ncolumns = notes.labels=json_list, notes.deleted = soft_delete\n"
        )
        assert read_options(tmp_path / "app.ini", environ={})["columns"] == self.TYPES

    def test_in_the_environment(self) -> None:
        environ = {"RAWDB_COLUMNS": "notes.labels=json_list,notes.deleted=soft_delete"}
        assert read_options({"database": {}}, environ=environ)["columns"] == self.TYPES
        with pytest.raises(TypeError, match="columns is a list such as"):
            read_options({"database": {}}, environ={"RAWDB_COLUMNS": "notes.labels"})

    def test_of_the_default_database(self, tmp_path: Path) -> None:
        rawdb.dispose()
        try:
            rawdb.configure(connection="sqlite://", queries=tmp_path, columns={"notes.labels": "json_list"})
            with rawdb.writer.using(None) as sql:
                sql.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, labels TEXT)")
                rawdb.tables.insert(sql, "notes", {"labels": ["a"]})
                assert rawdb.tables.find(sql, "notes") == [{"id": 1, "labels": ["a"]}]
        finally:
            rawdb.dispose()

    def test_another_process_gets_them(self) -> None:
        database = pickle.loads(pickle.dumps(Database("sqlite://", columns=self.TYPES)))
        with database.writer.using(None) as sql:
            sql.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, labels TEXT, deleted INTEGER)")
            assert rawdb.tables.insert(sql, "notes", {}) == {"id": 1, "labels": [], "deleted": 0}
        database.dispose()
