"""Databases that live as long as a test: create, copy, empty, drop, and see who is still connected.

Servers are named by the URL of an administrator. For SQLite that URL names a folder instead
(`sqlite:////tmp/tests`), in which each database is a file.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from rawdb.dialects import URL, ConnectionOptions, Result, get_dialect, parse_url
from rawdb.dialects.translation import translate_error

Run = Callable[..., Result]

_OPTIONS = ConnectionOptions(read_timeout=30, write_timeout=30)
_SQLITE_COMPANIONS = ("", "-wal", "-shm", "-journal")

_TABLES = {
    "postgresql": "SELECT c.relname FROM pg_class AS c WHERE c.relkind = 'r'"
    " AND c.relnamespace = current_schema()::regnamespace",
    "mysql": "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
}

#: What a database holds that can be dropped, in an order to do that, kinds first. What belongs to an extension stays.
_OBJECTS = {
    "postgresql": """
SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                      WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, c.relname
  FROM pg_class AS c
 WHERE c.relkind IN ('v', 'm', 'S', 'f', 'r', 'p') AND c.relnamespace = current_schema()::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
 UNION ALL
SELECT CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.typname
  FROM pg_type AS t
 WHERE t.typtype IN ('d', 'e') AND t.typnamespace = current_schema()::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = t.oid AND d.deptype = 'e')
""",
    "mysql": """
SELECT CASE t.table_type WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END, t.table_name
  FROM information_schema.tables AS t
 WHERE t.table_schema = DATABASE()
 ORDER BY t.table_type = 'VIEW' DESC
""",
    "sqlite": """
SELECT UPPER(m.type), m.name
  FROM sqlite_master AS m
 WHERE m.type IN ('view', 'table') AND SUBSTR(m.name, 1, 7) <> 'sqlite_'
 ORDER BY m.type DESC
""",
}

#: What lets a session delete rows in any order; PostgreSQL has it for superusers only.
_WITHOUT_KEYS = {
    "postgresql": (),
    "mysql": ("SET foreign_key_checks = 0",),
    "sqlite": ("PRAGMA foreign_keys = OFF",),
}

_SESSIONS = {
    "postgresql": "SELECT pid, query, state <> 'idle' FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    "mysql": "SELECT id, info FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
}
_MYSQL_TRANSACTION = re.compile(r"^---TRANSACTION [^\n]*\bACTIVE\b.*?thread id (\d+)", re.MULTILINE | re.DOTALL)
_CONNECTED = "SELECT id FROM information_schema.processlist WHERE db = %(name)s"
_SERVICE_DATABASES = {"postgresql": "postgres", "mysql": ""}


class Session(NamedTuple):
    """A connection that the server holds to a database."""

    id: int
    in_transaction: bool
    statement: str | None


#: MySQL's number for a KILL of a session that is not there.
_NO_SUCH_THREAD = 1094


@contextmanager
def connected(url: str | URL) -> Iterator[Run]:
    """A connection for administration, in autocommit mode: gives `run(text, parameters=None)`.

    With parameters, the text holds the driver's own placeholders; without, it is sent as it stands.
    """
    parsed = parse_url(url)
    dialect = get_dialect(parsed.dialect)
    raw = dialect.connect(parsed, _OPTIONS)

    def run(text: str, parameters: Mapping[str, Any] | None = None) -> Result:
        return dialect.run(raw, text if parameters else dialect.literal(text), parameters or {})

    try:
        yield run
    finally:
        dialect.close(raw)


def server_version(server_url: str | URL) -> str:
    """Name and version of the server, for people."""
    parsed = parse_url(server_url)
    dialect = get_dialect(parsed.dialect)
    raw = dialect.connect(replace(parsed, database=None) if parsed.dialect == "sqlite" else parsed, _OPTIONS)
    try:
        return dialect.version(raw)
    finally:
        dialect.close(raw)


def create_database(server_url: str | URL, name: str | None = None, *, template: str | URL | None = None) -> str:
    """Create a database and return its URL: empty, or a copy of another (PostgreSQL and SQLite only).

    Nobody may be connected to the template, and it is on the same server. Without a name the database gets a
    random one. Driver errors leave as they are.
    """
    server = parse_url(server_url)
    name = name or f"rawdb_{secrets.token_hex(6)}"
    origin = None if template is None else parse_url(template).database
    if server.dialect == "sqlite":
        return _create_file(server, name, origin)
    quoted = _quote(server.dialect, name)
    if template is not None and server.dialect != "postgresql":
        raise ValueError(f"{server.dialect} cannot copy a database")
    with connected(server) as run:
        copied = "" if origin is None else f" TEMPLATE {_quote(server.dialect, origin)} STRATEGY FILE_COPY"
        run(f"CREATE DATABASE {quoted}{copied}")
    return server.with_database(name).render()


def database_exists(url: str | URL) -> bool:
    """Whether there is a database of this name on its server, or the file. Driver errors leave as they are."""
    parsed = parse_url(url)
    if parsed.dialect == "sqlite":
        return parsed.is_memory or Path(parsed.database or "").is_file()
    question = {
        "postgresql": "SELECT COUNT(*) FROM pg_database WHERE datname = %(name)s",
        "mysql": "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %(name)s",
    }[parsed.dialect]
    with connected(parsed.with_database(_SERVICE_DATABASES[parsed.dialect])) as run:
        return bool(run(question, {"name": parsed.database or ""}).rows[0][0])


def drop_objects(url: str | URL) -> list[str]:
    """Drop all tables and views of a database, PostgreSQL's types and sequences too; returns their names.

    For whoever may not make databases, and is given one. Of PostgreSQL it is the schema that comes first in the
    search path. Routines stay, and so does what belongs to an extension. Driver errors leave as they are.
    """
    parsed = parse_url(url)
    cascade = " CASCADE" if parsed.dialect == "postgresql" else ""
    with connected(parsed) as run:
        for setting in _WITHOUT_KEYS[parsed.dialect]:
            run(setting)
        objects = [(str(kind), str(name)) for kind, name in run(_OBJECTS[parsed.dialect]).rows]
        for kind, name in objects:
            # One may have gone with another.
            run(f"DROP {kind} IF EXISTS {_quote(parsed.dialect, name)}{cascade}")
    return sorted(name for _, name in objects)


def drop_database(url: str | URL) -> None:
    """Drop a database and end whatever is still connected to it. Nothing happens if there is none."""
    parsed = parse_url(url)
    if parsed.dialect == "sqlite":
        for suffix in _SQLITE_COMPANIONS:
            Path(f"{parsed.database}{suffix}").unlink(missing_ok=True)
        return
    name = parsed.database or ""
    with connected(parsed.with_database(_SERVICE_DATABASES[parsed.dialect])) as run:
        if parsed.dialect == "postgresql":
            run(f"DROP DATABASE IF EXISTS {_quote(parsed.dialect, name)} WITH (FORCE)")
            return
        for row in run(_CONNECTED, {"name": name}).rows:
            end_session(run, row[0])
        run(f"DROP DATABASE IF EXISTS {_quote(parsed.dialect, name)}")


def end_session(run: Run, number: int) -> None:
    """End a session of a MySQL server, which may have gone by itself since it was listed."""
    try:
        run(f"KILL {int(number)}")
    except Exception as error:
        if getattr(translate_error(error, "mysql"), "code", None) != _NO_SUCH_THREAD:
            raise


@contextmanager
def temporary_database(server_url: str | URL, *, template: str | URL | None = None) -> Iterator[str]:
    """A database for the time of the block; gives its URL."""
    url = create_database(server_url, template=template)
    try:
        yield url
    finally:
        drop_database(url)


class Housekeeper:
    """Looks after one database between tests: empties it, and tells who is connected.

    It keeps a connection open, since a server's first look at many tables costs far more than the later ones;
    when that connection is gone (a test may have killed the server), it makes another.
    """

    def __init__(self, url: str | URL, *, keep: Callable[[str], bool] | None = None) -> None:
        """`keep(table)` says which tables `empty()` leaves alone, besides those of yoyo."""
        self.url = parse_url(url)
        self._dialect = get_dialect(self.url.dialect)
        self._keep = keep
        self._raw: Any = None
        self._question: str | None = None

    def empty(self) -> list[str]:
        """Remove all rows; returns the tables that held some.

        Only tables that hold rows are touched, found by one statement. DELETE, since TRUNCATE makes new files and
        takes 20 times longer for the few rows of a test. Foreign keys between the tables are no hindrance, whichever
        way they go. Round trips: 1, and 1 for each table that held rows; on PostgreSQL 1 for all.
        """
        if self._question is None:
            self._question = self._build_question()
        filled = [str(row[0]) for row in self._run(self._question).rows] if self._question else []
        for text in self._deletions(filled):
            self._run(text)
        return filled

    def _deletions(self, tables: list[str]) -> list[str]:
        deletions = [f"DELETE FROM {_quote(self.url.dialect, table)}" for table in tables]
        if self.url.dialect != "postgresql" or len(tables) < 2:
            return deletions
        # Keys are checked at the end of a statement, so all go in one.
        parts = ", ".join(f"d{number} AS ({text})" for number, text in enumerate(deletions))
        return [f"WITH {parts} SELECT 1"]

    def sessions(self) -> list[Session]:
        """Who is connected to the database on its server, apart from this object. Always empty for SQLite."""
        if self.url.dialect == "sqlite":
            return []
        rows = self._run(_SESSIONS[self.url.dialect]).rows
        if self.url.dialect == "postgresql":
            return [Session(pid, in_transaction, text) for pid, text, in_transaction in rows]
        busy = self._mysql_transactions() if rows else set()
        return [Session(int(thread), int(thread) in busy, text) for thread, text in rows]

    def close(self) -> None:
        """Close the connection. The next call opens another."""
        raw, self._raw = self._raw, None
        if raw is not None:
            self._dialect.close(raw)

    def _run(self, text: str) -> Result:
        if self._raw is not None:
            try:
                return self._dialect.run(self._raw, self._dialect.literal(text), {})
            except Exception as error:
                if not self._dialect.is_driver_error(error):
                    raise
                self.close()
        self._raw = self._dialect.connect(self.url, _OPTIONS)
        for setting in _WITHOUT_KEYS[self.url.dialect]:
            self._dialect.run(self._raw, setting, {})
        return self._dialect.run(self._raw, self._dialect.literal(text), {})

    def _build_question(self) -> str:
        dialect = self.url.dialect
        tables = [str(row[0]) for row in self._run(_TABLES[dialect]).rows]
        return " UNION ALL ".join(
            f"SELECT {_text(table)} WHERE EXISTS (SELECT 1 FROM {_quote(dialect, table)})"
            for table in sorted(tables)
            if not table.lstrip("_").startswith("yoyo") and not (self._keep and self._keep(table))
        )

    def _mysql_transactions(self) -> set[int]:
        """The connections with an open transaction.

        information_schema.innodb_trx would be a table, but it shows a cache, renewed only after nobody has read it
        for a tenth of a second.
        """
        status = str(self._run("SHOW ENGINE INNODB STATUS").rows[0][2])
        blocks = status.split("\n---")
        return {int(found[1]) for block in blocks if (found := _MYSQL_TRANSACTION.search(f"---{block}"))}


def _create_file(folder: URL, name: str, origin: str | None) -> str:
    path = Path(folder.database or ".") / f"{name}.db"
    if path.exists():
        raise FileExistsError(path)
    if origin is None:
        path.touch()
    else:
        if Path(f"{origin}-wal").exists():
            with connected(URL("sqlite", database=origin)) as run:
                run("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(origin, path)
    return URL("sqlite", database=str(path), query=folder.query).render()


def _quote(dialect: str, name: str) -> str:
    mark = "`" if dialect == "mysql" else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
