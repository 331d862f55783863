"""The work on one database: what is to be done, and doing it under the lock."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rawdb.exceptions import DBMigrationError
from rawdb.migrate.backends import Target, open_backend
from rawdb.migrate.lock import Lock, may_be_alive
from rawdb.migrate.progress import (
    Progress,
    State,
    done_marks,
    explain,
    position,
    progress,
    unclear_step,
    unknown,
)
from rawdb.migrate.runner import Runner
from rawdb.migrate.waits import Waits
from rawdb.schema.effects import Object, all_effects, effects, folded_names
from rawdb.schema.history import LOCK, History
from rawdb.schema.inspection import Inspector
from rawdb.schema.migrations import Migration, load, load_hooks
from rawdb.schema.model import YOYO_TABLES, Table
from rawdb.schema.rehearsal import rehearsed

_log = logging.getLogger("rawdb.migrate")


class Session:
    """One database and one folder of migrations, over one connection that is closed at the end.

    With `foreign` it may stand in a database that holds other tables, or another history's migrations too.
    """

    def __init__(self, target: Target, folder: Path, waits: Waits | None = None, *, foreign: bool = False) -> None:
        self.migrations = load(folder)
        self._folder = folder
        self._target = target
        self._dialect = target.dialect
        self._waits = waits or Waits()
        self._foreign = foreign
        self._stack = ExitStack()

    def __enter__(self) -> Session:
        borrowed: Any = None
        if self._target.borrow is not None:
            borrowed = self._stack.enter_context(self._target.borrow())
        self._backend = open_backend(self._target, borrowed)
        self._stack.callback(self._backend.close)
        self._history = History(self._dialect, self._backend.connection)
        self._runner = Runner(self._target, self._backend, self._history, self._waits)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._stack.close()
        if isinstance(error, Exception) and self._dialect.is_driver_error(error):
            raise self._dialect.translate(error) from error

    # Looking

    def progress(self) -> list[Progress]:
        """How far each migration is, those of which there is no file last. Round trips: 7, and 1 or 2 for columns."""
        state = self._state()
        return [*progress(self.migrations, state), *self._unknown(state)]

    def _unknown(self, state: State) -> list[Progress]:
        return [] if self._foreign else unknown(state.recorded, self.migrations)

    def _state(self) -> State:
        present = folded_names(self._dialect.name, self._history.objects(self._kinds()))
        return State(self._dialect.name, self._history.applied(), self._history.notes(), present)

    def _kinds(self) -> set[str]:
        """Of what kinds the objects are that the migrations are about."""
        found = [all_effects(self._dialect.name, migration) or () for migration in self.migrations]
        return {effect.object[0] for steps in found for step in steps for effect in step}

    def is_being_migrated(self) -> bool:
        """Whether somebody holds the lock who may be alive."""
        if LOCK not in self._history.tables():
            return False
        return may_be_alive(self._history, local=self._target.url.dialect == "sqlite")

    def in_question(self) -> list[Migration]:
        """The migrations on which history and database disagree."""
        found = {each.id for each in self.progress() if each.in_question}
        return [migration for migration in self.migrations if migration.id in found]

    def refuse_half_done(self) -> None:
        """Raise DBMigrationError if a migration is half done."""
        wrong = [explain(each) for each in self.progress() if each.in_question]
        if wrong:
            raise DBMigrationError("\n".join(wrong))

    def refuse_unknown(self) -> None:
        """Raise DBMigrationError where another's migrations or tables are, or the file of an applied one is gone."""
        if self._foreign:
            return
        # The tables first: what somebody makes while this looks has left its traces in the history by then.
        tables = self._own_tables()
        state = self._state()
        if gone := [each.id for each in self._unknown(state)]:
            raise DBMigrationError(
                f"the history of this database holds migrations that {self._folder} has not: {', '.join(gone)}. "
                "Restore their files; or, if they are another's, say that two histories are to share the database "
                "(foreign=True, --foreign)"
            )
        if tables and self._is_foreign(state):
            shown = sorted(tables)
            more = ", ..." if len(shown) > 5 else ""
            raise DBMigrationError(
                f"this database holds tables ({', '.join(shown[:5])}{more}) and no history of {self._folder}: is it "
                "the right one? If these tables are what the migrations make, say up to which version "
                "(rawdb.migrate.stamp, `rawdb migrate stamp VERSION`); if they are another's and the migrations belong "
                "beside them, say so (foreign=True, --foreign)"
            )

    def _is_foreign(self, state: State) -> bool:
        """Whether nothing tells that any migration of this folder was ever here."""
        own = {migration.id for migration in self.migrations}
        if own & (state.recorded.keys() | state.notes.keys() | self._history.logged()):
            return False
        return not any(each.in_question for each in progress(self.migrations, state))

    def _own_tables(self) -> set[str]:
        return self._history.tables() - YOYO_TABLES

    def lock_table_exists(self) -> bool:
        """Whether yoyo or rawdb was ever about to migrate this database."""
        return LOCK in self._history.tables()

    def version(self) -> int:
        """The number of the newest recorded migration."""
        self.refuse_unknown()
        recorded = self._history.applied()
        return max((each.number for each in self.migrations if each.id in recorded), default=0)

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

    # Working

    def prepare_lock(self) -> None:
        """Make yoyo's lock table, if it is not there."""
        if LOCK not in self._history.tables():
            self._backend.create_lock_table()

    def prepare(self, lock: Lock | None) -> None:
        """Make yoyo's other tables, if they are not there or a process died making them."""
        self._runner.lock = lock
        if not self._history.is_complete():
            self._history.drop_unfinished()
            self._backend.ensure_internal_schema_updated()

    def break_lock(self) -> None:
        """Remove the lock, whoever holds it."""
        if LOCK in self._history.tables():
            self._history.clear_lock()

    def apply(self, migration: Migration) -> str:
        """Apply and record a migration; returns its id."""
        return self._runner.run(migration, "apply")

    def undo(self, migration: Migration) -> str:
        """Undo a migration and its record; returns its id."""
        return self._runner.run(migration, "undo")

    def run_post_apply(self) -> None:
        """Run the folder's post-apply files, as yoyo does after applying."""
        for hook in load_hooks(self._folder):
            self._runner.run_hook(hook)

    def stamp(self, number: int) -> list[str]:
        """Record what is up to a number as applied and what is after it as not; returns the ids that changed."""
        changed = []
        recorded, notes = self._history.applied(), self._history.notes()
        for migration in self.migrations:
            applied = migration.number <= number
            if migration.id in notes:
                self._history.erase_note(migration)
            if applied is not (migration.id in recorded):
                (self._history.mark if applied else self._history.unmark)(migration)
                self._history.log(migration, "mark" if applied else "unmark")
                changed.append(migration.id)
            elif migration.id in notes:
                changed.append(migration.id)
        return changed

    def repair(self, migration: Migration, how: str) -> str:
        """Bring a half-done migration to one of its ends, `apply` or `undo`; returns its id."""
        state = self._state()
        note = state.note(migration)
        if note is not None:
            return self._runner.resume(migration, self._runner.position(migration, note), how)
        # No note: not rawdb's doing, so it is looked at with more doubt.
        here = self._position(migration, state)
        if how == "undo":
            self._refuse_to_lose_rows(migration, here)
            return self._runner.resume(migration, here, how)
        return self._runner.resume(migration, here, how, check=lambda: self._compare(migration))

    def _position(self, migration: Migration, state: State) -> int:
        marks = done_marks(migration, self.migrations, state)
        here = position(migration, marks)
        if here is None:
            raise DBMigrationError(
                f"{migration.id}: whether statement {unclear_step(marks)} was run cannot be seen in the catalog; look "
                "for yourself, make the tables match, and say so with `rawdb migrate stamp VERSION`"
            )
        return here

    def _compare(self, migration: Migration) -> None:
        """Refuse to record tables that are not what the files up to this one make: they come from elsewhere."""
        names = self._made_by(migration)
        wanted = rehearsed(self._target.url, self._folder, upto=migration.number)
        found = Inspector(self._dialect, self._backend.connection).schema()
        wrong = [name for name in sorted(names & wanted.keys()) if not _alike(found.get(name), wanted[name])]
        if wrong:
            raise DBMigrationError(
                f"{migration.id} is not recorded, these tables are not what it makes: {', '.join(wrong)}"
            )

    def _made_by(self, migration: Migration) -> set[str]:
        found: list[Object] = [
            effect.object for step in all_effects(self._dialect.name, migration) or () for effect in step
        ]
        return {name for kind, name in found if kind == "table"}

    def _refuse_to_lose_rows(self, migration: Migration, here: int) -> None:
        undo = [step.undo for step in migration.steps[:here] if step.undo is not None]
        dropped = [effect for text in undo for effect in effects(self._dialect.name, text) or ()]
        present = self._history.tables()
        filled = [
            each.table
            for each in dropped
            if each.action == "drop" and each.object == ("table", each.table) and each.table in present
            if self._history.has_rows(each.table)
        ]
        if filled:
            raise DBMigrationError(f"{migration.id} is not taken back, there are rows in: {', '.join(filled)}")


def _alike(found: Table | None, wanted: Table) -> bool:
    """Whether a table is the one that the files make."""
    if found is None or found.primary_key != wanted.primary_key or found.columns.keys() != wanted.columns.keys():
        return False
    return all(column.type == wanted.columns[column.name].type for column in found.columns.values())
