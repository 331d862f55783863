"""What is prepared on PostgreSQL, by whom, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rawdb.exceptions import DBDataError
from rawdb.statements.columns import load_tables
from rawdb.statements.criteria import AnyOf, Predicate, equal
from rawdb.statements.keys import finds_by_keys
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


#: Each finds the rows of a key, or may find any number; the calls say which.
BY_KEYS = """
-- name: t_named(name)
-- Live things of some names.
SELECT t.id, t.name FROM things AS t
 WHERE t.name IN (/*{list names}*/ :name /*{}*/)
   AND /*{visibility}*/ t.deleted = 0 /*{}*/
 ORDER BY t.id;

-- name: t_listed(size)
-- Live things, by what a call asks for.
SELECT t.id, t.name FROM things AS t WHERE /*{filters}*/ t.size = :size /*{}*/ AND t.deleted = 0 ORDER BY t.id;

-- name: t_either(name)
-- Things of some names, and large ones.
SELECT t.id FROM things AS t
 WHERE t.deleted = 0
   AND (t.name IN (/*{list names}*/ :name /*{}*/) OR t.size > 100);

-- name: t_or(name)
-- The same as a whole.
SELECT t.id FROM things AS t WHERE t.deleted = 0 AND t.name IN (/*{list names}*/ :name /*{}*/) OR t.size > 100;

-- name: t_beside(name)
-- Live things of some names, beside others of their size.
SELECT t.id, (SELECT COUNT(*) FILTER (WHERE o.id = 1) FROM things AS o WHERE o.size = t.size) AS others
  FROM things AS t
 WHERE t.name IN (/*{list names}*/ :name /*{}*/)
   AND t.deleted = 0;

-- name: t_pairs(name, deleted)
-- Things by two lists.
SELECT t.id FROM things AS t
 WHERE t.name IN (/*{list names}*/ :name /*{}*/)
   AND t.deleted IN (/*{list states}*/ :deleted /*{}*/);

-- name: t_resize(id, size)!
-- Another size for one thing that is as a call says.
UPDATE things SET size = :size WHERE id = :id AND /*{filters}*/ size = :size /*{}*/;
"""


def test_what_a_unique_key_tells(url: str, open_database: Open, tmp_path: Path) -> None:
    """A list, or whatever is filtered, where the other values name a unique key: each finds one row at most."""
    (tmp_path / "things.sql").write_text(BY_KEYS)
    open_database(url)
    database = open_database(f"{url}?prepare_threshold=0", queries=tmp_path)
    with database.writer.using(None) as sql:
        for name, size in (("a", 1), ("b", 2), ("c", 3)):
            sql.execute(
                "INSERT INTO things (name, size, deleted) VALUES (:name, :size, 0)", {"name": name, "size": size}
            )
        sql.execute("INSERT INTO things (name, size, deleted) SELECT name, size, id FROM things WHERE name = 'a'")
        first = sql.t_named(names=["a"], read_deleted="no")[0]["id"]

        def is_prepared(call: Callable[[], Any]) -> bool:
            sql.execute("DEALLOCATE ALL")
            call()
            return any("rawdb:t_" in text for (text,) in sql.execute(_NAMES).rows)

        for names in (["a"], ["b", None, "a", "a"], []):
            found = [row["name"] for row in sql.t_named(names=names, read_deleted="no")]
            assert found == sorted({*names} - {None})
        assert is_prepared(lambda: sql.t_named(names=["a"], read_deleted="no"))
        assert not is_prepared(lambda: sql.t_named(names=["a"], read_deleted="yes"))
        assert not is_prepared(lambda: sql.t_named(names=["a"], read_deleted="only"))

        for filters, keyed in (
            ([equal("name", "a")], True),
            ([equal("name", ["a", "b"]), Predicate("size", "<", 2)], True),
            ([equal("id", first), AnyOf([equal("size", 1), equal("size", None)])], True),
            ([equal("name", ["a", None])], False),
            ([equal("name", None)], False),
            ([equal("size", 1)], False),
            ([Predicate("name", "<>", "b"), equal("size", 1)], False),
            ([AnyOf([equal("name", "a")])], False),
        ):
            assert is_prepared(partial(sql.t_listed, filters=filters)) is keyed, filters
            assert [row["name"] for row in sql.t_listed(filters=filters)][:1] == (
                [] if filters == [equal("name", None)] else ["a"]
            )

        for loose in (sql.t_either, sql.t_or, sql.t_beside):
            assert not is_prepared(partial(loose, names=["a"]))
        assert not is_prepared(lambda: sql.t_pairs(names=["a"], states=[0]))
        assert is_prepared(lambda: sql.t_resize(id=first, size=7, filters=[Predicate("size", "<>", 7)]))
        assert sql.t_listed(filters=[equal("size", 7)]) == [{"id": first, "name": "a"}]


def test_an_index_with_a_condition_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "columns.csv").write_text("table,column,type,primary_key\nt,id,int,yes\nt,name,text,\nt,code,text,\n")
    (tmp_path / "indexes.csv").write_text(
        "table,index,unique,columns,where\nt,live,yes,name,deleted = 0\nt,all,yes,code,\n"
    )
    table = load_tables(tmp_path / "columns.csv")["t"]
    assert finds_by_keys("SELECT t.id FROM t AS t WHERE t.code = ANY ($1) LIMIT 5", [table])
    assert finds_by_keys("SELECT id FROM t WHERE id IN ($1, $2) AND NOT name = $3", [table])
    assert not finds_by_keys("SELECT t.id FROM t AS t WHERE t.name = $1", [table])
    assert not finds_by_keys("SELECT t.id FROM t AS t", [table])
    assert not finds_by_keys("SELECT t.id FROM t AS t WHERE t.id = $1 UNION SELECT t.id FROM t AS t", [table])
    assert not finds_by_keys("SELECT t.id FROM t AS t WHERE t.id = t.code", [table])
    assert not finds_by_keys("SELECT t.id FROM t AS t WHERE t.name = $1 AND t.id BETWEEN 1 AND $2", [table])
