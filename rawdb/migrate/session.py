"""The work on one database: what is to be done, and doing it under the lock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rawdb.dialects.types import is_known
from rawdb.exceptions import DBMigrationError
from rawdb.migrate.backends import Target, open_backend
from rawdb.migrate.files import Migration, load, load_hooks
from rawdb.migrate.lock import Lock
from rawdb.migrate.progress import Progress, done_marks, expected_objects, explain, kinds_of, progress
from rawdb.schema import Inspector, Table
from rawdb.schema.ddl import effect, schema_of_files
from rawdb.schema.history import LOCK, History

_log = logging.getLogger("rawdb.migrate")


class Session:
    """One database and one folder of migrations, over one connection that is closed at the end."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.migrations = load(folder)
        self._folder = folder
        self._target = target
        self._dialect = target.dialect
        self._stack = ExitStack()
        self._borrowed: Any = None

    def __enter__(self) -> Session:
        if self._target.borrow is not None:
            self._borrowed = self._stack.enter_context(self._target.borrow())
        self._backend = open_backend(self._target, self._borrowed)
        self._stack.callback(self._backend.close)
        self._history = History(self._dialect, self._backend.connection)
        self._inspector = Inspector(self._dialect, self._backend.connection)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._stack.close()
        if isinstance(error, Exception) and self._dialect.is_driver_error(error):
            raise self._dialect.translate(error) from error

    def progress(self) -> list[Progress]:
        """How far each migration is. Round trips: 4, and 1 more if some migration adds or drops columns."""
        return progress(self.migrations, self._history.applied(), self._present())

    def _present(self) -> set[tuple[str, str]]:
        return self._history.objects(kinds_of(self.migrations))

    def in_question(self) -> list[Migration]:
        """The migrations on which history and catalog disagree."""
        found = {each.id for each in self.progress() if each.in_question}
        return [migration for migration in self.migrations if migration.id in found]

    def refuse_half_done(self) -> None:
        """Raise DBMigrationError if a migration is half done."""
        wrong = [explain(each) for each in self.progress() if each.in_question]
        if wrong:
            raise DBMigrationError("\n".join(wrong))

    def pending(self, number: int) -> list[Migration]:
        """What is not applied, up to a number."""
        applied = self._history.applied()
        return [each for each in self.migrations if each.number <= number and each.id not in applied]

    def to_undo(self, number: int) -> list[Migration]:
        """What was applied after a number, newest first. Raises DBMigrationError if one of it cannot be undone."""
        applied = self._history.applied()
        found = [each for each in reversed(self.migrations) if each.number > number and each.id in applied]
        stuck = [each.id for each in found if not each.can_be_undone]
        if stuck:
            raise DBMigrationError(f"cannot be undone, there is no rollback file: {', '.join(stuck)}")
        return found

    def prepare_lock(self) -> None:
        """Make yoyo's lock table, if it is not there."""
        if LOCK not in self._history.tables():
            self._backend.create_lock_table()

    def prepare_history(self) -> None:
        """Make yoyo's other tables, if they are not there or a process died making them."""
        if not self._history.is_complete():
            self._history.drop_unfinished()
            self._backend.ensure_internal_schema_updated()
        # yoyo would ask again before each migration.
        self._backend._internal_schema_updated = True

    def break_lock(self) -> None:
        """Remove the lock, whoever holds it."""
        if LOCK in self._history.tables():
            self._history.clear_lock()

    def apply(self, migration: Migration, lock: Lock | None) -> str:
        """Apply and record a migration; returns its id."""
        self._run(migration, lock, self._backend.apply_one)
        return migration.id

    def run_post_apply(self) -> None:
        """Run the folder's post-apply files, as yoyo does after applying."""
        for hook in load_hooks(self._folder):
            self._guarded(hook.id, self._backend.apply_one, hook, mark=False)

    def undo(self, migration: Migration, lock: Lock | None) -> str:
        """Undo a migration and its record; returns its id."""
        self._run(migration, lock, self._backend.rollback_one)
        return migration.id

    def _run(self, migration: Migration, lock: Lock | None, act: Any) -> None:
        if lock is not None:
            lock.check()
        _log.info("%s: %s", migration.id, act.__name__)
        self._guarded(migration.id, act, migration.yoyo)

    def _guarded(self, name: str, act: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
        self._backend.failures.clear()
        try:
            act(*arguments, **keywords)
        except Exception as error:
            if not self._dialect.is_driver_error(error):
                raise
            raise self._failed(name, error) from error

    def _failed(self, name: str, error: Exception) -> DBMigrationError:
        """What yoyo raises last may be about its own cleaning up; the first failure is the cause."""
        failures = self._backend.failures
        statement, cause = failures[0] if failures else ("", error)
        text = " ".join(statement.split())
        translated = self._dialect.translate(cause)
        return DBMigrationError(f"{name} failed at {text[:100]!r}: {translated}", translated)

    def complete(self, migration: Migration, lock: Lock | None) -> str:
        """Run the statements that are missing, compare the tables with the file, record it; returns the id."""
        marks = self._marks(migration)
        for step, mark in zip(migration.steps, marks, strict=True):
            if mark is False and step.apply is not None:
                self._execute(migration, lock, step.apply)
        self._compare(migration)
        if migration.id not in self._history.applied():
            self._backend.mark_migrations([migration.yoyo])
        _log.warning("%s was completed", migration.id)
        return migration.id

    def take_back(self, migration: Migration, lock: Lock | None) -> str:
        """Undo the statements that were done, last first, and remove the record; returns the id."""
        marks = self._marks(migration)
        done = [step for step, mark in zip(migration.steps, marks, strict=True) if mark]
        if any(step.undo is None for step in done):
            raise DBMigrationError(f"{migration.id} cannot be undone, there is no rollback file")
        self._refuse_to_lose_rows(migration, [step.undo or "" for step in done])
        for step in reversed(done):
            self._execute(migration, lock, step.undo or "")
        if migration.id in self._history.applied():
            self._backend.unmark_migrations([migration.yoyo])
        _log.warning("%s was taken back", migration.id)
        return migration.id

    def _marks(self, migration: Migration) -> list[bool | None]:
        recorded = self._history.applied()
        present = self._present()
        expected = expected_objects(self.migrations, recorded)
        applied = migration.id in recorded
        marks = done_marks(migration, expected - present if applied else expected, present, applied=applied)
        for number, mark in enumerate(marks, 1):
            if mark is None:
                raise DBMigrationError(
                    f"{migration.id}: whether statement {number} was run cannot be seen in the catalog; look for "
                    "yourself, then use yoyo mark or yoyo unmark"
                )
        return marks

    def _execute(self, migration: Migration, lock: Lock | None, statement: str) -> None:
        if lock is not None:
            lock.check()
        self._guarded(migration.id, self._backend.execute, statement)

    def _compare(self, migration: Migration) -> None:
        """Refuse to record tables that are not what the files up to this one make: they come from elsewhere."""
        wanted, _ = schema_of_files(self._dialect.name, self._folder, upto=migration.path.name)
        made = [effect(step.apply) for step in migration.steps if step.apply]
        names = {each.name for each in made if each is not None and each.kind == "table"}
        found = self._inspector.schema()
        wrong = [name for name in sorted(names & wanted.keys()) if not _alike(found.get(name), wanted[name])]
        if wrong:
            raise DBMigrationError(
                f"{migration.id} is not recorded, these tables are not what it makes: {', '.join(wrong)}"
            )

    def _refuse_to_lose_rows(self, migration: Migration, statements: list[str]) -> None:
        dropped = [effect(statement) for statement in statements]
        filled = [
            each.name
            for each in dropped
            if each is not None and each.kind == "table" and self._history.has_rows(each.name)
        ]
        if filled:
            raise DBMigrationError(f"{migration.id} is not taken back, there are rows in: {', '.join(filled)}")


def _alike(found: Table | None, wanted: Table) -> bool:
    """Whether a table is the one that the file makes, as far as both can be read without doubt."""
    if found is None or found.primary_key != wanted.primary_key or found.columns.keys() != wanted.columns.keys():
        return False
    types = [(column.type, wanted.columns[column.name].type) for column in found.columns.values()]
    return all(one == other for one, other in types if is_known(one) and is_known(other))
