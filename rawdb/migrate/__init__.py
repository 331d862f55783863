"""Migrations: the schema of a database brought to a version, by yoyo, with the checks that yoyo lacks.

`yoyo apply` by hand works on the same folders and keeps the same history. What comes on top: files are compared
with a manifest, a state that a dead process left half done is noticed and repaired, the lock of a dead process
does not stay, reading the state writes nothing, and nothing at all is written when there is nothing to do.

Every function takes a URL, a `rawdb.Database` or a `Target`; None means the default database. `migrations` is a
folder of migrations, or of one such folder per dialect; rawdb's own by default. Errors of a database come out as
`rawdb.exceptions.DB*`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rawdb.default import default_database
from rawdb.dialects import URL, parse_url
from rawdb.engine.database import Database
from rawdb.migrate.backends import Target, yoyo_url
from rawdb.migrate.files import MANIFEST, checksums, folder_of, resolve, verify, write_manifest
from rawdb.migrate.lock import locked
from rawdb.migrate.progress import Progress, explain
from rawdb.migrate.session import Session

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
    migrations: Path | None = None,
    lock_timeout: float = 60.0,
) -> list[str]:
    """Apply what is missing, up to and including `version` (a number or id; None: the newest).

    Returns the ids applied now; an empty list, without a lock or a write, when there is nothing to do. Repeatable.
    Raises DBMigrationError when files differ from their manifest, a migration is half done, a statement fails
    (what it had done is undone) or another process keeps the lock for `lock_timeout` seconds.
    """
    target, folder = _open(url, migrations)
    verify(folder)
    with Session(target, folder) as session:
        number = resolve(session.migrations, version)
        session.refuse_half_done()
        if not session.pending(number):
            return []
        with locked(target, lock_timeout, session.prepare_lock) as lock:
            session.refuse_half_done()
            session.prepare_history()
            applied = [session.apply(each, lock) for each in session.pending(number)]
            session.run_post_apply()
            return applied


def downgrade(
    url: Where | None = None,
    version: int | str | None = None,
    *,
    migrations: Path | None = None,
    lock_timeout: float = 60.0,
) -> list[str]:
    """Undo what was applied after `version` (a number or id, which must be given; 0: everything), newest first.

    Tables that go take their rows along. Returns the ids undone now. Raises DBMigrationError as `upgrade` does, and
    before anything is touched when one of the migrations cannot be undone.
    """
    if version is None:
        raise ValueError("to which version? 0 undoes everything")
    target, folder = _open(url, migrations)
    verify(folder)
    with Session(target, folder) as session:
        number = resolve(session.migrations, version)
        session.refuse_half_done()
        if not session.to_undo(number):
            return []
        with locked(target, lock_timeout, session.prepare_lock) as lock:
            session.refuse_half_done()
            session.prepare_history()
            return [session.undo(each, lock) for each in session.to_undo(number)]


def version(url: Where | None = None, *, migrations: Path | None = None) -> int:
    """The number of the newest migration that is recorded as applied; 0 for none. Reads only."""
    return max((each.number for each in status(url, migrations=migrations) if each.applied), default=0)


def status(url: Where | None = None, *, migrations: Path | None = None) -> list[Progress]:
    """How far each migration is, in order; `explain` puts a half-done one in words. Reads only."""
    target, folder = _open(url, migrations)
    with Session(target, folder) as session:
        return session.progress()


def repair(
    url: Where | None = None,
    how: str = "apply",
    *,
    migrations: Path | None = None,
    lock_timeout: float = 60.0,
) -> list[str]:
    """Bring each half-done migration to one of its ends: `"apply"` (done and recorded) or `"undo"` (neither).

    Only the missing statements run. Tables that turn out different from what the file makes are not recorded, and
    tables with rows are not dropped: DBMigrationError says which. Returns the ids repaired; an empty list when
    there is nothing to repair.
    """
    if how not in ("apply", "undo"):
        raise ValueError(f'expected "apply" or "undo", not {how!r}')
    target, folder = _open(url, migrations)
    verify(folder)
    with Session(target, folder) as session:
        if not session.in_question():
            return []
        with locked(target, lock_timeout, session.prepare_lock) as lock:
            session.prepare_history()
            fix = session.complete if how == "apply" else session.take_back
            found = session.in_question()
            return [fix(each, lock) for each in (found if how == "apply" else reversed(found))]


def break_lock(url: Where | None = None) -> None:
    """Remove the lock on migrations, whoever holds it. Only for a lock whose owner is known to be dead."""
    target, folder = _open(url, None)
    with Session(target, folder) as session:
        session.break_lock()


def _open(url: Where | None, migrations: Path | None) -> tuple[Target, Path]:
    given = default_database() if url is None else url
    if isinstance(given, Database):
        given = _target_of(given)
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

    return Target(database.url, borrow if database.url.is_memory else None, database.options.mysql_enable_ndb)
