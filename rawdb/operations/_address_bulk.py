"""Many new addresses in few statements, and which one of them is taken when some cannot be stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, TypeVar

from rawdb.default import writer
from rawdb.exceptions import DBDuplicateEntry

T = TypeVar("T")
Values = Mapping[str, Any]

#: Rows of one INSERT.
_ROWS = 500


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of at most `size`, none of them empty."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def insert_all(
    context: Any, rows: Iterable[Values], insert: Callable[[Sequence[Values]], list[T]], one: Callable[[Values], T]
) -> Iterator[T]:
    """Store rows in their order, inside a transaction, and give what `insert(rows)` and `one(row)` give for them.

    `insert` takes rows that have an address and are live, and whose ids the server gives; all others go through
    `one`. So do those of a batch that `insert` refuses as duplicates: then the first of them that is one raises.
    """
    for plain, group in groupby(rows, key=_is_plain):
        for batch in batches(group, _ROWS):
            yield from _insert(context, batch, insert, one) if plain else map(one, batch)


def _is_plain(row: Values) -> bool:
    return row.get("address") is not None and row.get("id") is None and not row.get("deleted")


def _insert(
    context: Any, batch: list[Values], insert: Callable[[Sequence[Values]], list[T]], one: Callable[[Values], T]
) -> Iterable[T]:
    try:
        with writer.savepoint.using(context):
            return insert(batch)
    except DBDuplicateEntry:
        return map(one, batch)
