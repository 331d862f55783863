"""Migrations: the schema of a database brought to a version, on yoyo's files and in yoyo's history.

`yoyo apply` by hand works on the same folders and keeps the same history. What comes on top: files are compared
with a manifest, a state that a dead process left half done is noticed and repaired, the lock of a dead process
does not stay, nobody waits long for a lock on a table, reading the state writes nothing, and nothing at all is
written when there is nothing to do, or where somebody else's tables are.

Every function takes a URL, a `rawdb.Database` or a `Target`; None means the default database. Errors of a database
come out as `rawdb.exceptions.DB*`, arguments of a wrong kind are a TypeError. Arguments that most have:

- `migrations`: a folder of migrations, or of one such folder per dialect; rawdb's own by default;
- `lock_timeout`: seconds to wait for another process that migrates;
- `table_lock_timeout` and `tries`: for how many seconds a statement waits for locks on tables, while others queue
  behind it, and how often it is tried;
- `foreign`: that other tables, or migrations of another folder, may be in the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rawdb.default import default_database
from rawdb.dialects import URL, parse_url
from rawdb.engine.database import Database
from rawdb.migrate.anew import look_anew
from rawdb.migrate.backends import Target, yoyo_url
from rawdb.migrate.files import MANIFEST, checksums, folder_of, resolve, verify, write_manifest
from rawdb.migrate.lock import Lock, locked
from rawdb.migrate.progress import Progress, explain
from rawdb.migrate.session import Session
from rawdb.migrate.waits import Waits

__all__ = [
    "MANIFEST",
    "Progress",
    "Target",
    "Where",
    "break_lock",
    "checksums",
    "downgrade",
    "explain",
    "repair",
    "stamp",
    "status",
    "upgrade",
    "verify",
    "version",
    "write_manifest",
    "yoyo_url",
]


#: What can be migrated: a database's URL, a `rawdb.Database`, or a `Target`.
Where = str | URL | Target | Database


def upgrade(
    url: Where | None = None,
    version: int | str | None = None,
    *,
    migrations: Path | str | None = None,
    lock_timeout: float = 60.0,
    table_lock_timeout: float = 3.0,
    tries: int = 10,
    foreign: bool = False,
) -> list[str]:
    """Apply what is missing, up to and including `version` (a number or id; None: the newest).

    Returns the ids applied now; an empty list, without a lock or a write, when there is nothing to do. Repeatable.
    Raises DBMigrationError when files differ from their manifest, a migration is half done, a statement fails
    (what it had done is undone), another process keeps the lock for `lock_timeout` seconds, somebody keeps a table
    locked, or the database is another's.
    """
    waits = Waits.checked(table_lock_timeout, tries)
    target, folder = _open(url, migrations)
    verify(folder)
    with Session(target, folder, waits, foreign=foreign) as session:
        number = resolve(session.migrations, version)
        if not session.lock_table_exists():
            session.refuse_unknown()
        if not session.pending(number) and not session.in_question():
            session.refuse_unknown()
            return []
        with _locked(session, target, lock_timeout):
            applied = [session.apply(each) for each in session.pending(number)]
            session.run_post_apply()
    return _migrated(target, applied)


def downgrade(
    url: Where | None = None,
    version: int | str | None = None,
    *,
    migrations: Path | str | None = None,
    lock_timeout: float = 60.0,
    table_lock_timeout: float = 3.0,
    tries: int = 10,
    foreign: bool = False,
) -> list[str]:
    """Undo what was applied after `version` (a number or id, which must be given; 0: everything), newest first.

    Tables that go take their rows along. Returns the ids undone now. Raises DBMigrationError as `upgrade` does, and
    before anything is touched when one of the migrations cannot be undone.
    """
    if version is None:
        raise ValueError("to which version? 0 undoes everything")
    waits = Waits.checked(table_lock_timeout, tries)
    target, folder = _open(url, migrations)
    verify(folder)
    with Session(_to_read(target), folder, foreign=foreign) as session:
        number = resolve(session.migrations, version)
        if not session.to_undo(number) and not session.in_question():
            session.refuse_unknown()
            return []
    with Session(target, folder, waits, foreign=foreign) as session, _locked(session, target, lock_timeout):
        undone = [session.undo(each) for each in session.to_undo(number)]
    return _migrated(target, undone)


def version(url: Where | None = None, *, migrations: Path | str | None = None, foreign: bool = False) -> int:
    """The number of the newest migration that is recorded as applied; 0 for none. Reads only.

    Raises DBMigrationError where the number would say nothing: the history is another's, a file of it is gone, or
    there are tables and no history.
    """
    target, folder = _open(url, migrations)
    with Session(_to_read(target), folder, foreign=foreign) as session:
        return session.version()


def status(url: Where | None = None, *, migrations: Path | str | None = None) -> list[Progress]:
    """How far each migration is, in order, then those whose file is gone. Reads only.

    `explain` puts a half-done one in words; one that another process works on now is `running`.
    """
    target, folder = _open(url, migrations)
    with Session(_to_read(target), folder) as session:
        found = session.progress()
        if any(each.in_question for each in found) and session.is_being_migrated():
            found = [replace(each, in_question=False, running=True) if each.in_question else each for each in found]
        return found


def repair(
    url: Where | None = None,
    how: str = "apply",
    *,
    migrations: Path | str | None = None,
    lock_timeout: float = 60.0,
    table_lock_timeout: float = 3.0,
    tries: int = 10,
) -> list[str]:
    """Bring each half-done migration to one of its ends: `"apply"` (done and recorded) or `"undo"` (neither).

    Only the missing statements run. Where a `yoyo` by hand left it, tables that turn out different from what the
    files make are not recorded, and tables with rows are not dropped: DBMigrationError says which. Returns the ids
    repaired; an empty list when there is nothing to repair.
    """
    if how not in ("apply", "undo"):
        raise ValueError(f'expected "apply" or "undo", not {how!r}')
    waits = Waits.checked(table_lock_timeout, tries)
    target, folder = _open(url, migrations)
    verify(folder)
    with Session(_to_read(target), folder) as session:
        if not session.in_question():
            return []
    with Session(target, folder, waits) as session, _locked(session, target, lock_timeout, half_done=True):
        found = session.in_question()
        repaired = [session.repair(each, how) for each in (found if how == "apply" else reversed(found))]
    return _migrated(target, repaired)


def stamp(
    url: Where | None = None,
    version: int | str | None = None,
    *,
    migrations: Path | str | None = None,
    lock_timeout: float = 60.0,
) -> list[str]:
    """Say that the database is at `version` (a number or id, which must be given): write the history, run nothing.

    For tables that were there before, or were brought into order by hand: nothing is compared, `rawdb.schema.diff`
    does that. Returns the ids of which the history changed.
    """
    if version is None:
        raise ValueError("at which version is the database?")
    target, folder = _open(url, migrations)
    verify(folder)
    with Session(target, folder, foreign=True) as session:
        number = resolve(session.migrations, version)
        with _locked(session, target, lock_timeout, half_done=True):
            return session.stamp(number)


def break_lock(url: Where | None = None) -> None:
    """Remove the lock on migrations, whoever holds it. Only for a lock whose owner is known to be dead."""
    target, folder = _open(url, None)
    with Session(_to_read(target), folder) as session:
        session.break_lock()


@contextmanager
def _locked(session: Session, target: Target, timeout: float, *, half_done: bool = False) -> Iterator[Lock | None]:
    """Hold the lock; whether a migration is half done can be told only now, since its owner may just be at work."""
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise TypeError(f"lock_timeout takes a number, not {timeout!r}")
    with locked(target, timeout, session.prepare_lock) as lock:
        session.refuse_unknown()
        if not half_done:
            session.refuse_half_done()
        session.prepare(lock)
        yield lock


def _migrated(target: Target, ids: list[str]) -> list[str]:
    """What is migrated is looked at anew by the databases of this process that read it before."""
    if ids:
        look_anew(target.url, target.database)
    return ids


def _to_read(target: Target) -> Target:
    return target._replace(reads=True)


def _open(url: Where | None, migrations: Path | str | None) -> tuple[Target, Path]:
    given = default_database() if url is None else url
    if isinstance(given, Database):
        given = _target_of(given)
    if not isinstance(given, (str, URL, Target)):
        raise TypeError(f"url takes a URL, a rawdb.Database or a Target, not {given!r}")
    target = given if isinstance(given, Target) else Target(parse_url(given))
    return target, folder_of(target.url.dialect, migrations)


def _target_of(database: Database) -> Target:
    @contextmanager
    def borrow() -> Iterator[Any]:
        pool = database.pool()
        connection = pool.acquire()
        try:
            yield connection.raw
        finally:
            pool.release(connection)

    borrowed = borrow if database.url.is_memory else None
    return Target(database.url, borrowed, database.options.mysql_enable_ndb, database=database)
