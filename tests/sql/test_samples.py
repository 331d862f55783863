"""The files run as they stand: each statement with the samples in its slots, no engine between it and the server."""

from __future__ import annotations

import re
import sqlite3

import pytest

from rawdb.schema import declared
from rawdb.statements.statement import Statement
from tests.sql import house, plans


def _columns_of_the_sample(statement: Statement) -> set[str]:
    words = re.search(r"\(/\*\{columns\}\*/(.*?)/\*\{\}\*/\)", statement.text, re.DOTALL)
    return set() if words is None else {word.strip(" `\n") for word in words[1].split(",")}


def test_new_rows_have_all_that_they_must_have(dialect: str) -> None:
    schema = declared(dialect)
    faults = []
    tried = 0
    for statement in house.effective(dialect).values():
        if not plans.adds_rows(statement) or statement.table is None:
            continue
        tried += 1
        columns = schema[statement.table.name].columns.values()
        needed = {one.name for one in columns if not one.nullable and one.default is None and not one.autoincrement}
        if missing := needed - _columns_of_the_sample(statement):
            faults.append(f"{statement.location} {statement.name}: without {', '.join(sorted(missing))}")
    assert tried > 20
    assert not faults, "\n" + "\n".join(faults)


def test_an_embedded_database_runs_every_text_as_it_stands(
    rawdb_servers: dict[str, str], request: pytest.FixtureRequest
) -> None:
    migrated = request.getfixturevalue("migrated_databases").take("sqlite", "empty")
    raw = sqlite3.connect(migrated.partition("///")[2], isolation_level=None)
    faults = []
    for statement in house.effective("sqlite").values():
        given = {name: _value(name) for name in re.findall(r"(?<![:\w]):(\w+)", statement.text)}
        raw.execute("BEGIN")
        try:
            raw.execute(statement.text, given).fetchall()
        except sqlite3.Error as error:
            faults.append(f"{statement.location} {statement.name}: {error}")
        finally:
            raw.execute("ROLLBACK")
    raw.close()
    assert not faults, "\n" + "\n".join(faults)


def _value(name: str) -> object:
    return 1 if name.endswith(("id", "limit", "size", "delta", "in_use", "reserved", "version")) else "x"
