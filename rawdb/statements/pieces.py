"""Where one statement of a text ends and the next begins: at a semicolon, unless it stands in the body of another."""

from __future__ import annotations

from collections.abc import Iterable

from rawdb.statements.tokens import BLANKS, Token

#: What may hold statements of its own.
BODIES = frozenset({"TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"})
#: `END IF` and the like close what is not counted.
_NOT_COUNTED = frozenset({"IF", "LOOP", "WHILE", "REPEAT", "FOR"})


def split(tokens: Iterable[Token]) -> list[list[Token]]:
    """The statements, each without its semicolon and with the comments before it; none that is only comment."""
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind == "semicolon" and not _is_inside_a_body(pieces[-1]):
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if any(token.kind not in BLANKS for token in piece)]


def _is_inside_a_body(piece: list[Token]) -> bool:
    """Whether a semicolon behind these tokens belongs to the body of a trigger, or of a routine."""
    words = [token.text.upper() for token in piece if token.kind == "word"]
    if words[:1] != ["CREATE"] or BODIES.isdisjoint(words[:8]):
        return False
    depth = 0
    for word, before, behind in zip(words, ["", *words], [*words[1:], ""], strict=False):
        if word == "BEGIN" or (word == "CASE" and before != "END"):
            depth += 1
        elif word == "END" and behind not in _NOT_COUNTED:
            depth -= 1
    return depth > 0
