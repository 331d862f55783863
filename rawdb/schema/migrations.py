"""Migration files: what they hold, and the order in which they apply.

Files are read as yoyo reads them, with three differences: a byte order mark and the line ends of Windows make no
difference, what yoyo would pass over or cut in the wrong place is refused by name, and a piece that is comments
alone is no statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import sqlparse
from yoyo import read_migrations
from yoyo.exceptions import BadMigration
from yoyo.migrations import topological_sort

from rawdb.exceptions import DBMigrationError

_NUMBER = re.compile(r"\d+(?:_\d+)*")
_DIRECTIVE = re.compile(r"\s*--\s*(transactional|depends)\s*:\s*(.*?)\s*$")
# One that stands too late to count, as far as it is surely meant as one.
_LATE = re.compile(r"(?m)^\s*--\s*(?:transactional\s*:\s*(?:true|false)|depends\s*:\s*\d\S*)\s*$")
_HEAD = re.compile(r"\s*(?:--.*)?")
_DELIMITER = re.compile(r"(?im)^\s*DELIMITER\s+\S+")
_COMMENT = re.compile(r"--[^\n]*|/\*(?![!M+]).*?\*/", re.DOTALL)
_TEXT_OR_COMMENT = re.compile(r"('(?:[^'\\]|''|\\.)*')|--[^\n]*|/\*(?![!M+]).*?\*/", re.DOTALL)
_WITH_BODY = re.compile(r"CREATE\b.*?\b(?:PROCEDURE|FUNCTION|TRIGGER|EVENT)\b.*?\bBEGIN\b", re.IGNORECASE)
_BODY_END = re.compile(r"\bEND(?:\s+(?!REPEAT|IF|LOOP|WHILE|CASE)\w+)?$", re.IGNORECASE)
_CONTROL = re.compile(
    r"(?:BEGIN|COMMIT|END|ROLLBACK|ABORT)(?:\s+(?:WORK|TRANSACTION|IMMEDIATE|DEFERRED|EXCLUSIVE)(?:\s+TRANSACTION)?)?$"
    r"|START\s+TRANSACTION\b|(?:ROLLBACK\s+TO\s+)?SAVEPOINT\b|RELEASE\b",
    re.IGNORECASE,
)
_IN_PYTHON = 'write the migration as NNNN.<what>.py instead, with step("""CREATE ...""", """DROP ...""")'


@dataclass(frozen=True)
class Step:
    """What one step does and what undoes it: SQL, or None where there is none or it is Python code.

    `act` is yoyo's object for a step that is more than two texts.
    """

    apply: str | None
    undo: str | None
    act: Any = None

    def does(self, direction: str) -> bool:
        """Whether there is anything to do in this direction, "apply" or "undo"."""
        return self.act is not None or (self.apply if direction == "apply" else self.undo) is not None


@dataclass(frozen=True)
class Migration:
    """A migration: its file in plain data. `hash` is yoyo's key for the id."""

    id: str
    number: int
    path: Path
    steps: tuple[Step, ...]
    transactional: bool
    hash: str

    @property
    def can_be_undone(self) -> bool:
        """Whether there is anything to undo it with."""
        return self.path.suffix != ".sql" or rollback_path(self.path).exists()

    def texts(self) -> list[str]:
        """All SQL of it, both ways."""
        return [text for step in self.steps for text in (step.apply, step.undo) if text is not None]


def rollback_path(path: Path) -> Path:
    """The file that undoes `path`."""
    return path.with_name(f"{path.stem}.rollback.sql")


def load(folder: Path) -> list[Migration]:
    """The migrations of a folder in the order in which they apply.

    Raises DBMigrationError for a file that cannot be read, has no number, or shares one.
    """
    return list(_load(folder, _stamps(folder))[0])


def load_hooks(folder: Path) -> list[Migration]:
    """yoyo's `post-apply` files of a folder, which run after whatever was applied."""
    return list(_load(folder, _stamps(folder))[1])


def _stamps(folder: Path) -> tuple[Any, ...]:
    names = [path for path in folder.iterdir() if path.suffix in (".sql", ".py")]
    return tuple(sorted((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in names))


@lru_cache(maxsize=64)
def _load(folder: Path, stamps: object) -> tuple[tuple[Migration, ...], tuple[Migration, ...]]:
    # Cutting a schema into statements takes a good part of the time of applying it.
    found = read_migrations(str(folder))
    known = {each.id: each for each in found}
    for each in found:
        # Before any is imported: a file of Python that is no migration may do anything.
        _number(each)
    try:
        for each in (*found, *found.post_apply):
            _read(each, known)
        ordered = list(topological_sort(found))
    except BadMigration as error:
        raise DBMigrationError(f"a migration in {folder} cannot be used: {error}", error) from error
    migrations = tuple(_migration(each, _number(each)) for each in ordered)
    numbers = [migration.number for migration in migrations]
    if len(set(numbers)) != len(numbers):
        raise DBMigrationError(f"two migrations in {folder} have the same number")
    return migrations, tuple(_migration(each, 0) for each in found.post_apply)


def _read(found: Any, known: dict[str, Any]) -> None:
    """Fill yoyo's object; for a file of SQL that is done here."""
    if not found.path.endswith(".sql"):
        found.load()
        return
    path = Path(found.path)
    directives, statements = read_sql(path)
    missing = [name for name in directives["depends"] if name not in known]
    if missing:
        raise DBMigrationError(f"{path}: there is no migration {', '.join(missing)}, which it depends on")
    undo = read_sql(rollback_path(path))[1] if rollback_path(path).exists() else []
    found.use_transactions = directives["transactional"]
    found._depends = {known[name] for name in directives["depends"]}
    found.steps = [Step(*pair) for pair in zip_longest(statements, reversed(undo))]


def _number(found: Any) -> int:
    match = _NUMBER.match(found.id)
    if match is None:
        raise DBMigrationError(f"{found.path}: the name of a migration begins with its number, as in 0001.tables.sql")
    return int(match[0].replace("_", ""))


def _migration(found: Any, number: int) -> Migration:
    steps = tuple(step if isinstance(step, Step) else _python_step(step) for step in found.steps)
    return Migration(found.id, number, Path(found.path), steps, bool(found.use_transactions), found.hash)


def _python_step(wrapper: Any) -> Step:
    inner = wrapper.step
    texts = [getattr(inner, "_apply", wrapper), getattr(inner, "_rollback", wrapper)]
    if wrapper.ignore_errors is None and all(text is None or isinstance(text, str) for text in texts):
        return Step(texts[0], texts[1])
    apply, undo = (text if isinstance(text, str) else None for text in texts)
    return Step(apply, undo, wrapper)


def content(path: Path) -> str:
    """The text of a file as a server sees it: no byte order mark, line ends of one kind."""
    text = path.read_bytes().decode("utf-8-sig")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_sql(path: Path) -> tuple[dict[str, Any], list[str]]:
    """The directives and the statements of a file. Raises DBMigrationError for what cannot be used as it stands."""
    try:
        text = content(path)
    except UnicodeDecodeError as error:
        raise DBMigrationError(f"{path}: it is not UTF-8: {error}", error) from error
    directives: dict[str, Any] = {"transactional": True, "depends": []}
    lines = text.split("\n")
    head = next((number for number, line in enumerate(lines) if not _HEAD.fullmatch(line)), len(lines))
    for match in filter(None, map(_DIRECTIVE.match, lines[:head])):
        if match[1] == "depends":
            directives["depends"] += match[2].split()
        elif match[2].lower() in ("true", "false"):
            directives["transactional"] = match[2].lower() == "true"
        else:
            raise DBMigrationError(f"{path}: transactional is true or false, not {match[2]!r}")
    body = "\n".join(lines[head:])
    if late := _LATE.search(body):
        raise DBMigrationError(
            f"{path}: {late[0].strip()!r} stands too late to count: directives are the first lines of a file"
        )
    if found := _DELIMITER.search(_COMMENT.sub(" ", body)):
        raise DBMigrationError(
            f"{path}: {found[0].strip()!r} is a command of the mysql client, which no server knows: leave it out and "
            f"end the body with END; or {_IN_PYTHON}"
        )
    statements = [piece for piece in sqlparse.split(body) if squeezed(piece)]
    _refuse_cut_bodies(path, statements)
    return directives, statements


def _refuse_cut_bodies(path: Path, statements: Iterable[str]) -> None:
    for statement in statements:
        text = squeezed(statement)
        if _WITH_BODY.match(text) and "$" not in text and not _BODY_END.search(text):
            raise DBMigrationError(
                f"{path}: the body of {text[:60]!r} is cut at a semicolon inside of it, after {text[-30:]!r}: "
                f"{_IN_PYTHON}"
            )


def squeezed(statement: str) -> str:
    """The statement on one line, without comments (those that servers read stay) and without the semicolon."""
    return " ".join(_TEXT_OR_COMMENT.sub(lambda match: match[1] or " ", statement).split()).rstrip("; ")


def controls_transaction(statement: str) -> bool:
    """Whether the statement begins or ends a transaction."""
    return _CONTROL.match(squeezed(statement)) is not None
