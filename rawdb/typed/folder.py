"""A folder of statements, asked of every dialect that it is for; and whether all of them give the same columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from rawdb.dialects import DIALECTS, Dialect, get_dialect, parse_url
from rawdb.dialects.prepared import Prepared, enumerations, prepare
from rawdb.dialects.translation import translate_error
from rawdb.exceptions import StatementError
from rawdb.schema.inspection import connected
from rawdb.statements.columns import Table, load_tables, with_types
from rawdb.statements.live import live_tables
from rawdb.statements.loading import Statement, check_parity, load_statements
from rawdb.statements.variants import variants
from rawdb.typed.evidence import Evidence, Shape

_NONE: Mapping[str, str] = MappingProxyType({})


class Folder(NamedTuple):
    """What the dialects say of a folder's statements: the evidence of each, the shapes of results, and the faults."""

    sides: Sequence[Evidence]
    shapes: Mapping[str, Sequence[Shape]]
    faults: Sequence[str]


def read_folder(
    queries: Path,
    urls: Iterable[str] = (),
    tables: Path | None = None,
    dialects: Iterable[str] = (),
    *,
    none_is_null: bool = False,
    columns: Mapping[str, str] = _NONE,
) -> Folder:
    """Ask the servers behind some URLs, each a database with the tables, about the statements of a folder.

    `tables` is a file of declared columns; without it they are read from each database. `columns` says what neither
    does, as that of `rawdb.Database`. Without URLs the declared
    tables alone tell, of the `dialects`, or all that the folder is for. What stands in the folder is not run. Raises
    StatementError for SQL that does not load, DBError for a database that cannot be reached. Round trips for each URL:
    4, and 1 to 3 a statement.
    """
    declared = None if tables is None else with_types(load_tables(tables), columns)
    sides: list[Evidence] = []
    faults: list[str] = []
    named: set[str] = set()
    for url in urls:
        if (dialect := parse_url(url).dialect) in named:
            raise ValueError(f"two databases of {dialect} are named; one of each dialect says what there is to know")
        named.add(dialect)
        side, found = _asked(queries, url, declared, none_is_null=none_is_null, columns=columns)
        sides.append(side)
        faults += found
    if not sides:
        names = [*dialects] or dialects_of(queries)
        sides = [_declared(queries, name, declared or {}, none_is_null=none_is_null) for name in names]
    faults += check_parity({side.dialect: side.statements for side in sides})
    if faults:
        return Folder(sides, {}, faults)
    shapes = {name: [side.shape(name) for side in sides] for name in sorted(sides[0].statements)}
    faults += _differences(sides, shapes)
    return Folder(sides, shapes, faults)


def check_folder(
    queries: Path,
    url: str,
    tables: Path | None = None,
    *,
    none_is_null: bool = False,
    columns: Mapping[str, str] = _NONE,
) -> list[str]:
    """Have a server prepare every variant of every statement of a folder; gives what it refuses. Nothing is run.

    Round trips: 2 and 1 to 3 a variant. Errors as those of `read_folder`.
    """
    with connected(url) as (dialect, raw):
        known = load_tables(tables) if tables is not None else live_tables(dialect.describe(raw), dialect.name)
        statements = load_statements(queries, dialect, with_types(known, columns), none_is_null=none_is_null)
        return [fault for one in statements.values() for fault in _refused(dialect, raw, one)]


def dialects_of(queries: Path, urls: Iterable[str] = ()) -> list[str]:
    """The dialects that a folder has SQL for: those with a folder of their own, or all.

    A plain folder is one set, for the databases that it is meant for where some are named.
    """
    own = [name for name in DIALECTS if (queries / name).is_dir()]
    if (queries / "common").is_dir() or (own and any(queries.glob("*.sql"))):
        return list(DIALECTS)
    return own or list(dict.fromkeys(parse_url(url).dialect for url in urls)) or list(DIALECTS)


def _declared(queries: Path, name: str, tables: Mapping[str, Table], *, none_is_null: bool) -> Evidence:
    dialect = get_dialect(name)
    return Evidence(name, load_statements(queries, dialect, tables, none_is_null=none_is_null), tables)


def _asked(
    queries: Path,
    url: str,
    declared: Mapping[str, Table] | None,
    *,
    none_is_null: bool,
    columns: Mapping[str, str],
) -> tuple[Evidence, list[str]]:
    """What one server says; and what it refuses."""
    with connected(url) as (dialect, raw):
        description = dialect.describe(raw)
        tables = declared if declared is not None else with_types(live_tables(description, dialect.name), columns)
        statements = load_statements(queries, dialect, tables, none_is_null=none_is_null)
        prepared: dict[str, Prepared] = {}
        names: dict[str, Mapping[int, str]] = {}
        faults: list[str] = []
        for name, statement in statements.items():
            if statement.undeclared is not None:
                faults.append(_without_table(statement))
                continue
            try:
                variant = next(variants(statement))
                names[name] = variant.names
                prepared[name] = prepare(dialect.name, raw, variant.text, variant.parameters)
            except Exception as error:
                faults.append(_fault(dialect, statement, error, names.get(name, {})))
        side = Evidence(
            dialect.name,
            statements,
            tables,
            natives={(row[0], row[1]): str(row[2]) for row in description.columns},
            enumerations=enumerations(dialect.name, raw),
            prepared=prepared,
            names=names,
            defaults=frozenset((row[0], row[1]) for row in description.columns if row[4] is not None),
        )
        return side, faults


def _refused(dialect: Dialect, raw: Any, statement: Statement) -> Iterator[str]:
    """The first variant that the server refuses: what follows is mostly the same."""
    if statement.undeclared is not None:
        yield _without_table(statement)
        return
    names: Mapping[int, str] = {}
    try:
        for variant in variants(statement):
            names = variant.names
            prepare(dialect.name, raw, variant.text, variant.parameters)
    except Exception as error:
        yield _fault(dialect, statement, error, names)


#: PostgreSQL: the type of a parameter cannot be told, or is another one at another place.
_NO_TYPE = ("42P18", "42P08")


def _without_table(statement: Statement) -> str:
    return (
        f"{statement.location}:1 - {statement.name}: the table {statement.undeclared} is not in the database; "
        "was it migrated?"
    )


def _fault(dialect: Dialect, statement: Statement, error: Exception, names: Mapping[int, str]) -> str:
    """What a server says against a statement, parameters by their names. Raises any other error."""
    if isinstance(error, StatementError):
        return str(error)
    if not dialect.is_driver_error(error):
        raise error
    said = str(translate_error(error, dialect.name)).strip().partition("\n")[0]
    if names:
        said = re.sub(r"\$(\d+)", lambda found: f":{names.get(int(found[1]), found[1])}", said)
    if getattr(error, "sqlstate", None) in _NO_TYPE:
        said += "; write CAST(:name AS type) where it meets no column"
    return f"{statement.location}:1 - {statement.name} on {dialect.name}: {said}"


def _differences(sides: Sequence[Evidence], shapes: Mapping[str, Sequence[Shape]]) -> Iterator[str]:
    """Statements whose results have other columns on one dialect than on another, and results without names."""
    for name, found in shapes.items():
        location = sides[0].statements[name].location
        for side, shape in zip(sides, found, strict=True):
            yield from (f"{side.statements[name].location}:1 - {name}: {fault}" for fault in shape.faults)
        told = [(side, shape.columns) for side, shape in zip(sides, found, strict=True) if shape.columns is not None]
        for side, columns in told[1:]:
            first, others = told[0]
            if columns.keys() != others.keys():
                yield (
                    f"{location}:1 - {name} gives {_named(others)} on {first.dialect} and {_named(columns)} on "
                    f"{side.dialect}; name them alike with AS"
                )


def _named(columns: Iterable[str]) -> str:
    return ", ".join(columns)
