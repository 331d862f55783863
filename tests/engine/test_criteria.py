"""Paging by keyset: the pages together are the whole list, whatever the direction, with NULLs and ties."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import pytest

from rawdb.context import get_admin_context
from rawdb.engine.database import Database
from rawdb.exceptions import DBDataError, DBError
from rawdb.statements.criteria import NO_LIMIT, Constant, Page, SortKey, equal

DIRECTIONS = [f"{way}{nulls}" for way in ("asc", "desc") for nulls in ("", "-nullsfirst", "-nullslast")]
_PATIENCE = 50

#: name, size, weight: NULLs and ties in both keys.
ROWS = [
    ("a", 1, 0.5),
    ("b", None, 0.5),
    ("c", 2, None),
    ("d", 1, None),
    ("e", None, None),
    ("f", 2, 1.5),
    ("g", None, 1.5),
    ("h", 1, 0.5),
    ("i", -3, 2.5),
]


def test_a_constant_of_the_wrong_type_spoils_no_other(database: Database) -> None:
    context = get_admin_context()
    with database.writer.using(context) as bound:
        bound.thing_create(values={"name": "a", "flag": True})
    # PostgreSQL compares no boolean with a number, the others have none but numbers.
    with contextlib.suppress(DBError), database.reader.using(context) as bound:
        bound.thing_list(filters=[Constant("flag", 1)], limit=None)
    with database.reader.using(context) as bound:
        assert len(bound.thing_list(filters=[Constant("flag", True)], limit=None)) == 1


@pytest.fixture
def sql(database: Database) -> Any:
    """The statements, with the rows stored."""
    with database.writer.using(get_admin_context()) as bound:
        rows = [
            {"name": name, "size": size, "weight": weight, "kind": f"kind-{name}", "flag": size == 1}
            for name, size, weight in ROWS
        ]
        bound.things_create(values=rows)
        yield bound


def by_pages(sql: Any, keys: list[SortKey], length: int, **arguments: Any) -> list[str]:
    """The names of all rows, a page at a time."""
    found: list[str] = []
    marker = None
    for _ in range(_PATIENCE):
        page = sql.thing_list(limit=length, page=Page(keys, marker), **arguments)
        if not page:
            return found
        found += [row["name"] for row in page]
        marker = page[-1]
    raise AssertionError(f"paging does not end: {found}")


def at_once(sql: Any, keys: list[SortKey], **arguments: Any) -> list[str]:
    return [row["name"] for row in sql.thing_list(limit=NO_LIMIT, page=Page(keys), **arguments)]


@pytest.mark.parametrize("length", [1, 2, 4])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_pages_are_the_list(sql: Any, direction: str, length: int) -> None:
    keys = [SortKey.parse("size", direction), SortKey("id")]
    whole = at_once(sql, keys)
    assert sorted(whole) == [name for name, _, _ in ROWS]
    assert by_pages(sql, keys, length) == whole


@pytest.mark.parametrize(("first", "second"), list(itertools.product(DIRECTIONS, DIRECTIONS)))
def test_two_keys_with_nulls(sql: Any, first: str, second: str) -> None:
    keys = [SortKey.parse("size", first), SortKey.parse("weight", second), SortKey("id", "desc")]
    whole = at_once(sql, keys)
    assert len(set(whole)) == len(ROWS)
    assert by_pages(sql, keys, 2) == whole


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nulls_are_where_they_are_wanted(sql: Any, direction: str, dialect: str) -> None:
    keys = [SortKey.parse("size", direction), SortKey("id")]
    nulls = [name for name, size, _ in ROWS if size is None]
    whole = at_once(sql, keys)
    first = direction.endswith("nullsfirst")
    if "-" not in direction:
        # The server's own order: for PostgreSQL NULL is the largest value, for the others the smallest.
        first = (dialect == "postgresql") == direction.startswith("desc")
    assert (whole[: len(nulls)] if first else whole[-len(nulls) :]) == nulls
    others = [name for name in whole if name not in nulls]
    sizes = {name: size or 0 for name, size, _ in ROWS}
    assert [sizes[name] for name in others] == sorted(
        (sizes[name] for name in others), reverse=direction.startswith("desc")
    )


@pytest.mark.parametrize("column", ["flag", "created_at", "name", "weight"])
def test_keys_of_every_type(sql: Any, column: str) -> None:
    keys = [SortKey(column, "desc"), SortKey("id", "asc")]
    assert by_pages(sql, keys, 2) == at_once(sql, keys)


def test_with_filters_and_conditions(sql: Any) -> None:
    keys = [SortKey("weight", "desc", "nullslast"), SortKey("id")]
    filters = [equal("size", [1, 2])]
    assert by_pages(sql, keys, 2, filters=filters) == at_once(sql, keys, filters=filters) == ["f", "a", "h", "c", "d"]


def test_a_marker_needs_its_keys_only(sql: Any) -> None:
    page = Page([SortKey("size", "asc", "nullslast"), SortKey("id")], {"size": None, "id": 0})
    assert [row["name"] for row in sql.thing_list(limit=9, page=page)] == ["b", "e", "g"]
    with pytest.raises(ValueError, match="the marker lacks id"):
        Page([SortKey("size"), SortKey("id")], {"size": 1})


@pytest.mark.parametrize("limit", [0, 1, "2", None, NO_LIMIT])
def test_limits(sql: Any, limit: Any) -> None:
    expected = len(ROWS) if limit in (None, NO_LIMIT) else int(limit)
    assert len(sql.thing_list(limit=limit)) == expected


@pytest.mark.parametrize("limit", [-1, "many", 1.5, "1; DROP TABLE things", 2**63])
def test_limits_that_are_none(sql: Any, limit: Any) -> None:
    with pytest.raises(DBDataError, match=r"LIMIT: expected"):
        sql.thing_list(limit=limit)


@pytest.mark.parametrize("direction", ["", "up", "ASC", "asc-", "asc-nulls", "asc nulls first", "asc-nullsfirst-x", 1])
def test_directions_that_are_none(direction: Any) -> None:
    with pytest.raises(ValueError, match="unknown sort direction"):
        SortKey.parse("a", direction)
