"""Loading SQL files: faults and their places, the overlay, parity, shared parts, export."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import aiosql
import pytest

from rawdb.dialects import DIALECTS, ConnectionOptions, get_dialect, parse_url
from rawdb.exceptions import StatementError
from rawdb.statements.columns import load_tables
from rawdb.statements.compiled import Segment
from rawdb.statements.export import export_statements, plain_text
from rawdb.statements.loading import Statement, check_parity, load_statements
from rawdb.statements.segments import Parameter, Slot
from rawdb.statements.variants import variants
from tests.engine.conftest import QUERIES, TABLES

SQLITE, POSTGRESQL, MYSQL = (get_dialect(name) for name in ("sqlite", "postgresql", "mysql"))
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes SQL files, by path below a folder, and gives the folder."""

    def make(**files: str) -> Path:
        for name, text in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.sql"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return tmp_path

    return make


def faults(folder: Path, dialect: Any = SQLITE) -> list[str]:
    with pytest.raises(StatementError) as raised:
        load_statements(folder, dialect, load_tables(TABLES))
    return [line.replace(f"{folder}/", "") for line in str(raised.value).splitlines()]


def load(folder: Path, dialect: Any = SQLITE) -> dict[str, Statement]:
    return load_statements(folder, dialect, load_tables(TABLES))


GOOD = """\
-- name: good()
-- It is.
SELECT 1;
"""


class TestLoading:
    def test_what_is_known_of_a_statement(self, write: Write) -> None:
        folder = write(
            things="""\
            -- A comment about the file.

            -- name: thing_get(name)^
            -- One thing.
            -- Index: none.
            SELECT t.*
              FROM things AS t
             WHERE t.name = :name;
            """
        )
        [statement] = load(folder).values()
        assert statement.name == "thing_get"
        assert statement.operation.name == "SELECT_ONE"
        assert statement.doc == "One thing.\nIndex: none."
        assert statement.domain == "things"
        assert statement.location == f"{folder}/things.sql:3"
        assert statement.parameters == ("name",)
        assert statement.accepts == {"name"}
        assert statement.tag == "/* rawdb:thing_get */ "
        assert not statement.writes

    @pytest.mark.parametrize(
        ("sign", "operation"),
        [
            ("", "SELECT"),
            ("^", "SELECT_ONE"),
            ("$", "SELECT_VALUE"),
            ("!", "INSERT_UPDATE_DELETE"),
            ("<!", "INSERT_RETURNING"),
        ],
    )
    def test_operations(self, write: Write, sign: str, operation: str) -> None:
        for header in (f"-- name: good(){sign}", f"--name:good () {sign} ", f"  -- name: good( ){sign}"):
            text = {"!": "DELETE FROM t", "<!": "INSERT INTO t (a) VALUES (1)"}.get(sign, "SELECT 1")
            folder = write(things=f"{header}\n-- It is.\n{text};\n")
            assert load(folder)["good"].operation.name == operation

    def test_an_empty_folder_and_an_empty_file(self, write: Write) -> None:
        assert load(write(things="")) == {}
        assert load(write(things="-- Only a comment.\n\n")) == {}

    def test_a_mark_of_byte_order_and_carriage_returns(self, tmp_path: Path) -> None:
        (tmp_path / "things.sql").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
        assert list(load(tmp_path)) == ["good"]

    def test_the_shipped_set_loads_for_every_dialect(self) -> None:
        root = Path(__file__).parents[2] / "sql"
        for dialect in DIALECTS:
            loaded = load_statements(
                root / "queries", get_dialect(dialect), load_tables(root / "schema" / "columns.csv")
            )
            assert loaded["key_pair_get"].location.startswith("sql/queries/common/key_pairs.sql:")


#: The text of a file, and the one fault in it: line:column, what, what to write instead.
FAULTS = {
    "twice in a file": (GOOD + "\n" + GOOD, "5:1", "good stands already at", "give one another name"),
    "no parameter list": ("-- name: bad\n-- X.\nSELECT 1;", "1:13", "bad has no parameter list", "write ()"),
    "no list, and returning": ("-- name: bad<!\n-- X.\nSELECT 1;", "1:13", "bad has no parameter list", "write ()"),
    "undeclared": ("-- name: bad(a)\n-- X.\nSELECT :a,\n       :b;", "4:8", ":b is not declared", "write (a, b)"),
    "unused": ("-- name: bad(a, b)\n-- X.\nSELECT :a;", "1:17", "b is declared and not used", "remove it"),
    "declared twice": ("-- name: bad(a, a)\n-- X.\nSELECT :a;", "1:17", "a is declared twice", "declare it once"),
    "declared with its colon": ("-- name: bad(:a)\n-- X.\nSELECT :a;", "1:14", "':a' is no parameter", "without colon"),
    "no comment": ("-- name: bad()\nSELECT 1;", "1:1", "bad has no comment", "say below the name"),
    "the comment too late": ("-- name: bad()\nSELECT 1\n-- X.\n;", "1:1", "bad has no comment", "say below the name"),
    "no SQL": ("-- name: bad()\n-- X.\n", "1:1", "bad has no SQL", "write the statement"),
    "nothing but the name": ("-- name: bad()", "1:1", "bad has no SQL", "write the statement"),
    "no end": ("-- name: bad()\n-- X.\nSELECT 1", "3:8", "the statement does not end", "close it with ;"),
    "a second statement": ("-- name: bad()\n-- X.\nSELECT 1;\nSELECT 2;", "3:9", "a second statement", "of its own"),
    "a comment behind SQL": (
        "-- name: bad()\n-- X.\nSELECT 1 -- one\n;",
        "3:10",
        "a comment behind SQL",
        "line of its own",
    ),
    "no name": ("SELECT 1;\n\n" + GOOD, "1:1", "SQL without a name", "-- name:"),
    "a name in capitals": ("-- Name: bad()\n-- X.\nSELECT 1;", "1:1", "small letters", "-- name:"),
    "a name with a dash": ("-- name: not-good()\n-- X.\nSELECT 1;", "1:10", "is no name for a function", "letters"),
    "a keyword": ("-- name: import()\n-- X.\nSELECT 1;", "1:10", "is no name for a function", "letters"),
    "a name that is taken": ("-- name: execute()\n-- X.\nSELECT 1;", "1:10", "execute is taken", "another name"),
    "a private name": ("-- name: _x()\n-- X.\nSELECT 1;", "1:10", "_x is taken", "another name"),
    "an unknown operation": ("-- name: bad()~\n-- X.\nSELECT 1;", "1:15", "unknown operation ~", "or <!"),
    "a slot in a script": (
        "-- name: bad()#\n-- X.\nSELECT /*{when a}*/ 1 /*{}*/;",
        "3:8",
        "a slot in a script",
        "of its own",
    ),
    "an unused parameter of a script": (
        "-- name: bad(a)#\n-- X.\nSELECT 1;",
        "1:14",
        "a is declared and not used",
        "remove",
    ),
    "a commit in a script": ("-- name: bad()#\n-- X.\nSELECT 1;\nCOMMIT;", "4:1", "COMMIT ends or begins", "writer"),
    "a script without end": ("-- name: bad()#\n-- X.\nSELECT 1;\nSELECT 2", "4:8", "does not end", "close it"),
    "for many calls": ("-- name: bad()*!\n-- X.\nSELECT 1;", "1:15", "once per row", "/*{rows}*/"),
    "words behind the list": (
        "-- name: bad() one row\n-- X.\nSELECT 1;",
        "1:9",
        "cannot be read",
        "operation(parameter",
    ),
    "an attribute": ("-- name: bad(a)\n-- X.\nSELECT :a.b;", "3:10", "no attributes", "bind the value"),
    "an unknown slot": (
        "-- name: bad()\n-- X.\nSELECT /*{limt}*/ 1 /*{}*/;",
        "3:8",
        "unknown slot 'limt'",
        "use one of",
    ),
    "a slot without its name": (
        "-- name: bad(a)\n-- X.\nSELECT /*{list}*/ :a /*{}*/;",
        "3:8",
        "slot list",
        "/*{list name}*/",
    ),
    "a slot with a name": ("-- name: bad(a)\n-- X.\nSELECT /*{set x}*/ a = :a /*{}*/;", "3:8", "slot set", "/*{set}*/"),
    "a slot of two names": (
        "-- name: bad(a)\n-- X.\nSELECT /*{list a b}*/ :a /*{}*/;",
        "3:8",
        "'a b'",
        "/*{list name}*/",
    ),
    "an open slot": ("-- name: bad(a)\n-- X.\nSELECT /*{list as}*/ :a;", "3:8", "does not end", "close it with /*{}*/"),
    "an end of nothing": ("-- name: bad()\n-- X.\nSELECT 1 /*{}*/;", "3:10", "ends no slot", "open it"),
    "an empty slot": ("-- name: bad()\n-- X.\nSELECT 1 /*{when a}*/ /*{}*/;", "3:10", "no sample", "write SQL"),
    "slots in a slot": (
        "-- name: bad(a)\n-- X.\nSELECT /*{scope}*/ a = /*{list b}*/ :a /*{}*/ /*{}*/;",
        "3:24",
        "a slot inside",
        "nest in",
    ),
    "a part in a slot": (
        "-- name: bad()\n-- X.\nSELECT /*{when a}*/ 1 = /*{part b}*/ 1 /*{}*/ /*{}*/;",
        "3:25",
        "a shared part inside",
        "outside of slots",
    ),
    "no sample for visibility": (
        "-- name: bad()\n-- X.\nSELECT /*{visibility}*/ deleted IS NULL /*{}*/;",
        "3:25",
        "no sample for slot visibility",
        "alias.deleted = 0",
    ),
    "no sample for scope": (
        "-- name: bad(p, q)\n-- X.\nSELECT /*{scope}*/ a = :p OR b = :q /*{}*/;",
        "3:20",
        "no sample for slot scope",
        "alias.project_id = :project_id",
    ),
    "two in a list": (
        "-- name: bad(a, b)\n-- X.\nSELECT /*{list x}*/ :a, :b /*{}*/;",
        "3:21",
        "no sample for slot list",
        "one :parameter",
    ),
    "no row": (
        "-- name: bad(a)\n-- X.\nINSERT INTO things (/*{columns}*/ a /*{}*/) VALUES /*{rows}*/ :a /*{}*/;",
        "3:63",
        "no sample for slot rows",
        "(:value, :value)",
    ),
    "which table": (
        "-- name: bad(a)\n-- X.\nSELECT 1 FROM things AS t, parts AS p WHERE /*{filters}*/ size = :a /*{}*/;",
        "3:45",
        "which table?",
        "an alias",
    ),
    "a percent sign": ("-- name: bad()\n-- X.\nSELECT 5 % 2;", "3:10", "three things", "MOD(a, b)"),
}


class TestFaults:
    @pytest.mark.parametrize("fault", FAULTS)
    def test_fault(self, write: Write, fault: str) -> None:
        text, place, what, instead = FAULTS[fault]
        [line] = faults(write(things=text))
        assert line.startswith(f"things.sql:{place} - ")
        assert what in line
        assert instead in line.partition("; ")[2]

    def test_twice_in_one_layer(self, write: Write) -> None:
        [line] = faults(write(a=GOOD, b="-- Of the file.\n" + GOOD))
        assert line.startswith("b.sql:2:1 - good stands already at ")
        assert "a.sql:1" in line

    def test_all_faults_are_told_at_once(self, write: Write) -> None:
        text = GOOD + "-- name: one()\nSELECT 1;\n-- name: two(x)\n-- X.\nSELECT 1;\n"
        found = faults(write(a=text, b="-- name: three()\n-- X.\nSELECT 5 % 2;\n"))
        assert [line.partition(" - ")[0] for line in found] == ["a.sql:4:1", "a.sql:6:14", "b.sql:3:10"]

    def test_not_utf8(self, tmp_path: Path) -> None:
        (tmp_path / "a.sql").write_bytes(b"-- name: x()\n-- \xff\nSELECT 1;")
        [line] = faults(tmp_path)
        assert line.startswith("a.sql:1:1 - byte 16 is no UTF-8")

    def test_a_single_fault_has_its_place_as_fields(self, write: Write) -> None:
        folder = write(a="-- name: bad()\nSELECT 1;\n")
        with pytest.raises(StatementError) as raised:
            load_statements(folder, SQLITE)
        assert isinstance(raised.value, ValueError)


class TestOverlay:
    def test_the_dialects_own_goes_before(self, write: Write) -> None:
        folder = write(
            common__things=GOOD + GOOD.replace("good", "other"),
            mysql__things=GOOD.replace("1;", "2;"),
            sqlite__parts=GOOD.replace("good", "only_here"),
        )
        assert [load(folder, MYSQL)[name].layer for name in ("good", "other")] == ["mysql", "common"]
        assert "SELECT 2" in load(folder, MYSQL)["good"].text
        assert load(folder, POSTGRESQL).keys() == {"good", "other"}
        assert load(folder, SQLITE).keys() == {"good", "other", "only_here"}

    def test_a_set_beside_folders_of_dialects(self, write: Write) -> None:
        folder = write(things=GOOD, mysql__things=GOOD.replace("1;", "2;"))
        assert "SELECT 2" in load(folder, MYSQL)["good"].text
        assert "SELECT 1" in load(folder, SQLITE)["good"].text

    def test_another_file(self, write: Write) -> None:
        [line] = faults(write(common__things=GOOD, sqlite__parts=GOOD))
        assert line.startswith("sqlite/parts.sql:1:1 - good replaces the one of ")
        assert line.endswith("move it to things.sql")

    @pytest.mark.parametrize(
        ("other", "what"),
        [
            ("-- name: good(a)\n-- X.\nSELECT :a;", "other parameters (a)"),
            ("-- name: good()$\n-- X.\nSELECT 1;", "another operation"),
            ("-- name: good()\n-- X.\nSELECT /*{when x}*/ 1 /*{}*/;", "other slots (x on one side only)"),
        ],
    )
    def test_another_way_to_call(self, write: Write, other: str, what: str) -> None:
        lines = faults(write(common__things=GOOD, sqlite__things=other))
        assert all(line.startswith("sqlite/things.sql:1:1 - good has ") for line in lines)
        assert any(what in line for line in lines)

    @pytest.mark.parametrize(
        ("layer", "text", "dialect", "instead"),
        [
            ("common", 'SELECT t."size" FROM things AS t', SQLITE, "qualify the name"),
            ("common", "SELECT t.`size` FROM things AS t", SQLITE, "qualify the name"),
            ("postgresql", "SELECT t.`size` FROM things AS t", POSTGRESQL, 'write "size"'),
            ("mysql", 'SELECT t."size" FROM things AS t', MYSQL, "write `size`"),
        ],
    )
    def test_quoted_names(self, write: Write, layer: str, text: str, dialect: Any, instead: str) -> None:
        folder = write(**{"common__other": GOOD, f"{layer}__things": f"-- name: x()\n-- X.\n{text};"})
        [line] = faults(folder, dialect)
        assert line.startswith(f"{layer}/things.sql:3:10 - ")
        assert instead in line

    def test_quoted_names_of_the_right_kind(self, write: Write) -> None:
        folder = write(
            common__x=GOOD,
            postgresql__things='-- name: x()\n-- X.\nSELECT t."size" FROM things AS t;',
            mysql__things="-- name: x()\n-- X.\nSELECT t.`size` FROM things AS t;",
        )
        assert "x" in load(folder, POSTGRESQL)
        assert "x" in load(folder, MYSQL)


class TestParity:
    def sets(self, folder: Path) -> dict[str, dict[str, Statement]]:
        return {name: load(folder, get_dialect(name)) for name in DIALECTS}

    def test_equal_sets(self, write: Write) -> None:
        assert check_parity(self.sets(write(common__things=GOOD))) == []

    def test_a_missing_statement(self, write: Write) -> None:
        [fault] = check_parity(self.sets(write(common__x="", mysql__things=GOOD, sqlite__things=GOOD)))
        assert fault == "good is missing on postgresql"

    @pytest.mark.parametrize(
        ("other", "what"),
        [
            ("-- name: good(a)\n-- X.\nSELECT :a;", "other parameters"),
            ("-- name: good()^\n-- X.\nSELECT 1;", "another operation"),
            ("-- name: good(a)\n-- X.\nSELECT 1 WHERE 1 IN (/*{list as}*/ :a /*{}*/);", "other slots"),
        ],
    )
    def test_different_statements(self, write: Write, other: str, what: str) -> None:
        folder = write(common__x="", mysql__things=GOOD, sqlite__things=other, postgresql__things=GOOD)
        found = check_parity(self.sets(folder))
        assert any(what in fault for fault in found)
        assert all(fault.startswith("good has ") for fault in found)


def places(segments: tuple[Segment, ...]) -> dict[str, str]:
    """What each parameter is compared with or stored in; `=` marks what is stored."""
    found: dict[str, str] = {}
    for segment in segments:
        if isinstance(segment, Parameter) and segment.column is not None:
            found[segment.name] = f"{segment.column.table}.{segment.column.name}{'=' if segment.stored else ''}"
        elif isinstance(segment, Slot):
            found.update(places(segment.body))
    return found


def mark_of(text: str) -> str:
    """The mark of a statement that is not about its mark."""
    return "" if text.startswith("SELECT") or text.endswith("FROM x") else "!"


class TestResolution:
    """Values are checked by the column that they meet; so it must be the right one, or none."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("SELECT 1 FROM things AS t WHERE t.name = :a", {"a": "things.name"}),
            ("SELECT 1 FROM things t WHERE t.name = :a", {"a": "things.name"}),
            ("SELECT 1 FROM things WHERE name = :a", {"a": "things.name"}),
            ("SELECT 1 FROM things WHERE things.name = :a", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE :a = t.name", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE t.size >= :a AND t.size < :b", {"a": "things.size", "b": "things.size"}),
            ("SELECT 1 FROM things AS t WHERE t.name LIKE :a", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE t.name NOT LIKE :a", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE t.size BETWEEN :a AND :b", {"a": "things.size", "b": "things.size"}),
            ("SELECT 1 FROM things AS t WHERE t.name IN (:a, :b)", {"a": "things.name", "b": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE t.name NOT IN (:a)", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE LOWER(t.name) = LOWER(:a)", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE COALESCE(t.name, '') = :a", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE LENGTH(t.name) = :a", {}),
            ("SELECT COUNT(*) FROM things AS t HAVING COUNT(*) > :a", {}),
            ("SELECT 1 FROM things AS t WHERE (t.size) = :a", {"a": "things.size"}),
            ("SELECT 1 FROM things AS t WHERE (t.weight + t.size) >= :a", {}),
            ("SELECT 1 FROM things AS t WHERE t.size + :a <= 5", {}),
            ("SELECT 1 FROM things AS t LIMIT :a OFFSET :b", {"a": ".LIMIT", "b": ".OFFSET"}),
            ("SELECT 1 FROM things AS t JOIN parts AS p ON p.thing_id = t.id WHERE p.name = :a", {"a": "parts.name"}),
            ("SELECT 1 FROM things AS t, parts AS p WHERE p.name = :a", {"a": "parts.name"}),
            ("SELECT 1 FROM things AS t JOIN parts AS p ON 1 = 1 WHERE size = :a", {"a": "things.size"}),
            ("SELECT 1 FROM things AS t JOIN parts AS p ON 1 = 1 WHERE name = :a", {}),
            ("SELECT 1 FROM main.things AS t WHERE t.name = :a", {"a": "things.name"}),
            ("SELECT 1 FROM unknown AS u WHERE u.name = :a", {}),
            ("SELECT EXTRACT(year FROM t.seen_at) FROM things AS t WHERE t.name = :a", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE t.name = :a FOR UPDATE SKIP LOCKED", {"a": "things.name"}),
            (
                "UPDATE things SET name = :a, size = :b WHERE size = :c",
                {"a": "things.name=", "b": "things.size=", "c": "things.size"},
            ),
            ("UPDATE things SET size = size + :a WHERE name = :b", {"b": "things.name"}),
            (
                "UPDATE things SET size = (SELECT 1 FROM parts AS p WHERE p.name = :a), name = :b",
                {"a": "parts.name", "b": "things.name="},
            ),
            (
                "UPDATE things SET size = CASE name WHEN :a THEN :b ELSE :c END",
                {"a": "things.name", "b": "things.size=", "c": "things.size="},
            ),
            ("INSERT INTO things (name, size) VALUES (:a, :b)", {"a": "things.name=", "b": "things.size="}),
            ("INSERT INTO things (name, size) VALUES (:a, 1), ('x', :b)", {"a": "things.name=", "b": "things.size="}),
            ("INSERT INTO things (name, size) VALUES (LOWER(:a), 7 + :b)", {"a": "things.name"}),
            (
                "INSERT INTO things (name) VALUES (:a) ON CONFLICT (name) DO UPDATE SET size = :b",
                {"a": "things.name=", "b": "things.size="},
            ),
            (
                "INSERT INTO things (name) VALUES (:a) ON DUPLICATE KEY UPDATE size = :b",
                {"a": "things.name=", "b": "things.size="},
            ),
            ("DELETE FROM things WHERE name = :a", {"a": "things.name"}),
            ("SELECT 1 FROM things AS t WHERE t.name IS DISTINCT FROM :a", {}),
        ],
    )  # fmt: skip
    def test_place(self, write: Write, text: str, expected: dict[str, str]) -> None:
        used = dict.fromkeys(token for token in "abc" if f":{token}" in text)
        folder = write(things=f"-- name: x({', '.join(used)}){mark_of(text)}\n-- X.\n{text};")
        [statement] = load(folder).values()
        assert places(statement.segments) == expected

    @pytest.mark.parametrize(
        ("text", "writes", "target"),
        [
            ("SELECT 1 FROM things AS t", False, None),
            ("SELECT REPLACE(t.name, 'a', 'b') FROM things AS t", False, None),
            ("SELECT 1 FROM things AS t FOR UPDATE", False, None),
            ("UPDATE things SET size = 1", True, "things"),
            ("DELETE FROM things", True, "things"),
            ("INSERT INTO things (name) SELECT p.name FROM parts AS p", True, "things"),
            ("WITH x AS (SELECT 1) UPDATE things SET size = 1", True, "things"),
            ("WITH x AS (DELETE FROM things RETURNING id) SELECT x.id FROM x", True, "things"),
        ],
    )
    def test_what_it_writes(self, write: Write, text: str, writes: bool, target: str | None) -> None:
        [statement] = load(write(things=f"-- name: x(){mark_of(text)}\n-- X.\n{text};")).values()
        assert (statement.writes, statement.target) == (writes, target)


class TestParts:
    TEXT = """\
    -- name: owner(size)
    -- Has the part.
    SELECT t.id,
           /*{part shape}*/ t.name, t.size + :size AS more /*{}*/
      FROM things AS t;

    -- name: user(name)
    -- Uses it.
    SELECT /*{same shape}*/ NULL AS more /*{}*/
      FROM things AS t
     WHERE t.name = :name;
    """

    def test_the_part_is_put_in_its_place(self, write: Write) -> None:
        statements = load(write(things=self.TEXT))
        user = statements["user"]
        assert user.parameters == ("name", "size")
        assert user.accepts == {"name", "size"}
        assert "t.name, t.size + :size AS more" in user.text
        assert "user(name, size)" in user.text
        [variant] = variants(user)
        assert "t.name, t.size + ? AS more" in variant.text

    def test_a_dialects_part_in_a_common_statement(self, write: Write) -> None:
        own = "-- name: owner(size)\n-- X.\nSELECT /*{part shape}*/ t.kind, :size AS more /*{}*/ FROM things AS t;"
        statements = load(write(common__things=self.TEXT, sqlite__things=own))
        assert "t.kind, :size AS more" in statements["user"].text

    def test_an_unknown_part(self, write: Write) -> None:
        folder = write(things=self.TEXT.replace("same shape", "same shap"))
        [line] = faults(folder)
        assert line.startswith("things.sql:7:1 - no part shap")

    def test_a_part_that_stands_twice(self, write: Write) -> None:
        folder = write(things=self.TEXT.replace("same shape", "part shape"))
        [line] = faults(folder)
        assert line.startswith("things.sql:7:1 - part shape stands already at ")


class TestExport:
    DRIVERS: Mapping[str, str] = {"postgresql": "psycopg", "mysql": "pymysql", "sqlite": "sqlite3"}

    def test_stock_aiosql_loads_and_runs_it(self, url: str, dialect: str, tmp_path: Path) -> None:
        spoken = get_dialect(dialect)
        paths = export_statements(load_statements(QUERIES, spoken, load_tables(TABLES)), tmp_path / "out")
        assert [path.name for path in paths] == ["things.sql"]
        queries = aiosql.from_path(tmp_path / "out", self.DRIVERS[dialect])
        raw = spoken.connect(parse_url(url), ConnectionOptions())
        try:
            new_id = queries.thing_create(raw, name="a", size=3)
            # Stock aiosql asks PyMySQL for a row, and MySQL gives none for an INSERT.
            assert new_id is None if dialect == "mysql" else isinstance(new_id, int)
            assert queries.things_create(raw, name="b", size=4) == 1
            assert queries.thing_count(raw) == 2
            assert sorted(name for (name,) in queries.thing_names(raw)) == ["a", "b"]
            assert queries.thing_grow(raw, name="a", by=1) == 1
            assert [row[1] for row in queries.thing_ids_of(raw, name="a")] == ["a"]
            assert queries.thing_get(raw, name="zork") is None
        finally:
            raw.close()

    @pytest.mark.dialects("sqlite")
    def test_the_shipped_sets(self, tmp_path: Path) -> None:
        root = Path(__file__).parents[2] / "sql"
        for dialect, driver in self.DRIVERS.items():
            tables = load_tables(root / "schema" / "columns.csv")
            statements = load_statements(root / "queries", get_dialect(dialect), tables)
            export_statements(statements, tmp_path / dialect)
            queries = aiosql.from_path(tmp_path / dialect, driver)
            assert {name for name in queries.available_queries if not name.endswith("_cursor")} == set(statements)
            text = "".join(path.read_text() for path in (tmp_path / dialect).iterdir())
            assert "/*{" not in text
            assert ("RETURNING id" in text) == (dialect == "postgresql")

    @pytest.mark.dialects("sqlite")
    def test_plain_text(self, write: Write) -> None:
        folder = write(
            things="""\
            -- name: thing_create(name)<!
            -- A new thing.
            INSERT INTO things (/*{columns}*/ name /*{}*/)
            VALUES /*{rows}*/ (:name) /*{}*/;
            """
        )
        assert plain_text(load(folder, POSTGRESQL)["thing_create"]) == dedent(
            """\
            -- name: thing_create(name)<!
            -- A new thing.
            INSERT INTO things (name)
            VALUES (:name) RETURNING id;"""
        )
        assert "RETURNING" not in plain_text(load(folder, MYSQL)["thing_create"])

    @pytest.mark.dialects("sqlite")
    def test_what_is_exported_loads_here_too(self, tmp_path: Path) -> None:
        statements = load_statements(QUERIES, SQLITE, load_tables(TABLES))
        export_statements(statements, tmp_path)
        again = load_statements(tmp_path, SQLITE, load_tables(TABLES))
        assert again.keys() == statements.keys()
        assert all(not list(statement.slots()) for statement in again.values())


class TestVariants:
    def test_every_variant_is_accepted(self, url: str, dialect: str) -> None:
        spoken = get_dialect(dialect)
        raw = spoken.connect(parse_url(url), ConnectionOptions())
        try:
            for statement in load_statements(QUERIES, spoken, load_tables(TABLES)).values():
                for variant in variants(statement):
                    spoken.run(raw, f"EXPLAIN {variant.text}", variant.parameters)
        finally:
            spoken.close(raw)

    def test_closed_slots_are_combined(self) -> None:
        statement = load_statements(QUERIES, SQLITE, load_tables(TABLES))["thing_list"]
        labels = [variant.label for variant in variants(statement)]
        for combination in itertools.product(
            ("deleted no", "deleted yes", "deleted only"),
            ("scope True", "scope allow_none", "scope False"),
            ("True", "False"),
        ):
            assert f"{combination[0]}, {combination[1]}, by_size {combination[2]}" in labels

    def test_each_text_comes_once(self) -> None:
        for statement in load_statements(QUERIES, SQLITE, load_tables(TABLES)).values():
            texts = [variant.text for variant in variants(statement)]
            assert len(texts) == len(set(texts)) > 0

    def test_open_slots_have_none_one_and_two(self) -> None:
        statements = load_statements(QUERIES, SQLITE, load_tables(TABLES))
        labels = {variant.label for variant in variants(statements["things_with_parts"])}
        assert {"plain", "0 parts", "2 parts"} <= labels
        labels = {variant.label for variant in variants(statements["things_create"])}
        # SQLite is sent the text of one row, with all rows.
        assert labels == {"plain"}
        labels = {variant.label for variant in variants(statements["thing_update"])}
        assert {"set size", "set flag", "set all"} <= labels

    def test_samples_can_be_given(self) -> None:
        statement = load_statements(QUERIES, SQLITE, load_tables(TABLES))["thing_grow"]
        [variant] = variants(statement, {"by": 42})
        assert variant.parameters[0] == 42
