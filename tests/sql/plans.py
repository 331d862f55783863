"""What the servers say of their plans, in one form for all: which index leads to the rows of which table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from rawdb.dialects import Dialect
from rawdb.statements.statement import Statement
from rawdb.statements.variants import Variant, variants
from tests.sql import house
from tests.sql.skewed import indexes, tables

PRIMARY = "primary key"
#: What PostgreSQL expects of a row by its primary key, in an index of some levels.
_ONE_ROW = 8.5
#: What parameters hold in life, where it is not what samples are.
_SAMPLES: Mapping[str, Any] = {"deleted": 0}
#: The same of single statements: rows that are as the statement wants them, where the first of their table is not.
_SAMPLES_OF: Mapping[str, Mapping[str, Any]] = {
    "aggregate_host_add": {"host": "new"},
    "fixed_ip_associate": {"id": 8},
    "fixed_ip_associate__row": {"address": "v8"},
    "fixed_ip_associate_pool": {"id": 1618},
    "fixed_ip_disassociate_all_by_timeout": {"id": 645, "time": datetime.fromisoformat("2014-08-01")},
    "floating_ip_deallocate": {"id": 42},
    "floating_ip_deallocate__row": {"address": "v42"},
    "floating_ip_disassociate": {"id": 42},
    "floating_ip_fixed_ip_associate": {"id": 42, "bound_to": 1, "project_id": "v2"},
    "floating_ip_update": {"id": 42, "project_id": "v2"},
    "network_associate__claim": {"id": 4},
    "network_delete_safe": {"network_id": 4},
    "network_set_host": {"network_id": 5},
    "share_network_add_security_service": {"security_service_id": "v2"},
    "volume_type_destroy": {"id": "v2"},
}
#: A deleted row of each table, by its primary key.
_DELETED = {"bigint": 3, "string": "v3"}


#: Variants by what an argument may hold that no operation sends: orders and filters by any column. They are prepared
#: on every server elsewhere; a plan by an index is not asked of them.
_FREE = ("filter ", "no filter", "by ", "first page", "after ", "no page")


class Access(NamedTuple):
    """How the rows of one table are come by: through an index, or all of them (`index` None)."""

    table: str
    index: str | None  # type: ignore[assignment]  # tuple has a method of this name
    #: The index is read from one end to the other.
    whole: bool = False
    #: It costs no more than one row by its key.
    one: bool = False


def every_variant(
    statement: Statement, dialect: Dialect, others: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[Variant]:
    """The texts of a statement with values for their parameters: the one place that knows how these are made.

    `others` are values by name that go before the usual ones.
    """
    samples = {**_SAMPLES, **_SAMPLES_OF.get(statement.name, {}), **others}
    if statement.name.startswith("archive_deleted_rows_for_table__"):
        table = statement.name.partition("__")[2].partition("_")[2]
        samples |= {
            column.name: _DELETED[column.type.partition("(")[0]]
            for column in tables()[table].columns.values()
            if column.primary_key
        }
    return variants(statement, samples)


def is_free(variant: Variant) -> bool:
    """Whether the variant is one of those that no operation asks for in earnest; None is asked for by mistake."""
    return variant.label.endswith(" None") or (
        variant.label.startswith(_FREE) and variant.label != "filters of the sample"
    )


def is_telling(variant: Variant, statement: Statement) -> bool:
    """Whether the variant may go another way than the others.

    It reads all relations that it may, or none, and not some of them; and a column that it sets stands in an index.
    """
    if variant.label.startswith("set ") and statement.table is not None:
        return variant.label.removeprefix("set ") in _indexed(statement.table.name) | {"all"}
    return len(set(re.findall(r"with_\w+ (True|False)", variant.label))) < 2


def _indexed(table: str) -> set[str]:
    return {column for of, _, columns in indexes().values() if of == table for column in columns}


def adds_rows(statement: Statement) -> bool:
    """Whether it is an INSERT of rows that are given."""
    return _body(statement).startswith("INSERT") and "SELECT" not in _body(statement)


def writes(statement: Statement) -> bool:
    """Whether it takes locks on a server: a change, or a read that says so."""
    return not _body(statement).startswith(("SELECT", "WITH")) or "FOR UPDATE" in _body(statement)


def _body(statement: Statement) -> str:
    words = [token.text for token in house.tokens(statement) if token.kind not in ("comment", "line_comment")]
    return " ".join("".join(words).split())


def costs(dialect: Dialect, raw: Any, variant: Variant) -> tuple[float, float]:
    """What PostgreSQL expects of the plan for these values, and of the one for any."""
    types = ", ".join(["unknown"] * len(variant.parameters))
    values = ", ".join("NULL" if value is None else f"'{value}'" for value in variant.parameters)
    found = []
    dialect.run(raw, f"PREPARE tried{f' ({types})' if types else ''} AS {variant.text}")
    for mode in ("force_custom_plan", "force_generic_plan"):
        dialect.run(raw, f"SET plan_cache_mode = {mode}", {})
        # EXECUTE takes no parameters from the protocol.
        [[plan]] = dialect.run(raw, f"EXPLAIN (FORMAT JSON) EXECUTE tried{f' ({values})' if types else ''}").rows
        found.append(float((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]["Total Cost"]))
    dialect.run(raw, "RESET plan_cache_mode", {})
    dialect.run(raw, "DEALLOCATE tried", {})
    return found[0], found[1]


def accesses(dialect: Dialect, raw: Any, statement: Statement, variant: Variant) -> set[Access]:
    """The plan of one text; tables that are not declared (derived ones) are left out."""
    if dialect.name == "postgresql":
        [[found]] = dialect.run(raw, f"EXPLAIN (FORMAT JSON) {variant.text}", variant.parameters).rows
        plan = found if isinstance(found, list) else json.loads(found)
        return {access for access in _nodes(plan[0]["Plan"]) if access.table in tables()}
    word, read = ("EXPLAIN ", _mysql) if dialect.name == "mysql" else ("EXPLAIN QUERY PLAN ", _sqlite)
    rows = dialect.run(raw, word + variant.text, variant.parameters).rows
    found = {own for one in read(rows) for own in _of_tables(one, variant.text)}
    return {one for one in found if one.table in tables()}


def _of_tables(access: Access, text: str) -> Iterator[Access]:
    """The access with the table in place of its alias; where an index does not tell, with all that have the alias."""
    if access.index is not None and access.index in indexes():
        yield access._replace(table=indexes()[access.index][0])
        return
    named = {table for table, alias in re.findall(r"\b(\w+) AS (\w+)\b", text) if alias == access.table}
    for table in named or {access.table}:
        yield access._replace(table=table)


def _nodes(node: dict[str, Any]) -> Iterator[Access]:
    kind = node["Node Type"]
    if kind == "Seq Scan":
        yield Access(node["Relation Name"], None)
    elif "Index Name" in node:
        name = node["Index Name"]
        table = indexes()[name][0] if name in indexes() else name.removesuffix("_pkey")
        # What is computed for each row found is no cost of finding it.
        beside = [child for child in node.get("Plans", ()) if child["Parent Relationship"] == "SubPlan"]
        one = node["Total Cost"] - sum(child["Total Cost"] for child in beside) * node["Plan Rows"] <= _ONE_ROW
        yield Access(table, PRIMARY if name.endswith("_pkey") else name, "Index Cond" not in node, one)
    for child in node.get("Plans", ()):
        yield from _nodes(child)


def _mysql(rows: list[tuple[Any, ...]]) -> Iterator[Access]:
    for row in rows:
        # MySQL has a column more than MariaDB, for partitions.
        kind, table, way, key = row[1], row[2], row[-7], row[-5]
        if table is None or str(table).startswith("<") or kind == "INSERT" or way is None:
            continue
        # Several indexes: their rows are united, or one filters what another finds.
        for name in re.split("[,|]", str(key)) if key else [None]:
            yield Access(str(table), PRIMARY if name == "PRIMARY" else name, way == "index", row[-2] in (1, "1"))


def _sqlite(rows: list[tuple[Any, ...]]) -> Iterator[Access]:
    for row in rows:
        found = re.match(r"(SCAN|SEARCH) (?:TABLE )?(\w+)(?: USING (.*))?", row[3])
        if found is None:
            continue
        how = found[3] or ""
        index = re.search(r"INDEX (\w+)", how)
        if "PRIMARY KEY" in how:
            yield Access(found[2], PRIMARY)
        elif index and index[1].startswith("sqlite_autoindex"):
            yield Access(found[2], PRIMARY, found[1] == "SCAN")
        elif index:
            yield Access(found[2], index[1], found[1] == "SCAN")
        elif how.startswith("AUTOMATIC") or found[1] == "SCAN":
            yield Access(found[2], None)


def leads_to_one_row(names: set[str], table: str) -> bool:
    """Whether an index among the named ones leads to one row of a table at most."""
    return PRIMARY in names or any(name in names and of == table and key for name, (of, key, _) in indexes().items())


def named(statement: Statement) -> set[str]:
    """The indexes that the comment of a statement names; `primary key` for these."""
    text = comment(statement)
    found = {name for name in indexes() if re.search(rf"\b{re.escape(name)}\b", text)}
    return found | ({PRIMARY} if PRIMARY in text else set())


def comment(statement: Statement) -> str:
    """What stands behind `Index:`."""
    return statement.doc.partition("Index:")[2].partition("Locks:")[0]


def may_read_whole(statement: Statement) -> bool:
    """Whether the comment says that no index narrows the rows, always or in one of the variants."""
    return re.search(r"\bnone\b", comment(statement)) is not None
