"""How far each migration is: what yoyo recorded, held against what the catalog has.

yoyo applies a migration in one transaction and records it in another, and MySQL commits after every statement of
DDL. A process that dies in between leaves a migration half done, or done and not recorded. That is seen here by
the tables, indexes and columns that the files create and drop; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rawdb.migrate.files import Migration
from rawdb.schema.ddl import Effect, effect

Object = tuple[str, str]


@dataclass(frozen=True)
class Progress:
    """How far one migration is.

    `done` counts the statements whose outcome the catalog shows, of `visible` that can be seen there at all.
    """

    id: str
    number: int
    applied: bool
    applied_at: datetime | None
    done: int
    visible: int
    in_question: bool

    @property
    def state(self) -> str:
        """`applied` or `pending`; where history and catalog disagree `half applied`, `not recorded`, `half undone`."""
        if not self.in_question:
            return "applied" if self.applied else "pending"
        if self.applied:
            return "half undone"
        return "not recorded" if self.done == self.visible else "half applied"


def kinds_of(migrations: list[Migration]) -> set[str]:
    """Of what kinds the objects are that the migrations create and drop."""
    effects = [effect(step.apply) for migration in migrations for step in migration.steps if step.apply]
    return {each.kind for each in effects if each is not None}


def progress(migrations: list[Migration], recorded: dict[str, datetime | None], present: set[Object]) -> list[Progress]:
    """How far each migration is, in order. `present` is what the catalog has."""
    expected = _expected(migration for migration in migrations if migration.id in recorded)
    newest = max((migration.number for migration in migrations if migration.id in recorded), default=0)
    result = []
    for migration in migrations:
        applied = migration.id in recorded
        marks = done_marks(migration, expected - present if applied else expected, present, applied=applied)
        seen = [mark for mark in marks if mark is not None]
        # A process that died undoing leaves its traces in the newest only; elsewhere it is drift, which
        # rawdb.schema.diff is there for.
        question = not all(seen) and migration.number == newest if applied else any(seen)
        result.append(
            Progress(
                id=migration.id,
                number=migration.number,
                applied=applied,
                applied_at=recorded.get(migration.id),
                done=sum(seen),
                visible=len(seen),
                in_question=question,
            )
        )
    return result


def done_marks(migration: Migration, context: set[Object], present: set[Object], *, applied: bool) -> list[bool | None]:
    """For each statement: whether the catalog shows it done, or None when it would show nothing.

    `context` is, for an applied migration, what the history promises and the catalog lacks; for another one,
    what the history promises: creating what was there before, or dropping what never was, is not this
    migration's doing.
    """
    return [_mark(step.apply, context, present, applied=applied) for step in migration.steps]


def _mark(statement: str | None, context: set[Object], present: set[Object], *, applied: bool) -> bool | None:
    done = effect(statement) if statement else None
    if done is None:
        return None
    if applied:
        return done.action == "drop" or done.object not in context
    if done.action == "create":
        return done.object in present and done.object not in context
    return done.object in context and done.object not in present


def expected_objects(migrations: list[Migration], recorded: Iterable[str]) -> set[Object]:
    """What the recorded migrations together leave in the catalog."""
    names = set(recorded)
    return _expected(migration for migration in migrations if migration.id in names)


def _expected(migrations: Iterable[Migration]) -> set[Object]:
    objects: set[Object] = set()
    for migration in migrations:
        for step in migration.steps:
            done = effect(step.apply) if step.apply else None
            if done is not None:
                _replay(objects, done)
    return objects


def _replay(objects: set[Object], done: Effect) -> None:
    if done.action == "create":
        objects.add(done.object)
    else:
        objects.discard(done.object)


def explain(found: Progress) -> str:
    """What is wrong with a migration in question, and the ways out."""
    counted = f"{found.done} of {found.visible} statements"
    if found.state == "half undone":
        what = f"it is recorded as applied, but the database shows only {counted} of it"
    elif found.state == "not recorded":
        what = f"the database shows all of its {counted.split(' of ')[1]}, but it is not recorded as applied"
    else:
        what = f"it is not recorded as applied, but the database shows {counted} of it"
    return (
        f"{found.id} is {found.state}: {what}. A process died there, or the tables come from elsewhere. "
        "`rawdb migrate repair apply` completes and records it, `rawdb migrate repair undo` takes it back; by hand, "
        "make the tables match and use yoyo mark or yoyo unmark"
    )
