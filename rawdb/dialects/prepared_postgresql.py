"""PostgreSQL on a statement: Parse and Describe, and its catalog on the columns behind the result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result

from rawdb.dialects.postgresql_sender import NUMERIC
from rawdb.dialects.prepared import Kinds, Prepared, PreparedColumn, literal

#: The Python types of the server's own types, as psycopg reads them.
_BASE = {
    "bool": ("bool",),
    "bytea": ("bytes",),
    "char": ("str",),
    "name": ("str",),
    "int8": ("int",),
    "int2": ("int",),
    "int4": ("int",),
    "oid": ("int",),
    "text": ("str",),
    "json": ("Any",),
    "jsonb": ("Any",),
    "xml": ("str",),
    "float4": ("float",),
    "float8": ("float",),
    "money": ("str",),
    "bpchar": ("str",),
    "varchar": ("str",),
    "date": ("date",),
    "time": ("time",),
    "timetz": ("time",),
    "timestamp": ("datetime",),
    "timestamptz": ("datetime",),
    "interval": ("timedelta",),
    "numeric": ("Decimal", "int"),
    "uuid": ("UUID",),
    "inet": ("IPv4Address", "IPv4Interface", "IPv6Address", "IPv6Interface"),
    "cidr": ("IPv4Network", "IPv6Network"),
    "unknown": ("str",),
}
_ENUMERATIONS = """
SELECT t.oid, t.typname, array_agg(e.enumlabel ORDER BY e.enumsortorder)
  FROM pg_type AS t
       JOIN pg_enum AS e ON e.enumtypid = t.oid
 GROUP BY t.oid, t.typname
"""
_NOT_NULL = """
SELECT a.attrelid, a.attnum
  FROM pg_attribute AS a
 WHERE a.attrelid = ANY(%s)
   AND a.attnotnull
"""


def prepare(raw: psycopg.Connection[Any], text: str, parameters: Sequence[Any]) -> Prepared:
    """Parse and Describe under no name."""
    _checked(raw, raw.pgconn.prepare(b"", text.encode()))
    result = _checked(raw, raw.pgconn.describe_prepared(b""))
    types = [result.ftype(index) for index in range(result.nfields)]
    given = [result.param_type(index) for index in range(result.nparams)]
    labels = _labels(raw, [*types, *given])
    places = [(result.ftable(index), result.ftablecol(index)) for index in range(result.nfields)]
    not_null = _not_null(raw, {table for table, _ in places if table})
    columns = tuple(
        PreparedColumn(
            (result.fname(index) or b"").decode(),
            _of_column(raw, types[index], result.fmod(index), labels, of_table=bool(places[index][0])),
            # It is told of the column, which an outer join may make NULL all the same; nothing of an expression.
            places[index] not in not_null if places[index][0] else None,
        )
        for index in range(result.nfields)
    )
    return Prepared(columns, tuple(_kinds(raw, oid, labels) for oid in given))


def enumerations(raw: psycopg.Connection[Any]) -> dict[str, tuple[str, ...]]:
    """The labels of each enumeration."""
    return {name: tuple(found) for _, name, found in raw.execute(_ENUMERATIONS).fetchall()}


def _checked(raw: psycopg.Connection[Any], result: pq.abc.PGresult) -> pq.abc.PGresult:
    if result.status not in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK):
        raise error_from_result(result, encoding="utf-8")
    return result


def _labels(raw: psycopg.Connection[Any], types: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The labels of the enumerations among some types; the catalog is asked only where one may be."""
    if all(raw.adapters.types.get(oid) is not None for oid in types):
        return {}
    return {oid: tuple(found) for oid, _, found in raw.execute(_ENUMERATIONS).fetchall()}


def _not_null(raw: psycopg.Connection[Any], tables: set[int]) -> set[tuple[int, int]]:
    return {tuple(row) for row in raw.execute(_NOT_NULL, [list(tables)]).fetchall()} if tables else set()


def _of_column(
    raw: psycopg.Connection[Any], oid: int, modifier: int, labels: dict[int, tuple[str, ...]], *, of_table: bool
) -> Kinds:
    if oid == NUMERIC and (of_table or (modifier > 4 and (modifier - 4) & 0xFFFF)):
        # A whole number is read as int only where neither a column nor digits behind the point are declared.
        return frozenset({"Decimal"})
    return _kinds(raw, oid, labels)


def _kinds(raw: psycopg.Connection[Any], oid: int, labels: dict[int, tuple[str, ...]]) -> Kinds:
    if oid in labels:
        return frozenset({literal(labels[oid])})
    known = raw.adapters.types.get(oid)
    if known is None:
        # What psycopg does not know it reads as text: composite types, arrays of enumerations.
        return frozenset({"str"})
    inner = _BASE.get(known.name)
    if inner is None:
        return frozenset({"Any"})
    if known.oid == oid:
        return frozenset(inner)
    return frozenset({f"list[{' | '.join(inner)}]"})
