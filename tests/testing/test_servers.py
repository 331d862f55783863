"""Throwaway servers: private, never root, restartable, and gone whatever happens to who started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rawdb.testing.databases import connected, create_database, server_version
from rawdb.testing.servers import MariaDBServer, PostgreSQLServer, Server, ServerError

pytestmark = [pytest.mark.dialects("postgresql", "mysql"), pytest.mark.usefixtures("private_server")]

CLASSES = {"postgresql": PostgreSQLServer, "mysql": MariaDBServer}
_PATIENCE = 30.0

_OWNER = """
import signal, threading
from rawdb.testing.servers import {name}

# A run in the background ignores Ctrl-C, and so would this process of it.
signal.signal(signal.SIGINT, signal.default_int_handler)
with {name}() as server:
    print(server.pid, server.folder, flush=True)
    threading.Event().wait()
"""


@pytest.fixture
def server(dialect: str, private_server: None) -> Iterator[Server]:
    with CLASSES[dialect]() as server:
        yield server


def test_it_answers_on_loopback_as_an_administrator(server: Server) -> None:
    with connected(server.url) as run:
        if server.dialect == "postgresql":
            rows = run("SELECT current_setting('listen_addresses'), current_setting('is_superuser')").rows
            assert rows == [("127.0.0.1", "on")]
        else:
            rows = run("SELECT @@bind_address, CURRENT_USER()").rows
            assert rows == [("127.0.0.1", "rawdb@127.0.0.1")]


def test_it_has_the_isolation_and_the_text_of_production(server: Server) -> None:
    with connected(server.url) as run:
        if server.dialect == "postgresql":
            rows = run("SELECT current_setting('transaction_isolation'), current_setting('server_encoding')").rows
            assert rows == [("read committed", "UTF8")]
        else:
            rows = run("SELECT @@global.tx_isolation, @@global.character_set_server").rows
            assert rows == [("REPEATABLE-READ", "utf8mb4")]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_it_never_runs_as_root(server: Server) -> None:
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    assert server.data.stat().st_uid == Path(f"/proc/{server.pid}").stat().st_uid


def test_its_data_outlives_a_crash_and_its_port_stays(server: Server) -> None:
    url, port = create_database(server.url), server.port
    with connected(url) as run:
        run("CREATE TABLE t (a INTEGER)")
        run("INSERT INTO t VALUES (1)")

    server.shut_down()
    assert not server.running
    server.launch()
    server.kill()
    server.launch()

    assert (server.running, server.port) == (True, port)
    with connected(url) as run:
        assert run("SELECT a FROM t").rows == [(1,)]


def test_stopping_leaves_nothing(dialect: str) -> None:
    server = CLASSES[dialect]()
    server.start()
    pid, folder = server.pid, server.folder
    assert folder is not None
    server.stop()
    server.stop()
    assert not alive(pid)
    assert not folder.exists()


def test_a_server_that_died_is_noticed(server: Server) -> None:
    os.kill(server.pid, signal.SIGKILL)
    eventually(lambda: not server.running)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_owner(dialect: str, ending: signal.Signals) -> None:
    program = _OWNER.format(name=CLASSES[dialect].__name__)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as owner:
        assert owner.stdout is not None
        try:
            pid, folder = owner.stdout.readline().split()
            assert alive(int(pid))
            owner.send_signal(ending)
            owner.wait(_PATIENCE)
        finally:
            owner.kill()
    eventually(lambda: not alive(int(pid)) and not Path(folder).exists())


def test_a_server_that_cannot_start_says_why(dialect: str) -> None:
    setting = {"postgresql": ("-c", "no_such_setting=1"), "mysql": ("--no-such-setting=1",)}[dialect]
    server = CLASSES[dialect](*setting)
    with pytest.raises(ServerError, match=r"no.such.setting"):
        server.start()
    assert server.folder is not None
    assert not server.folder.exists()


@pytest.mark.dialects("postgresql")
def test_a_missing_program_is_named_with_its_package(
    dialect: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RAWDB_TEST_POSTGRESQL_BIN", str(tmp_path))
    with pytest.raises(ServerError, match=r"initdb was not found: install it .*postgresql"):
        CLASSES[dialect]().start()


@pytest.mark.dialects("postgresql")
def test_other_users_need_their_password(server: Server) -> None:
    with connected(server.url) as run:
        run("CREATE ROLE other LOGIN PASSWORD 'right'")
    url = server.url.replace("rawdb:rawdb@", "other:{}@")
    assert server_version(url.format("right")).startswith("PostgreSQL")
    with pytest.raises(Exception, match="password authentication failed"):
        server_version(url.format("wrong"))


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def eventually(condition: object) -> None:
    """Wait for a condition that another process brings about."""
    assert callable(condition)
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
