"""How far each migration is: what yoyo recorded, what rawdb took note of, and what the catalog has.

rawdb applies and records a migration in one transaction where the server can, and takes a note with each statement
where it cannot, so its own half-done work is known exactly. A `yoyo` started by hand takes no notes, and records in
another transaction than it applies in: what it left is looked for in the catalog, by the tables, indexes and columns
that the files create, drop and rename. Nothing is written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rawdb.schema.effects import Effect, Object, all_effects, replay
from rawdb.schema.history import Note
from rawdb.schema.migrations import Migration


@dataclass(frozen=True)
class Progress:
    """How far one migration is.

    `done` counts the statements that were run, of `visible` that can be told. `running` is a migration that
    another process works on now. `known` is False for one whose file is gone.
    """

    id: str
    number: int
    applied: bool
    applied_at: datetime | None
    done: int = 0
    visible: int = 0
    in_question: bool = False
    running: bool = False
    known: bool = True

    @property
    def state(self) -> str:
        """`applied`, `pending`, `running` or `unknown` (its file is gone).

        Where history and database disagree: `half applied`, `not recorded`, `half undone`.
        """
        if not self.known:
            return "unknown"
        if self.running:
            return "running"
        if not self.in_question:
            return "applied" if self.applied else "pending"
        if self.applied:
            return "half undone"
        return "not recorded" if self.done == self.visible else "half applied"


@dataclass(frozen=True)
class State:
    """What a database says of migrations. `present` is what the catalog has."""

    dialect: str
    recorded: Mapping[str, datetime | None]
    notes: Mapping[str, Note]
    present: set[Object]

    def note(self, migration: Migration) -> Note | None:
        """The note of a migration, unless the history says that somebody has brought it to its end since."""
        note = self.notes.get(migration.id)
        return note if note is not None and (note.direction == "undo") is (migration.id in self.recorded) else None


def progress(migrations: list[Migration], state: State) -> list[Progress]:
    """How far each migration is, in order."""
    recorded = [migration for migration in migrations if migration.id in state.recorded]
    # A process that died left its traces in the first that is missing or the last that is there; what differs
    # elsewhere is drift, which rawdb.schema.diff is there for.
    newest = max((migration.number for migration in recorded), default=0)
    first = _next(migrations, state)
    # What a note says is exact, and what the catalog shows beside it comes from the same work.
    noted = any(state.note(migration) is not None for migration in migrations)
    result = []
    for migration in migrations:
        applied = migration.id in state.recorded
        done = visible = 0
        question = False
        if (note := state.note(migration)) is not None:
            done, visible, question = note.position, len(migration.steps), True
        elif not noted and (migration.number == newest if applied else migration is first):
            seen = [mark for mark in done_marks(migration, migrations, state) if mark is not None]
            done, visible = sum(seen), len(seen)
            question = done < visible if applied else done > 0
        result.append(
            Progress(migration.id, migration.number, applied, state.recorded.get(migration.id), done, visible, question)
        )
    return result


def done_marks(migration: Migration, migrations: list[Migration], state: State) -> list[bool | None]:
    """For each step: whether the catalog shows it done, or None when it would show nothing.

    The effects of the whole migration are summed up first: only a name that one statement alone is about shows
    whether that one was run.
    """
    found = all_effects(state.dialect, migration)
    if found is None:
        return [None] * len(migration.steps)
    before = _left_by(state, [each for each in migrations if each.id in state.recorded and each is not migration])
    involved = found
    if migration.id in state.recorded and (following := _next(migrations, state)) is not None:
        # What is missing may be the doing of the next one, which somebody began.
        begun = all_effects(state.dialect, following)
        if begun is None:
            return [None] * len(migration.steps)
        involved = found + begun
    touched = Counter(each for step in involved for effect in step for each in _touched(effect))
    tables = {effect.object[1] for step in involved for effect in step if _replaces_table(effect)}
    return [_mark(step, before, touched, tables, state.present) for step in found]


def _next(migrations: list[Migration], state: State) -> Migration | None:
    """The first migration that is not applied."""
    return next((migration for migration in migrations if migration.id not in state.recorded), None)


def _left_by(state: State, migrations: list[Migration]) -> dict[Object, str]:
    """What these migrations leave in the catalog, as far as it can be told."""
    objects: dict[Object, str] = {}
    for migration in migrations:
        for effects in all_effects(state.dialect, migration) or ():
            for effect in effects:
                replay(objects, effect)
    return objects


def _touched(effect: Effect) -> list[Object]:
    return [effect.object, (effect.object[0], effect.to)] if effect.to else [effect.object]


def _replaces_table(effect: Effect) -> bool:
    return effect.object[0] == "table" and effect.action != "create"


def _mark(
    effects: tuple[Effect, ...], before: dict[Object, str], touched: Counter[Object], tables: set[str],
    present: set[Object],
) -> bool | None:  # fmt: skip
    marks = set()
    for effect in effects:
        objects = _touched(effect)
        moved = effect.table in tables and effect.object[0] != "table"
        if not effect.certain or moved or any(touched[each] > 1 for each in objects):
            return None
        # What was there before cannot be made, and what was not there cannot go: that is not this one's doing.
        expected = [effect.action != "create", False][: len(objects)]
        if [each in before for each in objects] != expected:
            return None
        marks.add((objects[-1] in present) is (effect.action != "drop"))
    return marks.pop() if len(marks) == 1 else None


def position(migration: Migration, marks: list[bool | None]) -> int | None:
    """How many steps were run, by the marks of the catalog; None when they do not tell."""
    run = max((number for number, mark in enumerate(marks, 1) if mark), default=0)
    missing = next((number for number, mark in enumerate(marks) if mark is False), len(marks))
    return run if run == missing else None


def unclear_step(marks: list[bool | None]) -> int:
    """The number of the first step of which the marks do not tell whether it was run."""
    return max((number for number, mark in enumerate(marks, 1) if mark), default=0) + 1


def unknown(ids: Mapping[str, datetime | None], migrations: list[Migration]) -> list[Progress]:
    """The recorded migrations of which there is no file."""
    known = {migration.id for migration in migrations}
    return [
        Progress(name, int(digits) if (digits := name.partition(".")[0]).isdecimal() else 0, True, when, known=False)
        for name, when in sorted(ids.items())
        if name not in known
    ]


def explain(found: Progress) -> str:
    """What is wrong with a migration in question, and the ways out."""
    counted = f"{found.done} of {found.visible} statements"
    if not found.known:
        return (
            f"{found.id} is recorded as applied, and there is no file of it: restore it, or its history is another's "
            "(`--foreign` works beside that)"
        )
    if found.state == "half undone":
        what = f"it is recorded as applied, but the database shows only {counted} of it"
    elif found.state == "not recorded":
        what = f"the database shows all of its {counted.split(' of ')[1]}, but it is not recorded as applied"
    else:
        what = f"it is not recorded as applied, but the database shows {counted} of it"
    return (
        f"{found.id} is {found.state}: {what}. A process died there, or the tables come from elsewhere. "
        "`rawdb migrate repair apply` completes and records it, `rawdb migrate repair undo` takes it back; by hand, "
        "make the tables match and say so with `rawdb migrate stamp VERSION`"
    )
