"""Rows as databases hold them after some years: for plans that are made for these, not for a table of equal strangers.

30 % of the rows are soft-deleted, and each of these has the key of a live one. One project and one user own two fifths
of everything, some hundreds share the rest. Words like states repeat, children hang on their parents, every column
that may be NULL sometimes is. The values that statements are explained with (`x`, 1, the time of `MOMENT`) are there:
a few rows of each.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from rawdb.dialects import Dialect
from rawdb.statements.columns import Column, Table, load_tables
from tests.sql import house

#: Rows of each table, but for those that `TIMES` multiplies.
ROWS = 2000
#: The long form: so many rows for each instance.
TIMES = {
    "instances": 1.0,
    "instance_metadata": 1.0,
    "instance_system_metadata": 1.0,
    "instance_info_caches": 0.2,
    "instance_faults": 0.2,
    "instance_actions": 0.5,
    "instance_actions_events": 0.5,
    "block_device_mapping": 0.5,
    "security_group_instance_association": 0.5,
    "fixed_ips": 0.5,
    "virtual_interfaces": 0.5,
    "floating_ips": 0.1,
    "security_groups": 0.1,
    "security_group_rules": 0.3,
    "shares": 0.1,
    "share_snapshots": 0.1,
    "migrations": 1.0,
    "reservations": 1.0,
    "quota_usages": 0.2,
}

#: The moment that samples of times are.
MOMENT = "2014-06-01 12:30:00.123456"
#: The n-th hour from then on.
_HOUR = {
    "postgresql": "TIMESTAMP '2014-06-01 12:30:00.123456' + ({}) * INTERVAL '1 hour'",
    "mysql": "DATE_ADD('2014-06-01 12:30:00.123456', INTERVAL ({}) HOUR)",
    "sqlite": "STRFTIME('%Y-%m-%d %H:30:00.123456', '2014-06-01 12:00:00', '+' || ({}) || ' hour')",
}
_LARGE = {"project_id", "user_id"}
#: The column that makes the unique keys of a table unique, where it is not their last one.
_CARRIERS = {"services": "host"}
#: Tables that PostgreSQL would rather read as a whole, were they small.
_LARGER = dict.fromkeys(
    (
        *("aggregates", "aggregate_hosts", "fixed_ips", "floating_ips", "instances", "networks", "quota_usages"),
        *("security_groups", "security_group_instance_association", "virtual_interfaces"),
    ),
    4,
)
#: Columns whose rows hang together in a way of their own. An expression over n, the number of a row, and m, the number
#: that it shares with the deleted row of its key: in a text or an integer 1 stands for the value of the samples, in a
#: time for an hour, in a boolean for itself. Moduli without a common factor make pairs that are all different, and let
#: deleted rows be anywhere.
_SHAPES = {
    "aggregate_hosts": {"host": "1 + (m - 1) % 2801", "aggregate_id": "1 + (m - 1) % 97 * 80"},
    "aggregate_metadata": {"aggregate_id": "1 + (m - 1) % 503 * 15", "key": "1 + (m - 1) % 101"},
    "compute_node_stats": {"compute_node_id": "1 + (n - 1) % 201"},
    "consoles": {"pool_id": "1 + (n - 1) % 101"},
    # One network holds two fifths. Of ten addresses five are allocated and two were released; the rest was never used.
    "fixed_ips": {
        "network_id": "CASE WHEN n % 5 IN (2, 4) THEN 2 WHEN n % 161 <> 8 THEN 1 + (n - 1) % 161 * 49 END",
        "instance_uuid": "CASE WHEN n % 10 < 7 THEN n - (n - 1) % 2 END",
        "virtual_interface_id": "CASE WHEN n % 10 < 7 THEN n END",
        "allocated": "n % 10 < 5",
        "reserved": "n % 50 = 8",
        "host": "CASE WHEN n % 40 = 1 THEN 1 + (n - 1) % 1000 END",
        "updated_at": "CASE WHEN n % 10 < 7 THEN n % 1000 - 10 END",
    },
    # Half of the addresses of each pool are free.
    "floating_ips": {
        "pool": "CASE WHEN n % 5 IN (2, 4) THEN 2 ELSE 1 + (n - 1) % 41 END",
        "project_id": "CASE WHEN n % 82 > 41 THEN CASE WHEN n % 5 IN (2, 4) THEN 2 ELSE 1 + (n - 42) % 249 END END",
        "fixed_ip_id": "CASE WHEN n % 82 > 41 AND n % 3 <> 1 THEN n - 41 END",
        "host": "CASE WHEN n % 82 > 41 THEN 1 + (n - 42) % 415 END",
    },
    "instances": {"host": "CASE WHEN n % 20 <> 7 THEN 1 + (n - 1) % 4001 END"},
    # Two fifths are nobody's yet; a project has one or two, and one has many. A third is served by any host.
    "networks": {
        "project_id": "CASE WHEN n % 20 = 2 THEN 2 WHEN n % 5 IN (0, 1, 2) THEN 1 + (n - 1) % 1701 END",
        "host": "CASE WHEN n % 3 <> 2 THEN 1 + (n - 1) % 801 END",
        "uuid": "n",
    },
    # One group holds two fifths.
    "security_group_instance_association": {
        "security_group_id": "CASE WHEN n % 5 IN (2, 4) THEN 2 ELSE 1 + (n - 1) % 161 * 49 END"
    },
    "security_group_rules": {
        "parent_group_id": "1 + (n - 1) % 401",
        "group_id": "CASE WHEN n % 3 = 1 THEN 1 + (n - 1) % 401 END",
    },
    "share_network_security_service_association": {
        "share_network_id": "1 + (m - 1) % 701",
        "security_service_id": "1 + (m - 1) % 997",
    },
    # One task runs on every host in every period.
    "task_log": {
        "task_name": "CASE WHEN n % 9 = 8 THEN 2 ELSE 1 END",
        "host": "1 + (n - 1) % 211",
        "period_beginning": "(n - 1) % 53",
        "period_ending": "(n - 1) % 53",
    },
    "virtual_interfaces": {
        "network_id": "CASE WHEN n % 5 IN (2, 4) THEN 2 ELSE 1 + (n - 1) % 161 * 49 END",
        "instance_uuid": "n - (n - 1) % 2",
        "uuid": "n",
    },
    "volume_usage_cache": {"volume_id": "n"},
}
#: A deleted row has the key of a live one just before it.
_TWIN = "(CASE WHEN n % 10 = 3 THEN n - 2 WHEN n % 10 IN (6, 9) THEN n - 1 ELSE n END)"
#: What samples of a kind are, where it is not `x`.
_FIRST = {"ip": "10.0.0.1", "cidr": "10.0.0.0/24"}
#: Words that statements look for in their own text, each rare or not as it is in life.
_WORDS: dict[str, tuple[Any, ...]] = {
    "vm_state": ("active", ("soft-delete", 20), ("error", 40)),
    "task_state": (None, ("rebooting", 200), ("scheduling", 40)),
    "status": ("confirmed", ("finished", 50), ("migrating", 40), ("error", 30), ("allocated", 4), ("available", 10)),
    "topic": ("compute", ("x", 20), ("network", 3)),
    "resource": ("cores", ("security_groups", 5), ("ram", 2)),
    "guest_format": (None, ("swap", 5)),
    "source_type": ("image", ("blank", 5), ("volume", 3)),
    "key": ("role", ("x", 7), ("owner", 2)),
}
#: Ids of parents, all over their table.
_PARENT = f"CASE WHEN n <= 3 THEN 1 ELSE 1 + n * 7919 % {ROWS * 4} END"
_FEW = " OR n = ".join(("n = 1", "2", "3"))
_SOME = "n % 97 = 1"
_RENEW = {"postgresql": "VACUUM ANALYZE", "mysql": "ANALYZE TABLE {}", "sqlite": "SELECT 1"}


@cache
def tables() -> Mapping[str, Table]:
    """The declared tables."""
    return load_tables(house.ROOT / "sql" / "schema" / "columns.csv")


@cache
def indexes() -> Mapping[str, tuple[str, bool, tuple[str, ...]]]:
    """By name of each declared index: its table, whether it is unique, its columns."""
    with (house.ROOT / "sql" / "schema" / "indexes.csv").open(newline="") as text:
        return {
            line["index"]: (line["table"], line["unique"] == "yes", tuple(line["columns"].split()))
            for line in csv.DictReader(text)
        }


def load(dialect: Dialect, raw: Any, instances: int = ROWS) -> None:
    """Fill every table of a migrated database, and let the server look at what there is."""
    for table in tables().values():
        count = max(ROWS * _LARGER.get(table.name, 1), int(instances * TIMES.get(table.name, 0)))
        _run(dialect, raw, _fill(table, dialect, count))
    for renew in {_RENEW[dialect.name].format(table) for table in tables()}:
        _run(dialect, raw, renew)


def _run(dialect: Dialect, raw: Any, text: str) -> None:
    dialect.run(raw, text if dialect.name == "sqlite" else text.replace("%", "%%"), {})


def _numbers(dialect: Dialect, count: int) -> str:
    # PostgreSQL's own integers are too small for what is made of them.
    one = "1::bigint" if dialect.name == "postgresql" else "1"
    places = range(len(str(count)))
    total = " + ".join(f"{10**place} * p{place}.d" for place in places)
    # The first digit of a number is at most that of the last one.
    first = int(str(count)[0])
    digits = ", ".join(f"({_digits(first if place == places[-1] else 9)}) AS p{place}" for place in places)
    return f"SELECT n FROM (SELECT {one} + {total} AS n FROM {digits}) AS every WHERE n <= {count}"


def _digits(last: int) -> str:
    return " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(last + 1))


def _fill(table: Table, dialect: Dialect, count: int) -> str:
    columns = list(table.columns.values())
    names = ", ".join(dialect.quote(column.name) for column in columns)
    values = ", ".join(_value(table, column, dialect) for column in columns)
    numbers = _numbers(dialect, count)
    return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM ({numbers}) AS numbers ORDER BY numbers.n"


def _keys(table: str) -> Iterator[tuple[str, ...]]:
    for owner, unique, columns in indexes().values():
        if owner == table and unique:
            yield columns


def _carrier(table: str, key: tuple[str, ...]) -> str:
    return _CARRIERS.get(table, [name for name in key if name != "deleted"][-1])


def _value(table: Table, column: Column, dialect: Dialect) -> str:
    """An expression over the number n."""
    kind, _, detail = column.type.rstrip(")").partition("(")
    if column.name == "deleted":
        return _deleted(column, kind, dialect)
    if shape := _SHAPES.get(table.name, {}).get(column.name):
        return _shaped(re.sub(r"\bm\b", _TWIN, shape), kind, detail, dialect)
    carrying = [key for key in _keys(table.name) if _carrier(table.name, key) == column.name]
    if column.primary_key and not column.autoincrement and kind == "string":
        return _text(dialect, "n", "CASE WHEN n = 1 THEN 'x' ELSE {} END", detail)
    if column.primary_key:
        return "n"
    if kind == "bool":
        return "n % 3 = 0" if dialect.name != "postgresql" else "(n % 3 = 0)"
    if kind == "enum":
        return f"'{detail.split('|')[0]}'"
    if kind == "datetime":
        return _time(column, dialect, unique=bool(carrying))
    if carrying:
        twins = all("deleted" in key for key in carrying)
        return _shaped(_TWIN if twins else "n", kind, detail, dialect)
    if kind in ("int", "bigint", "float"):
        return _sometimes_null(column, _PARENT if kind == "bigint" else "n % 8")
    return _word(column, dialect, detail)


def _shaped(number: str, kind: str, detail: str, dialect: Dialect) -> str:
    """The value that a number stands for."""
    if kind == "datetime":
        return _HOUR[dialect.name].format(number)
    if kind == "bool":
        return f"({number})"
    if kind in ("int", "bigint", "float"):
        return number
    first = f"CASE WHEN ({number}) = 1 THEN '{_FIRST.get(kind, 'x')}' ELSE {{}} END"
    return _text(dialect, f"({number})", first, detail)


def _deleted(column: Column, kind: str, dialect: Dialect) -> str:
    gone = "n % 10 IN (3, 6, 9)"
    if kind in ("int", "bigint"):
        return f"CASE WHEN {gone} THEN n ELSE 0 END"
    if kind == "bool":
        return f"({gone})"
    return _text(dialect, "n", f"CASE WHEN {gone} THEN {{}} ELSE '{column.default}' END", "36")


def _time(column: Column, dialect: Dialect, *, unique: bool) -> str:
    hours = _HOUR[dialect.name]
    if unique:
        return hours.format("n - 1")
    if column.name == "deleted_at":
        return f"CASE WHEN n % 10 IN (3, 6, 9) THEN {hours.format('n % 1000')} END"
    if column.name == "expire":
        # What is open is mostly not yet expired.
        return hours.format("CASE WHEN n % 10 IN (3, 6, 9) THEN 0 - n % 1000 ELSE n % 1000 - 20 END")
    if column.name == "terminated_at":
        return f"CASE WHEN n % 10 IN (3, 6, 9) THEN {hours.format('n % 1000 - 900')} END"
    if column.name == "updated_at":
        return _sometimes_null(column, hours.format("n % 1000 - 50"))
    return _sometimes_null(column, hours.format("n - n % 3"))


def _word(column: Column, dialect: Dialect, detail: str) -> str:
    name = column.name
    if name in _WORDS:
        usual, *others = _WORDS[name]
        cases = "".join(f" WHEN n % {every} = 1 THEN '{word}'" for word, every in others)
        rest = "NULL" if usual is None else f"'{usual}'"
        return f"CASE WHEN {_SOME} THEN 'x'{cases} ELSE {rest} END"
    if name in _LARGE:
        # 7919 is a prime: owners are scattered over the table.
        return _text(
            dialect,
            "(n * 7919 % 311)",
            f"CASE WHEN {_SOME} OR {_FEW} THEN 'x' WHEN n % 5 IN (2, 4) THEN 'huge' ELSE {{}} END",
            detail,
        )
    if name == "instance_uuid" or name.endswith("_id") or name == "uuid":
        text = _text(dialect, "(n - n % 4)", f"CASE WHEN {_FEW} THEN 'x' ELSE {{}} END", detail)
        return _sometimes_null(column, text)
    text = _text(dialect, "(n * 7919 % 499)", f"CASE WHEN {_SOME} OR {_FEW} THEN 'x' ELSE {{}} END", detail)
    return _sometimes_null(column, text)


def _sometimes_null(column: Column, value: str) -> str:
    return f"CASE WHEN n % 20 = 7 THEN NULL ELSE {value} END" if column.nullable else value


def _text(dialect: Dialect, number: str, frame: str, detail: str) -> str:
    text = f"CONCAT('v', {number})" if dialect.name == "mysql" else f"'v' || {number}"
    return frame.format(f"SUBSTR({text}, 1, {detail or 200})")
