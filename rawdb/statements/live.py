"""Tables as a live database has them, as far as its catalog tells."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rawdb.dialects import Description
from rawdb.dialects.types import is_known, logical
from rawdb.statements.columns import Column, Table

#: `datetime` itself is what rawdb declares: naive, six digits, written by rawdb or by the server.
_TIMES = re.compile(r"(?:datetime|timestamp)(?:\((\d)\))?(?: with(?:out)? time zone)?")
_NUMBERS = re.compile(r"(?:numeric|decimal)(?:\((\d+)(?:, *(\d+))?\))?(?: unsigned)?(?: zerofill)?")
_LIVE_TYPES = {
    "date": "date",
    "json": "json",
    "jsonb": "json",
    "bytea": "bytes",
    "smallint": "smallint",
}
#: What servers call types that rawdb has another name for. Where theirs holds less, they refuse the rest themselves.
_SPELLINGS: Mapping[str, Mapping[str, str]] = {
    "postgresql": {r"character\((\d+)\)": r"char(\1)", r"character varying": "longtext"},
    "mysql": {
        r"tinyint(?:\(\d+\))?(?: unsigned)?": "smallint",
        r"smallint(?:\(\d+\))? unsigned|mediumint(?:\(\d+\))?(?: unsigned)?": "int",
        r"int(?:\(\d+\))? unsigned": "bigint",
        r"bigint(?:\(\d+\))? unsigned": "unsigned",
        r"double(?:\(\d+,\d+\))?(?: unsigned)?": "float",
        r"char\((\d+)\)": r"string(\1)",
        r"tinytext": "text",
    },
    # There a type may be called anything.
    "sqlite": {
        r"(?:unsigned )?(?:tiny|small|medium|big)?int(?:eger|[248])?(?:\(\d+\))?(?: unsigned)?": "bigint",
        r"unsigned big int": "bigint",
        r"real|double precision|(?:float|double)(?:\(\d+(?:, *\d+)?\))?": "float",
        r"(?:(?:national|native) )?(?:char|character|nchar|nvarchar|varying character)\((\d+)\)": r"string(\1)",
        r"char|character|varchar|nvarchar|clob": "longtext",
        r"text\(\d+\)|tinytext": "text",
    },
}
_ZONED_CLOCK = re.compile(r"time(?:\(\d\))? with time zone")
_CLOCK = re.compile(r"time(?:\(\d\))?(?: without time zone)?")
_SINGLES = re.compile(r"float(?:\(\d+,(\d+)\))?(?: unsigned)?(?: zerofill)?")
_MYSQL_TYPES = {"bit": "bit", "enum": "word", "set": "words"}
_BYTES = re.compile(
    r"(?:tiny|medium|long)?blob|(?:var)?binary\(\d+\)|geom(?:etry)?(?:collection)?|(?:multi)?(?:point|linestring|polygon)"
)
#: MySQL's numbers with zeros before them.
_PADDED = re.compile(r"(?:\w*int|double)\b.* zerofill|year(?:\(\d\))?")


def live_tables(description: Description, dialect: str) -> dict[str, Table]:
    """The tables of a live database as far as its catalog tells: a type without a logical name takes any value."""
    columns: dict[str, dict[str, Column]] = {}
    keys = _primary_keys(description, dialect)
    for row in description.columns:
        key = keys.get(row[0], ())
        # SQLite numbers the rows of a table by a lone INTEGER key, said to do so or not.
        numbered = dialect == "sqlite" and key == (row[1],) and str(row[2]).upper() == "INTEGER"
        kind = _live_type(dialect, str(row[2]))
        if row[8] is None:
            columns.setdefault(row[0], {})[row[1]] = Column(
                row[0],
                row[1],
                kind,
                nullable=not row[3],
                primary_key=row[1] in key,
                autoincrement=bool(row[6]) or numbered,
            )
    unique: dict[str, dict[str, tuple[str, ...]]] = {table: {"PRIMARY": key} for table, key in keys.items()}
    conditional: dict[str, set[str]] = {}
    for table, name, is_unique, column, _, is_whole in description.indexes:
        if is_unique and name != "PRIMARY":
            own = unique.setdefault(table, {})
            own[name] = (*own.get(name, ()), _unquoted(str(column)))
            if not is_whole:
                conditional.setdefault(table, set()).add(name)
    return {
        name: Table(name, own, unique.get(name, {}), partial=True, conditional=frozenset(conditional.get(name, ())))
        for name, own in columns.items()
    }


def _primary_keys(description: Description, dialect: str) -> dict[str, tuple[str, ...]]:
    """The columns of each table's primary key, in its order."""
    keys: dict[str, list[tuple[int, str]]] = {}
    for row in description.columns:
        if row[5]:
            keys.setdefault(row[0], []).append((row[5], row[1]))
    # MySQL's stands among the indexes; on other servers any index may be called that.
    for table, name, _, column, *_ in description.indexes:
        if name == "PRIMARY" and dialect == "mysql":
            keys.setdefault(table, []).append((len(keys.get(table, ())), column))
    return {table: tuple(column for _, column in sorted(key)) for table, key in keys.items()}


def _unquoted(name: str) -> str:
    """The name of an index's column: PostgreSQL's catalog gives it as SQL."""
    return name[1:-1].replace('""', '"') if len(name) > 2 and name[0] == name[-1] == '"' else name


def _live_type(dialect: str, native: str) -> str:
    return _read_otherwise(dialect, native) or _kind_of(dialect, native)


def _kind_of(dialect: str, native: str) -> str:
    kind = logical(dialect, native)
    if kind == "datetime" and (dialect == "postgresql" or native.lower() == "datetime(6)"):
        return kind
    if moment := _TIMES.fullmatch(str(native).lower()):
        # What SQLite holds may be of anybody's making, and MySQL keeps no digit that is not asked for.
        return f"datetime({moment[1] or (0 if dialect == 'mysql' else 6)})"
    if number := _NUMBERS.fullmatch(kind):
        return "numeric" if number[1] is None else f"numeric({number[1]},{number[2] or 0})"
    if dialect == "sqlite" and kind in ("int", "smallint"):
        return "bigint"
    if kind.startswith("smallint(") and kind.endswith(")"):
        # MariaDB shows a width that means nothing.
        return "smallint"
    if _CLOCK.fullmatch(kind):
        return "time"
    if dialect == "postgresql" and kind.endswith("[]"):
        return f"{_live_type(dialect, kind[:-2])}[]"
    if _BYTES.fullmatch(kind):
        return "bytes"
    if dialect == "postgresql" and kind.partition(" ")[0] in ("uuid", "interval"):
        return kind.partition(" ")[0]
    return kind if is_known(kind) else _LIVE_TYPES.get(kind) or _respelt(dialect, kind)


def _respelt(dialect: str, kind: str) -> str:
    found = ((re.fullmatch(pattern, kind), name) for pattern, name in _SPELLINGS[dialect].items())
    return next((match.expand(name) for match, name in found if match), "other")


def _read_otherwise(dialect: str, native: str) -> str | None:
    """The logical type of a column of which clients read something else than the server compares, else None."""
    if dialect == "postgresql" and _ZONED_CLOCK.fullmatch(native):
        return "timetz"
    if dialect != "mysql":
        return None
    if number := _SINGLES.fullmatch(native.lower()):
        return f"single({number[1]})" if number[1] else "single"
    if _PADDED.fullmatch(native.lower()):
        return "padded"
    kind, _, words = native.partition("(")
    name = _MYSQL_TYPES.get(kind.lower())
    # The words of an enumeration as they are written, in any case.
    return None if name is None else f"{name}({words}"
