"""A walk over migrations: each step up, down and up again with rows in the tables, then all the way down."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rawdb import migrate
from rawdb.dialects import URL, parse_url
from rawdb.schema import dump, inspect
from rawdb.testing.databases import Run, connected
from rawdb.testing.rows import fill


@dataclass(frozen=True)
class Step:
    """One migration, on its way up or down."""

    id: str
    number: int
    direction: Literal["up", "down"]


#: What looks on before and after a step: `hook(step, run)`, where `run(text)` sends SQL to the database.
Hook = Callable[[Step, Run], object]


def walk(
    url: str | URL,
    migrations: Path | str,
    *,
    before: Hook | None = None,
    after: Hook | None = None,
    snake: bool = True,
    down: bool = True,
    rows: int = 2,
    samples: Mapping[str, Any] | None = None,
) -> list[Step]:
    """Apply migrations one by one to an empty database, each up, down and up again (`snake`), then all down (`down`).

    `migrations` is a folder of them, or of one such folder per dialect. After each way down the schema must be what it
    was before the way up, after each way up again what the first one made; else AssertionError shows the difference.
    `before` and `after` are called around every step, in each direction: put rows in that the step must change, and
    look at what became of them. Every table that holds none then gets `rows` rows, so that steps meet rows; `samples`
    has a value for `table.column` where a CHECK wants a certain one. Returns the steps. Raises ValueError and TypeError
    for arguments that nothing can be done with, before the first step; for a sample that no table had, after the last.
    """
    _check(migrations, before, after, rows, samples)
    walker = _Walker(parse_url(url), Path(migrations), before, after, rows, samples or {})
    with connected(walker.url) as run:
        upwards = migrate.status(walker.url, migrations=migrations)
        if done := [each.id for each in upwards if each.applied]:
            raise ValueError(
                f"a walk needs an empty database, and {done[0]} is applied here: its tables would get rows"
            )
        # Numbers may have gaps: below the first is the empty database, below another the one before.
        below = [0, *(each.number for each in upwards)]
        for each, lower in zip(upwards, below, strict=False):
            walker.up(run, each)
            if snake:
                walker.down(run, each, lower)
                walker.up(run, each)
        for each, lower in reversed(list(zip(upwards, below, strict=False))) if down else ():
            walker.down(run, each, lower)
    if left := sorted(walker.unused):
        raise ValueError(f"samples names {', '.join(left)}, and no table of these migrations has such a column")
    return walker.steps


def _check(migrations: Any, before: Any, after: Any, rows: Any, samples: Any) -> None:
    """Refuse what cannot be walked by, before anything is applied."""
    if not isinstance(migrations, (str, Path)) or migrations == "":
        raise TypeError(f"migrations takes a folder, not {migrations!r}")
    if type(rows) is not int or rows < 0:
        raise ValueError(f"rows is a number of rows for each table, from 0, not {rows!r}")
    for name, hook in (("before", before), ("after", after)):
        if hook is not None and not callable(hook):
            raise TypeError(f"{name} takes a function of a step and run, not {hook!r}")
    if samples is not None and not isinstance(samples, Mapping):
        raise TypeError(f"samples takes a dict of values by 'table.column', not {samples!r}")
    for name in samples or {}:
        if not isinstance(name, str) or not all(name.partition(".")):
            raise ValueError(f"samples takes values by 'table.column', not {name!r}")


@dataclass
class _Walker:
    url: URL
    migrations: Path
    before: Hook | None
    after: Hook | None
    rows: int
    samples: Mapping[str, Any]

    def __post_init__(self) -> None:
        self.steps: list[Step] = []
        #: The schema as it was before, and is after, a migration's first way up.
        self._below: dict[str, str] = {}
        self._above: dict[str, str] = {}
        #: The samples for which no column was seen.
        self.unused = set(self.samples) if self.rows else set()

    def up(self, run: Run, each: migrate.Progress) -> None:
        self._below.setdefault(each.id, dump(self.url))
        step = Step(each.id, each.number, "up")
        self._take(run, step, lambda: migrate.upgrade(self.url, each.number, migrations=self.migrations))
        self._compare(step, self._above.setdefault(each.id, dump(self.url)))

    def down(self, run: Run, each: migrate.Progress, lower: int) -> None:
        step = Step(each.id, each.number, "down")
        self._take(run, step, lambda: migrate.downgrade(self.url, lower, migrations=self.migrations))
        self._compare(step, self._below[each.id])

    def _take(self, run: Run, step: Step, move: Callable[[], list[str]]) -> None:
        if self.before is not None:
            self.before(step, run)
        self._fill(run)
        moved = move()
        assert moved == [step.id], f"{step.id} was to go {step.direction}, and {moved or 'nothing'} went"
        self.steps.append(step)
        if self.after is not None:
            self.after(step, run)

    def _fill(self, run: Run) -> None:
        if not self.rows:
            return
        schema = inspect(self.url)
        if self.unused:
            self.unused -= {f"{name}.{column}" for name, table in schema.items() for column in table.columns}
        bare = {name: table for name, table in schema.items() if not _holds_rows(run, self.url.dialect, name)}
        fill(run, self.url.dialect, bare, rows=self.rows, samples=self.samples)

    def _compare(self, step: Step, wanted: str) -> None:
        found = dump(self.url)
        if found != wanted:
            lines = difflib.unified_diff(wanted.splitlines(), found.splitlines(), "expected", "found", lineterm="", n=1)
            raise AssertionError(f"{step.id}, {step.direction}, does not lead where it should:\n" + "\n".join(lines))


def _holds_rows(run: Run, dialect: str, table: str) -> bool:
    mark = "`" if dialect == "mysql" else '"'
    return bool(run(f"SELECT 1 FROM {mark}{table}{mark} LIMIT 1").rows)
