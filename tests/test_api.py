"""The front door: names, signatures, homes and docstrings of the operations that `rawdb.api` offers.

data/operations.csv lists every documented operation; the package must be exactly as listed.
"""

from __future__ import annotations

import csv
import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from tests.sql import house
from tests.support.signatures import expected_shape, shape

ROOT = Path(__file__).resolve().parents[1]
QUERIES = ROOT / "sql" / "queries"

# Names of the front door that are data and not operations.
REGISTRIES = frozenset({"PER_PROJECT_QUOTAS", "QUOTA_SYNC_FUNCTIONS"})
# Constraints are values that other operations take; they have no statements of their own.
DOMAINS_WITHOUT_SQL = frozenset({"constraints"})


class Documented(NamedTuple):
    """One line of the list."""

    operation: str
    domain: str
    signature: str


def _documented() -> dict[str, Documented]:
    with (Path(__file__).parent / "data" / "operations.csv").open(newline="", encoding="utf-8") as lines:
        rows = [Documented(**row) for row in csv.DictReader(lines)]
    names = [row.operation for row in rows]
    assert names == sorted(set(names)), "operations.csv is not sorted, or lists a name twice"
    return {row.operation: row for row in rows}


DOCUMENTED = _documented()


@pytest.fixture(scope="module")
def api() -> ModuleType:
    return importlib.import_module("rawdb.api")


@pytest.fixture(scope="module")
def offered(api: ModuleType) -> dict[str, Any]:
    """The operations that the front door offers now: name and function."""
    names = [name for name in api.__all__ if name not in REGISTRIES]
    assert names, "rawdb.api offers no operation at all"
    return {name: getattr(api, name) for name in names}


def _report(problems: list[str]) -> None:
    assert not problems, "\n" + "\n".join(problems)


def test_the_list_of_operations() -> None:
    assert len(DOCUMENTED) == 371
    for documented in DOCUMENTED.values():
        assert documented.operation.isidentifier()
        assert documented.domain.isidentifier()
        assert expected_shape(documented.signature)


@pytest.mark.parametrize(
    "function",
    [
        lambda context, key=None: None,
        lambda context, key, /: None,
        lambda context, *, key: None,
        lambda context, keys: None,
        lambda key, context: None,
        lambda context, *key: None,
        lambda context, **key: None,
        lambda context: None,
        lambda context, key, more=1: None,
    ],
)
def test_other_signatures_have_another_shape(function: Callable[..., Any]) -> None:
    assert shape(function) != expected_shape("context, key")


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("context, key", lambda context, key: None),
        ("context, key=None, *, more=False", lambda context, key=None, *, more=False: None),
        ("context, key='a', /", lambda context, key="a", /: None),
        ("*values", lambda *values: None),
        ("**conditions", lambda **conditions: None),
    ],
)
def test_the_same_signature_has_the_same_shape(text: str, function: Callable[..., Any]) -> None:
    assert shape(function) == expected_shape(text)


def test_equal_defaults_of_other_types_differ() -> None:
    assert expected_shape("flag=False") != expected_shape("flag=0")


def test_all_and_nothing_else(offered: dict[str, Any]) -> None:
    assert sorted(offered) == sorted(DOCUMENTED)
    assert len(DOCUMENTED) == 371


def test_only_documented_names_are_offered(offered: dict[str, Any]) -> None:
    _report([f"{name} is not documented" for name in offered if name not in DOCUMENTED])


def test_all_is_sorted_and_without_repetition(api: ModuleType) -> None:
    assert list(api.__all__) == sorted(set(api.__all__))


def test_all_is_complete(api: ModuleType) -> None:
    """What the modules of operations define of the list is offered, and it is that very function."""
    problems = []
    for documented in DOCUMENTED.values():
        if not house.has_module(documented.domain):
            continue
        module = importlib.import_module(f"rawdb.operations.{documented.domain}")
        function = getattr(module, documented.operation, None)
        if function is None:
            continue
        if documented.operation not in api.__all__:
            problems.append(f"{documented.operation} exists in {module.__name__} but is not in rawdb.api.__all__")
        elif getattr(api, documented.operation) is not function:
            problems.append(f"rawdb.api.{documented.operation} is not the function of {module.__name__}")
    _report(problems)


def test_no_public_operation_hides_beside_all(api: ModuleType) -> None:
    hidden = [
        name
        for name, value in vars(api).items()
        if not name.startswith("_")
        and name not in api.__all__
        and str(getattr(value, "__module__", "")).startswith("rawdb.operations.")
    ]
    _report([f"rawdb.api.{name} is public but not in __all__" for name in hidden])


def test_signatures(offered: dict[str, Any]) -> None:
    problems = []
    for name, function in offered.items():
        if name in DOCUMENTED and shape(function) != expected_shape(DOCUMENTED[name].signature):
            is_now = ", ".join(
                str(p.replace(annotation=p.empty)) for p in inspect.signature(function).parameters.values()
            )
            problems.append(f"{name}({is_now}), documented is ({DOCUMENTED[name].signature})")
    _report(problems)


def test_homes(offered: dict[str, Any]) -> None:
    """An operation is named alike in the package and at its home, which is the module of its domain."""
    problems = []
    for name, function in offered.items():
        home = f"rawdb.operations.{DOCUMENTED[name].domain}" if name in DOCUMENTED else None
        if home is not None and function.__module__ != home:
            problems.append(f"{name} lives in {function.__module__} and not in {home}")
        if function.__name__ != name:
            problems.append(f"{name} calls itself {function.__name__}")
    _report(problems)


def test_sql_files(offered: dict[str, Any]) -> None:
    domains = {DOCUMENTED[name].domain for name in offered if name in DOCUMENTED} - DOMAINS_WITHOUT_SQL
    _report(
        [f"no sql/queries/*/{domain}.sql" for domain in sorted(domains) if not any(QUERIES.glob(f"*/{domain}.sql"))]
    )


def test_docstrings(offered: dict[str, Any]) -> None:
    """The first line is a sentence of its own: a full stop ends it, and a blank line or nothing follows."""
    problems = []
    for name, function in offered.items():
        lines = (inspect.getdoc(function) or "").splitlines()
        if not lines or not lines[0].strip():
            problems.append(f"{name} has no docstring")
        elif not lines[0].endswith("."):
            problems.append(f"{name}: the first line of the docstring is no whole sentence: {lines[0]!r}")
        elif len(lines) > 1 and lines[1].strip():
            problems.append(f"{name}: no blank line after the first line of the docstring")
    _report(problems)


def test_the_quota_registry_is_there_once_quotas_are(api: ModuleType, offered: dict[str, Any]) -> None:
    if "quota_reserve" in offered:
        assert isinstance(api.QUOTA_SYNC_FUNCTIONS, dict)
        assert "QUOTA_SYNC_FUNCTIONS" in api.__all__
