"""A project of one's own: what [tool.rawdb] in the nearest pyproject.toml says, and what the options of a command do.

An option counts for more than the environment, and that for more than the file. Paths in the file begin at its folder.
Where neither says anything, and the current folder is not obviously somebody's own, rawdb's own SQL is meant.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from rawdb._house import sql_root
from rawdb.dialects import parse_url
from rawdb.statements.columns import Table, check_types, load_tables, with_types

_KINDS: Mapping[str, type] = {
    "url": str, "urls": list, "queries": str, "migrations": str, "tables": str, "types": str, "types_async": bool,
    "columns": dict,
}  # fmt: skip
_WORDS = {str: "a text", list: "a list of texts", bool: "true or false", dict: "a table of types by table.column"}


class Sql(NamedTuple):
    """A folder of statements, the file of its declared tables if there is one, and whether it is rawdb's own.

    `columns` are types of columns that no catalog tells, by `table.column`.
    """

    queries: Path
    tables: Path | None
    is_house: bool = False
    columns: Mapping[str, str] = MappingProxyType({})

    def load_tables(self) -> Mapping[str, Table]:
        """The declared tables; none where there is no file of them."""
        return with_types({} if self.tables is None else load_tables(self.tables), self.columns)


@dataclass(frozen=True)
class Project:
    """The settings of the project around a folder; none where there is no [tool.rawdb]."""

    here: Path
    file: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Whether rawdb's own SQL is meant, whatever the project says.
    cloud: bool = False

    def url(self, given: str | None) -> str | None:
        """The URL of the database, as far as it is named: by an option, RAWDB_URL or the project."""
        if given or os.environ.get("RAWDB_URL"):
            return given or os.environ["RAWDB_URL"]
        named = self.settings.get("url") or next(iter(self.settings.get("urls", ())), None)
        return None if named is None or self.cloud else self._with_folder(named)

    def urls(self, given: Sequence[str]) -> list[str]:
        """The URLs of one database for each dialect."""
        if given:
            return list(given)
        several = self.settings.get("urls")
        if several and not (self.cloud or os.environ.get("RAWDB_URL")):
            return [self._with_folder(url) for url in several]
        return [url for url in [self.url(None)] if url]

    def dialect(self, given: str | None) -> str:
        """The dialect whose statements are meant: that of the project's database, else sqlite."""
        url = None if given or self.cloud or self.file is None else self.url(None)
        return given or ("sqlite" if url is None else parse_url(url).dialect)

    def sql(self, queries: Path | None, tables: Path | None = None) -> Sql:
        """The statements. Raises ValueError, saying what to write, where a folder of one's own names none."""
        if self.cloud or (queries is None and self._is_house("queries")):
            root = sql_root()
            return Sql(root / "queries", tables or root / "schema" / "columns.csv", is_house=True)
        columns = self.settings.get("columns", {})
        check_types(columns)
        return Sql(queries or self._named("queries"), tables or self._path("tables"), columns=columns)

    def migrations(self, given: Path | None) -> Path | None:
        """The folder of migrations; None for rawdb's own. Raises ValueError as `sql` does."""
        if self.cloud or (given is None and self._is_house("migrations")):
            return None
        return given or self._named("migrations")

    def tables(self, given: Path | None) -> Path | None:
        """The folder with the declared tables; None for rawdb's own. Raises ValueError as `sql` does."""
        if self.cloud or (given is None and self.file is None):
            return None
        return given or self._named("tables").parent

    def types(self, given: Path | None) -> Path | None:
        """The module of typed statements."""
        return given or (None if self.cloud else self._path("types"))

    @property
    def types_async(self) -> bool:
        """Whether that module has a class for coroutines as well."""
        return bool(self.settings.get("types_async")) and not self.cloud

    def _is_house(self, name: str) -> bool:
        """Whether nothing here is of one's own: no project, and no folder of that name."""
        return self.file is None and not (self.here / name).is_dir()

    def _named(self, name: str) -> Path:
        found = self._path(name)
        if found is not None:
            return found
        option = {"tables": "--schema FOLDER"}.get(name, f"--{name} FOLDER")
        example = "schema/columns.csv" if name == "tables" else name
        where = f"[tool.rawdb] of {self.file}" if self.file else f"[tool.rawdb] of a pyproject.toml in {self.here}"
        raise ValueError(
            f'which {name}? Give {option}, or write {name} = "{example}" under {where}; --cloud means rawdb\'s own'
        )

    def _path(self, name: str) -> Path | None:
        named = self.settings.get(name)
        if named is None or self.file is None:
            return None
        found: Path = self.file.parent / named
        # Shown as one would write it.
        return found.relative_to(self.here) if found.is_relative_to(self.here) else found

    def _with_folder(self, url: str) -> str:
        """The URL, with a file of SQLite sought from the project's folder on."""
        parsed = parse_url(url)
        if self.file is None or parsed.dialect != "sqlite" or parsed.is_memory or not parsed.database:
            return url
        return replace(parsed, database=str(self.file.parent / parsed.database)).render()


def find_project(here: Path | None = None) -> Project:
    """The project of a folder, the current one by default. Raises ValueError for a file that cannot be read."""
    here = Path.cwd() if here is None else here
    for folder in (here, *here.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            settings = _settings(file)
            return Project(here) if settings is None else Project(here, file, settings)
    return Project(here)


def _settings(file: Path) -> Mapping[str, Any] | None:
    """What [tool.rawdb] says; None where there is none. Its other keys are not the command's."""
    try:
        tool = tomllib.loads(file.read_text(encoding="utf-8-sig")).get("tool", {})
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: byte {error.start} is no UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: no TOML: {error}") from None
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    if not isinstance(tool, dict):
        raise ValueError(f"{file}: tool is a table, not {tool!r}")
    found = tool.get("rawdb")
    if found is None:
        return None
    if not isinstance(found, dict):
        raise ValueError(f"{file}: [tool.rawdb] is a table, not {found!r}")
    for name, kind in _KINDS.items():
        value = found.get(name)
        parts = value if isinstance(value, list) else []
        if value is not None and not (isinstance(value, kind) and all(isinstance(part, str) for part in parts)):
            raise ValueError(f"{file}: {name} under [tool.rawdb] is {_WORDS[kind]}, not {value!r}")
    return found
