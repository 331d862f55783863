"""The migrations lead up and down, with rows in the tables, and the tables are what they make."""

from __future__ import annotations

from rawdb.testing import assert_no_drift, walk
from warehouse import MIGRATIONS


def test_every_step_up_and_down(rawdb_database: str) -> None:
    steps = walk(rawdb_database, MIGRATIONS, samples={"orders.state": "placed", "articles.details": "{}"})
    assert [step.number for step in steps if step.direction == "up"] == [1, 1, 2, 2, 3, 3]
    assert [step.number for step in steps if step.direction == "down"] == [1, 2, 3, 3, 2, 1]


def test_the_tables_are_what_the_migrations_make(rawdb_schema: str) -> None:
    assert_no_drift(rawdb_schema, MIGRATIONS)
