"""A scanner for SQL text: strings, comments, slot markers and parameters, each with its place.

It understands as much SQL as is needed to tell a parameter from a colon in a string, and to find slots.
Whatever an SQL file may not hold is refused here, with what to write instead.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from rawdb.exceptions import StatementError


class Token(NamedTuple):
    """A piece of SQL text. `kind` is one of the group names of the scanner."""

    kind: str
    text: str
    position: int


def name_of(token: Token) -> str:
    """The name that a word or a quoted name stands for."""
    text = token.text
    return text[1:-1].replace(text[0] * 2, text[0]) if token.kind == "quoted" else text


def is_name(token: Token) -> bool:
    """Whether a token can be a name."""
    return token.kind in ("word", "quoted")


def marker(token: Token) -> tuple[str, str]:
    """Kind and argument of a slot's opening marker; two empty texts for any other token."""
    if token.kind != "slot_open":
        return "", ""
    kind, _, argument = token.text[3:-3].strip().partition(" ")
    return kind, argument.strip()


def inside_slots(tokens: Iterable[Token], wanted: Collection[str]) -> Iterator[Token]:
    """The tokens in the samples of slots of some kinds."""
    kinds: list[str] = []
    for token in tokens:
        if token.kind == "slot_open":
            kinds.append(marker(token)[0])
        elif token.kind == "slot_close":
            kinds.pop()
        elif any(kind in wanted for kind in kinds):
            yield token


class Source:
    """A named text that can say where a position in it lies."""

    def __init__(self, path: Path | str, text: str) -> None:
        self.path = path
        self.text = text

    @classmethod
    def of(cls, path: Path | str, text: str) -> Source:
        return cls(path, text)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """Where each line begins."""
        return (0, *(match.end() for match in re.finditer("\n", self.text)))

    def line_of(self, position: int) -> int:
        return bisect_right(self.line_starts, position)

    def error(self, position: int, what: str, instead: str) -> StatementError:
        """A load error that points at a position and says what to write instead."""
        line = self.line_of(position)
        column = position - self.line_starts[line - 1] + 1
        return StatementError(f"{what}; {instead}", file=str(self.path), line=line, column=column)


_SCANNER = re.compile(
    r"""
      (?P<slot_close>/\*\{\}\*/)
    | (?P<slot_open>/\*\{[^}*]*\}\*/)
    | (?P<bad_slot>/\*\s*\{)
    | (?P<versioned>/\*M?!.*?\*/)
    | (?P<hint>/\*\+.*?\*/)
    | (?P<comment>/\*.*?\*/)
    | (?P<open_comment>/\*)
    | (?P<line_comment>--(?=\s|\Z)[^\n]*)
    | (?P<bad_comment>--)
    | (?P<string>'(?:''|[^'])*')
    | (?P<quoted>"(?:""|[^"])+"|`(?:``|[^`\n])+`)
    | (?P<dollars>\$(?P<tag>[A-Za-z_]\w*|)\$.*?\$(?P=tag)\$)
    | (?P<cast>::)
    | (?P<assignment>:=)
    | (?P<parameter>:[A-Za-z_]\w*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<space>\s+)
    | (?P<operator><>|!=|<=|>=|\|\||[=<>])
    | (?P<semicolon>;)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_REFUSED = {
    "cast": ("`::` is PostgreSQL's own", "write CAST(x AS type)"),
    "assignment": (
        "`:=` sets a variable on MySQL and names an argument on PostgreSQL",
        "put the statement into that dialect's folder, or write `: =` apart if a parameter is meant",
    ),
    "versioned": (
        "a versioned comment is code on one server only",
        "put the statement into that dialect's file, in the mysql folder",
    ),
    "dollars": ("`$` quotes on one server only", "write a '...' string or a :parameter"),
    "bad_slot": ("a slot marker that is none", "write /*{kind}*/ or /*{kind name}*/, and /*{}*/ at its end"),
    "open_comment": ("a comment that does not end", "close it with */"),
    "bad_comment": ("`--` without a blank is no comment on every server", "write `-- ` and the comment"),
}
_REFUSED_CHARACTERS = {
    "%": ("`%` means three things under the three drivers", "write MOD(a, b), or bind the pattern as a parameter"),
    "$": ("`$` quotes on one server only", "write a '...' string or a :parameter"),
    "?": (
        "`?` is a driver's placeholder, and an operator on PostgreSQL",
        "write a :parameter; the operator stands in the postgresql folder",
    ),
    "#": (
        "`#` starts a comment on one server only, and is an operator on another",
        "write `-- ` for a comment; the operator stands in the postgresql folder",
    ),
    ":": ("a colon that starts no parameter", "write :name, CAST for `::`; a[1:2] stands in the postgresql folder"),
    "'": ("a string that does not end", "close it with '"),
    '"': ("a quoted name that does not end", 'close it with "'),
    "`": ("a quoted name that does not end", "close it with `"),
    "\\": ("a backslash means different things in different servers", "bind the text as a parameter"),
}
#: The kinds of tokens that say nothing.
BLANKS = frozenset({"space", "comment", "line_comment"})
#: What nothing of it can be.
_HARMLESS = frozenset({"line_comment", "number", "operator", "parameter", "semicolon", "space", "word"})
#: What of it is a dialect's own syntax, allowed in that dialect's folder.
_OWN: Mapping[str, frozenset[str]] = {
    "postgresql": frozenset({"quoted", "cast", "assignment", "dollars", "?", "#", ":"}),
    "mysql": frozenset({"quoted", "assignment", "versioned"}),
    "sqlite": frozenset({"quoted"}),
}
#: For text that was checked before, and for text that is sent to one server only.
ANYTHING = frozenset({*_REFUSED, *_REFUSED_CHARACTERS}) - {"bad_slot", "open_comment", "'", '"', "`"}
#: What only a server that reads versioned comments would see.
_HIDDEN = r":[A-Za-z_]\w*|;|\b(?:INSERT|UPDATE|DELETE|REPLACE|COMMIT|ROLLBACK|BEGIN)\b"


def own_syntax(layer: str) -> frozenset[str]:
    """What the files of a layer may hold beside the common syntax."""
    return _OWN.get(layer, frozenset())


def scan(source: Source, start: int, end: int, allowed: frozenset[str] = frozenset()) -> list[Token]:
    """The tokens of one stretch of a file. Raises StatementError for text that no such file may hold.

    `allowed` is what else it may: the own syntax of a layer, or ANYTHING.
    """
    return list(_scan(source, start, end, allowed))


def _scan(source: Source, start: int, end: int, allowed: frozenset[str]) -> Iterator[Token]:
    for match in _SCANNER.finditer(source.text, start, end):
        kind, text = str(match.lastgroup), match.group()
        if kind not in _HARMLESS:
            _refuse(source, kind, text, match.start(), allowed)
        yield Token(kind, text, match.start())


def _refuse(source: Source, kind: str, text: str, position: int, allowed: frozenset[str]) -> None:
    if kind in _REFUSED and kind not in allowed:
        raise source.error(position, *_REFUSED[kind])
    if kind in ("comment", "hint", "versioned") and "/*" in text[2:]:
        raise source.error(position, "a comment inside a comment ends at another place on each server", "use one")
    if kind == "versioned" and "versioned" in allowed and allowed != ANYTHING:
        hidden = re.search(_HIDDEN, text, re.IGNORECASE)
        if hidden is not None:
            raise source.error(
                position + hidden.start(),
                f"{hidden.group()} inside a versioned comment",
                "write it outside of the comment",
            )
    if kind in ("string", "dollars") or (kind == "quoted" and kind not in allowed):
        for character in "%" if kind == "dollars" else "\\%":
            if character in text and character not in allowed:
                raise source.error(position + text.index(character), *_REFUSED_CHARACTERS[character])
    if kind == "other" and text in _REFUSED_CHARACTERS and text not in allowed:
        raise source.error(position, *_REFUSED_CHARACTERS[text])
