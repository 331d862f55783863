"""Parts: text that several statements of a set share, written once.

One statement holds the text, in a slot `/*{part name}*/ ... /*{}*/`; others say `/*{same name}*/ NULL AS x /*{}*/`,
with a sample that lets them run as they stand, and get the part instead when the set is loaded. A part may take
parameters and hold slots. It may stand in a dialect's file while the statements that use it are common.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from rawdb.statements.compiled import Segment
from rawdb.statements.parsing import Block
from rawdb.statements.segments import Parameter, Slot
from rawdb.statements.statement import Statement
from rawdb.statements.tokens import ANYTHING, Source, Token, marker, scan

OwnerOf = Callable[[str], Statement]

_KINDS = ("part", "same")
_PARAMETERS = r"\(([^)]*)\)"
_PART = re.compile(r"/\*\{\s*part\s+(\w+)\s*\}\*/")


def parts_in(block: Block) -> list[str]:
    """The names of the parts that a block holds."""
    return _PART.findall(block.source.text, block.start, block.end)


def share_parts(statements: Mapping[str, Statement]) -> tuple[dict[str, Statement], list[str]]:
    """The statements with their parts in place, and the faults found: an unknown part, or one that stands twice."""
    owners: dict[str, Statement] = {}
    faults = []
    for statement in statements.values():
        for slot in statement.slots():
            if slot.kind == "part" and slot.argument in owners:
                first = owners[slot.argument].location
                faults.append(f"{statement.location}:1 - part {slot.argument} stands already at {first}; write same")
            if slot.kind == "part":
                owners[slot.argument] = statement
    for statement in statements.values():
        faults += [
            f"{statement.location}:1 - no part {slot.argument}; mark its text with /*{{part {slot.argument}}}*/"
            for slot in statement.slots()
            if slot.kind == "same" and slot.argument not in owners
        ]
    if faults:
        return dict(statements), faults
    return {name: with_parts(statement, owners.__getitem__) for name, statement in statements.items()}, []


def with_parts(statement: Statement, owner_of: OwnerOf) -> Statement:
    """The statement with its parts in place; `owner_of` gives the statement that holds the part of a name."""
    used = [slot.argument for slot in statement.slots() if slot.kind == "same"]
    if not used and not any(slot.kind == "part" for slot in statement.slots()):
        return statement
    segments = tuple(_flattened(statement.segments, owner_of))
    added = [name for part in used for name in _parameters(_body(owner_of(part), part))]
    parameters = tuple(dict.fromkeys((*statement.parameters, *added)))
    return replace(
        statement,
        segments=segments,
        parameters=parameters,
        text=_text(statement, owner_of, parameters),
    )


def _flattened(segments: Iterable[Segment], owner_of: OwnerOf) -> Iterator[Segment]:
    for segment in segments:
        if isinstance(segment, Slot) and segment.kind in _KINDS:
            yield from _body(owner_of(segment.argument), segment.argument)
        else:
            yield segment


def _body(owner: Statement, part: str) -> tuple[Segment, ...]:
    return next(slot.body for slot in owner.slots() if slot.kind == "part" and slot.argument == part)


def _parameters(segments: Iterable[Segment]) -> Iterator[str]:
    """The parameters of a part, those in its slots included."""
    for segment in segments:
        if isinstance(segment, Parameter):
            yield segment.name
        elif isinstance(segment, Slot):
            yield from _parameters(segment.body)


def _text(statement: Statement, owner_of: OwnerOf, parameters: Iterable[str]) -> str:
    """The statement's text with its parts in place and their parameters declared."""
    header, newline, body = statement.text.partition("\n")
    header = re.sub(_PARAMETERS, f"({', '.join(parameters)})", header, count=1)
    pieces: list[str] = []
    tokens = _tokens(body)
    position = 0
    while position < len(tokens):
        kind, name = marker(tokens[position])
        if kind not in _KINDS:
            pieces.append(tokens[position].text)
            position += 1
            continue
        owner = owner_of(name)
        pieces.append(_source(_tokens(owner.text.partition("\n")[2]), name))
        position = _closing(tokens, position) + 1
    return f"{header}{newline}{''.join(pieces)}"


def _source(tokens: list[Token], part: str) -> str:
    """The text of a part where it stands, without the markers around it."""
    start = next(index for index, token in enumerate(tokens) if marker(token) == ("part", part))
    return "".join(token.text for token in tokens[start + 1 : _closing(tokens, start)]).strip()


def _tokens(body: str) -> list[Token]:
    return scan(Source.of("", body), 0, len(body), ANYTHING)


def _closing(tokens: list[Token], opening: int) -> int:
    """Where the slot that opens at `opening` closes."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += {"slot_open": 1, "slot_close": -1}.get(tokens[index].kind, 0)
        if depth == 0:
            return index
    raise AssertionError("the loader has matched the markers")
