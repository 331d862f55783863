"""A named statement of one dialect."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rawdb.dialects import Dialect
from rawdb.statements.columns import Table
from rawdb.statements.compiled import Cache, Call, Compiled, Rules, Segment, Text
from rawdb.statements.documents import Document
from rawdb.statements.inserts import Rows
from rawdb.statements.marks import Operation
from rawdb.statements.segments import Collector, Slot, collectors
from rawdb.statements.slots import RELATIONS
from rawdb.statements.survey import accepted_arguments, completed, relations, walk

if TYPE_CHECKING:
    from rawdb.statements.relations import Pairs, Relation

#: Kinds of slots that cannot do without the columns of their table.
_OF_A_TABLE = frozenset({"columns", "rows", "set", "changed", "filters", "after", "order", "json", "one"})


def _finds_by_keys(text: str, tables: Sequence[Table]) -> bool:
    # Loaded by statements with lists and filters, on servers that keep plans.
    from rawdb.statements.keys import finds_by_keys

    return finds_by_keys(text, tables)


@dataclass(frozen=True, eq=False)
class Statement:
    """One named statement of one dialect, parsed once, called any number of times.

    `layer` is the folder it comes from, `target` the name of the table it writes (`table` if that is declared),
    `accepts` the arguments of a call, `splits` the list that may be sent in parts. With `none_is_null` a parameter that
    is None compares as NULL does by IS, and what can be no id equals nothing.
    """

    name: str
    operation: Operation
    doc: str
    domain: str
    layer: str
    location: str
    text: str
    segments: tuple[Segment, ...]
    parameters: tuple[str, ...]
    target: str | None
    table: Table | None
    writes: bool
    splits: str | None
    returning: bool
    dialect: Dialect
    none_is_null: bool = False
    #: Whether it may find the row there instead of storing it.
    upsert: bool = False
    #: How many rows it is for, where the server counts them wrongly.
    counts: int | None = None
    #: Of a script its statements, in their order; the script has no text of its own to send.
    steps: tuple[Statement, ...] = ()
    #: The columns of its result that hold JSON documents.
    documents: tuple[Document, ...] = ()
    #: Whether its result or its parameters may be of columns of a table of which nothing is known, documents perhaps.
    is_blind: bool = False
    _known: set[tuple[str, ...]] = field(init=False, repr=False, default_factory=set)

    @cached_property
    def tag(self) -> str:
        """The constant comment that names the statement in the server's logs."""
        return f"/* rawdb:{self.name} */ "

    @cached_property
    def accepts(self) -> frozenset[str]:
        """The keyword arguments of a call."""
        return accepted_arguments(self.segments).union(*(step.accepts for step in self.steps))

    @cached_property
    def ending(self) -> str:
        """What makes an INSERT tell its row's id where it does not by itself."""
        if self.operation is not Operation.INSERT_RETURNING or self.returning:
            return ""
        # SQLite tells the row that was inserted last, which is another table's where an upsert has found its row.
        if self.dialect.reports_new_id and not (self.upsert and self.dialect.name == "sqlite"):
            return ""
        return f" RETURNING {self.table.identity}" if self.table and self.table.identity else ""

    @cached_property
    def relations(self) -> tuple[Relation | Pairs, ...]:
        """The relations that its rows carry."""
        if not any(slot.kind in RELATIONS for slot in self.slots()):
            return ()
        return relations(self.segments, self.dialect)

    @cached_property
    def undeclared(self) -> str | None:
        """The table that a slot needs to know and does not; None if all is known."""
        if self.table is None and self.operation is Operation.INSERT_RETURNING and not self.returning:
            return self.target
        for slot in self.slots():
            if slot.table is None and slot.kind in _OF_A_TABLE:
                return slot.table_name or self.target or "its table"
        return None

    @cached_property
    def lacks_tables(self) -> bool:
        """Whether the live database may know a table of which nothing is known."""
        return self.undeclared is not None or self.is_blind

    @cached_property
    def takes_now(self) -> bool:
        """Whether the clock fills the parameter `now`."""
        return "now" in self.accepts

    @cached_property
    def stamps_itself(self) -> bool:
        """Whether its text says when the time of an update is stored."""
        return any(slot.kind == "changed" for slot in self.slots())

    @cached_property
    def is_plain(self) -> bool:
        """Whether a call's arguments are bound as they are given, by one text, whatever they hold."""
        varies = self.steps or self.is_divisible or self.lacks_tables
        return not (varies or self.accepts & {"now", "values", "changes"})

    @cached_property
    def is_divisible(self) -> bool:
        """Whether a call may have to be sent in parts."""
        return self.splits is not None or any(slot.kind == "rows" for slot in self.slots())

    @cached_property
    def has_batches(self) -> bool:
        """Whether one text serves any number of rows; else each row adds its parameters."""
        return any(isinstance(slot, Rows) and slot.has_batches(self.dialect) for slot in self.slots())

    @cached_property
    def _varying(self) -> tuple[Collector, ...]:
        """What a call does with the segments."""
        return collectors(self.segments)

    def completed(self) -> Statement:
        """The whole statement, once all of it is in its place: each segment knows what the others say of it."""
        steps = tuple(step.completed() for step in self.steps)
        return replace(self, segments=completed(self.segments), steps=steps)

    def slots(self) -> Iterator[Slot]:
        """Every slot, nested ones included."""
        return walk(self.segments)

    def call(self, arguments: dict[str, Any], context: Any, rules: Rules) -> Call:
        """The key and the values of a call. Raises TypeError for missing and unknown arguments."""
        names = tuple(arguments)
        if names not in self._known:
            self.check(names)
        call = Call(arguments, context, rules, self.dialect)
        try:
            for segment in self._varying:
                segment.collect(call)
        except KeyError as error:
            if error.args and error.args[0] in self.accepts and error.args[0] not in arguments:
                raise TypeError(f"{self.name} needs the argument {error.args[0]!r}") from None
            raise
        return call

    def prepared(
        self, arguments: dict[str, Any], context: Any, rules: Rules, cache: Cache
    ) -> tuple[Compiled, list[Any]]:
        """What a call sends: the finished text behind its key, and its parameters. Raises as `call` does."""
        call = self.call(arguments, context, rules)
        key = (self, *call.key)
        found = cache.get(key)
        if found is None:
            found = self.compile(call)
            cache.add(key, found)
        return found, found.parameters(call.values)

    def compile(self, call: Call) -> Compiled:
        """The text that a call's key stands for, put together anew."""
        text = Text(self.location, self.dialect, call.key, none_is_null=self.none_is_null)
        text.render(self._grouped())
        finished, binders = text.finish()
        by_key = text.by_key and (not text.doubts or _finds_by_keys(finished, text.doubts))
        return Compiled(
            self.name,
            f"{self.tag}{finished}{self.ending}",
            binders,
            location=self.location,
            table=self.target,
            writes=self.writes,
            batch=text.batch,
            by_key=by_key,
            names=text.names,
        )

    def _grouped(self) -> tuple[Segment, ...]:
        """The segments, those of a SELECT with a page as one where its rows may be of two kinds."""
        if not any(slot.kind == "after" for slot in self.slots()):
            return self.segments
        # Only pages need it, and the criteria that it loads.
        from rawdb.statements.seeking import grouped

        return grouped(self.segments)

    @cached_property
    def positional(self) -> tuple[str, ...]:
        """The arguments that may be given without their names: the declared parameters, but the clock's."""
        return tuple(name for name in self.parameters if name in self.accepts and name != "now")

    @cached_property
    def signature(self) -> inspect.Signature:
        """How it is called."""
        plain = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in self.positional]
        required = {slot.argument for slot in self.slots() if slot.is_required}
        named = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if name in required else None,
            )
            for name in sorted(self.accepts.difference(self.positional))
        ]
        return inspect.Signature([*plain, *named])

    @cached_property
    def help(self) -> str:
        """What it does, how it is called, its SQL and where that stands."""
        return f"{self.name}{self.signature}\n\n{self.doc}\n\n{self.text}\n\n{self.location}"

    def by_name(self, given: tuple[Any, ...], arguments: dict[str, Any]) -> dict[str, Any]:
        """Arguments that were given by position, with their names. Raises TypeError for too many of them."""
        names = self.positional
        if len(given) > len(names):
            takes = ", ".join(names) or "none"
            raise TypeError(f"{self.name} takes by position: {takes}; {len(given)} were given")
        twice = [name for name in names[: len(given)] if name in arguments]
        if twice:
            raise TypeError(f"{self.name}: {', '.join(twice)} is given twice")
        return {**dict(zip(names, given, strict=False)), **arguments}

    def check(self, names: tuple[str, ...]) -> None:
        """Refuse arguments that the statement does not take; remember which were right."""
        unknown = set(names) - self.accepts
        if unknown:
            takes = ", ".join(sorted(self.accepts)) or "nothing"
            raise TypeError(f"{self.name} takes no argument {', '.join(sorted(unknown))}; it takes {takes}")
        if len(self._known) < 1000:
            self._known.add(names)
