"""Whether a database still is what its files say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rawdb.dialects import URL, parse_url
from rawdb.engine.database import Database
from rawdb.migrate.files import folder_of
from rawdb.schema import Difference, describe, diff, differences, inspect, rehearsed


def assert_no_drift(
    database: str | URL | Database,
    migrations: Path | str | None = None,
    *,
    tables: Path | str | None = None,
    ignore: Callable[[Difference], bool] = lambda entry: False,
) -> None:
    """Raise AssertionError with each difference between a live database and what its files say.

    `migrations` is a folder of them, or of one such folder per dialect: they are run on a throwaway database, on SQLite
    in memory, else on the same server, for which the URL's user needs the right. `tables` is a folder with the declared
    schema, columns.csv and its like. `ignore` is asked about each difference, an entry as `rawdb.schema.diff` lists it,
    and says True for one that may be. Raises TypeError where neither is given, DBMigrationError when the migrations
    cannot be tried out.
    """
    if migrations is None and tables is None:
        raise TypeError("against what? Name a folder of migrations, or one with columns.csv as tables=")
    url = database.url if isinstance(database, Database) else parse_url(database)
    lines = []
    if migrations is not None:
        wanted = rehearsed(url, folder_of(url.dialect, migrations))
        found = [entry for entry in differences(inspect(url), wanted) if not ignore(entry)]
        lines += [f"{describe(entry)}, as {migrations} makes it" for entry in found]
    if tables is not None:
        found = [entry for entry in diff(url, tables) if not ignore(entry)]
        lines += [f"{describe(entry)}, as {tables} declares it" for entry in found]
    if lines:
        raise AssertionError(f"{url} is not what it should be; it would take:\n  " + "\n  ".join(lines))
