"""Pages by keyset: the rows behind a marker, in an order of several keys.

There is no OFFSET, and no row is lost at a NULL or a tie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rawdb.exceptions import DBDataError
from rawdb.statements.criteria import NO_LIMIT, Page, SortKey

__all__ = ["Page", "SortKey", "paginate", "sort_keys_of", "walk"]

Rows = list[dict[str, Any]]


def sort_keys_of(
    sort_keys: Sequence[str], sort_dir: str | None = None, sort_dirs: Sequence[str] | None = None
) -> list[SortKey]:
    """The keys of a page from names of columns, with one direction for all or one for each; ascending without.

    Directions are `asc` and `desc`, each also with `-nullsfirst` or `-nullslast`; without, NULLs stand where the server
    puts them: PostgreSQL has them largest, MySQL and SQLite smallest. Raises ValueError for another direction or
    no key, AssertionError where both are given or their numbers differ, TypeError for a text in place of a list.
    """
    for name, given in (("sort_keys", sort_keys), ("sort_dirs", sort_dirs)):
        if isinstance(given, (str, bytes)):
            raise TypeError(f"{name} is a list, not the text {given!r}")
    if sort_dir is not None and sort_dirs is not None:
        raise AssertionError("give sort_dir, for all keys, or sort_dirs, one for each; not both")
    directions = [sort_dir or "asc"] * len(sort_keys) if sort_dirs is None else list(sort_dirs)
    if len(directions) != len(sort_keys):
        raise AssertionError(f"{len(sort_keys)} sort_keys, and {len(directions)} sort_dirs: one for each key")
    if not sort_keys:
        raise ValueError("a page needs a key to sort by")
    return [SortKey.parse(column, direction) for column, direction in zip(sort_keys, directions, strict=True)]


def paginate(
    statement: Callable[..., Rows],
    limit: int | None,
    sort_keys: Sequence[str],
    marker: Mapping[str, Any] | None = None,
    sort_dir: str | None = None,
    sort_dirs: Sequence[str] | None = None,
    **arguments: Any,
) -> Rows:
    """One page of a statement's rows: at most `limit` (None: all) of those behind `marker`, the last row seen.

    `statement` takes the arguments `page` and `limit`: `sql.note_get_all`, whose slots `after` and `order` they fill,
    or `rawdb.tables.find` for a table (see there). Others are handed on. Directions and their errors: `sort_keys_of`. A
    key that is no column raises InvalidSortKey, a marker without a key ValueError. Keys without a unique one are
    completed by the primary key, with a warning. Round trips: one.
    """
    page = Page(sort_keys_of(sort_keys, sort_dir, sort_dirs), marker)
    return statement(page=page, limit=NO_LIMIT if limit is None else limit, **arguments)


def walk(
    statement: Callable[..., Rows],
    limit: int,
    sort_keys: Sequence[str],
    sort_dir: str | None = None,
    sort_dirs: Sequence[str] | None = None,
    **arguments: Any,
) -> Iterator[Rows]:
    """All pages of a statement's rows, one after the other, as `paginate` gives them; none that is empty.

    Raises ValueError for a limit that is no number from 1, and for keys as `sort_keys_of`, before the first page is
    asked for; DBDataError for a page that ends where it began: the server does not find the row of a value it gave.
    """
    if type(limit) is not int or limit < 1:
        raise ValueError(f"limit is the number of rows of a page, from 1, not {limit!r}")
    keys = sort_keys_of(sort_keys, sort_dir, sort_dirs)
    return _pages(lambda page: statement(page=page, limit=limit, **arguments), limit, keys)


def _pages(rows_of: Callable[[Page], Rows], limit: int, keys: Sequence[SortKey]) -> Iterator[Rows]:
    marker: dict[str, Any] | None = None
    while rows := rows_of(Page(keys, marker)):
        if rows[-1] == marker:
            place = {key.column: rows[-1][key.column] for key in keys}
            raise DBDataError(
                f"the pages do not go on behind {place!r}: the server does not find the row by its values"
            )
        yield rows
        if len(rows) < limit:
            return
        marker = rows[-1]
