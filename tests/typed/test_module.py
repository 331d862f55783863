"""The written module: what it is made of, when it is stale, and what is said of statements that cannot be typed."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, NotRequired

import pytest

from rawdb import AnyOf, Constant, Page, Predicate
from rawdb.cli import main
from rawdb.testing.databases import create_database
from rawdb.typed import Json, Value
from tests.support.shapes import hints
from tests.typed.shop import imported, make_tables, write_queries

COLUMNS = Path(__file__).with_name("columns.csv")


def generated(folder: Path, text: str, *arguments: str, layer: str = "common") -> Any:
    """What the command writes of a text, by the declared tables alone."""
    write_queries(folder / "queries", text, layer)
    output = folder / "statements.py"
    command = ["sql", "types", str(folder / "queries"), "--schema", str(COLUMNS), *arguments, "-o", str(output)]
    assert main(command) == 0
    return imported(output)


def one_type(folder: Path, expression: str, dialect: str) -> Any:
    """The type of an expression over orders, outer-joined to customers."""
    text = f"""
-- name: it()
-- One expression.
SELECT {expression} AS it
  FROM orders AS o
       LEFT JOIN customers AS c ON c.id = o.customer_id;
"""
    module = generated(folder, text, "--dialect", dialect, layer=dialect)
    return hints(module.ItRow)["it"]


EXPRESSIONS: Sequence[tuple[str, Any, Any]] = [
    ("o.id", int, int),
    ("c.name", str | None, str | None),
    ("o.total", Decimal, Decimal),
    ("o.state", Literal["new", "paid", "sent"], Literal["new", "paid", "sent"]),
    ("o.details", Any, Any),
    ("o.date", date | None, date | None),
    ("COALESCE(c.name, 'nobody')", str, str),
    ("COALESCE(c.name, c.email)", str | None, str | None),
    ("COALESCE(o.date, o.date)", date | None, str | None),
    ("NULLIF(o.id, 0)", int | None, int | None),
    ("o.id + 1", int, int),
    ("o.id * o.weight", float | None, float | None),
    ("(o.total + o.total)", Decimal, float),
    ("o.id / 2", int, int | None),
    ("- o.id", int, int),
    ("o.tags || 'x'", str | None, str | None),
    ("o.id = 1", bool, int),
    ("o.id = 1 AND c.id = 2", bool | None, int | None),
    ("c.id IS NOT NULL", bool, int),
    ("NOT c.id IS NULL", bool, int),
    ("o.id IN (1, c.id)", bool | None, int | None),
    ("o.id BETWEEN 1 AND 3", bool, int),
    ("EXISTS (SELECT 1 FROM customers AS x WHERE x.id = o.id)", bool, int),
    ("CASE WHEN o.is_paid THEN o.id ELSE 0 END", int, int),
    ("CASE WHEN o.is_paid THEN o.id END", int | None, int | None),
    ("CASE o.id WHEN 1 THEN CASE WHEN c.id = 1 THEN c.name ELSE 'a' END ELSE 'b' END", str | None, str | None),
    ("CAST(o.id AS TEXT)", str, str),
    ("CAST(c.id AS INTEGER)", int | None, int | None),
    ("LENGTH(c.name)", int | None, int | None),
    ("UPPER(o.state)", str, str),
    ("COUNT(*) OVER ()", int, int),
    ("SUM(o.id) OVER (ORDER BY o.id)", int | None, int | None),
    ("(SELECT COUNT(*) FROM customers AS x WHERE x.id = o.id)", int, int),
    ("(SELECT x.name FROM customers AS x WHERE x.id = o.id)", str | None, str | None),
    ("(SELECT MAX(x.id) FROM customers AS x WHERE x.id = o.id)", int | None, int | None),
    ("'text'", str, str),
    ("7", int, int),
    ("1.5", Decimal, float),
    ("NULL", None, None),
    ("TRUE", bool, int),
    ("strange(o.id)", Any, Any),
]


@pytest.mark.parametrize(("expression", "postgresql", "sqlite"), EXPRESSIONS, ids=[row[0] for row in EXPRESSIONS])
def test_types_of_expressions_by_the_declared_tables(
    expression: str, postgresql: Any, sqlite: Any, tmp_path: Path
) -> None:
    wanted = {"postgresql": postgresql, "sqlite": sqlite}
    found = {name: one_type(tmp_path / name, expression, name) for name in wanted}
    assert found == {name: type(None) if kind is None else kind for name, kind in wanted.items()}


ROWS = """
-- name: joined()
-- A right join makes all before it optional, a full one both sides.
SELECT o.id, c.id AS customer, x.id AS other
  FROM orders AS o
       RIGHT JOIN customers AS c ON c.id = o.customer_id
       LEFT JOIN (customers AS x JOIN orders AS y ON y.id = x.id) ON x.id = o.id;

-- name: derived()
-- Through a subquery and a WITH of named columns.
WITH w (number, word) AS (SELECT c.id, c.email FROM customers AS c)
SELECT s.n, s.label, w.number, w.word
  FROM (SELECT o.id AS n, 'x' AS label FROM orders AS o) AS s
       JOIN w ON w.number = s.n;

-- name: unclear()
-- What is sought under OR may be NULL.
SELECT c.email
  FROM customers AS c
 WHERE c.email IS NOT NULL
    OR c.id = 1;

-- name: sought()
-- What is sought in a condition that a call may leave out, too.
SELECT c.email
  FROM customers AS c
 WHERE /*{when known}*/ c.email IS NOT NULL /*{}*/;

-- name: grouped()
-- Of a group there is at least one row.
SELECT o.customer_id, MAX(o.id) AS newest, MAX(o.date) AS last_day, SUM(o.id) AS ids
  FROM orders AS o
 GROUP BY o.customer_id;

-- name: of_all()$
-- Of all rows there may be none.
SELECT MAX(o.id) FROM orders AS o;

-- name: of_some(id)$
-- A value of a row that may not be there.
SELECT o.id FROM orders AS o WHERE o.id = :id;
"""


def test_joins_subqueries_and_groups(tmp_path: Path) -> None:
    module = generated(tmp_path, ROWS)
    assert hints(module.JoinedRow) == {"id": int | None, "customer": int, "other": int | None}
    assert hints(module.DerivedRow) == {"n": int, "label": str, "number": int, "word": str | None}
    assert hints(module.UnclearRow) == {"email": str | None}
    assert hints(module.SoughtRow) == {"email": str | None}
    assert hints(module.GroupedRow) == {
        "customer_id": int, "newest": int, "last_day": date | str | None, "ids": int,
    }  # fmt: skip
    assert hints(module.Statements.of_all)["return"] == int | None
    assert hints(module.Statements.of_some)["return"] == int | None


WHOLE = """
-- name: one_order(id)^
-- A whole row.
SELECT o.*
  FROM orders AS o
 WHERE o.id = :id;

-- name: orders_of(name)
-- The same of a join, once each.
SELECT DISTINCT o.*
  FROM orders AS o
       JOIN customers AS c ON c.id = o.customer_id
 WHERE c.name = :name;

-- name: dated()
-- Here a date is no NULL.
SELECT *
  FROM orders
 WHERE date IS NOT NULL;

-- name: perhaps()
-- Here all may be NULL.
SELECT o.*
  FROM customers AS c
       LEFT JOIN orders AS o ON o.customer_id = c.id;

-- name: more()
-- A column more.
SELECT o.*, 1 AS one
  FROM orders AS o;

-- name: renamed()
-- Not the columns of the table.
WITH orders AS (SELECT c.id FROM customers AS c)
SELECT *
  FROM orders;

-- name: customer_tree(id)^
-- Rows of a relation are the table's too.
SELECT c.*,
       (SELECT /*{json o as orders}*/ COUNT(*) /*{}*/ FROM orders AS o WHERE o.customer_id = c.id) AS orders
  FROM customers AS c
 WHERE c.id = :id;
"""


def test_statements_of_whole_rows_share_the_class_of_the_table(tmp_path: Path) -> None:
    module = generated(tmp_path, WHOLE)
    statements = module.Statements
    assert hints(statements.one_order)["return"] == module.OrderRow | None
    assert hints(statements.orders_of)["return"] == list[module.OrderRow]  # type: ignore[name-defined]
    assert hints(module.CustomerTreeRow)["orders"] == list[module.OrderRow]  # type: ignore[name-defined]
    assert hints(statements.dated)["return"] == list[module.DatedRow]  # type: ignore[name-defined]
    assert (hints(module.OrderRow)["date"], hints(module.DatedRow)["date"]) == (date | None, date)
    assert hints(module.PerhapsRow)["id"] == int | None
    assert hints(module.MoreRow) == {**hints(module.OrderRow), "one": int}
    assert hints(module.RenamedRow) == {"id": int}


SLOTS = """
-- name: find(least, id, customer_id, limit, now)
-- Says "so"; and \\ is a backslash.
SELECT o.id
  FROM orders AS o
 WHERE o.id >= :least
   AND /*{filters}*/ o.customer_id = :customer_id /*{}*/
   AND /*{when recent}*/ o.placed > :now /*{}*/
   AND /*{after}*/ o.id > :id /*{}*/
 ORDER BY /*{order}*/ o.id /*{}*/
 LIMIT :limit;

-- name: change(id, total, customer_id)!
-- Changes some.
UPDATE orders
   SET /*{set}*/ total = :total /*{}*/
 WHERE id = :id
   AND /*{filters}*/ customer_id = :customer_id /*{}*/;

-- name: load(customer_id)!
-- Many.
INSERT INTO orders (/*{columns}*/ customer_id /*{}*/) VALUES /*{rows}*/ (:customer_id) /*{}*/;

-- name: pick(id, name, email, either)
-- A list, and a list of dicts.
SELECT c.id
  FROM customers AS c
 WHERE c.id NOT IN (/*{list others}*/ :id /*{}*/)
   AND /*{any people}*/ (c.name = :name OR c.email = :email) /*{}*/
   AND (:either IS NULL OR c.name = :either);
"""


def test_arguments_are_those_of_the_signature(tmp_path: Path) -> None:
    statements = generated(tmp_path, SLOTS).Statements
    find = inspect.signature(statements.find).parameters
    assert list(find) == ["self", "least", "limit", "now", "filters", "page", "recent"]
    assert [name for name, one in find.items() if one.kind is one.KEYWORD_ONLY] == ["now", "filters", "page", "recent"]
    assert (find["filters"].default, find["page"].default, find["recent"].default) == (None, None, False)
    typed = hints(statements.find)
    assert (typed["least"], typed["limit"], typed["recent"]) == (int, int | None, bool)
    assert typed["filters"] == Sequence[Predicate | AnyOf | Constant] | None
    assert typed["page"] == Page | None
    # An UPDATE may have no filters, and must not forget them.
    change = inspect.signature(statements.change).parameters
    assert change["filters"].default is inspect.Parameter.empty
    assert 'Says "so"' in (inspect.getdoc(statements.find) or "")


SCRIPT = """
-- name: forget(id)#
-- An order, and what is left of its customer.
DELETE FROM orders WHERE customer_id = :id;
DELETE FROM customers WHERE id = :id;
"""


def test_a_script_gives_nothing(tmp_path: Path) -> None:
    forget = generated(tmp_path, SCRIPT).Statements.forget
    assert hints(forget)["return"] is type(None)
    assert list(inspect.signature(forget).parameters) == ["self", "id"]


def test_dicts_of_slots(tmp_path: Path) -> None:
    module = generated(tmp_path, SLOTS)
    values = hints(module.LoadValues)
    assert values["customer_id"] is int
    assert values["id"] == NotRequired[int]
    assert values["total"] == Decimal | int
    assert values["placed"] == NotRequired[datetime]
    assert values["details"] == NotRequired[Json | None]
    assert module.LoadValues.__required_keys__ == {"customer_id", "total", "pieces"}
    assert module.ChangeChanges.__required_keys__ == frozenset()
    assert hints(module.ChangeChanges)["date"] == NotRequired[date | None]
    assert hints(module.Statements.load)["values"] == module.LoadValues | Iterable[module.LoadValues]  # type: ignore[name-defined]
    pick = hints(module.Statements.pick)
    assert pick["others"] == Iterable[int]
    assert hints(module.PickPeopleElement) == {"name": str, "email": str}
    assert pick["either"] == str | None


def test_new_rows(tmp_path: Path) -> None:
    text = """
-- name: setting_add(name, number)<!
-- A row that the server does not number is given back as it was stored.
INSERT INTO settings (/*{columns}*/ name, number /*{}*/) VALUES /*{rows}*/ (:name, :number) /*{}*/;

-- name: setting_plain(name)<!
-- There is no id to give.
INSERT INTO settings (name) VALUES (:name);

-- name: order_copy(id)<!
-- There may be nothing to copy.
INSERT INTO orders (customer_id, total, pieces, placed)
SELECT o.customer_id, o.total, o.pieces, o.placed
  FROM orders AS o
 WHERE o.id = :id;
"""
    module = generated(tmp_path, text)
    assert hints(module.SettingAddRow) == {"name": str, "number": Decimal | None}
    assert hints(module.Statements.setting_add)["return"] is module.SettingAddRow
    assert hints(module.Statements.setting_plain)["return"] is type(None)
    assert hints(module.Statements.order_copy)["return"] == int | None


def test_what_nobody_tells_takes_any_value(tmp_path: Path) -> None:
    text = "\n-- name: echo(it)$\n-- Says it again.\nSELECT :it AS it;\n"
    echo = hints(generated(tmp_path, text, "--dialect", "sqlite").Statements.echo)
    assert echo == {"it": Value, "return": Any}


def test_stale_modules_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generated(tmp_path, ROWS)
    queries, output = tmp_path / "queries", tmp_path / "statements.py"
    command = ["sql", "types", str(queries), "--schema", str(COLUMNS), "-o", str(output)]
    assert main([*command, "--check"]) == 0
    before = output.read_text()
    write_queries(queries, ROWS.replace("AS newest", "AS latest"))
    capsys.readouterr()
    assert main([*command, "--check"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"rawdb: {output} is not what `rawdb sql types` would write\n")
    assert output.read_text() == before
    assert main(command) == 0
    assert capsys.readouterr().out == f"{output}\n"
    assert '"latest"' in output.read_text() or "latest: int" in output.read_text()
    assert main([*command, "--check"]) == 0


def test_dialects_that_do_not_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "\n-- name: one()\n-- One.\nSELECT c.id, c.name FROM customers AS c;\n"
    queries = write_queries(tmp_path / "queries", text)
    write_queries(queries, text.replace("c.id, c.name", "c.id, c.name AS called"), "postgresql")
    output = tmp_path / "statements.py"
    command = ["sql", "types", str(queries), "--schema", str(COLUMNS), "-o", str(output)]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert "one gives id, called on postgresql and id, name on mysql; name them alike with AS" in told
    assert not output.exists()
    assert main([*command, "--dialect", "mysql", "--dialect", "sqlite"]) == 0
    write_queries(queries, f"{text}{text.replace('one()', 'two()')}", "mysql")
    assert main(command) == 1
    assert "two is missing on postgresql, sqlite" in capsys.readouterr().err


def test_a_result_without_a_name_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = write_queries(
        tmp_path / "queries", "\n-- name: one()\n-- One.\nSELECT c.id, MAX(c.id) + 1 FROM customers AS c;\n"
    )
    assert main(["sql", "types", str(queries), "--schema", str(COLUMNS), "-o", str(tmp_path / "x.py")]) == 1
    assert "queries/common/shop.sql:2:1 - one: column 2 of its result has no name" in capsys.readouterr().err


def test_what_a_server_refuses_is_told_with_its_place(
    database_url: str, dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_tables(database_url)
    text = "\n-- name: one()\n-- One.\nSELECT c.id, c.nam FROM customers AS c;\n"
    queries = write_queries(tmp_path / "queries", text)
    assert main(["sql", "types", str(queries), "--url", database_url, "-o", str(tmp_path / "x.py")]) == 1
    told = capsys.readouterr().err
    assert f"queries/common/shop.sql:2:1 - one on {dialect}: " in told
    assert "nam" in told
    assert not (tmp_path / "x.py").exists()


@pytest.mark.dialects("postgresql")
def test_a_parameter_of_no_type_is_named(database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "\n-- name: echo(least, it)\n-- Again.\nSELECT c.id FROM customers AS c WHERE c.id > :least AND :it IS NULL;\n"
    )
    queries = write_queries(tmp_path / "queries", text)
    make_tables(database_url)
    assert main(["sql", "types", str(queries), "--url", database_url, "-o", str(tmp_path / "x.py")]) == 1
    assert "parameter :it; write CAST(:name AS type)" in capsys.readouterr().err
    assert main(["sql", "check", "--queries", str(queries), "--url", database_url]) == 1
    assert "parameter :it; write CAST(:name AS type)" in capsys.readouterr().out
    write_queries(queries, text.replace(":it IS", "CAST(:it AS text) IS"))
    assert main(["sql", "check", "--queries", str(queries), "--url", database_url]) == 0


def test_one_database_of_each_dialect(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = write_queries(tmp_path / "queries")
    make_tables(f"sqlite:///{tmp_path / 'a.db'}")
    twice = ["--url", f"sqlite:///{tmp_path / 'a.db'}"] * 2
    assert main(["sql", "types", str(queries), *twice, "-o", str(tmp_path / "x.py")]) == 1
    assert "two databases of sqlite are named" in capsys.readouterr().err


def test_databases_that_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    queries = write_queries(tmp_path / "queries")
    missing = tmp_path / "none.db"
    command = ["sql", "types", str(queries), "-o", str(tmp_path / "x.py")]
    assert main([*command, "--url", f"sqlite:///{missing}"]) == 1
    assert f"there is no database file at {missing}" in capsys.readouterr().err
    assert not missing.exists()
    assert main([*command, "--url", "oracle://scott:tiger@h/x"]) == 1
    assert "tiger" not in capsys.readouterr().err


def test_all_dialects_together(
    rawdb_servers: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Types that differ become unions; where all agree they are one."""
    urls = {name: create_database(server) for name, server in rawdb_servers.items()}
    for url in urls.values():
        make_tables(str(url))
    queries = write_queries(tmp_path / "queries")
    command = [word for url in urls.values() for word in ("--url", str(url))]
    output = tmp_path / "statements.py"
    assert main(["sql", "types", str(queries), *command, "-o", str(output)]) == 0, capsys.readouterr().err
    module = imported(output)
    totals = hints(module.OrderTotalsRow)
    assert (totals["name"], totals["orders"], totals["email"]) == (str, int, str)
    assert totals["total"] == (Decimal | float if len(urls) > 1 else float)
    assert totals["last_placed"] == (datetime | str if len(urls) > 1 else str)
    assert main(["sql", "types", str(queries), *command, "-o", str(output), "--check"]) == 0


DOCUMENTS = """
-- name: papers()
-- Columns of documents, and what an expression makes of one.
SELECT p.*, COALESCE(p.meta, 'x') AS text, (SELECT q.tags FROM papers AS q WHERE q.id = p.id) AS others
  FROM papers AS p;

-- name: paper_load(id)!
-- A row.
INSERT INTO papers (/*{columns}*/ id /*{}*/) VALUES /*{rows}*/ (:id) /*{}*/;

-- name: paper_set(meta, doc, id)!
-- By parameters.
UPDATE papers SET meta = :meta, doc = :doc WHERE id = :id;
"""
PAPERS = """table,column,type,nullable,default,on_update,primary_key,autoincrement
papers,id,int,no,,,yes,no
papers,doc,json,no,,,no,no
papers,meta,json_dict,no,,,no,no
papers,tags,json_list,no,,,no,no
papers,gone,soft_delete,no,,,no,no
papers,few,smallint,no,,,no,no
"""


def test_documents(tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "papers.sql").write_text(DOCUMENTS)
    (tmp_path / "columns.csv").write_text(PAPERS)
    file = tmp_path / "statements.py"
    arguments = [str(tmp_path / "queries"), "--schema", str(tmp_path / "columns.csv"), "-o", str(file)]
    assert main(["sql", "types", *arguments]) == 0
    module = imported(file)
    columns = {"id": int, "doc": Any, "meta": dict[str, Any], "tags": list[Any], "gone": int, "few": int}
    assert hints(module.PapersRow) == {**columns, "text": Any, "others": list[Any] | None}
    values = hints(module.PaperLoadValues)
    assert (values["doc"], values["few"]) == (Json, int)
    assert (values["meta"], values["tags"]) == (NotRequired[dict[str, Any]], NotRequired[list[Any]])
    assert values["gone"] == NotRequired[int]
    given = hints(module.Statements.paper_set)
    assert (given["meta"], given["doc"]) == (dict[str, Any], Json)
