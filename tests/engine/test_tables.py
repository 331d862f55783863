"""Rows of any table without a file of SQL: rawdb.tables, on declared tables and on those of a live database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rawdb import tables
from rawdb.criteria import AnyOf, Predicate, equal, match
from rawdb.engine import bulk
from rawdb.engine.database import Database
from rawdb.exceptions import (
    DBDataError,
    DBDuplicateEntry,
    DBError,
    DBNonExistentTable,
    MultiRowsMatched,
    NoRowsMatched,
    StatementError,
)
from rawdb.statements.criteria import Page, SortKey
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

_COLUMNS = {
    "postgresql": "id SERIAL PRIMARY KEY, code varchar(20) UNIQUE, at timestamp, day date, hour time,"
    " price numeric(9, 2), doc jsonb, raw bytea, ratio double precision, big bigint, note text DEFAULT 'none',"
    ' flag boolean, "order by" varchar(9), updated_at timestamp, deleted_at timestamp, deleted integer DEFAULT 0',
    "mysql": "id INTEGER AUTO_INCREMENT PRIMARY KEY, code VARCHAR(20) UNIQUE, at DATETIME(6), day DATE, hour TIME(6),"
    " price DECIMAL(9, 2), doc JSON, raw LONGBLOB, ratio DOUBLE, big BIGINT, note VARCHAR(20) DEFAULT 'none',"
    " flag TINYINT(1), `order by` VARCHAR(9), updated_at TIMESTAMP(6) NULL ON UPDATE CURRENT_TIMESTAMP(6),"
    " deleted_at DATETIME(6), deleted INTEGER DEFAULT 0",
    "sqlite": "id INTEGER PRIMARY KEY AUTOINCREMENT, code VARCHAR(20) UNIQUE, at DATETIME, day DATE, hour TIME,"
    " price NUMERIC(9, 2), doc JSON, raw BLOB, ratio DOUBLE, big BIGINT, note TEXT DEFAULT 'none', flag BOOLEAN,"
    ' "order by" VARCHAR(9), updated_at DATETIME, deleted_at DATETIME, deleted INTEGER DEFAULT 0',
}
_OTHERS = {
    "pairs": "CREATE TABLE pairs (one INTEGER, two INTEGER, name VARCHAR(9), PRIMARY KEY (one, two))",
    "select": "CREATE TABLE {0}select{0} (id INTEGER PRIMARY KEY, deleted {1})",
    "loose": "CREATE TABLE loose (name VARCHAR(9))",
}
MOMENT = datetime.fromisoformat("2014-06-01T12:30:00.123456")


@pytest.fixture
def live(url: str, dialect: str, open_database: Open) -> Iterator[Database]:
    """A database that has neither files nor a declaration."""
    mark, boolean = ("`", "TINYINT(1)") if dialect == "mysql" else ('"', "BOOLEAN")
    with connected(url) as run:
        run(f"CREATE TABLE wares ({_COLUMNS[dialect]})")
        for text in _OTHERS.values():
            run(text.format(mark, boolean))
    yield open_database(url, queries=None, tables=None)
    with connected(url) as run:
        for name in ("wares", "pairs", f"{mark}select{mark}", "loose"):
            run(f"DROP TABLE {name}")


def full(**others: Any) -> dict[str, Any]:
    hour = timedelta(hours=3) if others.pop("dialect", None) == "mysql" else time(3)
    return {
        "code": "a",
        "at": MOMENT,
        "day": date(2014, 6, 1),
        "hour": hour,
        "price": Decimal("12.50"),
        "raw": b"\0\\x'\n\t\xff",
        "ratio": 1.5,
        "big": 2**62,
        "note": "\t \n \\N \\. it's",
        "flag": True,
        "order by": "x",
        **others,
    }


def test_insert_returns_the_whole_row(live: Database, dialect: str) -> None:
    with live.writer.using(None) as sql:
        row = tables.insert(sql, "wares", {"code": "a", "price": "12.5"})
        assert row == tables.find(sql, "wares")[0]
        assert (row["code"], row["price"], row["note"], row["deleted"]) == ("a", Decimal("12.50"), "none", 0)
        assert type(row["id"]) is int
        other = tables.insert(sql, "wares", full(code="b", dialect=dialect))
    expected = full(code="b", dialect=dialect)
    assert {name: other[name] for name in expected} == expected


def test_rows_without_a_known_key_come_back_as_given(live: Database) -> None:
    with live.writer.using(None) as sql:
        assert tables.insert(sql, "loose", {"name": "a"}) == {"name": "a"}
        assert tables.insert(sql, "pairs", {"one": 1, "two": 2}) == {"one": 1, "two": 2, "name": None}


def test_a_declared_table_has_its_defaults(database: Database, stopped_clock: datetime) -> None:
    with database.writer.using(None) as sql:
        row = tables.insert(sql, "things", {"name": "a", "size": 2})
    assert row["kind"] == "plain"
    assert row["created_at"] == stopped_clock


def test_find(live: Database) -> None:
    with live.writer.using(None) as sql:
        tables.load(sql, "wares", [{"code": code, "big": n} for n, code in enumerate("edcba")])
        assert [row["code"] for row in tables.find(sql, "wares")] == list("edcba")
        assert [row["big"] for row in tables.find(sql, "wares", {"code": ["a", "c", "zork"]})] == [2, 4]
        assert [row["big"] for row in tables.find(sql, "wares", [Predicate("big", "<", 2)])] == [0, 1]
        wanted = [AnyOf([equal("code", "b"), equal("big", 0)])]
        page = Page([SortKey("code", "desc"), SortKey("id")])
        assert [row["code"] for row in tables.find(sql, "wares", wanted, page=page)] == ["e", "b"]
        assert [row["code"] for row in tables.find(sql, "wares", page=page, limit=2)] == ["e", "d"]
        assert tables.find(sql, "wares", {"code": []}) == []


def test_update_and_delete_count_what_matched(live: Database) -> None:
    with live.writer.using(None) as sql:
        tables.load(sql, "wares", [{"code": code, "big": 1} for code in "abc"])
        assert tables.update(sql, "wares", {"big": 1}, {"code": ["a", "b"]}) == 2
        assert tables.update(sql, "wares", {"big": 5, "order by": "it"}, {"code": None}) == 0
        assert tables.update(sql, "wares", {"order by": "it"}, {"code": "c"}) == 1
        assert [row["code"] for row in tables.find(sql, "wares", {"order by": "it"})] == ["c"]
        assert tables.delete(sql, "wares", {"order by": None}) == 2
        assert tables.delete(sql, "wares", {}) == 1
        assert tables.find(sql, "wares") == []


def test_soft_delete(live: Database, stopped_clock: datetime) -> None:
    with live.writer.using(None) as sql:
        tables.load(sql, "wares", [{"code": code, "updated_at": MOMENT} for code in "abc"])
        first, _, third = tables.find(sql, "wares")
        assert tables.soft_delete(sql, "wares", {"code": ["a", "b"]}) == 2
        assert tables.soft_delete(sql, "wares", {"code": ["a", "b"], "deleted": 0}) == 0
        rows = tables.find(sql, "wares")
    assert [row["deleted"] for row in rows] == [rows[0]["id"], rows[1]["id"], 0]
    assert rows[0] == {**first, "deleted": first["id"], "deleted_at": stopped_clock}
    assert rows[2] == third


def test_soft_delete_by_a_boolean(live: Database) -> None:
    with live.writer.using(None) as sql:
        tables.load(sql, "select", [{"id": 1, "deleted": False}, {"id": 2, "deleted": False}])
        assert tables.soft_delete(sql, "select", {"id": 2}) == 1
        assert tables.find(sql, "select") == [{"id": 1, "deleted": False}, {"id": 2, "deleted": True}]
        with pytest.raises(StatementError, match="loose has no column deleted"):
            tables.soft_delete(sql, "loose", {"name": "a"})


def test_load_takes_any_value(live: Database, dialect: str) -> None:
    rows = [
        full(code="a", dialect=dialect),
        full(code="b", dialect=dialect, note=None, flag=False, raw=b"", price="-0.01"),
    ]
    with live.writer.using(None) as sql:
        assert tables.load(sql, "wares", rows) == 2
        assert tables.load(sql, "wares", []) == 0
        found = tables.find(sql, "wares")
    rows[1]["price"] = Decimal("-0.01")
    assert [{name: row[name] for name in rows[0]} for row in found] == rows


def test_load_of_documents(live: Database) -> None:
    documents: list[Any] = [{"a": [1, "é", None]}, [1, {"b": "\\"}], None]
    with live.writer.using(None) as sql:
        tables.load(sql, "wares", [{"code": str(n), "doc": doc} for n, doc in enumerate(documents)])
        one_by_one = [tables.insert(sql, "wares", {"code": f"i{n}", "doc": d}) for n, d in enumerate(documents)]
        loaded = tables.find(sql, "wares", {"code": ["0", "1", "2"]})
    assert [row["doc"] for row in loaded] == [row["doc"] for row in one_by_one]


def test_load_of_sequences(live: Database) -> None:
    with live.writer.using(None) as sql:
        assert tables.load(sql, "pairs", [(1, 2, "a"), (1, 3, None)], columns=["one", "two", "name"]) == 2
        assert tables.load(sql, "pairs", ((n, n, "x") for n in range(5, 8)), columns=["one", "two", "name"]) == 3
        with pytest.raises(ValueError, match="zip"):
            tables.load(sql, "pairs", [(1, 2)], columns=["one", "two", "name"])
        assert len(tables.find(sql, "pairs")) == 5


def test_load_of_a_declared_table_has_its_defaults(database: Database, stopped_clock: datetime) -> None:
    with database.writer.using(None) as sql:
        assert tables.load(sql, "things", [{"name": f"n{n}", "kind": f"k{n}"} for n in range(2000)]) == 2000
        rows = tables.find(sql, "things")
    assert {row["created_at"] for row in rows} == {stopped_clock}
    assert [row["kind"] for row in rows] == [f"k{n}" for n in range(2000)]


@pytest.mark.parametrize("autocommit", [False, True])
def test_load_is_all_or_none(live: Database, autocommit: bool) -> None:
    entry = live.writer.autocommit if autocommit else live.writer
    with pytest.raises(DBDuplicateEntry) as caught, entry.using(None) as sql:
        tables.load(sql, "wares", [{"code": "a"}, {"code": "b"}, {"code": "a"}])
    assert caught.value.columns == ["code"]
    assert caught.value.statement == "wares__load"
    with live.reader.using(None) as sql:
        assert tables.find(sql, "wares") == []


def test_an_error_that_is_caught_leaves_nothing_behind(live: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH_ROWS", 2)
    with live.writer.using(None) as sql:
        with pytest.raises(DBDuplicateEntry):
            tables.load(sql, "wares", ({"code": code} for code in "abcdea"))
        assert tables.load(sql, "wares", [{"code": "a"}]) == 1
    with live.reader.using(None) as sql:
        assert [row["code"] for row in tables.find(sql, "wares")] == ["a"]


def test_load_of_an_iterator_that_fails(live: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH_ROWS", 3)

    def rows() -> Iterator[dict[str, Any]]:
        yield from ({"code": str(n)} for n in range(8))
        yield {"code": "x", "big": "zork"}

    with pytest.raises(DBDataError, match=r"wares\.big"), live.writer.autocommit.using(None) as sql:
        tables.load(sql, "wares", rows())
    with live.reader.using(None) as sql:
        assert tables.find(sql, "wares") == []


@pytest.mark.parametrize(
    ("rows", "error", "what"),
    [
        ([{"code": "a"}, {"code": "b", "big": 1}], TypeError, "must name the same columns"),
        ([{"code": "a", "zork": 1}], DBError, "wares has no column 'zork'"),
        ([{"big": 2**63}], DBDataError, "wares.big"),
        ([1], TypeError, "a list of dicts"),
        ({"code": "a"}, TypeError, "a list of dicts"),
        ("abc", TypeError, "a list of dicts"),
    ],
)
def test_what_load_refuses(live: Database, rows: Any, error: type[Exception], what: str) -> None:
    with live.writer.using(None) as sql, pytest.raises(error, match=what):
        tables.load(sql, "wares", rows)


def test_names_that_are_not_there(live: Database) -> None:
    with live.writer.using(None) as sql:
        tables.load(sql, "wares", [{"code": "a"}])
        with pytest.raises(
            DBNonExistentTable, match="'waers' is neither declared nor in the database; did you mean wares"
        ):
            tables.find(sql, "waers")
        for call in (
            lambda: tables.insert(sql, "wares", {"zork": 1}),
            lambda: tables.update(sql, "wares", {"zork": 1}, {"code": "a"}),
            lambda: tables.update(sql, "wares", {"code": "b"}, {"zork": 1}),
            lambda: tables.find(sql, "wares", {"zork; DROP TABLE wares": 1}),
        ):
            with pytest.raises(DBError, match="wares has no column 'zork"):
                call()
        with pytest.raises(TypeError, match="where is a dict of columns and values"):
            tables.delete(sql, "wares", "code")
        with pytest.raises(TypeError, match="expected predicates"):
            tables.delete(sql, "wares", ["code"])
        with pytest.raises(ValueError, match="no column to set"):
            tables.update(sql, "wares", {}, {"code": "a"})
        assert len(tables.find(sql, "wares")) == 1
    with pytest.raises(TypeError, match="expected the statements of an open block"):
        tables.find(live, "wares")  # type: ignore[arg-type]


def test_a_table_made_in_the_same_transaction(live: Database, dialect: str, url: str) -> None:
    if dialect == "mysql":
        pytest.skip("DDL commits there")
    with pytest.raises(ZeroDivisionError), live.writer.using(None) as sql:
        sql.execute("CREATE TABLE fresh (id INTEGER PRIMARY KEY, name VARCHAR(9))")
        assert tables.insert(sql, "fresh", {"id": 1, "name": "a"}) == {"id": 1, "name": "a"}
        raise ZeroDivisionError


def test_update_returning_pk(live: Database) -> None:
    with live.writer.using(None) as sql:
        row = tables.insert(sql, "wares", {"code": "a", "big": 1})
        assert tables.update_returning_pk(sql, "wares", {"big": 1}, ("code", "a")) == (row["id"],)
        assert tables.update_returning_pk(sql, "wares", {"code": "b"}, ("code", "a"), {"big": 1}) == (row["id"],)
        tables.insert(sql, "pairs", {"one": 1, "two": 2, "name": "p"})
        assert tables.update_returning_pk(sql, "pairs", {"two": 3}, ("name", "p")) == (1, 3)
        with pytest.raises(DBError, match="loose has no primary key"):
            tables.update_returning_pk(sql, "loose", {"name": "b"}, ("name", "a"))
        with pytest.raises(NoRowsMatched):
            tables.update_returning_pk(sql, "wares", {"big": 2}, ("code", "b"), {"big": 7})


@pytest.mark.parametrize("autocommit", [False, True])
def test_several_rows_are_not_updated(live: Database, autocommit: bool) -> None:
    with live.writer.using(None) as sql:
        tables.load(sql, "wares", [{"code": "a", "big": 1}, {"code": "b", "big": 1}])
    entry = live.writer.autocommit if autocommit else live.writer
    with pytest.raises(MultiRowsMatched, match="2 rows of wares"), entry.using(None) as sql:
        tables.update_on_match(sql, "wares", {"big": 1}, "big", {"note": "x"})
    with live.reader.using(None) as sql:
        assert {row["note"] for row in tables.find(sql, "wares")} == {"none"}


def test_compare_and_set(live: Database) -> None:
    with live.writer.using(None) as sql:
        row = tables.insert(sql, "wares", {"code": "a", "big": 1, "note": "x"})
        specimen = {"code": "a", "big": [1, None], "note": "x", "order by": None}
        changed = tables.update_on_match(sql, "wares", specimen, "code", {"big": 2})
        assert changed == {"id": row["id"], "code": "a", "big": 2}
        # Now it looks otherwise.
        with pytest.raises(NoRowsMatched, match="no row of wares matched"):
            tables.update_on_match(sql, "wares", specimen, "code", {"big": 3})
        found = tables.update_on_match(sql, "wares", specimen, "code", {"big": 3}, include_only=["note"])
        assert found["big"] == 3
        with pytest.raises(NoRowsMatched):
            tables.update_on_match(sql, "wares", {"code": "a"}, "code", {"big": 4}, where=[Predicate("big", ">", 3)])
        with pytest.raises(ValueError, match="lacks its surrogate key id"):
            tables.update_on_match(sql, "wares", {"code": "a"}, "id", {"big": 3})


def test_a_failed_match_is_tried_again(live: Database) -> None:
    with live.writer.using(None) as sql:
        tables.insert(sql, "wares", {"code": "a", "big": 1})
        tried: list[int] = []

        def mend() -> bool:
            tried.append(tables.update(sql, "wares", {"big": len(tried)}, {"code": "a"}))
            return False

        specimen = {"code": "a", "big": 1}
        tables.update(sql, "wares", {"big": 7}, {"code": "a"})
        tables.update_on_match(sql, "wares", specimen, "code", {"big": 5}, handle_failure=mend)
        assert tried == [1, 1]
        with pytest.raises(NoRowsMatched):
            tables.update_on_match(sql, "wares", {"code": "zork"}, "code", {"big": 5}, handle_failure=lambda: False)
        done = tables.update_on_match(sql, "wares", {"code": "zork"}, "code", {"big": 5}, handle_failure=lambda: True)
        assert done == {"code": "zork", "big": 5}

        def refuse() -> bool:
            raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            tables.update_on_match(sql, "wares", {"code": "zork"}, "code", {"big": 5}, handle_failure=refuse)


def test_of_many_who_compare_and_set_one_wins(live: Database) -> None:
    with live.writer.using(None) as sql:
        tables.insert(sql, "wares", {"code": "a", "big": 0})
    start = threading.Barrier(4)

    def claim(number: int) -> bool:
        context = object()
        start.wait()

        @live.writer
        def work(context: object) -> None:
            sql = live.sql(context)
            tables.update_on_match(sql, "wares", {"code": "a", "big": 0}, "code", {"big": number}, attempts=1)

        try:
            work(context)
        except NoRowsMatched:
            return False
        return True

    with ThreadPoolExecutor(4) as workers:
        won = list(workers.map(claim, range(1, 5)))
    assert won.count(True) == 1
    with live.reader.using(None) as sql:
        assert tables.find(sql, "wares")[0]["big"] == won.index(True) + 1


def test_match_makes_conditions() -> None:
    specimen = {"a": 1, "b": None, "c": [1, 2], "d": (3,), "e": [], "f": [1, None], "g": {4}}
    assert match(specimen) == [
        Predicate("a", "=", 1),
        Predicate("b", "=", None),
        Predicate("c", "in", (1, 2)),
        Predicate("d", "=", 3),
        Predicate("e", "in", ()),
        Predicate("f", "in", (1, None)),
        Predicate("g", "=", 4),
    ]
    assert match(specimen, include_only=["a", "zork"]) == [Predicate("a", "=", 1)]
    assert match({"a": 1, "b": 2}, exclude=["a"]) == [Predicate("b", "=", 2)]
    with pytest.raises(TypeError, match="include_only is a list of columns"):
        match(specimen, include_only="abc")
    with pytest.raises(TypeError, match="a specimen is a dict"):
        match([("a", 1)])  # type: ignore[arg-type]
