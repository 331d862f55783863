"""What the segments of a statement say together: its slots, arguments and relations, and the places of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rawdb.dialects import Dialect
from rawdb.statements.columns import Column
from rawdb.statements.compiled import Segment
from rawdb.statements.segments import Parameter, Slot
from rawdb.statements.slots import NESTING, RELATIONS, Related

if TYPE_CHECKING:
    from rawdb.statements.relations import Pairs, Relation


def relations(segments: Iterable[Segment], dialect: Dialect) -> tuple[Relation | Pairs, ...]:
    """The relations that some segments read, outermost ones."""
    from rawdb.statements.relations import Pairs, Relation

    loads = dialect.json_deserializer
    found: list[Relation | Pairs] = []
    for segment in segments:
        if not isinstance(segment, Slot):
            continue
        inner = relations(segment.body, dialect)
        if isinstance(segment, Related) and segment.kind == "map":
            found.append(Pairs(segment.argument, segment.value_column, segment.key_column, loads))
        elif segment.kind not in RELATIONS:
            found.extend(inner)
        elif isinstance(segment, Related) and segment.table is not None:
            single, by_rows = segment.kind == "one", segment.is_by_rows(dialect)
            found.append(Relation(segment.argument, segment.table, single, inner, loads, by_rows))
    return tuple(found)


def walk(segments: Iterable[Segment]) -> Iterator[Slot]:
    """Every slot in some segments, nested ones included."""
    for segment in segments:
        if isinstance(segment, Slot):
            yield segment
            yield from walk(segment.body)


def completed(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The segments of a whole statement, each knowing what the others say of its parameters."""
    columns: dict[str, Column] = {}
    ways: dict[str, list[frozenset[str]]] = {}
    _survey(segments, frozenset(), columns, ways)
    return _told(segments, columns, ways)


def _survey(
    segments: Iterable[Segment],
    flags: frozenset[str],
    columns: dict[str, Column],
    ways: dict[str, list[frozenset[str]]],
) -> None:
    """Note the column that each parameter meets, and the sets of `when` under which each argument is taken."""
    for segment in segments:
        if isinstance(segment, Parameter):
            ways.setdefault(segment.name, []).append(flags)
            if segment.column is not None:
                columns.setdefault(segment.name, segment.column)
        elif isinstance(segment, Slot):
            if segment.kind in ("each", "any", "repeat", "list"):
                ways.setdefault(segment.argument, []).append(flags)
            inner = flags | {segment.argument} if segment.kind == "when" else flags
            if segment.kind in NESTING:
                _survey(segment.body, inner, columns, ways)


def _told(
    segments: Iterable[Segment], columns: Mapping[str, Column], ways: Mapping[str, list[frozenset[str]]]
) -> tuple[Segment, ...]:
    told: list[Segment] = []
    for segment in segments:
        if isinstance(segment, Parameter) and segment.column is None and segment.name in columns:
            told.append(replace(segment, elsewhere=columns[segment.name]))
        elif isinstance(segment, Slot):
            guarded = {}
            if segment.kind == "when":
                inside = accepted_arguments(segment.body)
                guarded = {name: found for name, found in ways.items() if name in inside and frozenset() not in found}
            told.append(replace(segment, body=_told(segment.body, columns, ways), guarded=guarded))
        else:
            told.append(segment)
    return tuple(told)


def accepted_arguments(segments: Iterable[Segment]) -> frozenset[str]:
    """The keyword arguments that fill some segments: their parameters and their slots' arguments."""
    names: set[str] = set()
    for segment in segments:
        if isinstance(segment, Parameter):
            names.add(segment.name)
        elif isinstance(segment, Slot):
            if segment.kind not in RELATIONS:
                names.add(segment.argument)
            if segment.kind in NESTING:
                names |= accepted_arguments(segment.body)
    return frozenset(names)
