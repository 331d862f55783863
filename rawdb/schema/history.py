"""What yoyo keeps in a database: which migrations are recorded, and who holds the lock.

Reading never writes: a database that yoyo has not seen yet has no history and no lock.
"""

from __future__ import annotations

import getpass
import socket
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from rawdb.dialects import Dialect, Result
from rawdb.schema.migrations import Migration

MIGRATIONS = "_yoyo_migration"
LOG = "_yoyo_log"
VERSION = "_yoyo_version"
LOCK = "yoyo_lock"

_TABLES = {
    "postgresql": "SELECT c.relname FROM pg_catalog.pg_class AS c"
    " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
    # What an extension brought along is not somebody's schema.
    " AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')",
    "mysql": "SELECT t.table_name FROM information_schema.tables AS t WHERE t.table_schema = DATABASE()",
    "sqlite": "SELECT m.name FROM sqlite_master AS m WHERE m.type = 'table' AND SUBSTR(m.name, 1, 7) <> 'sqlite_'",
}
#: Set on every migrating connection: MySQL takes a TIMESTAMP for local time, and not every local time exists.
SESSION = {"mysql": "SET time_zone = '+00:00'"}

# Names of tables, indexes and columns; of columns as table.column, and so of MySQL's indexes. An index that could
# not be built is not there.
_OBJECTS = {
    "postgresql": {
        "table": _TABLES["postgresql"],
        "index": "SELECT c.relname FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid AND i.indisvalid"
        " WHERE c.relnamespace = current_schema()::regnamespace",
        "column": "SELECT c.relname || '.' || a.attname FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace",
    },
    "mysql": {
        "table": _TABLES["mysql"],
        "index": "SELECT DISTINCT CONCAT(s.table_name, '.', s.index_name) FROM information_schema.statistics AS s"
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

_MARK = f"INSERT INTO {MIGRATIONS} (migration_hash, migration_id, applied_at_utc) VALUES ({{hash}}, {{id}}, {{now}})"
_UNMARK = f"DELETE FROM {MIGRATIONS} WHERE migration_hash = {{hash}}"
_LOG = (
    f"INSERT INTO {LOG} (id, migration_hash, migration_id, operation, username, hostname, comment, created_at_utc)"
    " VALUES ({key}, {hash}, {id}, {operation}, {user}, {host}, {comment}, {now})"
)
_RENEW_NOTE = f"UPDATE {LOG} SET operation = {{operation}}, comment = {{comment}} WHERE id = {{key}}"
_ERASE = f"DELETE FROM {LOG} WHERE id = {{key}}"
_NOTES = f"SELECT migration_id, operation, comment FROM {LOG} WHERE SUBSTR(id, 1, 5) = 'note-'"
_LOGGED = f"SELECT DISTINCT migration_id FROM {LOG}"
#: yoyo's words in its log for the two directions.
_OPERATIONS = {"apply": "apply", "undo": "rollback"}


class LockRow(NamedTuple):
    """A row of yoyo's lock table. `locked` 1 is yoyo's own and names a process; 2 is rawdb's and names a host."""

    locked: int
    pid: int
    ctime: Any


class Note(NamedTuple):
    """How far a migration is that is being applied or undone outside of one transaction.

    `position` counts the steps that are applied. The next one, in this `direction`, may have been run: that is so
    when the catalog does not match `fingerprint` any more; without one it cannot be told.
    """

    direction: str
    position: int
    fingerprint: str


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

    def logged(self) -> set[str]:
        """The migrations that were ever applied or undone here."""
        return {str(row[0]) for row in self._run(_LOGGED).rows} if self.is_complete() else set()

    def mark(self, migration: Migration) -> None:
        """Record a migration as applied."""
        self._run(_MARK, hash=migration.hash, id=migration.id, now=_now())

    def unmark(self, migration: Migration) -> None:
        """Take the record back."""
        self._run(_UNMARK, hash=migration.hash)

    def log(self, migration: Migration, operation: str) -> None:
        """Write a line into yoyo's log; `operation` is apply, undo, mark or unmark."""
        self._write(str(uuid.uuid4()), migration, _OPERATIONS.get(operation, operation), None)

    def notes(self) -> dict[str, Note]:
        """The notes of migrations that are on their way, or were when a process died, by id."""
        if not self.is_complete():
            return {}
        directions = {word: name for name, word in _OPERATIONS.items()}
        found = {}
        for name, operation, comment in self._run(_NOTES).rows:
            position, _, fingerprint = str(comment).partition(" ")
            found[str(name)] = Note(directions[operation], int(position), fingerprint)
        return found

    def write_note(self, migration: Migration, note: Note) -> None:
        """Put a note in the place of the one before: a row of yoyo's log, in whatever transaction is open."""
        key, operation = _note_key(migration), _OPERATIONS[note.direction]
        comment = f"{note.position} {note.fingerprint}"
        if not self._run(_RENEW_NOTE, key=key, operation=operation, comment=comment).matched:
            self._write(key, migration, operation, comment)

    def erase_note(self, migration: Migration) -> None:
        """Remove the migration's note, if there is one."""
        self._run(_ERASE, key=_note_key(migration))

    def _write(self, key: str, migration: Migration, operation: str, comment: str | None) -> None:
        self._run(
            _LOG,
            key=key,
            hash=migration.hash,
            id=migration.id,
            operation=operation,
            user=_user(),
            host=socket.gethostname(),
            comment=comment,
            now=_now(),
        )

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


def _note_key(migration: Migration) -> str:
    return f"note-{migration.hash[:31]}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A process of a user that the system does not know.
        return ""


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _time(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
