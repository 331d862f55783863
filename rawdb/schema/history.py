"""What yoyo keeps in a database: which migrations are recorded, and who holds the lock.

Reading never writes: a database that yoyo has not seen yet has no history and no lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from rawdb.dialects import Dialect, Result

MIGRATIONS = "_yoyo_migration"
LOG = "_yoyo_log"
VERSION = "_yoyo_version"
LOCK = "yoyo_lock"

_TABLES = {
    "postgresql": "SELECT c.relname FROM pg_catalog.pg_class AS c"
    " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace",
    "mysql": "SELECT t.table_name FROM information_schema.tables AS t WHERE t.table_schema = DATABASE()",
    "sqlite": "SELECT m.name FROM sqlite_master AS m WHERE m.type = 'table'",
}
#: Set on every migrating connection: MySQL takes a TIMESTAMP for local time, and not every local time exists.
SESSION = {"mysql": "SET time_zone = '+00:00'"}

# Names of tables, indexes and columns; of columns as table.column.
_OBJECTS = {
    "postgresql": {
        "table": _TABLES["postgresql"],
        "index": "SELECT c.relname FROM pg_catalog.pg_class AS c"
        " WHERE c.relkind = 'i' AND c.relnamespace = current_schema()::regnamespace",
        "column": "SELECT c.relname || '.' || a.attname FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace",
    },
    "mysql": {
        "table": _TABLES["mysql"],
        "index": "SELECT DISTINCT s.index_name FROM information_schema.statistics AS s"
        " WHERE s.table_schema = DATABASE()",
        "column": "SELECT CONCAT(c.table_name, '.', c.column_name) FROM information_schema.columns AS c"
        " WHERE c.table_schema = DATABASE()",
    },
    "sqlite": {
        "table": _TABLES["sqlite"],
        "index": "SELECT m.name FROM sqlite_master AS m WHERE m.type = 'index'",
        "column": "SELECT m.name || '.' || c.name FROM sqlite_master AS m"
        " JOIN pragma_table_xinfo(m.name) AS c WHERE m.type = 'table'",
    },
}

# An aggregate has no declared type, so that every driver hands the time out as it is stored.
_APPLIED = f"SELECT migration_id, MIN(applied_at_utc) FROM {MIGRATIONS} GROUP BY migration_id"
_OWNER = f"SELECT locked, pid, MIN(ctime) FROM {LOCK} GROUP BY locked, pid ORDER BY locked"
_TAKE = f"INSERT INTO {LOCK} (locked, ctime, pid) VALUES (1, {{now}}, {{pid}}), (2, {{now}}, {{host}})"
_RENEW = f"UPDATE {LOCK} SET ctime = {{now}} WHERE (locked = 1 AND pid = {{pid}}) OR (locked = 2 AND pid = {{host}})"
_RELEASE = f"DELETE FROM {LOCK} WHERE ((locked = 1 AND pid = {{pid}}) OR (locked = 2 AND pid = {{host}}))"
_REMOVE = f"{_RELEASE} AND ctime = {{ctime}}"
_CLEAR = f"DELETE FROM {LOCK}"


class LockRow(NamedTuple):
    """A row of yoyo's lock table. `locked` 1 is yoyo's own and names a process; 2 is rawdb's and names a host."""

    locked: int
    pid: int
    ctime: Any


class History:
    """yoyo's tables, through a driver connection that the caller keeps. Driver errors leave as they are."""

    def __init__(self, dialect: Dialect, raw: Any) -> None:
        self._dialect = dialect
        self._raw = raw

    def tables(self) -> set[str]:
        """The names of all tables of the database, yoyo's included."""
        return {str(row[0]) for row in self._run(_TABLES[self._dialect.name]).rows}

    def objects(self, kinds: Iterable[str]) -> set[tuple[str, str]]:
        """What the catalog has of the given kinds ("table", "index", "column"), by kind and name."""
        texts = _OBJECTS[self._dialect.name]
        return {(kind, str(row[0])) for kind in kinds for row in self._run(texts[kind]).rows}

    def applied(self) -> dict[str, datetime | None]:
        """The recorded migrations and when each was applied; empty where yoyo was never run."""
        # The table has another shape until yoyo is done with it.
        if not self.is_complete():
            return {}
        return {str(row[0]): _time(row[1]) for row in self._run(_APPLIED).rows}

    def is_complete(self) -> bool:
        """Whether yoyo finished making its tables; where it was never run, it has not."""
        if not {MIGRATIONS, LOG, VERSION} <= self.tables():
            return False
        return bool(self._run(f"SELECT COUNT(*) FROM {VERSION}").rows[0][0])

    def drop_unfinished(self) -> None:
        """Drop what a process that died while making yoyo's tables left; tables with rows are left alone."""
        left = [name for name in (MIGRATIONS, LOG, VERSION) if name in self.tables()]
        if any(self._run(f"SELECT COUNT(*) FROM {name}").rows[0][0] for name in left if name != VERSION):
            return
        for name in left:
            self._run(f"DROP TABLE {name}")

    def has_rows(self, table: str) -> bool:
        """Whether the table holds any row."""
        return bool(self._run(f"SELECT 1 FROM {self._dialect.quote(table)} LIMIT 1").rows)

    def lock_rows(self) -> list[LockRow]:
        """The rows of the lock table, yoyo's own first."""
        return [LockRow(int(row[0]), int(row[1]), row[2]) for row in self._run(_OWNER).rows]

    def take_lock(self, pid: int, host: int, now: datetime) -> None:
        """Insert both rows in one statement; a driver's duplicate error when the lock is taken."""
        self._run(_TAKE, pid=pid, host=host, now=now)

    def renew_lock(self, pid: int, host: int, now: datetime) -> bool:
        """Stamp both rows; False when they are not ours any more."""
        return self._run(_RENEW, pid=pid, host=host, now=now).matched == 2

    def release_lock(self, pid: int, host: int) -> None:
        """Remove both rows, if they are ours."""
        self._run(_RELEASE, pid=pid, host=host)

    def remove_lock(self, pid: int, host: int, ctime: Any) -> int:
        """Remove both rows in one statement, if they are still exactly these; returns how many were."""
        return self._run(_REMOVE, pid=pid, host=host, ctime=ctime).matched

    def clear_lock(self) -> None:
        """Remove the lock, whoever holds it."""
        self._run(_CLEAR)

    def _run(self, text: str, **parameters: Any) -> Result:
        names = {name: self._dialect.placeholder(name) for name in parameters}
        values = {name: self._dialect.bind(value) for name, value in parameters.items()}
        return self._dialect.run(self._raw, text.format(**names) if names else text, values)


def _time(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
