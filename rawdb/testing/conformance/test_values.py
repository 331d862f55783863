"""Promise: what was stored comes back, with the same type, and every dialect compares it alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from rawdb import Database

_MOMENT = datetime.fromisoformat("2026-03-29T01:30:00.123456")


def stored(database: Database, **values: Any) -> dict[str, Any]:
    """The row of a new box, as it is read."""
    with database.writer.using(None) as sql:
        sql.box_load(values={"name": "a", **values})
    with database.reader.using(None) as sql:
        row: dict[str, Any] = sql.box_get(name="a")
    return row


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("size", 0),
        ("size", 2**31 - 1),
        ("total", -(2**63)),
        ("total", 2**63 - 1),
        ("price", Decimal("0.01")),
        ("price", Decimal("-9999999999.99")),
        ("price", Decimal(7)),
        ("weight", 0.1),
        ("weight", 1e300),
        ("flag", True),
        ("flag", False),
        ("at", _MOMENT),
        ("at", datetime.fromisoformat("1970-01-01")),
        ("day", date(2024, 2, 29)),
        ("day", date(1, 1, 1)),
        ("picture", bytes(range(256))),
        ("picture", b""),
        ("note", ""),
        ("note", "it's 100% ünï \U0001f600 \\ \" :name /* -- */ ;\n\t"),
        ("note", "x" * 60_000),
        *((column, None) for column in ("size", "price", "weight", "flag", "at", "day", "picture", "note")),
    ],
)
def test_round_trip(database: Database, column: str, value: object) -> None:
    found = stored(database, **{column: value})[column]
    assert found == value
    assert type(found) is type(value)


def test_moments_are_kept_in_utc(database: Database) -> None:
    there = timezone(timedelta(hours=5, minutes=45))
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, there)
    assert stored(database, at=moment)["at"] == moment.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("given", ["a ", "A", "á", "a\t"])
def test_texts_are_equal_letter_by_letter(database: Database, given: str) -> None:
    stored(database)
    with database.writer.using(None) as sql:
        assert sql.box_get(name=given) is None
        sql.box_load(values={"name": given})
        assert sql.box_get(name=given)["name"] == given


def test_a_document(database: Database) -> None:
    document = {"colour": "röt", "sizes": [1, 2.5, None, True], "empty": {}}
    assert stored(database, details=document)["details"] == document


def test_what_matches_is_counted_and_not_what_changes(database: Database) -> None:
    stored(database, size=3)
    with database.writer.using(None) as sql:
        assert sql.box_change(name="a", changes={"size": 3}) == 1
        assert sql.box_change(name="b", changes={"size": 3}) == 0


def test_the_id_of_a_new_row(database: Database) -> None:
    with database.writer.using(None) as sql:
        first, second = (sql.box_new(name=name, size=1) for name in "ab")
        row = sql.box_add(values={"name": "c", "size": 1})
        assert [first, second, row["id"]] == [sql.box_get(name=name)["id"] for name in "abc"]


def test_null_equals_nothing(database: Database) -> None:
    stored(database)
    with database.reader.using(None) as sql:
        assert sql.execute("SELECT COUNT(*) FROM boxes AS b WHERE b.size = :size", {"size": None}).rows == [(0,)]


def test_numbers_that_are_computed(database: Database) -> None:
    stored(database, size=2)
    with database.reader.using(None) as sql:
        [row] = sql.execute("SELECT COUNT(*), SUM(b.size), MAX(b.name) FROM boxes AS b").rows
    assert row == (1, 2, "a")
    assert [type(value) for value in row] == [int, int, str]
