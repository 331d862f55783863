"""The pytest plugin: throwaway servers for a test run, shared by its workers, and a database for each test.

    def test_mine(rawdb_database):           # once per dialect; the URL of an empty database
        database = rawdb.Database(rawdb_database, queries="sql")

`rawdb_dialects` in the pytest configuration, `--rawdb-dialects` or RAWDB_TEST_DIALECTS choose the dialects
(sqlite alone by default); the mark `dialects("postgresql")` narrows the choice for one test. The servers are
started once, at the beginning of the run, also under xdist. RAWDB_TEST_POSTGRESQL_URL and
RAWDB_TEST_MYSQL_URL name servers to use instead, by an administrator's URL. A missing server fails the run of tests
that need it, and no other.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from rawdb.dialects import DIALECTS, get_dialect
from rawdb.dialects.translation import translate_error
from rawdb.testing.databases import create_database, drop_database, server_version
from rawdb.testing.servers import MariaDBServer, PostgreSQLServer, Server, ServerError

_DRIVERS = {"postgresql": "psycopg", "mysql": "PyMySQL"}
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

    def start(self, dialects: list[str]) -> None:
        """Start what is missing, all at once, and ask each for its version."""
        for name in dialects:
            if given := os.environ.get(_variable(name)):
                self.urls[name] = given
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
#: Why there are none, by dialect, in every process of the run.
FAILURES = pytest.StashKey[Mapping[str, str]]()
#: The servers themselves, in the process that started them.
SERVERS = pytest.StashKey[Servers]()


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "comma-separated dialects for the rawdb fixtures: postgresql, mysql, sqlite"
    parser.getgroup("rawdb").addoption("--rawdb-dialects", metavar="NAMES", help=text)
    parser.addini("rawdb_dialects", text, default="sqlite")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "dialects(*names): run the test on these dialects only")


def chosen_dialects(config: pytest.Config) -> list[str]:
    """The dialects of this run. Raises pytest.UsageError for an unknown name."""
    option = config.getoption("--rawdb-dialects") or os.environ.get("RAWDB_TEST_DIALECTS")
    names = [name.strip() for name in str(option or config.getini("rawdb_dialects")).split(",")]
    for name in names:
        if name not in DIALECTS:
            raise pytest.UsageError(f"unknown dialect {name!r}: expected some of {', '.join(DIALECTS)}")
    return names


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workerinput"):
        config.stash[URLS] = config.workerinput["rawdb_urls"]
        config.stash[FAILURES] = config.workerinput["rawdb_failures"]
        return
    if config.option.collectonly:
        return
    servers = config.stash[SERVERS] = Servers()
    servers.start(chosen_dialects(config))
    config.stash[URLS] = servers.urls
    config.stash[FAILURES] = servers.failures


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the servers are."""
    node.workerinput["rawdb_urls"] = node.config.stash[URLS]
    node.workerinput["rawdb_failures"] = node.config.stash[FAILURES]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse the run when a server is missing that one of its tests needs. Raises pytest.UsageError.

    A worker of xdist cannot refuse the run: there each test that needs it fails.
    """
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
    return "rawdb: " + ", ".join(_described(name, text) for name, text in servers.versions.items())


def _described(dialect: str, server: str) -> str:
    driver = _DRIVERS.get(dialect)
    return server if driver is None else f"{server} through {driver} {version(driver)}"


def pytest_unconfigure(config: pytest.Config) -> None:
    if (servers := config.stash.get(SERVERS, None)) is not None:
        servers.stop()


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
        pytest.fail(reason, pytrace=False)
    return name


@pytest.fixture
def rawdb_database(rawdb_servers: Mapping[str, str], rawdb_dialect: str) -> Iterator[str]:
    """The URL of an empty database, dropped after the test; once per dialect."""
    url = create_database(rawdb_servers[rawdb_dialect])
    yield url
    drop_database(url)
