"""What is prepared on PostgreSQL, by whom, and for how long."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.engine.conftest import Open

pytestmark = pytest.mark.dialects("postgresql")
_NAMES = "SELECT statement FROM pg_prepared_statements"


def _limited(raw: Any) -> None:
    raw.prepared_max = 3


def test_as_many_as_the_driver_is_told_to_keep(url: str, open_database: Open) -> None:
    database = open_database(url + "?prepare_threshold=1", on_connect=[_limited])
    with database.reader.using(None) as sql:
        for _ in range(3):
            for number in range(7):
                assert sql.execute(f"SELECT {number} AS n").dicts() == [{"n": number}]
        assert len(sql.execute(_NAMES).rows) <= 4


def test_values_of_other_types_are_other_statements(url: str, open_database: Open) -> None:
    database = open_database(url + "?prepare_threshold=0")
    with database.writer.using(None) as sql:
        sql.execute("CREATE TABLE made_here (name text, size int)")
        rows: list[dict[str, Any]] = [{"name": "a", "size": 1}, {"name": None, "size": 2}, {"name": "b", "size": None}]
        for row in [*rows, *rows]:
            sql.execute("INSERT INTO made_here VALUES (:name, :size)", row)
        assert sql.execute("SELECT name, size FROM made_here").dicts() == [*rows, *rows]
        sql.execute("DROP TABLE made_here")


@pytest.mark.parametrize("end", ["DEALLOCATE ALL", "DISCARD PLANS"])
def test_what_somebody_has_thrown_away(url: str, open_database: Open, end: str) -> None:
    database = open_database(url + "?prepare_threshold=0")
    with database.writer.using(None) as sql:
        sql.thing_create(values={"name": "a", "size": 1})
        for _ in range(3):
            assert sql.thing_get(name="a", read_deleted="no")["size"] == 1
            sql.execute(end)


def test_a_table_that_was_made_anew(url: str, open_database: Open) -> None:
    """In one session, on which everything is prepared: each answer is of the table that is there now."""
    database = open_database(url + "?prepare_threshold=0")
    ask = "SELECT m.* FROM made_anew AS m"
    with database.writer.using(None) as sql:
        for columns in ({"a": 1}, {"a": 1, "b": "x"}, {"b": "y"}):
            types = ", ".join(f"{name} {'int' if type(value) is int else 'text'}" for name, value in columns.items())
            sql.execute(f"CREATE TABLE made_anew ({types})")
            marks = ", ".join(f":{name}" for name in columns)
            sql.execute(f"INSERT INTO made_anew VALUES ({marks})", columns)
            for _ in range(2):
                assert sql.execute(ask).dicts() == [columns]
            sql.execute("ALTER TABLE made_anew ADD COLUMN more text")
            assert sql.execute(ask).dicts() == [{**columns, "more": None}]
            sql.execute("DROP TABLE made_anew")


def test_values_follow_the_session(url: str, open_database: Open) -> None:
    """A converter that was made for one style of dates, or for one encoding, would misread the next."""
    database = open_database(url + "?prepare_threshold=0")
    ask = "SELECT CAST('2020-03-04' AS date) AS day, CAST(:text AS text) AS text"
    with database.writer.using(None) as sql:
        for setting in ("DateStyle = German", "client_encoding = latin1", "DateStyle = 'SQL, DMY'"):
            sql.execute(f"SET LOCAL {setting}")
            for _ in range(2):
                assert sql.execute(ask, {"text": "\u00e9"}).dicts() == [{"day": date(2020, 3, 4), "text": "\u00e9"}]
