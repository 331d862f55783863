"""The pytest plugin: throwaway servers for a test run, shared by its workers, and databases for its tests.

    def test_mine(rawdb_database):           # once per dialect; the URL of an empty database
        database = rawdb.Database(rawdb_database, queries="sql")

    def test_other(rawdb_schema):            # the same, with the tables that `rawdb_migrations` makes and no rows

`rawdb_dialects` in the pytest configuration, `--rawdb-dialects` or RAWDB_TEST_DIALECTS choose the dialects
(sqlite alone by default); the mark `dialects("postgresql")` narrows the choice for one test. The servers are
started once, at the beginning of the run, also under xdist. RAWDB_TEST_POSTGRESQL_URL and
RAWDB_TEST_MYSQL_URL name servers to use instead, by an administrator's URL. A missing server fails the run of tests
that need it, and no other; with `rawdb_missing = skip`, or `--rawdb-missing=skip`, these are skipped with the reason.

docs/testing.md lists fixtures and settings.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rawdb.dialects import DIALECTS, get_dialect, parse_url
from rawdb.dialects.translation import translate_error
from rawdb.testing.databases import create_database, drop_database, server_version
from rawdb.testing.servers import MariaDBServer, PostgreSQLServer, Server, ServerError

if TYPE_CHECKING:
    from rawdb.engine.database import Database
    from rawdb.testing.schemas import Setup, Store

_DRIVERS = {"postgresql": "psycopg", "mysql": "PyMySQL"}
_MISSING = ("fail", "skip")
# As in rawdb.testing.schemas, which is loaded with the first database.
_RESETS = ("empty", "rollback", "new")
_SERVERS: Mapping[str, type[Server]] = {"postgresql": PostgreSQLServer, "mysql": MariaDBServer}


class Servers:
    """The administrator's URL of each chosen dialect's server; for SQLite it names a folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rawdb-tests-"))
        self.urls = {"sqlite": f"sqlite:///{self.folder}"}
        self.versions: dict[str, str] = {}
        #: Why a dialect cannot be tested.
        self.failures: dict[str, str] = {}
        self._started: list[Server] = []

    def start(self, dialects: list[str], given_urls: Mapping[str, str]) -> None:
        """Start what is missing, all at once, and ask each for its version."""
        for name in dialects:
            if given := os.environ.get(_variable(name)):
                self.urls[name] = given
        self.urls.update(given_urls)
        with ThreadPoolExecutor() as pool:
            list(pool.map(self._start, [name for name in dialects if name not in self.urls]))
        for name in dialects:
            if name not in self.failures:
                self._ask(name)

    def _start(self, name: str) -> None:
        server = _SERVERS[name]()
        self._started.append(server)
        try:
            server.start()
            self.urls[name] = server.url
        except (ServerError, ImportError) as error:
            self.failures[name] = str(error)

    def _ask(self, name: str) -> None:
        try:
            self.versions[name] = server_version(self.urls[name])
        except ImportError as error:
            self.failures[name] = str(error)
        except Exception as error:
            if not (isinstance(error, ValueError) or get_dialect(name).is_driver_error(error)):
                raise
            reason = translate_error(error, name, connecting=True)
            self.failures[name] = f"{_variable(name)} names a server that cannot be used: {reason}"

    def stop(self) -> None:
        """Stop what was started here."""
        for server in self._started:
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _variable(dialect: str) -> str:
    return f"RAWDB_TEST_{dialect.upper()}_URL"


#: The servers' URLs, in every process of the run.
URLS = pytest.StashKey[Mapping[str, str]]()
#: The folder that the processes of the run share.
FOLDER = pytest.StashKey[Path]()
#: Why there are none, by dialect, in every process of the run.
FAILURES = pytest.StashKey[Mapping[str, str]]()
#: The servers themselves, in the process that started them.
SERVERS = pytest.StashKey[Servers]()


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "comma-separated dialects for the rawdb fixtures: postgresql, mysql, sqlite"
    parser.getgroup("rawdb").addoption("--rawdb-dialects", metavar="NAMES", help=text)
    parser.addini("rawdb_dialects", text, default="sqlite")
    text = "an administrator's URL of a server to use, and its dialect to test on; may be repeated"
    parser.getgroup("rawdb").addoption("--rawdb-url", metavar="URL", action="append", default=[], help=text)
    text = "tests whose server is missing: fail (default) or skip"
    parser.getgroup("rawdb").addoption("--rawdb-missing", choices=_MISSING, help=text)
    parser.addini("rawdb_missing", text, default="fail")
    parser.addini("rawdb_migrations", "folder of migrations for rawdb_schema", type="paths")
    parser.addini("rawdb_queries", "folder of SQL files for rawdb_opened", type="paths")
    parser.addini("rawdb_reset", f"how rawdb_schema becomes clean: {', '.join(_RESETS)}", default="empty")
    parser.addini("rawdb_keep", "tables whose rows an emptying leaves alone", type="args")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "dialects(*names): run the test on these dialects only")
    config.addinivalue_line("markers", f"rawdb_reset(how): how rawdb_schema becomes clean: {', '.join(_RESETS)}")


def chosen_dialects(config: pytest.Config) -> list[str]:
    """The dialects of this run. Raises pytest.UsageError for an unknown name."""
    given = ",".join(_given_urls(config))
    option = config.getoption("--rawdb-dialects") or given or os.environ.get("RAWDB_TEST_DIALECTS")
    names = [name.strip() for name in str(option or config.getini("rawdb_dialects")).split(",")]
    for name in names:
        if name not in DIALECTS:
            raise pytest.UsageError(f"unknown dialect {name!r}: expected some of {', '.join(DIALECTS)}")
    return names


def _given_urls(config: pytest.Config) -> dict[str, str]:
    """The URLs of `--rawdb-url` by dialect. Raises pytest.UsageError for one that is none."""
    try:
        return {parse_url(url).dialect: url for url in config.getoption("--rawdb-url")}
    except ValueError as error:
        raise pytest.UsageError(f"--rawdb-url: {error}") from None


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput"):
        config.stash[URLS] = config.workerinput["rawdb_urls"]
        config.stash[FAILURES] = config.workerinput["rawdb_failures"]
        config.stash[FOLDER] = Path(config.workerinput["rawdb_folder"])
        return
    if config.option.collectonly:
        return
    servers = config.stash[SERVERS] = Servers()
    servers.start(chosen_dialects(config), _given_urls(config))
    config.stash[URLS] = servers.urls
    config.stash[FAILURES] = servers.failures
    config.stash[FOLDER] = servers.folder


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the servers are."""
    node.workerinput["rawdb_urls"] = node.config.stash[URLS]
    node.workerinput["rawdb_failures"] = node.config.stash[FAILURES]
    node.workerinput["rawdb_folder"] = str(node.config.stash[FOLDER])


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse the run when a server is missing that one of its tests needs. Raises pytest.UsageError.

    A worker of xdist cannot refuse the run: there each test that needs it fails.
    """
    if _skips_missing(session.config):
        return
    failures = {} if hasattr(session.config, "workerinput") else session.config.stash.get(FAILURES, {})
    for item in session.items if failures else ():
        if "rawdb_servers" in getattr(item, "fixturenames", ()):
            callspec = getattr(item, "callspec", None)
            wanted = callspec.params.get("rawdb_dialect") if callspec else None
            missing = [text for name, text in failures.items() if wanted in (None, name)]
            if missing:
                raise pytest.UsageError(missing[0])


def pytest_report_header(config: pytest.Config) -> str | None:
    servers = config.stash.get(SERVERS, None)
    if servers is None:
        return None
    found = [_described(name, text) for name, text in servers.versions.items()]
    return "rawdb: " + ", ".join([*found, *(f"no {name} ({reason})" for name, reason in servers.failures.items())])


def _described(dialect: str, server: str) -> str:
    driver = _DRIVERS.get(dialect)
    return server if driver is None else f"{server} through {driver} {version(driver)}"


def pytest_unconfigure(config: pytest.Config) -> None:
    if (servers := config.stash.get(SERVERS, None)) is not None:
        servers.stop()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop the templates: a server that we were given outlives the run."""
    servers = session.config.stash.get(SERVERS, None)
    if servers is not None and any(servers.folder.glob("*.template")):
        from rawdb.testing.schemas import drop_templates

        drop_templates(servers.folder)


def _skips_missing(config: pytest.Config) -> bool:
    """Whether a missing server skips tests. Raises pytest.UsageError for a setting that is none."""
    wanted: str = config.getoption("--rawdb-missing") or config.getini("rawdb_missing")
    if wanted not in _MISSING:
        raise pytest.UsageError(f"rawdb_missing is {wanted!r}: expected one of {', '.join(_MISSING)}")
    return wanted == "skip"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "rawdb_dialect" in metafunc.fixturenames:
        names = chosen_dialects(metafunc.config)
        for mark in metafunc.definition.iter_markers("dialects"):
            if unknown := [name for name in mark.args if name not in DIALECTS]:
                place = f"{metafunc.definition.nodeid}: the mark dialects({unknown[0]!r})"
                pytest.fail(f"{place} names no dialect: expected some of {', '.join(DIALECTS)}", pytrace=False)
            names = [name for name in names if name in mark.args]
        metafunc.parametrize("rawdb_dialect", names, indirect=True)


@pytest.fixture(scope="session")
def rawdb_servers(pytestconfig: pytest.Config) -> Mapping[str, str]:
    """The administrator's URL of each dialect's server; for SQLite the URL of a folder."""
    return pytestconfig.stash[URLS]


@pytest.fixture
def rawdb_dialect(request: pytest.FixtureRequest) -> str:
    """Each of the chosen dialects in turn."""
    name: str = request.param
    if reason := request.config.stash[FAILURES].get(name):
        if _skips_missing(request.config):
            pytest.skip(f"{name}: {reason}")
        pytest.fail(reason, pytrace=False)
    return name


@pytest.fixture
def rawdb_database(rawdb_servers: Mapping[str, str], rawdb_dialect: str) -> Iterator[str]:
    """The URL of an empty database, dropped after the test; once per dialect."""
    url = create_database(rawdb_servers[rawdb_dialect])
    yield url
    drop_database(url)


@pytest.fixture(scope="session")
def rawdb_setup(pytestconfig: pytest.Config) -> Setup:
    """What makes the tables of a new database, by its URL: the migrations in `rawdb_migrations`. May be overridden."""
    folder = _folder(pytestconfig, "rawdb_migrations")
    if folder is None:
        pytest.fail(
            "rawdb_schema does not know which tables to make: set rawdb_migrations in the pytest configuration, or "
            "override the fixture rawdb_setup",
            pytrace=False,
        )
    from rawdb import migrate

    return partial(migrate.upgrade, migrations=folder)


@pytest.fixture(scope="session")
def rawdb_open(pytestconfig: pytest.Config) -> Callable[[str], Database]:
    """What opens a database, by its URL: one with the SQL files in `rawdb_queries`. May be overridden."""
    from rawdb.engine.database import Database

    folder = _folder(pytestconfig, "rawdb_queries")
    return lambda url: Database(url, queries=folder)


@pytest.fixture(scope="session")
def _rawdb_store(rawdb_servers: Mapping[str, str], pytestconfig: pytest.Config) -> Iterator[Store]:
    from rawdb.testing.schemas import Store

    store = Store(rawdb_servers, keep=frozenset(pytestconfig.getini("rawdb_keep")).__contains__)
    yield store
    store.close()


@pytest.fixture
def rawdb_schema(
    request: pytest.FixtureRequest, rawdb_dialect: str, rawdb_setup: Setup, _rawdb_store: Store
) -> Iterator[str]:
    """The URL of a database with your tables and no rows; once per dialect.

    It is made once for each worker, and cleaned as the mark `rawdb_reset`, or else the setting, says: `empty` removes
    what rows there are, `rollback` expects that none was committed, `new` makes another database for each test.
    """
    reset = _reset(request)
    schemas = _rawdb_store.schemas(rawdb_setup)
    url = schemas.take(rawdb_dialect, reset)
    yield url
    if left := schemas.give_back(rawdb_dialect, url, reset):
        pytest.fail("; ".join(left), pytrace=False)


@pytest.fixture
def rawdb_opened(
    request: pytest.FixtureRequest,
    rawdb_schema: str,
    rawdb_dialect: str,
    rawdb_setup: Setup,
    rawdb_open: Callable[[str], Database],
    _rawdb_store: Store,
) -> Iterator[Database]:
    """A `rawdb.Database` on `rawdb_schema`, opened by `rawdb_open`, and once for each worker unless that is `new`.

    Where nothing is to be committed, one transaction around the test is rolled back: what the test does on the context
    None, and in its own thread, is part of it.
    """
    from rawdb.testing.schemas import rolled_back

    reset = _reset(request)
    database = rawdb_open(rawdb_schema) if reset == "new" else _rawdb_store.opened(rawdb_open, rawdb_schema)
    if reset == "rollback":
        with rolled_back(database):
            yield database
    else:
        yield database
    lent = database.lent()
    if lent or reset == "new":
        database.dispose()
    if lent:
        _rawdb_store.schemas(rawdb_setup).discard(rawdb_dialect)
        pytest.fail(f"the test left connections in use: {lent}", pytrace=False)


def _reset(request: pytest.FixtureRequest) -> str:
    """How the test's database becomes clean. Fails the test where that is said in words that mean nothing."""
    mark = request.node.get_closest_marker("rawdb_reset")
    wanted = str(mark.args[0] if mark and mark.args else request.config.getini("rawdb_reset"))
    if wanted not in _RESETS:
        pytest.fail(f"rawdb_reset is {wanted!r}: expected one of {', '.join(_RESETS)}", pytrace=False)
    return wanted


def _folder(config: pytest.Config, name: str) -> Path | None:
    """The folder that a setting names, seen from the configuration file."""
    paths: list[Path] = config.getini(name)
    return paths[0] if paths else None
