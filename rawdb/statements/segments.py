"""What a statement is made of: text that never varies, parameters, and the places of slots (rawdb.statements.slots)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rawdb.exceptions import DBNonExistentColumn, StatementError
from rawdb.statements.columns import NO_LIMIT, Column, Table
from rawdb.statements.compiled import Call, Segment, Text

#: What None means behind LIMIT and OFFSET, where no server but one takes NULL.
_NOT_GIVEN = {"limit": NO_LIMIT, "offset": 0}
_NONE = type(None)
#: Columns of a page, each with its direction and the place of NULLs.
Keys = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Literal:
    """Text that never varies."""

    text: str

    def collect(self, call: Call) -> None:
        """Nothing: it depends on no call."""

    def render(self, text: Text) -> None:
        """The text itself."""
        text.add(self.text)


@dataclass(frozen=True)
class Parameter:
    """A bound value, with the declared column it is compared with (or stored in) where that is known.

    `matches_null` is the text that stands for `= :name` (or `<> :name`) when the value is None: None compares as NULL.
    `elsewhere` is the column that the same parameter meets at another place, where this place tells none.
    """

    name: str
    column: Column | None
    stored: bool
    matches_null: str = ""
    #: Whether it stands behind a sign of equality, or is one of several behind IN.
    equal: bool = False
    elsewhere: Column | None = None

    def collect(self, call: Call) -> None:
        """The value, and whether it is None where that changes the text."""
        value = call.arguments[self.name]
        if self.matches_null:
            call.key.append(value is None)
            if value is None:
                return
        if value is None and self.column is not None and not self.stored:
            value = _NOT_GIVEN.get(self.column.type)
        call.values.append(value)

    @property
    def collected_by(self) -> type[Parameters | Comparisons] | None:
        """What does the same as `collect` for several of its kind at once."""
        if self.column is not None and not self.stored and self.column.type in _NOT_GIVEN:
            return None
        return Comparisons if self.matches_null else Parameters

    def render(self, text: Text) -> None:
        """A placeholder, or the test for NULL."""
        if self.matches_null and text.choice():
            text.drop_comparison()
            text.add(f" {self.matches_null}")
            return
        if self.stored:
            convert = text.stored(self.name, self.column)
        else:
            convert = text.compared(self.name, self.column, equal=self.equal)
            text.by_key = text.by_key and self.equal
        empty = text.empty(self.column) if self.stored else None
        placeholder = text.bind(convert, name=self.name, certain=self.column is not None, empty=empty)
        text.add(text.typed(placeholder, self.elsewhere) if self.column is None and self.elsewhere else placeholder)


@dataclass(frozen=True)
class Parameters:
    """Parameters with no slot between them that are taken as they are given."""

    names: tuple[str, ...]

    def collect(self, call: Call) -> None:
        """Their values."""
        call.values.extend(map(call.arguments.__getitem__, self.names))


@dataclass(frozen=True)
class Comparisons:
    """Parameters with no slot between them, each of which compares as NULL where it is None."""

    names: tuple[str, ...]

    def collect(self, call: Call) -> None:
        """Which of them are None, and the values of the others."""
        found = [*map(call.arguments.__getitem__, self.names)]
        if _NONE not in map(type, found):
            call.key += (False,) * len(found)
            call.values += found
            return
        call.key += [value is None for value in found]
        call.values += [value for value in found if value is not None]


#: What adds to the key and the values of a call.
Collector = Segment | Parameters | Comparisons


def collectors(segments: Iterable[Segment]) -> tuple[Collector, ...]:
    """What a call does with some segments: those that depend on none left out, parameters of a kind together."""
    found: list[Collector] = []
    for segment in segments:
        if isinstance(segment, Literal):
            continue
        if not isinstance(segment, Parameter) or (kind := segment.collected_by) is None:
            found.append(segment)
        elif found and isinstance(last := found[-1], kind):
            found[-1] = kind((*last.names, segment.name))
        else:
            found.append(kind((segment.name,)))
    return tuple(found)


@dataclass(frozen=True)
class Slot:
    """A marked place: its kind, the argument that fills it, and its sample."""

    kind: str
    argument: str
    body: tuple[Segment, ...]
    alias: str = ""
    table: Table | None = field(default=None, repr=False)
    table_name: str = ""
    #: Whether it stands where a result is expected and not a condition.
    is_result: bool = False
    #: What else its marker or the text around it says.
    details: tuple[str, ...] = ()
    #: The arguments that nothing may take when this `when` is off: the sets of `when` by one of which each is taken.
    guarded: Mapping[str, Sequence[frozenset[str]]] = field(default_factory=dict, repr=False)
    #: Keys of pages that were seen, and what makes each row's place in their order its own.
    _completed: dict[Keys, Keys] = field(init=False, repr=False, compare=False, default_factory=dict)

    def collect(self, call: Call) -> None:
        """Of the segments in the sample."""
        for segment in self._varying:
            segment.collect(call)

    def render(self, text: Text) -> None:
        """The sample."""
        text.render(self.body)

    @cached_property
    def _varying(self) -> tuple[Collector, ...]:
        """What a call does with the sample."""
        return collectors(self.body)

    @property
    def is_required(self) -> bool:
        """Whether a call must fill it."""
        if self.kind in ("filters", "when"):
            return "required" in self.details
        return self.kind in ("columns", "rows", "set", "changed", "each", "any", "repeat", "list")

    def qualified(self, text: Text, column: str) -> str:
        """A column of the slot's table, as SQL."""
        quoted = text.dialect.quote(column)
        return f"{self.alias}.{quoted}" if self.alias else quoted

    def columns(self, text: Text, names: Iterable[str]) -> list[Column]:
        """Declared columns of the slot's table. Raises DBNonExistentColumn for a name that is none."""
        table = self.known_table(text)
        names = tuple(names)
        if not all(name in table.columns for name in names):
            unknown = min(str(name) for name in names if name not in table.columns)
            raise DBNonExistentColumn(unknown, f"{table.without(names)} [{text.location}]")
        return [table.columns[name] for name in names]

    def known_table(self, text: Text) -> Table:
        """The slot's table. Raises StatementError where its columns are not known."""
        if self.table is None:
            raise StatementError(
                f"{text.location}:1 - slot {self.kind}: {self.table_name or 'its table'} is neither declared nor in "
                "the database; declare its columns, or create it"
            )
        return self.table

    def parameters(self) -> list[str]:
        """Names of the parameters in the sample, nested slots left out."""
        return [segment.name for segment in self.body if isinstance(segment, Parameter)]
