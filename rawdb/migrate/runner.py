"""Applying and undoing one migration.

Where the server can take DDL back, a migration and its record are one transaction: a process that dies has done
nothing. Elsewhere (MySQL, and migrations that say `transactional: false`) each statement comes with a note of it,
so that the next process knows where the dead one stopped. A statement of data and its note are one transaction;
one that commits by itself is told by a fingerprint of what it is about.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from rawdb.exceptions import DBConnectionError, DBMigrationError
from rawdb.migrate.backends import Target
from rawdb.migrate.fingerprint import fingerprint, invalid_indexes
from rawdb.migrate.lock import Lock
from rawdb.migrate.waits import Patience, Waits
from rawdb.schema.history import History, Note
from rawdb.schema.migrations import Migration, Step, controls_transaction, squeezed

_log = logging.getLogger("rawdb.migrate")

_PAST = {"apply": "applied", "undo": "undone"}
#: PostgreSQL's refusal of what runs only outside of a transaction.
_NOT_IN_TRANSACTION = "25001"
_ALONE_ON_SQLITE = re.compile(r"(PRAGMA|VACUUM|ATTACH|DETACH)\b", re.IGNORECASE)
_OF_THE_SESSION = re.compile(r"(SET|PRAGMA|USE)\b", re.IGNORECASE)


class Runner:
    """Runs migrations on one connection, under the lock."""

    def __init__(self, target: Target, backend: Any, history: History, waits: Waits) -> None:
        self._dialect = target.dialect
        self._backend = backend
        self._raw = backend.connection
        self._history = history
        self._patience = Patience(self._dialect, self._raw, waits)
        self.lock: Lock | None = None

    def run(self, migration: Migration, direction: str) -> str:
        """Apply ("apply") or undo ("undo") a migration and change its record; returns its id.

        What was done is taken back when a statement fails. Raises DBMigrationError, which names it.
        """
        self._start(migration, direction)
        if migration.transactional and self._backend.has_transactional_ddl:
            self._tried(migration, lambda: self._in_one_transaction(migration, direction))
        else:
            here = 0 if direction == "apply" else len(migration.steps)
            self._walk(migration, direction, here)
        return migration.id

    def resume(self, migration: Migration, here: int, direction: str, check: Callable[[], None] | None = None) -> str:
        """Bring a half-done migration, of which `here` steps are applied, to one of its ends; returns its id.

        `check` is asked before it is recorded.
        """
        self._start(migration, direction)
        # What only the lost session knew.
        for step in migration.steps[:here]:
            if step.apply is not None and _OF_THE_SESSION.match(squeezed(step.apply)):
                self._tried(migration, partial(self._send, step, "apply"))
        self._walk(migration, direction, here, keep=True, check=check)
        _log.warning("%s was %s", migration.id, "completed" if direction == "apply" else "taken back")
        return migration.id

    def run_hook(self, hook: Migration) -> None:
        """Run a `post-apply` file, in one transaction where it has one."""
        self._start(hook, "apply")

        def work() -> None:
            for step in hook.steps:
                self._send(step, "apply")

        self._tried(hook, (lambda: self._transaction(work)) if hook.transactional else work)

    def position(self, migration: Migration, note: Note) -> int:
        """How many steps of a half-done migration are applied.

        An index that could not be built to its end is dropped. Raises DBMigrationError when it cannot be told.
        """
        forth = note.direction == "apply"
        index = note.position if forth else note.position - 1
        if not 0 <= index < len(migration.steps) or not migration.steps[index].does(note.direction):
            return note.position
        text = _text(migration.steps[index], note.direction)
        if not note.fingerprint:
            raise DBMigrationError(
                f"{migration.id}: whether {squeezed(text)[:60]!r} was run, statement {index + 1}, cannot be told: look "
                "for yourself, make the tables match, and say so with `rawdb migrate stamp VERSION`"
            )
        unfinished = self._drop_unfinished(text)
        was_run = not unfinished and fingerprint(self._dialect, self._raw, text) != note.fingerprint
        return note.position + (1 if forth else -1) * was_run

    def _start(self, migration: Migration, direction: str) -> None:
        if self.lock is not None:
            self.lock.check()
        wrong = next((text for text in migration.texts() if controls_transaction(text)), None)
        if wrong is not None:
            raise DBMigrationError(
                f"{migration.path.name}: {squeezed(wrong)!r}: leave transactions to whoever applies the file; a line "
                "`-- transactional: false` at its top runs each statement by itself"
            )
        _log.info("%s is being %s", migration.id, _PAST[direction])
        self._patience.set_up()

    # In one transaction

    def _in_one_transaction(self, migration: Migration, direction: str) -> None:
        self._transaction(lambda: self._all_of(migration, direction))

    def _transaction(self, work: Callable[[], None]) -> None:
        """Run the work between BEGIN and COMMIT; nothing of it stays when it fails."""
        self._backend.failures.clear()
        self._begin()
        try:
            work()
            self._execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._backend._in_transaction = False

    def _all_of(self, migration: Migration, direction: str) -> None:
        steps = migration.steps if direction == "apply" else tuple(reversed(migration.steps))
        for number, step in enumerate(steps, 1):
            self._send(step, direction)
            if not self._dialect.in_transaction(self._raw):
                raise DBMigrationError(
                    f"{migration.id}: step {number} ended the transaction, so what it did stays: begin the file with "
                    "`-- transactional: false` (or __transactional__ = False)"
                )
        self._record(migration, direction)

    def _record(self, migration: Migration, direction: str) -> None:
        self._history.log(migration, direction)
        self._history.erase_note(migration)
        # Whatever it was before: a repair may find it either way.
        self._history.unmark(migration)
        if direction == "apply":
            self._history.mark(migration)

    # Statement by statement

    def _walk(
        self, migration: Migration, direction: str, here: int, *, keep: bool = False,
        check: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """Go from a position to the end of a direction, and back again if a statement fails on the way.

        With `keep`, a repair, what was there before stays where it is.
        """
        start = here
        there = len(migration.steps) if direction == "apply" else 0
        self._note(migration, direction, here)
        try:
            while here != there:
                here = self._one(migration, direction, here)
            if check is not None:
                check()
        except Exception as error:
            failed = error if isinstance(error, DBMigrationError) else self._failed(migration, error)
            raise self._back(migration, direction, start, here, failed, keep=keep) from error.__cause__ or error
        self._transaction(lambda: self._record(migration, direction))

    def _back(
        self, migration: Migration, direction: str, start: int, here: int, failed: DBMigrationError, *, keep: bool
    ) -> DBMigrationError:
        """Take back what was done before a failure; returns the error to raise."""
        other = "undo" if direction == "apply" else "apply"
        if isinstance(failed.cause, DBConnectionError) or self._dialect.is_closed(self._raw):
            return failed
        if direction == "apply" and not migration.can_be_undone:
            return failed if here == start else _left_half(failed, migration)
        try:
            while here != start:
                # The note keeps its direction: what the history says has not changed.
                here = self._one(migration, other, here, noted=direction)
            if keep:
                self._note(migration, direction, here)
            else:
                self._history.erase_note(migration)
        except Exception as error:
            if not (isinstance(error, DBMigrationError) or self._dialect.is_driver_error(error)):
                raise
            _log.exception("%s could not be taken back", migration.id)
            return _left_half(failed, migration)
        return failed

    def _one(self, migration: Migration, direction: str, here: int, noted: str | None = None) -> int:
        """Do one step and note it; returns the new position."""
        if self.lock is not None:
            self.lock.refuse_lost()
        forth = direction == "apply"
        step = migration.steps[here if forth else here - 1]
        there = here + (1 if forth else -1)
        if step.does(direction):
            self._tried(migration, lambda: self._step_and_note(migration, step, direction, there, noted or direction))
        else:
            self._note(migration, noted or direction, there)
        return there

    def _step_and_note(self, migration: Migration, step: Step, direction: str, there: int, noted: str) -> None:
        text = _text(step, direction)

        def both() -> None:
            self._send(step, direction)
            self._note(migration, noted, there)

        try:
            if self._dialect.name == "sqlite" and _ALONE_ON_SQLITE.match(squeezed(text)):
                both()
            else:
                self._transaction(both)
        except Exception as error:
            if getattr(error, "sqlstate", None) == _NOT_IN_TRANSACTION:
                self._backend.failures.clear()
                self._alone(text, both)
                return
            raise

    def _alone(self, text: str, both: Callable[[], None]) -> None:
        # CREATE INDEX CONCURRENTLY leaves an index behind that nobody can use, also the time before this.
        self._drop_unfinished(text)
        try:
            both()
        except Exception:
            # Who was in the way of the one may be in the way of the other; the next try begins with it.
            with suppress(Exception):
                self._drop_unfinished(text)
            raise

    def _drop_unfinished(self, text: str) -> bool:
        unfinished = invalid_indexes(self._dialect, self._raw, text)
        for name in unfinished:
            _log.warning("index %s could not be built to its end and is dropped", name)
            self._execute(f"DROP INDEX {name}")
        return bool(unfinished)

    def _note(self, migration: Migration, direction: str, here: int) -> None:
        index = here if direction == "apply" else here - 1
        mark = "-"
        if 0 <= index < len(migration.steps) and migration.steps[index].does(direction):
            text = _text(migration.steps[index], direction)
            mark = fingerprint(self._dialect, self._raw, text) if text else ""
        self._history.write_note(migration, Note(direction, here, mark))

    # Statements

    def _tried(self, migration: Migration, work: Callable[[], None]) -> None:
        try:
            self._patience.run(migration.id, self._first_failure, work)
        except Exception as error:
            if not self._dialect.is_driver_error(error):
                raise
            raise self._failed(migration, error) from self._cause(error)

    def _send(self, step: Step, direction: str) -> None:
        if step.act is not None:
            (step.act.apply if direction == "apply" else step.act.rollback)(self._backend)
        elif (text := _text(step, direction)) and squeezed(text):
            self._execute(text)

    def _execute(self, text: str) -> None:
        cursor = self._backend.cursor()
        try:
            cursor.execute(text)
        finally:
            cursor.close()

    def _begin(self) -> None:
        self._execute(self._dialect.begin_write)
        self._backend._in_transaction = True

    def _roll_back(self) -> None:
        with suppress(Exception):
            # The failure that led here is the one to tell; a lost connection has nothing to roll back.
            self._dialect.run(self._raw, "ROLLBACK", {})

    def _first_failure(self) -> str:
        return self._backend.failures[0].statement if self._backend.failures else ""

    def _cause(self, error: BaseException) -> BaseException:
        return self._backend.failures[0].error if self._backend.failures else error

    def _failed(self, migration: Migration, error: BaseException) -> DBMigrationError:
        """What a clean-up raises last may be about itself; the first failure is the cause."""
        translated = self._dialect.translate(self._cause(error))
        text = " ".join(self._first_failure().split())
        return DBMigrationError(f"{migration.id} failed at {text[:100]!r}: {translated}", translated)


def _text(step: Step, direction: str) -> str:
    return (step.apply if direction == "apply" else step.undo) or ""


def _left_half(failed: DBMigrationError, migration: Migration) -> DBMigrationError:
    return DBMigrationError(
        f"{failed} What it had done before could not be taken back: {migration.id} is half done; `rawdb migrate "
        "status` says how far, `rawdb migrate repair apply` goes on once the reason is gone, `rawdb migrate repair "
        "undo` takes it back",
        failed.cause,
    )
