"""PostgreSQL through psycopg 3."""

from __future__ import annotations

import contextlib
import itertools
import select
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast

import psycopg
from psycopg import capabilities, generators, pq, waiting
from psycopg.adapt import Loader
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg.types.numeric import Int8BinaryDumper

from rawdb.dialects import errors_postgresql
from rawdb.dialects.base import ConnectionOptions, Dialect, Outgoing, Result, Stream, UniqueColumns
from rawdb.dialects.postgresql_sender import FORGETTING, Sender, fetched, names_of
from rawdb.dialects.types import each
from rawdb.dialects.url import URL
from rawdb.dialects.wire import has_input, single


class _NumericLoader(Loader):
    """numeric as int where it is whole: SUM() of integers is an int on every dialect; columns are seen to later."""

    def load(self, data: Any) -> int | Decimal:
        text = bytes(data).decode()
        if not text.lstrip("-").isdigit():
            return Decimal(text)
        self.connection.has_whole_numerics = True  # type: ignore[union-attr]
        return int(text)


#: Times are shown in the session's zone, times and numbers in a style that the driver reads whole; messages in the
#: server's language, where the user may not choose. Plans are not compiled: for statements that take milliseconds that
#: costs more than it saves. Of the rest what the URL, the role or the database sets stays.
_SESSION = """
SELECT set_config('TimeZone', 'UTC', false),
       set_config('DateStyle', 'ISO', false),
       set_config('IntervalStyle', 'postgres', false),
       set_config('extra_float_digits', '1', false),
       CASE WHEN has_parameter_privilege('lc_messages', 'SET') THEN set_config('lc_messages', 'C', false) END,
       (SELECT COUNT(set_config(s.name, g.setting, false))
          FROM pg_settings AS s
          JOIN (VALUES ('jit', 'off'),
                       ('lock_timeout', %s),
                       ('plan_cache_mode', %s),
                       ('default_transaction_isolation', %s)) AS g (name, setting)
            ON g.name = s.name
         WHERE g.setting <> ''
           AND (s.source = 'default' OR s.name = 'default_transaction_isolation'))
"""


class _TimestamptzLoader(TimestamptzLoader):
    """timestamptz as every datetime of rawdb's: UTC, without a zone."""

    def load(self, data: Any) -> datetime:
        return super().load(data).astimezone(UTC).replace(tzinfo=None)


class _Connection(psycopg.Connection[Any]):
    """A connection that does not wait for ever: libpq has a limit for connecting only."""

    read_timeout = 60.0
    has_whole_numerics = False
    #: Whether statements are prepared whose plan hangs on their values.
    prepares_all = False
    #: Whether a cursor of the driver's has thrown away what is prepared.
    has_forgotten = False
    #: Looks at the socket for so many milliseconds, once it was asked to.
    _poll: Callable[[float], list[Any]] | None = None

    def __del__(self, *_: Any) -> None:
        # psycopg's only warns. One that an interrupt took between two owners is closed with its last reference.
        return

    def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
        """The end of the driver's work, whose own loop, written in C, waits for the socket.

        Raises _NoAnswer when the server is silent for longer than `read_timeout`.
        """
        limit = self.read_timeout
        try:
            return waiting.wait(_watched(gen, limit), self.pgconn.socket, min(_LOOK, limit))
        except BaseException as error:
            self._left_off(error)
            raise

    def answer(self) -> list[pq.abc.PGresult]:
        """The results of the statement that was sent, or of the next one of those that were, or the end of a pipeline.

        As `wait(generators.execute(pgconn))` gives them, in two thirds of its time: generators and a loop around them
        cost as much as the rest.
        """
        try:
            if self.pgconn.flush():
                self.wait(generators.send(self.pgconn))
            return self._results()
        except BaseException as error:
            self._left_off(error)
            raise

    def has_input(self) -> bool:
        """Whether the socket has something to read, its end included, without waiting for it."""
        return bool((self._poll or self._polling())(0))

    def _results(self) -> list[pq.abc.PGresult]:
        pgconn = self.pgconn
        results: list[pq.abc.PGresult] = []
        while True:
            try:
                while pgconn.is_busy():
                    self._until_input()
                    pgconn.consume_input()
            except psycopg.DatabaseError:
                # Behind its last words the server has hung up.
                if any(one.status == pq.ExecStatus.FATAL_ERROR for one in results):
                    return results
                raise
            while (told := pgconn.notifies()) is not None:
                if pgconn.notify_handler is not None:
                    pgconn.notify_handler(told)
            result = pgconn.get_result()
            if result is None:
                return results
            results.append(result)
            if result.status in _ENDLESS:
                return results

    def _until_input(self) -> None:
        """Wait for the server to say something."""
        limit = self.read_timeout
        if not (self._poll or self._polling())(limit * 1000):
            raise _NoAnswer(f"the connection is lost: no answer within {limit:g} s")

    def _polling(self) -> Callable[[float], list[Any]]:
        poller = select.poll()
        poller.register(self.pgconn.socket, select.POLLIN)
        self._poll = poller.poll
        return poller.poll

    def _left_off(self, error: BaseException) -> None:
        """See to the connection after what ended a wait for its server."""
        if isinstance(error, _NoAnswer):
            # What comes now would be taken for the answer to another question.
            self.close()
        if isinstance(error, psycopg.Error) or _INTERRUPTION in error.__dict__:
            return
        # It came from outside: the server need not go on for nobody.
        error.__dict__[_INTERRUPTION] = True
        with contextlib.suppress(psycopg.Error):
            self.cancel_safe(timeout=_CANCEL_TIMEOUT)


class _Cursor(psycopg.Cursor[Any]):
    """A cursor for hooks: what it throws away is told. By itself it prepares nothing, for that the driver now and then
    throws away with all the rest.
    """

    def execute(self, query: Any, params: Any = None, *, prepare: bool | None = None, **options: Any) -> Any:
        super().execute(query, params, prepare=bool(prepare), **options)
        command = self.pgresult.command_status if self.pgresult is not None else None
        if command is not None and command.startswith(FORGETTING):
            cast(_Connection, self.connection).has_forgotten = True
        return self


def _watched(steps: Generator[Any, int, Any], limit: float) -> Generator[Any, int, Any]:
    """The driver's steps, which the loop asks to go on, also when the socket had nothing for a while."""
    silent_since: float | None = None
    try:
        wanted = next(steps)
        while True:
            ready = yield wanted
            if ready:
                silent_since = None
            else:
                now = time.monotonic()
                silent_since = silent_since or now - _LOOK
                if now - silent_since >= limit:
                    raise _NoAnswer(f"the connection is lost: no answer within {limit:g} s")
            wanted = steps.send(ready)
    except StopIteration as end:
        return end.value


class _NoAnswer(psycopg.OperationalError):
    pass


#: Results that are not followed by none: rows that come or go, and the end of a pipeline.
_ENDLESS = frozenset({
    pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH, pq.ExecStatus.PIPELINE_SYNC,
})  # fmt: skip
#: How often the driver's loop looks up while it waits: for a signal, and for how long it has waited.
_LOOK = 0.1
_CANCEL_TIMEOUT = 5.0
#: Marks what came from outside while the driver waited.
_INTERRUPTION = "rawdb_interruption"
#: Types of columns in a JSON document of rows; everything else is read as text and converted by the assignment.
_TYPES = {
    "int": "integer",
    "bigint": "bigint",
    "bool": "boolean",
    "float": "double precision",
    "single": "real",
    "datetime": "timestamp",
    "numeric": "numeric",
    "date": "date",
    "time": "time",
    "json": "jsonb",
    "bytes": "bytea",
    "smallint": "smallint",
    "soft_delete": "bigint",
}
#: Looked at after each statement.
_IDLE, _IN_ERROR = int(pq.TransactionStatus.IDLE), int(pq.TransactionStatus.INERROR)


def _array_text(values: Sequence[Any]) -> str:
    """A list as the text of an array: its elements are read as their type is, which the driver would have to guess."""
    return f"{{{','.join([_array_element(value) for value in values])}}}"


def _array_element(value: Any) -> str:
    """A value as it stands in the text of an array."""
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return _array_text(value)
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value) if isinstance(value, (int, float, Decimal)) else f'"{value}"'


class _Stream(Stream):
    """A cursor on the server, which hands out rows by FETCH."""

    _numbers = itertools.count(1)

    def __init__(self, raw: psycopg.Connection[Any], text: str, parameters: Sequence[Any]) -> None:
        self._cursor = psycopg.RawServerCursor(raw, f"rawdb_stream_{next(self._numbers)}", scrollable=False)
        try:
            self._cursor.execute(cast(Any, text), parameters or None)
        except BaseException:
            self._cursor.close()
            raise
        result = self._cursor.pgresult
        self.columns = () if result is None else names_of(result, raw.info.encoding)

    def fetch(self, count: int) -> list[tuple[Any, ...]]:
        return fetched(self._cursor, lambda: self._cursor.fetchmany(count))

    def close(self) -> None:
        self._cursor.close()

    def drop(self) -> bool:
        # It ends with its transaction; the driver only wants to be told.
        self._cursor._closed = True
        return True


class PostgreSQL(Dialect):
    """PostgreSQL 15 and later."""

    name = "postgresql"
    begin_read = "BEGIN READ ONLY"
    nulls_are_largest = True
    seeks_nulls_apart = True
    reports_new_id = False
    has_copy = True
    sends_together = takes_ahead = capabilities.has_pipeline()
    keeps_rows = False
    max_parameters = 65535
    regexp_text = "CAST({column} AS text) ~ {parameter}"
    #: A cast leaves out the fraction of a whole second, which the others write.
    regexp_cells: ClassVar[Mapping[str, str]] = {
        "bool": "CAST({column} AS integer)",
        "datetime": "to_char({column}, 'YYYY-MM-DD HH24:MI:SS.US')",
    }
    numbers_parameters = True
    has_arrays = True
    #: As a value by itself is compared; in an array of the column's type the server would refuse it, or cut it.
    array_types: ClassVar[Mapping[str, str]] = {
        "smallint": "bigint",
        "int": "bigint",
        "single": "double precision",
        "date": "timestamp",
    }
    batches = "json"
    # As text: rawdb reads it, and not the driver, by whatever json_deserializer is set for columns of JSON.
    json_rows = "CAST(json_agg(json_build_array({})) AS text)"
    # For each row json_build_array looks up the types of its arguments: of many rows that takes a quarter longer. An
    # aggregate costs more to begin with.
    json_column = "json_agg({})"
    json_columns = "CAST(to_json(ARRAY[{}]) AS text)"
    json_inner = "CAST({} AS json)"
    json_pairs = "CAST(json_object_agg({0}, {1}) FILTER (WHERE {0} IS NOT NULL) AS text)"
    json_cells: ClassVar[Mapping[str, str]] = {
        "bytes": "encode({}, 'hex')",
        "json": "CAST({} AS text)",
        "json_dict": "CAST({} AS text)",
        "json_list": "CAST({} AS text)",
        "json[]": "CAST({} AS text[])",
    }
    reads_json = True

    def _open(self, url: URL, options: ConnectionOptions) -> _Connection:
        arguments: dict[str, Any] = {
            "host": url.host,
            "port": url.port,
            "user": url.user,
            "password": url.password,
            "dbname": url.database,
            "connect_timeout": max(2, round(options.connect_timeout)),
            "client_encoding": "utf8",
            "application_name": "rawdb",
            # A silent peer is noticed by keepalives while waiting, by the user timeout while sending.
            "keepalives": 1,
            "keepalives_idle": max(1, round(options.read_timeout / 2)),
            "keepalives_interval": max(1, round(options.read_timeout / 6)),
            "keepalives_count": 3,
            "tcp_user_timeout": round(options.write_timeout * 1000),
            **url.query,
        }
        arguments.pop("prepare_threshold", None)
        given = {name: value for name, value in arguments.items() if value is not None}
        return _Connection.connect(autocommit=True, cursor_factory=_Cursor, **given)

    def _set_up(self, raw: _Connection, url: URL, options: ConnectionOptions) -> None:
        prepare_threshold = url.query.get("prepare_threshold", "5")
        raw.read_timeout = options.read_timeout
        raw.prepare_threshold = None if prepare_threshold in ("", "none") else int(prepare_threshold)
        raw.adapters.register_loader("numeric", _NumericLoader)
        raw.adapters.register_loader("timestamptz", _TimestamptzLoader)
        # By itself psycopg sends the smallest type that holds a number, and so another statement for a larger one.
        raw.adapters.register_dumper(int, Int8BinaryDumper)
        if options.json_serializer is not None:
            set_json_dumps(options.json_serializer, raw)
        if options.json_deserializer is not None:
            set_json_loads(options.json_deserializer, raw)
        lock_timeout = f"{max(1, round(options.lock_timeout * 1000))}ms"
        isolation = (options.isolation_level or "").lower()
        raw.prepares_all = options.postgresql_plan_cache_mode != "auto"
        raw.execute(_SESSION, [lock_timeout, options.postgresql_plan_cache_mode, isolation])

    def cursor(self, raw: psycopg.Connection[Any]) -> Sender:
        return Sender(raw)

    def execute(self, cursor: Sender, text: str, parameters: Sequence[Any], by_key: bool = True) -> Result:
        return cursor.execute(text, parameters, prepare=by_key or getattr(cursor.connection, "prepares_all", False))

    def execute_together(self, cursor: Sender, statements: Sequence[Outgoing], results: list[Result]) -> None:
        prepares_all = getattr(cursor.connection, "prepares_all", False)
        cursor.execute_together([(text, given, by_key or prepares_all) for text, given, by_key in statements], results)

    def execute_many(self, cursor: Sender, text: str, rows: Sequence[Sequence[Any]]) -> Result:
        # The driver sends them one behind the other, and reads the answers afterwards.
        with psycopg.RawCursor(cursor.connection) as many:
            many.executemany(cast(Any, text), rows)
            return Result((), [], max(0, many.rowcount), None)

    def copy(self, raw: psycopg.Connection[Any], text: str, rows: Iterable[Sequence[Any]]) -> int:
        with raw.cursor() as cursor:
            with cursor.copy(cast(Any, text)) as copy:
                for row in rows:
                    copy.write_row(row)
            return cursor.rowcount

    def stream(self, raw: psycopg.Connection[Any], text: str, parameters: Sequence[Any]) -> Stream:
        return _Stream(raw, text, parameters)

    def parameter(self, position: int) -> str:
        return f"${position}"

    def array(self, values: Sequence[Any]) -> str:
        return _array_text(values)

    def binder(self, logical: str | None) -> Callable[[Any], Any] | None:
        if logical is None or not logical.endswith("[]"):
            return single if logical == "single" else super().binder(logical)
        element = self.binder(logical[:-2])
        return _array_text if element is None else lambda values: _array_text(each(element, values))

    def type_of(self, logical: str) -> str:
        if logical.endswith("[]"):
            return f"{self.type_of(logical[:-2])}[]"
        return _TYPES.get(logical.partition("(")[0], "text")

    def _run_named(self, raw: psycopg.Connection[Any], text: str, parameters: Mapping[str, Any]) -> Result:
        with raw.cursor() as cursor:
            # Without parameters psycopg does not look for what `literal` has doubled.
            cursor.execute(cast(Any, text if parameters else text.replace("%%", "%")), parameters or None)
            result = cursor.pgresult
            if result is None or not result.nfields:
                return Result((), [], cursor.rowcount, None)
            return Result(names_of(result, raw.info.encoding), fetched(cursor, cursor.fetchall), cursor.rowcount, None)

    def placeholder(self, name: str) -> str:
        return f"%({name})s"

    def literal(self, text: str) -> str:
        return text.replace("%", "%%")

    def begin(self, *, write: bool, isolation: str | None) -> Sequence[str]:
        level = "" if isolation is None else f" ISOLATION LEVEL {isolation}"
        return [f"BEGIN{level}{'' if write else ' READ ONLY'}"]

    def in_transaction(self, raw: psycopg.Connection[Any]) -> bool:
        return raw.pgconn.transaction_status != _IDLE

    def is_closed(self, raw: psycopg.Connection[Any]) -> bool:
        return raw.closed

    def ping(self, raw: psycopg.Connection[Any], timeout: float) -> None:
        limit = getattr(raw, "read_timeout", timeout)
        raw.__dict__["read_timeout"] = min(limit, timeout)
        try:
            raw.execute("SELECT 1")
        finally:
            raw.__dict__["read_timeout"] = limit

    def is_stale(self, raw: psycopg.Connection[Any]) -> bool:
        return raw.has_input() if isinstance(raw, _Connection) else has_input(raw.fileno())

    def is_aborted(self, raw: psycopg.Connection[Any]) -> bool:
        return raw.pgconn.transaction_status == _IN_ERROR

    def ends_transaction(self, raw: psycopg.Connection[Any], error: BaseException) -> bool:
        # The server keeps a failed transaction open, and refuses everything in it but the way back.
        return False

    def version(self, raw: psycopg.Connection[Any]) -> str:
        return f"PostgreSQL {raw.info.parameter_status('server_version')}"

    def is_driver_error(self, error: BaseException) -> bool:
        return errors_postgresql.is_driver_error(error)

    def translate(
        self, error: BaseException, *, connecting: bool = False, unique_columns: UniqueColumns | None = None
    ) -> Exception:
        return errors_postgresql.translate(error, connecting=connecting, unique_columns=unique_columns)

    def interruption(self, error: BaseException) -> BaseException | None:
        # The end of a pipeline makes an error of its own of whatever ends it while it is busy.
        cause = error.__context__
        if not isinstance(error, psycopg.OperationalError) or error.sqlstate is not None or cause is None:
            return None
        return cause if _INTERRUPTION in cause.__dict__ else None

    def is_outdated(self, error: BaseException) -> bool:
        # A prepared statement's table has changed, and the server never plans it anew.
        return getattr(error, "sqlstate", None) == "0A000"

    def is_silence(self, error: BaseException) -> bool:
        return isinstance(error, _NoAnswer)

    def evicts(self, error: BaseException) -> bool:
        return self.is_outdated(error) or errors_postgresql.evicts(error)

    def loses_outcome(self, error: BaseException, *, commit: bool) -> bool:
        # The server's own refusals carry a SQLSTATE; a lost connection does not, or one of classes 08 and 57P.
        state = getattr(error, "sqlstate", None)
        return isinstance(error, psycopg.Error) and (state is None or state[:2] == "08" or state[:3] == "57P")
