"""Columns of JSON: what goes in as a dict, a list or a plain value comes out as the same, on every server."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rawdb import tables
from rawdb.criteria import Predicate, equal
from rawdb.engine.database import Database
from rawdb.exceptions import DBDataError, DBInvalidUnicodeParameter, DBNonExistentTable
from rawdb.statements.columns import load_tables
from rawdb.testing.databases import connected
from tests.engine.conftest import Open

DDL = {
    "postgresql": (
        "CREATE TABLE papers (id SERIAL PRIMARY KEY, owner INTEGER, name VARCHAR(20), doc jsonb, meta TEXT, tags TEXT,"
        " gone INTEGER)"
    ),
    "mysql": (
        "CREATE TABLE papers (id INTEGER AUTO_INCREMENT PRIMARY KEY, owner INTEGER, name VARCHAR(20), doc JSON,"
        " meta TEXT, tags TEXT, gone INTEGER) DEFAULT CHARSET utf8mb4"
    ),
    "sqlite": (
        "CREATE TABLE papers (id INTEGER PRIMARY KEY, owner INTEGER, name VARCHAR(20), doc JSON, meta TEXT, tags TEXT,"
        " gone INTEGER)"
    ),
}
DECLARED = """\
table,column,type,nullable,default,on_update,primary_key,autoincrement
papers,id,int,no,,,yes,yes
papers,owner,int,yes,,,no,no
papers,name,string(20),yes,,,no,no
papers,doc,json,yes,,,no,no
papers,meta,json_dict,yes,,,no,no
papers,tags,json_list,yes,,,no,no
papers,gone,soft_delete,yes,,,no,no
"""
TYPES = {"papers.meta": "json_dict", "papers.tags": "json_list", "papers.gone": "soft_delete"}
SQL = """\
-- name: paper_create(name)<!
-- A row.
INSERT INTO papers (/*{columns}*/ name /*{}*/)
VALUES /*{rows}*/ (:name) /*{}*/;

-- name: papers_create(name)!
-- Some rows.
INSERT INTO papers (/*{columns}*/ name /*{}*/)
VALUES /*{rows}*/ (:name) /*{}*/;

-- name: paper_write(name, doc, meta, tags, gone)!
-- A row of parameters.
INSERT INTO papers (name, doc, meta, tags, gone)
VALUES (:name, :doc, :meta, :tags, :gone);

-- name: paper_update(id)!
-- Change one.
UPDATE papers
   SET /*{set}*/ name = :id /*{}*/
 WHERE id = :id;

-- name: paper_retag(id, tags)!
-- Other tags for one that has some.
UPDATE papers
   SET tags = :tags
 WHERE id = :id
   AND tags <> :tags;

-- name: paper_list(id)
-- Rows.
SELECT p.*
  FROM papers AS p
 WHERE /*{filters}*/ p.id = :id /*{}*/
 ORDER BY p.id;

-- name: paper_doc(id)$
-- The document alone.
SELECT p.doc
  FROM papers AS p
 WHERE p.id = :id;

-- name: paper_meta(id)$
-- The dict alone.
SELECT p.meta
  FROM papers AS p
 WHERE p.id = :id;

-- name: paper_ways(id)^
-- Columns by other names, from a WITH, a subquery and a query for one value; and what expressions make of them.
WITH few AS (SELECT q.id, q.doc AS page, q.tags FROM papers AS q)
SELECT s.page AS first_doc, s.tags, d.inner_meta AS meta,
       (SELECT x.doc FROM papers AS x WHERE x.id = s.id) AS one_doc,
       COALESCE(d.inner_meta, 'x') AS words,
       /*{when with_doc}*/ s.page /*{}*/ AS optional
  FROM few AS s
       JOIN (SELECT r.id, r.meta AS inner_meta FROM papers AS r) AS d ON d.id = s.id
 WHERE s.id = :id;

-- name: paper_union(id)
-- Documents of two queries.
SELECT p.meta FROM papers AS p WHERE p.id = :id
 UNION ALL
SELECT p.meta FROM papers AS p WHERE p.id = :id;

-- name: paper_relations(id)^
-- The rows of an owner.
SELECT p.id,
       (SELECT /*{json r as papers}*/ COUNT(*) /*{}*/ FROM papers AS r WHERE r.owner = p.id) AS papers,
       (SELECT /*{one r as paper}*/ COUNT(*) /*{}*/ FROM papers AS r WHERE r.owner = p.id) AS paper,
       (SELECT /*{map r.name r.doc as docs}*/ COUNT(*) /*{}*/ FROM papers AS r WHERE r.owner = p.id) AS docs,
       (SELECT /*{map r.name r.tags as lists}*/ COUNT(*) /*{}*/ FROM papers AS r WHERE r.owner = p.id) AS lists
  FROM papers AS p
 WHERE p.id = :id;
"""
NESTED = {"a": [1, None, {"é": "😀"}], "b": {"c": True, "d": 1.5}, "": "it's \\ \" \n"}
#: Documents that are no dict and no list; NULL is none.
PLAIN: Sequence[Any] = ("", "text", '{"a": 1}', "null", "5", '"', True, False, 0, -7, 2**63 - 1, 0.5, -1e-7)

_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
_ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    _TEXTS,
)
DOCUMENTS = st.recursive(
    _ATOMS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4), max_leaves=12
)
DICTS = st.dictionaries(_TEXTS, DOCUMENTS, max_size=3)
LISTS = st.lists(DOCUMENTS, max_size=3)


@pytest.fixture
def made(url: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the table, and the files."""
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "papers.sql").write_text(SQL)
    (tmp_path / "columns.csv").write_text(DECLARED)
    with connected(url) as run:
        run(DDL[url.partition(":")[0]])
        yield url
        run("DROP TABLE papers")


@pytest.fixture(params=["declared", "live"])
def database(made: str, open_database: Open, tmp_path: Path, request: pytest.FixtureRequest) -> Database:
    """With a file of all columns; or with the live catalog and what it cannot tell."""
    known = {"tables": tmp_path / "columns.csv"} if request.param == "declared" else {"tables": None, "columns": TYPES}
    return open_database(made, queries=tmp_path / "queries", **known)


def alike(found: Any, given: Any) -> bool:
    """Whether two documents are the same; a float may come back as the whole number that it is."""
    if isinstance(given, float):
        return type(found) in (int, float) and float(found) == given
    if type(found) is not type(given):
        return False
    if isinstance(given, dict):
        return found.keys() == given.keys() and all(alike(found[key], given[key]) for key in given)
    if isinstance(given, list):
        return len(found) == len(given) and all(map(alike, found, given))
    return bool(found == given)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doc=DOCUMENTS.filter(lambda one: one is not None), meta=DICTS, tags=LISTS)
def test_what_goes_in_comes_out(database: Database, doc: Any, meta: dict[str, Any], tags: list[Any]) -> None:
    if database.dialect.name == "sqlite" and isinstance(doc, float) and float(f"{doc:.15g}") != doc:
        doc = [doc]
    row = {"name": "a", "doc": doc, "meta": meta, "tags": tags}
    with database.writer.using(None) as sql:
        tables.delete(sql, "papers", {})
        stored = [
            sql.paper_create(values=row),
            tables.insert(sql, "papers", row),
        ]
        owner = stored[0]["id"]
        assert sql.papers_create(values=[row, {**row, "name": "b"}]) == 2
        assert tables.load(sql, "papers", [row, row]) == 2
        assert sql.paper_write(**row, gone=None) == 1
        assert sql.paper_write.many([{**row, "gone": 1}] * 2) == 2
        tables.update(sql, "papers", {"doc": 0, "meta": {"x": 1}, "tags": [0]}, {"name": "b"})
        for one in tables.find(sql, "papers", {"name": "b"}):
            assert sql.paper_update(id=one["id"], changes={"doc": doc, "meta": meta, "tags": tags}) == 1
        tables.update(sql, "papers", {"owner": owner}, {})
        found = [*stored, *sql.paper_list(), *tables.find(sql, "papers"), *sql.paper_list.stream(fetch_size=3)]
        related = sql.paper_relations(id=owner)
        found += [*related["papers"], related["paper"]]
        alone = [sql.paper_doc(id=owner), sql.paper_meta(id=owner)]
        ways = sql.paper_ways(id=owner, with_doc=True)
        united = sql.paper_union(id=owner)
    assert len(found) == 2 + 4 * 9 + 1
    for one in found:
        assert alike({name: one[name] for name in ("doc", "meta", "tags")}, {"doc": doc, "meta": meta, "tags": tags})
    assert alike(alone, [doc, meta])
    assert alike(related["docs"], {"a": doc, "b": doc})
    assert alike(related["lists"], {"a": tags, "b": tags})
    assert alike([ways["first_doc"], ways["one_doc"], ways["optional"]], [doc, doc, doc])
    assert alike([ways["meta"], ways["tags"]], [meta, tags])
    assert alike([one["meta"] for one in united], [meta, meta])


def test_a_document_of_each_kind(database: Database) -> None:
    values = [NESTED, [NESTED], {}, [], *PLAIN]
    with database.writer.using(None) as sql:
        keys = [sql.paper_create(values={"doc": value})["id"] for value in values]
        assert alike([sql.paper_doc(id=key) for key in keys], values)
        assert alike([row["doc"] for row in sql.paper_list()], values)


def test_a_large_document(database: Database) -> None:
    large = {"text": "x" * 300_000, "list": list(range(2000))}
    with database.writer.using(None) as sql:
        row = sql.paper_create(values={"doc": large, "name": "a"})
        sql.paper_update(id=row["id"], changes={"owner": row["id"]})
        assert sql.paper_relations(id=row["id"])["docs"] == {"a": large}
        assert sql.paper_doc(id=row["id"]) == large


class TestNone:
    def test_it_is_null(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.paper_create(values={"name": "a", "doc": None})
            sql.paper_write(name="b", doc=None, meta={}, tags=[], gone=0)
            sql.papers_create(values=[{"name": "c", "doc": None}] * 2)
            assert sql.execute("SELECT COUNT(*) FROM papers WHERE doc IS NULL").rows == [(4,)]
            assert [row["doc"] for row in sql.paper_list()] == [None] * 4

    def test_it_is_compared_as_null_where_something_else_is_stored(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            first = sql.paper_create(values={"name": "a", "tags": ["x"]})["id"]
            assert sql.paper_retag(id=first, tags=None) == 0
            assert sql.paper_retag(id=first, tags=["y"]) == 1
            assert [row["tags"] for row in sql.paper_list()] == [["y"]]

    def test_null_of_json_reads_as_none_too(self, database: Database) -> None:
        """Whoever must tell them apart asks the server."""
        with database.writer.using(None) as sql:
            sql.execute(
                "INSERT INTO papers (id, owner, name, doc, meta, tags) VALUES (1, 1, 'a', 'null', 'null', NULL)"
            )
            [row] = sql.paper_list()
            assert [row["doc"], row["meta"], row["tags"]] == [None, None, None]
            assert sql.paper_relations(id=1)["papers"] == [row]
            assert sql.execute("SELECT COUNT(*) FROM papers WHERE doc IS NULL").rows == [(0,)]

    def test_of_a_dict_or_a_list_it_is_an_empty_one(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            first = sql.paper_create(values={"name": "a", "meta": None, "tags": None})
            assert (first["meta"], first["tags"]) == ({}, [])
            first["meta"]["mine"] = 1
            sql.paper_create(values={"name": "b"})
            sql.paper_write(name="c", doc=None, meta=None, tags=None, gone=None)
            sql.paper_write.many([{"name": "d", "doc": 1, "meta": None, "tags": None, "gone": None}])
            tables.load(sql, "papers", [{"name": "e", "meta": None}, {"name": "f", "meta": None}])
            tables.insert(sql, "papers", {"name": "g", "meta": {"x": 1}, "tags": [1]})
            tables.update(sql, "papers", {"meta": None, "tags": None}, {"name": "g"})
            rows = sql.paper_list()
            texts = sql.execute("SELECT DISTINCT meta, tags FROM papers").rows
        assert [(row["name"], row["meta"], row["tags"]) for row in rows] == [(name, {}, []) for name in "abcdefg"]
        assert texts == [("{}", "[]")]


def ways_in(sql: Any, name: str, value: Any) -> Sequence[Callable[[], Any]]:
    """Whatever stores a value in a column."""
    row = {"name": "a", "doc": 1, "meta": {}, "tags": [], "gone": 0, name: value}
    return (
        lambda: sql.paper_create(values={name: value}),
        lambda: sql.papers_create(values=[{name: value}] * 2),
        lambda: sql.paper_update(id=1, changes={name: value}),
        lambda: sql.paper_write(**row),
        lambda: sql.paper_write.many([row]),
        lambda: tables.load(sql, "papers", [{name: value}]),
    )


class TestRefused:
    CASES: ClassVar[Sequence[tuple[str, Any, str]]] = [
        ("meta", [], "a dict"),
        ("meta", "{}", "a dict"),
        ("meta", 0, "a dict"),
        ("tags", {}, "a list"),
        ("tags", (), "a list"),
        ("tags", "[]", "a list"),
        ("doc", (1,), "a dict, a list, a text, a number or a boolean"),
        ("doc", {1}, "a dict, a list"),
        ("doc", b"{}", "a dict, a list"),
        ("doc", Decimal("1.5"), "a dict, a list"),
        ("doc", math.inf, "a finite number"),
        ("gone", "no", "an integer"),
        ("gone", 1.5, "an integer"),
        ("gone", 2**63, "an integer from"),
    ]

    def test_before_it_is_sent(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            for name, value, expected in self.CASES:
                for refused in ways_in(sql, name, value):
                    with pytest.raises(DBDataError, match=rf"papers\.{name}: expected {expected}"):
                        refused()
            assert sql.paper_list() == []

    def test_inside_of_a_document(self, database: Database) -> None:
        cases: list[tuple[Any, type[Exception], str]] = [
            ({"a": object()}, DBDataError, "cannot be written as JSON"),
            ({"a": math.nan}, DBDataError, "cannot be written as JSON"),
            ({"a": Decimal(1)}, DBDataError, "cannot be written as JSON"),
            ({"a": ["\x00"]}, DBDataError, "NUL"),
            ({"a\x00": 1}, DBDataError, "NUL"),
            ({"a": "\ud800"}, DBInvalidUnicodeParameter, "^"),
        ]
        with database.writer.using(None) as sql:
            for value, error, said in cases:
                for refused in (*ways_in(sql, "doc", value), *ways_in(sql, "meta", value)):
                    with pytest.raises(error, match=said):
                        refused()
            assert sql.paper_list() == []

    def test_what_only_looks_like_that(self, database: Database) -> None:
        value = {"a": "\\u0000 \\ud800", "b": "😀"}
        with database.writer.using(None) as sql:
            row = sql.paper_create(values={"doc": value, "meta": value})
            [found] = sql.paper_list()
            assert found == {**found, "id": row["id"], "doc": value, "meta": value}

    @pytest.mark.dialects("sqlite")
    def test_sqlite_keeps_a_number_exactly_or_refuses_it(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            for value in (2**63, 0.1234567890123456789, -1.000000000000001e300):
                with pytest.raises(DBDataError, match="SQLite has"):
                    sql.paper_create(values={"doc": value})
                assert alike(sql.paper_doc(id=sql.paper_create(values={"doc": [value]})["id"]), [value])


class TestReading:
    def test_what_is_no_document_of_its_kind(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            for name, text in (("meta", "[1]"), ("tags", '{"a": 1}'), ("meta", "{"), ("tags", "")):
                sql.execute("DELETE FROM papers")
                sql.execute(f"INSERT INTO papers (id, owner, name, {name}) VALUES (1, 1, 'a', :text)", {"text": text})
                with pytest.raises(DBDataError, match=rf"paper_list: {name} is no JSON document of its kind"):
                    sql.paper_list()
                with pytest.raises(DBDataError, match=rf"paper_list: {name} is no JSON document of its kind"):
                    list(sql.paper_list.stream())
                with pytest.raises(DBDataError, match=rf"papers\.{name}: "):
                    sql.paper_relations(id=1)

    def test_of_an_expression_the_server_says_what_it_is(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            row = sql.paper_create(values={"meta": {"a": 1}, "doc": [1]})
            found = sql.paper_ways(id=row["id"])
            assert json.loads(found["words"]) == {"a": 1}
            assert found["optional"] is None

    def test_a_serializer_and_a_deserializer_of_ones_own(
        self, database: Database, open_database: Open, request: pytest.FixtureRequest
    ) -> None:
        def write(value: Any) -> bytes:
            return json.dumps({"written": value}, default=str).encode()

        def read(text: str | bytes) -> Any:
            return json.loads(text, parse_float=Decimal)["written"]

        kind: Any = {"tables": dict(database.tables)}
        mine = open_database(
            database.url, queries=database.queries, json_serializer=write, json_deserializer=read, **kind
        )
        meta = {"price": Decimal("1.5")}
        with mine.writer.using(None) as sql:
            row = sql.paper_create(values={"name": "a", "doc": 0.25, "meta": {"set": {1}}, "tags": [0.5]})
            assert sql.papers_create(values=[{"name": "b", "doc": 0.25, "tags": [0.5]}] * 2) == 2
            assert tables.load(sql, "papers", [{"name": "c", "doc": 0.25, "tags": [0.5]}]) == 1
            tables.update(sql, "papers", {"owner": row["id"]}, {})
            rows = sql.paper_list()
            related = sql.paper_relations(id=row["id"])
        for one in [*rows, *related["papers"]]:
            assert (one["doc"], one["tags"]) == (Decimal("0.25"), [Decimal("0.5")])
            assert type(one["doc"]) is type(one["tags"][0]) is type(meta["price"])
        assert rows[0]["meta"] == {"set": "{1}"}
        assert related["docs"] == {name: Decimal("0.25") for name in "abc"}


class TestTablesThatAreMadeLater:
    """Which type a column gives does not depend on when its table was read."""

    SQL: ClassVar = """\
-- name: late_docs()
-- Documents.
SELECT l.doc
  FROM late AS l;

-- name: late_doc()$
-- The first one.
SELECT l.doc
  FROM late AS l;

-- name: late_write(id, doc)!
-- A document.
INSERT INTO late (id, doc)
VALUES (:id, :doc);

-- name: of_a_catalog()
-- Tables of the server's own.
SELECT t.name
  FROM sqlite_master AS t;
"""

    @pytest.fixture
    def late(self, url: str, open_database: Open, tmp_path: Path) -> Iterator[Database]:
        (tmp_path / "late.sql").write_text(self.SQL)
        yield open_database(url, queries=tmp_path, tables=None)
        with connected(url) as run:
            run("DROP TABLE late")

    def test_after_the_first_call_too(self, late: Database) -> None:
        for entry in (late.reader.autocommit, late.reader):
            with pytest.raises(DBNonExistentTable), entry.using(None) as sql:
                sql.late_docs()
            with pytest.raises(DBNonExistentTable), entry.using(None) as sql:
                sql.late_doc()
        with connected(late.url) as run:
            run("CREATE TABLE late (id INTEGER PRIMARY KEY, doc JSON)")
            run("""INSERT INTO late (id, doc) VALUES (1, '{"a": [1]}')""")
        with late.reader.using(None) as sql:
            assert sql.late_docs() == [{"doc": {"a": [1]}}]
            assert sql.late_doc() == {"a": [1]}
            assert list(sql.late_docs.stream()) == [{"doc": {"a": [1]}}]

    @pytest.mark.parametrize(
        "read", [lambda sql: list(sql.late_docs.stream()), lambda sql: sql.late_docs()], ids=["stream", "call"]
    )
    def test_after_the_first_stream_too(self, late: Database, read: Callable[[Any], Any]) -> None:
        with pytest.raises(DBNonExistentTable), late.reader.using(None) as sql:
            list(sql.late_docs.stream())
        with connected(late.url) as run:
            run("CREATE TABLE late (id INTEGER PRIMARY KEY, doc JSON)")
            run("""INSERT INTO late (id, doc) VALUES (1, '{"a": [1]}')""")
        with late.reader.using(None) as sql:
            assert read(sql) == [{"doc": {"a": [1]}}]

    @pytest.mark.parametrize(
        "write",
        [
            lambda sql, number, doc: sql.late_write(id=number, doc=doc),
            lambda sql, number, doc: sql.late_write.many([{"id": number, "doc": doc}]),
        ],
        ids=["call", "many"],
    )
    def test_what_is_written_is_a_document_too(self, late: Database, write: Callable[[Any, int, Any], int]) -> None:
        with pytest.raises(DBNonExistentTable), late.writer.using(None) as sql:
            write(sql, 1, {"a": 1})
        with connected(late.url) as run:
            run("CREATE TABLE late (id INTEGER PRIMARY KEY, doc JSON)")
        with late.writer.using(None) as sql:
            assert write(sql, 1, "a text") == 1
            assert write(sql, 2, {"a": 1}) == 1
            assert sorted(sql.late_docs(), key=str) == [{"doc": "a text"}, {"doc": {"a": 1}}]

    @pytest.mark.dialects("sqlite")
    def test_a_table_of_the_server_s_own_is_looked_for_once(self, late: Database) -> None:
        with connected(late.url) as run:
            run("CREATE TABLE late (id INTEGER PRIMARY KEY, doc JSON)")
        with late.reader.using(None) as sql:
            assert sql.of_a_catalog()
            # A table that nothing asks for: a second look would find it.
            with connected(late.url) as run:
                run("CREATE TABLE unasked (id INTEGER PRIMARY KEY)")
                assert sql.of_a_catalog()
                run("DROP TABLE unasked")
            assert "unasked" not in late.tables


class TestSoftDelete:
    def test_an_integer_that_takes_truth_values(self, database: Database) -> None:
        values = [(False, 0), (True, 1), (0, 0), (2**31 - 1, 2**31 - 1), ("7", 7), (None, 0)]
        with database.writer.using(None) as sql:
            for value, stored in values:
                tables.delete(sql, "papers", {})
                sql.paper_create(values={"gone": value})
                sql.papers_create(values=[{"gone": value}] * 2)
                sql.paper_write(name="a", doc=None, meta=None, tags=None, gone=value)
                tables.load(sql, "papers", [{"gone": value}])
                tables.update(sql, "papers", {"gone": value}, [equal("gone", stored)])
                rows = tables.find(sql, "papers", {"gone": stored if value is None else value})
                assert [row["gone"] for row in rows] == [stored] * 5
                assert {type(row["gone"]) for row in rows} == {int}

    def test_a_row_without_it_is_alive(self, database: Database) -> None:
        with database.writer.using(None) as sql:
            sql.paper_create(values={"name": "a"})
            assert tables.insert(sql, "papers", {"name": "b"})["gone"] == 0
            assert [row["name"] for row in tables.find(sql, "papers", {"gone": False})] == ["a", "b"]


class TestDeclaring:
    def test_what_is_found(self, database: Database) -> None:
        found = {name: column.type for name, column in database.tables["papers"].columns.items()}
        assert [found[name] for name in ("doc", "meta", "tags", "gone")] == [
            "json",
            "json_dict",
            "json_list",
            "soft_delete",
        ]

    def test_a_file_that_says_the_least(self, tmp_path: Path) -> None:
        (tmp_path / "columns.csv").write_text('table,column,type\nt,a,json_dict\nt,b,json\nt,c,"numeric(5,2)"\n')
        table = load_tables(tmp_path / "columns.csv")["t"]
        assert table.new_row({}, None) == {"a": {}, "b": None, "c": None}  # type: ignore[arg-type]

    def test_defaults_of_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "columns.csv").write_text(
            'table,column,type,default\nt,a,json_dict,"\'{""x"": [1]}\'"\nt,b,json,[1]\nt,c,soft_delete,5\n'
        )
        table = load_tables(tmp_path / "columns.csv")["t"]
        first = table.new_row({}, None)  # type: ignore[arg-type]
        assert first == {"a": {"x": [1]}, "b": [1], "c": 5}
        first["a"]["x"].append(2)
        assert table.new_row({}, None)["a"] == {"x": [1]}  # type: ignore[arg-type]

    def test_columns_over_a_file(self, made: str, open_database: Open, tmp_path: Path) -> None:
        database = open_database(
            made, queries=tmp_path / "queries", tables=tmp_path / "columns.csv", columns={"papers.meta": "text"}
        )
        with database.writer.using(None) as sql:
            sql.paper_create(values={"meta": "plain"})
            sql.paper_create(values={"tags": [1]})
            assert [row["meta"] for row in sql.paper_list()] == ["plain", None]

    @pytest.mark.parametrize(
        ("columns", "error", "said"),
        [
            ({"papers.meta": "json_dikt"}, ValueError, r"columns: papers\.meta is of no type 'json_dikt'"),
            ({"papers.meta": "string"}, ValueError, "of no type 'string'"),
            ({"meta": "json_dict"}, ValueError, "'meta' names no column; write it as table.column"),
            ({"papers.meta": dict}, TypeError, "columns is a dict such as"),
            (["papers.meta"], TypeError, "columns is a dict such as"),
        ],
    )
    def test_what_declares_nothing(self, columns: Any, error: type[Exception], said: str) -> None:
        with pytest.raises(error, match=said):
            Database("sqlite://", columns=columns)


def test_what_is_found_by_its_document(database: Database) -> None:
    with database.writer.using(None) as sql:
        for name in "ab":
            sql.paper_create(values={"name": name, "doc": {"a": name}, "tags": [name], "meta": {"m": name}})
        found: list[tuple[str, Any]] = [("tags", ["b"]), ("meta", {"m": "b"})]
        if database.dialect.name != "mysql":
            # MySQL, not MariaDB, takes a text for a document of its own.
            found.append(("doc", {"a": "b"}))
        for column, value in found:
            same = [Predicate(column, "=", value)]
            assert [row["name"] for row in sql.paper_list(filters=same)] == ["b"], column
            assert [row["name"] for row in tables.find(sql, "papers", same)] == ["b"], column


def test_rows_of_a_table_that_begins_with_a_document(url: str, open_database: Open) -> None:
    """PostgreSQL has no order for a column of type json, so rows stand in that of the next one."""
    with connected(url) as run:
        run("CREATE TABLE letters (doc JSON, id INTEGER, more JSON)")
        run("CREATE TABLE envelopes (doc JSON)")
    try:
        database = open_database(url, queries=None, tables=None)
        with database.writer.using(None) as sql:
            assert tables.load(sql, "letters", [{"doc": {"n": n}, "id": -n, "more": [n]} for n in range(3)]) == 3
            assert [row["doc"] for row in tables.find(sql, "letters")] == [{"n": 2}, {"n": 1}, {"n": 0}]
            assert tables.update(sql, "letters", {"doc": []}, {"id": [-1, -2]}) == 2
            assert tables.delete(sql, "letters", {"id": 0}) == 1
            assert [row["doc"] for row in tables.find(sql, "letters", {}, limit=5)] == [[], []]
            assert tables.load(sql, "envelopes", [{"doc": 1}]) == 1
            assert tables.delete(sql, "envelopes", {}) == 1
    finally:
        with connected(url) as run:
            run("DROP TABLE letters")
            run("DROP TABLE envelopes")
