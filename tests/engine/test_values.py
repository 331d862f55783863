"""What goes into columns of people's own, and comes out again: the same on every server, or an error that says why."""

from __future__ import annotations

import enum
import json
import math
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any, ClassVar

import pytest

from rawdb import tables
from rawdb.engine.database import Database
from rawdb.exceptions import DBDataError, DBDatetimeError, DBError, DBInvalidUnicodeParameter, StatementError
from rawdb.statements.criteria import Predicate
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

MOMENT = datetime.fromisoformat("2014-06-01T12:30:00.123456")
MIDNIGHT = datetime.fromisoformat("2014-06-01T00:00:00")
LONG_AGO = datetime.fromisoformat("0987-06-05T00:00:00")
EAST = timezone(timedelta(hours=2))
SQL = """\
-- name: g_create(id)<!
-- A row.
INSERT INTO g (/*{columns}*/ id /*{}*/)
VALUES /*{rows}*/ (:id) /*{}*/;

-- name: g_list(id)
-- Rows.
SELECT g.*
  FROM g AS g
 WHERE /*{filters}*/ g.id = :id /*{}*/
 ORDER BY /*{order}*/ g.id /*{}*/;

-- name: g_related(id)
-- A row with the rows of its own number.
SELECT g.id, (SELECT /*{json h as own}*/ COUNT(*) /*{}*/ FROM g AS h WHERE h.id = g.id) AS own
  FROM g AS g
 WHERE g.id = :id;

-- name: g_pairs(id)^
-- Columns of the rows by their names.
SELECT (SELECT /*{map h.name h.at as moments}*/ COUNT(*) /*{}*/ FROM g AS h WHERE h.id >= g.id) AS moments,
       (SELECT /*{map h.name h.raw as raws}*/ COUNT(*) /*{}*/ FROM g AS h WHERE h.id >= g.id) AS raws,
       (SELECT /*{map h.name h.hour as hours}*/ COUNT(*) /*{}*/ FROM g AS h WHERE h.id >= g.id) AS hours,
       (SELECT /*{map h.name h.price as prices}*/ COUNT(*) /*{}*/ FROM g AS h WHERE h.id >= g.id) AS prices
  FROM g AS g
 WHERE g.id = :id;

-- name: g_at(at)
-- Rows of a time.
SELECT g.id
  FROM g AS g
 WHERE g.at = :at;
-- name: g_among(at, other)
-- At one of two moments.
SELECT g.id FROM g AS g WHERE g.at IN (:at, :other);
"""
COLUMNS = {
    "postgresql": "id INTEGER PRIMARY KEY, at timestamp, zoned timestamptz, day date, hour time, price numeric(9, 2),"
    " exact numeric, whole numeric(20, 0), qty integer, doc jsonb, raw bytea, name varchar(40), ratio double precision",
    "mysql": "id INTEGER PRIMARY KEY, at DATETIME(6), zoned TIMESTAMP(6) NULL, day DATE, hour TIME(6),"
    " price DECIMAL(9, 2), exact DECIMAL(40, 10), whole DECIMAL(20, 0), qty INTEGER, doc JSON, raw LONGBLOB,"
    " name VARCHAR(40), ratio DOUBLE",
    "sqlite": "id INTEGER PRIMARY KEY, at DATETIME, zoned TIMESTAMP, day DATE, hour TIME, price NUMERIC(9, 2),"
    " exact NUMERIC, whole DECIMAL(20, 0), qty INTEGER, doc JSON, raw BLOB, name VARCHAR(40), ratio DOUBLE",
}


class _Number(enum.IntEnum):
    ONE = 1


class _Word(enum.StrEnum):
    ONE = "one"


class _Text(str):
    def __str__(self) -> str:
        return "another text"


class _Float(float):
    def __repr__(self) -> str:
        return "another.float(1.5)"


class _Exact(Decimal):
    def __str__(self) -> str:
        return "Exact"


class _Bytes(bytes):
    pass


class _Moment(datetime):
    def isoformat(self, *arguments: Any, **options: Any) -> str:
        return "Moment"


class _Document(dict[str, Any]):
    pass


@pytest.fixture
def database(url: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "g.sql").write_text(dedent(SQL))
    with connected(url) as run:
        run(f"CREATE TABLE g ({COLUMNS[open_database(url).dialect.name]})")
    yield open_database(url, queries=tmp_path, tables=None)
    with connected(url) as run:
        run("DROP TABLE g")


def stored(database: Database, **values: Any) -> Any:
    """One value as it comes back from its column."""
    [name] = values
    with database.writer.using(None) as sql:
        sql.g_create(values={"id": 1, **values})
        [row] = sql.g_list()
    return row[name]


def same(found: Any, expected: Any) -> bool:
    return type(found) is type(expected) and found == expected


class TestRoundTrip:
    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("at", MOMENT, MOMENT),
            ("at", "2014-06-01T14:30:00.123456+02:00", MOMENT),
            ("at", "20140601T123000Z", MOMENT.replace(microsecond=0)),
            ("at", LONG_AGO, LONG_AGO),
            ("day", date(2014, 6, 1), date(2014, 6, 1)),
            ("day", "2014-06-01", date(2014, 6, 1)),
            ("day", MIDNIGHT, date(2014, 6, 1)),
            ("price", Decimal("10.00"), Decimal("10.00")),
            ("price", 10, Decimal(10)),
            ("price", 10.5, Decimal("10.50")),
            ("price", "-0.01", Decimal("-0.01")),
            ("price", Decimal("9999999.99"), Decimal("9999999.99")),
            ("exact", Decimal("10.0"), Decimal(10)),
            ("exact", Decimal("1E+3"), Decimal(1000)),
            ("whole", 7, Decimal(7)),
            ("raw", b"\x00\xff", b"\x00\xff"),
            ("raw", bytearray(b"ab"), b"ab"),
            ("raw", memoryview(b"ab"), b"ab"),
        ],
    )
    def test_same_everywhere(self, database: Database, name: str, value: Any, expected: Any) -> None:
        found = stored(database, **{name: value})
        assert same(found, expected)

    @pytest.mark.parametrize("value", [MOMENT.replace(tzinfo=UTC), (MOMENT + timedelta(hours=2)).replace(tzinfo=EAST)])
    def test_a_column_with_a_zone(self, database: Database, value: datetime) -> None:
        assert same(stored(database, zoned=value), MOMENT)

    def test_time_of_day(self, database: Database) -> None:
        """MySQL's TIME is a duration."""
        found = stored(database, hour=time(1, 2, 3, 4))
        whole = timedelta(hours=1, minutes=2, seconds=3, microseconds=4)
        assert same(found, whole if database.dialect.name == "mysql" else time(1, 2, 3, 4))

    @pytest.mark.parametrize("value", [{"a": [1, None, "é"]}, [1, {"b": True}], '{"a": 1}'])
    def test_document(self, database: Database, value: Any) -> None:
        """A text is a document of its own, whatever stands in it."""
        assert same(stored(database, doc=value), value)

    def test_a_serializer_of_ones_own(self, database: Database, open_database: Open) -> None:
        mine = open_database(
            database.url, queries=database.queries, tables=None, json_serializer=lambda value: '{"mine": 1}'
        )
        assert stored(mine, doc={"a": {1}}) == {"mine": 1}
        with mine.reader.using(None) as sql:
            assert sql.execute("SELECT CAST(:x AS CHAR(20)) AS x", {"x": [1]}).rows[0][0].rstrip() == '{"mine": 1}'

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("at", "yesterday"),
            ("at", 5),
            ("at", date(2014, 6, 1)),
            ("day", MOMENT),
            ("day", "x"),
            ("hour", time(1, tzinfo=UTC)),
            ("hour", "x"),
            ("price", Decimal("1.005")),
            ("price", Decimal(10**7)),
            ("price", math.nan),
            ("price", Decimal("NaN")),
            ("price", Decimal("sNaN")),
            ("exact", Decimal("Infinity")),
            ("exact", "x"),
            ("exact", True),
            ("doc", {"a": object()}),
            ("doc", {"a": math.nan}),
            ("raw", "text"),
            ("name", b"bytes"),
            ("name", ["a"]),
            ("ratio", math.inf),
            ("qty", 2**31),
        ],
    )
    def test_refused_before_it_is_sent(self, database: Database, name: str, value: Any) -> None:
        if (name, database.dialect.name) == ("qty", "sqlite"):
            value = 2**63
        with database.writer.using(None) as sql:
            with pytest.raises(DBDataError, match=rf"g\.{name}|JSON"):
                sql.g_create(values={"id": 1, name: value})
            assert sql.g_list() == []

    @pytest.mark.dialects("sqlite")
    @pytest.mark.parametrize("text", ["0.1234567890123456789", "123456789012345678.5", "1E+400", str(2**70 + 1)])
    def test_sqlite_keeps_a_number_exactly_or_refuses_it(self, database: Database, text: str) -> None:
        with pytest.raises(DBDataError, match="15 digits"), database.writer.using(None) as sql:
            sql.g_create(values={"id": 1, "exact": Decimal(text)})

    @pytest.mark.dialects("sqlite")
    @pytest.mark.parametrize("text", ["0.12345678901234", "99999999.999999", "1E+20", "-9223372036854775808", "0.1"])
    def test_sqlite_keeps_what_fits(self, database: Database, text: str) -> None:
        assert same(stored(database, exact=Decimal(text)), Decimal(text))


class TestDays:
    def test_compared(self, database: Database) -> None:
        day = MOMENT.date()
        with database.writer.using(None) as sql:
            for number in (1, 2, 3):
                sql.g_create(values={"id": number, "day": day + timedelta(days=number - 2)})
            for operator, value, ids in (
                ("=", day, [2]),
                ("=", MIDNIGHT, [2]),
                ("=", "2014-06-01", [2]),
                ("=", MOMENT, []),
                ("<", day, [1]),
                ("<=", MIDNIGHT, [1, 2]),
                ("<", MOMENT, [1, 2]),
                (">", MOMENT, [3]),
                (">=", (MIDNIGHT + timedelta(hours=2)).replace(tzinfo=EAST), [2, 3]),
            ):
                found = sql.g_list(filters=[Predicate("day", operator, value)])
                assert [row["id"] for row in found] == ids, (operator, value)
            assert len(sql.g_list(filters=[Predicate("day", "in", [day, day + timedelta(days=1)])])) == 2
            listed = sql.execute("SELECT id FROM g WHERE day > :day", {"day": day}).rows
            assert listed == [(3,)]


class TestNumbersOfExpressions:
    def test_columns_are_decimals_and_sums_of_integers_ints(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            for number, price in enumerate([Decimal("10.00"), Decimal("2.50"), Decimal("7.50")], 1):
                sql.g_create(values={"id": number, "qty": number, "price": price, "whole": 5, "exact": price})
            rows = sql.g_list()
            for name in ("price", "whole", "exact"):
                assert {type(row[name]) for row in rows} == {Decimal}
            [found] = sql.execute("SELECT SUM(qty), COUNT(*), MAX(qty), COALESCE(SUM(qty), 0) FROM g").rows
            assert [same(one, two) for one, two in zip(found, (6, 3, 3, 6), strict=True)] == [True] * 4
            [found] = sql.execute("SELECT s.total, s.n FROM (SELECT SUM(qty) AS total, COUNT(*) AS n FROM g) AS s").rows
            assert same(found[0], 6)
            assert same(found[1], 3)
            [(total,)] = sql.execute("SELECT SUM(price) FROM g").rows
            assert total == 20
            if database.dialect.name != "sqlite":
                assert type(total) is Decimal

    @pytest.mark.dialects("mysql")
    def test_a_small_number_is_no_truth_value(self, database: Database) -> None:
        with connected(database.url) as run:
            run("CREATE TABLE h (small TINYINT, narrow TINYINT(1), big BIGINT UNSIGNED)")
        try:
            with database.writer.using(None) as sql:
                sql.execute("INSERT INTO h VALUES (:a, :b, :c)", {"a": 5, "b": True, "c": 2**64 - 1})
                [row] = sql.execute("SELECT small, narrow, big FROM h").rows
            assert [same(*pair) for pair in zip(row, (5, True, 2**64 - 1), strict=True)] == [True] * 3
        finally:
            with connected(database.url) as run:
                run("DROP TABLE h")


class TestParametersOfNoColumn:
    """Those of execute(), and those that meet an expression."""

    VALUES: ClassVar = [
        ("at", MOMENT, MOMENT),
        ("at", (MOMENT + timedelta(hours=2)).replace(tzinfo=EAST), MOMENT),
        ("day", date(2014, 6, 1), date(2014, 6, 1)),
        ("price", Decimal("1.50"), Decimal("1.50")),
        ("exact", Decimal("12345.6789"), Decimal("12345.6789")),
        ("raw", bytearray(b"ab"), b"ab"),
        ("qty", True, 1),
    ]

    @pytest.mark.parametrize(("name", "value", "expected"), VALUES)
    def test_execute(self, database: Database, name: str, value: Any, expected: Any) -> None:
        if database.dialect.name == "postgresql" and isinstance(value, bool):
            value = 1
        with database.writer.using(None) as sql:
            sql.execute(f"INSERT INTO g (id, {name}) VALUES (1, :x)", {"x": value})
            [(found,)] = sql.execute(f"SELECT {name} FROM g WHERE {name} = :x", {"x": value}).rows
        assert same(found, expected)

    def test_durations(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.execute("INSERT INTO g (id, hour) VALUES (1, :x)", {"x": timedelta(hours=1, seconds=2)})
            [(found,)] = sql.execute("SELECT hour FROM g").rows
        mysql = database.dialect.name == "mysql"
        assert same(found, timedelta(hours=1, seconds=2) if mysql else time(1, 0, 2))

    @pytest.mark.parametrize("value", [{"a": [1, "é"]}, [1, 2]])
    def test_documents(self, database: Database, value: Any) -> None:
        with database.writer.using(None) as sql:
            sql.execute("INSERT INTO g (id, doc) VALUES (1, :x)", {"x": value})
            [(found,)] = sql.execute("SELECT doc FROM g").rows
        assert (found if database.dialect.name == "postgresql" else json.loads(found)) == value

    @pytest.mark.parametrize(
        "value", [object(), {1}, (1,), range(2), 1j, math.nan, math.inf, Decimal("NaN"), "a\x00b", time(1, tzinfo=UTC)]
    )
    def test_refused(self, database: Database, value: Any) -> None:
        with database.writer.using(None) as sql, pytest.raises(DBDataError, match="parameter x: expected"):
            sql.execute("SELECT :x", {"x": value})

    def test_the_previous_error_is_not_reported_again(self, database: Database) -> None:
        """sqlite3 takes the last error of the connection for the one of a value that cannot be bound."""
        with database.writer.autocommit.using(None) as sql:
            sql.execute("INSERT INTO g (id) VALUES (1)")
            for value, kind in (
                ("\ud800", DBInvalidUnicodeParameter),
                (2**70, DBDataError),
                (-(2**63) - 1, DBDataError),
            ):
                with pytest.raises(DBError):
                    sql.execute("INSERT INTO g (id) VALUES (1)")
                if isinstance(value, int) and database.dialect.name != "sqlite":
                    # The other servers have exact numbers of any size.
                    assert sql.execute("SELECT qty FROM g WHERE qty = :x", {"x": value}).rows == []
                    continue
                with pytest.raises(kind) as raised:
                    sql.execute("SELECT qty FROM g WHERE name = :x", {"x": value})
                assert type(raised.value) is kind
            with pytest.raises(DBDataError):
                sql.g_list(filters=[Predicate("qty", "=", 2**70)])

    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("qty", _Number.ONE, 1),
            ("name", _Word.ONE, "one"),
            ("name", _Text("it's"), "it's"),
            ("ratio", _Float(1.5), 1.5),
            ("exact", _Exact("1.5"), Decimal("1.5")),
            ("raw", _Bytes(b"ab"), b"ab"),
            ("at", _Moment(2014, 6, 1, tzinfo=UTC), MIDNIGHT),
            ("doc", _Document(a=1), {"a": 1}),
        ],
    )
    def test_kinds_of_other_libraries(self, database: Database, name: str, value: Any, expected: Any) -> None:
        """A driver looks for the exact type of a value, and PyMySQL sends the repr of what it does not find."""
        with database.writer.using(None) as sql:
            sql.execute(f"INSERT INTO g (id, {name}) VALUES (1, :x)", {"x": value})
            sql.g_create(values={"id": 2, name: value})
            rows = sql.g_list()
        for row in rows:
            assert same(row[name], expected)

    def test_a_relation_has_the_values_of_a_select(self, database: Database) -> None:
        clock = timedelta(hours=-30, microseconds=-5) if database.dialect.name == "mysql" else time(12, 30, 0, 5)
        values = {
            "at": MOMENT,
            "day": date(2014, 6, 1),
            "hour": clock,
            "price": Decimal("10.00"),
            "raw": bytes(range(256)),
            "name": "it's",
        }
        with database.writer.using(None) as sql:
            sql.g_create(values={"id": 1, **values})
            sql.g_create(values={"id": 2})
            sql.g_create(values={"id": 3, "raw": b"", "hour": "00:00:00"})
            plain = sql.g_list()
            related = [sql.g_related(id=row["id"])[0]["own"] for row in plain]
        assert {name: plain[0][name] for name in values} == values
        assert plain[1]["raw"] is None
        for row, own in zip(plain, related, strict=True):
            assert own == [row]
            assert [type(value) for value in own[0].values()] == [type(value) for value in row.values()]

    def test_a_map_has_the_values_of_a_select(self, database: Database) -> None:
        values = {"at": MOMENT, "raw": b"\x00\xff", "hour": "01:02:03", "price": Decimal("10.00")}
        with database.writer.using(None) as sql:
            sql.g_create(values={"id": 1, "name": "b", **values})
            sql.g_create(values={"id": 2, "name": "a"})
            row, empty = sql.g_list()
            found = sql.g_pairs(id=1)
        maps = {"moments": "at", "raws": "raw", "hours": "hour", "prices": "price"}
        assert found == {name: {"a": empty[column], "b": row[column]} for name, column in maps.items()}
        assert list(found["raws"]) == ["a", "b"]
        assert [type(found[name]["b"]) for name in maps] == [type(row[column]) for column in maps.values()]

    @pytest.mark.dialects("postgresql")
    def test_types_of_one_server_in_a_relation(self, database: Database) -> None:
        key = uuid.UUID("11111111-1111-4111-8111-111111111111")
        with connected(database.url) as run:
            run("ALTER TABLE g ADD COLUMN key uuid")
            database.look_anew()
            with database.writer.using(None) as sql:
                sql.g_create(values={"id": 1, "key": key})
                assert sql.g_list(filters=[Predicate("key", "=", str(key))])[0]["key"] == key
                assert sql.g_related(id=1)[0]["own"][0]["key"] == key
            run("ALTER TABLE g ADD COLUMN pause interval")
        with pytest.raises(
            StatementError, match=r"g\.sql:15:22 - JSON has no form for the interval g\.pause; read these"
        ):
            database.look_anew()

    def test_two_columns_of_one_name(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.g_create(values={"id": 1, "qty": 2})
            text = "SELECT g.id, g.qty, g.qty + 1 AS id FROM g AS g WHERE g.id = :id"
            found = sql.execute(text, {"id": 1})
            assert found.rows == [(1, 2, 3)]
            with pytest.raises(StatementError, match=r"id is the name of the columns 1 and 3 of the result; name each"):
                found.dicts()
            assert sql.execute(text, {"id": 2}).dicts() == []

    def test_percent_signs(self, database: Database) -> None:
        with database.reader.using(None) as sql:
            assert sql.execute("SELECT 'a%', '%s'").rows == [("a%", "%s")]


class TestPrecision:
    DDL: ClassVar = {
        "postgresql": "CREATE TABLE p (id INTEGER PRIMARY KEY, at timestamp(0), milli timestamptz(3))",
        "mysql": "CREATE TABLE p (id INTEGER PRIMARY KEY, at DATETIME, milli TIMESTAMP(3) NULL)",
    }
    SQL: ClassVar = SQL.replace("g_", "p_").replace(" g ", " p ").replace("AS g", "AS p").replace("g.", "p.")

    @pytest.mark.dialects("postgresql", "mysql")
    def test_what_is_stored_is_found_by_itself(self, url: str, open_database: Open, tmp_path: Path) -> None:
        (tmp_path / "p.sql").write_text(self.SQL)
        database = open_database(url, queries=tmp_path, tables=None)
        moment = MOMENT.replace(microsecond=987654)
        with connected(url) as run:
            run(self.DDL[database.url.dialect])
        try:
            with database.writer.using(None) as sql:
                row = sql.p_create(values={"id": 1, "at": moment, "milli": moment})
                assert row == {
                    "id": 1,
                    "at": moment.replace(microsecond=0),
                    "milli": moment.replace(microsecond=987000),
                }
                assert sql.p_list() == [row]
                for name in ("at", "milli"):
                    for value in (row[name], moment):
                        assert sql.p_list(filters=[Predicate(name, "=", value)]) == [row]
                        assert sql.p_list(filters=[Predicate(name, "in", [value])]) == [row]
                    # What is between two values of the column is compared as it is.
                    assert sql.p_list(filters=[Predicate(name, "<", moment)]) == [row]
                    assert sql.p_list(filters=[Predicate(name, ">=", moment)]) == []
                assert sql.p_at(at=moment) == [{"id": 1}]
                assert sql.p_among(at=moment, other=moment + timedelta(days=1)) == [{"id": 1}]
        finally:
            with connected(url) as run:
                run("DROP TABLE p")


class TestUnreadable:
    """A cell that no Python value can hold is named; nothing but DBDataError leaves."""

    CELLS: ClassVar = {
        "postgresql": [
            ("at", "'infinity'"),
            ("zoned", "'-infinity'"),
            ("day", "'0044-03-15 BC'"),
            ("hour", "'24:00'"),
        ],
        "mysql": [("at", "'0000-00-00'"), ("day", "'2014-00-01'"), ("day", "'0000-00-00'")],
        "sqlite": [
            ("at", "1400000000"),
            ("at", "20140601"),
            ("at", "2456809.5"),
            ("at", "'soon'"),
            ("at", "x'ff'"),
            ("zoned", "'0001-01-01T00:00:00+02:00'"),
            ("day", "5"),
            ("hour", "'25:00'"),
            ("exact", "'much'"),
        ],
    }

    def test_named(self, database: Database) -> None:
        for number, (name, literal) in enumerate(self.CELLS[database.dialect.name], 1):
            with connected(database.url) as run:
                if database.dialect.name == "mysql":
                    run("SET SESSION sql_mode = ''")
                run("DELETE FROM g")
                run(f"INSERT INTO g (id, qty, {name}) VALUES ({number}, 1, {literal})")
            with database.writer.using(None) as sql:
                with pytest.raises(DBDataError, match=rf"{name}: .*cannot be read") as raised:
                    sql.g_list()
                assert raised.value.statement == "g_list"
                # The connection has read its answer to the end.
                if database.dialect.name != "postgresql":
                    assert sql.execute("SELECT qty FROM g").rows == [(1,)]
            with database.reader.using(None) as sql:
                assert sql.execute("SELECT qty FROM g").rows == [(1,)]

    @pytest.mark.dialects("sqlite")
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2014-06-01T12:30:00.123456", MOMENT),
            ("2014-06-01 12:30:00.123456Z", MOMENT),
            ("2014-06-01T14:30:00.123456+02:00", MOMENT),
            ("2014-06-01", MIDNIGHT),
            ("2014-06-01 12:30", MOMENT.replace(microsecond=0)),
        ],
    )
    def test_times_of_other_programs(self, database: Database, text: str, expected: datetime) -> None:
        with database.writer.using(None) as sql:
            sql.execute("INSERT INTO g (id, at, zoned) VALUES (1, :x, :x)", {"x": text})
            [row] = sql.g_list()
        assert same(row["at"], expected)
        assert same(row["zoned"], expected)

    @pytest.mark.dialects("sqlite")
    def test_no_deprecated_converter(self, database: Database) -> None:
        """Those of sqlite3 warn from Python 3.12 on."""
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            for name, value in (("at", MOMENT), ("zoned", MOMENT), ("day", date(2014, 6, 1))):
                with database.writer.using(None) as sql:
                    sql.execute("DELETE FROM g")
                assert same(stored(database, **{name: value}), value)
        assert [str(one.message) for one in seen] == []

    @pytest.mark.dialects("sqlite")
    def test_booleans(self, url: str, open_database: Open) -> None:
        database = open_database(url)
        with database.writer.using(None) as sql:
            sql.execute("INSERT INTO things (flag) VALUES (1), (0), ('true'), ('false'), ('F'), (2), (NULL)")
            found = [flag for (flag,) in sql.execute("SELECT flag FROM things ORDER BY id").rows]
            assert found == [True, False, True, False, False, True, None]
            assert {type(flag) for flag in found[:-1]} == {bool}


class TestRelations:
    """Rows inside of rows come as JSON, and are to be what a SELECT gives."""

    def test_same_types(self, database: Database) -> None:
        row = {"at": MOMENT, "zoned": MOMENT, "day": MOMENT.date(), "price": Decimal("10.10"), "qty": 7, "ratio": 1.5}
        exact = Decimal("0.1234567890" if database.dialect.name == "sqlite" else "12345678901234567.1234567890")
        with database.writer.using(None) as sql:
            sql.g_create(values={"id": 1, **row, "exact": exact})
            [listed] = sql.g_list()
            [related] = sql.g_related(id=1)
        [own] = related["own"]
        for name in (*row, "exact"):
            assert same(own[name], listed[name]), name
        assert own["exact"] == exact

    @pytest.mark.dialects("sqlite")
    def test_times_of_other_programs(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.execute("INSERT INTO g (id, at, zoned) VALUES (1, '2014-06-01T14:30:00.123456+02:00', 'soon')")
            with pytest.raises(DBDataError, match=r"g\.zoned: .*'soon'"):
                sql.g_related(id=1)
            sql.execute("UPDATE g SET zoned = '2014-06-01T12:30:00.123456Z'")
            [own] = sql.g_related(id=1)[0]["own"]
        assert same(own["at"], MOMENT)
        assert same(own["zoned"], MOMENT)


class TestSessions:
    def test_zone(self, database: Database) -> None:
        """Whatever zone the server, the database or the user has."""
        name = database.url.database
        if database.dialect.name == "postgresql":
            with connected(database.url) as run:
                run(f"ALTER DATABASE \"{name}\" SET TimeZone = 'Asia/Tokyo'")
        with database.writer.using(None) as sql:
            if database.dialect.name == "mysql":
                assert sql.execute("SELECT @@SESSION.time_zone").rows == [("+00:00",)]
            sql.g_create(values={"id": 1, "zoned": MOMENT, "at": MOMENT})
            [row] = sql.g_list(filters=[Predicate("zoned", "=", MOMENT)])
            assert same(row["zoned"], MOMENT)
            assert len(sql.execute("SELECT id FROM g WHERE zoned = at").rows) == 1
            now = sql.execute("SELECT CURRENT_TIMESTAMP").rows[0][0]
        now = datetime.fromisoformat(now) if isinstance(now, str) else now
        assert now.tzinfo is None
        assert abs(now - datetime.now(UTC).replace(tzinfo=None)) < timedelta(hours=1)

    @pytest.mark.dialects("mysql")
    def test_language(self, database: Database) -> None:
        with database.reader.using(None) as sql:
            assert sql.execute("SELECT @@SESSION.lc_messages").rows == [("en_US",)]

    @pytest.mark.dialects("postgresql")
    def test_language_where_the_user_may_choose(self, database: Database) -> None:
        with database.reader.using(None) as sql:
            [(allowed, language)] = sql.execute(
                "SELECT has_parameter_privilege('lc_messages', 'SET'), current_setting('lc_messages')"
            ).rows
        assert language == "C" or not allowed


class TestRegularExpressions:
    @pytest.mark.parametrize("pattern", ["(", "[a", "a{2,1}"])
    def test_an_invalid_one(self, database: Database, pattern: str) -> None:
        with database.writer.using(None) as sql:
            sql.g_create(values={"id": 1, "name": "a"})
        with database.reader.using(None) as sql, pytest.raises(DBDataError) as raised:
            sql.g_list(filters=[Predicate("name", "regexp", pattern)])
        assert "user-defined function" not in str(raised.value)
        with database.reader.using(None) as sql:
            assert len(sql.g_list(filters=[Predicate("name", "regexp", "^a$")])) == 1

    def test_null_is_not_the_word(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.g_create(values={"id": 1, "name": None})
            assert sql.g_list(filters=[Predicate("name", "regexp", "None")]) == []


def test_a_text_that_is_no_time_is_both_errors(database: Database) -> None:
    with database.reader.using(None) as sql:
        for wanted in (DBDatetimeError, DBDataError, ValueError):
            with pytest.raises(wanted, match=r"g\.at: not an ISO 8601 datetime: 'yesterday'"):
                sql.g_at(at="yesterday")


_LISTS = """
-- name: gauges_in(plain, small, single, day)
-- Those whose cells are in the lists, each with a slot of its own.
SELECT g.id FROM gauges AS g
 WHERE /*{when plain_too}*/ g.plain IN (/*{list plain}*/ :plain /*{}*/) /*{}*/
   AND /*{when small_too}*/ g.small IN (/*{list small}*/ :small /*{}*/) /*{}*/
   AND /*{when single_too}*/ g.single IN (/*{list single}*/ :single /*{}*/) /*{}*/
   AND /*{when day_too}*/ g.day IN (/*{list day}*/ :day /*{}*/) /*{}*/
 ORDER BY g.id;

-- name: gauges_not_in(plain, day)
-- The others.
SELECT g.id FROM gauges AS g
 WHERE /*{when plain_too}*/ g.plain NOT IN (/*{list plain}*/ :plain /*{}*/) /*{}*/
   AND /*{when day_too}*/ g.day NOT IN (/*{list day}*/ :day /*{}*/) /*{}*/
 ORDER BY g.id;
"""


def test_a_list_matches_what_its_values_do_alone(url: str, dialect: str, open_database: Open, tmp_path: Path) -> None:
    """A list is one array on PostgreSQL, of a type that may hold less than the values, or cut them."""
    (tmp_path / "gauges.sql").write_text(_LISTS)
    single = {"postgresql": "real", "mysql": "FLOAT", "sqlite": "REAL"}[dialect]
    noon = datetime.fromisoformat("2014-06-01T12:00:00")
    with connected(url) as run:
        run(f"CREATE TABLE gauges (id INTEGER PRIMARY KEY, plain INTEGER, small SMALLINT, single {single}, day DATE)")
    try:
        database = open_database(url, queries=tmp_path, tables=None)
        row = {"plain": 1, "small": 1, "single": 0.1, "day": noon.date()}
        values: dict[str, list[Any]] = {
            "plain": [1, "1", 2**31, 2**63 - 1, -(2**40)],
            "small": [1, 2**15, 2**40],
            "single": [0.1, 1e300, "-1e39"],
            "day": [noon.date(), noon, noon.replace(hour=0), "2014-06-01"],
        }
        with database.writer.using(None) as sql:
            tables.load(sql, "gauges", [{"id": 1, **row}, {"id": 2, **dict.fromkeys(row)}])
            for name, given in values.items():
                alone = [value for value in given if tables.find(sql, "gauges", {name: value})]
                assert [
                    value for value in given if tables.find(sql, "gauges", {name: [value, None, value]})[1:]
                ] == alone
                assert [v for v in given if sql.gauges_in(**{name: [v], f"{name}_too": True})] == alone
                assert len(tables.find(sql, "gauges", {name: given})) == 1
            assert [len(sql.gauges_not_in(plain=[v], plain_too=True)) for v in (1, 2**40)] == [0, 1]
            assert [len(sql.gauges_not_in(day=[v], day_too=True)) for v in (noon.date(), noon)] == [0, 1]
    finally:
        with connected(url) as run:
            run("DROP TABLE gauges")
