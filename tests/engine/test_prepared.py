"""What is prepared on PostgreSQL, by whom, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from rawdb.exceptions import DBDataError
from rawdb.testing.databases import connected
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


def test_the_way_back_is_open_where_no_more_can_be_kept(url: str, open_database: Open) -> None:
    """To make room for what is prepared, others are thrown away: nothing that can be done after an error."""
    database = open_database(url + "?prepare_threshold=0", on_connect=[_limited])
    with database.writer.using(None) as sql:
        for number in range(4):
            with pytest.raises(DBDataError), database.writer.savepoint.using(None) as inner:
                inner.execute(f"SELECT {number}, 1 / :number AS n", {"number": 0})
            assert sql.execute(f"SELECT {number} AS n").rows == [(number,)]
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


def test_names_follow_the_session(url: str, open_database: Open) -> None:
    with open_database(url + "?prepare_threshold=0&client_encoding=latin1").reader.using(None) as sql:
        for _ in range(2):
            assert sql.execute('SELECT 1 AS "gr\u00f6\u00dfe"').dicts() == [{"gr\u00f6\u00dfe": 1}]
        assert list(sql.stream('SELECT 1 AS "gr\u00f6\u00dfe"')) == [{"gr\u00f6\u00dfe": 1}]
        with pytest.raises(DBDataError, match="gr\u00f6\u00dfe: 'infinity' cannot be read"):
            sql.execute("SELECT CAST('infinity' AS date) AS \"gr\u00f6\u00dfe\"")


_RESETS: list[Callable[[Any], Any]] = [
    lambda raw: raw.execute("DISCARD ALL"),
    lambda raw: raw.cursor().execute("DEALLOCATE ALL"),
    # After a rollback the driver throws away what it has prepared, and all the rest with that.
    lambda raw: (raw.execute("BEGIN"), raw.execute("SELECT 1"), raw.rollback()),
]


@pytest.mark.parametrize("reset", _RESETS)
def test_what_a_hook_has_thrown_away(url: str, open_database: Open, reset: Callable[[Any], Any]) -> None:
    database = open_database(url + "?prepare_threshold=1", on_checkin=[reset], idle_check=0)
    with database.writer.using(None) as sql:
        sql.thing_create(values={"name": "a", "size": 1})
    for _ in range(4):
        with database.writer.using(None) as sql:
            assert sql.thing_get(name="a", read_deleted="no")["size"] == 1
        with database.reader.autocommit.using(None) as sql:
            assert sql.thing_get(name="a", read_deleted="no")["size"] == 1


def test_what_the_driver_leaves_alone(url: str, open_database: Open) -> None:
    database = open_database(url + "?prepare_threshold=0", on_checkin=[_RESETS[-1]], idle_check=0)
    counts = []
    for _ in range(3):
        with database.reader.autocommit.using(None) as sql:
            sql.thing_get(name="a", read_deleted="no")
            counts.append(len(sql.execute(_NAMES).rows))
    assert counts == [2, 2, 2]


@pytest.mark.parametrize("entry", ["writer", "reader"])
def test_what_the_server_has_forgotten(url: str, open_database: Open, entry: str) -> None:
    """As behind a proxy that gives each transaction another session: nothing is prepared there any more."""
    database = open_database(url + "?prepare_threshold=0")
    with connected(url) as run:
        run(
            "CREATE FUNCTION forget() RETURNS int LANGUAGE plpgsql AS 'BEGIN EXECUTE ''DEALLOCATE ALL''; RETURN 1; END'"
        )
    try:
        with getattr(database, entry).autocommit.using(None) as sql:
            for _ in range(3):
                assert sql.thing_get(name="a", read_deleted="no") is None
                assert sql.execute("SELECT forget() AS n").rows == [(1,)]
        with database.writer.using(None) as sql:
            assert sql.thing_create(values={"name": "a", "size": 1})["size"] == 1
        database = open_database(url + "?prepare_threshold=0", max_retries=1)
        runs = []

        def work(context: Any) -> Any:
            sql = database.sql(context)
            sql.thing_get(name="a", read_deleted="no")
            runs.append(sql.execute("SELECT forget() AS n").rows)
            return sql.thing_get(name="a", read_deleted="no")["size"]

        run_in_one = getattr(database, entry)(work)
        assert run_in_one(None) == run_in_one(None) == 1
        # The first was run again.
        assert len(runs) == 3
        with database.writer.using(None) as sql:
            assert sql.execute("DROP FUNCTION forget()").rows == []
            assert sql.execute(_NAMES).rows == []
    finally:
        with connected(url) as run:
            run("DROP FUNCTION IF EXISTS forget")


def test_a_change_that_is_undone(url: str, open_database: Open) -> None:
    """What was prepared about a table as it was meanwhile is about another one after the rollback."""
    database = open_database(url + "?prepare_threshold=0")
    ask = "SELECT m.* FROM made_and_undone AS m"
    with database.writer.autocommit.using(None) as sql:
        sql.execute("CREATE TABLE made_and_undone (a int)")
        sql.execute("INSERT INTO made_and_undone VALUES (1)")
    try:
        with database.writer.using(None) as sql:
            with pytest.raises(KeyError), database.writer.savepoint.using(None) as inner:
                inner.execute("ALTER TABLE made_and_undone ADD COLUMN b int")
                assert inner.execute(ask).dicts() == [{"a": 1, "b": None}]
                raise KeyError
            assert sql.execute(ask).dicts() == [{"a": 1}]
        for columns in ("a int, b text", "a text"):
            with pytest.raises(KeyError), database.writer.using(None) as sql:
                sql.execute("DROP TABLE made_and_undone")
                sql.execute(f"CREATE TABLE made_and_undone ({columns})")
                assert sql.execute(ask).rows == []
                raise KeyError
            with database.writer.using(None) as sql:
                assert sql.execute(ask).dicts() == [{"a": 1}]
    finally:
        with database.writer.autocommit.using(None) as sql:
            sql.execute("DROP TABLE made_and_undone")
