"""What the files of a folder really make: they are run on a throwaway database, and its catalog is read.

No text of DDL is parsed, so whatever a server takes is understood. SQLite needs nothing; on a server the
database is made and dropped again beside the others, for which the URL's user needs the right.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rawdb.dialects import URL, ConnectionOptions, Dialect, get_dialect, parse_url
from rawdb.exceptions import DBMigrationError
from rawdb.schema.inspection import Inspector
from rawdb.schema.migrations import Migration, load
from rawdb.schema.model import Schema

_OPTIONS = ConnectionOptions(read_timeout=600.0)


def rehearsed(url: str | URL, folder: Path, upto: int | None = None) -> Schema:
    """The schema that a folder of migrations makes, up to a number, on the server that the URL names.

    Raises DBMigrationError when no database can be made there, or a statement fails.
    """
    migrations = [each for each in load(folder) if upto is None or each.number <= upto]
    with _throwaway(parse_url(url)) as (dialect, raw):
        for migration in migrations:
            _apply(dialect, raw, migration)
        return Inspector(dialect, raw).schema()


def _apply(dialect: Dialect, raw: Any, migration: Migration) -> None:
    for step in migration.steps:
        if step.act is not None:
            _call(dialect, raw, step.act)
        elif step.apply is not None:
            _run(dialect, raw, step.apply, migration.path.name)


def _call(dialect: Dialect, raw: Any, act: Any) -> None:
    """A step in Python: yoyo's wrappers around texts and functions of a connection."""
    for inner in getattr(act.step, "steps", [act]):
        work = inner.step._apply
        if callable(work):
            work(raw)
        elif work is not None:
            _run(dialect, raw, work, repr(act))


def _run(dialect: Dialect, raw: Any, text: str, place: str) -> None:
    try:
        dialect.run(raw, dialect.literal(text), {})
    except Exception as error:
        if not dialect.is_driver_error(error):
            raise
        shown = " ".join(text.split())[:100]
        raise DBMigrationError(f"{place} failed at {shown!r}: {dialect.translate(error)}", error) from error


@contextmanager
def _throwaway(url: URL) -> Iterator[tuple[Dialect, Any]]:
    dialect = get_dialect(url.dialect)
    if url.dialect == "sqlite":
        with _connected(dialect, URL("sqlite")) as raw:
            yield dialect, raw
        return
    name = f"rawdb_rehearsal_{secrets.token_hex(6)}"
    quoted = dialect.quote(name)
    with _connected(dialect, url) as administrator:
        _administer(dialect, administrator, f"CREATE DATABASE {quoted}", url)
        try:
            with _connected(dialect, url.with_database(name)) as raw:
                yield dialect, raw
        finally:
            _administer(dialect, administrator, f"DROP DATABASE {quoted}", url)


@contextmanager
def _connected(dialect: Dialect, url: URL) -> Iterator[Any]:
    try:
        raw = dialect.connect(url, _OPTIONS)
    except Exception as error:
        if dialect.is_driver_error(error):
            raise dialect.translate(error, connecting=True) from error
        raise
    try:
        yield raw
    finally:
        dialect.close(raw)


def _administer(dialect: Dialect, raw: Any, text: str, url: URL) -> None:
    try:
        dialect.run(raw, text, {})
    except Exception as error:
        if not dialect.is_driver_error(error):
            raise
        raise DBMigrationError(
            f"the migrations cannot be tried out on {url}: {dialect.translate(error)}; they need a user who may make "
            "and drop a database",
            error,
        ) from error
