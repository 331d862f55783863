"""The columns of a statement's result that hold JSON documents, and how these are read.

It is the text that tells which they are: a column that is declared to hold documents, or that the catalog says to hold
some, gives them where it stands by itself, also out of a subquery, a WITH or a UNION. What an expression makes of one
is the server's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rawdb.dialects import Dialect
from rawdb.statements.columns import Table
from rawdb.statements.tokens import Token
from rawdb.statements.values import Convert, from_json


class Document(NamedTuple):
    """A column of a result, by its position, and what makes a document of its value."""

    position: int
    read: Convert


def documents_of(words: Sequence[Token], tables: Mapping[str, Table], dialect: Dialect) -> tuple[Document, ...]:
    """The columns of a statement's result that hold documents, those left out that the driver reads."""
    # Few statements have any, and few processes such statements.
    from rawdb.statements.queries import document_types

    kinds = document_types(words, tables, dialect.name)
    return tuple(
        Document(position, read)
        for position, kind in enumerate(kinds)
        if kind is not None
        and not (kind == "json" and dialect.reads_json)
        and (read := from_json(kind, dialect.json_deserializer)) is not None
    )
