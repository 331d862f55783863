"""A named statement of one dialect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aiosql.types import SQLOperationType

from rawdb.engine.columns import Table
from rawdb.engine.relations import Pairs, Relation
from rawdb.engine.slots import Segment, Slot, relations


@dataclass(frozen=True)
class Statement:
    """One named statement of one dialect, parsed once, filled at each call.

    With `none_is_null` a parameter that is None compares as NULL does by IS, and what can be no id equals nothing.
    `layer` is the folder it comes from, `target` the name of the table it writes (`table` if that is declared),
    `accepts` the arguments of a call, `splits` the list that may be sent in parts.
    """

    name: str
    operation: SQLOperationType
    doc: str
    domain: str
    layer: str
    location: str
    text: str
    segments: tuple[Segment, ...]
    parameters: tuple[str, ...]
    target: str | None
    table: Table | None
    accepts: frozenset[str]
    writes: bool
    splits: str | None
    returning: bool
    reports_id: bool
    none_is_null: bool = False
    tag: str = field(init=False)
    ending: str = field(init=False)
    relations: tuple[Relation | Pairs, ...] = field(init=False, repr=False)
    #: The table that a slot needs to know and does not; None if all is known.
    undeclared: str | None = field(init=False)

    def __post_init__(self) -> None:
        # The constant comment that names the statement in the server's logs.
        object.__setattr__(self, "tag", f"/* rawdb:{self.name} */ ")
        object.__setattr__(self, "ending", self._ending())
        object.__setattr__(self, "relations", relations(self.segments))
        object.__setattr__(self, "undeclared", self._undeclared())

    def _ending(self) -> str:
        """What makes an INSERT tell the new row's id where it does not by itself."""
        if self.operation is not SQLOperationType.INSERT_RETURNING or self.reports_id or self.returning:
            return ""
        return f" RETURNING {self.table.identity}" if self.table and self.table.identity else ""

    def slots(self) -> Iterator[Slot]:
        """Every slot, nested ones included."""
        return _walk_slots(self.segments)

    def _undeclared(self) -> str | None:
        if self.table is None and self.operation is SQLOperationType.INSERT_RETURNING and not self.returning:
            return self.target
        for slot in self.slots():
            if slot.kind in ("columns", "rows", "set") and self.table is None:
                return self.target
            if slot.kind in ("filters", "after", "order") and slot.table is None:
                return slot.table_name or self.target or "its table"
        return None


def _walk_slots(segments: Iterable[Segment]) -> Iterator[Slot]:
    for segment in segments:
        if isinstance(segment, Slot):
            yield segment
            yield from _walk_slots(segment.body)
