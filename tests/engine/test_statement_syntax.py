"""What the files of each layer may hold, what a statement may be, and which column a parameter meets. No server."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from rawdb.dialects import DIALECTS, get_dialect
from rawdb.engine.database import Database
from rawdb.exceptions import StatementError
from rawdb.statements.columns import load_tables
from rawdb.statements.loading import load_statements
from rawdb.statements.segments import Parameter, Slot
from rawdb.statements.statement import Statement
from rawdb.statements.variants import variants
from tests.engine.conftest import TABLES


def load(folder: Path, text: str, *, layer: str = "common", dialect: str = "sqlite") -> Statement:
    """The one statement of a text, of a layer's file."""
    for name in ("common", layer):
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "things.sql").write_text("")
    header = "" if text.startswith("-- name") else "-- name: x()\n-- X.\n"
    (folder / layer / "things.sql").write_text(f"{header}{dedent(text)};\n")
    [statement] = load_statements(folder, get_dialect(dialect), load_tables(TABLES)).values()
    return statement


def sent(statement: Statement) -> str:
    [variant] = variants(statement)
    return variant.text.removeprefix(statement.tag)


def fault(folder: Path, text: str, *, layer: str = "common", dialect: str = "sqlite") -> str:
    with pytest.raises(StatementError) as raised:
        load(folder, text, layer=layer, dialect=dialect)
    assert "\n" not in str(raised.value)
    return str(raised.value)


class TestComments:
    @pytest.mark.parametrize("dialect", DIALECTS)
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("SELECT /*+ MAX_EXECUTION_TIME(1000) */ t.id FROM things AS t", None),
            ("SELECT t.id/* key */FROM things AS t", "SELECT t.id FROM things AS t"),
            ("SELECT t.id /* a */ /* b */ FROM things AS t", "SELECT t.id FROM things AS t"),
            ("SELECT 1\n-- why\n  FROM things AS t", "SELECT 1 FROM things AS t"),
            ("SELECT 'foo'\n       'bar' AS a", "SELECT 'foo'\n'bar' AS a"),
            ("SELECT 'foo' /* and */\n 'bar' AS a", "SELECT 'foo'\n'bar' AS a"),
            ("SELECT 'a' AS a\n FROM things AS t", "SELECT 'a' AS a FROM things AS t"),
        ],
    )  # fmt: skip
    def test_what_is_sent(self, tmp_path: Path, dialect: str, text: str, expected: str | None) -> None:
        assert sent(load(tmp_path, text, dialect=dialect)) == (expected or text)

    def test_versioned_comments(self, tmp_path: Path) -> None:
        text = "SELECT /*!50000 STRAIGHT_JOIN */ t.id /*M!100100 , 1 AS one */ FROM things AS t"
        assert "mysql folder" in fault(tmp_path, text)
        assert sent(load(tmp_path, text, layer="mysql", dialect="mysql")) == text
        for hidden in ("LIMIT :x", "; DELETE FROM t", "UPDATE"):
            text = f"SELECT 1 /*!50000 {hidden} */"
            assert "inside a versioned comment" in fault(tmp_path, text, layer="mysql", dialect="mysql")


class TestOwnSyntax:
    @pytest.mark.parametrize(
        ("layer", "expression"),
        [
            ("postgresql", "t.note::jsonb ? 'a'"),
            ("postgresql", "t.note::jsonb ?| ARRAY['a', 'b']"),
            ("postgresql", "t.note::jsonb ?& ARRAY['a', 'b']"),
            ("postgresql", "t.note::jsonb @? '$.a'"),
            ("postgresql", "t.note::jsonb #>> ARRAY['a'] = 'b'"),
            ("postgresql", "(ARRAY[1, 2, 3])[1:2] = ARRAY[1, 2]"),
            ("postgresql", "t.note = $$it's :no ; parameter$$"),
            ("postgresql", "make_interval(days := 1) IS NOT NULL"),
            ("mysql", "(@n := 1) = 1"),
        ],
    )  # fmt: skip
    def test_in_its_own_folder(self, tmp_path: Path, layer: str, expression: str) -> None:
        text = f"SELECT t.id FROM things AS t WHERE {expression}"
        statement = load(tmp_path, text, layer=layer, dialect=layer)
        assert sent(statement) == text
        assert statement.parameters == ()
        both = {"mysql", "postgresql"} if ":=" in text else {layer}
        for elsewhere in {"common", "sqlite", "postgresql", "mysql"} - both:
            dialect = elsewhere if elsewhere in DIALECTS else layer
            assert fault(tmp_path, text, layer=elsewhere, dialect=dialect)

    def test_the_advice_fits(self, tmp_path: Path) -> None:
        for text, advice in {
            "SELECT a := 1": "that dialect's folder",
            "SELECT a ? 'b'": "postgresql folder",
            "SELECT a #> 'b'": "postgresql folder",
            "SELECT a[1:2]": "postgresql folder",
            "SELECT a::text": "CAST",
        }.items():
            assert advice in fault(tmp_path, text), text

    def test_bars(self, tmp_path: Path) -> None:
        text = "SELECT t.name || 'c' AS c FROM things AS t"
        assert "OR on MySQL" in fault(tmp_path, text)
        assert "OR on MySQL" in fault(tmp_path, text, layer="mysql", dialect="mysql")
        for layer in ("sqlite", "postgresql"):
            assert sent(load(tmp_path, text, layer=layer, dialect=layer)) == text

    @pytest.mark.parametrize("name", ["from", "class", "self", "None"])
    def test_words_of_python(self, tmp_path: Path, name: str) -> None:
        found = fault(tmp_path, f"-- name: x(a, {name})\n-- X.\nSELECT :a, :{name}")
        assert "things.sql:1:15 - " in found
        assert name in found

    def test_record_classes(self, tmp_path: Path) -> None:
        assert "things.sql:2:1 - " in fault(tmp_path, "-- name: x()^\n-- record_class: Note\n-- X.\nSELECT 1")


class TestVerbs:
    @pytest.mark.parametrize(
        ("mark", "text", "what"),
        [
            ("!", "SELECT 1", "changes no rows"),
            ("!", "WITH x AS (SELECT 1 AS a) SELECT x.a FROM x", "changes no rows"),
            ("<!", "SELECT 1", "makes no new row"),
            ("<!", "UPDATE things SET size = 1", "makes no new row"),
            ("", "INSERT INTO things (size) VALUES (1)", "gives no rows"),
            ("^", "UPDATE things SET size = 1", "gives no rows"),
            ("$", "DELETE FROM things", "gives no rows"),
            ("", "WITH x AS (SELECT 1 AS a) DELETE FROM things", "gives no rows"),
            ("!", "COMMIT", "transaction"),
            ("!", "ROLLBACK TO SAVEPOINT a", "transaction"),
            ("!", "BEGIN IMMEDIATE", "transaction"),
            ("!", "START TRANSACTION", "transaction"),
            ("!", "SAVEPOINT a", "transaction"),
            ("!", "SET autocommit = 0", "transaction"),
            ("!", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "transaction"),
            ("!", "LOCK TABLES things WRITE", "transaction"),
            ("!", "UNLOCK TABLES", "transaction"),
        ],
    )  # fmt: skip
    def test_refused(self, tmp_path: Path, mark: str, text: str, what: str) -> None:
        assert what in fault(tmp_path, f"-- name: x(){mark}\n-- X.\n{text}")

    @pytest.mark.parametrize(
        ("mark", "text"),
        [
            ("^", "UPDATE things SET size = 1 RETURNING id"),
            ("<!", "UPDATE things SET size = 1 RETURNING id"),
            ("!", "INSERT INTO things (size) VALUES (1) RETURNING id"),
            ("", "WITH x AS (DELETE FROM things RETURNING id) SELECT x.id FROM x"),
            ("!", "WITH x AS (SELECT 1 AS a) UPDATE things SET size = 1"),
            ("!", "LOCK TABLE things"),
            ("!", "SET lock_timeout = 5"),
            ("", "VALUES (1)"),
        ],
    )  # fmt: skip
    def test_allowed(self, tmp_path: Path, mark: str, text: str) -> None:
        load(tmp_path, f"-- name: x(){mark}\n-- X.\n{text}", layer="postgresql", dialect="postgresql")

    def test_the_mark_that_is_expected(self, tmp_path: Path) -> None:
        for layer, mark in (("common", "^"), ("sqlite", "")):
            (tmp_path / layer).mkdir()
            (tmp_path / layer / "things.sql").write_text(f"-- name: x(){mark}\n-- X.\nSELECT 1;\n")
        with pytest.raises(StatementError, match=r"another operation \(no mark, expected \^\)"):
            load_statements(tmp_path, get_dialect("sqlite"), load_tables(TABLES))

    def test_upserts_on_mysql(self, tmp_path: Path) -> None:
        """It does not tell the id of a row that it found, and counts one that it changed twice."""
        own = {"layer": "mysql", "dialect": "mysql"}
        insert = "INSERT INTO things (name) VALUES ('a') ON DUPLICATE KEY UPDATE size = 1"
        assert "LAST_INSERT_ID" in fault(tmp_path, f"-- name: x()<!\n-- X.\n{insert}", **own)
        load(tmp_path, f"-- name: x()<!\n-- X.\n{insert}, id = LAST_INSERT_ID(id)", **own)
        load(tmp_path, f"-- name: x()<!\n-- X.\n{insert} RETURNING id", **own)
        copied = insert.replace("VALUES ('a')", "SELECT p.name FROM parts AS p")
        assert "counts as two" in fault(tmp_path, f"-- name: x()!\n-- X.\n{copied}", **own)

    @pytest.mark.parametrize(
        "text",
        [
            "WITH x AS (SELECT 1 AS a) DELETE FROM things WHERE /*{when w}*/ size = 1 /*{}*/",
            "DELETE FROM things WHERE /*{filters}*/ size = 1 /*{}*/",
            "WITH x AS (DELETE FROM things WHERE /*{filters}*/ size = 1 /*{}*/ RETURNING id) SELECT x.id FROM x",
        ],
    )
    def test_what_chooses_the_rows_is_required(self, tmp_path: Path, text: str) -> None:
        mark = "" if "RETURNING" in text else "!"
        statement = load(tmp_path, f"-- name: x(){mark}\n-- X.\n{text}", layer="sqlite")
        assert all(slot.is_required for slot in statement.slots())


class TestResults:
    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("SELECT t.*, p.* FROM things AS t LEFT JOIN parts AS p ON p.thing_id = t.id", "id"),
            ("SELECT * FROM things AS t JOIN parts AS p ON p.thing_id = t.id", "id"),
            ("SELECT t.id, p.id FROM things AS t JOIN parts AS p ON p.thing_id = t.id", "id"),
            ("SELECT t.*, 1 AS size FROM things AS t", "size"),
            ("SELECT SUM(t.size), SUM(t.weight) FROM things AS t", "sum"),
            ("SELECT t.size + 1, t.size + 2 FROM things AS t", "?column?"),
            ("SELECT t.size one, t.weight AS one FROM things AS t", "one"),
        ],
    )
    def test_two_of_a_name(self, tmp_path: Path, text: str, name: str) -> None:
        found = fault(tmp_path, text)
        assert f"two columns of the result are called {name} (the first at 3:8)" in found
        load(tmp_path, f"-- name: x()$\n-- X.\n{text}")  # the first column of the first row

    @pytest.mark.parametrize(
        "text",
        [
            "SELECT t.id, p.id AS part FROM things AS t JOIN parts AS p ON p.thing_id = t.id",
            "SELECT SUM(t.size) AS a, SUM(t.weight) AS b, (SELECT p.id FROM parts AS p LIMIT 1) AS c FROM things AS t",
            "SELECT DISTINCT t.id, CAST(t.size AS text), CASE WHEN t.size = 1 THEN 2 ELSE 3 END FROM things AS t",
            "SELECT t.id FROM things AS t UNION SELECT p.id FROM parts AS p",
        ],
    )
    def test_each_its_own(self, tmp_path: Path, text: str) -> None:
        load(tmp_path, text)

    def test_capitals(self, tmp_path: Path) -> None:
        text = "SELECT t.name AS displayName FROM things AS t"
        assert "displayname on PostgreSQL" in fault(tmp_path, text)
        assert fault(tmp_path, text, layer="postgresql", dialect="postgresql")
        load(tmp_path, text.replace("displayName", '"displayName"'), layer="postgresql", dialect="postgresql")
        load(tmp_path, text, layer="mysql", dialect="mysql")


def places(statement: Statement) -> dict[str, str]:
    found: dict[str, str] = {}

    def walk(segments: tuple[object, ...]) -> None:
        for segment in segments:
            if isinstance(segment, Parameter) and segment.column is not None:
                found[segment.name] = f"{segment.column.table}.{segment.column.name}"
            elif isinstance(segment, Slot):
                walk(segment.body)

    walk(statement.segments)
    return found


#: A statement, and the column that :a meets; None where it is no column, or not certainly that one.
MEETS = {
    # only the whole operand, and a plain column on the other side
    "SELECT 1 FROM things AS t WHERE t.weight * t.size > :a": None,
    "SELECT 1 FROM things AS t WHERE t.size > :a * 2": None,
    "SELECT 1 FROM things AS t WHERE t.size = 2 * :a": None,
    "SELECT 1 FROM things AS t WHERE 2 * :a = t.size": None,
    "SELECT 1 FROM things AS t WHERE :a = t.size * 2": None,
    "SELECT 1 FROM things AS t WHERE (:a) = t.size * 2": None,
    "SELECT 1 FROM things AS t WHERE t.size IN (:a * 2, 5)": None,
    "SELECT 1 FROM things AS t WHERE t.size + 1 IN (:a)": None,
    "SELECT 1 FROM things AS t WHERE t.size BETWEEN :a + 1 AND 5": None,
    "SELECT 1 FROM things AS t WHERE t.weight + t.size BETWEEN :a AND 5": None,
    "SELECT 1 FROM things AS t WHERE COALESCE(t.size * 2, 0) = :a": None,
    "SELECT 1 FROM things AS t WHERE COALESCE(:a, 0) * 2 = t.size": None,
    "SELECT 1 FROM things AS t WHERE SUM(t.size) > :a": None,
    "SELECT 1 FROM things AS t WHERE t.size LIKE :a": None,
    "SELECT 1 FROM things AS t LIMIT :a * 2": None,
    "SELECT 1 FROM things AS t WHERE t.size = CASE t.name WHEN 'x' THEN :a END": "things.size",
    "SELECT 1 FROM things AS t WHERE t.size = CASE t.name WHEN 'x' THEN :a END * 2": None,
    "SELECT 1 FROM things AS t WHERE CASE t.size + 1 WHEN :a THEN 1 END = 1": None,
    "UPDATE things SET size = :a * 100": None,
    "UPDATE things SET size = :a": "things.size",
    "INSERT INTO things (name, size) VALUES ('x', :a * 100)": None,
    "INSERT INTO things (name, size) VALUES ('x', :a)": "things.size",
    "SELECT 1 FROM things AS t WHERE (COALESCE(t.size, 0)) >= :a": "things.size",
    # names that are no columns of the table
    "SELECT 1 FROM (SELECT 'x' AS size FROM things AS t) AS d WHERE d.size = :a": None,
    "SELECT 1 FROM (SELECT 'x' AS size FROM things AS t) AS d WHERE size = :a": None,
    "WITH things AS (SELECT 'x' AS size) SELECT 1 FROM things WHERE things.size = :a": None,
    "WITH x AS (SELECT t.size FROM things AS t WHERE t.size = :a) SELECT x.size FROM x": "things.size",
    "SELECT t.kind, COUNT(*) AS size FROM things AS t GROUP BY t.kind HAVING size > :a": None,
    "SELECT 1 FROM things AS t JOIN unknown AS u ON u.x = t.id WHERE size = :a": None,
    # aliases belong to their parenthesis
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM things AS x WHERE x.size = :a)"
    " AND EXISTS (SELECT 1 FROM parts AS x WHERE x.name = 'y')": "things.size",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM things AS x WHERE x.size = 1)"
    " AND EXISTS (SELECT 1 FROM parts AS x WHERE x.name = :a)": "parts.name",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM things AS x) AND EXISTS (SELECT 1 FROM parts AS x WHERE x.size = :a)": None,
    "SELECT x.name FROM things AS x UNION SELECT x.name FROM parts AS x WHERE x.thing_id = :a": "parts.thing_id",
    "SELECT 1 FROM things AS t WHERE EXISTS (SELECT 1 FROM parts AS p WHERE t.size = :a)": "things.size",
    "SELECT 1 FROM things AS t WHERE EXISTS (SELECT 1 FROM parts AS p WHERE size = :a)": "things.size",
    "SELECT 1 FROM things AS t WHERE EXISTS (SELECT 1 FROM parts AS p WHERE name = :a)": "parts.name",
    "UPDATE things SET size = (SELECT MAX(p.id) FROM parts AS p WHERE p.thing_id = 1) WHERE id = :a": "things.id",
    "UPDATE things SET size = 1 WHERE id IN (SELECT p.thing_id FROM parts AS p) AND name = :a": "things.name",
    "DELETE FROM things WHERE EXISTS (SELECT 1 FROM parts AS p) AND name = :a": "things.name",
    "INSERT INTO things (name) SELECT p.name FROM parts AS p WHERE name = :a": "parts.name",
    "INSERT INTO things (name) SELECT p.name FROM parts AS p WHERE TRUE ON CONFLICT (name) DO UPDATE SET size = :a":
        "things.size",
}  # fmt: skip


@pytest.mark.parametrize("text", MEETS)
def test_the_column_that_a_parameter_meets(tmp_path: Path, text: str) -> None:
    mark = "" if text.startswith(("SELECT", "WITH")) else "!"
    statement = load(tmp_path, f"-- name: x(a){mark}\n-- X.\n{text}", layer="sqlite")
    assert places(statement).get("a") == MEETS[text]


def test_declared_statements_need_no_connection(tmp_path: Path) -> None:
    """Not even a server: what is written is checked before anything is opened."""
    (tmp_path / "things.sql").write_text("-- name: thing()^\n-- X.\nSELECT t.* FROM things AS t;\n")
    with Database("postgresql://nobody@host.invalid/x", queries=tmp_path, tables=TABLES) as database:
        assert list(database.statements) == ["thing"]
        assert "things" in database.tables
        assert not database.is_started
        # Files that change are read anew when the database is disposed of.
        (tmp_path / "things.sql").write_text("-- name: thing()^\n-- X.\nSELECT 5 % 2;\n")
    with pytest.raises(StatementError, match="MOD"):
        assert database.statements


@pytest.mark.parametrize("url", [None, 5, b"sqlite://"])
def test_a_url_that_is_none(url: object) -> None:
    with pytest.raises(TypeError, match="connection: expected a database URL"):
        Database(url)  # type: ignore[arg-type]
