"""SQL text that stands in no file: its parameters are written `:name`, as in the files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from rawdb.dialects import Dialect
from rawdb.exceptions import StatementError
from rawdb.statements.effects import KEPT_LENGTH
from rawdb.statements.pieces import BODIES, split
from rawdb.statements.tokens import ANYTHING, BLANKS, Source, Token, scan
from rawdb.statements.values import untyped

#: The end of a string with an odd number of backslashes before it.
_HIDDEN_END = r"""(?<!\\)(?:\\\\)*\\['"]\Z"""


def with_parameters(
    dialect: Dialect, text: str, parameters: Mapping[str, Any]
) -> tuple[str, list[Any], dict[int, str]]:
    """The text and the parameters as a dialect sends them, and the parameters' names by position.

    Raises StatementError for several statements or for text that cannot be read, TypeError for a parameter that is
    missing or not in the text, DBDataError for a value that cannot be bound.
    """
    if not isinstance(text, str):
        raise TypeError(f"execute: expected SQL text, got {text!r}")
    if "\0" in text:
        raise _nul("execute", text)
    if not isinstance(parameters, Mapping):
        raise TypeError(f"execute: expected a dict of parameters, got {parameters!r}")
    found = (_cut if len(text) <= KEPT_LENGTH else _cut.__wrapped__)(dialect, text)
    if found is None:
        if parameters:
            # Raises, with the place.
            scan(Source.of("execute", text), 0, len(text), _allowed(dialect))
        # Nothing is to be bound, so the server may judge what cannot be read here.
        return dialect.escaped(text), [], {}
    sent, names = found
    values = [_value(dialect, name, parameters) for name in names]
    unused = sorted(parameters.keys() - set(names))
    if unused:
        raise TypeError(f"execute: the text has no parameter :{', :'.join(unused)}")
    return sent, values, dict(enumerate(names, 1))


@lru_cache(maxsize=256)
def _cut(dialect: Dialect, text: str) -> tuple[str, tuple[str, ...]] | None:
    """The text as a dialect sends it, and the names of its parameters by position; None for one that cannot be read."""
    source = Source.of("execute", text)
    try:
        tokens = scan(source, 0, len(text), _allowed(dialect))
    except StatementError:
        return None
    if not _holds_statements(tokens, dialect, text):
        _check_one(source, tokens)
        tokens = [token for token in tokens if token.kind != "semicolon"]
    if dialect.name == "mysql" and "\\" in text and any(token.kind == "parameter" for token in tokens):
        _check_ends(source, tokens)
    parts: list[str] = []
    names: list[str] = []
    for token in tokens:
        if token.kind != "parameter":
            parts.append(dialect.escaped(token.text))
            continue
        name = token.text[1:]
        if name not in names or not dialect.numbers_parameters:
            names.append(name)
        parts.append(dialect.parameter(names.index(name) + 1 if dialect.numbers_parameters else len(names)))
    return "".join(parts), tuple(names)


def in_pieces(dialect: Dialect, text: str) -> list[tuple[int, str]]:
    """The statements of a script, each with its line in the text, as a dialect sends them.

    Raises StatementError for text that cannot be read, and for parameters: a script takes none.
    """
    if not isinstance(text, str):
        raise TypeError(f"execute_script: expected SQL text, got {text!r}")
    if "\0" in text:
        raise _nul("execute_script", text)
    source = Source.of("execute_script", text)
    if dialect.name == "mysql" and "\\" in text:
        at = text.index("\\")
        raise source.error(at, "a backslash may hide where a string ends", "call execute() for each statement")
    pieces = []
    for tokens in split(scan(source, 0, len(text), _allowed(dialect))):
        for token in tokens:
            if token.kind == "parameter":
                raise source.error(token.position, f"a script takes no parameters, such as {token.text}", "use execute")
        words = [token for token in tokens if token.kind not in BLANKS]
        piece = "".join([dialect.escaped(token.text) for token in tokens])
        pieces.append((source.line_of(words[0].position), piece.strip()))
    return pieces


def _nul(name: str, text: str) -> StatementError:
    """The error for a NUL character, at which PostgreSQL takes the text for ended: a WHERE behind it would be lost."""
    return Source.of(name, text).error(text.index("\0"), "a NUL character", "bind the value that holds it as bytes")


def _value(dialect: Dialect, name: str, parameters: Mapping[str, Any]) -> Any:
    """What is bound for a parameter."""
    if name not in parameters:
        raise TypeError(f"execute: the text has the parameter :{name}, which is not given")
    value, bind = parameters[name], dialect.binder(None)
    value = None if value is None else untyped(name, dialect.document)(value)
    return value if bind is None or value is None else bind(value)


def _allowed(dialect: Dialect) -> frozenset[str]:
    """All but the driver's own placeholders, whose values would be another parameter's."""
    return ANYTHING - ({"$"} if dialect.name == "postgresql" else {"$", "?"})


def _holds_statements(tokens: list[Token], dialect: Dialect, text: str) -> bool:
    """Whether semicolons in the text may belong to a body, as a trigger has one."""
    words = [token.text.upper() for token in tokens if token.kind == "word"]
    # A backslash may hide the end of a string on MySQL, and what seems to follow it.
    return (
        not BODIES.isdisjoint(words[:8]) or words[:2] == ["BEGIN", "NOT"] or (dialect.name == "mysql" and "\\" in text)
    )


def _check_ends(source: Source, tokens: list[Token]) -> None:
    """Refuse a string that ends elsewhere for MySQL: what is bound behind it would stand inside, and close it."""
    for token in tokens:
        if "\\" in token.text and (match := re.search(_HIDDEN_END, token.text)):
            raise source.error(
                token.position + match.start(),
                "a backslash hides where the string ends",
                "bind the text as a parameter",
            )


def _check_one(source: Source, tokens: list[Token]) -> None:
    """Refuse several statements in one text: some drivers send all of them, some the first."""
    words = [token for token in tokens if token.kind not in BLANKS]
    if all(token.kind == "semicolon" for token in words):
        raise source.error(0, "no statement: nothing but blanks and comments", "write one")
    for token, following in pairwise(words):
        if token.kind == "semicolon" and following.kind != "semicolon":
            raise source.error(following.position, "a second statement in one text", "call execute() for each")
