"""MySQL 8.0+ and MariaDB 10.6+ through PyMySQL."""

from __future__ import annotations

import copy
import logging
import re
import ssl
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

import pymysql
from pymysql.constants import CLIENT, COMMAND, SERVER_STATUS
from pymysql.converters import escape_string

from rawdb.dialects import errors_mysql, mysql_results
from rawdb.dialects.base import ConnectionOptions, Dialect, Outgoing, Result, Stream, UniqueColumns, as_result
from rawdb.dialects.url import URL
from rawdb.dialects.wire import has_input, single
from rawdb.exceptions import DBDataError, NotSupportedWarning

LOG = logging.getLogger(__name__)

#: What GROUP_CONCAT gives is cut at this length without a word, and MariaDB's JSON_ARRAYAGG.
_GROUP_CONCAT_MAX_LEN = 256 * 1024 * 1024

#: Errors with which the whole transaction is rolled back, not the statement alone. The session goes on, and what
#: is sent next would commit by itself.
_ERROR_DURING_COMMIT = 1180
_ENDS_TRANSACTION = frozenset({1020, 1213, _ERROR_DURING_COMMIT, 3101, 8022, 8028, 9007})

#: The statement could not be written to the socket as a whole, or the connection was closed on this side.
_NEVER_SENT = frozenset({0, 2006})
#: Galera refuses a statement before it looks at it.
_NOT_PRIMARY = 1047

_TLS_OPTIONS = "ssl, ssl_ca, ssl_cert, ssl_key, ssl_key_password and ssl_verify"
#: Whose errors are those of the connection.
_OF_THE_SOCKET = frozenset({"pymysql", "socket", "ssl", "_ssl", "select", "selectors", "eventlet", "gevent", ""})

_LOCK_TIMEOUTS = ("innodb_lock_wait_timeout", "lock_wait_timeout")
_STRICT = {"TRADITIONAL", "STRICT_ALL_TABLES"}
_modes_warned_of: set[str] = set()

#: The table was changed after the transaction's snapshot was taken.
_TABLE_CHANGED = 1412
_TOO_LARGE = 1153
_LABELS = re.compile(r"'((?:[^']|'')*)'")

_URL_OPTIONS = {"charset", "unix_socket", "ssl", "ssl_ca", "ssl_cert", "ssl_key", "ssl_key_password", "ssl_verify"}


class _Connection(pymysql.Connection):
    """PyMySQL's connection; the TLS context of one that configures none is made once.

    PyMySQL makes one at each connect and loads all certificates of the system into it, for 17 ms of CPU time, only to
    check none of them: without options TLS is used where the server has it, and nothing is verified.
    """

    _preferred: ClassVar[ssl.SSLContext | None] = None
    #: What each server takes as one statement, by its address.
    _limits: ClassVar[dict[Any, int]] = {}
    #: Whether a text may hold several statements now.
    takes_several = True

    @property
    def packet_limit(self) -> int | None:
        """What the server takes as one statement, in bytes."""
        return self._limits.get((self.host, self.port, self.unix_socket))

    def learn_limit(self) -> None:
        """Ask the server, once for each process."""
        if self.packet_limit is None:
            with self.cursor() as cursor:
                cursor.execute("SELECT @@max_allowed_packet")
                self._limits[self.host, self.port, self.unix_socket] = int((cursor.fetchone() or (0,))[0])

    def _read_query_result(self, unbuffered: bool = False) -> Any:
        if unbuffered:
            return super()._read_query_result(unbuffered)  # type: ignore[misc]
        self._result = None
        result = mysql_results.Result(self)
        result.read()
        self._result = result
        if result.server_status is not None:
            self.server_status = result.server_status
        if result.unreadable is not None:
            raise result.unreadable
        return result.affected_rows

    def take_several(self, wanted: bool) -> None:
        """Let the server take several statements in one text, or not: one round trip, where it is not so already."""
        if self.takes_several == wanted or not self.client_flag & CLIENT.MULTI_STATEMENTS:
            return
        connection: Any = self
        connection._execute_command(COMMAND.COM_SET_OPTION, (_ON if wanted else _OFF).to_bytes(2, "little"))
        connection._read_packet()
        self.takes_several = wanted

    def escape(self, obj: Any, mapping: Any = None) -> str:
        """A value as SQL. What most parameters are goes without the calls that PyMySQL makes for each."""
        kind = type(obj)
        if kind is str and not self.server_status & SERVER_STATUS.SERVER_STATUS_NO_BACKSLASH_ESCAPES:
            return f"'{escape_string(obj)}'"
        if kind is int:
            return str(obj)
        if kind is datetime and obj.tzinfo is None:
            return f"'{obj.isoformat(' ')}'"
        return "NULL" if obj is None else super().escape(obj, mapping)

    def _create_ssl_ctx(self, sslp: Any) -> Any:
        if sslp:
            return super()._create_ssl_ctx(sslp)  # type: ignore[misc]
        if _Connection._preferred is None:
            _Connection._preferred = super()._create_ssl_ctx(sslp)  # type: ignore[misc]
        return _Connection._preferred


#: MYSQL_OPTION_MULTI_STATEMENTS_ON and its opposite.
_ON, _OFF = 0, 1


class MySQL(Dialect):
    """MySQL and MariaDB, Galera clusters included."""

    name = "mysql"
    #: Behind IS NULL the rest of the order is not read in the index, but sorted.
    null_in_order = "{} <=> NULL"
    begin_read = "START TRANSACTION READ ONLY"
    max_parameters = 65535
    # No more than BEGIN and a statement: where another node's transaction ends one between two statements of a message,
    # Galera tells nobody and runs the second by itself.
    sends_together = True
    streams_alone = True
    has_returning = False
    commits_ddl = True
    regexp_text = "{column} REGEXP {parameter}"
    differs = "NOT ({} <=> {})"
    # MariaDB makes a temporary table for each JSON_ARRAYAGG, on disk where the rows may be long, before it reads a row:
    # half of its time for an instance with relations. JSON_OBJECTAGG needs none, and keeps pairs of one key there;
    # MySQL keeps the last, and has no such table. Each server runs the comment that is its own. The key is not
    # empty: there is a mode in which that is NULL, and pairs without a key are left out.
    json_rows = (
        "/*!80000 JSON_ARRAYAGG( *//*M!100500 JSON_OBJECTAGG('-', */ JSON_ARRAY({}) /*!80000 ) *//*M!100500 ) */"
    )
    # MariaDB leaves out pairs whose key is NULL by itself; MySQL refuses them.
    json_pairs = "JSON_OBJECTAGG({0}, {1})"
    # A TIME is a span of time; the P tells it from the times of day of other servers.
    json_cells: ClassVar[Mapping[str, str]] = {
        "bytes": "HEX({})",
        "time": "CONCAT('P', {})",
        "json": "CAST({} AS CHAR)",
        "json_dict": "CAST({} AS CHAR)",
        "json_list": "CAST({} AS CHAR)",
        # Of either JSON would hold what is none: bytes, and zeros before a number.
        "bit": "{} + 0",
        "padded": "{} + 0",
    }

    def configured(self, options: ConnectionOptions) -> Dialect:
        configured = super().configured(options)
        if options.mysql_multi_statements:
            return configured
        configured = copy.copy(configured)
        configured.sends_together = False
        return configured

    def _open(self, url: URL, options: ConnectionOptions) -> Any:
        query = dict(url.query)
        _check_switches(query)
        # FOUND_ROWS: an UPDATE reports the rows it matched, as the other dialects do.
        arguments: dict[str, Any] = {
            "host": url.host or "localhost",
            "port": url.port or 3306,
            "user": url.user,
            "password": url.password or "",
            "database": url.database,
            "unix_socket": query.get("unix_socket"),
            "charset": query.get("charset", "utf8mb4"),
            "autocommit": True,
            "client_flag": CLIENT.FOUND_ROWS | (CLIENT.MULTI_STATEMENTS if options.mysql_multi_statements else 0),
            "connect_timeout": max(1, round(options.connect_timeout)),
            # The greeting and the session settings are part of connecting.
            "read_timeout": min(options.connect_timeout, options.read_timeout),
            "write_timeout": options.write_timeout,
            "init_command": _session_settings(options),
            "ssl": _tls_context(query),
            "ssl_disabled": _says_no(query, "ssl"),
        }
        for name in sorted(query.keys() - _URL_OPTIONS):
            if "ssl" in name.lower() or "tls" in name.lower():
                raise ValueError(f"unknown TLS option {name!r} of a mysql URL: there are {_TLS_OPTIONS}")
            warnings.warn(f"unknown option {name!r} of a mysql URL is ignored", NotSupportedWarning, stacklevel=2)
        return _Connection(**{key: value for key, value in arguments.items() if value is not None})

    def _set_up(self, raw: Any, url: URL, options: ConnectionOptions) -> None:
        raw._read_timeout = options.read_timeout
        raw.learn_limit()
        if options.isolation_level is not None:
            # Not a variable: MySQL and MariaDB name it differently.
            with raw.cursor() as cursor:
                cursor.execute(f"SET SESSION TRANSACTION ISOLATION LEVEL {options.isolation_level}")
        _check_mode(raw, options)

    def cursor(self, raw: Any) -> Any:
        return raw.cursor()

    def execute(
        self, cursor: Any, text: str, parameters: Sequence[Any] | Mapping[str, Any], by_key: bool = True
    ) -> Result:
        if ";" in text:
            # In a string, or before a second statement: for the server, which reads it as it will be run, it is one.
            cursor.connection.take_several(False)
        cursor.execute(text, parameters)
        result = _read(cursor)
        if cursor._result.has_next:
            # A procedure's: what it did behind its first result, an error or the end of the transaction, shows there.
            while cursor.nextset():
                pass
        return result

    def execute_together(self, cursor: Any, statements: Sequence[Outgoing], results: list[Result]) -> None:
        connection = cursor.connection
        commands: list[bytes] = []
        for text, parameters, _ in statements:
            if ";" in text:
                # It might be two.
                super().execute_together(cursor, statements, results)
                return
            try:
                commands.append(cursor.mogrify(text, parameters).encode(connection.encoding, "surrogateescape"))
            except Exception:
                # Those before it are run all the same.
                super().execute_together(cursor, statements[: len(commands)], results)
                raise
        # Behind the end of a line, where a comment may have stood.
        whole = b"\n;".join(commands)
        limit = connection.packet_limit
        if limit is not None and len(whole) + 1 >= limit:
            # One of them may be too large, or all together.
            super().execute_together(cursor, statements, results)
            return
        if not connection.takes_several:
            connection.take_several(True)
        cursor.execute(whole)
        results.append(_read(cursor))
        while len(results) < len(statements) and cursor.nextset():
            results.append(_read(cursor))

    def stream(self, raw: Any, text: str, parameters: Sequence[Any]) -> Stream:
        with raw.cursor() as cursor:
            statement = cursor.mogrify(text, parameters)
        if ";" in text:
            raw.take_several(False)
        return mysql_results.Stream(raw, statement.encode(raw.encoding))

    def parameter(self, position: int) -> str:
        return "%s"

    def binder(self, logical: str | None) -> Callable[[Any], Any] | None:
        if logical is not None and logical.startswith("single"):
            return single
        return _bits if logical is not None and logical.startswith("bit") else super().binder(logical)

    def as_read(self, logical: str, place: str, *, ordered: bool) -> str:
        if logical.startswith("single"):
            # The server shows six digits of the seven or eight that it keeps.
            return f"CAST({place} AS CHAR) + 0e0"
        # An enumeration is sorted by the numbers of its words, and compared as text: here by number, too.
        return f"{place} + 0" if ordered and logical.startswith("word") else place

    def read_as(self, logical: str, *, ordered: bool) -> Callable[[Any], Any] | None:
        if ordered and logical.startswith("word"):
            return partial(_number_of, {word: n for n, word in enumerate(_words(logical))}, logical.startswith("words"))
        if not logical.startswith("single"):
            return None
        digits = logical[len("single(") : -1]
        form = f".{digits}f" if digits else ".6g"
        return lambda value: float(format(single(value), form))

    def _run_named(self, raw: Any, text: str, parameters: Mapping[str, Any]) -> Result:
        with raw.cursor() as cursor:
            return self.execute(cursor, text, parameters)

    def placeholder(self, name: str) -> str:
        return f"%({name})s"

    def quote(self, name: str) -> str:
        return f"`{name.replace('`', '``').replace('%', '%%')}`"

    def literal(self, text: str) -> str:
        return text.replace("%", "%%")

    def escaped(self, text: str) -> str:
        return text.replace("%", "%%")

    def begin(self, *, write: bool, isolation: str | None) -> Sequence[str]:
        begin = self.begin_write if write else self.begin_read
        # It holds for the next transaction alone.
        return [begin] if isolation is None else [f"SET TRANSACTION ISOLATION LEVEL {isolation}", begin]

    def in_transaction(self, raw: Any) -> bool:
        return bool(raw.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS)

    def commits_alone(self, raw: Any) -> bool:
        return bool(raw.server_status & SERVER_STATUS.SERVER_STATUS_AUTOCOMMIT)

    def is_closed(self, raw: Any) -> bool:
        return not raw.open

    def ping(self, raw: Any, timeout: float) -> None:
        limit = raw._read_timeout
        raw._read_timeout = min(limit or timeout, timeout)
        try:
            raw.ping(reconnect=False)
        finally:
            raw._read_timeout = limit

    def is_stale(self, raw: Any) -> bool:
        return raw._sock is None or has_input(raw._sock.fileno())

    def ends_transaction(self, raw: Any, error: BaseException) -> bool:
        if error.args and error.args[0] in _ENDS_TRANSACTION:
            return True
        # An error carries no status, and innodb_rollback_on_timeout or a procedure may have ended it.
        if raw.open and not errors_mysql.evicts(error):
            raw.ping(reconnect=False)
            return not self.in_transaction(raw)
        return False

    def is_outdated(self, error: BaseException) -> bool:
        return bool(error.args) and error.args[0] == _TABLE_CHANGED

    def interruption(self, error: BaseException) -> BaseException | None:
        # PyMySQL takes every OSError for one of its socket, a handler's TimeoutError too.
        cause = error.__context__
        if not isinstance(error, pymysql.MySQLError) or not isinstance(cause, OSError):
            return None
        place = cause.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        module = "" if place is None else str(place.tb_frame.f_globals.get("__name__", ""))
        return None if module.partition(".")[0] in _OF_THE_SOCKET else cause

    def is_silence(self, error: BaseException) -> bool:
        return isinstance(error.__context__, TimeoutError)

    def too_large(
        self, raw: Any, cursor: Any, text: str, parameters: Sequence[Any], error: BaseException
    ) -> str | None:
        code = error.args[0] if error.args else None
        if code != _TOO_LARGE and not errors_mysql.is_disconnect(error):
            return None
        size = len(cursor.mogrify(text, parameters).encode("utf-8", "surrogateescape"))
        limit = raw.packet_limit
        if limit is None or size + 1 <= limit:
            return None
        return f"a statement of {size:,} bytes, where the server takes {limit:,} (max_allowed_packet)"

    def version(self, raw: Any) -> str:
        # MariaDB 10 puts a prefix there that old replicas understood.
        text = raw.get_server_info().removeprefix("5.5.5-")
        return text if "MariaDB" in text else f"MySQL {text}"

    def close(self, raw: Any) -> None:
        if raw.open:
            raw.close()

    def is_driver_error(self, error: BaseException) -> bool:
        return errors_mysql.is_driver_error(error)

    def translate(
        self, error: BaseException, *, connecting: bool = False, unique_columns: UniqueColumns | None = None
    ) -> Exception:
        return errors_mysql.translate(error, connecting=connecting, unique_columns=unique_columns)

    def evicts(self, error: BaseException) -> bool:
        return errors_mysql.evicts(error)

    def loses_outcome(self, error: BaseException, *, commit: bool) -> bool:
        code = error.args[0] if error.args else None
        if code in _NEVER_SENT or (code == _NOT_PRIMARY and not commit):
            return False
        return code == _ERROR_DURING_COMMIT or errors_mysql.is_disconnect(error)


def _read(cursor: Any) -> Result:
    """The result that a cursor is at."""
    if cursor.description is None:
        return as_result(((), [], cursor.rowcount, cursor.lastrowid))
    columns = tuple([column[0] for column in cursor.description])
    return as_result((columns, list(cursor.fetchall()), cursor.rowcount, None))


def _bits(value: bytes | int) -> int:
    """Bits as the number that they are compared as: of a text of them the server takes the digits."""
    return int.from_bytes(value) if isinstance(value, bytes) else value


def _words(logical: str) -> list[str]:
    """The words of an enumeration."""
    return [word.replace("''", "'") for word in _LABELS.findall(logical)]


def _number_of(numbers: Mapping[str, int], is_set: bool, value: Any) -> int:
    """The number by which the server sorts a word of an enumeration, or some words of a set. Raises DBDataError."""
    text = str(value)
    try:
        if is_set:
            return sum({1 << numbers[word] for word in text.split(",") if word})
        return numbers[text] + 1 if text else 0
    except KeyError:
        raise DBDataError(f"expected one of {', '.join(numbers)}, got {value!r}") from None


def _check_mode(raw: Any, options: ConnectionOptions) -> None:
    """Warn, once for each mode, when the server would take wrong values without a word."""
    mode = options.mysql_sql_mode
    if not mode:
        with raw.cursor() as cursor:
            cursor.execute("SELECT @@SESSION.sql_mode")
            mode = str(cursor.fetchone()[0])
    if mode not in _modes_warned_of and not _STRICT & set(mode.upper().split(",")):
        _modes_warned_of.add(mode)
        LOG.warning("sql_mode %r has neither TRADITIONAL nor STRICT_ALL_TABLES: wrong values are stored changed", mode)


def _session_settings(options: ConnectionOptions) -> str:
    # TIMESTAMP is shown in the session's zone, and errors in its language.
    settings = ["SESSION time_zone = '+00:00'", "SESSION lc_messages = 'en_US'"]
    settings.append(f"SESSION group_concat_max_len = {_GROUP_CONCAT_MAX_LEN}")
    longest = max(1, int(options.lock_timeout))
    settings += [f"SESSION {name} = LEAST(@@SESSION.{name}, {longest})" for name in _LOCK_TIMEOUTS]
    # An empty mode stores values cut: "no value" means the server's, as the help of the option always said.
    if options.mysql_sql_mode:
        mode = options.mysql_sql_mode.replace("\\", "").replace("'", "")
        settings.append(f"SESSION sql_mode = '{mode}'")
    if options.mysql_wsrep_sync_wait is not None:
        settings.append(f"SESSION wsrep_sync_wait = {int(options.mysql_wsrep_sync_wait)}")
    return f"SET {', '.join(settings)}"


def _check_switches(query: Mapping[str, str]) -> None:
    """Raise ValueError for what is neither yes nor no: `ssl=disabled` would be taken for the opposite."""
    for name in ("ssl", "ssl_verify"):
        value = query.get(name, "true").lower()
        if value not in ("true", "1", "yes", "false", "0", "no"):
            raise ValueError(f"the option {name} of a mysql URL takes true or false, not {value!r}")


def _says_no(query: Mapping[str, str], option: str) -> bool:
    return query.get(option, "true").lower() in ("false", "0", "no")


def _tls_context(query: Mapping[str, str]) -> ssl.SSLContext | None:
    """The TLS settings of the URL's query: ssl_ca, ssl_cert, ssl_key, ssl_verify (default yes), ssl=true or false."""
    if _says_no(query, "ssl") or not any(key == "ssl" or key.startswith("ssl_") for key in query):
        return None
    context = ssl.create_default_context(cafile=query.get("ssl_ca"))
    if _says_no(query, "ssl_verify"):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if "ssl_cert" in query:
        context.load_cert_chain(query["ssl_cert"], query.get("ssl_key"), query.get("ssl_key_password"))
    return context
