"""Migration files: where they lie, what they hold, and whether they are the ones that were released."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yoyo import read_migrations
from yoyo.exceptions import BadMigration
from yoyo.migrations import topological_sort

from rawdb._house import sql_root
from rawdb.exceptions import DBMigrationError

MANIFEST = "MANIFEST"
_NUMBER = re.compile(r"\d+(?:_\d+)*")


@dataclass(frozen=True)
class Step:
    """One statement and the one that undoes it; None where there is none or it is Python code."""

    apply: str | None
    undo: str | None


@dataclass(frozen=True)
class Migration:
    """A migration: yoyo's object, and the same in plain data."""

    id: str
    number: int
    path: Path
    steps: tuple[Step, ...]
    yoyo: Any

    @property
    def can_be_undone(self) -> bool:
        """Whether there is anything to undo it with."""
        return self.path.suffix != ".sql" or rollback_path(self.path).exists()


def rollback_path(path: Path) -> Path:
    """The file that undoes `path`."""
    return path.with_name(f"{path.stem}.rollback.sql")


def folder_of(dialect: str, root: Path | None) -> Path:
    """The dialect's folder of migrations, below `root` (rawdb's own by default) or `root` itself."""
    root = root or sql_root() / "migrations"
    folder = root / dialect if (root / dialect).is_dir() else root
    if not folder.is_dir():
        raise DBMigrationError(f"there is no folder of migrations at {folder}")
    return folder


def load(folder: Path) -> list[Migration]:
    """The migrations of a folder in the order in which they apply.

    Raises DBMigrationError for a file that cannot be read, has no number, or shares one.
    """
    names = [path for path in folder.iterdir() if path.suffix in (".sql", ".py")]
    stamps = tuple(sorted((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in names))
    return list(_load(folder, stamps))


def load_hooks(folder: Path) -> list[Any]:
    """yoyo's `post-apply` files of a folder, which run after whatever was applied."""
    hooks = list(read_migrations(str(folder)).post_apply)
    for each in hooks:
        each.load()
    return hooks


@lru_cache(maxsize=16)
def _load(folder: Path, stamps: object) -> tuple[Migration, ...]:
    # Cutting a schema into statements takes a good part of the time of applying it.
    found = read_migrations(str(folder))
    try:
        # Loaded at once: yoyo looks dependencies up by name among all folders read so far, the latest first.
        for each in found:
            each.load()
        ordered = list(topological_sort(found))
    except BadMigration as error:
        raise DBMigrationError(f"a migration in {folder} cannot be used: {error}", error) from error
    migrations = tuple(_migration(each) for each in ordered)
    numbers = [migration.number for migration in migrations]
    if len(set(numbers)) != len(numbers):
        raise DBMigrationError(f"two migrations in {folder} have the same number")
    return migrations


def _migration(found: Any) -> Migration:
    match = _NUMBER.match(found.id)
    if match is None:
        raise DBMigrationError(f"{found.path}: the name of a migration begins with its number, as in 0001.tables.sql")
    steps = tuple(_step(step) for step in found.steps)
    return Migration(found.id, int(match[0].replace("_", "")), Path(found.path), steps, found)


def _step(wrapper: Any) -> Step:
    inner = wrapper.step
    texts = (getattr(inner, "_apply", None), getattr(inner, "_rollback", None))
    return Step(*(text if isinstance(text, str) else None for text in texts))


def resolve(migrations: list[Migration], version: int | str | None) -> int:
    """The number that a version means: a number, its text, a migration's id, or None for the newest.

    0 is the empty database. Raises DBMigrationError when no migration has that number or id.
    """
    if version is None:
        return migrations[-1].number if migrations else 0
    for migration in migrations:
        if version == migration.id:
            return migration.number
    number = int(version) if isinstance(version, int) or version.isdigit() else -1
    if number and number not in [migration.number for migration in migrations]:
        raise DBMigrationError(f"there is no migration {version}")
    return number


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of each migration and rollback file, by name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.suffix in (".sql", ".py")
    }


def write_manifest(folder: Path) -> Path:
    """Write the manifest of a folder of migrations, in the form that `sha256sum --check` reads."""
    path = folder / MANIFEST
    lines = [f"{digest}  {name}\n" for name, digest in checksums(folder).items()]
    path.write_text("".join(lines), encoding="ascii")
    return path


def verify(folder: Path) -> None:
    """Compare the files with the manifest; a folder without one is taken as it is, unless it is rawdb's own.

    Raises DBMigrationError naming every file that was changed, added or removed.
    """
    path = folder / MANIFEST
    if not path.exists():
        if folder.is_relative_to(sql_root()):
            raise DBMigrationError(f"{path} is missing: the migrations cannot be checked")
        return
    listed = {name: digest for digest, name in (line.split() for line in path.read_text("ascii").splitlines())}
    present = checksums(folder)
    wrong = [f"{name} was changed" for name in listed.keys() & present.keys() if listed[name] != present[name]]
    wrong += [f"{name} is missing" for name in listed.keys() - present.keys()]
    wrong += [f"{name} is not listed" for name in present.keys() - listed.keys()]
    if wrong:
        raise DBMigrationError(
            f"the migrations in {folder} are not those of its {MANIFEST}: {'; '.join(sorted(wrong))}. "
            "Restore them, or write the manifest anew if the change is meant (rawdb.migrate.write_manifest)"
        )
