"""What a Python value must be to enter a column, or to be compared with one."""

from __future__ import annotations

import enum
import ipaddress
import json
import pickle
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawdb.exceptions import DBDataError, DBError, DBInvalidUnicodeParameter
from rawdb.statements.columns import Column, Table, load_tables, unique_columns
from rawdb.statements.values import encode_untyped, from_json
from tests.engine.conftest import TABLES

NOON = datetime.fromisoformat("2014-06-01T12:00:00")
UUID = uuid.UUID("12345678-1234-5678-1234-567812345678")


class Word(str, enum.Enum):  # noqa: UP042
    ONE = "one"


class Number(enum.IntEnum):
    ONE = 1


def column(kind: str) -> Column:
    return Column("t", "c", kind)


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("string(5)", "abcde", "abcde"),
        ("string(5)", "äöü€\N{GRINNING FACE}", "äöü€\N{GRINNING FACE}"),
        ("string(5)", "", ""),
        ("string(5)", 12345, "12345"),
        ("string(50)", UUID, str(UUID)),
        ("string(50)", ipaddress.ip_address("10.0.0.1"), "10.0.0.1"),
        ("string(5)", Decimal("1.5"), "1.5"),
        ("string(5)", Word.ONE, "one"),
        ("text", "x" * 65535, "x" * 65535),
        ("mediumtext", "x" * 65536, "x" * 65536),
        ("enum(a|b)", "a", "a"),
        ("enum(one|b)", Word.ONE, "one"),
        ("int", 5, 5),
        ("int", "5", 5),
        ("int", " -5 ", -5),
        ("int", True, 1),
        ("int", 5.0, 5),
        ("int", Decimal(5), 5),
        ("int", Number.ONE, 1),
        ("int", 2**31 - 1, 2**31 - 1),
        ("int", -(2**31), -(2**31)),
        ("bigint", 2**63 - 1, 2**63 - 1),
        ("bool", True, True),
        ("bool", 0, False),
        ("bool", 1, True),
        ("bool", "TRUE", True),
        ("bool", "0", False),
        ("float", 1, 1.0),
        ("float", "1e3", 1000.0),
        ("float", Decimal("0.5"), 0.5),
        ("datetime", NOON, NOON),
        ("datetime", NOON.replace(tzinfo=UTC), NOON),
        ("datetime", NOON.replace(tzinfo=timezone(timedelta(hours=2))), NOON - timedelta(hours=2)),
        ("datetime", "2014-06-01T12:00:00", NOON),
        ("datetime", "2014-06-01T14:00:00+02:00", NOON),
        ("ip", "10.0.0.1", "10.0.0.1"),
        ("ip", "0::1", "::1"),
        ("ip", ipaddress.ip_address("::1"), "::1"),
        ("ip", "no address", "no address"),
        ("cidr", "10.0.0.7/24", "10.0.0.0/24"),
        ("cidr", ipaddress.ip_network("10.0.0.0/24"), "10.0.0.0/24"),
        ("cidr", "fe80::/64", "fe80::/64"),
        ("cidr", "::ffff:10.0.0.1/104", "::ffff:10.0.0.0/104"),
        ("ip", "::ffff:10.0.0.1%eth0", "::ffff:10.0.0.1%eth0"),
    ],
)
def test_stored(kind: str, value: Any, stored: Any) -> None:
    encoded = column(kind).encode(value)
    assert encoded == stored
    assert type(encoded) is type(stored)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string(5)", "abcdef"),
        ("string(5)", b"abc"),
        ("string(5)", ["a"]),
        ("string(5)", None.__class__),
        ("string(5)", "a\x00b"),
        ("text", "x" * 65536),
        ("text", "ä" * 32768),
        ("enum(a|b)", "c"),
        ("enum(a|b)", ["a"]),
        ("int", "five"),
        ("int", "1_000"),
        ("int", "٣"),
        ("int", "9" * 5000),
        ("int", ""),
        ("int", 5.5),
        ("int", float("inf")),
        ("int", float("nan")),
        ("int", Decimal("NaN")),
        ("int", Decimal("sNaN")),
        ("int", Decimal("Infinity")),
        ("int", 2**31),
        ("int", [5]),
        ("int", b"5"),
        ("bigint", 2**63),
        ("bool", 2),
        ("bool", "perhaps"),
        ("bool", []),
        ("float", "much"),
        ("float", float("nan")),
        ("float", "inf"),
        ("float", 10**400),
        ("float", []),
        ("datetime", 5),
        ("ip", "x" * 40),
        ("limit", -1),
    ],
)
def test_refused(kind: str, value: Any) -> None:
    with pytest.raises(DBDataError) as raised:
        column(kind).encode(value)
    assert "t.c: expected " in str(raised.value)
    assert len(str(raised.value)) < 200


@pytest.mark.parametrize("kind", ["string(5)", "text", "ip", "enum(a|b)"])
def test_a_lone_surrogate(kind: str) -> None:
    if kind.startswith("enum"):
        with pytest.raises(DBDataError):
            column(kind).encode("\ud800")
        return
    with pytest.raises(DBInvalidUnicodeParameter):
        column(kind).encode("\ud800")


@pytest.mark.parametrize("value", ["yesterday", "2014-13-01", ""])
def test_a_text_that_is_no_time(value: str) -> None:
    with pytest.raises(ValueError, match=r"yesterday|2014-13-01|''"):
        column("datetime").encode(value)


@pytest.mark.parametrize(
    ("kind", "value", "compared"),
    [
        ("string(5)", "abcdefgh", "abcdefgh"),
        ("enum(a|b)", "zork", "zork"),
        ("int", 2**40, 2**40),
        ("ip", "0::1", "::1"),
        ("ip", "x" * 100, "x" * 100),
        ("bool", "false", False),
    ],
)
def test_compared(kind: str, value: Any, compared: Any) -> None:
    """What could never be stored may be asked for, and is not found."""
    assert column(kind).comparable(value) == compared


@pytest.mark.parametrize(("kind", "value"), [("int", "five"), ("int", 2**63), ("bool", "x"), ("string(5)", b"x")])
def test_not_comparable(kind: str, value: Any) -> None:
    with pytest.raises(DBDataError):
        column(kind).comparable(value)


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        (None, None),
        ("a", "a"),
        (Word.ONE, "one"),
        (5, 5),
        (True, True),
        (1.5, 1.5),
        (b"x", b"x"),
        (UUID, str(UUID)),
        (ipaddress.ip_address("::1"), "::1"),
        (NOON.replace(tzinfo=timezone(timedelta(hours=2))), NOON - timedelta(hours=2)),
    ],
)
def test_untyped(value: Any, bound: Any) -> None:
    encoded = encode_untyped("x", value)
    assert encoded == bound
    assert type(encoded) is type(bound)


@pytest.mark.parametrize("value", [object(), {1}, (1,), range(2), 1j])
def test_untyped_and_refused(value: Any) -> None:
    with pytest.raises(DBDataError, match="parameter x: expected a plain value"):
        encode_untyped("x", value)


def test_an_unknown_type() -> None:
    with pytest.raises(ValueError, match=r"t\.c: unknown type 'money'"):
        column("money")


@given(st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.none(), st.decimals(), st.datetimes()))
def test_every_value_is_taken_or_refused(value: Any) -> None:
    """No other error than the documented ones, whatever comes."""
    for kind in ("string(5)", "text", "int", "bigint", "bool", "float", "ip", "cidr", "enum(a|b)", "datetime"):
        if value is None:
            continue
        for encode in (column(kind).encode, column(kind).comparable):
            try:
                encode(value)
            except (DBDataError, DBInvalidUnicodeParameter):
                pass
            except ValueError:
                assert kind == "datetime"


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("int", 5, 5),
        ("bool", 1, True),
        ("bool", False, False),
        ("datetime", "2014-06-01T12:00:00", NOON),
        ("datetime", "2014-06-01 12:00:00.000000", NOON),
        ("string(5)", "a", "a"),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("json", '"text"', "text"),
        ("json", 5, 5),
        ("json_dict", "{}", {}),
        ("json_list", [1], [1]),
        ("date[]", ["2014-06-01", None, ["2014-06-02"]], [date(2014, 6, 1), None, [date(2014, 6, 2)]]),
        ("int[]", [1, None], [1, None]),
    ],
)
def test_from_json(kind: str, value: Any, found: Any) -> None:
    read = from_json(kind, json.loads)
    assert (value if read is None else read(value)) == found


class TestTables:
    @pytest.fixture
    def table(self) -> Table:
        return load_tables(TABLES)["things"]

    def test_declared(self, table: Table) -> None:
        assert list(table.columns)[:3] == ["id", "name", "kind"]
        assert table.identity == "id"
        assert table.stamped == ("updated_at",)
        assert table.unique == {
            "PRIMARY": ("id",),
            "uniq_things0name0deleted": ("name", "deleted"),
            "a_key_of_another_style": ("kind", "size"),
        }

    def test_new_row(self, table: Table) -> None:
        row = table.new_row({"name": "a", "flag": None, "zork": 1}, NOON)
        assert "id" not in row
        assert "zork" not in row
        assert (row["name"], row["kind"], row["flag"], row["created_at"], row["size"]) == (
            "a",
            "plain",
            False,
            NOON,
            None,
        )

    def test_a_partial_table_leaves_defaults_to_the_server(self, table: Table) -> None:
        partial = Table("things", table.columns, partial=True)
        assert partial.new_row({"name": "a", "flag": None, "zork": 1}, NOON) == {"name": "a", "flag": False}

    def test_a_pickle_checks_the_same(self, table: Table) -> None:
        table.new_row({"name": "a"}, NOON)
        again = pickle.loads(pickle.dumps(table))
        assert again == table
        assert again.new_row({"name": "a", "size": "5"}, NOON) == table.new_row({"name": "a", "size": 5}, NOON)
        for values in ({"name": "x" * 41}, {"size": "much"}, {"seen_at": 5}):
            with pytest.raises(DBDataError):
                again.encode(values)

    def test_encode(self, table: Table) -> None:
        assert table.encode({"size": "5", "note": None, "zork": 1}) == {"size": 5, "note": None}
        with pytest.raises(DBDataError):
            table.encode({"size": "much"})

    def test_unique_columns(self, table: Table) -> None:
        known = unique_columns(load_tables(TABLES))
        assert known("things.PRIMARY") == ["id"]
        assert known("a_key_of_another_style") == ["kind", "size"]
        assert known("things.a_key_of_another_style") == ["kind", "size"]
        assert known("PRIMARY") is None  # of which table?
        assert known("zork") is None

    def test_the_shipped_declaration(self) -> None:
        tables = load_tables(Path(__file__).parents[2] / "sql" / "schema" / "columns.csv")
        assert tables["instances"].identity == "id"
        assert tables["key_pairs"].unique["uniq_key_pairs0user_id0name0deleted"] == ("user_id", "name", "deleted")
        # What a key over an expression is about, its name tells.
        assert not any("(" in column for table in tables.values() for key in table.unique.values() for column in key)


_CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 2**40), st.text(max_size=6), st.sampled_from(["x" * 9, "\x00", [1], 1.5])
)
_ROWS = st.lists(
    st.dictionaries(st.sampled_from(["id", "name", "size", "kind", "zork"]), _CELLS), min_size=1, max_size=5
)


@given(rows=st.one_of(_ROWS, _ROWS.map(lambda rows: [{**rows[0], **row} for row in rows])))
def test_rows_together_are_what_each_is_alone(rows: list[dict[str, Any]]) -> None:
    """Several rows are checked by column; values and errors are those of one row after the other."""
    columns = {
        "id": Column("t", "id", "bigint", autoincrement=True, primary_key=True),
        "name": Column("t", "name", "string(8)"),
        "size": Column("t", "size", "int"),
        "kind": Column("t", "kind", "string(8)", default="plain"),
    }
    table, now = Table("t", columns), datetime.fromisoformat("2026-01-01")

    def outcome(make: Callable[[], Any]) -> Any:
        try:
            return make()
        except (DBError, ValueError) as error:
            return type(error), str(error)

    together = outcome(lambda: table.new_rows(rows, lambda: now))
    alone = outcome(lambda: [table.new_row(row, now) for row in rows])
    assert together == alone
    if isinstance(together, list):
        types = [[{key: type(cell) for key, cell in row.items()} for row in made] for made in (together, alone)]
        assert types[0] == types[1]
        assert len({id(row) for row in together}) == len(rows)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"zork": 1, "name": "a"}, {"name": "b", "size": 5}, {"zork": 2, "name": "c"}], [None, 5, None]),
        ([{"zork": 1}, {"size": 5}], [None, 5]),
        ([{"zork": 1}, {"size": "many"}], "t.size: expected an integer, got 'many'"),
        # The first wrong value of the first wrong row, whatever it is wrong for.
        ([{"size": 1, "name": "\ud800"}, {"size": 2, "name": "b"}, {"size": "x", "name": "c"}], "cannot be encoded"),
        ([{"name": "a", "size": "x"}, {"name": "\ud800", "size": 1}], "t.size: expected an integer, got 'x'"),
    ],
)
def test_a_row_of_others_and_the_first_wrong_row_are_seen_together_too(rows: Any, expected: Any) -> None:
    table = Table("t", {"name": Column("t", "name", "string(8)"), "size": Column("t", "size", "int")})
    now = datetime.fromisoformat("2026-01-01")
    if isinstance(expected, list):
        assert [row["size"] for row in table.new_rows(rows, lambda: now)] == expected
        return
    with pytest.raises((DBDataError, DBInvalidUnicodeParameter), match=expected):
        table.new_rows(rows, lambda: now)
