"""Random expressions on live servers: what is written of them, by a server or the text alone, is what comes back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

import rawdb
from rawdb.schema import inspect
from rawdb.typed.folder import Folder, read_folder
from rawdb.typed.module import module_text
from tests.support.shapes import faults, hints
from tests.typed.shop import imported, make_tables, write_queries

NUMBERS = ("o.id", "c.id", "o.total", "o.pieces", "o.weight", "c.deleted", "7", "NULLIF(o.id, 2)", "LENGTH(c.email)")
TEXTS = ("c.name", "c.email", "'x'", "UPPER(c.email)", "TRIM(c.name)")
TIMES = ("o.placed", "(SELECT MAX(x.placed) FROM orders AS x WHERE x.id = c.id)")
DAYS = ("o.date", "(SELECT x.date FROM orders AS x WHERE x.id = o.id)")
TESTS = (
    "o.is_paid",
    "c.id IS NULL",
    "c.email = 'x'",
    "o.id IN (1, 2)",
    "EXISTS (SELECT 1 FROM orders AS x WHERE x.id = c.id)",
)


def _joined(sign: str, operands: tuple[str, str]) -> str:
    return f"({operands[0]} {sign} {operands[1]})"


def expressions() -> some.SearchStrategy[str]:
    """Expressions of one kind: numbers, texts, moments, days or conditions."""
    conditions = some.recursive(
        some.sampled_from(TESTS),
        lambda one: some.one_of(
            some.tuples(one, some.sampled_from(["AND", "OR"]), one).map(lambda parts: f"({' '.join(parts)})"),
            one.map(lambda inner: f"NOT ({inner})"),
        ),
        max_leaves=3,
    )

    def of(leaves: tuple[str, ...], operators: tuple[str, ...] = ()) -> some.SearchStrategy[str]:
        return some.recursive(
            some.sampled_from(leaves),
            lambda one: some.one_of(
                some.tuples(one, one).map(lambda two: f"COALESCE({two[0]}, {two[1]})"),
                some.tuples(conditions, one, one).map(lambda c: f"CASE WHEN {c[0]} THEN {c[1]} ELSE {c[2]} END"),
                some.tuples(conditions, one).map(lambda c: f"CASE WHEN {c[0]} THEN {c[1]} END"),
                *(some.tuples(one, one).map(partial(_joined, sign)) for sign in operators),
            ),
            max_leaves=4,
        )

    return some.one_of(of(NUMBERS, ("+", "-", "*")), of(TEXTS), of(TIMES), of(DAYS), conditions)


@pytest.mark.slow
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(found=some.lists(expressions(), min_size=30, max_size=30))
def test_random_expressions(database_url: str, dialect: str, tmp_path: Path, found: list[str]) -> None:
    if not inspect(database_url):
        make_tables(database_url)
    text = "".join(
        f"\n-- name: s{number}()\n-- One.\nSELECT {one} AS it\n  FROM orders AS o\n"
        f"       LEFT JOIN customers AS c ON c.id = o.customer_id AND c.deleted = 0;\n"
        for number, one in enumerate(found)
    )
    queries = write_queries(tmp_path / "queries", text, dialect)
    asked = read_folder(queries, [database_url])
    assert not asked.faults
    sides = [replace(side, prepared={}) for side in asked.sides]
    read = Folder(sides, {name: [side.shape(name) for side in sides] for name in asked.shapes}, [])
    for number, told in enumerate((asked, read)):
        path = tmp_path / f"m{number}_{abs(hash(text))}.py"
        path.write_text(module_text(told, "queries"))
        module: Any = imported(path)
        with rawdb.Database(database_url, queries=queries) as database, database.reader.using() as sql:
            for index, one in enumerate(found):
                expected = hints(getattr(module.Statements, f"s{index}"))["return"]
                assert faults(getattr(sql, f"s{index}")(), expected) == [], one
        known = [hints(getattr(module, f"S{index}Row"))["it"] is not Any for index in range(len(found))]
        assert sum(known) >= len(found) * 0.8, "what is Any is no guess"
