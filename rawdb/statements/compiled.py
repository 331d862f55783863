"""A call of a statement, and the finished text behind it.

A call has closed choices (which rows are visible, which columns are given, what is filtered, how a page is ordered, how
many elements a list has) and values. The segments of a statement take both from it: the choices make a key, the values
a list in the order of the text. Behind the key lies the text, with the functions that check and convert the values; it
is put together from the key alone, once, so a repeated call does no work on text, and nothing that a caller passes
can become part of one.
"""

from __future__ import annotations

import copy
import re
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from rawdb.dialects import Dialect
from rawdb.exceptions import DBDataError, StatementError
from rawdb.statements.columns import Column, Table
from rawdb.statements.effects import effects
from rawdb.statements.values import INT_LIMITS, untyped

TRUE = "1 = 1"
FALSE = "1 = 0"
#: Stands for a condition that always holds, until it is known whether it can be left out.
_HOLDS = "\0"
_LEFT_OUT = re.compile(r"\s+AND \0|\0\s+AND (?=\S)")
_NO_CONDITION = re.compile(r"\s*\bWHERE \0(?!\s+OR\b)")

#: Types that a placeholder can be cast to without another meaning of the operators around it.
_PLAIN_TYPES = {
    "bigint": "bigint",
    "bool": "boolean",
    # As its blanks are of no account in a comparison, which a text would give to them.
    "char": "bpchar",
    "datetime": "timestamp",
    "enum": "text",
    "float": "double precision",
    "single": "double precision",
    "int": "bigint",
    "longtext": "text",
    "mediumtext": "text",
    "smallint": "bigint",
    "soft_delete": "bigint",
    "string": "text",
    "text": "text",
}

Convert = Callable[[Any], Any]


class Rules(Protocol):
    """What fills the slots `visibility` and `scope`, and how None compares. The application says it."""

    none_is_null: bool

    def visibility(self, context: Any) -> str:
        """'no', 'yes' or 'only': whether deleted rows are seen, where a call does not say it."""

    def scope(self, context: Any, wanted: Any) -> tuple[str, Any]:
        """'none', 'own' or 'own_or_none', and the value that own rows have."""


class Given:
    """The columns that new rows give values for, and which of them hold one object in all of several rows."""

    __slots__ = ("_hash", "names", "same")

    def __init__(self, names: tuple[str, ...], same: tuple[str, ...] = ()) -> None:
        self.names = names
        self.same = same
        # It is part of a key, and has some 20 names.
        self._hash = hash((names, same))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Given) and self.names == other.names and self.same == other.same


class Call:
    """One call on its way: what was given, the key of its choices so far, and the values so far."""

    __slots__ = ("arguments", "context", "dialect", "given", "key", "origins", "rules", "values")

    def __init__(self, arguments: dict[str, Any], context: Any, rules: Rules, dialect: Dialect) -> None:
        self.arguments = arguments
        self.context = context
        self.rules = rules
        self.dialect = dialect
        #: Where the arguments inside an element come from: the element, and the arguments around it.
        self.origins: tuple[Mapping[str, Any], ...] = ()
        self.key: list[Hashable] = []
        self.values: list[Any] = []
        #: What new rows have in common, once a slot has looked at them.
        self.given: Given | None = None

    def inside(self, element: Mapping[str, Any]) -> Call:
        """The same call inside one element of a list, whose entries go before the call's own."""
        inner = Call({**self.arguments, **element}, self.context, self.rules, self.dialect)
        inner.key, inner.values = self.key, self.values
        inner.origins = (element, self.arguments, *self.origins)
        return inner


class Segment(Protocol):
    """A piece of a statement, and what a call does with it."""

    def collect(self, call: Call) -> None:
        """Add the choices of a call to its key, and its values."""

    def render(self, text: Text) -> None:
        """Add the text that the key stands for, and how its values are converted."""


class Binder(NamedTuple):
    """Which of a call's values is bound, and how it is checked and converted."""

    source: int
    convert: Convert
    #: What is bound for None.
    empty: Any = None


class Compiled:
    """A finished text with what is known of it: the statement's name, place and target, and whether it writes.

    `binders` say what its parameters are made of. `batch`: one set of parameters for each row. `effects` is what the
    text does besides (see there). `by_key`: it finds its rows by equal values, or by a unique key, or
    has none, so that one plan serves for all values.
    """

    __slots__ = ("batch", "binders", "by_key", "effects", "location", "name", "names", "table", "text", "writes")

    def __init__(
        self,
        name: str,
        text: str,
        binders: Sequence[Binder] = (),
        *,
        location: str | None = None,
        table: str | None = None,
        writes: bool = False,
        batch: bool = False,
        by_key: bool = True,
        names: Mapping[int, str] | None = None,
    ) -> None:
        self.name = name
        #: The parameters by the position of their placeholder, for errors.
        self.names = names or {}
        self.text = text
        self.binders = tuple(binders)
        self.location = location
        self.table = table
        self.writes = writes
        self.batch = batch
        self.by_key = by_key
        self.effects = effects(text)

    def parameters(self, values: Sequence[Any]) -> list[Any]:
        """The parameters of a call. Raises DBDataError or ValueError for a value that cannot be one."""
        return [empty if (value := values[index]) is None else convert(value) for index, convert, empty in self.binders]

    def for_many(self) -> Compiled:
        """The same text, to be sent with a list of sets of parameters."""
        same = copy.copy(self)
        same.batch = True
        return same


class Position(NamedTuple):
    """How many of a call's choices and values a text has used."""

    choices: int
    values: int


class Text:
    """A text while it is put together for one key."""

    def __init__(self, location: str, dialect: Dialect, key: Iterable[Hashable], *, none_is_null: bool) -> None:
        self.location = location
        self.dialect = dialect
        self.none_is_null = none_is_null
        self.batch = False
        #: Whether it finds its rows by equal values alone, if it does so in the tables of `doubts` by a unique key.
        self.by_key = True
        self.doubts: list[Table] = []
        #: Of a page that is read in two parts, which of them this is; 0 for one that is read in one.
        self.arm: int | None = None
        #: The keys of the page, and how many kinds of row (NULL in the first, or not) may follow its marker.
        self.kinds = 0
        self.keys: tuple[tuple[str, str, str], ...] = ()
        self._key = tuple(key)
        self._choices = 0
        self._parts: list[str] = []
        self._binders: list[Binder] = []
        self._values = 0
        self._shared: dict[Hashable, int] = {}
        self._places: dict[int, int] = {}
        self._depth: list[tuple[str, int]] = []
        #: The parameters by the position of their placeholder.
        self.names: dict[int, str] = {}

    def choice(self) -> Any:
        """The next choice of the key."""
        self._choices += 1
        return self._key[self._choices - 1]

    def position(self) -> Position:
        """How far it is."""
        return Position(self._choices, self._values)

    def go_back(self, position: Position) -> None:
        """Use the choices and values from there on once more."""
        self._choices, self._values = position

    def trial(self) -> Text:
        """An empty one, to try what follows in."""
        other = Text(self.location, self.dialect, self._key, none_is_null=self.none_is_null)
        other.go_back(self.position())
        return other

    def add(self, text: str) -> None:
        """Add text."""
        self._parts.append(text)

    def doubt(self, table: Table | None) -> None:
        """Note that the plan hangs on values, unless a unique key of the table tells its rows."""
        if table is None or not self.dialect.numbers_parameters:
            self.by_key = False
        else:
            self.doubts.append(table)

    def add_true(self) -> None:
        """Add a condition that always holds; it is left out where the text can do without."""
        self._parts.append(_HOLDS)

    def render(self, segments: Iterable[Segment]) -> None:
        """Add some segments."""
        for segment in segments:
            segment.render(self)

    def part(self, segments: Iterable[Segment]) -> str:
        """The text of some segments by itself; their values are counted, the text is not added."""
        kept, self._parts = self._parts, []
        try:
            self.render(segments)
            return "".join(self._parts)
        finally:
            self._parts = kept

    def elements(self, segments: Sequence[Segment], argument: str, count: int, joiner: str) -> None:
        """Add some segments so many times over: parameters of one name are others in each element of the list."""
        for index in range(count):
            # Named by the list as well: two slots may take parameters of one name from lists of their own.
            self._depth.append((argument, index))
            if index:
                self.add(joiner)
            self.render(segments)
            self._depth.pop()

    def drop(self, ending: str) -> None:
        """Take back a word that the text ends in."""
        text = "".join(self._parts).rstrip()
        if not text.upper().endswith(ending):
            raise StatementError(f"{self.location}:1 - expected {ending} before the slot")
        self._parts = [text[: -len(ending)].rstrip()]

    def drop_comparison(self) -> None:
        """Take back the sign of comparison that the text ends in."""
        self._parts[-1] = self._parts[-1].rstrip().rstrip("=<>!").rstrip()

    def bind(self, convert: Convert, *, name: str | None = None, certain: bool = True, empty: Any = None) -> str:
        """The placeholder of the call's next value; `empty` is bound for None.

        Parameters of one name are one, where the server numbers them; how it is converted says the one that is
        `certain` of its column.
        """
        index = self.reserve()
        if name is None or not self.dialect.numbers_parameters:
            return self.bind_at(index, convert, empty)
        # Where None is stored as another value, it is compared as None all the same.
        same = (name, empty is None, *self._depth)
        known = self._shared.get(same)
        if known is None:
            self._shared[same] = index
            placeholder = self.bind_at(index, convert, empty)
            self.names[self._places[index]] = name
            return placeholder
        if certain:
            self._rebind(known, convert)
        return self.bind_at(known, convert)

    def reserve(self) -> int:
        """The index of the call's next value, which is then bound at its places, in their order in the text."""
        index, self._values = self._values, self._values + 1
        return index

    def bind_at(self, index: int, convert: Convert, empty: Any = None) -> str:
        """A placeholder for one of the values; a second one for the same value is the same, where they have numbers."""
        numbered = self.dialect.numbers_parameters
        if not numbered or index not in self._places:
            self._binders.append(Binder(index, convert, empty))
            self._places[index] = len(self._binders)
        return self.dialect.parameter(self._places[index])

    def typed(self, placeholder: str, column: Column) -> str:
        """A placeholder at a place that tells no type, where the server asks for one and the column's is plain."""
        known = self.dialect.numbers_parameters and not column.type.endswith("[]")
        kind = _PLAIN_TYPES.get(column.type.partition("(")[0]) if known else None
        return placeholder if kind is None else f"CAST({placeholder} AS {kind})"

    def _rebind(self, index: int, convert: Convert) -> None:
        place = self._places[index] - 1
        self._binders[place] = self._binders[place]._replace(convert=convert)

    def stored(self, name: str, column: Column | None) -> Convert:
        """How a value that goes into a column is converted."""
        if column is None:
            return self._with_bind(untyped(name, self.dialect.document), None)
        return self._with_bind(column.encode, column)

    def empty(self, column: Column | None) -> Any:
        """What is bound where None goes into a column: NULL, but for types whose columns are never NULL."""
        if column is None or column.empty is None:
            return None
        bind = self.dialect.binder(column.type)
        return column.empty if bind is None else bind(column.empty)

    def as_read(self, place: str, column: Column, *, ordered: bool = False) -> str:
        """A column as what is read of it, so that a value read finds its row; if `ordered`, also among others."""
        return self.dialect.as_read(column.type, place, ordered=ordered)

    def compared(self, name: str, column: Column | None, *, equal: bool = False) -> Convert:
        """How a value that a column is compared with is converted; behind `=` as the column would store it."""
        if column is None:
            return self._with_bind(untyped(name, self.dialect.document), None)
        if self.none_is_null and column.is_id:
            return _or_nothing(column.comparable)
        return self._with_bind(column.equal if equal else column.comparable, column)

    def read_as(self, name: str, column: Column, *, equal: bool = False) -> Convert:
        """The same for a comparison with what `as_read` gives."""
        read = self.dialect.read_as(column.type, ordered=not equal)
        if read is None:
            return self.compared(name, column, equal=equal)
        check = column.equal if equal else column.comparable
        return lambda value: read(check(value))

    def as_bound(self, column: Column | None) -> Convert:
        """How a value that is converted already is handed to the driver."""
        return self._with_bind(as_given, column)

    def _with_bind(self, convert: Convert, column: Column | None) -> Convert:
        bind = self.dialect.binder(None if column is None else column.type)
        if bind is None:
            return convert
        if convert is as_given:
            return bind
        return lambda value: bind(convert(value))

    def finish(self) -> tuple[str, list[Binder]]:
        """The finished text, and how its parameters are made."""
        text = "".join(self._parts)
        if _HOLDS in text:
            text = _NO_CONDITION.sub("", _LEFT_OUT.sub("", text)).replace(_HOLDS, TRUE)
        return text.rstrip(), self._binders


def as_given(value: Any) -> Any:
    """The value itself: nothing has to be done with it."""
    return value


def _or_nothing(convert: Convert) -> Convert:
    """What can be no id becomes NULL, which equals nothing."""

    limit = INT_LIMITS["bigint"]

    def compared(value: Any) -> Any:
        # What nearly every id is. Every column of ids is compared as one of 64 bits.
        if type(value) is int and -limit <= value < limit:
            return value
        try:
            return convert(value)
        except DBDataError:
            return None

    return compared


class Cache:
    """The finished texts of a database, by statement and key: at most `limit`, the oldest leave.

    Threads share it. A look-up takes no lock (a dict is safe to read while another thread adds to it); what is counted
    is counted without one too, so the figures of a busy process may fall short by a few.
    """

    def __init__(self, limit: int = 4096) -> None:
        self.limit = limit
        self.hits = 0
        self.misses = 0
        self._entries: dict[Hashable, Compiled] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Compiled | None:
        """The finished text behind a key, if it is there."""
        found = self._entries.get(key)
        if found is None:
            self.misses += 1
        else:
            self.hits += 1
        return found

    def add(self, key: Hashable, compiled: Compiled) -> None:
        """Keep a finished text."""
        with self._lock:
            while len(self._entries) >= self.limit:
                del self._entries[next(iter(self._entries))]
            self._entries[key] = compiled

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(list(self._entries))
