"""What a call does to the text of a statement: every kind of slot, on the three dialects."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rawdb import timeutils
from rawdb.context import ContextRules, RequestContext, get_admin_context
from rawdb.engine.database import Database
from rawdb.exceptions import DBDataError, DBError, DBInvalidUnicodeParameter, InvalidSortKey, StatementError
from rawdb.statements.criteria import AnyOf, Page, Predicate, SortKey, equal
from rawdb.statements.slots import MAX_LIST
from rawdb.statements.variants import variants
from tests.engine.conftest import Open
from tests.support.rows import Row

IN_THE_EAST = datetime.fromisoformat("2014-06-01T14:30:00.123456+02:00")
NOW = datetime.fromisoformat("2014-06-01T12:30:00.123456")


@pytest.fixture
def clock() -> Any:
    timeutils.set_time_override(NOW)
    yield NOW
    timeutils.clear_time_override()


@pytest.fixture
def sql(database: Database) -> Any:
    """The statements, in a lone writer of an administrator."""
    with database.writer.autocommit.using(get_admin_context()) as bound:
        yield bound


def names(rows: Sequence[Row]) -> list[str]:
    return [row["name"] for row in rows]


class TestNewRows:
    def test_a_row_is_complete(self, sql: Any, clock: datetime) -> None:
        row = sql.thing_create(values={"name": "a", "size": "7", "flag": "true"})
        assert row == {
            "id": row["id"],
            "name": "a",
            "kind": "plain",
            "size": 7,
            "flag": True,
            "weight": None,
            "seen_at": None,
            "address": None,
            "note": None,
            "project_id": None,
            "created_at": NOW,
            "updated_at": None,
            "deleted_at": None,
            "deleted": 0,
        }
        assert sql.thing_get(name="a") == row
        assert {name: type(value) for name, value in row.items()} == {
            name: type(value) for name, value in sql.thing_get(name="a").items()
        }

    def test_types_come_back_the_same(self, sql: Any) -> None:
        moment = datetime.fromisoformat("0987-06-05T04:03:02.000001")
        values = {
            "name": "ä\N{GRINNING FACE}'\";--%s :x \\",
            "size": -(2**31),
            "flag": False,
            "weight": 0.1,
            "seen_at": moment.replace(year=1987),
            "address": "::0001",
            "note": "line\nline\ttab",
            "deleted": 2**31 - 1,
        }
        stored = sql.thing_create(values=values)
        [row] = sql.thing_list(limit=1, read_deleted="yes")
        assert row == stored
        assert row["address"] == "::1"
        assert row["seen_at"] == moment.replace(year=1987)

    def test_none_takes_the_default(self, sql: Any) -> None:
        assert sql.thing_create(values={"name": "a", "kind": None})["kind"] == "plain"

    def test_an_id_of_ones_own(self, sql: Any) -> None:
        assert sql.thing_create(values={"id": 77, "name": "a"})["id"] == 77
        assert sql.thing_get(name="a")["id"] == 77

    def test_many_rows(self, sql: Any) -> None:
        assert sql.things_create(values=[{"name": "a"}, {"name": "b", "size": 2}]) == 2
        assert sql.thing_get(name="b")["size"] == 2

    def test_no_rows(self, database: Database, sent: list[str], sql: Any) -> None:
        assert sql.things_create(values=[]) == 0
        assert sent == []

    def test_rows_of_different_columns(self, sql: Any, sent: list[str]) -> None:
        with pytest.raises(TypeError, match="the same columns"):
            sql.things_create(values=[{"name": "a"}, {"id": 5, "name": "b"}])
        assert sent == []

    def test_many_rows_where_one_is_returned(self, sql: Any, sent: list[str]) -> None:
        with pytest.raises(TypeError, match="must be a dict"):
            sql.thing_create(values=[{"name": "a"}])
        with pytest.raises(TypeError, match="needs the argument 'values'"):
            sql.thing_create()
        assert sent == []

    @pytest.mark.parametrize(
        ("values", "error"),
        [
            ({"name": "x" * 41}, DBDataError),
            ({"size": "much"}, DBDataError),
            ({"size": 2**31}, DBDataError),
            ({"size": 1.5}, DBDataError),
            ({"flag": "perhaps"}, DBDataError),
            ({"weight": float("nan")}, DBDataError),
            ({"seen_at": "yesterday"}, ValueError),
            ({"name": object()}, DBDataError),
            ({"name": "a\x00b"}, DBDataError),
        ],
    )
    def test_values_that_do_not_fit(self, sql: Any, sent: list[str], values: dict[str, Any], error: type) -> None:
        with pytest.raises(error):
            sql.thing_create(values={"name": "a", **values})
        assert sent == []


class TestChanges:
    def test_columns_are_set_and_stamped(self, sql: Any, clock: datetime) -> None:
        sql.thing_create(values={"name": "a"})
        assert sql.thing_update(name="a", changes={"size": 5, "note": None}) == 1
        row = sql.thing_get(name="a")
        assert (row["size"], row["note"], row["updated_at"]) == (5, None, NOW)

    def test_a_stamp_of_ones_own(self, sql: Any, clock: datetime) -> None:
        sql.thing_create(values={"name": "a"})
        sql.thing_update(name="a", changes={"updated_at": NOW - timedelta(days=1)})
        assert sql.thing_get(name="a")["updated_at"] == NOW - timedelta(days=1)

    def test_matched_rows_are_counted(self, sql: Any, clock: datetime) -> None:
        sql.thing_create(values={"name": "a", "size": 5})
        for _ in range(2):
            assert sql.thing_update(name="a", changes={"size": 5}) == 1
        assert sql.thing_update(name="b", changes={"size": 5}) == 0

    def test_wrong_changes(self, sql: Any, sent: list[str]) -> None:
        for changes in ({"zork": 1}, {"size; DROP TABLE things": 1}):
            with pytest.raises(DBError, match="no column"):
                sql.thing_update(name="a", changes=changes)
        with pytest.raises(DBDataError):
            sql.thing_update(name="a", changes={"size": "much"})
        with pytest.raises(TypeError, match="needs the argument 'changes'"):
            sql.thing_update(name="a")
        assert sent == []


class TestVisibility:
    @pytest.fixture(autouse=True)
    def rows(self, sql: Any) -> None:
        sql.thing_create(values={"name": "live"})
        sql.thing_create(values={"name": "gone"})
        assert sql.thing_delete(name="gone") == 1

    @pytest.mark.parametrize(("wanted", "expected"), [("no", ["live"]), ("yes", ["live", "gone"]), ("only", ["gone"])])
    def test_by_context_and_by_argument(self, database: Database, sql: Any, wanted: str, expected: list[str]) -> None:
        assert names(sql.thing_list(limit=9, read_deleted=wanted)) == expected
        with database.reader.using(get_admin_context(read_deleted=wanted)) as other:
            assert names(other.thing_list(limit=9)) == expected

    def test_a_context_without_the_word(self, database: Database) -> None:
        with database.reader.using(SimpleNamespace(is_admin=True)) as sql:
            assert names(sql.thing_list(limit=9)) == ["live"]

    def test_another_word(self, sql: Any) -> None:
        with pytest.raises(ValueError, match="read_deleted"):
            sql.thing_list(limit=9, read_deleted="1 = 1")

    def test_soft_delete_keeps_the_stamp(self, sql: Any) -> None:
        [row] = sql.thing_list(limit=9, read_deleted="only")
        assert row["deleted"] == row["id"]
        assert row["updated_at"] is None
        assert row["deleted_at"] is not None


class TestScope:
    @pytest.mark.parametrize(
        ("context", "project_only", "expected"),
        [
            (RequestContext("u", "p1", overwrite=False), True, ["one"]),
            (RequestContext("u", "p1", overwrite=False), "allow_none", ["one", "nobody's"]),
            (RequestContext("u", "p1", overwrite=False), False, ["one", "two", "nobody's"]),
            (RequestContext("u", "p1", is_admin=True, overwrite=False), True, ["one", "two", "nobody's"]),
            (get_admin_context(), True, ["one", "two", "nobody's"]),
        ],
    )
    def test_scope(self, database: Database, context: Any, project_only: Any, expected: list[str]) -> None:
        with database.writer.using(context) as sql:
            for name, project in (("one", "p1"), ("two", "p2"), ("nobody's", None)):
                sql.thing_create(values={"name": name, "project_id": project})
            assert names(sql.thing_list(limit=9, project_only=project_only)) == expected

    def test_the_default_is_ones_own(self, database: Database) -> None:
        with database.writer.using(RequestContext("u", "p1", overwrite=False)) as sql:
            sql.thing_create(values={"name": "one", "project_id": "p2"})
            assert sql.thing_list(limit=9) == []

    def test_another_word(self, sql: Any) -> None:
        with pytest.raises(ValueError, match="project_only"):
            sql.thing_list(limit=9, project_only="1 = 1")


class TestFilters:
    @pytest.fixture(autouse=True)
    def rows(self, sql: Any) -> None:
        for number, name in enumerate(["a", "b", "c", None]):
            sql.thing_create(
                values={
                    "name": name,
                    "size": number if name else None,
                    "flag": number == 1,
                    "seen_at": NOW + timedelta(seconds=number),
                }
            )

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ([], ["a", "b", "c", None]),
            (None, ["a", "b", "c", None]),
            ([equal("name", "a")], ["a"]),
            ([equal("name", None)], [None]),
            ([equal("name", ["a", "c", "zork"])], ["a", "c"]),
            ([equal("name", {"a"})], ["a"]),
            ([equal("name", ["a", None])], ["a", None]),
            ([equal("name", [])], []),
            ([equal("size", "1")], ["b"]),
            ([equal("flag", "true")], ["b"]),
            ([Predicate("name", "<>", None)], ["a", "b", "c"]),
            ([Predicate("size", ">=", 1)], ["b", "c"]),
            ([Predicate("size", "<", 1)], ["a"]),
            ([Predicate("name", "<>", "a")], ["b", "c"]),
            ([Predicate("seen_at", ">", NOW + timedelta(seconds=1))], ["c", None]),
            ([Predicate("seen_at", "=", IN_THE_EAST)], ["a"]),
            ([Predicate("name", "regexp", "^[ab]$")], ["a", "b"]),
            ([Predicate("size", "regexp", "2")], ["c"]),
            ([equal("name", "a"), equal("size", 1)], []),
            ([AnyOf([equal("name", "a"), equal("size", 1)])], ["a", "b"]),
            ([AnyOf([]), equal("name", "a")], ["a"]),
            ([AnyOf([equal("name", "a"), AnyOf([equal("name", "b")])])], ["a", "b"]),
            ([equal("name", "x" * 500)], []),
            ([equal("size", 2**40)], []),
        ],
    )  # fmt: skip
    def test_filter(self, sql: Any, filters: Any, expected: list[str]) -> None:
        assert names(sql.thing_list(limit=9, filters=filters)) == expected

    def test_wrong_filters(self, sql: Any, sent: list[str]) -> None:
        with pytest.raises(DBError, match="no column 'zork'"):
            sql.thing_list(limit=9, filters=[equal("zork", 1)])
        with pytest.raises(ValueError, match="unknown operator"):
            sql.thing_list(limit=9, filters=[Predicate("size", "= 1 OR 1 =", 1)])
        with pytest.raises(DBDataError):
            sql.thing_list(limit=9, filters=[equal("size", "much")])
        assert sent == []

    def test_when(self, sql: Any) -> None:
        assert names(sql.thing_list(limit=9, by_size=True, size=2)) == ["c"]
        assert len(sql.thing_list(limit=9, by_size=False)) == 4
        assert len(sql.thing_list(limit=9)) == 4
        with pytest.raises(TypeError, match="needs the argument 'size'"):
            sql.thing_list(limit=9, by_size=True)


class TestElements:
    @pytest.fixture(autouse=True)
    def rows(self, sql: Any) -> None:
        for name, parts in (("a", ["x", "y"]), ("b", ["x"]), ("c", [])):
            row = sql.thing_create(values={"name": name, "size": len(parts)})
            if parts:
                sql.part_create(values=[{"thing_id": row["id"], "name": part} for part in parts])

    def test_each(self, sql: Any) -> None:
        for parts, expected in ((["x"], ["a", "b"]), (["x", "y"], ["a"]), ([], ["a", "b", "c"]), (["z"], [])):
            assert names(sql.things_with_parts(parts=[{"part": part} for part in parts])) == expected

    def test_any(self, sql: Any) -> None:
        for parts, expected in ((["y"], ["a"]), (["x", "y"], ["a", "b"]), ([], []), (["z"], [])):
            assert names(sql.things_with_any(parts=[{"part": part} for part in parts], sizes=[])) == expected
        assert names(sql.things_with_any(parts=[], sizes=[0, 2])) == ["a", "c"]

    def test_an_iterator_serves_every_element(self, sql: Any) -> None:
        for size in (0, 1, 2):
            pairs = [{"size": one} for one in range(size + 1)]
            given_names = ["a", "b", "c"]
            expected = names(sql.things_of_pairs(pairs=pairs, names=given_names))
            assert len(expected) == size + 1
            assert names(sql.things_of_pairs(pairs=pairs, names=iter(given_names))) == expected
        own = [{"size": 2, "names": iter("ab")}, {"size": 0, "names": iter("bc")}]
        assert names(sql.things_of_pairs(pairs=own)) == ["a", "c"]

    def test_repeat(self, sql: Any) -> None:
        assert sql.things_set_sizes(sizes=[{"name": "a", "size": 10}, {"name": "c", "size": 30}]) == 3
        assert [sql.thing_get(name=name)["size"] for name in "abc"] == [10, 1, 30]
        with pytest.raises(DBDataError):
            sql.things_set_sizes(sizes=[{"name": "a", "size": "much"}])

    def test_repeat_nothing(self, sql: Any, sent: list[str]) -> None:
        with pytest.raises(ValueError, match="sizes is empty"):
            sql.things_set_sizes(sizes=[])
        assert sent == []

    def test_a_forgotten_argument(self, sql: Any, sent: list[str]) -> None:
        """It must not pass for `none of them`."""
        for call in (sql.things_with_parts, sql.things_with_any, sql.things_set_sizes, sql.thing_ids_of):
            with pytest.raises(TypeError, match="needs the argument"):
                call()
        assert sent == []


class TestLists:
    def test_list(self, sql: Any) -> None:
        sql.things_create(values=[{"name": name} for name in "abc"])
        for given_names in (["a", "c"], ("c", "a", "a", "zork"), {"a", "c"}, iter(["a", None, "c"])):
            assert sorted(names(sql.thing_ids_of(names=given_names))) == ["a", "c"]
        assert sql.thing_ids_of(names=[]) == []
        assert names(sql.thing_names_except(names=["a"])) == ["b", "c"]

    def test_none_excludes_all(self, sql: Any) -> None:
        """NOT IN of an empty list is NOT IN (NULL) here, which nothing satisfies: guard it with `when`."""
        sql.things_create(values=[{"name": "a"}])
        assert sql.thing_names_except(names=[]) == []

    def test_few_texts(self, sql: Any, database: Database) -> None:
        """Lists are filled up to powers of two, so that servers see few statements."""
        texts: set[str] = set()
        database.observers.append(lambda name, text: texts.add(text))
        for length in range(1, 65):
            sql.thing_ids_of(names=[f"n{number}" for number in range(length)])
        # PostgreSQL takes a list as one array.
        assert len(texts) == (1 if database.dialect.has_arrays else 7)

    def test_a_list_longer_than_a_statement(self, sql: Any, sent: list[str]) -> None:
        sql.things_create(values=[{"name": f"n{number}"} for number in range(5)])
        sent.clear()
        wanted = [f"n{number}" for number in range(MAX_LIST + 10)]
        assert len(sql.thing_ids_of(names=wanted)) == 5
        assert sent == ["thing_ids_of"] * 2
        sent.clear()
        assert sql.thing_resize(names=wanted) == 5
        assert sent == ["BEGIN", "thing_resize", "thing_resize", "COMMIT"]
        sent.clear()
        # Parts of this one would not add up.
        with pytest.raises(DBDataError, match="too long for one statement"):
            sql.thing_names_except(names=wanted)
        assert sent == []

    def test_a_value_that_stands_in_two_parts_of_a_list(self, sql: Any, sent: list[str]) -> None:
        sql.things_create(values=[{"name": name} for name in ("a", "1", "True")])
        sent.clear()
        wanted = ["a", 1, *[f"n{number}" for number in range(MAX_LIST)], True, "a"]
        assert sorted(names(sql.thing_ids_of(names=wanted))) == ["1", "True", "a"]
        assert sql.thing_resize(names=iter(wanted)) == 3
        assert sent == ["thing_ids_of"] * 2 + ["BEGIN", "thing_resize", "thing_resize", "COMMIT"]
        # With each value once it is one statement.
        sent.clear()
        assert names(sql.thing_ids_of(names=["a"] * (MAX_LIST + 1))) == ["a"]
        assert sent == ["thing_ids_of"]


class TestPages:
    def test_a_page(self, sql: Any) -> None:
        sql.things_create(values=[{"name": name} for name in "cab"])
        page = Page([SortKey("name"), SortKey("id")])
        found = sql.thing_list(limit=2, page=page)
        assert names(found) == ["a", "b"]
        assert names(sql.thing_list(limit=2, page=Page(page.keys, found[-1]))) == ["c"]

    def test_wrong_keys(self, sql: Any, sent: list[str]) -> None:
        for key in ("zork", "name; DROP TABLE things", "t.name"):
            with pytest.raises(InvalidSortKey) as raised:
                sql.thing_list(limit=2, page=Page([SortKey(key)]))
            assert raised.value.key == key
        assert sent == []


class TestNames:
    """Two values never share a placeholder, whatever they are called; a parameter used twice is one value."""

    def test_filters_of_one_column(self, sql: Any) -> None:
        sql.things_create(values=[{"name": name, "size": size} for name, size in (("a", 1), ("b", 2), ("c", 3))])
        filters = [Predicate("size", ">", 1), Predicate("size", "<", 3), Predicate("name", "<>", "size")]
        assert names(sql.thing_list(limit=9, filters=filters)) == ["b"]
        assert names(sql.thing_list(limit=1, filters=[equal("size", [1, 3]), Predicate("size", ">", 1)])) == ["c"]


_PAIRS = """
-- name: thing_create(name, size)!
-- A new thing.
INSERT INTO things (name, size)
VALUES (:name, :size);

-- name: names_of(name, size)
-- The names of the things that one of the pairs describes.
SELECT t.name
  FROM things AS t
 WHERE /*{any pairs}*/ (t.name = :name AND t.size = :size) /*{}*/
 ORDER BY t.id;
"""


def test_elements_that_are_compared_with_null(tmp_path: Path, open_database: Open, url: str) -> None:
    (tmp_path / "things.sql").write_text(_PAIRS)
    database = open_database(url, queries=tmp_path, rules=ContextRules(none_is_null=True))
    with database.writer.using(None) as sql:
        for name, size in (("a", None), ("b", 1), (None, 2), ("c", 1)):
            sql.thing_create(name=name, size=size)

        def found(*pairs: tuple[str | None, int | None]) -> list[str]:
            return names(sql.names_of(pairs=[{"name": name, "size": size} for name, size in pairs]))

        assert found(("a", None), ("b", 1), (None, 2)) == ["a", "b", None]
        assert found((None, 2), ("a", 1), ("b", None)) == [None]
        assert found(("b", 1), (None, None), ("a", None)) == ["a", "b"]
        assert found() == []
        # What an element leaves out stands beside the list; an element may be any mapping.
        assert names(sql.names_of(pairs=[{"name": "c"}, {"name": "b"}, {"name": "a", "size": None}], size=1)) == [
            "a",
            "b",
            "c",
        ]
        assert names(sql.names_of(pairs=[MappingProxyType({"name": "a"}), {"name": "b"}], size=None)) == ["a"]
        counted = defaultdict[str, Any](int, name="b")
        assert names(sql.names_of(pairs=[counted], size=1)) == ["b"]
        assert dict(counted) == {"name": "b"}
        with pytest.raises(TypeError, match="needs the argument 'size'"):
            sql.names_of(pairs=[{"name": "b"}])
        with pytest.raises(DBDataError, match=r"things.size: expected an integer, got 'much'"):
            found(("a", None), ("b", "much"))  # type: ignore[arg-type]


@pytest.mark.dialects("sqlite")
def test_an_undeclared_table(open_database: Open, url: str) -> None:
    database = open_database(url, tables={})
    with database.writer.using(None) as sql, pytest.raises(StatementError, match="things is neither declared nor"):
        sql.thing_update(name="a", changes={"size": 1})


_DIRECTIONS = [f"{way}{nulls}" for way in ("asc", "desc") for nulls in ("", "-nullsfirst", "-nullslast")]

anything = st.one_of(
    st.text(),
    st.sampled_from(
        ["' OR 1=1 --", "; DROP TABLE things;--", "%s", "%(x)s", ":name", "\\'", '"', "`", "/*{}*/", "*/ 1 /*", "NULL"]
    ),
    st.none(),
    st.integers(),
    st.floats(allow_nan=True),
    st.binary(),
    st.booleans(),
    st.lists(st.text(), max_size=3),
)


def _calls(sql: Any, one: Any, other: Any) -> list[Any]:
    """Calls that take whatever a caller may pass, in every place where it can be passed."""
    return [
        lambda: sql.thing_get(name=one, read_deleted=other),
        lambda: sql.thing_create(values={"name": one, str(other): one}),
        lambda: sql.thing_update(name=one, changes={"note": other}),
        lambda: sql.thing_update(name="a", changes={one: 1}),
        lambda: sql.thing_list(limit=1, filters=[equal(one, "x")]),
        lambda: sql.thing_list(limit=1, filters=[equal("name", one)]),
        lambda: sql.thing_list(limit=1, filters=[Predicate("name", one, "x")]),
        lambda: sql.thing_list(limit=1, filters=[Predicate("name", "regexp", one)]),
        lambda: sql.thing_list(limit=1, page=Page([SortKey(one)])),
        lambda: sql.thing_list(limit=1, page=Page([SortKey.parse("name", one)])),
        lambda: sql.thing_list(limit=1, page=Page([SortKey("id")], {"id": one})),
        lambda: sql.thing_list(limit=one, project_only=other),
        lambda: sql.thing_ids_of(names=[one, other]),
        lambda: sql.things_with_parts(parts=[{"part": one}]),
    ]


def _try(database: Database, call: Any) -> None:
    """Run a call; what it raises must be an error of ours, and none about the grammar of a statement."""
    try:
        with database.writer.savepoint.using(_CALLER):
            call()
    except (DBError, DBInvalidUnicodeParameter) as error:
        assert "syntax" not in str(error).lower(), error
    except (ValueError, TypeError, InvalidSortKey) as error:
        assert str(error)


_CALLER = get_admin_context()


@pytest.mark.filterwarnings("ignore:a page of things by")
@given(one=anything, other=anything)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_passed_becomes_text(database: Database, one: Any, other: Any) -> None:
    """Whatever is passed, the texts sent are those of harmless calls."""
    allowed = _harmless_texts(database)
    strange = [text for text in _sent(database, [(one, other)]) if text not in allowed]
    savepoints = re.compile(r"(ROLLBACK TO |RELEASE )?SAVEPOINT rawdb_\d+")
    assert not [text for text in strange if not savepoints.fullmatch(text)]


def _harmless_texts(database: Database) -> set[str]:
    known = _known.get(database.url.dialect)
    if known is None:
        statements = database.statements
        known = {variant.text for name in statements for variant in variants(statements[name])}
        words: list[Any] = ["x", None, 1, *_DIRECTIONS, *database.tables["things"].columns]
        lists = [["x"] * length for length in range(4)]
        pairs = [(one, other) for one in [*words, *lists] for other in ("no", "yes", "only", False, "allow_none")]
        known.update(_sent(database, pairs))
        _known[database.url.dialect] = known
    return known


_known: dict[str, set[str]] = {}


def _sent(database: Database, pairs: list[tuple[Any, Any]]) -> list[str]:
    """The texts that the calls send for some pairs of arguments."""
    seen: list[str] = []
    database.observers[:] = [lambda name, text: seen.append(text)]
    with pytest.raises(_Undo), database.writer.using(_CALLER) as sql:
        for one, other in pairs:
            for call in _calls(sql, one, other):
                _try(database, call)
        raise _Undo
    return seen


class _Undo(Exception):
    """Ends the block, so that nothing stays."""
