"""Which rows InnoDB locks for a statement that writes, against those that it changes.

What an UPDATE reads on its way to its rows stays locked until the transaction ends, changed or not, and stops others
who have nothing to do with it. The ranges that writers read are therefore as narrow as the rows they change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rawdb.dialects import ConnectionOptions, Dialect, get_dialect, parse_url
from rawdb.exceptions import DBError
from rawdb.statements.statement import Statement
from tests.sql import house, plans, skewed

#: Locks of a changed row: its entries in the index read and in the primary key, before and after, and the gap behind.
PER_ROW = 8
#: Locks of a statement that changes nothing: gaps, and the few rows of one instance, group or user that do not match.
AT_LEAST = 12
#: Statements whose range holds more, and what keeps that from harming anybody.
WIDER = {
    "quota_usage_update": "the usages of one project, which is locked before",
    "security_group_destroy__instances": "the members of one group, those that have left it included",
}
#: Statements that change no row of the samples, and why.
IN_VAIN = {
    "block_device_mapping_update_or_create__other_swaps": "the disks of the first instance are no swap",
    "security_group_ensure_default__usage": "no usage of the first project is of security groups",
}

pytestmark = pytest.mark.dialects("mysql")


@pytest.fixture
def innodb(loaded_url: Callable[[str], str], dialect: str) -> Iterator[tuple[Dialect, Any]]:
    """A driver connection to a database with skewed rows."""
    spoken = get_dialect(dialect)
    raw = spoken.connect(parse_url(loaded_url(dialect)), ConnectionOptions())
    yield spoken, raw
    spoken.close(raw)


def locked(dialect: Dialect, raw: Any) -> int:
    """The rows that the open transaction of a connection has locked."""
    [[number]] = dialect.run(raw, "SELECT CONNECTION_ID()", {}).rows
    [[_, _, status]] = dialect.run(raw, "SHOW ENGINE INNODB STATUS", {}).rows
    for transaction in status.split("---TRANSACTION")[1:]:
        if re.search(rf"thread id {number}\b", transaction):
            found = re.search(r"(\d+) row lock\(s\)", transaction)
            return int(found[1]) if found else 0
    return 0


def test_writers_lock_the_rows_they_change_and_hardly_more(innodb: tuple[Dialect, Any]) -> None:
    dialect, raw = innodb
    faults = []
    effects: dict[str, int] = {}
    for statement in house.effective("mysql").values():
        if not plans.writes(statement) or plans.adds_rows(statement):
            continue
        for variant in plans.every_variant(statement, dialect):
            if plans.is_free(variant) or not plans.is_telling(variant, statement):
                continue
            dialect.run(raw, "BEGIN", {})
            try:
                result = dialect.run(raw, variant.text, variant.parameters)
                changed = len(result.rows) or result.matched
                rows = locked(dialect, raw)
            except Exception as error:
                # The sample takes the key of another row.
                assert isinstance(dialect.translate(error), DBError)
                continue
            finally:
                dialect.run(raw, "ROLLBACK", {})
            effects[statement.name] = max(changed, effects.get(statement.name, 0))
            if rows > PER_ROW * changed + AT_LEAST and statement.name not in WIDER:
                faults.append(f"{statement.location} {statement.name} ({variant.label}): {rows} locks, {changed} rows")
    assert len(effects) > 250
    assert {name for name, changed in effects.items() if not changed} == IN_VAIN.keys()
    assert not faults, "\n" + "\n".join(faults)


def frequent(dialect: Dialect, raw: Any, statement: Statement) -> dict[str, Any]:
    """For the parameters of a statement that are called like columns of its table, the values that most rows have."""
    names = {table for table in re.findall(r"\b(?:FROM|UPDATE)\s+(\w+)", statement.text) if table in skewed.tables()}
    found = {"user_key": "huge"}
    for table in sorted(names & {statement.target} or names):
        for name in skewed.tables()[table].columns.keys() & set(statement.parameters) - {"id", "deleted"}:
            column = dialect.quote(name)
            counted = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL GROUP BY {column}"
            [[found[name]]] = dialect.run(raw, f"{counted} ORDER BY COUNT(*) DESC LIMIT 1", {}).rows
    return found


def test_who_owns_much_of_a_table_locks_nothing_of_others(innodb: tuple[Dialect, Any]) -> None:
    """Where many rows have a value, a planner would rather read the table; what writes so stops everybody."""
    dialect, raw = innodb
    faults, owners = set(), set()
    for statement in house.effective("mysql").values():
        if not plans.writes(statement) or plans.adds_rows(statement) or plans.may_read_whole(statement):
            continue
        values = frequent(dialect, raw, statement)
        owners |= {name for name, value in values.items() if value in ("huge", 2)}
        for variant in plans.every_variant(statement, dialect, values):
            if plans.is_free(variant) or not plans.is_telling(variant, statement):
                continue
            for access in plans.accesses(dialect, raw, statement, variant):
                if access.whole or access.index is None:
                    faults.add(f"{statement.location} {statement.name} ({variant.label}) reads all of {access.table}")
    assert owners >= {"network_id", "project_id", "security_group_id", "user_id"}
    assert not faults, "\n" + "\n".join(sorted(faults))


def test_a_wide_range_is_seen(innodb: tuple[Dialect, Any]) -> None:
    dialect, raw = innodb
    dialect.run(raw, "BEGIN", {})
    assert locked(dialect, raw) == 0
    changed = dialect.run(raw, "UPDATE services SET disabled_reason = 'x' WHERE report_count = 99", {}).matched
    assert (changed, locked(dialect, raw) > 1000) == (0, True)
    dialect.run(raw, "ROLLBACK", {})
