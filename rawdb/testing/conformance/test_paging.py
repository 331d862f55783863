"""Promise: pages joined are the one ordered list, with NULLs and ties, in every direction."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from rawdb import Database, Page, Predicate, SortKey
from rawdb.exceptions import DBError, InvalidSortKey

_NULLS = ("", "nullsfirst", "nullslast")


@pytest.fixture
def filled(database: Database) -> Database:
    """Boxes of few sizes, some of them NULL."""
    dice = random.Random(7)
    sizes = [dice.choice([None, 0, 1, 2]) for _ in range(23)]
    with database.writer.using(None) as sql:
        sql.box_load(values=[{"name": f"box {number:02}", "size": size} for number, size in enumerate(sizes)])
    return database


def walked(database: Database, keys: list[SortKey], length: int, **arguments: Any) -> list[dict[str, Any]]:
    """All pages, joined."""
    rows: list[dict[str, Any]] = []
    with database.reader.using(None) as sql:
        while page := sql.box_find(page=Page(keys, rows[-1] if rows else None), limit=length, **arguments):
            rows += page
    return rows


@pytest.mark.parametrize("length", [1, 4, 23])
@pytest.mark.parametrize(("direction", "nulls"), list(product(("asc", "desc"), _NULLS)))
def test_pages_are_the_list(filled: Database, direction: str, nulls: str, length: int) -> None:
    keys = [SortKey("size", direction, nulls), SortKey("id")]
    rows = walked(filled, keys, length)
    assert rows == walked(filled, keys, 100)
    assert sorted(row["name"] for row in rows) == [f"box {number:02}" for number in range(23)]
    sizes = [row["size"] for row in rows]
    some = [size for size in sizes if size is not None]
    assert some == sorted(some, reverse=direction == "desc")
    empty = [None] * sizes.count(None)
    assert empty
    if nulls:
        assert sizes == (empty + some if nulls == "nullsfirst" else some + empty)


def test_pages_of_what_is_filtered(filled: Database) -> None:
    rows = walked(filled, [SortKey("size"), SortKey("id")], 2, filters=[Predicate("size", ">", 0)])
    assert rows
    assert {row["size"] for row in rows} == {1, 2}
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize("limit", [0, -1, "many"])
def test_limits(filled: Database, limit: Any) -> None:
    with filled.reader.using(None) as sql:
        if limit == 0:
            assert sql.box_find(limit=0) == []
        else:
            with pytest.raises((DBError, ValueError)):
                sql.box_find(limit=limit)


def test_a_key_that_is_no_column(filled: Database, sent: list[str]) -> None:
    with filled.reader.using(None) as sql, pytest.raises(InvalidSortKey):
        sql.box_find(page=Page([SortKey("size; DROP TABLE boxes")]), limit=1)
    assert "box_find" not in sent
