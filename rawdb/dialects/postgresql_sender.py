"""How statements go to PostgreSQL and their results come back, with what psycopg's own cursors are made of.

A cursor of psycopg's costs about as much again as the rest of a short statement: it looks all converters up anew with
each other text, and makes several objects and generators for each execution. Here one transformer serves a connection,
and a statement that is prepared is sent at once. What is prepared when is decided as psycopg decides it.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NoReturn

import psycopg
from psycopg import abc, generators, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result

from rawdb.dialects.base import Outgoing, Result, as_result
from rawdb.dialects.types import each

_TUPLES, _DONE, _EMPTY = int(pq.ExecStatus.TUPLES_OK), int(pq.ExecStatus.COMMAND_OK), int(pq.ExecStatus.EMPTY_QUERY)
_FATAL = int(pq.ExecStatus.FATAL_ERROR)
_COPIES = (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH)
#: What psycopg says of a cell that it has no value for, and of one in a style that it does not read.
_UNREADABLE = (psycopg.DataError, NotImplementedError)
#: Commands after which what is prepared may be about what is gone, or be gone itself.
_CHANGING = (b"DROP", b"ALTER")
#: Commands that take what is prepared away.
FORGETTING = (b"DISCARD", b"DEALLOCATE")
#: Undone, what these have made is another thing, or none.
_CREATING, _ROLLBACK = b"CREATE", b"ROLLBACK"
_NOTED = (*_CHANGING, *FORGETTING, _CREATING, _ROLLBACK)
_IDLE, _IN_ERROR = int(pq.TransactionStatus.IDLE), int(pq.TransactionStatus.INERROR)
#: The server's numbers of the type, and of arrays of it.
NUMERIC, _NUMERICS = 1700, 1231
#: On these settings of a session converters depend.
_STYLES = (b"client_encoding", b"DateStyle", b"IntervalStyle", b"TimeZone")
#: Statements that are counted until it is time to prepare them.
_COUNTED = 1000
#: Of the whole process, so that no two of one session are the same.
_numbers = itertools.count(1)

#: The text of a statement, and the types of its parameters as the server numbers them.
_Key = tuple[str, tuple[int, ...]]


class _Prepared:
    """A statement that the server has under a name."""

    __slots__ = ("columns", "is_sent", "key", "name")

    def __init__(self, key: _Key) -> None:
        self.key = key
        self.name = f"rawdb_{next(_numbers)}".encode()
        #: Whether it is prepared, or will be before it is run.
        self.is_sent = False
        #: The names of its columns once it was run: as long as it can be run they stay.
        self.columns: tuple[str, ...] = ()


#: What is sent of a statement: its text unless it is prepared, the values with their types and formats.
_Bound = tuple[bytes, Sequence[Any], tuple[int, ...], Any, "_Prepared | None"]


class Sender:
    """Sends the statements of one connection, and reads what they give."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.connection = raw
        self._pgconn = raw.pgconn
        #: The results of the next statement that was sent. A connection made elsewhere has no quick way to them.
        self._answer: Callable[[], list[pq.abc.PGresult]] = getattr(raw, "answer", None) or partial(_driven, raw)
        self._transformer: abc.Transformer = Transformer(raw)
        self._styles = self._session()
        #: How often each statement was run that is not prepared yet.
        self._runs: dict[_Key, int] = {}
        #: The one used last stands last.
        self._prepared: OrderedDict[_Key, _Prepared] = OrderedDict()
        #: Whether the transaction has changed what statements are about.
        self._has_changed = False
        #: Whether the server has forgotten statements by itself.
        self._has_lost = False

    def execute(self, text: str, parameters: Sequence[Any], *, prepare: bool) -> Result:
        """Run a statement. With `prepare` it is prepared once it has been run `prepare_threshold` times."""
        pgconn = self._pgconn
        with self.connection.lock:
            transformer = self._converters()
            if parameters:
                values = transformer.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
                types, formats = transformer.types or (), transformer.formats
            else:
                values, types, formats = None, (), None
            known = self._known((text, types)) if prepare else None
            if known is not None:
                pgconn.send_query_prepared(known.name, values, param_formats=formats)
                results = self._answer()
                try:
                    return self._read(results, known)
                except InvalidSqlStatementName as error:
                    self._check_lost(known, error)
            if parameters:
                pgconn.send_query_params(self._encoded(text), values, param_types=types, param_formats=formats)
            else:
                pgconn.send_query(self._encoded(text))
            results = self._answer()
            if len(results) != 1:
                # Several statements in one text cannot be prepared.
                self._runs.pop((text, types), None)
            return self._read(results)

    def execute_together(self, statements: Sequence[Outgoing], results: list[Result]) -> None:
        """Run some statements, sent in one message; adds the results of those that the server has run."""
        with self.connection.lock:
            transformer = self._converters()
            bound: list[_Bound] = []
            fresh: dict[_Key, _Prepared] = {}
            try:
                for text, parameters, prepare in statements:
                    values = transformer.dump_sequence(parameters, [PyFormat.AUTO] * len(parameters))
                    types, formats = transformer.types or (), transformer.formats
                    known = self._known((text, types), fresh) if prepare else None
                    command = b"" if known is not None and known.is_sent else self._encoded(text)
                    if known is not None:
                        known.is_sent = True
                    bound.append((command, values, types, formats, known))
            except Exception:
                # Those before it are run all the same.
                if bound:
                    self._pipeline(bound, len(bound), results)
                raise
            # Nobody waits for the beginning of a transaction.
            self._pipeline(bound, len(bound) - statements[0][0].startswith("BEGIN"), results)

    def _pipeline(self, bound: Sequence[_Bound], times: int, results: list[Result]) -> None:
        """Send some statements in one pipeline, and read their results: the server may take its time so many times."""
        pgconn = self._pgconn
        answers: list[list[pq.abc.PGresult]] = []
        try:
            pgconn.enter_pipeline_mode()
            count = len(bound)
            for command, values, types, formats, known in bound:
                if known is None:
                    pgconn.send_query_params(command, values, param_types=types, param_formats=formats)
                    continue
                if command:
                    count += 1
                    pgconn.send_prepare(known.name, command, param_types=types)
                pgconn.send_query_prepared(known.name, values, param_formats=formats)
            pgconn.pipeline_sync()
            self._collect(answers, count, times)
            pgconn.exit_pipeline_mode()
        except psycopg.Error:
            try:
                if any(one.status == _FATAL for answer in answers for one in answer):
                    # The server has said why before it hung up.
                    self._take(bound, answers, results)
            finally:
                # What comes behind would be taken for the rest of the pipeline.
                self.connection.close()
            raise
        self._take(bound, answers, results)

    def _collect(self, answers: list[list[pq.abc.PGresult]], count: int, times: int) -> None:
        """Read the answers to so many statements. They come all at once, so each of them may take its time."""
        connection: Any = self.connection
        limit = getattr(connection, "read_timeout", None)
        if limit is not None and times > 1:
            connection.read_timeout = limit * times
        try:
            while len(answers) < count:
                answers.append(self._answer())
            # The end of the pipeline is an answer, too.
            self._answer()
        finally:
            if limit is not None and times > 1:
                connection.read_timeout = limit

    def _take(self, bound: Sequence[_Bound], answers: Iterable[list[pq.abc.PGresult]], results: list[Result]) -> None:
        """Read the answers to some statements, up to an error."""
        coming, has_more = iter(answers), False
        for command, _, _, _, known in bound:
            if command and known is not None:
                self._checked(next(coming))
                self._keep(known)
                has_more = True
            try:
                results.append(self._read(next(coming), known))
            except InvalidSqlStatementName as error:
                if known is not None:
                    self._check_lost(known, error)
                raise
        if has_more:
            self._give_up_surplus()

    def _check_lost(self, known: _Prepared, error: InvalidSqlStatementName) -> None:
        """Prepare nothing any more where the server has forgotten what is prepared: a procedure's or a proxy's doing.

        Nothing was run then. Raises the error where it is about another statement's name, or has spoiled a transaction.
        """
        if known.name.decode() not in str(error):
            raise error
        self._has_lost = True
        self._prepared.clear()
        if self._pgconn.transaction_status != _IDLE:
            raise error

    def _session(self) -> tuple[bytes | None, ...]:
        """What the server has told of the session, as far as converters depend on it. Asks nobody."""
        return tuple(map(self._pgconn.parameter_status, _STYLES))

    def _converters(self) -> abc.Transformer:
        """What makes texts of values and values of texts, as the session is now: a converter keeps to what it was."""
        styles = self._session()
        if styles != self._styles:
            self._transformer, self._styles = Transformer(self.connection), styles
        return self._transformer

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._transformer.encoding)

    def _known(self, key: _Key, fresh: dict[_Key, _Prepared] | None = None) -> _Prepared | None:
        """The prepared statement behind a key, which is prepared now if it is time to; None while it is not.

        With `fresh`, where the statements of a message are that it prepares by itself, it is added to them instead.
        """
        connection: Any = self.connection
        if getattr(connection, "has_forgotten", False):
            connection.has_forgotten = False
            self._prepared.clear()
        known = self._prepared.get(key)
        if known is not None:
            self._prepared.move_to_end(key)
            return known
        threshold = connection.prepare_threshold
        if threshold is None or self._has_lost:
            return None
        runs = self._runs.get(key, 0)
        if runs >= threshold:
            return self._prepare(key) if fresh is None else fresh.setdefault(key, fresh.get(key) or _Prepared(key))
        if len(self._runs) >= _COUNTED and not runs:
            del self._runs[next(iter(self._runs))]
        self._runs[key] = runs + 1
        return None

    def _prepare(self, key: _Key) -> _Prepared:
        text, types = key
        known = _Prepared(key)
        self._pgconn.send_prepare(known.name, self._encoded(text), param_types=types)
        self._confirm()
        self._keep(known)
        self._give_up_surplus()
        return known

    def _keep(self, known: _Prepared) -> None:
        """Remember what the server has prepared."""
        known.is_sent = True
        self._runs.pop(known.key, None)
        self._prepared[known.key] = known

    def _give_up_surplus(self) -> None:
        """Give up what was not used for long, where too much is prepared."""
        limit = self.connection.prepared_max
        # After an error the server takes nothing but the way back, which is what is prepared then.
        if limit is not None and self._pgconn.transaction_status != _IN_ERROR:
            surplus = len(self._prepared) - max(1, limit)
            if surplus > 0:
                self._deallocate([self._prepared.popitem(last=False)[1] for _ in range(surplus)])

    def _deallocate(self, known: Iterable[_Prepared]) -> None:
        self._pgconn.send_query(b"; ".join([b"DEALLOCATE " + one.name for one in known]))
        try:
            self._confirm()
        except InvalidSqlStatementName:
            # Gone already.
            if self._pgconn.transaction_status != _IDLE:
                raise

    def _confirm(self) -> None:
        """Wait for the answer to what gives no rows."""
        self._checked(self._answer())

    def _read(self, results: Sequence[pq.abc.PGresult], known: _Prepared | None = None) -> Result:
        """The outcome; of several statements in one text that of the first."""
        self._checked(results)
        result = results[0]
        if result.status == _TUPLES and result.nfields:
            return self._rows(result, known)
        for one in results:
            self._look_at(one.command_status)
        matched = result.command_tuples
        return as_result(((), [], -1 if matched is None else matched, None))

    def _rows(self, result: pq.abc.PGresult, known: _Prepared | None) -> Result:
        columns = known.columns if known is not None else ()
        if not columns:
            columns = names_of(result, self._transformer.encoding)
            if known is not None:
                known.columns = columns
        transformer, count = self._converters(), result.ntuples
        try:
            transformer.set_pgresult(result)
            rows: list[Any] = transformer.load_rows(0, count, tuple)
        except _UNREADABLE as error:
            raise _unreadable(self.connection, result) or error from error
        finally:
            # It would keep the whole answer until the next one.
            transformer.set_pgresult(None)
        return as_result((columns, _with_numerics(self.connection, result, rows), count, None))

    def _look_at(self, command: bytes | None) -> None:
        """Prepare everything anew after a command that may have taken something away, or has brought something back."""
        if command is None or not command.startswith(_NOTED):
            return
        if command == _ROLLBACK:
            is_changed = self._has_changed
            # One to a savepoint leaves what was changed before it.
            self._has_changed = is_changed and self._pgconn.transaction_status != _IDLE
        else:
            is_changed = command.startswith(_CHANGING)
            self._has_changed = self._has_changed or is_changed or command.startswith(_CREATING)
        if is_changed and self._prepared:
            known = list(self._prepared.values())
            self._prepared.clear()
            self._deallocate(known)
        elif command.startswith(FORGETTING):
            self._prepared.clear()

    def _checked(self, results: Sequence[pq.abc.PGresult]) -> None:
        """Raise the error that is among some results."""
        if not results:
            raise psycopg.InternalError("got no result from the query")
        for result in results:
            if result.status not in (_TUPLES, _DONE, _EMPTY):
                self._fail(result)

    def _fail(self, result: pq.abc.PGresult) -> NoReturn:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            raise error_from_result(result, encoding=self._transformer.encoding)
        if result.status in _COPIES:
            raise psycopg.ProgrammingError("COPY cannot be used here")
        raise psycopg.InternalError(f"unexpected status of a result: {pq.ExecStatus(result.status).name}")


def _driven(raw: psycopg.Connection[Any]) -> list[pq.abc.PGresult]:
    return raw.wait(generators.execute(raw.pgconn))


@lru_cache(maxsize=4096)
def _decoded(names: tuple[bytes, ...], encoding: str) -> tuple[str, ...]:
    return tuple(name.decode(encoding) for name in names)


def names_of(result: pq.abc.PGresult, encoding: str) -> tuple[str, ...]:
    """The names of a result's columns. A cursor's `description` makes an object of each column."""
    return _decoded(tuple([result.fname(index) or b"" for index in range(result.nfields)]), encoding)


def fetched(cursor: psycopg.Cursor[Any], fetch: Callable[[], list[Any]]) -> list[tuple[Any, ...]]:
    """The rows that a cursor of psycopg's fetches, read as a Sender reads them."""
    try:
        rows = fetch()
    except _UNREADABLE as error:
        result = cursor.pgresult
        raise (None if result is None else _unreadable(cursor.connection, result)) or error from error
    return rows if cursor.pgresult is None else _with_numerics(cursor.connection, cursor.pgresult, rows)


def _with_numerics(raw: Any, result: pq.abc.PGresult, rows: list[Any]) -> list[tuple[Any, ...]]:
    """Whole numbers of NUMERIC columns as what the other numbers there are; sums of integers come from no table."""
    # Of a connection made elsewhere, none of this is known.
    if not getattr(raw, "has_whole_numerics", False):
        return rows
    raw.has_whole_numerics = False
    wide = [n for n in range(result.nfields) if result.ftype(n) in (NUMERIC, _NUMERICS) and result.ftable(n)]
    if not wide:
        return rows
    found = []
    for row in rows:
        cells = list(row)
        for index in wide:
            if type(cells[index]) is int:
                cells[index] = Decimal(cells[index])
            elif type(cells[index]) is list:
                cells[index] = each(Decimal, cells[index])
        found.append(tuple(cells))
    return found


def _unreadable(raw: psycopg.Connection[Any], result: pq.abc.PGresult) -> psycopg.DataError | None:
    """The error for the first cell that Python has no value for (infinity, BC, 24:00), by the name of its column."""
    transformer = Transformer(raw)
    for index in range(result.nfields):
        loader = transformer.get_loader(result.ftype(index), pq.Format(result.fformat(index)))
        for row in range(result.ntuples):
            value = result.get_value(row, index)
            try:
                None if value is None else loader.load(value)
            except _UNREADABLE as error:
                encoding = transformer.encoding
                name, text = (bytes(one or b"").decode(encoding) for one in (result.fname(index), value))
                return psycopg.DataError(f"{name}: {text!r} cannot be read: {error}")
    return None
