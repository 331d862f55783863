"""Where the SQL lives: beside the package in a checkout or an editable install, inside it in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def sql_root() -> Path:
    """The folder that holds `schema/`, `migrations/` and `queries/`.

    Raises FileNotFoundError when neither place has it, which means a broken installation.
    """
    package = Path(__file__).resolve().parent
    # The inner one first: beside an installed package, `sql` would be somebody else's folder.
    for folder in (package / "sql", package.parent / "sql"):
        if (folder / "schema" / "columns.csv").is_file():
            return folder
    raise FileNotFoundError(f"rawdb's SQL files are neither in {package} nor beside it: reinstall rawdb")
