"""Results of MySQL and MariaDB, read faster than PyMySQL does it by itself.

With every result the server describes its columns anew, and PyMySQL takes each description apart: of a wide table that
costs more than its row. Here the bytes of all descriptions are compared with those seen before, and only new ones are
taken apart. Rows are cut in one loop, with one function for each column.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from pymysql import err
from pymysql.connections import TEXT_TYPES, MySQLResult
from pymysql.constants import COMMAND, CR, FIELD_TYPE, SERVER_STATUS
from pymysql.converters import convert_timedelta, through
from pymysql.protocol import FieldDescriptorPacket

from rawdb.dialects import base

_BINARY = 63
_LARGEST = 0xFFFFFF
_NULL, _TWO, _THREE = 251, 252, 253
#: The packet behind the last row begins so, and is shorter than any row that begins so.
_END, _SHORT = 0xFE, 9

Decode = Callable[[bytes], Any]


class _Shape(NamedTuple):
    """What descriptions of columns say: DB-API's description, and how a cell of each column is read."""

    description: tuple[Any, ...]
    decoders: tuple[Decode, ...]


#: Shapes by the bytes that describe them and the conversions in force.
_shapes: dict[tuple[int, bytes], _Shape] = {}
_KEPT = 4096


class Result(MySQLResult):
    """A result that is read as a whole. `unreadable` says which of its cells no Python value can hold."""

    unreadable: err.DataError | None = None

    def _read_result_packet(self, first_packet: Any) -> None:
        self.field_count = first_packet.read_length_encoded_integer()
        connection = self.connection
        described = [_payload(connection) for _ in range(self.field_count)]
        _payload(connection)
        shape = _shape(connection, described)
        self.description = shape.description
        rows = []
        while True:
            payload = _payload(connection)
            if payload[0] == _END and len(payload) < _SHORT:
                break
            try:
                rows.append(_row(payload, shape.decoders))
            except ValueError as error:
                # The rest has to be read all the same: it would be taken for the next answer.
                self.unreadable = self.unreadable or err.DataError(str(error))
        self.warning_count = int.from_bytes(payload[1:3], "little")
        self.server_status = int.from_bytes(payload[3:5], "little")
        self.has_next = bool(self.server_status & 8)
        self.affected_rows = len(rows)
        self.rows = tuple(rows)


class Stream(base.Stream):
    """A result that is read in parts. Until its end nothing else can be said on the connection."""

    def __init__(self, connection: Any, statement: bytes) -> None:
        self._connection = connection
        #: Whether the server has more to say.
        self._is_open = True
        connection._execute_command(COMMAND.COM_QUERY, statement)
        try:
            width = _first(connection)
            described = [_payload(connection) for _ in range(width)]
            if described:
                _payload(connection)
        except err.MySQLError:
            self._is_open = False
            raise
        self._is_open = bool(described)
        shape = _shape(connection, described)
        self._decoders = shape.decoders
        self.columns = tuple([column[0] for column in shape.description])

    def fetch(self, count: int) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        while len(rows) < count and (payload := self._next()) is not None:
            try:
                rows.append(_row(payload, self._decoders))
            except ValueError as error:
                # The rest would be taken for the next answer.
                self.close()
                raise err.DataError(str(error)) from error
        return rows

    def close(self) -> None:
        while self._next() is not None:
            pass

    def drop(self) -> bool:
        whole = not self._is_open
        self._is_open = False
        return whole

    def _next(self) -> bytes | None:
        """The next row; None behind the last one."""
        if not self._is_open:
            return None
        try:
            payload = _payload(self._connection)
        except err.MySQLError:
            self._is_open = False
            raise
        if payload[0] != _END or len(payload) >= _SHORT:
            return payload
        self._is_open = False
        self._connection.server_status = int.from_bytes(payload[3:5], "little")
        while self._connection.server_status & SERVER_STATUS.SERVER_MORE_RESULTS_EXISTS:
            # A procedure's: its first result is the one that is read.
            self._connection.next_result()
        return None


def _first(connection: Any) -> int:
    """How many columns the result has that begins."""
    packet = connection._read_packet()
    if packet.is_ok_packet():
        return 0
    return int(packet.read_length_encoded_integer())


def _payload(connection: Any) -> bytes:
    """The next packet without its header. Raises what the server says when it is an error."""
    payload = b""
    while True:
        header = connection._read_bytes(4)
        size = header[0] | header[1] << 8 | header[2] << 16
        if header[3] != connection._next_seq_id:
            connection._force_close()
            raise err.OperationalError(CR.CR_SERVER_LOST, "Lost connection to MySQL server during query")
        connection._next_seq_id = (header[3] + 1) % 256
        payload = connection._read_bytes(size) if not payload else payload + connection._read_bytes(size)
        if size < _LARGEST:
            break
    if payload[:1] == b"\xff":
        err.raise_mysql_exception(payload)
    return payload  # type: ignore[no-any-return]


def _shape(connection: Any, described: list[bytes]) -> _Shape:
    key = (id(connection.decoders), b"".join(described))
    found = _shapes.get(key)
    if found is None:
        fields = [FieldDescriptorPacket(one, connection.encoding) for one in described]
        decoders = tuple(_decoder(connection, field) for field in fields)
        description = tuple(field.description() for field in fields)  # type: ignore[no-untyped-call]
        found = _Shape(description, decoders)
        if len(_shapes) >= _KEPT:
            _shapes.clear()
        _shapes[key] = found
    return found


def _decoder(connection: Any, field: Any) -> Decode:
    """How a cell is read: by the connection's conversions, but without a detour for the commonest of them."""
    convert = connection.decoders.get(field.type_code)
    is_text = field.type_code in TEXT_TYPES and field.type_code != FIELD_TYPE.JSON
    if is_text and field.charsetnr == _BINARY:
        encoding = None
    else:
        encoding = connection.encoding if field.type_code in TEXT_TYPES else "ascii"
    if field.type_code == FIELD_TYPE.TINY and field.length == 1:
        return _boolean
    if field.type_code in (FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL):
        # SUM() of integers, which belongs to no table, is an int on every dialect.
        return int if field.scale == 0 and not field.org_table else lambda cell: Decimal(str(cell, "ascii"))
    if field.type_code in _TIMES:
        return _readable(field)
    if convert is int:
        return int
    if convert is None or convert is through:
        return bytes if encoding is None else lambda cell: str(cell, encoding)
    return convert if encoding is None else lambda cell: convert(str(cell, encoding))


def _boolean(cell: bytes) -> bool:
    return cell != b"0"


def _readable(field: Any) -> Decode:
    """How a point in time is read; what Python has no value for, such as the date of zeros, is refused by its place."""
    read, kind = _TIMES[field.type_code]
    place = f"{field.table_name}.{field.name}" if field.table_name else field.name

    def decode(cell: bytes) -> Any:
        try:
            return read(str(cell, "ascii"))
        except ValueError:
            raise ValueError(f"{place}: {str(cell, 'ascii')!r} cannot be read as a {kind}") from None

    return decode


def _duration(text: str) -> timedelta:
    value = convert_timedelta(text)
    if not isinstance(value, timedelta):
        raise ValueError(text)
    return value


_TIMES: dict[int, tuple[Callable[[str], Any], str]] = {
    FIELD_TYPE.DATETIME: (datetime.fromisoformat, "datetime"),
    FIELD_TYPE.TIMESTAMP: (datetime.fromisoformat, "datetime"),
    FIELD_TYPE.DATE: (date.fromisoformat, "date"),
    FIELD_TYPE.TIME: (_duration, "time"),
}


def _row(payload: bytes, decoders: tuple[Decode, ...]) -> tuple[Any, ...]:
    """The cells of a row. Each begins with its length, in one byte or behind a mark in two, three or eight."""
    cells: list[Any] = []
    position = 0
    for decode in decoders:
        length = payload[position]
        position += 1
        if length == _NULL:
            cells.append(None)
            continue
        if length > _NULL:
            width = 2 if length == _TWO else 3 if length == _THREE else 8
            length = int.from_bytes(payload[position : position + width], "little")
            position += width
        end = position + length
        cells.append(decode(payload[position:end]))
        position = end
    return tuple(cells)
