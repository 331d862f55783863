"""Which Python types a column gives, and which it takes, on a dialect."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rawdb.dialects.prepared import Kinds, literal
from rawdb.dialects.types import DOCUMENTS
from rawdb.statements.columns import Column
from rawdb.statements.expressions import NUMERIC

ANY = Kinds({"Any"})
_LOGICAL = {
    "int": "int", "bigint": "int", "bool": "bool", "float": "float", "datetime": "datetime", "date": "date",
    "single": "float", "bit": "bytes", "timetz": "time", "padded": "int",
    "bytes": "bytes", "string": "str", "char": "str", "text": "str", "mediumtext": "str", "longtext": "str",
    "ip": "str", "cidr": "str", "limit": "int", "offset": "int", "smallint": "int", "soft_delete": "int",
    "unsigned": "int",
}  # fmt: skip
#: Types that have no name of rawdb's own.
_NATIVE = {
    "postgresql": {
        "smallint": "int", "real": "float", "character": "str", "name": "str", "interval": "timedelta", "uuid": "UUID",
        "timestamp": "datetime", "oid": "int", "money": "str", "citext": "str", "xml": "str", "bpchar": "str",
    },
    "mysql": {
        "smallint": "int", "tinyint": "int", "mediumint": "int", "int": "int", "bigint": "int", "year": "int",
        "float": "float", "double": "float", "char": "str", "tinytext": "str", "set": "str", "enum": "str",
        "bit": "bytes", "timestamp": "datetime",
    },
}  # fmt: skip
#: The elements of arrays, beside those.
_ELEMENTS = {
    "bigint": "int", "boolean": "bool", "bytea": "bytes", "date": "date", "double": "float", "integer": "int",
    "text": "str", "time": "time",
}  # fmt: skip
#: SQLite's rules of affinity, in their order.
_AFFINITIES = (("INT", "int"), ("CHAR", "str"), ("CLOB", "str"), ("TEXT", "str"), ("BLOB", "bytes"))
_REALS = ("REAL", "FLOA", "DOUB")
_LABELS = re.compile(r"'((?:[^']|'')*)'")
#: Kinds that are no Python types by their names.
_IN_PYTHON = {NUMERIC: "Decimal", "json": "Any", "json_dict": "dict[str, Any]", "json_list": "list[Any]"}
#: What a column takes besides what it gives.
_TAKES: Mapping[str, tuple[str, ...]] = {
    "Decimal": ("Decimal", "int"),
    NUMERIC: ("Decimal", "int"),
    "time": ("time", "timedelta"),
    "timedelta": ("time", "timedelta"),
    "UUID": ("UUID", "str"),
}


def gives(dialect: str, column: Column, native: str, enumerations: Mapping[str, tuple[str, ...]]) -> Kinds:
    """The types of a column's values as they are read. `native` is the server's name of its type, where it is known."""
    name, _, detail = column.type.rstrip(")").partition("(")
    if name == "enum":
        return Kinds({literal(detail.split("|"))})
    if name == "numeric":
        scale = detail.partition(",")[2]
        return Kinds({"Decimal" if scale and scale != "0" else NUMERIC})
    if name == "time":
        return Kinds({"timedelta" if dialect == "mysql" else "time"})
    if column.type.endswith("[]"):
        return _of_native(dialect, native, enumerations)
    if name in DOCUMENTS:
        return Kinds({name})
    if name in _LOGICAL:
        return Kinds({_LOGICAL[name]})
    return _of_native(dialect, native, enumerations)


def _of_native(dialect: str, native: str, enumerations: Mapping[str, tuple[str, ...]]) -> Kinds:
    text = native.lower().strip()
    if dialect == "sqlite":
        return _by_affinity(native.upper())
    if dialect == "mysql" and text.startswith("enum("):
        return Kinds({literal([label.replace("''", "'") for label in _LABELS.findall(native)])})
    bare = text.rpartition(".")[2].strip('"')
    if bare in enumerations:
        return Kinds({literal(enumerations[bare])})
    word = re.match(r"\w+", text)
    known = _NATIVE.get(dialect, {}).get(word[0]) if word else None
    if text.endswith("[]"):
        return Kinds({f"list[{known or _ELEMENTS.get(word[0] if word else '', 'Any')}]"})
    return ANY if known is None else Kinds({known})


def _by_affinity(native: str) -> Kinds:
    for word, kind in _AFFINITIES:
        if word in native:
            return Kinds({kind})
    return Kinds({"float"}) if any(word in native for word in _REALS) else ANY


def takes(column: Column, given: Kinds) -> Kinds:
    """The types of values that a column takes, of which it gives `given`."""
    if column.type == "json":
        return Kinds({"Json"})
    if column.type.endswith("[]") and not all(kind.startswith("list[") for kind in given):
        return Kinds({"list[Any]"})
    return widened(given)


def widened(kinds: Kinds) -> Kinds:
    """The types that serve as an argument where a value of these is wanted."""
    found = {taken for kind in kinds for taken in _TAKES.get(kind, (kind,))}
    return Kinds("str" if kind.startswith("IPv") else "Value" if kind == "Any" else kind for kind in found)


def written(kinds: Kinds, *, nullable: bool) -> str:
    """Some types as Python."""
    found = {_IN_PYTHON.get(kind, kind) for kind in kinds}
    if "None" in found:
        found, nullable = found - {"None"}, True
    if not found:
        return "None" if "None" in kinds else "Any"
    for wide in ("Any", "Value"):
        if wide in found:
            return wide
    if "str" in found:
        found = {kind for kind in found if not kind.startswith("Literal[")}
    if "int" in found:
        found -= {"bool"}
    if "float" in found:
        found -= {"int", "bool"}
    return " | ".join([*sorted(found), *(["None"] if nullable else [])])
