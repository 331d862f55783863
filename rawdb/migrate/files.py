"""Migration files: where they lie, and whether they are the ones that were released."""

from __future__ import annotations

import hashlib
from pathlib import Path

from rawdb._house import sql_root
from rawdb.exceptions import DBMigrationError
from rawdb.schema.migrations import Migration, content

MANIFEST = "MANIFEST"


def folder_of(dialect: str, root: Path | str | None) -> Path:
    """The dialect's folder of migrations, below `root` (rawdb's own by default) or `root` itself."""
    if root == "" or not (root is None or isinstance(root, (str, Path))):
        raise TypeError(f"migrations takes a folder, not {root!r}")
    root = sql_root() / "migrations" if root is None else Path(root)
    folder = root / dialect if (root / dialect).is_dir() else root
    if not folder.is_dir():
        raise DBMigrationError(f"there is no folder of migrations at {folder}")
    return folder


def resolve(migrations: list[Migration], version: int | str | None) -> int:
    """The number that a version means: a number, its text, a migration's id, or None for the newest.

    0 is the empty database. Raises DBMigrationError when no migration has that number or id, TypeError for what is
    neither.
    """
    if version is None:
        return max((migration.number for migration in migrations), default=0)
    if isinstance(version, bool) or not isinstance(version, (int, str)):
        raise TypeError(f"version takes a number or a migration's id, not {version!r}")
    for migration in migrations:
        if version == migration.id:
            return migration.number
    number = int(version) if isinstance(version, int) or (version.isascii() and version.isdigit()) else -1
    if number and number not in [migration.number for migration in migrations]:
        raise DBMigrationError(f"there is no migration {version}")
    return number


def checksums(folder: Path) -> dict[str, str]:
    """SHA-256 of each migration and rollback file, by name.

    Of what a server sees: the line ends of a checkout and a byte order mark make no difference.
    """
    return {
        path.name: hashlib.sha256(content(path).encode()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.suffix in (".sql", ".py")
    }


def write_manifest(folder: Path) -> Path:
    """Write the manifest of a folder of migrations, in the form that `sha256sum --check` reads."""
    path = folder / MANIFEST
    lines = [f"{digest}  {name}\n" for name, digest in checksums(folder).items()]
    path.write_text("".join(lines), encoding="ascii", newline="\n")
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
    listed = _listed(path)
    present = checksums(folder)
    wrong = [f"{name} was changed" for name in listed.keys() & present.keys() if listed[name] != present[name]]
    wrong += [f"{name} is missing" for name in listed.keys() - present.keys()]
    wrong += [f"{name} is not listed" for name in present.keys() - listed.keys()]
    if wrong:
        raise DBMigrationError(
            f"the migrations in {folder} are not those of its {MANIFEST}: {'; '.join(sorted(wrong))}. "
            "Restore them, or write the manifest anew if the change is meant (rawdb.migrate.write_manifest)"
        )


def _listed(path: Path) -> dict[str, str]:
    listed = {}
    for number, line in enumerate(content(path).splitlines(), 1):
        digest, _, name = line.partition(" ")
        if not name.strip():
            raise DBMigrationError(f"{path}:{number} is no line of a manifest: {line[:60]!r}")
        # sha256sum marks a binary file by an asterisk.
        listed[name.strip().removeprefix("*")] = digest
    return listed
