"""The front of the package: what it offers, what it loads, and that docs/stability.md knows every public name."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import rawdb
import rawdb.rows

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "stability.md").read_text(encoding="utf-8")
#: Modules whose public names are all listed on the page; of the errors those that are not of one operation.
LISTED = [
    "rawdb.migrate",
    "rawdb.schema",
    "rawdb.retry",
    "rawdb.tables",
    "rawdb.criteria",
    "rawdb.paging",
    "rawdb.testing",
]


def in_a_new_process(script: str) -> list[str]:
    """The words that a script prints."""
    code = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{script}"
    command = [sys.executable, "-W", "error", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the page."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names(cell: str) -> list[str]:
    """The names in a cell; words like `a.md` and `rawdb.x` are none."""
    return re.findall(r"`(\w+)`", cell)


def modules() -> dict[str, list[str]]:
    """Names by module, as the page lists them."""
    return {
        module: [name for cell in cells for name in names(cell)]
        for first, *cells in rows("Modules")
        for module in re.findall(r"`([\w.]+)`", first)
    }


def test_import_loads_nothing() -> None:
    script = "import rawdb\nprint(*[name for name in sys.modules if name.split('.')[0] in ('rawdb', 'aiosql', 'yoyo')])"
    assert in_a_new_process(script) == ["rawdb"]


def test_the_front_loads_nothing_of_the_cloud() -> None:
    loaded = in_a_new_process(f"from rawdb import {', '.join(rawdb.__all__)}\nprint(*sys.modules)")
    assert "rawdb.engine.database" in loaded
    of_the_cloud = ("rawdb.api", "rawdb.operations", "rawdb.compat", "rawdb.exceptions.api", "rawdb.cli", "yoyo")
    assert [name for name in loaded if name.startswith(of_the_cloud)] == []
    assert not {"psycopg", "pymysql", "sqlite3"} & set(loaded), "a driver is loaded with the first database"


@pytest.mark.dialects("sqlite")
def test_own_sql_loads_and_makes_nothing_of_the_cloud(dialect: str, tmp_path: Path) -> None:
    folder = tmp_path / "queries"
    folder.mkdir()
    (folder / "one.sql").write_text("-- name: one()$\n-- One.\nSELECT 1 AS one;\n")
    script = f"""
from rawdb import Database
database = Database("sqlite:///{tmp_path / "mine.db"}", queries={str(folder)!r})
with database.writer.using(None) as sql:
    assert sql.one() == 1
    assert not sql.execute("SELECT name FROM sqlite_master").rows
database.dispose()
print(*sys.modules)
"""
    loaded = in_a_new_process(script)
    assert [
        name for name in loaded if name.startswith(("rawdb.api", "rawdb.operations", "rawdb.exceptions.api_"))
    ] == []


def test_an_operation_loads_its_own_domain() -> None:
    script = """
import rawdb.api
print(*[name for name in sys.modules if name.startswith(("rawdb.", "logging", "typing_extensions"))])
rawdb.api.key_pair_get
print("--")
print(*sys.modules)
"""
    words = in_a_new_process(script)
    before, after = words[: words.index("--")], words[words.index("--") + 1 :]
    assert before == ["rawdb.api"]
    domains = {
        name for name in after if name.startswith("rawdb.operations.") and not name.split(".")[2].startswith("_")
    }
    assert domains == {"rawdb.operations.key_pairs"}
    assert not {"psycopg", "pymysql", "sqlite3", "aiosql", "yoyo", "asyncio", "importlib.metadata"} & set(after)


def test_a_first_call_loads_what_it_needs(migrated_url: str) -> None:
    script = f"""
import rawdb
from rawdb.context import RequestContext
rawdb.configure(connection={migrated_url!r})
try:
    rawdb.api.key_pair_get(RequestContext("u", "p"), "u", "k")
except rawdb.exceptions.NotFound:
    print(*sys.modules)
"""
    loaded = in_a_new_process(script)
    assert "rawdb.operations.key_pairs" in loaded
    statements = ("criteria", "live", "of_tables", "queries", "relations", "seeking", "variants")
    seldom = {
        "rawdb.dialects.catalogs",
        "rawdb.engine.scripts",
        *(f"rawdb.statements.{name}" for name in statements),
        *(f"rawdb.rows.{name}" for name in ("_tables1", "_tables2", "_tables3", "_statements", "_shown")),
    }
    for name in seldom:
        assert importlib.util.find_spec(name), f"there is no {name}"
    if migrated_url.startswith("sqlite"):
        seldom |= {"rawdb.dialects.wire", "uuid", "random", "difflib"}
    assert seldom & set(loaded) == set()


def test_all_operations_by_a_star() -> None:
    script = """
import rawdb.api
from rawdb.api import *
print(key_pair_get is rawdb.api.key_pair_get, QUOTA_SYNC_FUNCTIONS is rawdb.api.QUOTA_SYNC_FUNCTIONS)
print(sorted(dir(rawdb.api)) == sorted(rawdb.api.__all__))
"""
    assert in_a_new_process(script) == ["True", "True", "True"]


def test_the_lists_of_operations_agree() -> None:
    tree = ast.parse(Path(str(rawdb.api.__file__)).with_suffix(".pyi").read_text())
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    seen = [(str(node.module), alias.name) for node in imports for alias in node.names if alias.name == alias.asname]
    assert seen == [(module, name) for name, module in vars(rawdb.api)["_HOME"].items()]
    assert sorted(seen) == seen, "by domain and name"
    for module, name in seen:
        assert module.startswith("rawdb.operations.")
        assert getattr(rawdb.api, name) is getattr(importlib.import_module(str(module)), name)


def seen_by_type_checkers(module: ModuleType) -> list[tuple[ast.ImportFrom, ast.alias]]:
    """What a module imports for type checkers alone."""
    tree = ast.parse(Path(str(module.__file__)).read_text())
    typed = next(node for node in tree.body if isinstance(node, ast.If))
    return [(node, alias) for node in ast.walk(typed) if isinstance(node, ast.ImportFrom) for alias in node.names]


def test_every_name_is_there_and_the_lists_agree() -> None:
    assert {alias.name for _, alias in seen_by_type_checkers(rawdb)} == {*rawdb.__all__, *rawdb._MODULES}
    assert sorted(rawdb._HOME) == sorted(rawdb.__all__)
    assert {*rawdb.__all__, *rawdb._MODULES} <= set(dir(rawdb))
    for name, home in rawdb._HOME.items():
        assert getattr(rawdb, name) is getattr(importlib.import_module(home), name)
    for name in rawdb._MODULES:
        assert isinstance(getattr(rawdb, name), ModuleType)


def test_no_other_name_is_there() -> None:
    for module in (rawdb, rawdb.api, rawdb.exceptions, rawdb.rows):
        with pytest.raises(AttributeError, match=f"module '{module.__name__}' has no attribute 'zork'"):
            _ = module.zork


def test_errors_of_the_operations_are_loaded_when_asked_for() -> None:
    script = """
import rawdb.exceptions
assert "rawdb.exceptions.api_network" not in sys.modules
from rawdb.exceptions import NoMoreFixedIps
assert NoMoreFixedIps is rawdb.exceptions.api_network.NoMoreFixedIps
assert {"DBError", "NoMoreFixedIps", "NotFound"} <= set(rawdb.exceptions.__all__)
from rawdb.exceptions import *
print(OverQuota.__name__)
"""
    assert in_a_new_process(script) == ["OverQuota"]


def test_the_front_is_on_the_page() -> None:
    listed = [name for first, *_ in rows("The front") for name in names(first)]
    assert sorted(listed) == sorted(rawdb.__all__)
    assert {status for *_, status in rows("The front")} == {"stable", "provisional"}


@pytest.mark.parametrize("module", LISTED)
def test_a_module_is_on_the_page(module: str) -> None:
    assert sorted(modules()[module]) == sorted(importlib.import_module(module).__all__)


def test_the_errors_are_on_the_page() -> None:
    from rawdb.exceptions import base, toolkit

    assert sorted(modules()["rawdb.exceptions"]) == sorted([*base.__all__, *toolkit.__all__])


@pytest.mark.parametrize("module", modules())
def test_what_the_page_lists_is_there_and_says_what_it_is(module: str) -> None:
    imported = importlib.import_module(module)
    assert imported.__doc__
    for name in [*modules()[module], *getattr(imported, "__all__", ())]:
        found = getattr(imported, name)
        if module == "rawdb.exceptions" or not (inspect.isclass(found) or inspect.isfunction(found)):
            continue
        assert inspect.getdoc(found), f"{module}.{name} has no docstring"


def test_one_place_for_the_version() -> None:
    places = [
        path for path in [ROOT / "pyproject.toml", *ROOT.glob("rawdb/**/*.py")] if rawdb.__version__ in path.read_text()
    ]
    assert places == [Path(rawdb.__file__)]
