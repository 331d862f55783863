"""Statements as people write them, on each server: values, upserts, results, calls, and texts that stand in no file."""

from __future__ import annotations

import inspect
import pydoc
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rawdb.dialects import DIALECTS
from rawdb.engine.database import Database
from rawdb.exceptions import DBError, StatementError
from rawdb.statements.criteria import AnyOf, Page, Predicate, SortKey, equal
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

_KEY = {
    "postgresql": "SERIAL PRIMARY KEY",
    "mysql": "INTEGER AUTO_INCREMENT PRIMARY KEY",
    "sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT",
}
_TABLES = """
CREATE TABLE goods (id {0}, code VARCHAR(9) NOT NULL UNIQUE, name VARCHAR(9), qty INTEGER, price NUMERIC(9,2));
CREATE TABLE marks (id {0}, name VARCHAR(9));
CREATE TABLE tags (name VARCHAR(9) PRIMARY KEY, good VARCHAR(9))
"""
_UPSERT = {
    "mysql": "ON DUPLICATE KEY UPDATE name = VALUES(name){}",
    "postgresql": "ON CONFLICT (code) DO UPDATE SET name = excluded.name",
    "sqlite": "ON CONFLICT (code) DO UPDATE SET name = excluded.name",
}

QUERIES = """
-- name: goods_add(code, name)!
-- New ones.
INSERT INTO goods (/*{columns}*/ code, name /*{}*/) VALUES /*{rows}*/ (:code, :name) /*{}*/;

-- name: good_get(code, name)^
-- One, of a name if one is given.
SELECT g.* FROM goods AS g WHERE g.code = :code AND (:name IS NULL OR g.name = :name);

-- name: goods_dearer(x)
-- Those whose stock is worth more.
SELECT g.code FROM goods AS g WHERE g.price * g.qty > :x ORDER BY g.code;

-- name: goods_times(id, x)!
-- A quantity that is computed.
UPDATE goods SET qty = :x * 100 WHERE id = :id;

-- name: goods_delete(name, codes)!
-- Some of them.
DELETE FROM goods
 WHERE /*{when by_name}*/ name = :name /*{}*/
   AND /*{filters}*/ code = :codes /*{}*/;

-- name: goods_list(name, codes, marker)
-- Some of them, by pages.
SELECT g.*
  FROM goods AS g
 WHERE /*{when by_name}*/ g.name = :name /*{}*/
   AND /*{when by_codes}*/ g.code IN (/*{list codes}*/ :codes /*{}*/) /*{}*/
   AND /*{after}*/ g.id > :marker /*{}*/
 ORDER BY /*{order}*/ g.id /*{}*/;

-- name: goods_each(code)
-- One condition for each element.
SELECT g.code FROM goods AS g WHERE /*{each parts}*/ g.code <> :code /*{}*/;

-- name: goods_update(name, id)!
-- Change one.
UPDATE goods SET /*{set}*/ name = :name /*{}*/ WHERE id = :id;

-- name: goods_twice()
-- Two columns of one name, which only the server knows.
SELECT d.*, e.* FROM (SELECT g.id AS one FROM goods AS g) AS d CROSS JOIN (SELECT g.id AS one FROM goods AS g) AS e;

-- name: goods_sums()$
-- The first column of the first row.
SELECT d.*, e.* FROM (SELECT g.qty AS one FROM goods AS g) AS d CROSS JOIN (SELECT g.id AS one FROM goods AS g) AS e;

-- name: goods_or(q)
-- What a parameter alone says of its type.
SELECT CASE WHEN :q IS NOT NULL THEN :q ELSE g.qty END AS n FROM goods AS g;

-- name: mark_add(name)<!
-- A row of another table.
INSERT INTO marks (name) VALUES (:name);
"""
_OWN = """
-- name: good_put(code, name)<!
-- A new one, or a new name.
INSERT INTO goods (code, name) VALUES (:code, :name) {};

-- name: goods_put(code, name)!
-- New ones, or new names.
INSERT INTO goods (/*{{columns}}*/ code, name /*{{}}*/) VALUES /*{{rows}}*/ (:code, :name) /*{{}}*/ {};

-- name: goods_tagged()
-- With their tags.
SELECT g.code,
       (SELECT /*{{json t as tags}}*/ COUNT(*) /*{{}}*/ FROM tags AS t WHERE t.good = g.code) AS tags
  FROM goods AS g;
"""


@pytest.fixture
def database(url: str, dialect: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "goods.sql").write_text(QUERIES)
    (tmp_path / dialect).mkdir()
    upsert = _UPSERT[dialect]
    (tmp_path / dialect / "goods_own.sql").write_text(
        _OWN.format(upsert.format(", id = LAST_INSERT_ID(id)"), upsert.format(""))
    )
    with connected(url) as run:
        for statement in _TABLES.format(_KEY[dialect]).split(";"):
            run(statement)
    yield open_database(url, queries=tmp_path, tables=None)
    with connected(url) as run:
        for table in ("goods", "marks", "tags"):
            run(f"DROP TABLE {table}")


@pytest.fixture
def sql(database: Database) -> Iterator[Any]:
    with database.writer.using(None) as bound:
        bound.goods_add(values=[{"code": code, "name": "x", "qty": 2, "price": "2.30"} for code in "abc"])
        yield bound


def codes(sql: Any) -> list[str]:
    return [row["code"] for row in sql.goods_list()]


def test_values_in_expressions(sql: Any) -> None:
    """A part of an expression has no column's type."""
    assert [row["code"] for row in sql.goods_dearer(x=Decimal("4.5"))] == ["a", "b", "c"]
    assert sql.goods_dearer(x=Decimal("4.65")) == []
    first = sql.goods_list()[0]["id"]
    assert sql.goods_times(id=first, x=Decimal("1.5")) == 1
    assert sql.goods_list()[0]["qty"] == 150


@pytest.mark.parametrize("name", [None, "x", "y"])
def test_an_optional_filter(sql: Any, name: str | None) -> None:
    assert (sql.good_get(code="a", name=name) is None) == (name == "y")


def test_a_parameter_without_a_type(database: Database, dialect: str) -> None:
    def run(**arguments: Any) -> Any:
        with database.writer.using(None) as sql:
            sql.goods_add(values={"code": "z", "qty": 7})
            found = sql.goods_or(**arguments)
            sql.goods_delete(by_name=False, filters=[])
            return [row["n"] for row in found]

    assert run(q=5) == [5]
    if dialect != "postgresql":
        assert run(q=None) == [7]
        return
    with pytest.raises(DBError, match=r"the type of the parameter :q .*write CAST\(:q AS "):
        run(q=None)
    with database.reader.using(None) as sql, pytest.raises(DBError, match=r"the parameter :v .*CAST\(:v AS "):
        sql.execute("SELECT CONCAT('a', CAST(:u AS text), :v)", {"u": "x", "v": "y"})
    with database.reader.using(None) as sql:
        assert sql.execute("SELECT CONCAT('a', CAST(:v AS text))", {"v": "y"}).rows == [("ay",)]


class TestUpserts:
    def test_the_id_is_this_rows(self, sql: Any) -> None:
        first = sql.good_put("a", "new")
        assert first == sql.good_get("a", None)["id"]
        for _ in range(9):
            other = sql.mark_add(name="m")
        assert other > first
        # Nothing changes, and another table had a row since.
        assert sql.good_put("a", "new") == first
        assert sql.good_put(code="b", name="new") == sql.good_get("b", None)["id"]
        new = sql.good_put("n", "new")
        assert new == sql.good_get("n", None)["id"]

    def test_rows_are_counted_once(self, sql: Any) -> None:
        rows = [{"code": "a", "name": "x"}, {"code": "b", "name": "y"}, {"code": "n", "name": "x"}]
        assert sql.goods_put(values=rows) == 3
        assert sql.goods_put(values=rows[1]) == 1
        assert sql.goods_put(values={"code": "b", "name": "z"}) == 1
        assert sql.good_get("b", "z") is not None


class TestResults:
    def test_two_columns_of_a_name(self, sql: Any) -> None:
        with pytest.raises(
            StatementError, match=r"goods.sql:\d+:1 - goods_twice: one is .* columns 1 and 2 .* with AS"
        ):
            sql.goods_twice()
        assert sql.goods_sums() == 2  # the first one

    def test_relations_are_ordered_without_numbers(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.goods_add(values={"code": "a"})
            for name in ("m", "z", "a", "k"):
                sql.execute("INSERT INTO tags (name, good) VALUES (:name, 'a')", {"name": name})
            [good] = sql.goods_tagged()
            assert [tag["name"] for tag in good["tags"]] == ["a", "k", "m", "z"]


class TestCalls:
    def test_a_value_whose_slot_is_off(self, sql: Any) -> None:
        call: Callable[[], object]
        for call in (
            lambda: sql.goods_delete(name="x", filters=[]),
            lambda: sql.goods_delete(by_name=False, name="x", filters=[]),
            lambda: sql.goods_delete(by_name=True, name="x"),
            lambda: sql.goods_list(name="x"),
            lambda: sql.goods_list(by_name=False, name=""),
            lambda: sql.goods_list(codes=["a"]),
        ):
            with pytest.raises(TypeError, match=r"by_name|by_codes|filters"):
                call()
        assert codes(sql) == ["a", "b", "c"]
        assert len(sql.goods_list(by_name=False, name=None, codes=[])) == 3
        assert sql.goods_delete(by_name=True, name="x", filters=[equal("code", "a")]) == 1

    @pytest.mark.parametrize(
        ("statement", "arguments", "what"),
        [
            ("goods_list", {"by_codes": True, "codes": "abc"}, "codes: expected a list"),
            ("goods_list", {"by_codes": True, "codes": 1}, "codes: expected a list"),
            ("goods_list", {"by_codes": True, "codes": {"a": 1}}, "codes: expected a list"),
            ("goods_list", {"page": {"id": 1}}, "page: expected Page"),
            ("goods_list", {"page": "id"}, "page: expected Page"),
            ("goods_delete", {"by_name": False, "filters": [{"code": "a"}]}, "filters: expected predicates"),
            ("goods_delete", {"by_name": False, "filters": {"code": "a"}}, "filters: expected a list of predicates"),
            ("goods_delete", {"by_name": False, "filters": equal("code", "a")}, "filters: expected a list of"),
            ("goods_each", {"parts": "ab"}, "parts: expected a list of dicts"),
            ("goods_each", {"parts": ["a"]}, "parts: expected a list of dicts"),
            ("goods_add", {"values": "a"}, "`values` is a dict, or a list of dicts"),
            ("goods_add", {"values": ["a"]}, "`values` is a list of dicts"),
            ("goods_add", {"values": 5}, "`values` is a dict, or a list of dicts"),
            ("goods_update", {"id": 1, "changes": ["name"]}, "`changes` is a dict"),
            ("goods_list", {"nam": "x"}, "takes no argument nam"),
        ],
    )  # fmt: skip
    def test_arguments_of_another_kind(self, sql: Any, statement: str, arguments: Any, what: str) -> None:
        with pytest.raises(TypeError, match=what):
            getattr(sql, statement)(**arguments)
        assert codes(sql) == ["a", "b", "c"]

    def test_misspelt_columns(self, sql: Any) -> None:
        call: Callable[[], object]
        for call in (
            lambda: sql.goods_add(values={"code": "n", "qtty": 1}),
            lambda: sql.goods_add(values=[{"code": "n", "qtty": 1}]),
            lambda: sql.goods_update(id=1, changes={"qtty": 1}),
            lambda: sql.goods_delete(by_name=False, filters=[equal("qtty", 1)]),
        ):
            with pytest.raises(DBError, match="no column 'qtty'"):
                call()
        assert codes(sql) == ["a", "b", "c"]

    def test_by_position(self, sql: Any) -> None:
        assert sql.good_get("a", "x") == sql.good_get("a", name="x") == sql.good_get(code="a", name="x")
        with pytest.raises(TypeError, match="takes by position: code, name; 3 were given"):
            sql.good_get("a", "x", "y")
        with pytest.raises(TypeError, match="code is given twice"):
            sql.good_get("a", code="a")
        with pytest.raises(TypeError, match="needs the argument 'name'"):
            sql.good_get("a")

    def test_what_it_shows(self, sql: Any) -> None:
        assert str(inspect.signature(sql.good_get)) == "(code, name)"
        assert "by_name" in inspect.signature(sql.goods_delete).parameters
        assert inspect.signature(sql.goods_delete).parameters["filters"].default is inspect.Parameter.empty
        assert inspect.signature(sql.goods_list).parameters["page"].default is None
        assert sql.good_get.__name__ == "good_get"
        assert repr(sql.good_get).startswith("<statement good_get(code, name) of ")
        shown = pydoc.render_doc(sql.good_get, renderer=pydoc.plaintext)  # type: ignore[attr-defined]
        for part in ("good_get(code, name)", "One, of a name", "SELECT g.*", "goods.sql:"):
            assert part in shown

    def test_pages(self, sql: Any) -> None:
        with pytest.warns(UserWarning, match="a page of goods by name has no unique key: id"):
            page = sql.goods_list(page=Page([SortKey("name", "DESC")]))
        assert [row["code"] for row in page] == ["a", "b", "c"]
        # All have one name: without the key nothing would follow.
        rest = sql.goods_list(page=Page([SortKey("name", "desc")], page[0]))
        assert [row["code"] for row in rest] == ["b", "c"]
        with pytest.raises(ValueError, match="the marker lacks id"):
            sql.goods_list(page=Page([SortKey("name", "desc")], {"name": "x"}))
        assert len(sql.goods_list(page=Page([SortKey("code")]))) == 3  # a unique key, never NULL

    def test_a_long_insert_is_one_text(self, database: Database, dialect: str) -> None:
        """Not as many parameters as values: SQLite takes time for each of them, looking for each."""
        texts: list[str] = []
        database.observers.append(lambda name, text: texts.append(text) if name == "goods_add" else None)
        with database.writer.using(None) as sql:
            rows = [{"code": f"c{n}", "name": "x", "qty": n} for n in range(10_000)]
            assert sql.goods_add(values=rows) == 10_000
            assert sql.execute("SELECT SUM(qty) AS s, COUNT(*) AS n FROM goods").rows == [(49_995_000, 10_000)]
        if dialect == "sqlite":
            assert [text.count("?") for text in texts] == [3]


@pytest.mark.dialects("sqlite")
@pytest.mark.parametrize("word", ["FAIL", "ROLLBACK", "IGNORE"])
def test_update_or_another_word(database: Database, url: str, open_database: Open, tmp_path: Path, word: str) -> None:
    """The words between UPDATE and the table are SQLite's own, and the columns are the table's all the same."""
    (tmp_path / "more" / "sqlite").mkdir(parents=True)
    (tmp_path / "more" / "sqlite" / "goods.sql").write_text(
        f"-- name: goods_count(qty, code)!\n-- Another number.\n"
        f"UPDATE OR {word} goods SET qty = :qty WHERE code = :code;\n"
        f"-- name: goods_change(name, code)!\n-- Another row.\n"
        f"UPDATE OR {word} goods SET /*{{set}}*/ name = :name /*{{}}*/ WHERE code = :code;\n"
    )
    with database.writer.using(None) as sql:
        sql.goods_add(values=[{"code": code, "name": "x", "qty": 2} for code in "ab"])
    own = open_database(url, queries=tmp_path / "more", tables=None)
    with own.writer.using(None) as sql:
        assert sql.goods_count(qty="3", code="b") == 1
        assert sql.goods_change(changes={"name": 5}, code="a") == 1
        with pytest.raises(DBError, match="qty"):
            sql.goods_count(qty="many", code="b")
        stored = sql.execute("SELECT code, name, qty, typeof(qty) FROM goods ORDER BY code").rows
    assert stored == [("a", "5", 2, "integer"), ("b", "x", 3, "integer")]


class TestTextsOfNoFile:
    def test_parameters(self, sql: Any) -> None:
        find = "SELECT code FROM goods WHERE code LIKE '%a%' AND (code = :code OR name = :code)"
        assert sql.execute(find, {"code": "a"}).rows == [("a",)]
        assert sql.execute("SELECT ':no', 'a%', 5 % 3;").rows[0][:2] == (":no", "a%")
        for parameters in (None, {}, {"cod": 1}):
            with pytest.raises(TypeError, match=":code"):
                sql.execute(find, parameters)
        with pytest.raises(TypeError, match="no parameter :b"):
            sql.execute("SELECT :a", {"a": 1, "b": 2})
        with pytest.raises(TypeError, match="a dict of parameters"):
            sql.execute("SELECT 1", [1])

    def test_the_drivers_placeholders(self, sql: Any, dialect: str) -> None:
        """A value would go to another parameter than its own."""
        text = {"postgresql": "SELECT $1, :a", "sqlite": "SELECT ?, :a", "mysql": "SELECT ?, :a"}[dialect]
        with pytest.raises(StatementError, match="execute:1:8 - "):
            sql.execute(text, {"a": 1})

    @pytest.mark.parametrize("parameters", [None, {"code": "a"}])
    def test_several_statements(self, sql: Any, parameters: Any) -> None:
        one = "DELETE FROM goods" + (" WHERE code = :code" if parameters else "")
        with pytest.raises(StatementError, match=r"execute:2:1 - a second statement"):
            sql.execute(f"{one}; -- first\nDELETE FROM goods", parameters)
        assert codes(sql) == ["a", "b", "c"]
        assert sql.execute(f"{one} -- it's; one\n ;;", parameters).matched == (1 if parameters else 3)

    def test_a_body_of_statements(self, database: Database, dialect: str) -> None:
        if dialect == "postgresql":
            text = "DO $$ BEGIN UPDATE goods SET qty = 1; UPDATE goods SET qty = 2; END $$"
        else:
            body = "BEGIN UPDATE marks SET name = 'a'; DELETE FROM marks; END"
            text = f"CREATE TRIGGER own AFTER INSERT ON goods FOR EACH ROW {body}"
        with database.writer.autocommit.using(None) as sql:
            assert sql.execute(text).rows == []

    def test_the_place_of_an_error(self, database: Database) -> None:
        with database.reader.using(None) as sql, pytest.raises(DBError) as raised:
            sql.execute("SELECT zork FROM goods")
        assert raised.value.location is not None
        assert raised.value.location.startswith(__file__)

    def test_a_database_as_a_block(self, database: Database) -> None:
        with database as same, same.reader.using(None) as sql:
            assert same is database
            assert codes(sql) == []
        assert not database.is_started


HOSTILE = [
    "id; DROP TABLE goods", "id) OR (1=1", "1 OR 1=1 --", "asc, (SELECT 1)", "'", '"', "`", "\\", "/* */", "%s", ":x",
    "?", "$1", "ASC;", "nullslast --", "= 1 OR 1 =", "in", "regexp", "\0", "id\x00", "ıd", "",
]  # fmt: skip


class TestHostileTexts:
    """Whatever is given to a constructor, the texts are those of a closed set."""

    def made(self, text: str) -> Iterator[Any]:
        """Everything that can be made of a text, or the refusal."""
        for make in (
            lambda: {"page": Page([SortKey(text), SortKey("id")])},
            lambda: {"page": Page([SortKey("id", text)])},
            lambda: {"page": Page([SortKey("id", "asc", text)])},
            lambda: {"page": Page([SortKey.parse("id", text)])},
            lambda: {"page": Page([SortKey("id")], {"id": text})},
            lambda: {"page": Page([SortKey("code"), SortKey("id")], {"code": text, "id": 1})},
            lambda: {"by_codes": True, "codes": [text]},
            lambda: {"by_name": True, "name": text},
            lambda: {text: text},
            lambda: {"filters": [Predicate(text, "=", 1)]},
            lambda: {"filters": [Predicate("code", text, "a")]},
            lambda: {"filters": [Predicate("code", "=", text)]},
            lambda: {"filters": [Predicate("code", "in", [text])]},
            lambda: {"filters": [equal(text, text)]},
            lambda: {"filters": [AnyOf([equal("code", text), equal(text, 1)])]},
            lambda: {"filters": [text]},
            lambda: {"changes": {text: 1}, "id": 1},
            lambda: {"changes": {"name": text}, "id": 1},
            lambda: {"values": {text: 1}},
            lambda: {"values": {"code": "n", "name": text}},
        ):
            try:
                yield make()
            except (TypeError, ValueError) as error:
                assert str(error)

    @pytest.mark.dialects("sqlite")
    def test_constructors(self, database: Database) -> None:
        from rawdb.context import ContextRules
        from rawdb.statements.variants import variants

        rules = ContextRules()
        for name in ("goods_list", "goods_delete", "goods_update", "goods_add"):
            statement = database.statements[name]
            closed = {variant.text for variant in variants(statement)}
            closed |= {self.text(statement, rules, arguments) for arguments in self.harmless(name)}
            for text in HOSTILE:
                for arguments in self.made(text):
                    required = {"by_name": False, "filters": []} if name == "goods_delete" else {}
                    try:
                        sent = self.text(statement, rules, {**required, **arguments})
                    except (TypeError, ValueError, KeyError, DBError):
                        continue
                    except Exception as error:
                        assert type(error).__name__ == "InvalidSortKey", error
                        continue
                    assert sent in closed, (name, text, arguments, sent)

    @staticmethod
    def text(statement: Any, rules: Any, arguments: dict[str, Any]) -> str:
        call = statement.call(arguments, None, rules)
        return str(statement.compile(call).text)

    @staticmethod
    def harmless(name: str) -> Iterator[dict[str, Any]]:
        if name == "goods_delete":
            both = {"by_name": False}
            yield {**both, "filters": []}
            for way in ("=", "regexp"):
                yield {**both, "filters": [Predicate("code", way, "x")]}
            yield {**both, "filters": [Predicate("code", "in", ["x"])]}
            yield {**both, "filters": [AnyOf([equal("code", "x"), equal("code", 1)])]}
            yield {"by_name": True, "name": "x", "filters": []}
        elif name == "goods_list":
            yield {"by_codes": True, "codes": ["x"]}
            yield {"page": Page([SortKey("code"), SortKey("id")], {"code": "x", "id": 1})}
            yield {"page": Page([SortKey("id")], {"id": 1})}
            yield {"page": Page([SortKey("id")])}
            yield {"by_name": True, "name": "x"}
        elif name == "goods_add":
            yield {"values": {"code": "n", "name": "x"}}


def test_every_dialect_is_here() -> None:
    assert set(_UPSERT) == set(DIALECTS)
