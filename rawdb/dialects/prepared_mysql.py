"""MySQL and MariaDB on a statement: COM_STMT_PREPARE, which PyMySQL has no method for."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from pymysql.connections import TEXT_TYPES
from pymysql.constants import COMMAND, FIELD_TYPE, FLAG
from pymysql.protocol import FieldDescriptorPacket

from rawdb.dialects.prepared import Prepared, PreparedColumn

_BINARY = 63
_INTEGERS = frozenset({
    FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.INT24, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG, FIELD_TYPE.YEAR,
})  # fmt: skip
_KINDS = {
    FIELD_TYPE.FLOAT: "float",
    FIELD_TYPE.DOUBLE: "float",
    FIELD_TYPE.DATETIME: "datetime",
    FIELD_TYPE.TIMESTAMP: "datetime",
    FIELD_TYPE.DATE: "date",
    FIELD_TYPE.NEWDATE: "date",
    FIELD_TYPE.TIME: "timedelta",
    FIELD_TYPE.JSON: "str",
    FIELD_TYPE.NULL: "None",
}


def prepare(raw: Any, text: str, parameters: Sequence[Any]) -> Prepared:
    """Prepare a statement, read what comes with it, and forget the statement."""
    raw._execute_command(COMMAND.COM_STMT_PREPARE, _with_marks(text))
    identity, columns, marks = struct.unpack_from("<xIHH", raw._read_packet().get_all_data())
    if marks:
        # Of parameters the servers say little, and MariaDB nothing.
        for _ in range(marks + 1):
            raw._read_packet()
    found = tuple(_column(raw._read_packet(FieldDescriptorPacket)) for _ in range(columns))
    if columns:
        raw._read_packet()
    raw._execute_command(COMMAND.COM_STMT_CLOSE, struct.pack("<I", identity))
    return Prepared(found)


def enumerations(raw: Any) -> dict[str, tuple[str, ...]]:
    """None: here an enumeration belongs to its column."""
    return {}


def _with_marks(text: str) -> str:
    """A text for PyMySQL as the server itself wants it: `?` for a parameter, and lone percent signs."""
    return "%".join(part.replace("%s", "?") for part in text.split("%%"))


def _column(field: Any) -> PreparedColumn:
    return PreparedColumn(field.name, frozenset({_kind(field)}), not field.flags & FLAG.NOT_NULL)


def _kind(field: Any) -> str:
    """As `mysql_results` reads a cell of the column."""
    code = field.type_code
    if code == FIELD_TYPE.TINY and field.length == 1:
        return "bool"
    if code in _INTEGERS:
        return "int"
    if code in (FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL):
        return "Decimal" if field.scale or field.org_table else "int"
    if code in _KINDS:
        return _KINDS[code]
    if code in TEXT_TYPES:
        return "bytes" if field.charsetnr == _BINARY else "str"
    return "Any"
