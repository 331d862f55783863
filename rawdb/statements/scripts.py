"""Scripts: several statements under one name, marked `#`, which are run one after the other.

Each is a statement of its own, with its own place in the file for errors. A script takes parameters, which any of its
statements may use, and no slots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rawdb.dialects import Dialect
from rawdb.statements.columns import Table
from rawdb.statements.parsing import Block, check_body, check_parameters, doc_of, header, statement_of
from rawdb.statements.pieces import split
from rawdb.statements.resolution import code
from rawdb.statements.statement import Statement
from rawdb.statements.tokens import Token, own_syntax, scan


def is_script(block: Block) -> bool:
    """Whether the name of a block ends in `#`."""
    return block.source.text[block.start : block.body].rstrip().endswith("#")


def parse_script(
    block: Block, dialect: Dialect, tables: Mapping[str, Table], *, none_is_null: bool = False
) -> Statement:
    """The script of a block. Raises StatementError with the place of the first fault in it."""
    source = block.source
    name, parameters, kind = header(block)
    tokens = scan(source, block.body, block.end, own_syntax(block.layer))
    check_body(block, name, tokens, dialect)
    check_parameters(block, parameters, tokens)
    for token in tokens:
        if token.kind == "slot_open":
            raise source.error(token.position, "a slot in a script", "give the statement a name of its own")

    def step(own: list[Token]) -> Statement:
        used = {token.text[1:] for token in own if token.kind == "parameter"}
        declared = tuple(one for one in parameters if one in used)
        one = statement_of(block, name, declared, kind, own, dialect, tables, none_is_null=none_is_null)
        return replace(
            one,
            location=f"{source.path}:{source.line_of(code(own)[0].position)}",
            text="".join(token.text for token in own).strip(),
        )

    steps = tuple(step(own) for own in split(tokens))
    return replace(
        steps[0],
        doc=doc_of(tokens),
        location=f"{source.path}:{source.line_of(block.start)}",
        text=source.text[block.start : block.end].strip(),
        segments=(),
        parameters=tuple(parameters),
        target=None,
        table=None,
        writes=any(one.writes for one in steps),
        splits=None,
        upsert=False,
        steps=steps,
    )
