"""What the engine needs to know of a database, and nothing more.

A dialect opens connections in autocommit mode, runs one statement, names the texts of transaction control,
and translates its driver's errors. It keeps no state of its own: one instance serves every pool.
"""

from __future__ import annotations

import copy
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rawdb.dialects.types import DOCUMENTS
from rawdb.dialects.url import URL
from rawdb.exceptions import DBDataError, DBInvalidUnicodeParameter, StatementError

if TYPE_CHECKING:
    from rawdb.dialects.catalogs import Catalog

UniqueColumns = Callable[[str], "list[str] | None"]
ISOLATION_LEVELS = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")


@dataclass(frozen=True)
class ConnectionOptions:
    """Settings of a connection. Times are seconds; every socket has a limit."""

    connect_timeout: float = 10.0
    read_timeout: float = 60.0
    write_timeout: float = 60.0
    mysql_sql_mode: str | None = "TRADITIONAL"
    #: Whether statements of one transaction may share a packet; a proxy may not take that.
    mysql_multi_statements: bool = True
    mysql_wsrep_sync_wait: int | None = None
    sqlite_fk: bool = False
    sqlite_synchronous: bool = True
    sqlite_busy_timeout: float = 30.0
    json_serializer: Callable[[Any], str | bytes] | None = None
    json_deserializer: Callable[[str | bytes], Any] | None = None
    #: READ COMMITTED, REPEATABLE READ, ...: of every session; None: as the server has it.
    isolation_level: str | None = None
    #: `auto`: what finds its rows by equal values is prepared, and the server may keep its plan. What does not is
    #: planned for the values of each execution: a generic plan may be worse by orders.
    postgresql_plan_cache_mode: str = "auto"
    on_connect: Sequence[Callable[[Any], None]] = field(default_factory=tuple)
    #: Called with each connection that comes back to its pool, before the next one gets it.
    on_checkin: Sequence[Callable[[Any], None]] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        if self.isolation_level is not None:
            object.__setattr__(self, "isolation_level", isolation_level(self.isolation_level))
        if self.postgresql_plan_cache_mode not in ("auto", "force_custom_plan", "force_generic_plan"):
            raise ValueError(
                "postgresql_plan_cache_mode takes auto, force_custom_plan or force_generic_plan, not "
                f"{self.postgresql_plan_cache_mode!r}"
            )

    @property
    def lock_timeout(self) -> float:
        """For how long the server may let a statement wait for a lock: it shall give up before its client does."""
        return self.read_timeout * 0.8


def isolation_level(name: str) -> str:
    """A level of isolation as SQL writes it. Raises ValueError for what is none."""
    level = str(name).upper().replace("_", " ")
    if level not in ISOLATION_LEVELS:
        raise ValueError(f"isolation takes {', '.join(ISOLATION_LEVELS)}, not {name!r}")
    return level


class Result(NamedTuple):
    """The outcome of one statement: rows as tuples under `columns`, matched rows, the id of a new row."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    matched: int
    lastrowid: int | None

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as plain dicts. Raises StatementError for columns of one name: a dict would lose all but one."""
        columns = self.columns
        # The drivers give each row as many cells as there are columns.
        rows = [dict(zip(columns, row, strict=False)) for row in self.rows]
        if rows and len(rows[0]) != len(columns):
            raise StatementError(doubled(columns))
        return rows


#: A statement on its way: its text, its parameters, and whether it finds its rows by key.
Outgoing = tuple[str, Sequence[Any], bool]

#: A result of its four fields in a tuple; the class by its name would cost a call more for each statement.
as_result: Callable[[tuple[Any, ...]], Result] = partial(tuple.__new__, Result)


@cache
def _suspect() -> re.Pattern[str]:
    """What may stand in JSON for a NUL character or half a character."""
    return re.compile(r"\\u(?:0000|[dD][89a-fA-F])|[\ud800-\udfff]")


def _check_characters(text: str) -> None:
    """Refuse in a document what no text may hold. One of the servers does; the others would give it back."""
    inside = json.dumps(json.loads(text), ensure_ascii=False)
    if "\\u0000" in inside.replace("\\\\", ""):
        raise DBDataError("a document with a NUL character cannot be stored")
    try:
        inside.encode()
    except UnicodeEncodeError as error:
        raise DBInvalidUnicodeParameter from error


def doubled(columns: Sequence[str]) -> str:
    """What to say of columns of one name."""
    places: dict[str, list[int]] = {}
    for place, name in enumerate(columns, 1):
        places.setdefault(name, []).append(place)
    shown = [
        f"{name} is the name of the columns {' and '.join(map(str, found))} of the result"
        for name, found in places.items()
        if len(found) > 1
    ]
    return f"{'; '.join(shown)}; name each with AS"


class Stream(ABC):
    """The rows of one statement, read in parts while it runs. Driver errors leave as they are."""

    #: The names of the columns.
    columns: tuple[str, ...] = ()

    @abstractmethod
    def fetch(self, count: int) -> list[tuple[Any, ...]]:
        """The next rows, at most so many; none: that was all."""

    @abstractmethod
    def close(self) -> None:
        """Let the connection go on to something else. What was not read may have to be read for that."""

    def drop(self) -> bool:
        """Forget it, sending and reading nothing, before its transaction is rolled back.

        Returns whether the connection can still be used.
        """
        self.close()
        return True


class Description(NamedTuple):
    """What a catalog says of columns and of indexes; the rows are those of `rawdb.dialects.catalogs.Catalog`."""

    columns: list[tuple[Any, ...]]
    indexes: list[tuple[Any, ...]]


class Dialect(ABC):
    """One database server's ways. Subclasses are the only users of their driver."""

    name: str
    begin_read = "BEGIN"
    begin_write = "BEGIN"
    nulls_are_largest = False
    #: That a column is NULL, where rows are ordered by it and then by others.
    null_in_order = "{} IS NULL"
    #: Whether `key >= x OR key IS NULL` is no stretch of an index, so that a page with both kinds is read in two parts.
    seeks_nulls_apart = False
    #: Whether a cursor holds the rows that it has handed out until it is used again.
    keeps_rows = True
    #: Whether only one transaction at a time can write.
    single_writer = False
    #: Whether BEGIN reaches the server in one message with the statement behind it.
    sends_together = False
    #: Whether any statements of a transaction do, and none is run behind one that failed, or behind its end.
    takes_ahead = False
    #: Whether a connection can do nothing else while the rows of a statement are read in parts.
    streams_alone = False
    #: Whether CREATE, ALTER and DROP end the transaction that they stand in.
    commits_ddl = False
    #: Whether INSERT and UPDATE give back the rows that they made, as a SELECT does.
    has_returning = True
    #: Whether rows are best stored by COPY.
    has_copy = False
    #: Whether an INSERT reports the new row's id by itself; else `RETURNING id` is appended.
    reports_new_id = True
    max_parameters: int
    #: Whether placeholders have numbers, so that one value may stand in several places.
    numbers_parameters = False
    #: Whether a list can be bound as one array.
    has_arrays = False
    #: The type of the elements of such a list, where a value that the column cannot hold may be among them.
    array_types: ClassVar[Mapping[str, str]] = {}
    #: How one text serves any number of rows of an INSERT: `json` (one document), `many` (sent for each row), or not.
    batches = ""
    #: Whether a column holds another value than the one behind it, NULL being one.
    differs = "{} IS DISTINCT FROM {}"
    #: Rows as JSON: an array for each row, or for each column where that is faster for many rows (a column, and the
    #: whole); one inside a cell of another; pairs.
    json_rows = "json_group_array(json_array({}))"
    json_column = ""
    json_columns = ""
    json_inner = "{}"
    #: Of the pairs those whose key is NULL are left out: JSON has no such key.
    json_pairs = "json_group_object({0}, {1}) FILTER (WHERE {0} IS NOT NULL)"
    #: What a relation holds instead of a cell whose type JSON has not, by logical type.
    json_cells: ClassVar[Mapping[str, str]] = {"bytes": "CASE WHEN {0} IS NOT NULL THEN hex({0}) END"}
    #: Whether the driver reads the columns of JSON, those that are not texts.
    reads_json = False
    #: The text of a regular expression test, filled with the column and the parameter.
    regexp_text: str
    #: What that test sees of a column, by logical type, where the server's own text of it is another: a boolean is the
    #: number 0 or 1, a datetime has six digits behind the second.
    regexp_cells: ClassVar[Mapping[str, str]] = {}
    #: What writes a dict or list as JSON.
    json_serializer: Callable[[Any], str | bytes] = staticmethod(partial(json.dumps, allow_nan=False))
    #: What reads JSON.
    json_deserializer: Callable[[str | bytes], Any] = staticmethod(json.loads)

    def configured(self, options: ConnectionOptions) -> Dialect:
        """The same as some options want it: with their serializer and their deserializer."""
        if options.json_serializer is None and options.json_deserializer is None:
            return self
        other = copy.copy(self)
        other.json_serializer = options.json_serializer or self.json_serializer
        other.json_deserializer = options.json_deserializer or self.json_deserializer
        return other

    def connect(self, url: URL, options: ConnectionOptions) -> Any:
        """Open a driver connection in autocommit mode, its session set up. Driver errors leave as they are."""
        raw = self._open(url, options)
        try:
            self._set_up(raw, url, options)
            for hook in options.on_connect:
                hook(raw)
        except BaseException:
            self.close(raw)
            raise
        return raw

    @abstractmethod
    def _open(self, url: URL, options: ConnectionOptions) -> Any:
        """The bare driver connection."""

    @abstractmethod
    def _set_up(self, raw: Any, url: URL, options: ConnectionOptions) -> None:
        """Everything that is done once with a new connection."""

    def run(self, raw: Any, text: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> Result:
        """Run one statement on a cursor of its own. Driver errors leave as they are.

        Named parameters are written as `placeholder` says, and the text then as `literal` does; others by `parameter`.
        """
        if isinstance(parameters, Mapping):
            return self._run_named(raw, text, parameters)
        return self.execute(self.cursor(raw), text, parameters)

    @abstractmethod
    def cursor(self, raw: Any) -> Any:
        """A cursor for any number of statements, one after the other."""

    @abstractmethod
    def execute(self, cursor: Any, text: str, parameters: Sequence[Any], by_key: bool = True) -> Result:
        """Run one statement and read its whole result. Driver errors leave as they are.

        Of a text that does not find its rows `by_key` the plan hangs on the values.
        """

    def execute_together(self, cursor: Any, statements: Sequence[Outgoing], results: list[Result]) -> None:
        """Run BEGIN and a statement, or with `takes_ahead` any statements, sent in one message.

        Driver errors leave as they are. The results are added to `results`: at an error their number tells whose it is,
        and what stands behind that statement was not run.
        """
        for text, parameters, by_key in statements:
            results.append(self.execute(cursor, text, parameters, by_key))

    def execute_many(self, cursor: Any, text: str, rows: Sequence[Sequence[Any]]) -> Result:
        """Run one statement for each row; gives no rows, and the number of those that matched, all together."""
        matched = sum([self.execute(cursor, text, row).matched for row in rows])
        return Result((), [], matched, None)

    def copy(self, raw: Any, text: str, rows: Iterable[Sequence[Any]]) -> int:
        """Send rows for a COPY, where `has_copy` says so; returns how many were stored."""
        raise NotImplementedError

    @abstractmethod
    def stream(self, raw: Any, text: str, parameters: Sequence[Any]) -> Stream:
        """Run one statement inside a transaction, its rows left to be read in parts."""

    @abstractmethod
    def parameter(self, position: int) -> str:
        """How the parameter at a position, from 1, is written."""

    def binder(self, logical: str | None) -> Callable[[Any], Any] | None:
        """What makes a checked value of a logical type (None: of any) the driver's; None where nothing need be done."""
        if logical in DOCUMENTS:
            return self.document
        return self.bind if logical in ("other", "uuid", "interval") else None

    def as_read(self, logical: str, place: str, *, ordered: bool) -> str:
        """A column as what a client reads of it, where the server compares (or, if `ordered`, sorts) something else."""
        return place

    def read_as(self, logical: str, *, ordered: bool) -> Callable[[Any], Any] | None:
        """What makes a checked value comparable with that, as the driver wants it; None where `binder` does."""
        return None

    def array(self, values: Sequence[Any]) -> Any:
        """A list as one parameter, where `has_arrays` says so."""
        raise NotImplementedError

    def type_of(self, logical: str) -> str:
        """The server's name of a logical type, where `batches` says `json`."""
        raise NotImplementedError

    @abstractmethod
    def _run_named(self, raw: Any, text: str, parameters: Mapping[str, Any]) -> Result:
        """Run one statement with the driver's named parameters."""

    @abstractmethod
    def placeholder(self, name: str) -> str:
        """How the driver spells the named parameter."""

    def quote(self, name: str) -> str:
        """An identifier, quoted, as `execute` wants it."""
        doubled = name.replace('"', '""')
        return f'"{doubled}"'

    def literal(self, text: str) -> str:
        """SQL text as the driver wants it beside named placeholders."""
        return text

    def escaped(self, text: str) -> str:
        """SQL text as `execute` wants it."""
        return text

    def bind(self, value: Any) -> Any:
        """A Python value as the driver wants it."""
        return self.document(value) if isinstance(value, (dict, list)) else value

    def document(self, value: Any) -> Any:
        """A dict, list or plain value as JSON. Raises DBDataError for what has none."""
        try:
            text = self.json_serializer(value)
        except (TypeError, ValueError, RecursionError) as error:
            raise DBDataError(f"a document cannot be written as JSON: {error}") from error
        text = text.decode() if isinstance(text, bytes) else text
        if ("\\u" in text or not text.isascii()) and _suspect().search(text):
            _check_characters(text)
        return text

    def begin(self, *, write: bool, isolation: str | None) -> Sequence[str]:
        """The texts that open a transaction."""
        return [self.begin_write if write else self.begin_read]

    @abstractmethod
    def in_transaction(self, raw: Any) -> bool:
        """Whether the connection holds an open transaction."""

    def commits_alone(self, raw: Any) -> bool:
        """Whether a statement outside of a transaction takes effect by itself, as the sessions are set up."""
        return True

    @abstractmethod
    def is_closed(self, raw: Any) -> bool:
        """Whether the driver knows the connection to be gone; asks no server."""

    @abstractmethod
    def ping(self, raw: Any, timeout: float) -> None:
        """One cheap round trip; a driver error when the server is not there, or says nothing for so many seconds."""

    def is_stale(self, raw: Any) -> bool:
        """Whether the peer closed or abandoned an idle connection; looks at the socket, sends nothing."""
        return False

    def is_dead(self, raw: Any) -> bool:
        """Whether an idle connection is known to be of no more use: closed by either end. Asks no server."""
        return self.is_closed(raw) or self.is_stale(raw)

    def is_gone(self, raw: Any) -> bool:
        """Whether what is sent now cannot have an effect that lasts; asks no server."""
        return self.is_dead(raw)

    def is_outdated(self, error: BaseException) -> bool:
        """Whether the error comes from a plan or a snapshot older than its table: another session has none of it."""
        return False

    def interruption(self, error: BaseException) -> BaseException | None:
        """What a signal's handler raised inside the driver, where the driver made an error of its own of it."""
        return None

    def is_silence(self, error: BaseException) -> bool:
        """Whether the server was given up because it had said nothing for too long: it may be at work still."""
        return False

    def too_large(
        self, raw: Any, cursor: Any, text: str, parameters: Sequence[Any], error: BaseException
    ) -> str | None:
        """What to say where the server hung up because a statement was too large for it."""
        return None

    def is_aborted(self, raw: Any) -> bool:
        """Whether the open transaction can only be rolled back, because a statement in it failed."""
        return False

    @abstractmethod
    def ends_transaction(self, raw: Any, error: BaseException) -> bool:
        """Whether the server has rolled the whole transaction back with this driver error."""

    @abstractmethod
    def version(self, raw: Any) -> str:
        """The server's name and version, for people."""

    def describe(self, raw: Any) -> Description:
        """The tables and views of the live database, as its catalog has them. Round trips: 2."""
        # Where tables are declared, nobody looks.
        from rawdb.dialects.catalogs import CATALOGS

        catalog = CATALOGS[self.name]
        columns = self._columns(raw, catalog)
        return Description(columns, self.run(raw, catalog.indexes, {}).rows)

    def _columns(self, raw: Any, catalog: Catalog) -> list[tuple[Any, ...]]:
        return self.run(raw, catalog.columns_with_views, {}).rows

    def close(self, raw: Any) -> None:
        """Close the driver connection, whatever its state."""
        raw.close()

    @abstractmethod
    def is_driver_error(self, error: BaseException) -> bool:
        """Whether the error came from this driver."""

    @abstractmethod
    def translate(
        self, error: BaseException, *, connecting: bool = False, unique_columns: UniqueColumns | None = None
    ) -> Exception:
        """The exception of `rawdb.exceptions` for a driver's error."""

    @abstractmethod
    def evicts(self, error: BaseException) -> bool:
        """Whether the connection must not be used again after this driver error."""

    @abstractmethod
    def loses_outcome(self, error: BaseException, *, commit: bool) -> bool:
        """Whether work that failed with this driver error may have been carried out all the same.

        The work is a COMMIT, or else a statement that commits by itself.
        """
