"""Uses an installed rawdb from outside its checkout: it must bring its SQL along and find it.

Run by scripts/check-wheel as `python -I check_installed.py FOLDER`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import rawdb
from rawdb import migrate
from rawdb._house import sql_root


def main(folder: Path) -> None:
    """Check where the package and its SQL are, and migrate a database with them."""
    package = Path(rawdb.__file__).parent
    environment = Path(sys.prefix)
    assert package.is_relative_to(environment), f"rawdb was imported from {package}, not from the wheel"
    assert sql_root() == package / "sql", f"sql/ was found in {sql_root()}"
    for part in ("queries", "migrations", "schema"):
        assert list((sql_root() / part).rglob("*.*")), f"sql/{part} is empty"
    url = f"sqlite:///{folder / 'installed.db'}"
    migrate.upgrade(url)
    print(f"rawdb {rawdb.__version__} from its wheel: sql/ found, database at version {migrate.version(url)}")
    command = environment / "bin" / "rawdb"
    subprocess.run([command, "--help"], check=True, stdout=subprocess.DEVNULL)
    project = folder / "project"
    for action in (["init", project], ["migrate", "upgrade"], ["sql", "check"], ["sql", "types"]):
        subprocess.run([command, *action], cwd=project if project.exists() else folder, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
